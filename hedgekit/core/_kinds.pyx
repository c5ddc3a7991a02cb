# cython: autotestdict=False
"""The words for calls and puts, read a million at a time.

"call" and "c" become +1, "put" and "p" -1, any other word 0. Numbers among objects that equal 1 or -1 are taken too.
"""

from cpython.buffer cimport PyBUF_FULL_RO, PyBuffer_Release, PyObject_GetBuffer
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


cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>

    /* Without branches: calls and puts come in no order that a processor could foresee. */
    static inline signed char hk_sign_of(unsigned first, unsigned second, unsigned third, unsigned fourth, int more)
    {
        unsigned alone = (second | third | fourth) == 0;
        unsigned all = (second == 'a') & (third == 'l') & (fourth == 'l');
        unsigned ut = (second == 'u') & (third == 't') & (fourth == 0);
        int call = (first == 'c') & (all | alone), put = (first == 'p') & (ut | alone);
        return (signed char)((call - put) & -(more == 0));
    }

    /* Three characters and the zero that ends a string are four bytes: compared as one number. */
    static inline signed char hk_sign_of_ascii(const unsigned char *at, Py_ssize_t length)
    {
        uint32_t word, call, put;
        if (length < 3)
            return length == 1 ? hk_sign_of(at[0], 0, 0, 0, 0) : 0;
        memcpy(&word, at, sizeof word);
        memcpy(&call, "call", sizeof call);
        memcpy(&put, "put", sizeof put);
        return (signed char)(((word == call) & (length == 4)) - ((word == put) & (length == 3)));
    }
    """
    signed char hk_sign_of(unsigned first, unsigned second, unsigned third, unsigned fourth, int more) noexcept nogil
    signed char hk_sign_of_ascii(const unsigned char *at, Py_ssize_t length) noexcept nogil


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
    return hk_sign_of_ascii(PyUnicode_1BYTE_DATA(item), PyUnicode_GET_LENGTH(item))


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
    cdef Py_ssize_t n = sign.shape[0], width = points.shape[1], i, j
    cdef const unsigned int *word
    cdef unsigned int beyond
    if points.shape[0] != n:
        raise ValueError(f"there are {points.shape[0]} words for {n} signs")
    if n == 0 or width == 0:
        sign[:] = 0
        return
    word = &points[0, 0]
    with nogil:
        if width == 1:
            for i in range(n):
                sign[i] = hk_sign_of(word[i], 0, 0, 0, 0)
        elif width == 4:
            for i in range(n):
                sign[i] = hk_sign_of(word[4 * i], word[4 * i + 1], word[4 * i + 2], word[4 * i + 3], 0)
        else:
            for i in range(n):
                word = &points[i, 0]
                beyond = 0
                for j in range(4, width):
                    beyond |= word[j]
                sign[i] = hk_sign_of(
                    word[0], word[1], word[2] if width > 2 else 0, word[3] if width > 3 else 0, beyond != 0
                )
