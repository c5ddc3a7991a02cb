/* Chooses the instance of european_iv_kernel.h. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "european.h"
#include "isa.h"
#include "status.h"
#include "vecmath.h"

/* An in-the-money quote in extended precision, for those whose time value is lost in the rounding of the legs. Where
 * long double is no wider than double it is merely right to double precision. */
typedef struct {
    double worth, room, own, other, y; /* room: from the premium up to the bound */
} hk_long_quote;

static hk_long_quote hk_long_quote_of(double sign, double premium, double spot, double strike, double t_years,
                                      double rate, double div_yield)
{
    long double t = t_years, spot_leg = spot * expl(-(div_yield * t)), strike_leg = strike * expl(-(rate * t));
    hk_long_quote quote;
    quote.worth = (double)(premium - sign * (spot_leg - strike_leg));
    quote.room = (double)((sign > 0.0 ? spot_leg : strike_leg) - premium);
    quote.own = (double)(spot_leg < strike_leg ? spot_leg : strike_leg);
    quote.other = (double)(spot_leg < strike_leg ? strike_leg : spot_leg);
    quote.y = (double)fabsl(logl(spot / (long double)strike) + ((long double)rate - div_yield) * t);
    return quote;
}

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
