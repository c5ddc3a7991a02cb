/* Template: implied volatility of blocks of European options (see instances.h).
 *
 * Everything is reduced to the out-of-the-money option worth `worth` = W of european_kernel.h, with m = min(A, B),
 * y = |x|, s = vol sqrt(T), z1 = y/s - s/2, z2 = y/s + s/2. The equation solved is, for W <= m/2,
 *     ln(m phi(z1) (R(z1) - R(z2))) = ln W
 * and otherwise the same for the distance to the upper bound, m - W = m phi(z1) (R(-z1) + R(z2)). Both sides are
 * compared in one logarithm of a ratio, so that nothing cancels near the solution. With D the factor after phi(z1),
 * u = +-1/D and q = y^2/s^3 - s/4 the derivatives in s are
 *     f' = u, f'' = u (q - u), f''' = u (q^2 - 3 y^2/s^4 - 1/4 - 3 q u + 2 u^2),
 * which gives Householder's method of order four without an exponential (Jaeckel 2015, section 4). */

#include "european_block.h"

#define HK_IV_STEPS 6       /* two do, three for a few */
#define HK_IV_CLOSE 3e-5    /* a step this small relative to s leaves an error of about its fourth power */
#define HK_IV_DOUBTFUL 1e-13 /* time value over the larger leg: below, its third digit may be rounding */
#define HK_IV_SCALE 0x1p60  /* legs and premium are scaled so that no subnormal number enters a logarithm */

typedef struct {
    _Alignas(64) double sign[HK_BLOCK];
    double store[6][HK_BLOCK];
    double own[HK_BLOCK], other[HK_BLOCK]; /* min(A, B) and max(A, B) */
    double y[HK_BLOCK], target[HK_BLOCK];  /* |x|, and W or min(A, B) - W */
    double upper[HK_BLOCK];                /* 1 where target is the distance to the upper bound */
    double s[HK_BLOCK], tail[HK_BLOCK];
    double root_t[HK_BLOCK], code[HK_BLOCK], done[HK_BLOCK];
} HK_NAME(unknowns);

/* The solution has z1 > -0.6745 below and z1 <= 0 above. Steps stay where the fit of the Mills ratio holds, from
 * -0.75 on. */
HK_INLINE double HK_NAME(bounded)(double s, double y, double upper)
{
    double edge = 0.75 + sqrt(0.5625 + 2.0 * y);
    double least = upper * (y + y) / edge, most = edge + upper * 1e100;
    s = s > least ? s : least;
    return s < most ? s : most;
}

/* Start: below half the maximum the solution of the normal (Bachelier) model, whose worth over y is a function of
 * h = y/s alone, fitted by rationals to 5e-4; above, d1 from the normal quantile of Abramowitz and Stegun 26.2.23. */
HK_INLINE double HK_NAME(seed)(double y, double own, double other, double target, double upper)
{
    double ratio = sqrt(own / other);
    double mid = target / own * ratio + 0.5 * y; /* W / sqrt(A B), plus half of y */
    double v = y / mid;
    double floor_y = y > 1e-200 ? y : 1e-200;
    double l = hk_log_ratio(upper != 0.0 ? own + own : floor_y * own, upper != 0.0 ? target : target * ratio);
    double v2 = v * v;
    double f = (0.39895568 + v2 * (-0.10365855 + v2 * 0.00415767)) / (1.0 + v2 * (-0.33915118 + v2 * 0.02546947));
    double root = sqrt(l > 2.5 ? l : 2.5);
    double h = (1.04908272 + root * (-0.57996032 + root * (-0.36454271 + root * 0.71165064))) /
               (1.0 + root * (-0.14717281 + root * 0.50105847));
    double lower = v > 1.8 ? y / h : mid / f;
    double g = sqrt(2.0 * (l > 0.0 ? l : 0.0));
    double d = g - (2.515517 + g * (0.802853 + g * 0.010328)) / (1.0 + g * (1.432788 + g * (0.189269 + g * 0.001308)));
    d = d > 0.0 ? d : 0.0;
    double z = sqrt(d * d + 2.0 * y);
    double near = 2.0 / (d + sqrt(d * d + 2.546479)), far = 2.0 / (z + sqrt(z * z + 2.546479));
    double excess = (near - far) / (near + far);
    d -= near * excess * (1.0 - 0.3 * excess);
    double s = upper != 0.0 ? d + sqrt(d * d + 2.0 * y) : lower;
    return HK_NAME(bounded)(s, y, upper);
}

/* The factor D after phi(z1) at s. */
HK_INLINE double HK_NAME(tail)(double s, double y, double upper)
{
    double h = y / s, half = 0.5 * s;
    double z1 = h - half, z2 = h + half;
    hk_mills_pair r = hk_mills(upper != 0.0 ? -z1 : z1, z2, s);
    return upper != 0.0 ? r.first + r.second : r.difference;
}

/* The logarithm of the value at s over its target. */
HK_INLINE double HK_NAME(misfit)(double s, double tail, double y, double own, double target)
{
    double z1 = y / s - 0.5 * s;
    return hk_log_ratio(own * tail, target * HK_SQRT_2PI) - 0.5 * (z1 * z1);
}

/* One Householder step; returns the new s. */
HK_INLINE double HK_NAME(improve)(double s, double tail, double y, double own, double target, double upper)
{
    double f = HK_NAME(misfit)(s, tail, y, own, target);
    double h = y / s, h_s = h / s;
    /* newton u = -f, so no power of u is formed: it would overflow for the smallest s */
    double newton = (2.0 * upper - 1.0) * f * tail;
    double slope = newton * h_s;
    double a = newton * (h * h_s - 0.25 * s);
    double second = a + f; /* newton f'' / f' */
    double third = (a * a - (3.0 * slope * slope + 0.25 * newton * newton)) + f * (3.0 * a + 2.0 * f);
    double next = s + newton * (1.0 + 0.5 * second) / (1.0 + second + third * (1.0 / 6.0));
    return HK_NAME(bounded)(next, y, upper);
}

/* One step of every element that has not converged; returns whether any is left. */
static uint64_t HK_NAME(improve_all)(HK_NAME(unknowns) *restrict u, size_t padded)
{
    uint64_t unfinished = 0;
    for (size_t i = 0; i < padded; i++)
        u->tail[i] = HK_NAME(tail)(u->s[i], u->y[i], u->upper[i]);
    for (size_t i = 0; i < padded; i++) {
        double s = u->s[i], done = u->done[i];
        double next = HK_NAME(improve)(s, u->tail[i], u->y[i], u->own[i], u->target[i], u->upper[i]);
        double close = fabs(next - s) < HK_IV_CLOSE * s ? 1.0 : 0.0;
        u->s[i] = done != 0.0 ? s : next;
        done = done > close ? done : close;
        u->done[i] = done;
        unfinished |= hk_bits(1.0 - done);
    }
    return unfinished;
}

/* Reads the quotes start .. start+n, classifies them and sets the equation up; where there is none to solve, a harmless
 * one. */
static void HK_NAME(set_up)(const hk_european_quotes *in, size_t start, size_t n, size_t padded,
                            HK_NAME(unknowns) *restrict u)
{
    const double *restrict spot = HK_NAME(view)(in->spot, start, n, padded, 1.0, u->store[0]);
    const double *restrict strike = HK_NAME(view)(in->strike, start, n, padded, 1.0, u->store[1]);
    const double *restrict t_years = HK_NAME(view)(in->t_years, start, n, padded, 1.0, u->store[2]);
    const double *restrict rate = HK_NAME(view)(in->rate, start, n, padded, 0.0, u->store[3]);
    const double *restrict div_yield = HK_NAME(view)(in->div_yield, start, n, padded, 0.0, u->store[4]);
    const double *restrict premium = HK_NAME(view)(in->premium, start, n, padded, 0.25, u->store[5]);
    HK_NAME(read_signs)(in->sign, start, n, padded, u->sign);
    for (size_t i = 0; i < padded; i++) {
        hk_exponential q = hk_exp_both(-(div_yield[i] * t_years[i]));
        hk_exponential r = hk_exp_both(-(rate[i] * t_years[i]));
        u->own[i] = spot[i] * q.value;
        u->other[i] = strike[i] * r.value;
        /* A - B: S - K is exact near the money and the discounts over short times are small corrections of it */
        u->s[i] = (spot[i] - strike[i]) + (spot[i] * q.minus_one - strike[i] * r.minus_one);
    }
    for (size_t i = 0; i < padded; i++)
        u->y[i] = fabs(hk_log_ratio(spot[i], strike[i]) + (rate[i] - div_yield[i]) * t_years[i]);
    uint64_t any_close = 0;
    for (size_t i = 0; i < padded; i++) {
        double spot_leg = u->own[i], strike_leg = u->other[i], sign = u->sign[i];
        double intrinsic = sign * u->s[i];
        intrinsic = intrinsic > 0.0 ? intrinsic : 0.0;
        double leg = sign > 0.0 ? spot_leg : strike_leg;
        double code = premium[i] >= leg ? (double)HK_ABOVE_MAXIMUM : (double)HK_OK;
        code = premium[i] <= intrinsic ? (double)HK_BELOW_INTRINSIC : code;
        /* 0 for finite numbers, NaN otherwise; premium and legs must also bear the scaling below */
        double zero = (spot[i] * 0.0 + strike[i] * 0.0) + (t_years[i] * 0.0 + premium[i] * 0.0) +
                      (rate[i] * 0.0 + div_yield[i] * 0.0) + (spot_leg + strike_leg) * HK_IV_SCALE * 0.0;
        double least = spot[i] < strike[i] ? spot[i] : strike[i];
        double invalid = least + zero >= DBL_MIN ? 0.0 : 1.0;
        invalid = t_years[i] > 0.0 ? invalid : 1.0;
        invalid = sign * sign == 1.0 ? invalid : 1.0;
        code = invalid != 0.0 ? (double)HK_INVALID_INPUT : code;
        double own = spot_leg < strike_leg ? spot_leg : strike_leg;
        double other = spot_leg < strike_leg ? strike_leg : spot_leg;
        double worth = premium[i] - intrinsic, room = leg - premium[i];
        double upper = worth > room ? 1.0 : 0.0;
        double target = worth > room ? room : worth;
        int solvable = code == 0.0;
        /* with nothing to discount, a premium equal to the double S - K is meant to be at intrinsic */
        double exact = fabs(rate[i]) + fabs(div_yield[i]) == 0.0 ? 1.0 : 0.0;
        exact = worth > 0.0 ? 0.0 : exact;
        double close = fabs(worth) < HK_IV_DOUBTFUL * other ? 1.0 : 0.0;
        close = intrinsic > 0.0 ? close : 0.0;
        close = exact + invalid > 0.0 ? 0.0 : close;
        any_close |= hk_bits(close);
        u->done[i] = close;
        u->code[i] = code;
        u->own[i] = solvable ? own * HK_IV_SCALE : 1.0;
        u->other[i] = solvable ? other * HK_IV_SCALE : 1.0;
        u->target[i] = solvable ? target * HK_IV_SCALE : 0.25;
        u->y[i] = solvable ? u->y[i] : 0.0;
        u->upper[i] = solvable ? upper : 0.0;
    }
    if (any_close)
        for (size_t i = 0; i < n; i++)
            if (u->done[i] != 0.0) {
                hk_long_quote quote = hk_long_quote_of(u->sign[i], premium[i], spot[i], strike[i], t_years[i], rate[i],
                                                       div_yield[i]);
                u->code[i] = quote.worth <= 0.0  ? (double)HK_BELOW_INTRINSIC
                             : quote.room <= 0.0 ? (double)HK_ABOVE_MAXIMUM
                                                 : (double)HK_OK;
                if (u->code[i] == 0.0) {
                    int upper = quote.worth > quote.room;
                    u->own[i] = quote.own * HK_IV_SCALE;
                    u->other[i] = quote.other * HK_IV_SCALE;
                    u->target[i] = (upper ? quote.room : quote.worth) * HK_IV_SCALE;
                    u->y[i] = quote.y;
                    u->upper[i] = upper;
                }
            }
    for (size_t i = 0; i < padded; i++) {
        u->s[i] = HK_NAME(seed)(u->y[i], u->own[i], u->other[i], u->target[i], u->upper[i]);
        u->root_t[i] = sqrt(t_years[i]);
        u->done[i] = 0.0;
    }
}

static void HK_NAME(implied)(const hk_european_quotes *in, size_t n, double *vol, signed char *status)
{
    HK_NAME(unknowns) u;
    for (size_t start = 0; start < n; start += HK_BLOCK) {
        size_t count = n - start < HK_BLOCK ? n - start : HK_BLOCK;
        size_t padded = (count + 7) & ~(size_t)7;
        HK_NAME(set_up)(in, start, count, padded, &u);
        uint64_t unfinished = 1;
        for (int step = 0; step < HK_IV_STEPS && unfinished; step++)
            unfinished = HK_NAME(improve_all)(&u, padded);
        for (size_t i = 0; i < padded; i++)
            u.s[i] = u.s[i] / u.root_t[i];
        for (size_t i = 0; i < count; i++) {
            vol[start + i] = u.code[i] == 0.0 ? u.s[i] : NAN;
            status[start + i] = (signed char)u.code[i];
        }
        if (unfinished)
            for (size_t i = 0; i < count; i++)
                if (u.done[i] == 0.0) {
                    vol[start + i] = NAN;
                    status[start + i] = HK_NO_CONVERGENCE;
                }
    }
}
