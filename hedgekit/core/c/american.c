/* American options with a continuous dividend yield, one instance an instruction set. */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "american.h"
#include "isa.h"
#include "status.h"
#include "american_nodes.h"
#include "american_put_form.h"
#include "american_columns.h"
#include "american_quote.h"



/* Level 0 serves nearly every option; level 1 those that it is not good enough for. */
static struct {
    hk_am_nodes coarse[2], fine[2];
    double prolong[2][HK_AM_NODES][HK_AM_NODES]; /* coarse boundary at the fine nodes */
} hk_am_tables;

static int hk_am_level = HK_ISA_BASELINE;

#define HK_TEMPLATE "american_kernel.h"
#include "instances.h"

void hk_american_setup(void)
{
    hk_am_fill(&hk_am_tables.coarse[0], 5, 8, 8);
    hk_am_fill(&hk_am_tables.fine[0], 9, 14, 36);
    hk_am_fill(&hk_am_tables.coarse[1], 8, 16, 16);
    hk_am_fill(&hk_am_tables.fine[1], 20, 40, 64);
    for (int level = 0; level < 2; level++)
        for (int i = 0; i < hk_am_tables.fine[level].n; i++)
            hk_am_interpolate(&hk_am_tables.coarse[level], hk_am_tables.fine[level].root[i], hk_am_tables.prolong[level][i]);
    hk_am_level = hk_isa_best();
}

int hk_american_isa(void)
{
    return hk_am_level;
}

int hk_american_set_isa(int level)
{
    if (level < 0 || level > hk_isa_best())
        return -1;
    hk_am_level = level;
    return 0;
}

#if HK_X86_LEVELS
#define DISPATCH(call, ...)                                                                                            \
    (hk_am_level == HK_ISA_AVX512 ? call##_avx512(__VA_ARGS__)                                                         \
     : hk_am_level == HK_ISA_AVX2 ? call##_avx2(__VA_ARGS__)                                                           \
                                  : call##_baseline(__VA_ARGS__))
#else
#define DISPATCH(call, ...) call##_baseline(__VA_ARGS__)
#endif

void hk_american_price(ptrdiff_t count, const hk_am_inputs *in, double *price_out, signed char *status)
{
    DISPATCH(price, count, in, price_out, status);
}

void hk_american_greeks(ptrdiff_t count, const hk_am_inputs *in, const hk_am_outputs *out)
{
    DISPATCH(greeks, count, in, out);
}

void hk_american_implied_vol(ptrdiff_t count, const hk_column *premium, const hk_am_inputs *in, double *vol,
                             double *upper, signed char *status)
{
    DISPATCH(implied_vol, count, premium, in, vol, upper, status);
}
