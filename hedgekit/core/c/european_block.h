/* Template: blocks of contiguous columns that the European kernels work on (see instances.h). */

#define HK_BLOCK 128 /* all columns of a block stay in the first-level cache */

/* A column of a block: the caller's own memory where that is contiguous, otherwise a copy in `store`. Blocks are
 * padded to whole vectors with `filler`, so an element's bits never depend on where in an array it stands. */
static inline const double *HK_NAME(view)(hk_column column, size_t start, size_t n, size_t padded, double filler,
                                          double *restrict store)
{
    const double *from = column.data + (ptrdiff_t)start * column.stride;
    if (column.stride == 1 && n == padded)
        return from;
    for (size_t i = 0; i < n; i++)
        store[i] = from[(ptrdiff_t)i * column.stride];
    for (size_t i = n; i < padded; i++)
        store[i] = filler;
    return store;
}

static inline void HK_NAME(read_signs)(hk_signs column, size_t start, size_t n, size_t padded, double *restrict store)
{
    const signed char *from = column.data + (ptrdiff_t)start * column.stride;
    if (column.stride == 1)
        for (size_t i = 0; i < n; i++)
            store[i] = from[i];
    else
        for (size_t i = 0; i < n; i++)
            store[i] = from[(ptrdiff_t)i * column.stride];
    for (size_t i = n; i < padded; i++)
        store[i] = 1.0;
}
