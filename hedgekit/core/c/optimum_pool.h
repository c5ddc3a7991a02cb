/* Dual vectors, each of which prices every leg once and so bounds every leg set by a sum of a few numbers.
 *
 * A vector y >= 0 over rows gives, for a set of legs bought or sold one time or more,
 *
 *     cost >= y b + sum over the set of min { (c_j - y a_j) x : 1 <= x <= limit_j }
 *
 * and with c = 0 (a ray) a positive right side says that the set cannot keep the floor. The prices are stored twice,
 * by vector and by leg, because sets are thinned out first by few vectors over many legs, then by many over one. */
#ifndef HEDGEKIT_OPTIMUM_POOL_H
#define HEDGEKIT_OPTIMUM_POOL_H

#include <string.h>

#include "optimum_problem.h"
#include "optimum_simplex.h"

#define HK_POOL 128
#define HK_NEVER 1e300

typedef struct {
    int rows, ray;
    hk_row row[HK_LP_ROWS];
    double y[HK_LP_ROWS];
} hk_dual;

typedef struct {
    int n, next, used;
    hk_dual dual[HK_POOL];
    double constant[HK_POOL], limit[HK_POOL]; /* a set is out when its bound is above the limit */
    /* [k]: least that a leg and k of the legs before it add, legs in the order they are searched in */
    double *by_dual[HK_OPTIMUM_LEGS]; /* HK_POOL x n */
    double *by_leg[HK_OPTIMUM_LEGS];  /* n x HK_POOL */
    double *price;                    /* n, scratch */
} hk_pool;

static void hk_pool_free(hk_pool *pool)
{
    free(pool->price);
    for (int k = 0; k < HK_OPTIMUM_LEGS; k++) {
        free(pool->by_dual[k]);
        free(pool->by_leg[k]);
    }
}

static void hk_pool_clear(hk_pool *pool)
{
    size_t cells = (size_t)(pool->n + 1) * HK_POOL;
    pool->next = pool->used = 0;
    for (int q = 0; q < HK_POOL; q++) {
        pool->constant[q] = -HK_NEVER;
        pool->limit[q] = HK_NEVER;
    }
    for (int k = 0; k < HK_OPTIMUM_LEGS; k++) {
        memset(pool->by_dual[k], 0, cells * sizeof(double));
        memset(pool->by_leg[k], 0, cells * sizeof(double));
    }
}

static int hk_pool_init(hk_pool *pool, int n)
{
    size_t cells = (size_t)(n + 1) * HK_POOL;
    int ok = 1;
    pool->n = n;
    pool->price = malloc(((size_t)n + 1) * sizeof(double));
    ok = pool->price != NULL;
    for (int k = 0; k < HK_OPTIMUM_LEGS; k++) {
        pool->by_dual[k] = malloc(cells * sizeof(double));
        pool->by_leg[k] = malloc(cells * sizeof(double));
        ok = ok && pool->by_dual[k] && pool->by_leg[k];
    }
    if (ok)
        hk_pool_clear(pool);
    return ok;
}

/* What a dual vector says before any leg is chosen. Rounded down. */
static double hk_dual_constant(const hk_problem *p, const hk_dual *dual, enum hk_optimum_goal goal, double most_wealth)
{
    double sum = 0.0, size = 0.0, floors = 0.0;
    for (int i = 0; i < dual->rows; i++) {
        double term = dual->y[i] * hk_row_side(p, dual->row[i]);
        sum += term;
        size += fabs(term);
        if (dual->row[i].family <= HK_PLAIN_ROW) {
            size += dual->y[i] * p->scale * (fabs(p->target_money) + (double)p->shares * (double)p->spot[dual->row[i].spot]);
            floors += dual->y[i];
        }
    }
    if (goal == HK_HIGHEST_FLOOR) { /* the floor is a column of its own: - floor + sum of y floor rows */
        double reduced = (dual->ray ? 0.0 : -1.0) + floors * p->scale;
        sum -= fabs(reduced) * most_wealth;
        size += (1.0 + floors * p->scale) * most_wealth;
    }
    return sum - HK_ROUNDING * size;
}

/* Least that one leg adds to the bound, for every leg, rounded down. */
static void hk_dual_prices(const hk_problem *p, const hk_dual *dual, enum hk_optimum_goal goal, double contract,
                           double *price)
{
    int least_cost = goal == HK_LEAST_COST && !dual->ray;
    double weight = least_cost ? 1.0 : 0.0, size = least_cost ? contract : 0.0, charge = size;
    for (int j = 0; j < p->n; j++)
        price[j] = charge;
    for (int i = 0; i < dual->rows; i++) {
        hk_row row = dual->row[i];
        double y = dual->y[i];
        size_t at = (size_t)row.spot * (size_t)p->n;
        switch (row.family) {
        case HK_GROWTH_ROW:
        case HK_PLAIN_ROW:
            weight += y * p->scale * (row.family == HK_GROWTH_ROW ? p->growth : 1.0);
            size += y * p->scale * p->largest[row.spot];
            for (int j = 0; j < p->n; j++)
                price[j] -= y * p->scale * p->payoff[at + (size_t)j];
            break;
        case HK_COVER_ROW:
            size += y;
            for (int j = 0; j < p->n; j++)
                price[j] -= y * p->covers[at + (size_t)j];
            break;
        default:
            size += y;
            for (int j = 0; j < p->n; j++) {
                double a = hk_row_coefficient(p, row, j);
                price[j] -= y * a;
                if (row.family == HK_BUDGET_ROW)
                    price[j] -= HK_ROUNDING * y * fabs(a);
            }
        }
    }
    for (int j = 0; j < p->n; j++) {
        double cost = weight * (double)p->cost[j];
        double reduced = price[j] + cost - HK_ROUNDING * (size + fabs(cost));
        reduced *= reduced >= 0.0 ? 1.0 : (double)p->limit[j];
        price[j] = reduced - HK_ROUNDING * fabs(reduced);
    }
}

/* Lay a dual vector's prices (by leg) into a slot, with the cheapest completions of up to `most` legs in all. */
static void hk_pool_place(hk_pool *pool, int slot, const int *order, int most)
{
    double cheapest[HK_OPTIMUM_LEGS];
    size_t n = (size_t)pool->n;
    for (int k = 0; k < HK_OPTIMUM_LEGS; k++)
        cheapest[k] = HK_NEVER;
    for (size_t at = 0; at < n; at++) {
        double price = pool->price[order[at]], sum = price;
        for (int k = 0; k < most; k++) {
            pool->by_dual[k][(size_t)slot * n + at] = sum;
            pool->by_leg[k][at * HK_POOL + (size_t)slot] = sum;
            sum += cheapest[k];
        }
        for (int k = 0; k < most; k++)
            if (price < cheapest[k]) {
                double next = cheapest[k];
                cheapest[k] = price;
                price = next;
            }
    }
}

/* First dual vector that rules out base + add; -1 when none does. Blocks without branches, so that it vectorises. */
static int hk_pool_rules_out(const hk_pool *pool, const double *base, const double *add)
{
    for (int q = 0; q < pool->used; q += 8) {
        int out = 0;
        for (int k = q; k < q + 8; k++)
            out |= base[k] + add[k] > pool->limit[k];
        if (out)
            for (int k = q; k < q + 8; k++)
                if (base[k] + add[k] > pool->limit[k])
                    return k;
    }
    return -1;
}

#endif
