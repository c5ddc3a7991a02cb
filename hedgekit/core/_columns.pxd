"""NumPy columns as the C kernels take them: a pointer and a stride, checked for their length."""

from libc.stddef cimport ptrdiff_t


cdef extern from "columns.h":
    ctypedef struct hk_column:
        const double *data
        ptrdiff_t stride
    ctypedef struct hk_signs:
        const signed char *data
        ptrdiff_t stride


cdef inline int check_length(size_t length, size_t wanted) except -1:
    if length != wanted:
        raise ValueError(f"all arrays must have one length: there are {wanted} options, and a column of {length}")
    return 0


cdef inline hk_column column_of(size_t n, const double[:] values) except *:
    cdef hk_column column
    check_length(values.shape[0], n)
    column.data = &values[0] if n else NULL
    column.stride = values.strides[0] // <ptrdiff_t>sizeof(double)
    return column


cdef inline hk_signs signs_of(size_t n, const signed char[:] values) except *:
    cdef hk_signs column
    check_length(values.shape[0], n)
    column.data = &values[0] if n else NULL
    column.stride = values.strides[0]
    return column


cdef inline double *output_of(size_t n, double[::1] values) except? NULL:
    check_length(values.shape[0], n)
    return &values[0] if n else NULL


cdef inline signed char *status_of(size_t n, signed char[::1] values) except? NULL:
    check_length(values.shape[0], n)
    return &values[0] if n else NULL


cdef inline hk_column one_number(const double *value) noexcept nogil:
    """Return the column of one option."""
    cdef hk_column column
    column.data = value
    column.stride = 0
    return column


cdef inline hk_signs one_sign(const signed char *value) noexcept nogil:
    """Return the sign column of one option."""
    cdef hk_signs column
    column.data = value
    column.stride = 0
    return column
