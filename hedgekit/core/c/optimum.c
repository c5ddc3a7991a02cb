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

#include "optimum_pool.h"
#include "optimum_problem.h"
#include "optimum_simplex.h"
#include "optimum_ticket.h"

#define HK_STACK 4096
#define HK_FEW_POINTS 64 /* measured one by one rather than bounded */
#define HK_FAVOURITES 8
#define HK_CASES 2
#define HK_SPLIT 0.94 /* of the floor a share: strikes from here on are counted to tell the cases apart */
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

static void hk_push(hk_optimum *s, int *top, const hk_box *box, int k, int64_t low, int64_t high)
{
    if (low > high)
        return;
    if (*top == HK_STACK) {
        s->complete = 0;
        return;
    }
    s->stack[*top] = *box;
    s->stack[*top].low[k] = low;
    s->stack[(*top)++].high[k] = high;
}

/* Measure one point and cut the box into what lies around it. */
static void hk_split_around(hk_optimum *s, int *top, hk_box box, hk_ticket *t)
{
    if (hk_measure(&s->problem, t))
        hk_offer(s, t);
    for (int k = 0; k < t->legs; k++) {
        int64_t at = t->contracts[k];
        hk_push(s, top, &box, k, box.low[k], at - 1);
        hk_push(s, top, &box, k, at + 1, box.high[k]);
        box.low[k] = box.high[k] = at;
    }
}

enum { HK_SHUT, HK_OPEN, HK_OPEN_UNSOLVED }; /* unsolved: open, but without a dictionary to narrow it by */

/* Whether a box can still hold a wanted ticket; fills in where to look. Rounding only ever says yes too often. */
static int hk_box_open(hk_optimum *s, hk_lp *lp, const hk_ticket *t, const hk_box *box, hk_lp_answer *answer,
                       hk_dictionary *last, int learn)
{
    for (;;) {
        for (int k = 0; k < t->legs; k++) {
            lp->low[k] = (double)box->low[k];
            lp->high[k] = (double)box->high[k];
            answer->x[k] = 0.5 * (lp->low[k] + lp->high[k]);
        }
        enum hk_lp_status status = hk_lp_solve(lp, answer, last);
        s->work.programmes++;
        if (status == HK_LP_UNSOLVED)
            return HK_OPEN_UNSOLVED;
        int ray = status == HK_LP_INFEASIBLE;
        int out = hk_lagrangian(lp, answer->y, ray) > (ray ? 0.0 : hk_set_cut(s, t));
        if (out && learn)
            hk_learn(s, lp, answer->y, ray);
        if (out || ray)
            return out ? HK_SHUT : HK_OPEN_UNSOLVED;
        double cost = 0.0;
        for (int k = 0; k < t->legs; k++)
            cost += (double)s->problem.cost[t->leg[k]] * answer->x[k];
        if (cost >= 0.0 || s->plain_rows || s->problem.growth <= 1.0)
            return HK_OPEN;
        s->plain_rows = 1; /* a credit earns nothing: the growth rows alone let it */
        hk_lay_out(s, lp, t);
    }
}

/* Try the counts next to the programme's answer, bought legs rounded up and sold legs down, for an early ticket. */
static void hk_round_off(hk_optimum *s, const hk_ticket *t, const hk_lp_answer *answer)
{
    for (int way = 0; way < 2; way++) {
        hk_ticket near = *t;
        for (int k = 0; k < t->legs; k++) {
            int up = way == 0 && s->problem.side[t->leg[k]] > 0;
            double x = up ? ceil(answer->x[k] - 1e-6) : floor(answer->x[k] + (way ? 0.5 : 1e-6));
            near.contracts[k] = (int64_t)fmin(fmax(x, 1.0), (double)s->problem.limit[t->leg[k]]);
        }
        if (hk_measure(&s->problem, &near))
            hk_offer(s, &near);
    }
}

static double hk_points(const hk_ticket *t, const hk_box *box)
{
    double points = 1.0;
    for (int k = 0; k < t->legs; k++)
        points *= (double)(box->high[k] - box->low[k] + 1);
    return points;
}

/* Measure every point of a small box: cheaper than the programmes of the boxes it would be split into. */
static void hk_try_all(hk_optimum *s, const hk_box *box, hk_ticket *t)
{
    int k;
    memcpy(t->contracts, box->low, sizeof t->contracts);
    do {
        if (hk_measure(&s->problem, t))
            hk_offer(s, t);
        for (k = 0; k < t->legs && ++t->contracts[k] > box->high[k]; k++)
            t->contracts[k] = box->low[k];
    } while (k < t->legs);
}

/* Leave out the counts that no wanted ticket of the box has; 0 when nothing is left. */
static int hk_narrow(hk_optimum *s, const hk_lp *lp, const hk_dictionary *last, const hk_ticket *t, hk_box *box)
{
    double cut = hk_set_cut(s, t);
    if (!(cut < HK_NEVER / 4))
        return 1;
    for (int k = 0; k < t->legs; k++) {
        double most = hk_lp_range(lp, last, k, 1, cut), least = -hk_lp_range(lp, last, k, -1, cut);
        if (most < (double)box->high[k])
            box->high[k] = (int64_t)floor(fmax(most, 0.0));
        if (least > (double)box->low[k])
            box->low[k] = (int64_t)ceil(fmin(least, (double)s->problem.limit[t->leg[k]] + 1.0));
        if (box->low[k] > box->high[k])
            return 0;
    }
    return 1;
}

static void hk_search_counts(hk_optimum *s, hk_ticket *t)
{
    hk_lp lp;
    hk_lp_answer answer;
    hk_dictionary last;
    int top = 1, first = 1;
    hk_lay_out(s, &lp, t);
    for (int k = 0; k < t->legs; k++) {
        s->stack[0].low[k] = 1;
        s->stack[0].high[k] = s->problem.limit[t->leg[k]];
    }
    while (top) {
        hk_box box = s->stack[--top];
        int split = -1;
        double most = 1e-6;
        s->work.boxes++;
        int open = hk_box_open(s, &lp, t, &box, &answer, &last, first);
        if (open == HK_SHUT)
            continue;
        if (first)
            hk_round_off(s, t, &answer);
        first = 0;
        if (open == HK_OPEN && !hk_narrow(s, &lp, &last, t, &box))
            continue;
        if (hk_points(t, &box) <= HK_FEW_POINTS) {
            hk_try_all(s, &box, t);
            continue;
        }
        for (int k = 0; k < t->legs; k++) {
            double off = fabs(answer.x[k] - nearbyint(answer.x[k]));
            if (off > most && box.low[k] < box.high[k]) {
                most = off;
                split = k;
            }
        }
        if (split < 0) {
            for (int k = 0; k < t->legs; k++) {
                double x = fmin(fmax(nearbyint(answer.x[k]), (double)box.low[k]), (double)box.high[k]);
                t->contracts[k] = (int64_t)x;
            }
            hk_split_around(s, &top, box, t);
            continue;
        }
        int64_t below = (int64_t)floor(answer.x[split]);
        below = below < box.low[split] ? box.low[split] : below;
        below = below >= box.high[split] ? box.high[split] - 1 : below;
        hk_push(s, &top, &box, split, box.low[split], below);
        hk_push(s, &top, &box, split, below + 1, box.high[split]);
    }
}

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
