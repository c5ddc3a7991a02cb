/* Chooses the instance of european_kernel.h; values where vol is zero or an input invalid. */
#include "european.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "isa.h"
#include "status.h"
#include "vecmath.h"

typedef struct {
    double sign, spot, strike, t_years, rate, div_yield, vol;
} hk_option;

static hk_option hk_option_at(const hk_european_input *in, size_t i)
{
    ptrdiff_t k = (ptrdiff_t)i;
#define HK_AT(column) in->column.data[k * in->column.stride]
    hk_option o = {HK_AT(sign), HK_AT(spot), HK_AT(strike), HK_AT(t_years), HK_AT(rate), HK_AT(div_yield), HK_AT(vol)};
#undef HK_AT
    return o;
}

static int hk_option_valid(const hk_option *o)
{
    return isfinite(o->spot) && isfinite(o->strike) && isfinite(o->t_years) && isfinite(o->rate) &&
           isfinite(o->div_yield) && isfinite(o->vol) && o->spot >= DBL_MIN && o->strike >= DBL_MIN &&
           o->t_years > 0.0 && o->vol >= 0.0 && (o->sign == 1.0 || o->sign == -1.0);
}

/* At vol 0 the value is the discounted intrinsic value. Its greeks are those of that line; at the kink (forward
 * equal to strike) they are the limits vol -> 0, some of which are infinite: those are NaN, as all of an invalid
 * element. */
static int hk_european_zero_vol_greeks(const hk_european_input *in, size_t i, double row[HK_GREEKS])
{
    hk_option o = hk_option_at(in, i);
    for (int g = 0; g < HK_GREEKS; g++)
        row[g] = NAN;
    if (!hk_option_valid(&o))
        return HK_INVALID_INPUT;
    double discount_q = hk_exp(-(o.div_yield * o.t_years));
    double discount_r = hk_exp(-(o.rate * o.t_years));
    double spot_leg = o.spot * discount_q, strike_leg = o.strike * discount_r;
    double intrinsic = o.sign * (spot_leg - strike_leg);
    if (!isfinite(intrinsic))
        return HK_INVALID_INPUT;
    double weight = intrinsic > 0.0 ? 1.0 : intrinsic < 0.0 ? 0.0 : 0.5;
    double on = o.sign * weight;
    row[HK_PRICE] = intrinsic > 0.0 ? intrinsic : 0.0;
    row[HK_DELTA] = on * discount_q;
    row[HK_RHO] = on * o.t_years * strike_leg;
    row[HK_THETA] = on * (o.div_yield * spot_leg - o.rate * strike_leg);
    if (intrinsic != 0.0) {
        row[HK_GAMMA] = row[HK_VEGA] = row[HK_VANNA] = row[HK_VOLGA] = 0.0;
        row[HK_CHARM] = o.div_yield * row[HK_DELTA];
    } else {
        row[HK_VEGA] = spot_leg * HK_INV_SQRT_2PI * sqrt(o.t_years);
        row[HK_VANNA] = 0.5 * discount_q * HK_INV_SQRT_2PI * sqrt(o.t_years);
        row[HK_VOLGA] = 0.0;
    }
    return HK_OK;
}

static int hk_european_zero_vol(const hk_european_input *in, size_t i, double *price)
{
    double row[HK_GREEKS];
    int status = hk_european_zero_vol_greeks(in, i, row);
    *price = row[HK_PRICE];
    return status;
}

#define HK_TEMPLATE "european_kernel.h"
#include "instances.h"

typedef void price_function(const hk_european_input *, size_t, double *, signed char *);
typedef void greeks_function(const hk_european_input *, size_t, double *const[HK_GREEKS], signed char *);

#if HK_X86_LEVELS
static price_function *const prices[] = {price_baseline, price_avx2, price_avx512};
static greeks_function *const greeks[] = {greeks_baseline, greeks_avx2, greeks_avx512};
#else
static price_function *const prices[] = {price_baseline};
static greeks_function *const greeks[] = {greeks_baseline};
#endif

static int level = HK_ISA_BASELINE;

int hk_european_isa(void)
{
    return level;
}

int hk_european_set_isa(int wanted)
{
    if (wanted < HK_ISA_BASELINE || wanted > hk_isa_best())
        return -1;
    level = wanted;
    return 0;
}

void hk_european_price(const hk_european_input *in, size_t n, double *price, signed char *status)
{
    prices[level](in, n, price, status);
}

void hk_european_greeks(const hk_european_input *in, size_t n, double *const out[HK_GREEKS], signed char *status)
{
    greeks[level](in, n, out, status);
}
