/* Compiles the template header HK_TEMPLATE once for each instruction set.
 *
 * Inside it HK_NAME(f) becomes f_baseline, f_avx2 or f_avx512 and HK_WIDTH is the
 * number of doubles in a vector register. Define HK_TEMPLATE before including. */
#define HK_PASTE_(a, b) a##_##b
#define HK_PASTE(a, b) HK_PASTE_(a, b)
#define HK_NAME(f) HK_PASTE(f, HK_LEVEL)

#define HK_LEVEL baseline
#define HK_WIDTH 2
#include HK_TEMPLATE
#undef HK_LEVEL
#undef HK_WIDTH

#if HK_X86_LEVELS

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,bmi2")
#endif
#define HK_LEVEL avx2
#define HK_WIDTH 4
#include HK_TEMPLATE
#undef HK_LEVEL
#undef HK_WIDTH
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2,fma,bmi2,prefer-vector-width=512")
#endif
#define HK_LEVEL avx512
#define HK_WIDTH 8
#include HK_TEMPLATE
#undef HK_LEVEL
#undef HK_WIDTH
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
#undef HK_TEMPLATE
