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

#define HK_IV_STEPS 4

typedef struct {
    _Alignas(64) double y[HK_BLOCK];
    double own[HK_BLOCK], target[HK_BLOCK], upper[HK_BLOCK], s[HK_BLOCK], moved[HK_BLOCK];
} HK_NAME(unknowns);

/* Start: below half the maximum the solution of the normal (Bachelier) model, whose worth over y is a function of
 * h = y/s alone, fitted by rationals to 5e-4; above, d1 from the normal quantile of Abramowitz and Stegun 26.2.23. */
HK_INLINE double HK_NAME(seed)(double y, double own, double other, double target, int upper)
{
    double symmetric = target / own * sqrt(own / other);
    double mid = symmetric + 0.5 * y;
    double v = y / mid;
    double floor_y = y > 1e-300 ? y : 1e-300;
    double l = hk_log_ratio(upper ? own + own : floor_y, upper ? target : symmetric);
    double v2 = v * v;
    double f = (0.39895568 + v2 * (-0.10365855 + v2 * 0.00415767)) / (1.0 + v2 * (-0.33915118 + v2 * 0.02546947));
    double root = sqrt(l > 2.5 ? l : 2.5);
    double h = (1.04908272 + root * (-0.57996032 + root * (-0.36454271 + root * 0.71165064))) /
               (1.0 + root * (-0.14717281 + root * 0.50105847));
    double lower = l > 2.9 ? y / h : mid / f;
    double g = sqrt(2.0 * (l > 0.0 ? l : 0.0));
    double d = g - (2.515517 + g * (0.802853 + g * 0.010328)) / (1.0 + g * (1.432788 + g * (0.189269 + g * 0.001308)));
    d = d > 0.0 ? d : 0.0;
    double z = sqrt(d * d + 2.0 * y);
    double near = 2.0 / (d + sqrt(d * d + 2.546479)), far = 2.0 / (z + sqrt(z * z + 2.546479));
    double excess = (near - far) / (near + far);
    d -= near * excess * (1.0 - 0.3 * excess);
    return upper ? d + sqrt(d * d + 2.0 * y) : lower;
}

/* The logarithm of the value at s over its target. */
HK_INLINE double HK_NAME(misfit)(double s, double y, double own, double target, int upper)
{
    double z1 = y / s - 0.5 * s, z2 = y / s + 0.5 * s;
    hk_mills_pair r = hk_mills(upper ? -z1 : z1, z2, s);
    double tail = upper ? r.first + r.second : r.difference;
    return hk_log_ratio(own * tail, target * HK_SQRT_2PI) - 0.5 * (z1 * z1);
}

/* One Householder step; returns the new s. */
HK_INLINE double HK_NAME(improve)(double s, double y, double own, double target, int upper)
{
    double h = y / s, half = 0.5 * s;
    double z1 = h - half, z2 = h + half;
    hk_mills_pair r = hk_mills(upper ? -z1 : z1, z2, s);
    double tail = upper ? r.first + r.second : r.difference;
    double f = hk_log_ratio(own * tail, target * HK_SQRT_2PI) - 0.5 * (z1 * z1);
    double d = upper ? -tail : tail;
    double u = 1.0 / d;
    double h_s = h / s;
    double q = h * h_s - 0.5 * half;
    double newton = -f * d;
    double f2 = q - u, f3 = q * q - (3.0 * h_s * h_s + 0.25) - u * (3.0 * q - 2.0 * u);
    return s + newton * (1.0 + 0.5 * f2 * newton) / (1.0 + newton * (f2 + f3 * newton * (1.0 / 6.0)));
}

/* s where the fit of the Mills ratio begins: z1 >= -1 below, -z1 >= -1 above; steps stay inside. */
HK_INLINE double HK_NAME(bounded)(double s, double y, int upper)
{
    double edge = sqrt(1.0 + 2.0 * y);
    double least = upper ? (y + y) / (1.0 + edge) : 0.0, most = upper ? 1e100 : 1.0 + edge;
    s = s > least ? s : least;
    return s < most ? s : most;
}

/* Bisection on ln s with Householder steps inside the bracket: slow, for the few elements that the fixed number of
 * steps leaves. */
static int HK_NAME(bracketed)(double y, double own, double target, int upper, double *root)
{
    double low = HK_NAME(bounded)(1e-160, y, upper), high = HK_NAME(bounded)(1e5, y, upper);
    double s = sqrt(low) * sqrt(high);
    for (int i = 0; i < 200; i++) {
        double next = HK_NAME(improve)(s, y, own, target, upper);
        int rising = HK_NAME(misfit)(s, y, own, target, upper) < 0.0;
        if (rising != upper)
            low = s;
        else
            high = s;
        double step = fabs(next - s);
        if (next >= low && next <= high && step < 1e-6 * s) {
            *root = next;
            return HK_OK;
        }
        if (next > low && next < high && i < 60) /* after that, only halving */
            s = next;
        else
            s = sqrt(low) * sqrt(high);
        if (high - low <= 4e-16 * high) {
            *root = s;
            return HK_OK;
        }
    }
    return HK_NO_CONVERGENCE;
}

static void HK_NAME(implied)(const hk_european_quotes *in, size_t n, double *vol, signed char *status)
{
    HK_NAME(block) b; /* vol holds the premium */
    HK_NAME(unknowns) u;
    _Alignas(64) double code[HK_BLOCK];
    for (size_t start = 0; start < n; start += HK_BLOCK) {
        size_t count = n - start < HK_BLOCK ? n - start : HK_BLOCK;
        size_t padded = (count + 7) & ~(size_t)7;
        const signed char *sign = in->sign.data + (ptrdiff_t)start * in->sign.stride;
        for (size_t i = 0; i < count; i++)
            b.sign[i] = sign[(ptrdiff_t)i * in->sign.stride];
        HK_NAME(copy)(b.spot, in->spot, start, count);
        HK_NAME(copy)(b.strike, in->strike, start, count);
        HK_NAME(copy)(b.t_years, in->t_years, start, count);
        HK_NAME(copy)(b.rate, in->rate, start, count);
        HK_NAME(copy)(b.div_yield, in->div_yield, start, count);
        HK_NAME(copy)(b.vol, in->premium, start, count);
        for (size_t i = count; i < padded; i++) {
            b.sign[i] = b.spot[i] = b.strike[i] = b.t_years[i] = 1.0;
            b.rate[i] = b.div_yield[i] = 0.0;
            b.vol[i] = 0.25;
        }
        for (size_t i = 0; i < padded; i++) {
            double zero = (b.spot[i] * 0.0 + b.strike[i] * 0.0) + (b.t_years[i] * 0.0 + b.vol[i] * 0.0) +
                          (b.rate[i] * 0.0 + b.div_yield[i] * 0.0);
            double least = b.spot[i] < b.strike[i] ? b.spot[i] : b.strike[i];
            least = least < b.t_years[i] ? least : b.t_years[i];
            double spot_leg = hk_scaled_exp(b.spot[i], -(b.div_yield[i] * b.t_years[i]));
            double strike_leg = hk_scaled_exp(b.strike[i], -(b.rate[i] * b.t_years[i]));
            double x = hk_log_ratio(b.spot[i], b.strike[i]) + (b.rate[i] - b.div_yield[i]) * b.t_years[i];
            double intrinsic = b.sign[i] * (spot_leg - strike_leg);
            intrinsic = intrinsic > 0.0 ? intrinsic : 0.0;
            double leg = b.sign[i] > 0.0 ? spot_leg : strike_leg;
            double premium = b.vol[i];
            double c = premium >= leg ? (double)HK_ABOVE_MAXIMUM : (double)HK_OK;
            c = premium <= intrinsic ? (double)HK_BELOW_INTRINSIC : c;
            double bad = least + zero > 0.0 ? 0.0 : 1.0;
            bad = b.sign[i] * b.sign[i] == 1.0 ? bad : 1.0;
            bad = (spot_leg + strike_leg) * 0.0 == 0.0 ? bad : 1.0;
            code[i] = bad != 0.0 ? (double)HK_INVALID_INPUT : c;
            double own = spot_leg < strike_leg ? spot_leg : strike_leg;
            double other = spot_leg < strike_leg ? strike_leg : spot_leg;
            double worth = premium - intrinsic, room = leg - premium;
            int upper = worth > room;
            double target = upper ? room : worth;
            int usable = code[i] == 0.0;
            u.y[i] = usable ? fabs(x) : 0.0;
            u.own[i] = usable ? own : 1.0;
            u.target[i] = usable ? target : 0.25;
            u.upper[i] = usable ? (upper ? 1.0 : 0.0) : 0.0;
            other = usable ? other : 1.0;
            double s = HK_NAME(seed)(u.y[i], u.own[i], other, u.target[i], u.upper[i] != 0.0);
            u.s[i] = HK_NAME(bounded)(s, u.y[i], u.upper[i] != 0.0);
        }
        for (int step = 0; step < HK_IV_STEPS; step++)
            for (size_t i = 0; i < padded; i++) {
                int upper = u.upper[i] != 0.0;
                double s = HK_NAME(improve)(u.s[i], u.y[i], u.own[i], u.target[i], upper);
                s = HK_NAME(bounded)(s, u.y[i], upper);
                u.moved[i] = fabs(s - u.s[i]) / u.s[i];
                u.s[i] = s;
            }
        for (size_t i = 0; i < padded; i++)
            b.vol[i] = u.s[i] / sqrt(b.t_years[i]);
        for (size_t i = 0; i < count; i++) {
            int c = (int)code[i];
            double v = b.vol[i];
            if (c == HK_OK && !(u.moved[i] < 1e-4)) {
                double s;
                c = HK_NAME(bracketed)(u.y[i], u.own[i], u.target[i], u.upper[i] != 0.0, &s);
                v = s / sqrt(b.t_years[i]);
            }
            vol[start + i] = c == HK_OK ? v : NAN;
            status[start + i] = (signed char)c;
        }
    }
}
