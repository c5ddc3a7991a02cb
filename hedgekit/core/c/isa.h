/* Which instruction set this processor offers, and which one is in use.
 *
 * A kernel is a template header that names its functions HK_NAME(f). The C file
 * includes it once for each instruction set through instances.h and picks the
 * instance with hk_isa_best() or the level forced by HEDGEKIT_ISA. No intrinsics:
 * the compiler vectorises the same plain C for every target. */
#ifndef HEDGEKIT_ISA_H
#define HEDGEKIT_ISA_H

#if defined(__x86_64__) && defined(__GNUC__)
#define HK_X86_LEVELS 1
#else
#define HK_X86_LEVELS 0
#endif

enum hk_isa { HK_ISA_BASELINE = 0, HK_ISA_AVX2 = 1, HK_ISA_AVX512 = 2 };

static inline int hk_isa_best(void)
{
#if HK_X86_LEVELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return HK_ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return HK_ISA_AVX2;
#endif
    return HK_ISA_BASELINE;
}

#endif
