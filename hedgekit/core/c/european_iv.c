/* Chooses the instance of european_iv_kernel.h. */
#include <math.h>
#include <string.h>

#include "european.h"
#include "isa.h"
#include "status.h"
#include "vecmath.h"

#define HK_TEMPLATE "european_iv_kernel.h"
#include "instances.h"

typedef void implied_function(const hk_european_quotes *, size_t, double *, signed char *);

#if HK_X86_LEVELS
static implied_function *const implied[] = {implied_baseline, implied_avx2, implied_avx512};
#else
static implied_function *const implied[] = {implied_baseline};
#endif

void hk_european_iv(const hk_european_quotes *in, size_t n, double *vol, signed char *status)
{
    implied[hk_european_isa()](in, n, vol, status);
}
