/* Exact search for the cheapest ticket.
 *
 * Leg sets are gone through by size, so that a good ticket is known early. A set is ruled out by a bound from the
 * pool of dual vectors (optimum_pool.h), already on its first legs with the cheapest completion. What survives gets
 * its own linear programme (optimum_simplex.h); the duals that rule it out, or the ray that proves it infeasible,
 * join the pool. What survives that has its counts searched by branch and bound, and every point is measured in whole
 * numbers (optimum_ticket.h). Bounds are rounded so that they never rule out too much: no tolerance decides.
 *
 * An odd lot is protected by a fraction of a contract more than whole ones can be, and every linear programme makes
 * use of it: their bounds are weak. So each set is looked at in two cases, with one row more: the puts struck near the
 * floor or above are as many as the rules allow, or they are fewer. Neither case leaves the fraction any room, and
 * together they miss no ticket. Each case has a pool of its own, since the row holds in that case alone. */
#include "optimum.h"

#include <string.h>

#include "optimum_counts.h"
#include "optimum_search.h"

#define HK_SPLIT 0.94 /* of the floor a share: strikes from here on are counted to tell the cases apart */

static void hk_search_set(hk_optimum *s)
{
    hk_ticket t;
    memset(&t, 0, sizeof t);
    t.legs = s->size;
    for (int k = 0; k < s->size; k++) {
        int leg = s->in->order[s->chosen[k]], at = k;
        for (; at > 0 && t.leg[at - 1] > leg; at--)
            t.leg[at] = t.leg[at - 1];
        t.leg[at] = leg;
    }
    hk_search_counts(s, &t);
}

static int hk_clashes(const hk_optimum *s, int at)
{
    for (int d = 0; d < s->depth; d++)
        if (hk_same_contract(&s->problem, s->in->order[s->chosen[d]], s->in->order[at]))
            return 1;
    return 0;
}

static void hk_favour(hk_optimum *s, int slot)
{
    int *favourite = s->in->favourite[s->depth], *next = &s->in->next_favourite[s->depth];
    for (int f = 0; f < HK_FAVOURITES; f++)
        if (favourite[f] == slot)
            return;
    favourite[*next] = slot;
    *next = (*next + 1) % HK_FAVOURITES;
}

/* Candidates for the next leg that the dual vectors last useful at this depth leave over. */
static int hk_thin_out(hk_optimum *s, int left, int before, int *list)
{
    const hk_case *in = s->in;
    const float *reach[HK_FAVOURITES];
    hk_lanes room[HK_FAVOURITES];
    int n = 0;
    if (!left)
        s->work.sets += before;
    for (int f = 0; f < HK_FAVOURITES; f++) {
        int slot = in->favourite[s->depth][f];
        reach[f] = &in->pool.by_dual[left][(size_t)slot * (size_t)in->pool.n];
        room[f] = in->room[s->depth][slot] - (hk_lanes){0};
    }
    for (int at = 0; at < before; at += HK_LANES) {
        hk_mask out = {0};
        for (int f = 0; f < HK_FAVOURITES; f++)
            out |= hk_at(reach[f] + at) > room[f];
        if (!hk_any(~out))
            continue;
        for (int k = 0; k < HK_LANES && at + k < before; k++) {
            list[n] = at + k;
            n += !out[k];
        }
    }
    return n;
}

static void hk_choose_next(hk_optimum *s, int before);

/* Take the leg at a position of the search order, unless a dual vector rules out every set that goes on from there. */
static void hk_choose(hk_optimum *s, int at)
{
    hk_case *in = s->in;
    int left = s->size - s->depth - 1;
    const float *add = &in->pool.by_leg[left][(size_t)at * HK_POOL];
    int slot = hk_pool_rules_out(&in->pool, in->room[s->depth], add, &in->block[s->depth]);
    if (slot >= 0) {
        hk_favour(s, slot);
        return;
    }
    if (hk_clashes(s, at))
        return;
    s->chosen[s->depth] = at;
    if (!left) {
        hk_search_set(s);
        return;
    }
    s->depth++;
    hk_choose_next(s, at);
    s->depth--;
}

/* Go on from the leg chosen last, at position `before`. Most often the favourites leave nothing over, so that the room
 * of the other dual vectors is not worked out before something is. */
static void hk_choose_next(hk_optimum *s, int before)
{
    hk_case *in = s->in;
    int *list = s->list + (size_t)s->depth * (size_t)s->problem.n;
    const float *room = in->room[s->depth - 1], *add = &in->pool.by_leg[0][(size_t)before * HK_POOL];
    float *after = in->room[s->depth];
    for (int f = 0; f < HK_FAVOURITES; f++) {
        int slot = in->favourite[s->depth][f];
        after[slot] = hk_room_left(room[slot], add[slot]);
    }
    int n = hk_thin_out(s, s->size - s->depth - 1, before, list);
    if (!n)
        return;
    for (int q = 0; q < HK_POOL; q++)
        after[q] = hk_room_left(room[q], add[q]);
    for (int i = 0; i < n; i++)
        hk_choose(s, list[i]);
}

/* 0 when memory is short. */
static int hk_case_init(hk_case *c, int n)
{
    c->order = malloc(((size_t)n + 1) * sizeof *c->order);
    if (!c->order || !hk_pool_init(&c->pool, n))
        return 0;
    for (int j = 0; j < n; j++)
        c->order[j] = j;
    return 1;
}

hk_optimum *hk_optimum_new(const hk_optimum_input *input)
{
    hk_optimum *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    size_t n = (size_t)input->n + HK_OPTIMUM_LEGS;
    s->chosen = malloc(n * sizeof *s->chosen);
    s->list = malloc(HK_OPTIMUM_LEGS * n * sizeof *s->list);
    int ok = s->chosen && s->list && hk_problem_init(&s->problem, input);
    for (int i = 0; i < HK_CASES && ok; i++)
        ok = hk_case_init(&s->cases[i], input->n);
    if (!ok) {
        hk_optimum_free(s);
        return NULL;
    }
    s->split = -1;
    const hk_problem *p = &s->problem;
    s->contract = 1.0 / (2.0 * p->most_contracts + 2.0);
    s->most_wealth = (double)p->shares * (double)p->spot[p->n_spots - 1];
    for (int j = 0; j < p->n; j++)
        s->most_wealth += (double)p->limit[j] * ((double)p->multiplier * (double)p->strike[j] + fabs((double)p->cost[j]));
    return s;
}

void hk_optimum_free(hk_optimum *s)
{
    if (!s)
        return;
    hk_problem_free(&s->problem);
    for (int i = 0; i < HK_CASES; i++) {
        hk_pool_free(&s->cases[i].pool);
        free(s->cases[i].order);
    }
    free(s->chosen);
    free(s->list);
    free(s);
}

int hk_optimum_passes(const hk_optimum *s)
{
    return s->problem.growth < 1.0 ? 2 : 1;
}

/* The spot from which puts are counted to tell the cases apart; -1 where one case does. A spot that still lies well
 * is kept from search to search, and the pools with it. */
static int hk_split_at(const hk_optimum *s)
{
    const hk_problem *p = &s->problem;
    double floor = p->target_money / (double)p->shares;
    int split = -1;
    if (s->goal != HK_LEAST_COST || p->shares % p->multiplier == 0)
        return -1;
    if (s->split >= 0 && fabs((double)p->spot[s->split] - HK_SPLIT * floor) <= 0.03 * floor)
        return s->split;
    for (int i = 0; i < p->n_spots; i++)
        if ((double)p->spot[i] <= HK_SPLIT * floor)
            split = i;
    return split;
}

void hk_optimum_begin(hk_optimum *s, int pass, enum hk_optimum_goal goal, __int128 target, int has_budget,
                      int64_t budget, int keep, double margin)
{
    hk_problem *p = &s->problem;
    memset(&s->work, 0, sizeof s->work);
    memset(&s->best, 0, sizeof s->best);
    s->best.goal = goal;
    s->best.keep = keep < 1 ? 1 : (keep > HK_OPTIMUM_KEEP ? HK_OPTIMUM_KEEP : keep);
    s->margin = margin;
    s->complete = 1;
    int known = s->has_goal && goal == s->goal && has_budget == p->has_budget && p->growth >= 1.0;
    s->goal = goal;
    s->has_goal = 1;
    p->target = target;
    p->target_money = ldexp((double)target, -p->exponent);
    p->has_budget = has_budget;
    p->budget = budget;
    if (goal == HK_HIGHEST_FLOOR) { /* any floor will do: the target is a column of the programme */
        p->target = -(((__int128)1) << 126);
        p->target_money = 0.0;
    }
    int split = hk_split_at(s);
    for (int i = 0; i < HK_CASES && (!known || split != s->split); i++)
        hk_pool_clear(&s->cases[i].pool);
    s->split = split;
    s->n_cases = split < 0 ? 1 : HK_CASES;
    s->growth_rows = p->growth != 1.0 && pass == 0;
    s->plain_rows = !s->growth_rows;
}

/* Legs that the latest dual vector thinks dear come last: a set is looked up under its dearest leg, so that most are
 * ruled out at once. */
static void hk_reorder(hk_optimum *s)
{
    int *order = s->in->order;
    hk_pool *pool = &s->in->pool;
    if (!pool->used)
        return;
    const hk_dual *latest = &pool->dual[(pool->next + HK_POOL - 1) % HK_POOL];
    hk_dual_prices(&s->problem, latest, s->goal, s->contract, pool->price);
    for (int i = 1; i < pool->n; i++) {
        int leg = order[i], at = i;
        for (; at > 0 && pool->price[order[at - 1]] > pool->price[leg]; at--)
            order[at] = order[at - 1];
        order[at] = leg;
    }
}

void hk_optimum_begin_size(hk_optimum *s, int size)
{
    s->size = size;
    s->depth = 0;
    for (int i = 0; i < s->n_cases; i++) {
        s->in = &s->cases[i];
        hk_pool *pool = &s->in->pool;
        hk_reorder(s);
        for (int q = 0; q < pool->used; q++) {
            pool->constant[q] = hk_dual_constant(&s->problem, &pool->dual[q], s->goal, s->most_wealth);
            hk_dual_prices(&s->problem, &pool->dual[q], s->goal, s->contract, pool->price);
            hk_pool_place(pool, q, s->in->order, size);
        }
    }
    s->in = NULL;
    hk_recut(s);
}

void hk_optimum_slice(hk_optimum *s, int slice)
{
    for (int i = 0; i < s->n_cases && slice >= s->size - 1; i++) {
        s->in = &s->cases[i];
        for (int q = 0; q < HK_POOL; q++)
            hk_make_room(s, q);
        hk_choose(s, slice);
    }
    s->in = NULL;
}

int hk_optimum_ticket(const hk_optimum *s, int rank, hk_ticket *out)
{
    if (rank < 0 || rank >= s->best.n)
        return 0;
    *out = s->best.ticket[rank];
    return 1;
}

hk_optimum_work hk_optimum_count(const hk_optimum *s)
{
    return s->work;
}

int hk_optimum_complete(const hk_optimum *s)
{
    return s->complete;
}

int hk_optimum_measure(const hk_optimum *s, hk_ticket *ticket)
{
    return hk_measure(&s->problem, ticket);
}

void hk_optimum_multipliers(hk_optimum *s, int pass, const hk_ticket *legs, const int64_t *low, const int64_t *high,
                            hk_multipliers *out)
{
    hk_lp lp;
    hk_lp_answer answer;
    hk_dictionary last;
    if (s->problem.growth < 1.0) {
        s->growth_rows = pass == 0;
        s->plain_rows = !s->growth_rows;
    }
    hk_lay_out(s, &lp, legs);
    for (int k = 0; k < legs->legs; k++) {
        lp.low[k] = (double)low[k];
        lp.high[k] = (double)high[k];
        answer.x[k] = NAN;
    }
    out->rows = 0;
    out->ray = hk_lp_solve(&lp, &answer, &last) == HK_LP_INFEASIBLE;
    for (int i = 0; i < lp.rows; i++) {
        int money = s->row[i].family <= HK_PLAIN_ROW || s->row[i].family == HK_BUDGET_ROW;
        if (!(answer.y[i] > 0.0))
            continue;
        /* Back from scaled rows; a ray may have any length, so its rows of money are left as they are. */
        out->weight[out->rows] = answer.y[i] * (out->ray ? (money ? 1.0 : 1.0 / s->problem.scale)
                                                         : (money ? s->problem.scale : 1.0));
        out->family[out->rows] = (int)s->row[i].family;
        out->spot[out->rows++] = s->problem.spot[s->row[i].spot];
    }
    for (int k = 0; k < legs->legs; k++)
        out->x[k] = out->ray ? NAN : answer.x[k];
}
