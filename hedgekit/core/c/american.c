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



#define HK_AM_LEVELS 5

/* Level 0 serves nearly every option; each other those that the level before is not good enough for. The last has
 * fewer nodes again: where drift outruns diffusion the boundary is flat, and more of them only swing. */
static const struct {
    int coarse_n, coarse_m, n, m, outer_m, fine_m;
} hk_am_sizes[HK_AM_LEVELS] = {
    {5, 8, 10, 10, 24, 24},     {7, 12, 14, 16, 36, 36},    {8, 16, 20, 40, 64, 64},
    {12, 40, 28, 160, 160, 160}, {6, 40, 14, 120, 160, 160},
};

/* What a level must not exceed for its answer to be kept: the last Newton step (what is left is its square), the doubt
 * about the interpolation (some 500 times the usual error of the value), the stiffness. */
static const struct {
    double step, doubt, stiffness;
} hk_am_limits[HK_AM_LEVELS] = {
    {3e-3, 1e-5, 2.0}, {1e-3, 3e-5, 3.0}, {1e-4, 1e-4, 20.0}, {1e-4, INFINITY, INFINITY}, {1e-3, INFINITY, INFINITY},
};

static struct {
    hk_am_nodes coarse[HK_AM_LEVELS], fine[HK_AM_LEVELS];
    double prolong[HK_AM_LEVELS][HK_AM_NODES][HK_AM_NODES]; /* coarse boundary at the fine nodes */
    double pool[240000];
} hk_am_tables;

static int hk_am_level = HK_ISA_BASELINE;

#define HK_TEMPLATE "american_kernel.h"
#include "instances.h"

void hk_american_setup(void)
{
    double *pool = hk_am_tables.pool;
    for (int level = 0; level < HK_AM_LEVELS; level++) {
        hk_am_nodes *coarse = &hk_am_tables.coarse[level], *fine = &hk_am_tables.fine[level];
        pool = hk_am_fill(coarse, hk_am_sizes[level].coarse_n, hk_am_sizes[level].coarse_m, 0, 0, pool);
        pool = hk_am_fill(fine, hk_am_sizes[level].n, hk_am_sizes[level].m, hk_am_sizes[level].outer_m,
                          hk_am_sizes[level].fine_m, pool);
        for (int i = 0; i < fine->n; i++)
            hk_am_interpolate(coarse, fine->root[i], hk_am_tables.prolong[level][i]);
    }
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
