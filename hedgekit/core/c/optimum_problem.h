/* The hedge problem in whole numbers: candidate legs, rows that every ticket must keep, and money.
 *
 * Money and strikes are whole numbers of one unit, chosen by the caller so that nothing is rounded. The growth factor
 * of a net debit is growth = mantissa / 2^exponent, exactly the double the caller uses. With counts x >= 1 of the
 * legs of a ticket, C = sum c x and payoff p_j(S) of one bought (+) or sold (-) contract:
 *
 *     floor, growth row at S    sum (p_j(S) - growth c_j) x_j >= T - N S
 *     floor, plain row at S     sum (p_j(S) - c_j) x_j        >= T - N S
 *     cover row at k            long puts struck at k or above - short puts struck at k or above >= 0
 *     net row                   - (long puts - short puts) >= - most puts
 *     sold row                  - short calls >= - most calls
 *     bought row                short calls - long calls >= 0
 *     budget row                - C >= - budget
 *     many row at k             long puts struck at k or above - short puts struck at k or above >= most puts
 *     few row at k              the same <= most puts - 1
 *
 * No ticket has to keep the last two: every ticket keeps one of them, and the search takes them as two cases.
 *
 * Wealth bends upwards only at strikes that are bought, so floor rows at the lowest spot and at bought strikes are
 * all there are; rows at any other spot hold as well, which is what lets one dual vector bound every leg set. */
#ifndef HEDGEKIT_OPTIMUM_PROBLEM_H
#define HEDGEKIT_OPTIMUM_PROBLEM_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "optimum.h"

typedef __int128 hk_wide;

enum hk_family {
    HK_GROWTH_ROW,
    HK_PLAIN_ROW,
    HK_COVER_ROW,
    HK_NET_ROW,
    HK_SOLD_ROW,
    HK_BOUGHT_ROW,
    HK_BUDGET_ROW,
    HK_MANY_ROW,
    HK_FEW_ROW
};

typedef struct {
    enum hk_family family;
    int spot; /* index into spot[] where the family has one row a spot */
} hk_row;

typedef struct {
    int n, n_spots;
    signed char *kind, *side; /* +1 call, -1 put; +1 bought, -1 sold */
    int64_t *strike, *cost, *limit;
    int *spot_of;    /* row of spot[] that holds a leg's strike; -1 below the lowest spot */
    int64_t *spot;   /* the lowest spot, then the strikes above it, ascending */
    double *payoff;  /* n_spots x n, of one signed contract */
    double *covers;  /* n_spots x n: the leg's sign in the cover row at that strike */
    double *largest; /* n_spots: largest payoff in the row */
    int64_t shares, multiplier, most_puts, most_calls, mantissa, budget;
    int exponent, has_budget;
    double growth, scale, most_contracts;
    hk_wide target; /* times 2^exponent, rounded up */
    double target_money;
} hk_problem;

#define HK_ULPS (4.0 * DBL_EPSILON)

/* Sides are rounded down and coefficients up, so that a row in doubles never asks for more than the exact one. */
static double hk_row_side(const hk_problem *p, hk_row row)
{
    double shares;
    switch (row.family) {
    case HK_GROWTH_ROW:
    case HK_PLAIN_ROW:
        shares = (double)p->shares * (double)p->spot[row.spot];
        return (p->target_money - shares - HK_ULPS * (fabs(p->target_money) + shares)) * p->scale;
    case HK_NET_ROW: return -(double)p->most_puts;
    case HK_SOLD_ROW: return -(double)p->most_calls;
    case HK_MANY_ROW: return (double)p->most_puts;
    case HK_FEW_ROW: return 1.0 - (double)p->most_puts;
    case HK_BUDGET_ROW: return -((double)p->budget + HK_ULPS * fabs((double)p->budget)) * p->scale;
    default: return 0.0;
    }
}

/* Coefficient of one contract of a leg in a row. Money rows are scaled by a power of two, so that all rows are of
 * the size of a count and scaling rounds nothing. */
static double hk_row_coefficient(const hk_problem *p, hk_row row, int leg)
{
    double cost = (double)p->cost[leg], grown = p->growth * cost;
    size_t at = (size_t)row.spot * (size_t)p->n + (size_t)leg;
    switch (row.family) {
    case HK_GROWTH_ROW:
        return (p->payoff[at] - grown + HK_ULPS * (fabs(p->payoff[at]) + fabs(grown))) * p->scale;
    case HK_PLAIN_ROW: return (p->payoff[at] - cost + HK_ULPS * (fabs(p->payoff[at]) + fabs(cost))) * p->scale;
    case HK_COVER_ROW:
    case HK_MANY_ROW: return p->covers[at];
    case HK_FEW_ROW: return -p->covers[at];
    case HK_NET_ROW: return p->kind[leg] < 0 ? -(double)p->side[leg] : 0.0;
    case HK_SOLD_ROW: return p->kind[leg] > 0 && p->side[leg] < 0 ? -1.0 : 0.0;
    case HK_BOUGHT_ROW: return p->kind[leg] > 0 ? -(double)p->side[leg] : 0.0;
    default: return (HK_ULPS * fabs(cost) - cost) * p->scale;
    }
}

static int hk_ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void hk_problem_free(hk_problem *p)
{
    free(p->kind);
    free(p->side);
    free(p->strike);
    free(p->cost);
    free(p->limit);
    free(p->spot_of);
    free(p->spot);
    free(p->payoff);
    free(p->covers);
    free(p->largest);
}

static void hk_problem_spots(hk_problem *p, int64_t lowest)
{
    int kept = 1;
    p->spot[0] = lowest;
    for (int j = 0; j < p->n; j++)
        p->spot[j + 1] = p->strike[j];
    qsort(p->spot + 1, (size_t)p->n, sizeof *p->spot, hk_ascending);
    for (int j = 1; j <= p->n; j++)
        if (p->spot[j] > p->spot[kept - 1])
            p->spot[kept++] = p->spot[j];
    p->n_spots = kept;
    for (int j = 0; j < p->n; j++) {
        p->spot_of[j] = -1;
        for (int s = 0; s < kept; s++)
            if (p->spot[s] == p->strike[j])
                p->spot_of[j] = s;
    }
}

static void hk_problem_rows(hk_problem *p)
{
    for (int s = 0; s < p->n_spots; s++) {
        p->largest[s] = 0.0;
        for (int j = 0; j < p->n; j++) {
            int64_t in = p->kind[j] * (p->spot[s] - p->strike[j]);
            size_t at = (size_t)s * (size_t)p->n + (size_t)j;
            p->payoff[at] = (double)(p->side[j] * p->multiplier * (in > 0 ? in : 0));
            p->covers[at] = p->kind[j] < 0 && p->strike[j] >= p->spot[s] ? (double)p->side[j] : 0.0;
            p->largest[s] = fmax(p->largest[s], fabs(p->payoff[at]));
        }
    }
}

/* 0 when memory is short. */
static int hk_problem_init(hk_problem *p, const hk_optimum_input *in)
{
    size_t n = (size_t)in->n, cells;
    p->n = in->n;
    p->kind = malloc(n + 1);
    p->side = malloc(n + 1);
    p->strike = malloc((n + 1) * sizeof *p->strike);
    p->cost = malloc((n + 1) * sizeof *p->cost);
    p->limit = malloc((n + 1) * sizeof *p->limit);
    p->spot_of = malloc((n + 1) * sizeof *p->spot_of);
    p->spot = malloc((n + 1) * sizeof *p->spot);
    if (!p->kind || !p->side || !p->strike || !p->cost || !p->limit || !p->spot_of || !p->spot)
        return 0;
    for (size_t j = 0; j < n; j++) {
        p->kind[j] = in->kind[j];
        p->side[j] = in->side[j];
        p->strike[j] = in->strike[j];
        p->cost[j] = in->cost[j];
        p->limit[j] = in->limit[j];
    }
    p->shares = in->shares;
    p->multiplier = in->multiplier;
    p->most_puts = in->most_puts;
    p->most_calls = in->most_calls;
    p->mantissa = in->mantissa;
    p->exponent = in->exponent;
    p->growth = ldexp((double)in->mantissa, -in->exponent);
    hk_problem_spots(p, in->lowest_spot);
    cells = (size_t)p->n_spots * (n + 1);
    p->payoff = malloc(cells * sizeof *p->payoff);
    p->covers = malloc(cells * sizeof *p->covers);
    p->largest = malloc((size_t)p->n_spots * sizeof *p->largest);
    if (!p->payoff || !p->covers || !p->largest)
        return 0;
    hk_problem_rows(p);
    p->scale = ldexp(1.0, -(int)lround(log2(1.0 + (double)p->multiplier * (double)p->spot[p->n_spots - 1])));
    p->most_contracts = 1.0;
    for (size_t j = 0; j < n; j++)
        p->most_contracts = fmax(p->most_contracts, (double)p->limit[j]);
    p->most_contracts *= HK_OPTIMUM_LEGS;
    return 1;
}

/* Two legs that are the two sides of one contract: their net does the same for less. */
static int hk_same_contract(const hk_problem *p, int a, int b)
{
    return p->strike[a] == p->strike[b] && p->kind[a] == p->kind[b];
}

#endif
