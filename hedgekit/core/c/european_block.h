/* Template: the block of contiguous columns that the European kernels work on (see instances.h). */

#define HK_BLOCK 256 /* all columns of a block stay in the first-level cache */

typedef struct {
    _Alignas(64) double sign[HK_BLOCK];
    double spot[HK_BLOCK], strike[HK_BLOCK], t_years[HK_BLOCK];
    double rate[HK_BLOCK], div_yield[HK_BLOCK], vol[HK_BLOCK];
} HK_NAME(block);

static inline void HK_NAME(copy)(double *restrict to, hk_column column, size_t start, size_t n)
{
    const double *from = column.data + (ptrdiff_t)start * column.stride;
    if (column.stride == 1)
        memcpy(to, from, n * sizeof *to);
    else
        for (size_t i = 0; i < n; i++)
            to[i] = from[(ptrdiff_t)i * column.stride];
}
