/* A search under way: the best tickets so far, the cut that they set, the dual vectors learnt, and the linear programme
 * of one leg set. */
#ifndef HEDGEKIT_OPTIMUM_SEARCH_H
#define HEDGEKIT_OPTIMUM_SEARCH_H

#include "optimum.h"

#include <string.h>

#include "optimum_pool.h"
#include "optimum_problem.h"
#include "optimum_simplex.h"
#include "optimum_ticket.h"

#define HK_STACK 4096
#define HK_FAVOURITES 8
#define HK_CASES 2
#define HK_FLOOR_STEP 0.01 /* of a unit of money: a floor higher by less is not looked for */

typedef struct {
    int64_t low[HK_OPTIMUM_LEGS], high[HK_OPTIMUM_LEGS];
} hk_box;

/* One of the cases in which the leg sets are looked at. */
typedef struct {
    hk_pool pool;
    int *order; /* search order of the legs */
    int favourite[HK_OPTIMUM_LEGS][HK_FAVOURITES], next_favourite[HK_OPTIMUM_LEGS], block[HK_OPTIMUM_LEGS];
    float room[HK_OPTIMUM_LEGS][HK_POOL]; /* what the rest of a set may still add, by legs chosen */
} hk_case;

struct hk_optimum {
    hk_problem problem;
    hk_case cases[HK_CASES], *in; /* the case being searched; NULL outside of one */
    int n_cases, split;           /* index into spot[], -1 where there is one case */
    hk_best best;
    enum hk_optimum_goal goal;
    int has_goal, size, depth, growth_rows, plain_rows, complete;
    double contract;    /* what one contract adds to the objective, so that of equal costs the fewest come first */
    double most_wealth; /* above any floor */
    double margin, cut; /* nothing above the cut is wanted */
    int *chosen; /* positions of the search order */
    int *list;   /* HK_OPTIMUM_LEGS x n: what is left of the candidates at each depth */
    hk_row row[HK_LP_ROWS];
    hk_box stack[HK_STACK];
    hk_optimum_work work;
};

/* Objective below which a set of this size is still wanted: equal costs count only where a tie may be won. */
static double hk_wanted(const hk_optimum *s, const hk_ticket *t)
{
    if (s->goal == HK_HIGHEST_FLOOR)
        return -ldexp((double)t->floor, -s->problem.exponent) - HK_FLOOR_STEP;
    if (t->legs < s->size)
        return (double)t->cost - 0.5;
    return (double)t->cost + (double)t->total_contracts * s->contract;
}

static void hk_make_room(hk_optimum *s, int slot)
{
    hk_case *in = s->in;
    const hk_pool *pool = &in->pool;
    in->room[0][slot] = hk_above(pool->limit[slot] - pool->constant[slot]);
    for (int d = 0; d < s->depth; d++) {
        float add = pool->by_leg[0][(size_t)s->chosen[d] * HK_POOL + (size_t)slot];
        in->room[d + 1][slot] = hk_room_left(in->room[d][slot], add);
    }
}

static void hk_recut(hk_optimum *s)
{
    double cut = HK_NEVER / 2;
    while (s->goal == HK_LEAST_COST && s->best.n > 1 &&
           (double)(s->best.ticket[s->best.n - 1].cost - s->best.ticket[0].cost) > s->margin)
        s->best.n--;
    if (s->best.n == s->best.keep)
        cut = hk_wanted(s, &s->best.ticket[s->best.n - 1]);
    if (s->best.n && s->goal == HK_LEAST_COST)
        cut = fmin(cut, (double)s->best.ticket[0].cost + s->margin + 0.5);
    cut += HK_ROUNDING * fabs(cut);
    s->cut = cut;
    for (int i = 0; i < s->n_cases; i++) {
        hk_pool *pool = &s->cases[i].pool;
        for (int q = 0; q < pool->used; q++)
            pool->limit[q] = pool->dual[q].ray ? 0.0 : cut;
    }
    for (int q = 0; s->in && q < HK_POOL; q++)
        hk_make_room(s, q);
}

static void hk_offer(hk_optimum *s, hk_ticket *t)
{
    if (hk_best_offer(&s->best, t)) {
        s->work.tickets++;
        hk_recut(s);
    }
}

/* Add the duals of a set's programme to the pool, in place of the oldest. */
static void hk_learn(hk_optimum *s, const hk_lp *lp, const double *y, int ray)
{
    hk_pool *pool = &s->in->pool;
    int slot = pool->next;
    hk_dual *dual = &pool->dual[slot];
    double most = 0.0;
    for (int i = 0; i < lp->rows; i++)
        most = fmax(most, y[i]);
    dual->rows = 0;
    dual->ray = ray;
    for (int i = 0; i < lp->rows; i++)
        if (y[i] > 1e-13 * most) {
            dual->row[dual->rows] = s->row[i];
            dual->y[dual->rows++] = ray ? y[i] / most : y[i];
        }
    pool->next = (pool->next + 1) % HK_POOL;
    pool->used = pool->used < HK_POOL ? pool->used + 1 : HK_POOL;
    pool->constant[slot] = hk_dual_constant(&s->problem, dual, s->goal, s->most_wealth);
    pool->limit[slot] = ray ? 0.0 : s->cut;
    hk_dual_prices(&s->problem, dual, s->goal, s->contract, pool->price);
    hk_pool_place(pool, slot, s->in->order, s->size);
    hk_make_room(s, slot);
    s->work.duals++;
}

static void hk_add_row(hk_optimum *s, hk_lp *lp, const hk_ticket *t, enum hk_family family, int spot)
{
    hk_row row = {family, spot};
    int i = lp->rows++;
    s->row[i] = row;
    lp->b[i] = hk_row_side(&s->problem, row);
    for (int k = 0; k < t->legs; k++)
        lp->a[i][k] = hk_row_coefficient(&s->problem, row, t->leg[k]);
    if (s->goal == HK_HIGHEST_FLOOR)
        lp->a[i][t->legs] = family <= HK_PLAIN_ROW ? -s->problem.scale : 0.0;
}

static void hk_add_floors(hk_optimum *s, hk_lp *lp, const hk_ticket *t, int spot)
{
    if (s->growth_rows)
        hk_add_row(s, lp, t, HK_GROWTH_ROW, spot);
    if (s->plain_rows)
        hk_add_row(s, lp, t, HK_PLAIN_ROW, spot);
}

static void hk_lay_out(hk_optimum *s, hk_lp *lp, const hk_ticket *t)
{
    const hk_problem *p = &s->problem;
    int puts = 0, sold = 0, bought = 0;
    lp->rows = 0;
    lp->columns = t->legs;
    for (int k = 0; k < t->legs; k++) {
        int j = t->leg[k];
        lp->c[k] = s->goal == HK_LEAST_COST ? (double)p->cost[j] + s->contract : 0.0;
        puts += p->kind[j] < 0;
        sold += p->kind[j] > 0 && p->side[j] < 0;
        bought += p->kind[j] > 0 && p->side[j] > 0;
    }
    if (s->goal == HK_HIGHEST_FLOOR) {
        lp->c[lp->columns] = -1.0;
        lp->low[lp->columns] = -s->most_wealth;
        lp->high[lp->columns++] = s->most_wealth;
    }
    hk_add_floors(s, lp, t, 0);
    for (int k = 0; k < t->legs; k++)
        if (p->side[t->leg[k]] > 0 && p->spot_of[t->leg[k]] > 0)
            hk_add_floors(s, lp, t, p->spot_of[t->leg[k]]);
    for (int k = 0; k < t->legs; k++)
        if (p->kind[t->leg[k]] < 0 && p->side[t->leg[k]] < 0 && p->spot_of[t->leg[k]] >= 0)
            hk_add_row(s, lp, t, HK_COVER_ROW, p->spot_of[t->leg[k]]);
    if (puts)
        hk_add_row(s, lp, t, HK_NET_ROW, 0);
    if (sold)
        hk_add_row(s, lp, t, HK_SOLD_ROW, 0);
    if (bought)
        hk_add_row(s, lp, t, HK_BOUGHT_ROW, 0);
    if (p->has_budget)
        hk_add_row(s, lp, t, HK_BUDGET_ROW, 0);
    if (s->in && s->n_cases > 1)
        hk_add_row(s, lp, t, s->in == s->cases ? HK_MANY_ROW : HK_FEW_ROW, s->split);
}

static double hk_set_cut(const hk_optimum *s, const hk_ticket *t)
{
    double cut = s->cut;
    for (int i = 0; i < s->best.n; i++)
        if (hk_within(&s->best.ticket[i], t))
            cut = fmin(cut, hk_wanted(s, &s->best.ticket[i]));
    return cut + HK_ROUNDING * fabs(cut);
}

#endif
