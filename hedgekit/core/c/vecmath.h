/* exp, log of a ratio and normal tails as straight-line code that a compiler can
 * vectorise: no branch, no table, no libm call. Coefficients are Chebyshev
 * interpolants computed with mpmath (tests/unit/core/test_vecmath_coefficients.py
 * computes them again). */
#ifndef HEDGEKIT_VECMATH_H
#define HEDGEKIT_VECMATH_H

#include <math.h>
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

/* m of exp(y) = 2^k (1 + m), 1 + m in [0.7, 1.42]; `shifted` holds k in its low bits. */
HK_INLINE double hk_exp_fraction(double y, double shifted)
{
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
    return r + r2 * q;
}

/* exp(y), relative error below 1 ulp, and exp(y) - 1, which for |y| < 0.34 has that accuracy too. At least exp(-708):
 * nothing subnormal. Above 709 the result is infinite. */
typedef struct {
    double value, minus_one;
} hk_exponential;

HK_INLINE hk_exponential hk_exp_both(double y)
{
    double x = y < -708.0 ? -708.0 : y;
    double shifted = x * HK_LOG2E + HK_ROUNDER;
    double m = hk_exp_fraction(x, shifted);
    double power = hk_from_bits((hk_bits(shifted) - hk_bits(HK_ROUNDER) + 1023) << 52);
    hk_exponential e;
    e.value = y > 709.0 ? HUGE_VAL : (1.0 + m) * power;
    e.minus_one = shifted == HK_ROUNDER ? m : e.value - 1.0;
    return e;
}

HK_INLINE double hk_exp(double y)
{
    return hk_exp_both(y).value;
}

/* scale * exp(y), rounded once at the end: the power of two is applied in two halves, so the product is right even
 * where exp(y) alone would be subnormal or overflow. y is clamped to +-1400. */
HK_INLINE double hk_scaled_exp(double scale, double y)
{
    y = y < -1400.0 ? -1400.0 : y;
    y = y > 1400.0 ? 1400.0 : y;
    double shifted = y * HK_LOG2E + HK_ROUNDER;
    double p = 1.0 + hk_exp_fraction(y, shifted);
    uint64_t whole = hk_bits(shifted) - hk_bits(HK_ROUNDER) + 4096; /* biased: no arithmetic shift in SSE2, AVX2 */
    uint64_t half = whole >> 1;
    double low = hk_from_bits((half - 2048 + 1023) << 52);
    double high = hk_from_bits((whole - half - 2048 + 1023) << 52);
    return (scale * low) * (p * high);
}

/* ln(a / b) for positive, finite and normal a, b, with full relative accuracy where a is near b:
 * 2 atanh((a - b) / (a + b)) has an exact numerator there. Error below 2 ulp. */
HK_INLINE double hk_log_ratio(double a, double b)
{
    const uint64_t fraction = 0x000fffffffffffffu, one = 0x3ff0000000000000u, two52 = 0x4330000000000000u;
    uint64_t ua = hk_bits(a), ub = hk_bits(b);
    /* The difference of the bit patterns is nearly 2^52 log2(a / b): rounded it is the k for which b 2^k is within a
     * factor 1.5 of a. Both are then scaled to the exponent of a being zero. */
    uint64_t shift = (ua - ub + 0x0008000000000000u) & ~fraction;
    double ma = hk_from_bits((ua & fraction) | one);
    double mb = hk_from_bits(ub + shift - (ua & ~fraction) + one);
    double k = hk_from_bits(((shift ^ 0x8000000000000000u) >> 52) | two52) - (0x1p52 + 2048.0);
    double f = (ma - mb) / (ma + mb);
    double w = f * f;
    double w2 = w * w;
    double p01 = 0.6666666666666666 + w * 0.40000000000007996;
    double p23 = 0.2857142856725317 + w * 0.22222223051762294;
    double p45 = 0.18181737383008073 + w * 0.15388876712590915;
    double p67 = 0.13209546573512165 + w * 0.13610182927411002;
    double p = (p01 + w2 * p23) + (w2 * w2) * (p45 + w2 * p67);
    return k * HK_LN2_HI + (2.0 * f + (f * w * p + k * HK_LN2_LO));
}

/* The Mills ratio R(z) = Phi(-z) / phi(z) of two points u <= v in [-0.75, inf), and the difference
 * R(u) - R(v) without cancellation.
 *
 * With i = 1 / (z + 5.5) and t = 1.2421875 - 10.650390625 i, R = i P(t). A second Horner chain, run on the partial
 * sums of the first, gives the divided difference P[t(u), t(v)] at the price of P(t(v)), whence
 *     R(u) - R(v) = (v - u) i(u) i(v) (P(u) - 10.650390625 i(v) P[u, v]),
 * to full relative accuracy however close u and v are. `gap` is v - u, known to the caller more exactly
 * than the rounded points tell. P is fitted for z <= 38.5; beyond, phi underflows. */
typedef struct {
    double first;      /* R(u) */
    double second;     /* R(v) */
    double difference; /* R(u) - R(v) */
} hk_mills_pair;

HK_INLINE hk_mills_pair hk_mills(double u, double v, double gap)
{
    double inverse = 1.0 / ((u + 5.5) * (v + 5.5));
    double iu = inverse * (v + 5.5), iv = inverse * (u + 5.5);
    double tu = 1.2421875 - 10.650390625 * iu, tv = 1.2421875 - 10.650390625 * iv;
    double p, d;
#define HK_MILLS_START(c) p = c, d = 0.0
#define HK_MILLS_STEP(c) d = d * tv + p, p = p * tu + c
    HK_MILLS_START(-3.485960584364159e-09);
    HK_MILLS_STEP(-1.642729065203564e-09); HK_MILLS_STEP(4.3377530489633585e-08);
    HK_MILLS_STEP(2.9503299044759738e-08); HK_MILLS_STEP(-3.449580394944243e-07);
    HK_MILLS_STEP(-2.936579947051511e-07); HK_MILLS_STEP(2.572261645602057e-06);
    HK_MILLS_STEP(1.986719408025356e-06); HK_MILLS_STEP(-2.068870953261e-05);
    HK_MILLS_STEP(-4.3615346155003605e-06); HK_MILLS_STEP(0.000177327218842273);
    HK_MILLS_STEP(-0.00017715989968774434); HK_MILLS_STEP(-0.0013426442212783165);
    HK_MILLS_STEP(0.004585587346309134); HK_MILLS_STEP(0.00129645382884017);
    HK_MILLS_STEP(-0.05555097433241584); HK_MILLS_STEP(0.23475406708625896);
    HK_MILLS_STEP(-0.6257184229795038); HK_MILLS_STEP(1.2529774668994411);
    HK_MILLS_STEP(-2.002971006525996); HK_MILLS_STEP(2.6247056217331477);
    HK_MILLS_STEP(-2.848485065355577); HK_MILLS_STEP(2.5579462827008306);
#undef HK_MILLS_START
#undef HK_MILLS_STEP
    hk_mills_pair out;
    double edge = p - 10.650390625 * iv * d;
    out.first = iu * p;
    out.difference = gap * inverse * edge;
    out.second = iv * (p + (tv - tu) * d);
    return out;
}

#endif
