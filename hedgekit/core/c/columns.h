/* Input columns: a pointer and a stride in elements. Stride 0 is a scalar shared
 * by every element, so broadcasting costs no memory traffic. */
#ifndef HEDGEKIT_COLUMNS_H
#define HEDGEKIT_COLUMNS_H

#include <stddef.h>

typedef struct {
    const double *data;
    ptrdiff_t stride;
} hk_column;

typedef struct {
    const signed char *data; /* +1 call, -1 put */
    ptrdiff_t stride;
} hk_signs;

#endif
