"""The cheapest ticket of whole contracts that keeps a floor, by exact search; `core/c/optimum.c` says how.

Money and strikes are whole numbers of one unit, which the caller chooses so that nothing is rounded. A ticket takes
``x_j >= 1`` contracts of a few legs ``j``; with ``c_j`` the cost of one contract in its direction it costs
``C = sum c_j x_j`` and leaves, at a spot ``S`` on expiry,

``wealth(S) = shares S + sum side_j multiplier x_j max(0, kind_j (S - K_j)) - carried(C)``

where ``carried(C) = growth C`` when ``C > 0`` and ``C`` otherwise. Its floor is the least wealth over all spots from
the lowest one up. Every ticket keeps these rules: at every strike no more puts sold than bought at it or above; puts
net of puts sold at most `most_puts`; calls sold at most `most_calls`; calls bought at most those sold; at most
`limit_j` contracts of a leg.

Bounds: Lagrangian relaxation with the duals of the leg sets' linear programmes [1]_; whole counts by branch and
bound [2]_. Doubles serve only bounds, which are rounded down; tickets are measured in whole numbers.

References
----------
.. [1] A. M. Geoffrion, "Lagrangean relaxation for integer programming", Math. Programming Study 2 (1974).
.. [2] A. H. Land and A. G. Doig, "An automatic method of solving discrete programming problems", Econometrica 28
   (1960).
"""

import numpy as np

from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint64_t

cdef extern from *:
    """
    typedef __int128 hk_int128;
    static inline __int128 hk_join(int64_t high, uint64_t low) { return ((__int128)high << 64) | low; }
    static inline int64_t hk_high(__int128 x) { return (int64_t)(x >> 64); }
    static inline uint64_t hk_low(__int128 x) { return (uint64_t)x; }
    """
    ctypedef long long hk_int128
    hk_int128 hk_join(int64_t, uint64_t) nogil
    int64_t hk_high(hk_int128) nogil
    uint64_t hk_low(hk_int128) nogil

cdef extern from "optimum.h" nogil:
    int HK_OPTIMUM_LEGS
    int HK_OPTIMUM_KEEP
    enum hk_optimum_goal:
        HK_LEAST_COST
        HK_HIGHEST_FLOOR
    ctypedef struct hk_optimum_input:
        int n
        const signed char *kind
        const signed char *side
        const int64_t *strike
        const int64_t *cost
        const int64_t *limit
        int64_t shares
        int64_t multiplier
        int64_t most_puts
        int64_t most_calls
        int64_t lowest_spot
        int64_t mantissa
        int exponent
    ctypedef struct hk_ticket:
        int legs
        int *leg
        int64_t *contracts
        int64_t cost
        int64_t total_contracts
        hk_int128 floor
    ctypedef struct hk_optimum_work:
        int64_t sets
        int64_t programmes
        int64_t boxes
        int64_t duals
        int64_t tickets
    ctypedef struct hk_multipliers:
        int rows
        int ray
        int *family
        int64_t *spot
        double *weight
        double *x
    ctypedef struct hk_optimum:
        pass
    hk_optimum *hk_optimum_new(const hk_optimum_input *)
    void hk_optimum_free(hk_optimum *)
    void hk_optimum_begin(hk_optimum *, int, hk_optimum_goal, hk_int128, int, int64_t, int, double)
    void hk_optimum_begin_size(hk_optimum *, int)
    void hk_optimum_slice(hk_optimum *, int)
    int hk_optimum_passes(const hk_optimum *)
    int hk_optimum_ticket(const hk_optimum *, int, hk_ticket *)
    hk_optimum_work hk_optimum_count(const hk_optimum *)
    int hk_optimum_complete(const hk_optimum *)
    void hk_optimum_multipliers(
        hk_optimum *, int, const hk_ticket *, const int64_t *, const int64_t *, hk_multipliers *)

MAX_LEGS = HK_OPTIMUM_LEGS
"""Most distinct legs of a ticket."""

MAX_KEPT = HK_OPTIMUM_KEEP
"""Most tickets a search remembers."""


cdef object _as_tuple(const hk_ticket *t):
    legs = tuple([t.leg[i] for i in range(t.legs)])
    contracts = tuple([t.contracts[i] for i in range(t.legs)])
    return legs, contracts, t.cost, (<object>hk_high(t.floor) << 64) | <object>hk_low(t.floor)


def _by_cost(ticket):
    legs, contracts, cost, floor = ticket
    return cost, len(legs), sum(contracts), -floor, legs, contracts


def _by_floor(ticket):
    return -ticket[3], *_by_cost(ticket)


def _not_supersets(tickets, order):
    kept = []
    for ticket in sorted(tickets, key=order):
        if not any(set(better[0]) <= set(ticket[0]) for better in kept):
            kept.append(ticket)
    return kept


cdef class Search:
    """Candidate legs and a position, searched for the best ticket as often as wanted.

    Parameters
    ----------
    kind, side : int8, shape (n,)
        +1 call, -1 put; +1 bought, -1 sold.
    strike, cost, limit : int64, shape (n,)
        Strike and cost of one contract in units of money; most contracts, 1 or more.
    shares, multiplier : int
        Shares owned; shares a contract.
    most_puts, most_calls : int
        Most puts net of puts sold, most calls sold.
    lowest_spot : int
        The floor is to hold from this spot up, in units of money.
    mantissa, exponent : int
        Growth of a net debit to expiry, ``mantissa / 2**exponent``.
    """

    cdef hk_optimum *_search
    cdef int _n
    cdef bint _ran

    def __cinit__(
        self,
        const signed char[:] kind,
        const signed char[:] side,
        const int64_t[:] strike,
        const int64_t[:] cost,
        const int64_t[:] limit,
        *,
        int64_t shares,
        int64_t multiplier,
        int64_t most_puts,
        int64_t most_calls,
        int64_t lowest_spot,
        int64_t mantissa,
        int exponent,
    ):
        cdef Py_ssize_t n = kind.shape[0]
        cdef const signed char[::1] kinds = np.ascontiguousarray(kind)
        cdef const signed char[::1] sides = np.ascontiguousarray(side)
        cdef const int64_t[::1] strikes = np.ascontiguousarray(strike)
        cdef const int64_t[::1] costs = np.ascontiguousarray(cost)
        cdef const int64_t[::1] limits = np.ascontiguousarray(limit)
        cdef hk_optimum_input given
        if not side.shape[0] == strike.shape[0] == cost.shape[0] == limit.shape[0] == n:
            raise ValueError("kind, side, strike, cost and limit differ in length")
        given.n = n
        given.kind = &kinds[0] if n else NULL
        given.side = &sides[0] if n else NULL
        given.strike = &strikes[0] if n else NULL
        given.cost = &costs[0] if n else NULL
        given.limit = &limits[0] if n else NULL
        given.shares = shares
        given.multiplier = multiplier
        given.most_puts = most_puts
        given.most_calls = most_calls
        given.lowest_spot = lowest_spot
        given.mantissa = mantissa
        given.exponent = exponent
        self._n = n
        self._search = hk_optimum_new(&given)
        if self._search is NULL:
            raise MemoryError("no memory for the hedge search")

    def __dealloc__(self):
        hk_optimum_free(self._search)

    def run(self, *, target, int max_legs, int keep=1, int64_t margin=0, budget=None, watch=None):
        """Find the best tickets, and the best of at most 1, 2, ... legs.

        Parameters
        ----------
        target : int or None
            Wealth to keep, times ``2**exponent``: the cheapest ticket is looked for. None: the highest floor is.
        max_legs : int
            Most distinct legs, 1 to `MAX_LEGS`.
        keep : int
            Tickets to return, one a leg set and none a superset of a better one, at most `MAX_KEPT`.
        margin : int
            How much dearer than the best a returned ticket may be, units of money.
        budget : int or None
            Most that a ticket may cost, units of money.
        watch : callable, optional
            Called with the legs of the tickets being searched and the share of them done, 0 to 1, every few
            milliseconds or more. When it returns False the search stops: what is returned is then proven for the
            smaller tickets alone that were finished, as if `max_legs` had been so many.

        Returns
        -------
        tickets : list of (legs, contracts, cost, floor)
            Best first; `floor` is times ``2**exponent``. Empty when no ticket keeps the target.
        by_legs : list of (legs, contracts, cost, floor) or None
            The best of at most ``i + 1`` legs; fewer than `max_legs` entries when the search was stopped.
        work : dict
            Leg sets looked at one by one, linear programmes, boxes of counts, dual vectors, tickets remembered.

        Raises
        ------
        ValueError
            `max_legs` out of range.
        MemoryError
            The search could not be completed: nothing is proven.
        """
        cdef hk_optimum *search = self._search
        cdef hk_optimum_goal goal = HK_LEAST_COST if target is not None else HK_HIGHEST_FLOOR
        cdef hk_int128 wanted = 0
        cdef hk_ticket ticket
        cdef hk_optimum_work work
        cdef int size, i, part, finished = max_legs
        if not 1 <= max_legs <= HK_OPTIMUM_LEGS:
            raise ValueError(f"max_legs {max_legs}: expected 1 to {HK_OPTIMUM_LEGS}")
        if target is not None:
            wanted = hk_join(target >> 64, target & 0xFFFFFFFFFFFFFFFF)
        self._ran = True
        by_legs = [[] for _ in range(max_legs)]
        tickets = []
        counted = {}
        passes = hk_optimum_passes(search)
        for part in range(passes):
            # Of two passes each may return tickets that the other one's make superfluous.
            hk_optimum_begin(
                search, part, goal, wanted, budget is not None, budget or 0, keep if passes == 1 else MAX_KEPT, margin
            )
            for size in range(1, finished + 1):
                with nogil:
                    hk_optimum_begin_size(search, size)
                for i in range(self._n):
                    # Between slices the interpreter may run other threads and see Ctrl-C.
                    with nogil:
                        hk_optimum_slice(search, i)
                    PyErr_CheckSignals()
                    if watch is not None and size > 1 and watch(size, ((i + 1.0) / self._n) ** size) is False:
                        finished = size - 1
                        break
                if finished < size:
                    break
                if hk_optimum_ticket(search, 0, &ticket):
                    by_legs[size - 1].append(_as_tuple(&ticket))
            if not hk_optimum_complete(search):
                raise MemoryError("the hedge search ran out of room: nothing is proven")
            i = 0
            while hk_optimum_ticket(search, i, &ticket):
                tickets.append(_as_tuple(&ticket))
                i += 1
            work = hk_optimum_count(search)
            for name, number in work.items():
                counted[name] = counted.get(name, 0) + number
        order = _by_cost if target is not None else _by_floor
        kept = _not_supersets([found for found in tickets if len(found[0]) <= finished], order)[:keep]
        if target is not None:
            kept = [found for found in kept if found[2] - kept[0][2] <= margin]
        return kept, [min(found, key=order, default=None) for found in by_legs[:finished]], counted

    @property
    def passes(self):
        """2 where a debit shrinks until expiry, so that tickets that cost and that bring money are searched apart."""
        return hk_optimum_passes(self._search)

    def multipliers(self, legs, low, high, int part=0):
        """Return hints for an exact bound on the cost of one leg set within a box of counts.

        Parameters
        ----------
        legs : sequence of int
            Distinct rows of the candidate legs, ascending.
        low, high : sequence of int
            Least and most contracts of each.
        part : int
            Below `passes`: of two, 0 uses the floor rows of tickets that cost, 1 those of tickets that bring money.

        Returns
        -------
        ray : bool
            Whether the multipliers are meant to show that no counts in the box keep the target of the last `run`,
            rather than a least cost.
        rows : list of (family, spot, weight)
            0 growth, 1 plain, 2 cover, 3 net, 4 sold, 5 bought, 6 budget (`core/c/optimum_problem.h`); weight > 0.
        x : list of float
            Where the linear programme is least; NaN with a ray.

        Raises
        ------
        ValueError
            Legs out of range, or before the first `run`.
        """
        cdef hk_ticket ticket
        cdef hk_multipliers found
        cdef int64_t lows[16]
        cdef int64_t highs[16]
        cdef int n = len(legs)
        if not 1 <= n <= HK_OPTIMUM_LEGS or len(low) != n or len(high) != n or not self._ran:
            raise ValueError(f"{n} legs: expected 1 to {HK_OPTIMUM_LEGS} with a low and a high each, after a run")
        ticket.legs = n
        for i in range(n):
            if not 0 <= legs[i] < self._n:
                raise ValueError(f"leg {legs[i]}: expected 0 to {self._n - 1}")
            ticket.leg[i] = legs[i]
            lows[i] = low[i]
            highs[i] = high[i]
        with nogil:
            hk_optimum_multipliers(self._search, part, &ticket, lows, highs, &found)
        rows = [(found.family[i], found.spot[i], found.weight[i]) for i in range(found.rows)]
        return bool(found.ray), rows, [found.x[i] for i in range(n)]
