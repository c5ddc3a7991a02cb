/* Dual vectors, each of which prices every leg once and so bounds every leg set by a sum of a few numbers.
 *
 * A vector y >= 0 over rows gives, for a set of legs bought or sold one time or more,
 *
 *     cost >= y b + sum over the set of min { (c_j - y a_j) x : 1 <= x <= limit_j }
 *
 * and with c = 0 (a ray) a positive right side says that the set cannot keep the floor. The prices are stored twice,
 * by vector and by leg, because sets are thinned out first by few vectors over many legs, then by many over one.
 *
 * Prices are stored as floats, rounded down, and what a set may still add (its room) is rounded up: a wrong last place
 * only lets a set through, and twice as many are compared at once. */
#ifndef HEDGEKIT_OPTIMUM_POOL_H
#define HEDGEKIT_OPTIMUM_POOL_H

#include <string.h>

#include "optimum_problem.h"
#include "optimum_simplex.h"

#define HK_POOL 128
#define HK_NEVER 1e30 /* beyond any amount, and a float still holds sums of it */
#define HK_BLOCK 16   /* vectors compared at once; divides HK_POOL */

/* Lanes without intrinsics, as a loop over so few is unrolled before it is made to use them. */
#define HK_LANES 4
typedef float hk_lanes __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t hk_mask __attribute__((vector_size(16)));
typedef int64_t hk_halves __attribute__((vector_size(16)));

static inline hk_lanes hk_at(const float *first)
{
    return *(const hk_lanes *)first;
}

static inline int hk_any(hk_mask mask)
{
    hk_halves halves = (hk_halves)mask;
    return (halves[0] | halves[1]) != 0;
}

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
    float *by_dual[HK_OPTIMUM_LEGS]; /* HK_POOL x n; read to full lanes, so a few past the end */
    float *by_leg[HK_OPTIMUM_LEGS];  /* n x HK_POOL */
    double *price;                   /* n, scratch */
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
    size_t cells = ((size_t)pool->n + 1) * HK_POOL;
    pool->next = pool->used = 0;
    for (int q = 0; q < HK_POOL; q++) {
        pool->constant[q] = -HK_NEVER;
        pool->limit[q] = HK_NEVER;
    }
    for (int k = 0; k < HK_OPTIMUM_LEGS; k++) {
        memset(pool->by_dual[k], 0, cells * sizeof(float));
        memset(pool->by_leg[k], 0, cells * sizeof(float));
    }
}

static int hk_pool_init(hk_pool *pool, int n)
{
    size_t cells = ((size_t)n + 1) * HK_POOL;
    int ok = 1;
    pool->n = n;
    pool->price = malloc(((size_t)n + 1) * sizeof(double));
    ok = pool->price != NULL;
    for (int k = 0; k < HK_OPTIMUM_LEGS; k++) {
        pool->by_dual[k] = malloc(cells * sizeof(float));
        pool->by_leg[k] = malloc(cells * sizeof(float));
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

static float hk_below(double x)
{
    return (float)(x - 0.51 * (double)FLT_EPSILON * fabs(x));
}

static float hk_above(double x)
{
    return -hk_below(-x);
}

/* room - add, rounded up. */
static float hk_room_left(float room, float add)
{
    float left = room - add;
    return left + 1.02f * FLT_EPSILON * fabsf(left);
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
            float low = hk_below(sum);
            pool->by_dual[k][(size_t)slot * n + at] = low;
            pool->by_leg[k][at * HK_POOL + (size_t)slot] = low;
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

/* A dual vector that has less room than a leg adds; -1 when there is none. The block that answered last is asked
 * first. */
static int hk_pool_rules_out(const hk_pool *pool, const float *room, const float *add, int *block)
{
    int blocks = (pool->used + HK_BLOCK - 1) / HK_BLOCK;
    for (int i = 0, at = *block; i < blocks; i++, at++) {
        at = at < blocks ? at : 0;
        int q = at * HK_BLOCK;
        hk_mask out = {0};
        for (int k = q; k < q + HK_BLOCK; k += HK_LANES)
            out |= hk_at(add + k) > hk_at(room + k);
        if (!hk_any(out))
            continue;
        *block = at;
        while (!(add[q] > room[q]))
            q++;
        return q;
    }
    return -1;
}

#endif
