/* Vectors of HK_WIDTH options in lock step, in the portable vector extension of gcc and clang.
 *
 * Included once for each instruction set, from cash_dividends_kernel.h. */

typedef double HK_NAME(vd) __attribute__((vector_size(8 * HK_WIDTH)));
typedef int64_t HK_NAME(vi) __attribute__((vector_size(8 * HK_WIDTH)));
#define vd HK_NAME(vd)
#define vi HK_NAME(vi)
#define LANES HK_WIDTH
/* Lane l of the vector k places after at[l]. */
#if HK_WIDTH == 2
#define HK_CD_GATHER(k) {at[0][k][0], at[1][k][1]}
#elif HK_WIDTH == 4
#define HK_CD_GATHER(k) {at[0][k][0], at[1][k][1], at[2][k][2], at[3][k][3]}
#else
#define HK_CD_GATHER(k)                                                                                            \
    {at[0][k][0], at[1][k][1], at[2][k][2], at[3][k][3], at[4][k][4], at[5][k][5], at[6][k][6], at[7][k][7]}
#endif
#define HK_CD_INLINE static inline __attribute__((always_inline))

HK_CD_INLINE vd HK_NAME(splat)(double x)
{
    return (vd){0} + x;
}

HK_CD_INLINE vd HK_NAME(pick)(vi mask, vd yes, vd no)
{
    return (vd)((mask & (vi)yes) | (~mask & (vi)no));
}

HK_CD_INLINE vd HK_NAME(vmax)(vd a, vd b)
{
    vd out;
#pragma GCC unroll 8
    for (int l = 0; l < LANES; l++)
        out[l] = a[l] > b[l] ? a[l] : b[l];
    return out;
}

HK_CD_INLINE vd HK_NAME(vsqrt)(vd a)
{
    vd out;
#pragma GCC unroll 8
    for (int l = 0; l < LANES; l++)
        out[l] = __builtin_sqrt(a[l]);
    return out;
}

HK_CD_INLINE int HK_NAME(any)(vi mask)
{
    int64_t out = 0;
#pragma GCC unroll 8
    for (int l = 0; l < LANES; l++)
        out |= mask[l];
    return out != 0;
}

HK_CD_INLINE int HK_NAME(all)(vi mask)
{
    return !HK_NAME(any)(~mask);
}

/* Degree 11 on |x| <= ln(2)/2: relative error 3e-16 before rounding. */
HK_CD_INLINE vd HK_NAME(vexp)(vd x)
{
    const double shift = 0x1.8p52;
    x = HK_NAME(pick)(x > 700.0, HK_NAME(splat)(700.0), x);
    x = HK_NAME(pick)(x < -700.0, HK_NAME(splat)(-700.0), x);
    vd t = x * 0x1.71547652b82fep0 + shift;
    vi k = (vi)t - (vi)HK_NAME(splat)(shift);
    t -= shift;
    vd f = x - t * 0x1.62e42fee00000p-1;
    f -= t * 0x1.a39ef35793c76p-33;
    vd p = HK_NAME(splat)(1.0 / 479001600.0);
    p = p * f + 1.0 / 39916800.0;
    p = p * f + 1.0 / 3628800.0;
    p = p * f + 1.0 / 362880.0;
    p = p * f + 1.0 / 40320.0;
    p = p * f + 1.0 / 5040.0;
    p = p * f + 1.0 / 720.0;
    p = p * f + 1.0 / 120.0;
    p = p * f + 1.0 / 24.0;
    p = p * f + 1.0 / 6.0;
    p = p * f + 0.5;
    p = p * f + 1.0;
    p = p * f + 1.0;
    return (vd)((vi)p + (k << 52));
}

/* Normal distribution function, absolute error 1e-15 (Hart's rational approximation 5666 as given by G. West, "Better
 * approximations to cumulative normal functions", Wilmott Magazine 2005); nil in the tails beyond 7.07, where it is
 * below 1e-12. */
HK_CD_INLINE vd HK_NAME(vnorm)(vd x)
{
    vd a = HK_NAME(vmax)(x, -x);
    a = HK_NAME(pick)(a < 37.0, a, HK_NAME(splat)(37.0));
    vd top = HK_NAME(splat)(3.52624965998911e-02);
    top = top * a + 0.700383064443688;
    top = top * a + 6.37396220353165;
    top = top * a + 33.912866078383;
    top = top * a + 112.079291497871;
    top = top * a + 221.213596169931;
    top = top * a + 220.206867912376;
    vd low = HK_NAME(splat)(8.83883476483184e-02);
    low = low * a + 1.75566716318264;
    low = low * a + 16.064177579207;
    low = low * a + 86.7807322029461;
    low = low * a + 296.564248779674;
    low = low * a + 637.333633378831;
    low = low * a + 793.826512519948;
    low = low * a + 440.413735824752;
    vd tail = HK_NAME(vexp)(-0.5 * a * a) * top / low;
    tail = HK_NAME(pick)(a < 7.07106781186547, tail, HK_NAME(splat)(0.0));
    return HK_NAME(pick)(x > 0.0, 1.0 - tail, tail);
}

/* x positive and normal; 2 atanh series of the mantissa in [sqrt(1/2), sqrt(2)). */
HK_CD_INLINE vd HK_NAME(vlog)(vd x)
{
    const int64_t root_half = 0x3fe6a09e667f3bcd;
    vi bits = (vi)x - root_half;
    /* The exponent is made non-negative before the shift: AVX2 has no arithmetic one of 64 bits. */
    vi e = (vi)(((__typeof__((vi)x))(bits ^ INT64_MIN)) >> 52) & 4095;
    vd m = (vd)((bits & 0x000fffffffffffff) + root_half);
    vd k = (vd)(e | 0x4330000000000000) - (0x1p52 + 2048.0);
    vd s = (m - 1.0) / (m + 1.0), z = s * s;
    vd p = HK_NAME(splat)(1.0 / 19.0);
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    p = p * z + 1.0;
    return k * 0x1.62e42fefa39efp-1 + 2.0 * s * p;
}
