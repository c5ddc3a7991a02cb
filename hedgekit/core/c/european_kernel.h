/* Template: price and greeks of blocks of European options (see instances.h).
 *
 * With A = S exp(-qT), B = K exp(-rT), x = ln(A/B), s = vol sqrt(T), h = |x|/s: the out-of-the-money option is
 *     W = min(A, B) phi(z1) (R(z1) - R(z2)),   z1 = h - s/2,  z2 = h + s/2,   R the Mills ratio,
 * since A phi(d1) = B phi(d2). The difference of R is taken without cancellation, so W has the relative accuracy
 * of x and s. For z1 < -1/2, where R grows, W = min(A, B) (1 - phi(z1) (R(-z1) + R(z2))) loses nothing.
 * The in-the-money option is W plus the discounted intrinsic value. */

#include "european_block.h"

/* Copies elements start .. start+n, checks them and replaces those the formula cannot take (invalid, or vol = 0)
 * by a harmless option. Returns whether there was any. The block is padded to a whole number of vectors with the
 * same option: an element's bits never depend on where in an array it stands. */
static int HK_NAME(gather)(const hk_european_input *in, size_t start, size_t n, size_t padded,
                           HK_NAME(block) *restrict b, double *restrict special)
{
    const signed char *sign = in->sign.data + (ptrdiff_t)start * in->sign.stride;
    for (size_t i = 0; i < n; i++)
        b->sign[i] = sign[(ptrdiff_t)i * in->sign.stride];
    HK_NAME(copy)(b->spot, in->spot, start, n);
    HK_NAME(copy)(b->strike, in->strike, start, n);
    HK_NAME(copy)(b->t_years, in->t_years, start, n);
    HK_NAME(copy)(b->rate, in->rate, start, n);
    HK_NAME(copy)(b->div_yield, in->div_yield, start, n);
    HK_NAME(copy)(b->vol, in->vol, start, n);
    for (size_t i = n; i < padded; i++) {
        b->sign[i] = b->spot[i] = b->strike[i] = b->t_years[i] = b->vol[i] = 1.0;
        b->rate[i] = b->div_yield[i] = 0.0;
    }
    double count = 0.0;
    for (size_t i = 0; i < padded; i++) {
        /* 0 for finite numbers, NaN otherwise */
        double zero = (b->spot[i] * 0.0 + b->strike[i] * 0.0) + (b->t_years[i] * 0.0 + b->vol[i] * 0.0) +
                      (b->rate[i] * 0.0 + b->div_yield[i] * 0.0);
        double least = b->spot[i] < b->strike[i] ? b->spot[i] : b->strike[i];
        least = least < b->t_years[i] ? least : b->t_years[i];
        least = least < b->vol[i] ? least : b->vol[i];
        double usable = least + zero > 0.0 ? 1.0 : 0.0;
        usable = b->sign[i] * b->sign[i] == 1.0 ? usable : 0.0;
        special[i] = 1.0 - usable;
    }
    for (size_t i = 0; i < n; i++)
        count = special[i] > count ? special[i] : count;
    if (count == 0.0)
        return 0;
    for (size_t i = 0; i < padded; i++) {
        if (special[i] != 0.0) {
            b->sign[i] = b->spot[i] = b->strike[i] = b->t_years[i] = b->vol[i] = 1.0;
            b->rate[i] = b->div_yield[i] = 0.0;
        }
    }
    return 1;
}

typedef struct {
    double discount_q, discount_r, spot_leg, strike_leg; /* exp(-qT), exp(-rT), A, B */
    double carry, log_moneyness, x;                      /* (r - q) T, ln(S/K), their sum */
    double root_t, s, h;
    double own, density;      /* min(A, B) and phi(z1) */
    double near_tail, far_tail; /* Phi(-|z1|) and Phi(-z2), both over phi(z1) */
    double otm;               /* W */
    int cumulative;           /* z1 < -1/2 */
} HK_NAME(parts);

HK_INLINE HK_NAME(parts) HK_NAME(evaluate)(double spot, double strike, double t, double rate, double div_yield,
                                           double vol)
{
    HK_NAME(parts) p;
    p.discount_q = hk_scaled_exp(1.0, -(div_yield * t));
    p.discount_r = hk_scaled_exp(1.0, -(rate * t));
    p.spot_leg = spot * p.discount_q;
    p.strike_leg = strike * p.discount_r;
    p.carry = (rate - div_yield) * t;
    p.log_moneyness = hk_log_ratio(spot, strike);
    p.x = p.log_moneyness + p.carry;
    p.root_t = sqrt(t);
    double s = vol * p.root_t;
    s = s < 1e-290 ? 1e-290 : s;
    s = s > 1e150 ? 1e150 : s;
    p.s = s;
    double h = fabs(p.x) / s;
    p.h = h > 1e100 ? 1e100 : h;
    double z1 = p.h - 0.5 * s, z2 = p.h + 0.5 * s;
    p.cumulative = z1 < -0.5;
    double u = p.cumulative ? -z1 : z1;
    hk_mills_pair r = hk_mills(u, z2, s);
    p.own = p.spot_leg < p.strike_leg ? p.spot_leg : p.strike_leg;
    p.near_tail = r.first;
    p.far_tail = r.second;
    double tail = p.cumulative ? r.first + r.second : r.difference;
    p.density = hk_scaled_exp(HK_INV_SQRT_2PI * p.own, -0.5 * (z1 * z1));
    double w = p.density * tail;
    p.otm = p.cumulative ? p.own - w : w;
    p.otm = p.otm < 0.0 ? 0.0 : p.otm;
    return p;
}

HK_INLINE double HK_NAME(with_intrinsic)(const HK_NAME(parts) *p, double sign)
{
    double intrinsic = sign * (p->spot_leg - p->strike_leg);
    return p->otm + (intrinsic > 0.0 ? intrinsic : 0.0);
}

static void HK_NAME(price)(const hk_european_input *in, size_t n, double *price, signed char *status)
{
    HK_NAME(block) b;
    _Alignas(64) double special[HK_BLOCK];
    _Alignas(64) double value[HK_BLOCK];
    for (size_t start = 0; start < n; start += HK_BLOCK) {
        size_t count = n - start < HK_BLOCK ? n - start : HK_BLOCK;
        size_t padded = (count + 7) & ~(size_t)7;
        int any_special = HK_NAME(gather)(in, start, count, padded, &b, special);
        double trouble = 0.0;
        for (size_t i = 0; i < padded; i++) {
            HK_NAME(parts) p =
                HK_NAME(evaluate)(b.spot[i], b.strike[i], b.t_years[i], b.rate[i], b.div_yield[i], b.vol[i]);
            value[i] = HK_NAME(with_intrinsic)(&p, b.sign[i]);
        }
        for (size_t i = 0; i < padded; i++)
            trouble += value[i] * 0.0;
        memcpy(price + start, value, count * sizeof *value);
        memset(status + start, HK_OK, count);
        if (trouble != 0.0)
            for (size_t i = 0; i < count; i++)
                if (!isfinite(value[i])) {
                    price[start + i] = NAN;
                    status[start + i] = HK_INVALID_INPUT;
                }
        if (any_special)
            for (size_t i = 0; i < count; i++)
                if (special[i] != 0.0)
                    status[start + i] = (signed char)hk_european_zero_vol(in, start + i, &price[start + i]);
    }
}

static void HK_NAME(greeks)(const hk_european_input *in, size_t n, double *const out[HK_GREEKS], signed char *status)
{
    HK_NAME(block) b;
    _Alignas(64) double special[HK_BLOCK];
    _Alignas(64) double value[HK_GREEKS][HK_BLOCK];
    for (size_t start = 0; start < n; start += HK_BLOCK) {
        size_t count = n - start < HK_BLOCK ? n - start : HK_BLOCK;
        size_t padded = (count + 7) & ~(size_t)7;
        int any_special = HK_NAME(gather)(in, start, count, padded, &b, special);
        double trouble = 0.0;
        for (size_t i = 0; i < padded; i++) {
            double sign = b.sign[i], spot = b.spot[i], t = b.t_years[i], vol = b.vol[i];
            double rate = b.rate[i], div_yield = b.div_yield[i];
            HK_NAME(parts) p = HK_NAME(evaluate)(spot, b.strike[i], t, rate, div_yield, vol);
            /* Phi(-z1), Phi(z1), Phi(-z2): each tail from its own Mills ratio, none as one minus a number near one */
            double other = p.spot_leg < p.strike_leg ? p.strike_leg : p.spot_leg;
            double pdf = p.density / p.own;
            double tail1 = pdf * p.near_tail, tail2 = (p.density / other) * p.far_tail;
            double below1 = p.cumulative ? 1.0 - tail1 : tail1, above1 = p.cumulative ? tail1 : 1.0 - tail1;
            int call = sign > 0.0, spot_high = p.spot_leg >= p.strike_leg;
            /* Phi(sign d1), Phi(sign d2): d1, d2 = -z1, -z2 below the forward, z2, z1 above it */
            int out_of_money = call != spot_high;
            double near = out_of_money ? below1 : above1, far = out_of_money ? tail2 : 1.0 - tail2;
            double cdf1 = spot_high ? far : near, cdf2 = spot_high ? near : far;
            double signed_h = p.x < 0.0 ? -p.h : p.h;
            double d1 = signed_h + 0.5 * p.s, d2 = signed_h - 0.5 * p.s;
            double density = p.density; /* A phi(d1) = B phi(d2) */
            double per_spot = density / spot;
            double vega = density * p.root_t;
            double delta = sign * p.discount_q * cdf1;
            value[HK_PRICE][i] = HK_NAME(with_intrinsic)(&p, sign);
            value[HK_DELTA][i] = delta;
            value[HK_GAMMA][i] = per_spot / (spot * p.s);
            value[HK_VEGA][i] = vega;
            value[HK_THETA][i] = sign * (div_yield * p.spot_leg * cdf1 - rate * p.strike_leg * cdf2) -
                                 density * p.s / (t + t);
            value[HK_RHO][i] = sign * t * p.strike_leg * cdf2;
            value[HK_VANNA][i] = -(per_spot * p.root_t) * (d2 / p.s);
            value[HK_VOLGA][i] = vega * (d1 * d2) / vol;
            value[HK_CHARM][i] = div_yield * delta - per_spot * (((p.carry - p.log_moneyness) + 0.5 * p.s * p.s) /
                                                                 (2.0 * t * p.s));
        }
        for (int g = 0; g < HK_GREEKS; g++)
            for (size_t i = 0; i < padded; i++)
                trouble += value[g][i] * 0.0;
        for (int g = 0; g < HK_GREEKS; g++)
            memcpy(out[g] + start, value[g], count * sizeof **value);
        memset(status + start, HK_OK, count);
        if (trouble != 0.0)
            for (size_t i = 0; i < count; i++) {
                int finite = 1;
                for (int g = 0; g < HK_GREEKS; g++)
                    finite &= isfinite(value[g][i]) != 0;
                if (!finite) {
                    for (int g = 0; g < HK_GREEKS; g++)
                        out[g][start + i] = NAN;
                    status[start + i] = HK_INVALID_INPUT;
                }
            }
        if (any_special)
            for (size_t i = 0; i < count; i++)
                if (special[i] != 0.0) {
                    double row[HK_GREEKS];
                    status[start + i] = (signed char)hk_european_zero_vol_greeks(in, start + i, row);
                    for (int g = 0; g < HK_GREEKS; g++)
                        out[g][start + i] = row[g];
                }
    }
}
