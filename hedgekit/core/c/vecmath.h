/* exp, log of a ratio and normal tails as straight-line code that a compiler can
 * vectorise: no branch, no table, no libm call. Coefficients are Chebyshev
 * interpolants computed with mpmath (tests/unit/core/test_vecmath_coefficients.py
 * computes them again). */
#ifndef HEDGEKIT_VECMATH_H
#define HEDGEKIT_VECMATH_H

#include <float.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define HK_INLINE static inline __attribute__((always_inline))
#else
#define HK_INLINE static __forceinline
#endif

#define HK_INV_SQRT_2PI 0.3989422804014327
#define HK_SQRT_2PI 2.5066282746310002
#define HK_LN2_HI 0x1.62e42fefa3800p-1 /* 42 bits: exact when multiplied by an exponent */
#define HK_LN2_LO 0x1.ef35793c76730p-45
#define HK_LOG2E 1.4426950408889634
#define HK_ROUNDER 0x1.8p52 /* adding it leaves the nearest integer in the low bits */

HK_INLINE uint64_t hk_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

HK_INLINE double hk_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* scale * exp(y), rounded once at the end: the power of two is applied in two halves, so
 * the product is right even where exp(y) alone would be subnormal or overflow.
 * Relative error below 1 ulp plus that of y; y is clamped to +-1400. */
HK_INLINE double hk_scaled_exp(double scale, double y)
{
    y = y < -1400.0 ? -1400.0 : y;
    y = y > 1400.0 ? 1400.0 : y;
    double shifted = y * HK_LOG2E + HK_ROUNDER;
    double k = shifted - HK_ROUNDER;
    double r = (y - k * HK_LN2_HI) - k * HK_LN2_LO;
    double r2 = r * r;
    double r4 = r2 * r2;
    double q01 = 0.5000000000000001 + r * 0.1666666666666667;
    double q23 = 0.04166666666662382 + r * 0.008333333333326082;
    double q45 = 0.0013888888917368964 + r * 0.00019841269875003973;
    double q67 = 2.4801521055364205e-05 + r * 2.7557255168123062e-06;
    double q89 = 2.76202026313159e-07 + r * 2.5105313423078524e-08;
    double q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q89);
    double p = 1.0 + (r + r2 * q);
    uint64_t whole = hk_bits(shifted) - hk_bits(HK_ROUNDER) + 4096; /* biased: no arithmetic shift in SSE2, AVX2 */
    uint64_t half = whole >> 1;
    double low = hk_from_bits((half - 2048 + 1023) << 52);
    double high = hk_from_bits((whole - half - 2048 + 1023) << 52);
    return (scale * low) * (p * high);
}

/* ln(a / b) for positive finite a, b, with full relative accuracy where a is near b:
 * 2 atanh((a - b) / (a + b)) has an exact numerator there. Error below 2 ulp. */
HK_INLINE double hk_log_ratio(double a, double b)
{
    const uint64_t fraction = 0x000fffffffffffffu, one = 0x3ff0000000000000u, two52 = 0x4330000000000000u;
    double a_shift = a < DBL_MIN ? -54.0 : 0.0, b_shift = b < DBL_MIN ? -54.0 : 0.0;
    a = a < DBL_MIN ? a * 0x1p54 : a;
    b = b < DBL_MIN ? b * 0x1p54 : b;
    uint64_t ua = hk_bits(a), ub = hk_bits(b);
    double ma = hk_from_bits((ua & fraction) | one);
    double mb = hk_from_bits((ub & fraction) | one);
    double k = (hk_from_bits((ua >> 52) | two52) + a_shift) - (hk_from_bits((ub >> 52) | two52) + b_shift);
    const double root2 = 1.4142135623730951;
    int a_large = ma > root2 * mb, b_large = mb > root2 * ma;
    k = a_large ? k + 1.0 : k;
    k = b_large ? k - 1.0 : k;
    mb = a_large ? mb + mb : mb;
    ma = b_large ? ma + ma : ma;
    double f = (ma - mb) / (ma + mb);
    double w = f * f;
    double w2 = w * w;
    double p01 = 0.6666666666666666 + w * 0.40000000000000896;
    double p23 = 0.285714285707929 + w * 0.22222222394081534;
    double p45 = 0.1818179539245811 + w * 0.15386252931250757;
    double p67 = 0.13268424423504332 + w * 0.1309022274000801;
    double p = (p01 + w2 * p23) + (w2 * w2) * (p45 + w2 * p67);
    return k * HK_LN2_HI + (2.0 * f + (f * w * p + k * HK_LN2_LO));
}

/* The Mills ratio R(z) = Phi(-z) / phi(z) of two points u <= v in [-1, inf), and the difference
 * R(u) - R(v) without cancellation.
 *
 * With i = 1 / (z + 5) and t = 1.1875 - 8.75 i, R = i P(t). A second Horner chain, run on the partial
 * sums of the first, gives the divided difference P[t(u), t(v)] at the price of P(t(v)), whence
 *     R(u) - R(v) = (v - u) i(u) i(v) (P(u) - 8.75 i(v) P[u, v]),
 * to full relative accuracy however close u and v are. `gap` is v - u, known to the caller more exactly
 * than the rounded points tell. P is fitted for z <= 41.6; beyond, phi underflows. */
typedef struct {
    double first;      /* R(u) */
    double second;     /* R(v) */
    double difference; /* R(u) - R(v) */
} hk_mills_pair;

HK_INLINE hk_mills_pair hk_mills(double u, double v, double gap)
{
    double inverse = 1.0 / ((u + 5.0) * (v + 5.0));
    double iu = inverse * (v + 5.0), iv = inverse * (u + 5.0);
    double tu = 1.1875 - 8.75 * iu, tv = 1.1875 - 8.75 * iv;
    double p, d;
#define HK_MILLS_START(c) p = c, d = 0.0
#define HK_MILLS_STEP(c) d = d * tv + p, p = p * tu + c
    HK_MILLS_START(2.685492557235682e-10);
    HK_MILLS_STEP(-1.2484749234154647e-09); HK_MILLS_STEP(-4.6784183991800704e-09);
    HK_MILLS_STEP(1.0916916102837743e-08); HK_MILLS_STEP(4.1825476117194564e-08);
    HK_MILLS_STEP(-3.655456544823656e-08); HK_MILLS_STEP(-2.6548251385859434e-07);
    HK_MILLS_STEP(-4.29697626456347e-08); HK_MILLS_STEP(1.3956732420129505e-06);
    HK_MILLS_STEP(1.4460902765485886e-06); HK_MILLS_STEP(-6.806257066898349e-06);
    HK_MILLS_STEP(-1.280669474743386e-05); HK_MILLS_STEP(3.494038944695333e-05);
    HK_MILLS_STEP(9.000305622661871e-05); HK_MILLS_STEP(-0.00021966477882365108);
    HK_MILLS_STEP(-0.0005645325409374925); HK_MILLS_STEP(0.0018237410532241545);
    HK_MILLS_STEP(0.002605882965774379); HK_MILLS_STEP(-0.0176968597711695);
    HK_MILLS_STEP(0.01142073899757662); HK_MILLS_STEP(0.13013386770296048);
    HK_MILLS_STEP(-0.5791868152074378); HK_MILLS_STEP(1.4183553129744821);
    HK_MILLS_STEP(-2.461014392947039); HK_MILLS_STEP(3.2555968440635277);
    HK_MILLS_STEP(-3.3677650814863402); HK_MILLS_STEP(2.7257590762093264);
#undef HK_MILLS_START
#undef HK_MILLS_STEP
    hk_mills_pair out;
    double edge = p - 8.75 * iv * d;
    out.first = iu * p;
    out.difference = gap * inverse * edge;
    out.second = iv * (p + (tv - tu) * d);
    return out;
}

#endif
