/* The counts of one leg set: branch and bound over boxes of counts, each bounded by the set's programme within it. */
#ifndef HEDGEKIT_OPTIMUM_COUNTS_H
#define HEDGEKIT_OPTIMUM_COUNTS_H

#include "optimum_search.h"

#define HK_FEW_POINTS 64 /* measured one by one rather than bounded */

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

#endif
