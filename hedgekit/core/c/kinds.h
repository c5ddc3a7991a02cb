/* The words for calls and puts, and where they may lie. */
#ifndef HEDGEKIT_KINDS_H
#define HEDGEKIT_KINDS_H

#include <stddef.h>
#include <stdint.h>

#include "arrow_abi.h"

/* Up to four characters as one number, the first in its lowest byte. */
#define HK_KEY(a, b, c, d)                                                                                             \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* +1 for a call, -1 for a put, 0 for any other word. Here and below without branches: calls and puts come in no order
 * that a processor could foresee. */
static inline signed char hk_sign_of(uint32_t key)
{
    int call = (key == HK_KEY('c', 'a', 'l', 'l')) | (key == 'c');
    int put = (key == HK_KEY('p', 'u', 't', 0)) | (key == 'p');
    return (signed char)(call - put);
}

/* A word of which four bytes can be read. One that ends in a zero is another word than the same without. */
static inline signed char hk_sign_of_four(const unsigned char *at, size_t length)
{
    uint32_t four = HK_KEY(at[0], at[1], at[2], at[3]);
    unsigned beyond = 8 * (unsigned)((4 - length) & 3), last = 8 * (unsigned)((length - 1) & 3);
    uint32_t key = four & UINT32_MAX >> beyond;
    return (signed char)(hk_sign_of(key) & -((length - 1 < 4) & (key >> last != 0)));
}

/* A word of which no more than its length can be read. */
static inline signed char hk_sign_of_bytes(const unsigned char *at, size_t length)
{
    unsigned char four[4] = {0};
    if (length > 4)
        return 0;
    for (size_t i = 0; i < length; i++)
        four[i] = at[i];
    return hk_sign_of_four(four, length);
}

/* A word with a zero behind it, as Python keeps them. */
static inline signed char hk_sign_of_text(const unsigned char *at, size_t length)
{
    return length < 3 ? hk_sign_of_bytes(at, length) : hk_sign_of_four(at, length);
}

/* Words as rows of `width` code points padded with zeros. */
void hk_signs_of_points(const uint32_t *points, size_t n, size_t width, signed char *sign);

/* Words as an Arrow array (plain, large, view, or a dictionary of one of them); a missing one is 0. Returns 0, or -1
 * when the array holds something else. */
int hk_signs_of_arrow(const struct ArrowSchema *schema, const struct ArrowArray *array, signed char *sign);

#endif
