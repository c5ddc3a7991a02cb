# cython: autotestdict=False
"""The words for calls and puts, read a million at a time.

"call" and "c" become +1, "put" and "p" -1, any other word 0. Numbers among objects that equal 1 or -1 are taken too.
"""

from cpython.buffer cimport PyBUF_FULL_RO, PyBuffer_Release, PyObject_GetBuffer
from cpython.pycapsule cimport PyCapsule_GetPointer
from cpython.ref cimport PyObject
from libc.stddef cimport ptrdiff_t


cdef extern from "Python.h":
    bint PyUnicode_Check(PyObject *word)
    bint PyUnicode_IS_ASCII(PyObject *word)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject *word)
    const unsigned char *PyUnicode_1BYTE_DATA(PyObject *word)
    Py_ssize_t PyList_GET_SIZE(object items)
    PyObject *PyList_GET_ITEM(object items, Py_ssize_t index)
    PyObject *PyTuple_GET_ITEM(object items, Py_ssize_t index)


cdef extern from "kinds.h" nogil:
    cdef struct ArrowSchema:
        void (*release)(ArrowSchema *) noexcept
    cdef struct ArrowArray:
        long long length
        void (*release)(ArrowArray *) noexcept
    cdef struct ArrowArrayStream:
        int (*get_schema)(ArrowArrayStream *, ArrowSchema *) noexcept
        int (*get_next)(ArrowArrayStream *, ArrowArray *) noexcept
    signed char hk_sign_of_text(const unsigned char *at, size_t length)
    void hk_signs_of_points(const unsigned int *points, size_t n, size_t width, signed char *sign)
    int hk_signs_of_arrow(const ArrowSchema *schema, const ArrowArray *array, signed char *sign)


cdef signed char _sign_of_number(object item) except -2:
    try:
        return 1 if item == 1 else -1 if item == -1 else 0
    except (TypeError, ValueError):
        return 0


cdef inline signed char _sign_of(PyObject *item) except -2:
    """Read a borrowed object: counting the references of a million words takes longer than reading them."""
    if not PyUnicode_Check(item):
        return _sign_of_number(<object>item)
    if not PyUnicode_IS_ASCII(item):
        return 0
    return hk_sign_of_text(PyUnicode_1BYTE_DATA(item), PyUnicode_GET_LENGTH(item))


def read_objects(objects, signed char[::1] sign):
    """Read words held as Python objects.

    Parameters
    ----------
    objects : list, tuple, or one-dimensional array of objects, n of them
        Words or numbers.
    sign : int8, shape (n,), output
        +1 call, -1 put, 0 neither.
    """
    cdef Py_ssize_t n = sign.shape[0], i
    cdef Py_buffer view
    cdef ptrdiff_t stride
    if len(objects) != n:
        raise ValueError(f"there are {len(objects)} objects for {n} signs")
    if isinstance(objects, list):
        for i in range(n):
            # Comparing a number may run any code, even such as shortens the list.
            sign[i] = _sign_of(PyList_GET_ITEM(objects, i)) if i < PyList_GET_SIZE(objects) else 0
        return
    if isinstance(objects, tuple):
        for i in range(n):
            sign[i] = _sign_of(PyTuple_GET_ITEM(objects, i))
        return
    PyObject_GetBuffer(objects, &view, PyBUF_FULL_RO)
    try:
        if view.ndim != 1 or view.itemsize != sizeof(void *) or view.format[0] != c"O":
            raise ValueError("the array must be of objects and of one dimension")
        stride = view.strides[0]
        for i in range(n):
            sign[i] = _sign_of((<PyObject **>(<char *>view.buf + i * stride))[0])
    finally:
        PyBuffer_Release(&view)


def read_points(const unsigned int[:, ::1] points, signed char[::1] sign):
    """Read words held as rows of code points padded with zeros, as NumPy holds them.

    Parameters
    ----------
    points : uint32, shape (n, width)
        Code points of n words.
    sign : int8, shape (n,), output
        +1 call, -1 put, 0 neither.
    """
    cdef size_t n = sign.shape[0], width = points.shape[1]
    if <size_t>points.shape[0] != n:
        raise ValueError(f"there are {points.shape[0]} words for {n} signs")
    if n == 0 or width == 0:
        sign[:] = 0
        return
    with nogil:
        hk_signs_of_points(&points[0, 0], n, width, &sign[0])


def read_arrow_array(schema, array, signed char[::1] sign):
    """Read words held as one Arrow array.

    Parameters
    ----------
    schema, array : capsules "arrow_schema" and "arrow_array"
        What ``__arrow_c_array__`` of a column gives.
    sign : int8, shape (n,), output
        +1 call, -1 put, 0 neither or missing.

    Returns
    -------
    bool
        False when the array holds no words.
    """
    cdef const ArrowSchema *held = <const ArrowSchema *>PyCapsule_GetPointer(schema, "arrow_schema")
    return _read_chunk(held, <const ArrowArray *>PyCapsule_GetPointer(array, "arrow_array"), sign, 0, True)


def read_arrow_stream(stream, signed char[::1] sign):
    """Read words held as Arrow arrays one after the other.

    Parameters
    ----------
    stream : capsule "arrow_array_stream"
        What ``__arrow_c_stream__`` of a column gives; it is used up.
    sign : int8, shape (n,), output
        +1 call, -1 put, 0 neither or missing.

    Returns
    -------
    bool
        False when the arrays hold no words.
    """
    cdef ArrowArrayStream *source = <ArrowArrayStream *>PyCapsule_GetPointer(stream, "arrow_array_stream")
    cdef ArrowSchema schema
    cdef ArrowArray array
    cdef Py_ssize_t start = 0
    if source.get_schema(source, &schema) != 0:
        raise ValueError("the Arrow stream gives no schema")
    try:
        while True:
            if source.get_next(source, &array) != 0:
                raise ValueError("the Arrow stream breaks off")
            if array.release == NULL:
                break
            try:
                if not _read_chunk(&schema, &array, sign, start, False):
                    return False
                start += array.length
            finally:
                array.release(&array)
    finally:
        schema.release(&schema)
    if start != sign.shape[0]:
        raise ValueError(f"there are {start} words for {sign.shape[0]} signs")
    return True


cdef bint _read_chunk(
    const ArrowSchema *schema, const ArrowArray *array, signed char[::1] sign, Py_ssize_t start, bint whole
) except -1:
    cdef signed char *to = &sign[start] if sign.shape[0] > start else NULL
    cdef int failed
    if start + array.length > sign.shape[0] or whole and array.length != sign.shape[0]:
        raise ValueError(f"there are {start + array.length} words for {sign.shape[0]} signs")
    with nogil:
        failed = hk_signs_of_arrow(schema, array, to)
    return not failed
