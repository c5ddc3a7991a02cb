/* Template: a register of HK_WIDTH doubles and the mathematics on it.
 *
 * One option a lane; a lane never sees its neighbours, so a result does not depend on
 * what is priced beside it. GCC and clang compile the vector type for every target;
 * elsewhere a register is one double. */

#define VD HK_NAME(hk_lanes)
#define VM HK_NAME(hk_lane_mask)
#if defined(__GNUC__)
#define HK_LANES HK_WIDTH
#define HK_INLINE static inline __attribute__((always_inline, unused))
typedef double VD __attribute__((vector_size(8 * HK_WIDTH)));
typedef int64_t VM __attribute__((vector_size(8 * HK_WIDTH)));
#else
#define HK_LANES 1
#define HK_INLINE static inline
typedef double VD;
typedef int64_t VM;
#endif

HK_INLINE VM HK_NAME(bits)(VD a)
{
    VM m;
    memcpy(&m, &a, sizeof m);
    return m;
}

HK_INLINE VD HK_NAME(from_bits)(VM m)
{
    VD a;
    memcpy(&a, &m, sizeof a);
    return a;
}

HK_INLINE VD HK_NAME(all)(double a)
{
#if HK_LANES == 1
    return a;
#else
    VD v = {0};
    return v + a;
#endif
}

HK_INLINE VM HK_NAME(less)(VD a, VD b)
{
#if HK_LANES == 1
    return -(VM)(a < b);
#else
    return a < b;
#endif
}

/* yes where the mask is set, no elsewhere. */
HK_INLINE VD HK_NAME(pick)(VM mask, VD yes, VD no)
{
    return HK_NAME(from_bits)((HK_NAME(bits)(yes) & mask) | (HK_NAME(bits)(no) & ~mask));
}

HK_INLINE VD HK_NAME(vmax)(VD a, VD b)
{
    return HK_NAME(pick)(HK_NAME(less)(a, b), b, a);
}

HK_INLINE VD HK_NAME(vmin)(VD a, VD b)
{
    return HK_NAME(pick)(HK_NAME(less)(a, b), a, b);
}

HK_INLINE VD HK_NAME(vabs)(VD a)
{
    return HK_NAME(from_bits)(HK_NAME(bits)(a) & INT64_MAX);
}

HK_INLINE VD HK_NAME(vsqrt)(VD a)
{
    double lane[HK_LANES];
    memcpy(lane, &a, sizeof lane);
    for (int i = 0; i < HK_LANES; i++)
        lane[i] = sqrt(lane[i]);
    memcpy(&a, lane, sizeof lane);
    return a;
}

HK_INLINE int HK_NAME(any)(VM mask)
{
    int64_t lane[HK_LANES], seen = 0;
    memcpy(lane, &mask, sizeof lane);
    for (int i = 0; i < HK_LANES; i++)
        seen |= lane[i];
    return seen != 0;
}

/* exp, relative error 2e-15; the argument is clamped to [-708, 708], far outside every use here. */
HK_INLINE VD HK_NAME(vexp)(VD x)
{
    const double shifter = 6755399441055744.0; /* 1.5 * 2^52: adding it leaves the nearest integer in the low bits */
    x = HK_NAME(vmax)(HK_NAME(vmin)(x, HK_NAME(all)(708.0)), HK_NAME(all)(-708.0));
    VD t = x * 1.4426950408889634 + shifter;
    VD n = t - shifter;
    VD f = x - n * 0.69314718036912382;
    f = f - n * 1.9082149292705877e-10;
    VD p = f * (1.0 / 39916800) + 1.0 / 3628800;
    p = p * f + 1.0 / 362880;
    p = p * f + 1.0 / 40320;
    p = p * f + 1.0 / 5040;
    p = p * f + 1.0 / 720;
    p = p * f + 1.0 / 120;
    p = p * f + 1.0 / 24;
    p = p * f + 1.0 / 6;
    p = p * f + 0.5;
    p = p * f + 1.0;
    p = p * f + 1.0;
    return HK_NAME(from_bits)(HK_NAME(bits)(p) + (HK_NAME(bits)(t) << 52));
}

/* log of a positive normal number, absolute error 1e-14. */
HK_INLINE VD HK_NAME(vlog)(VD x)
{
    const double shifter = 6755399441055744.0;
    /* Exponent of x / sqrt(1/2), so that the mantissa left is within [sqrt(1/2), sqrt(2)). */
    VM raw = HK_NAME(bits)(x) - 0x3fe6a09e667f3bcd;
    VM e = raw >> 52;
    VD n = HK_NAME(from_bits)(e + 0x4338000000000000) - shifter;
    VD m = HK_NAME(from_bits)(HK_NAME(bits)(x) - (e << 52));
    VD s = (m - 1.0) / (m + 1.0);
    VD z = s * s;
    VD p = z * (2.0 / 17) + 2.0 / 15;
    p = p * z + 2.0 / 13;
    p = p * z + 2.0 / 11;
    p = p * z + 2.0 / 9;
    p = p * z + 2.0 / 7;
    p = p * z + 2.0 / 5;
    p = p * z + 2.0 / 3;
    p = p * z + 2.0;
    return n * 0.69314718055994531 + s * p;
}

/* Mills ratio Phi(-z) / phi(z) for z >= 0, relative error 3e-13: t times a polynomial in t = 1 / (1 + 0.3 z). */
HK_INLINE VD HK_NAME(mills)(VD z)
{
    VD t = 1.0 / (1.0 + 0.3 * z);
    VD p = t * 0.015646381228674549 - 0.15240207663369235;
    p = p * t + 0.67009579263063215;
    p = p * t - 1.7440600264326232;
    p = p * t + 2.9577310407278209;
    p = p * t - 3.3951897121708009;
    p = p * t + 2.6856708810208017;
    p = p * t - 1.52676960497197;
    p = p * t + 0.6946016482638121;
    p = p * t - 0.23264556776294515;
    p = p * t + 0.019549928775010131;
    p = p * t - 0.044968286931005564;
    p = p * t + 0.0024351874542301612;
    p = p * t + 0.066320689802027901;
    p = p * t + 0.14529817286881639;
    p = p * t + 0.21899968295728143;
    p = p * t + 0.27300000654337271;
    p = p * t + 0.29999999994601512;
    p = p * t + 0.30000000000007462;
    return p * t;
}

/* exp within [-700, 700], relative error 1e-12: what an equation solved to 1e-9 needs. */
HK_INLINE VD HK_NAME(quick_exp)(VD x)
{
    const double shifter = 6755399441055744.0;
    VD t = x * 1.4426950408889634 + shifter;
    VD n = t - shifter;
    VD f = x - n * 0.69314718055994531;
    VD p = f * 2.4876164022625968e-5 + 0.00019915866926782682;
    p = p * f + 0.0013888821677630363;
    p = p * f + 0.0083332660979496144;
    p = p * f + 0.041666666890956999;
    p = p * f + 0.16666666891045777;
    p = p * f + 0.49999999999797934;
    p = p * f + 0.99999999997978517;
    p = p * f + 1.0;
    return HK_NAME(from_bits)(HK_NAME(bits)(p) + (HK_NAME(bits)(t) << 52));
}

/* Mills ratio with t = 1 / (1 + 0.28 z) given, relative error 4e-10. */
HK_INLINE VD HK_NAME(quick_mills)(VD t)
{
    VD p = t * 0.024142345633769543 - 0.14225994922195546;
    p = p * t + 0.32970649930290206;
    p = p * t - 0.3591573861661208;
    p = p * t + 0.18525562285290804;
    p = p * t - 0.102892490530801;
    p = p * t + 0.050560617579556703;
    p = p * t + 0.081825948931488658;
    p = p * t + 0.15397693820520137;
    p = p * t + 0.21410657789302598;
    p = p * t + 0.2580494361901072;
    p = p * t + 0.27999997694720591;
    p = p * t + 0.28000000006667632;
    return p * t;
}

/* The density at d, by quick_exp. */
HK_INLINE VD HK_NAME(quick_density)(VD d)
{
    return 0.39894228040143268 * HK_NAME(quick_exp)(HK_NAME(vmax)(-0.5 * d * d, HK_NAME(all)(-690.0)));
}

#define HK_INV_SQRT_2PI 0.39894228040143268

/* The normal density at d. */
HK_INLINE VD HK_NAME(density)(VD d)
{
    return HK_INV_SQRT_2PI * HK_NAME(vexp)(-0.5 * d * d);
}

/* Phi(d), the density phi(d) being known already. */
HK_INLINE VD HK_NAME(normal)(VD d, VD phi)
{
    VD tail = phi * HK_NAME(mills)(HK_NAME(vabs)(d));
    return HK_NAME(pick)(HK_NAME(less)(d, HK_NAME(all)(0.0)), tail, 1.0 - tail);
}
