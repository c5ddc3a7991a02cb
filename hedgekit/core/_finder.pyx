"""Every iron condor and every butterfly of one expiry, the best kept: expected value per dollar of greatest loss.

Both searches are exhaustive. Expected values and costs are dollars a contract and add up over legs; greatest losses and
break-evens are closed forms. A combination is looked at closely (budget, probability) only when it beats the worst that
is kept, so that nearly all of the time goes into one comparison a combination.
"""

from libc.math cimport INFINITY, floor

MAX_KEPT = 256
"""Most combinations that a search remembers."""

cdef enum:
    KEPT = 256

# Strikes are thousandths of a dollar, prices tenths of a cent: below these, two are equal, and a loss is none.
cdef double SAME = 1e-6
cdef double NOTHING = 5e-3


cdef struct Limits:
    double max_loss
    double max_capital
    double fees
    double min_probability
    double table_start
    double table_step
    const double *table
    Py_ssize_t table_size


cdef struct Best:
    int size
    int keep
    double least
    double score[KEPT]
    Py_ssize_t a[KEPT]
    Py_ssize_t b[KEPT]
    Py_ssize_t c[KEPT]


cdef double cdf(const Limits *limits, double spot) noexcept nogil:
    """P(S <= spot), linear between the points of the table."""
    cdef double place, whole
    cdef Py_ssize_t row
    if spot == -INFINITY:
        return 0.0
    if spot == INFINITY:
        return 1.0
    place = (spot - limits.table_start) / limits.table_step
    if place <= 0.0:
        return limits.table[0]
    if place >= limits.table_size - 1:
        return limits.table[limits.table_size - 1]
    whole = floor(place)
    row = <Py_ssize_t>whole
    return limits.table[row] + (place - whole) * (limits.table[row + 1] - limits.table[row])


cdef bint allowed(const Limits *limits, double loss, double low, double high) noexcept nogil:
    """Whether a combination that profits between two spots keeps within the limits."""
    if loss > limits.max_loss or loss - limits.fees > limits.max_capital:
        return False
    return limits.min_probability <= 0.0 or cdf(limits, high) - cdf(limits, low) >= limits.min_probability


cdef void remember(Best *best, double score, Py_ssize_t a, Py_ssize_t b, Py_ssize_t c) noexcept nogil:
    """Put a combination in its place, best first; of equal ones the first found stays ahead."""
    cdef int at = best.size
    if at == best.keep:
        at -= 1
    else:
        best.size += 1
    while at > 0 and best.score[at - 1] < score:
        best.score[at] = best.score[at - 1]
        best.a[at] = best.a[at - 1]
        best.b[at] = best.b[at - 1]
        best.c[at] = best.c[at - 1]
        at -= 1
    best.score[at] = score
    best.a[at] = a
    best.b[at] = b
    best.c[at] = c
    if best.size == best.keep:
        best.least = best.score[best.keep - 1]


cdef Limits limits_of(
    double max_loss, double max_capital, double fees, double min_probability,
    double table_start, double table_step, const double[::1] table,
) except *:
    cdef Limits limits
    if table.shape[0] < 2 or not table_step > 0.0:
        raise ValueError("table: expected two or more points at a positive distance")
    limits.max_loss, limits.max_capital, limits.fees = max_loss, max_capital, fees
    limits.min_probability = min_probability
    limits.table_start, limits.table_step = table_start, table_step
    limits.table, limits.table_size = &table[0], table.shape[0]
    return limits


cdef int kept_of(int keep) except -1:
    if not 1 <= keep <= KEPT:
        raise ValueError(f"keep {keep}: expected 1 to {KEPT}")
    return keep


def _same_length(*columns):
    if len({len(column) for column in columns}) > 1:
        raise ValueError("columns of different lengths")


def condors(
    const double[::1] put_value, const double[::1] put_cost, const double[::1] put_width, const double[::1] put_strike,
    const double[::1] call_value, const double[::1] call_cost, const double[::1] call_width,
    const double[::1] call_strike, const long long[::1] first, const long long[::1] last, *,
    double multiplier, double fees, double max_loss, double max_capital, double min_probability,
    double table_start, double table_step, const double[::1] table, int keep, bint covered=False,
):
    """Search the pairs of a sold put spread and a sold call spread.

    ``loss = max(put width, call width) + cost``; profit between the sold strikes less and plus the credit. A bought
    spread is a sold one of the other kind with its width paid back; a put sold alone is a spread down to zero.

    Parameters
    ----------
    put_value, put_cost, put_width, put_strike : float64, shape (n,)
        Of each put spread: expected profit, outlay (negative: a credit) and width, dollars; sold strike.
    call_value, call_cost, call_width, call_strike : float64, shape (m,)
        Of each call spread.
    first, last : int64, shape (n,)
        The call spreads ``first[i] <= j < last[i]`` go with put spread i.
    multiplier : float
        Shares a contract.
    fees : float
        Fees within the cost, dollars: no part of the capital.
    max_loss, max_capital, min_probability : float
    table_start, table_step, table : float, float, float64 (k,)
        Cumulative probability at evenly spaced spots.
    keep : int
        How many of the best to return, up to `MAX_KEPT`.
    covered : bool
        Only pairs whose credit covers the call spread: no rise loses.

    Returns
    -------
    found : list of (score, put spread, call spread)
        Best first; score is expected profit per dollar of greatest loss, positive.
    looked_at, free : int
        Combinations, and those that cannot lose: left out, as such quotes are not to be had.
    """
    _same_length(put_value, put_cost, put_width, put_strike, first, last)
    _same_length(call_value, call_cost, call_width, call_strike)
    cdef Limits limits = limits_of(max_loss, max_capital, fees, min_probability, table_start, table_step, table)
    cdef Best best
    cdef Py_ssize_t i, j, n = put_value.shape[0], m = call_value.shape[0]
    cdef long long looked_at = 0, free = 0
    cdef double value, cost, width, loss, wide, low, high
    best.size, best.keep, best.least = 0, kept_of(keep), 0.0
    for i in range(n):
        if not 0 <= first[i] <= last[i] <= m:
            raise ValueError(f"first, last: put spread {i} has the call spreads {first[i]} to {last[i]} of {m}")
    with nogil:
        for i in range(n):
            looked_at += last[i] - first[i]
            value, cost, width = put_value[i], put_cost[i], put_width[i]
            for j in range(first[i], last[i]):
                wide = call_width[j] if call_width[j] > width else width
                loss = wide + cost + call_cost[j]
                if value + call_value[j] <= best.least * loss or value + call_value[j] <= 0.0:
                    if loss <= NOTHING:
                        free += 1
                    continue
                if loss <= NOTHING:
                    free += 1
                    continue
                if not cost + call_cost[j] < 0.0 or (covered and cost + call_cost[j] + call_width[j] > SAME):
                    continue
                low = high = -(cost + call_cost[j])
                low = -INFINITY if low > width else put_strike[i] - low / multiplier
                high = INFINITY if high > call_width[j] else call_strike[j] + high / multiplier
                if allowed(&limits, loss, low, high):
                    remember(&best, (value + call_value[j]) / loss, i, j, 0)
    found = [(best.score[k], best.a[k], best.b[k]) for k in range(best.size)]
    return found, looked_at, free


def butterflies(
    const double[::1] strike, const double[::1] bought_value, const double[::1] bought_cost,
    const double[::1] sold_value, const double[::1] sold_cost, *,
    int kind, bint broken, double multiplier, double fees, double max_loss, double max_capital, double min_probability,
    double table_start, double table_step, const double[::1] table, int keep,
):
    """Search one bought, two sold, one bought of one kind.

    Parameters
    ----------
    strike : float64, shape (n,)
        Ascending, dollars a share.
    bought_value, bought_cost, sold_value, sold_cost : float64, shape (n,)
        Expected profit and outlay of one contract bought, and of one sold, dollars.
    kind : int
        +1 calls, -1 puts.
    broken : bool
        Unequal wings only, or equal wings only.
    multiplier, fees, max_loss, max_capital, min_probability, table_start, table_step, table, keep
        As in `condors`.

    Returns
    -------
    found : list of (score, lower, body, upper)
        Best first.
    looked_at, free : int
        As in `condors`.
    """
    _same_length(strike, bought_value, bought_cost, sold_value, sold_cost)
    cdef Limits limits = limits_of(max_loss, max_capital, fees, min_probability, table_start, table_step, table)
    cdef Best best
    cdef Py_ssize_t i, j, k, n = strike.shape[0]
    cdef long long looked_at = 0, free = 0
    cdef double value, cost, tilt, left, right, peak, loss, low, high, gap
    best.size, best.keep, best.least = 0, kept_of(keep), 0.0
    with nogil:
        for j in range(n):
            for i in range(j):
                for k in range(j + 1, n):
                    # what the far side is worth: nothing when the wings are equal
                    gap = 2.0 * strike[j] - strike[i] - strike[k]
                    if (-SAME < gap < SAME) == broken:
                        continue
                    looked_at += 1
                    value = bought_value[i] + 2.0 * sold_value[j] + bought_value[k]
                    cost = bought_cost[i] + 2.0 * sold_cost[j] + bought_cost[k]
                    tilt = multiplier * gap
                    left = -cost if kind > 0 else -tilt - cost
                    right = tilt - cost if kind > 0 else -cost
                    loss = -(left if left < right else right)
                    if loss <= NOTHING:
                        free += 1
                        continue
                    if value <= best.least * loss:
                        continue
                    peak = left + multiplier * (strike[j] - strike[i])
                    if not peak > 0.0:
                        continue
                    low = -INFINITY if left > 0.0 else strike[i] - left / multiplier
                    high = INFINITY if right > 0.0 else strike[j] + peak / multiplier
                    if allowed(&limits, loss, low, high):
                        remember(&best, value / loss, i, j, k)
    found = [(best.score[at], best.a[at], best.b[at], best.c[at]) for at in range(best.size)]
    return found, looked_at, free
