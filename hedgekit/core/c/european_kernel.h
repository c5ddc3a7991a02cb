/* Template: price and greeks of blocks of European options (see instances.h).
 *
 * With A = S exp(-qT), B = K exp(-rT), x = ln(A/B), s = vol sqrt(T), h = |x|/s: the out-of-the-money option is
 *     W = min(A, B) phi(z1) (R(z1) - R(z2)),   z1 = h - s/2,  z2 = h + s/2,   R the Mills ratio,
 * since A phi(d1) = B phi(d2). The difference of R is taken without cancellation, so W has the relative accuracy
 * of x and s. For z1 < -1/2, where R grows, W = min(A, B) (1 - phi(z1) (R(-z1) + R(z2))) loses nothing.
 * The in-the-money option is W plus the discounted intrinsic value. */

#include "european_block.h"

typedef struct {
    const double *spot, *strike, *t_years, *rate, *div_yield, *vol;
    _Alignas(64) double sign[HK_BLOCK];
    double store[6][HK_BLOCK];
    double special[HK_BLOCK]; /* 1 where the formula does not apply: invalid, or vol = 0 */
} HK_NAME(block);

/* Reads elements start .. start+n and replaces the special ones by a harmless option. Returns whether there was any.
 * A subnormal spot or strike counts as zero. */
static int HK_NAME(gather)(const hk_european_input *in, size_t start, size_t n, size_t padded,
                           HK_NAME(block) *restrict b)
{
    const double *restrict spot = HK_NAME(view)(in->spot, start, n, padded, 1.0, b->store[0]);
    const double *restrict strike = HK_NAME(view)(in->strike, start, n, padded, 1.0, b->store[1]);
    const double *restrict t_years = HK_NAME(view)(in->t_years, start, n, padded, 1.0, b->store[2]);
    const double *restrict rate = HK_NAME(view)(in->rate, start, n, padded, 0.0, b->store[3]);
    const double *restrict div_yield = HK_NAME(view)(in->div_yield, start, n, padded, 0.0, b->store[4]);
    const double *restrict vol = HK_NAME(view)(in->vol, start, n, padded, 1.0, b->store[5]);
    HK_NAME(read_signs)(in->sign, start, n, padded, b->sign);
    uint64_t any = 0;
    for (size_t i = 0; i < padded; i++) {
        /* 0 for finite numbers, NaN otherwise */
        double zero = (spot[i] * 0.0 + strike[i] * 0.0) + (t_years[i] * 0.0 + vol[i] * 0.0) +
                      (rate[i] * 0.0 + div_yield[i] * 0.0);
        double least = spot[i] < strike[i] ? spot[i] : strike[i];
        double positive = t_years[i] < vol[i] ? t_years[i] : vol[i];
        double special = least + zero >= DBL_MIN ? 0.0 : 1.0;
        special = positive > 0.0 ? special : 1.0;
        special = b->sign[i] * b->sign[i] == 1.0 ? special : 1.0;
        b->special[i] = special;
        any |= hk_bits(special);
    }
    b->spot = spot, b->strike = strike, b->t_years = t_years;
    b->rate = rate, b->div_yield = div_yield, b->vol = vol;
    if (!any)
        return 0;
    const double **columns[6] = {&b->spot, &b->strike, &b->t_years, &b->rate, &b->div_yield, &b->vol};
    for (int c = 0; c < 6; c++) {
        double harmless = columns[c] == &b->rate || columns[c] == &b->div_yield ? 0.0 : 1.0;
        for (size_t i = 0; i < padded; i++)
            b->store[c][i] = b->special[i] != 0.0 ? harmless : (*columns[c])[i];
        *columns[c] = b->store[c];
    }
    for (size_t i = 0; i < padded; i++)
        b->sign[i] = b->special[i] != 0.0 ? 1.0 : b->sign[i];
    return 1;
}

/* What the price and the greeks are made of; see the head of this file. */
typedef struct {
    _Alignas(64) double discount_q[HK_BLOCK]; /* exp(-qT) */
    double spot_leg[HK_BLOCK], strike_leg[HK_BLOCK];
    double x[HK_BLOCK], log_moneyness[HK_BLOCK], root_t[HK_BLOCK];
    double s[HK_BLOCK], per_s[HK_BLOCK], h[HK_BLOCK];
    double near_tail[HK_BLOCK], far_tail[HK_BLOCK]; /* Phi(-|z1|), Phi(-z2) over phi(z1) */
    double worth[HK_BLOCK];                         /* W over phi(z1), or what is missing to min(A, B) */
    double density[HK_BLOCK];                       /* A phi(d1) = B phi(d2) */
} HK_NAME(parts);

/* Separate passes: the body of one loop is short enough for several vectors to be in flight, where the chain of all of
 * them would leave the processor waiting for one. */
static void HK_NAME(evaluate)(const HK_NAME(block) *restrict b, HK_NAME(parts) *restrict p, size_t padded,
                              double *restrict price)
{
    for (size_t i = 0; i < padded; i++) {
        p->discount_q[i] = hk_exp(-(b->div_yield[i] * b->t_years[i]));
        p->spot_leg[i] = b->spot[i] * p->discount_q[i];
        p->strike_leg[i] = b->strike[i] * hk_exp(-(b->rate[i] * b->t_years[i]));
    }
    for (size_t i = 0; i < padded; i++) {
        p->log_moneyness[i] = hk_log_ratio(b->spot[i], b->strike[i]);
        p->x[i] = p->log_moneyness[i] + (b->rate[i] - b->div_yield[i]) * b->t_years[i];
        p->root_t[i] = sqrt(b->t_years[i]);
        double s = b->vol[i] * p->root_t[i];
        s = s < 1e-290 ? 1e-290 : s;
        s = s > 1e150 ? 1e150 : s;
        p->s[i] = s;
        p->per_s[i] = 1.0 / s;
        double h = fabs(p->x[i]) * p->per_s[i];
        p->h[i] = h > 1e10 ? 1e10 : h; /* phi(h) is 0 long before; d2 / s must stay finite */
    }
    for (size_t i = 0; i < padded; i++) {
        double z1 = p->h[i] - 0.5 * p->s[i], z2 = p->h[i] + 0.5 * p->s[i];
        int cumulative = z1 < -0.5;
        hk_mills_pair r = hk_mills(cumulative ? -z1 : z1, z2, p->s[i]);
        p->near_tail[i] = r.first;
        p->far_tail[i] = r.second;
        p->worth[i] = cumulative ? r.first + r.second : r.difference;
    }
    for (size_t i = 0; i < padded; i++) {
        double z1 = p->h[i] - 0.5 * p->s[i];
        double spot_leg = p->spot_leg[i], strike_leg = p->strike_leg[i];
        double own = spot_leg < strike_leg ? spot_leg : strike_leg;
        double density = hk_scaled_exp(HK_INV_SQRT_2PI * own, -0.5 * (z1 * z1));
        double w = density * p->worth[i];
        double otm = z1 < -0.5 ? own - w : w;
        double intrinsic = b->sign[i] * (spot_leg - strike_leg);
        p->density[i] = density;
        price[i] = (otm > 0.0 ? otm : 0.0) + (intrinsic > 0.0 ? intrinsic : 0.0);
    }
}

/* A bit of the result, the sign, is set exactly when the number is infinite or NaN. */
HK_INLINE uint64_t HK_NAME(not_finite)(double x)
{
    return (hk_bits(x) & 0x7fffffffffffffffu) + 0x0010000000000000u;
}

static void HK_NAME(price)(const hk_european_input *in, size_t n, double *price, signed char *status)
{
    HK_NAME(block) b;
    HK_NAME(parts) p;
    _Alignas(64) double padding[HK_BLOCK];
    for (size_t start = 0; start < n; start += HK_BLOCK) {
        size_t count = n - start < HK_BLOCK ? n - start : HK_BLOCK;
        size_t padded = (count + 7) & ~(size_t)7;
        double *value = padded == count ? price + start : padding;
        int any_special = HK_NAME(gather)(in, start, count, padded, &b);
        HK_NAME(evaluate)(&b, &p, padded, value);
        uint64_t overflow = 0;
        for (size_t i = 0; i < padded; i++)
            overflow |= HK_NAME(not_finite)(value[i]);
        if (value == padding)
            memcpy(price + start, padding, count * sizeof *price);
        memset(status + start, HK_OK, count);
        if (overflow >> 63)
            for (size_t i = 0; i < count; i++)
                if (!isfinite(price[start + i])) {
                    price[start + i] = NAN;
                    status[start + i] = HK_INVALID_INPUT;
                }
        if (any_special)
            for (size_t i = 0; i < count; i++)
                if (b.special[i] != 0.0)
                    status[start + i] = (signed char)hk_european_zero_vol(in, start + i, &price[start + i]);
    }
}

/* The greeks from the parts; returns what not_finite says of all of them. */
static uint64_t HK_NAME(differentiate)(const HK_NAME(block) *restrict b, const HK_NAME(parts) *restrict p,
                                       size_t padded, const double *restrict price, double *restrict delta,
                                       double *restrict gamma, double *restrict vega, double *restrict theta,
                                       double *restrict rho, double *restrict vanna, double *restrict volga,
                                       double *restrict charm)
{
    uint64_t overflow = 0;
    for (size_t i = 0; i < padded; i++) {
        double spot_leg = p->spot_leg[i], strike_leg = p->strike_leg[i], density = p->density[i];
        double t = b->t_years[i], sign = b->sign[i], s = p->s[i];
        double carry = (b->rate[i] - b->div_yield[i]) * t;
        double half = 0.5 * s, z1 = p->h[i] - half;
        int spot_high = spot_leg >= strike_leg;
        double own = spot_high ? strike_leg : spot_leg, other = spot_high ? spot_leg : strike_leg;
        /* Phi(-|z1|) and Phi(-z2), each from its own Mills ratio and none as one minus a number near one */
        double tail1 = density / own * p->near_tail[i], tail2 = density / other * p->far_tail[i];
        /* Phi(sign d1), Phi(sign d2): d1, d2 = -z1, -z2 below the forward and z2, z1 above it */
        double toward = spot_high ? sign : -sign;
        double near = (z1 < -0.5) == (toward < 0.0) ? 1.0 - tail1 : tail1;
        double far = toward < 0.0 ? tail2 : 1.0 - tail2;
        double cdf1 = spot_high ? far : near, cdf2 = spot_high ? near : far;
        double signed_h = p->x[i] < 0.0 ? -p->h[i] : p->h[i];
        double d1 = signed_h + half, d2 = signed_h - half;
        double per_t = 1.0 / t, per_spot = 1.0 / b->spot[i];
        double spot_density = density * per_spot;
        double d = sign * p->discount_q[i] * cdf1;
        double vega_i = density * p->root_t[i];
        double strike_part = sign * strike_leg * cdf2;
        delta[i] = d;
        gamma[i] = spot_density * per_spot * p->per_s[i];
        vega[i] = vega_i;
        theta[i] = (b->div_yield[i] * (d * b->spot[i]) - b->rate[i] * strike_part) - density * half * per_t;
        rho[i] = t * strike_part;
        vanna[i] = -(spot_density * p->root_t[i]) * (d2 * p->per_s[i]);
        volga[i] = vega_i * p->root_t[i] * (d1 * d2) * p->per_s[i];
        charm[i] = b->div_yield[i] * d -
                   spot_density * (((carry - p->log_moneyness[i]) + half * s) * (0.5 * per_t * p->per_s[i]));
        double sum = (price[i] + delta[i]) * 0.0 + (gamma[i] + vega[i]) * 0.0 + (theta[i] + rho[i]) * 0.0 +
                     (vanna[i] * 0.0 + volga[i] * 0.0) + charm[i] * 0.0;
        overflow |= HK_NAME(not_finite)(sum);
    }
    return overflow;
}

static void HK_NAME(greeks)(const hk_european_input *in, size_t n, double *const out[HK_GREEKS], signed char *status)
{
    HK_NAME(block) b;
    HK_NAME(parts) p;
    _Alignas(64) double padding[HK_GREEKS][HK_BLOCK];
    for (size_t start = 0; start < n; start += HK_BLOCK) {
        size_t count = n - start < HK_BLOCK ? n - start : HK_BLOCK;
        size_t padded = (count + 7) & ~(size_t)7;
        double *value[HK_GREEKS];
        for (int g = 0; g < HK_GREEKS; g++)
            value[g] = padded == count ? out[g] + start : padding[g];
        int any_special = HK_NAME(gather)(in, start, count, padded, &b);
        HK_NAME(evaluate)(&b, &p, padded, value[HK_PRICE]);
        uint64_t overflow = HK_NAME(differentiate)(
            &b, &p, padded, value[HK_PRICE], value[HK_DELTA], value[HK_GAMMA], value[HK_VEGA], value[HK_THETA],
            value[HK_RHO], value[HK_VANNA], value[HK_VOLGA], value[HK_CHARM]);
        if (padded != count)
            for (int g = 0; g < HK_GREEKS; g++)
                memcpy(out[g] + start, padding[g], count * sizeof **padding);
        memset(status + start, HK_OK, count);
        if (overflow >> 63)
            for (size_t i = start; i < start + count; i++) {
                double sum = 0.0;
                for (int g = 0; g < HK_GREEKS; g++)
                    sum += out[g][i] * 0.0;
                if (sum != 0.0) {
                    for (int g = 0; g < HK_GREEKS; g++)
                        out[g][i] = NAN;
                    status[i] = HK_INVALID_INPUT;
                }
            }
        if (any_special)
            for (size_t i = 0; i < count; i++)
                if (b.special[i] != 0.0) {
                    double row[HK_GREEKS];
                    status[start + i] = (signed char)hk_european_zero_vol_greeks(in, start + i, row);
                    for (int g = 0; g < HK_GREEKS; g++)
                        out[g][start + i] = row[g];
                }
    }
}
