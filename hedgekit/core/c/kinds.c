/* Words for calls and puts, a column at a time: NumPy's code points and Arrow's buffers. */
#include "kinds.h"

#include <stdlib.h>
#include <string.h>

/* A character beyond ASCII spoils the key, and the word is none of ours anyway. */
static inline signed char hk_sign_of_characters(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth)
{
    uint32_t all = first | second | third | fourth;
    return (signed char)(hk_sign_of(HK_KEY(first, second, third, fourth)) & -(all < 0x80));
}

void hk_signs_of_points(const uint32_t *points, size_t n, size_t width, signed char *sign)
{
    if (width == 4) {
        for (size_t i = 0; i < n; i++)
            sign[i] = hk_sign_of_characters(points[4 * i], points[4 * i + 1], points[4 * i + 2], points[4 * i + 3]);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t four[4] = {0}, beyond = 0;
        for (size_t j = 0; j < width; j++)
            if (j < 4)
                four[j] = points[i * width + j];
            else
                beyond |= points[i * width + j];
        sign[i] = beyond ? 0 : hk_sign_of_characters(four[0], four[1], four[2], four[3]);
    }
}

/* Strings end to end, `offset` where each begins and the last one ends. Four bytes are read of each that has so many
 * before the end of all; of the few that have not, only their own. */
#define HK_DEFINE_SIGNS_OF_OFFSETS(NAME, INTEGER)                                                                      \
    static void NAME(const INTEGER *offset, const unsigned char *bytes, int64_t n, signed char *sign)                  \
    {                                                                                                                  \
        int64_t whole = n;                                                                                             \
        while (whole > 0 && offset[n] - offset[whole - 1] < 4)                                                         \
            whole--;                                                                                                   \
        for (int64_t i = 0; i < whole; i++) {                                                                          \
            size_t length = (size_t)(offset[i + 1] - offset[i]);                                                       \
            sign[i] = hk_sign_of_four(bytes + offset[i], length);                                        \
        }                                                                                                              \
        for (int64_t i = whole; i < n; i++)                                                                            \
            sign[i] = hk_sign_of_bytes(bytes + offset[i], (size_t)(offset[i + 1] - offset[i]));                        \
    }

HK_DEFINE_SIGNS_OF_OFFSETS(hk_signs_of_offsets_32, int32_t)
HK_DEFINE_SIGNS_OF_OFFSETS(hk_signs_of_offsets_64, int64_t)

/* Sixteen bytes a string: its length, and itself where that is no more than twelve. */
static void hk_signs_of_views(const unsigned char *views, int64_t n, signed char *sign)
{
    for (int64_t i = 0; i < n; i++) {
        const unsigned char *view = views + 16 * i;
        int32_t length;
        memcpy(&length, view, sizeof length);
        sign[i] = hk_sign_of_four(view + 4, (size_t)length);
    }
}

/* An index beyond the labels, as a missing element may hold, is no word. */
#define HK_DEFINE_SIGNS_OF_LABELS(NAME, INTEGER)                                                                       \
    static void NAME(const INTEGER *index, int64_t n, const signed char *label, int64_t labels, signed char *sign)     \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++)                                                                                \
            sign[i] = (uint64_t)index[i] < (uint64_t)labels ? label[index[i]] : 0;                                     \
    }

HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_int8, int8_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_int16, int16_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_int32, int32_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_int64, int64_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_uint8, uint8_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_uint16, uint16_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_uint32, uint32_t)
HK_DEFINE_SIGNS_OF_LABELS(hk_signs_of_uint64, uint64_t)

static int hk_signs_of_dictionary(const struct ArrowSchema *schema, const struct ArrowArray *array, signed char *sign)
{
    int64_t n = array->length, labels = array->dictionary->length;
    signed char *label = malloc((size_t)labels + 1);
    if (!label)
        return -1;
    int failed = hk_signs_of_arrow(schema->dictionary, array->dictionary, label);
    if (!failed)
        switch (schema->format[0]) {
#define HK_CASE(LETTER, NAME, INTEGER)                                                                                 \
    case LETTER:                                                                                                       \
        NAME((const INTEGER *)array->buffers[1] + array->offset, n, label, labels, sign);                              \
        break
            HK_CASE('c', hk_signs_of_int8, int8_t);
            HK_CASE('C', hk_signs_of_uint8, uint8_t);
            HK_CASE('s', hk_signs_of_int16, int16_t);
            HK_CASE('S', hk_signs_of_uint16, uint16_t);
            HK_CASE('i', hk_signs_of_int32, int32_t);
            HK_CASE('I', hk_signs_of_uint32, uint32_t);
            HK_CASE('l', hk_signs_of_int64, int64_t);
            HK_CASE('L', hk_signs_of_uint64, uint64_t);
#undef HK_CASE
        default:
            failed = -1;
        }
    free(label);
    return failed;
}

int hk_signs_of_arrow(const struct ArrowSchema *schema, const struct ArrowArray *array, signed char *sign)
{
    int64_t n = array->length, start = array->offset;
    int plain = strcmp(schema->format, "u") == 0, large = strcmp(schema->format, "U") == 0;
    int view = strcmp(schema->format, "vu") == 0;
    if (!schema->dictionary && !plain && !large && !view)
        return -1;
    if (n == 0)
        return 0; /* buffers may be absent */
    if (schema->dictionary) {
        if (hk_signs_of_dictionary(schema, array, sign))
            return -1;
    } else if (plain)
        hk_signs_of_offsets_32((const int32_t *)array->buffers[1] + start, array->buffers[2], n, sign);
    else if (large)
        hk_signs_of_offsets_64((const int64_t *)array->buffers[1] + start, array->buffers[2], n, sign);
    else
        hk_signs_of_views((const unsigned char *)array->buffers[1] + 16 * start, n, sign);
    const unsigned char *present = array->null_count == 0 ? NULL : array->buffers[0];
    if (present)
        for (int64_t i = 0; i < n; i++)
            if (!(present[(start + i) >> 3] >> ((start + i) & 7) & 1))
                sign[i] = 0;
    return 0;
}
