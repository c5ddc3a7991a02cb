/* One ticket in whole numbers: its cost, its floor, whether it keeps every rule; and the order of tickets. */
#ifndef HEDGEKIT_OPTIMUM_TICKET_H
#define HEDGEKIT_OPTIMUM_TICKET_H

#include "optimum_problem.h"

static int64_t hk_wealth(const hk_problem *p, const hk_ticket *t, int64_t spot)
{
    int64_t sum = p->shares * spot;
    for (int i = 0; i < t->legs; i++) {
        int j = t->leg[i];
        int64_t in = p->kind[j] * (spot - p->strike[j]);
        if (in > 0)
            sum += p->side[j] * t->contracts[i] * p->multiplier * in;
    }
    return sum;
}

/* Net contracts of one kind; for puts only those struck at `from` or above. */
static int64_t hk_net(const hk_problem *p, const hk_ticket *t, int kind, int64_t from)
{
    int64_t sum = 0;
    for (int i = 0; i < t->legs; i++) {
        int j = t->leg[i];
        if (p->kind[j] == kind && p->strike[j] >= from)
            sum += p->side[j] * t->contracts[i];
    }
    return sum;
}

static int hk_keeps_rules(const hk_problem *p, const hk_ticket *t)
{
    int64_t sold = 0;
    for (int i = 0; i < t->legs; i++) {
        int j = t->leg[i];
        if (t->contracts[i] < 1 || t->contracts[i] > p->limit[j])
            return 0;
        if (p->kind[j] > 0 && p->side[j] < 0)
            sold += t->contracts[i];
        if (p->kind[j] < 0 && p->side[j] < 0 && hk_net(p, t, -1, p->strike[j]) < 0)
            return 0;
        for (int k = 0; k < i; k++)
            if (hk_same_contract(p, t->leg[k], j))
                return 0;
    }
    if (hk_net(p, t, -1, INT64_MIN) > p->most_puts || sold > p->most_calls || hk_net(p, t, 1, INT64_MIN) > 0)
        return 0;
    return p->shares + p->multiplier * hk_net(p, t, 1, INT64_MIN) >= 0; /* the slope beyond the last strike */
}

/* Fill in cost, contracts and floor; 1 when every rule, the budget and the target hold. */
static int hk_measure(const hk_problem *p, hk_ticket *t)
{
    int64_t least = hk_wealth(p, t, p->spot[0]);
    hk_wide carried;
    t->cost = 0;
    t->total_contracts = 0;
    for (int i = 0; i < t->legs; i++) {
        int j = t->leg[i];
        t->cost += p->cost[j] * t->contracts[i];
        t->total_contracts += t->contracts[i];
        if (p->strike[j] > p->spot[0]) {
            int64_t wealth = hk_wealth(p, t, p->strike[j]);
            least = wealth < least ? wealth : least;
        }
    }
    carried = t->cost > 0 ? (hk_wide)p->mantissa * t->cost : (hk_wide)t->cost * ((hk_wide)1 << p->exponent);
    t->floor = (hk_wide)least * ((hk_wide)1 << p->exponent) - carried;
    if (p->has_budget && t->cost > p->budget)
        return 0;
    return t->floor >= p->target && hk_keeps_rules(p, t);
}

#define HK_ORDER(a, b)                                                                                                 \
    if ((a) != (b))                                                                                                    \
    return (a) < (b) ? -1 : 1

/* Cheaper (or the higher floor) first, then fewer legs, fewer contracts, the higher floor, and at last the order of
 * the legs: a total order, so that nothing depends on the way of the search. */
static int hk_order(const hk_ticket *a, const hk_ticket *b, enum hk_optimum_goal goal)
{
    if (goal == HK_HIGHEST_FLOOR) {
        HK_ORDER(b->floor, a->floor);
    }
    HK_ORDER(a->cost, b->cost);
    HK_ORDER(a->legs, b->legs);
    HK_ORDER(a->total_contracts, b->total_contracts);
    HK_ORDER(b->floor, a->floor);
    for (int i = 0; i < a->legs; i++) {
        HK_ORDER(a->leg[i], b->leg[i]);
    }
    for (int i = 0; i < a->legs; i++) {
        HK_ORDER(a->contracts[i], b->contracts[i]);
    }
    return 0;
}

/* Whether every leg of `a` is a leg of `b`. */
static int hk_within(const hk_ticket *a, const hk_ticket *b)
{
    int i = 0;
    for (int k = 0; k < b->legs && i < a->legs; k++)
        if (a->leg[i] == b->leg[k])
            i++;
    return i == a->legs;
}

typedef struct {
    int keep, n;
    enum hk_optimum_goal goal;
    hk_ticket ticket[HK_OPTIMUM_KEEP];
} hk_best;

/* Remember a ticket among the best, one a leg set; a superset of a better one adds nothing and is passed over.
 * Leg sets come by size, so that a subset has always been settled before. Returns whether the list changed. */
static int hk_best_offer(hk_best *best, const hk_ticket *t)
{
    int at = best->n, same = -1;
    for (int i = 0; i < best->n; i++) {
        const hk_ticket *kept = &best->ticket[i];
        if (kept->legs == t->legs && hk_within(kept, t))
            same = i;
        if (hk_order(kept, t, best->goal) <= 0) {
            if (hk_within(kept, t))
                return 0;
        } else if (at == best->n) {
            at = i;
        }
    }
    if (at >= best->keep)
        return 0;
    int last = same >= 0 ? same : (best->n < best->keep ? best->n++ : best->n - 1);
    for (int i = last; i > at; i--)
        best->ticket[i] = best->ticket[i - 1];
    best->ticket[at] = *t;
    return 1;
}

#endif
