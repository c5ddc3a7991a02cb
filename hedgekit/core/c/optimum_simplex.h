/* A linear programme of a few bounded columns: dual simplex on the dictionary, a microsecond each.
 *
 *     min c x   subject to   a x >= b,   low <= x <= high
 *
 * All columns have finite bounds, so the start (each at its cheaper bound) is dual feasible and there is no phase
 * one. What it returns is never trusted: its duals, or its ray when the rows contradict each other, are turned into a
 * bound by hk_lagrangian, which holds for any y >= 0. */
#ifndef HEDGEKIT_OPTIMUM_SIMPLEX_H
#define HEDGEKIT_OPTIMUM_SIMPLEX_H

#include <float.h>
#include <math.h>

#include "optimum.h"

#define HK_LP_COLUMNS (HK_OPTIMUM_LEGS + 1)
#define HK_LP_ROWS HK_OPTIMUM_ROWS

enum hk_lp_status { HK_LP_OPTIMAL, HK_LP_INFEASIBLE, HK_LP_UNSOLVED };

typedef struct {
    int columns, rows;
    double a[HK_LP_ROWS][HK_LP_COLUMNS], b[HK_LP_ROWS];
    double c[HK_LP_COLUMNS], low[HK_LP_COLUMNS], high[HK_LP_COLUMNS];
} hk_lp;

typedef struct {
    double x[HK_LP_COLUMNS], y[HK_LP_ROWS]; /* y: duals, or the ray */
} hk_lp_answer;

/* Variables are numbered columns first, then the slack of each row. */
typedef struct {
    double d[HK_LP_ROWS][HK_LP_COLUMNS], k[HK_LP_ROWS], cost[HK_LP_COLUMNS], at[HK_LP_COLUMNS];
    int basic[HK_LP_ROWS], nonbasic[HK_LP_COLUMNS];
} hk_dictionary;

static double hk_lp_low(const hk_lp *lp, int variable)
{
    return variable < lp->columns ? lp->low[variable] : 0.0;
}

static double hk_lp_high(const hk_lp *lp, int variable)
{
    return variable < lp->columns ? lp->high[variable] : HUGE_VAL;
}

static void hk_dictionary_start(hk_dictionary *t, const hk_lp *lp)
{
    for (int j = 0; j < lp->columns; j++) {
        t->nonbasic[j] = j;
        t->cost[j] = lp->c[j];
        t->at[j] = lp->c[j] >= 0.0 ? lp->low[j] : lp->high[j];
    }
    for (int i = 0; i < lp->rows; i++) {
        t->basic[i] = lp->columns + i;
        t->k[i] = -lp->b[i];
        for (int j = 0; j < lp->columns; j++)
            t->d[i][j] = lp->a[i][j];
    }
}

static void hk_pivot(hk_dictionary *t, const hk_lp *lp, int row, int column, double bound)
{
    int m = lp->columns, entering = t->nonbasic[column];
    double inverse = 1.0 / t->d[row][column];
    for (int j = 0; j < m; j++)
        t->d[row][j] *= j == column ? 0.0 : -inverse;
    t->d[row][column] = inverse;
    t->k[row] *= -inverse;
    for (int i = 0; i < lp->rows; i++) {
        double factor = t->d[i][column];
        if (i == row || factor == 0.0)
            continue;
        t->d[i][column] = 0.0;
        for (int j = 0; j < m; j++)
            t->d[i][j] += factor * t->d[row][j];
        t->k[i] += factor * t->k[row];
    }
    double factor = t->cost[column];
    t->cost[column] = 0.0;
    for (int j = 0; j < m; j++)
        t->cost[j] += factor * t->d[row][j];
    t->nonbasic[column] = t->basic[row];
    t->basic[row] = entering;
    t->at[column] = bound;
}

/* Row that misses its bounds by most; -1 when none does. */
static int hk_worst_row(const hk_dictionary *t, const hk_lp *lp, int *rises, double *bound)
{
    int worst = -1;
    double most = 0.0;
    for (int i = 0; i < lp->rows; i++) {
        double value = t->k[i], size = fabs(value);
        for (int j = 0; j < lp->columns; j++) {
            value += t->d[i][j] * t->at[j];
            size += fabs(t->d[i][j] * t->at[j]);
        }
        double low = hk_lp_low(lp, t->basic[i]), high = hk_lp_high(lp, t->basic[i]), slack = 1e-11 * (1.0 + size);
        if (low - value > fmax(most, slack)) {
            most = low - value;
            worst = i;
            *rises = 1;
            *bound = low;
        } else if (value - high > fmax(most, slack)) {
            most = value - high;
            worst = i;
            *rises = 0;
            *bound = high;
        }
    }
    return worst;
}

static int hk_entering(const hk_dictionary *t, const hk_lp *lp, int row, int rises)
{
    int best = -1;
    double least = HUGE_VAL, widest = 0.0;
    for (int j = 0; j < lp->columns; j++) {
        double low = hk_lp_low(lp, t->nonbasic[j]), high = hk_lp_high(lp, t->nonbasic[j]);
        double slope = rises ? t->d[row][j] : -t->d[row][j];
        if (low == high || fabs(slope) < 1e-12 || (t->at[j] == low) != (slope > 0.0))
            continue;
        double ratio = fabs(t->cost[j] / slope);
        if (ratio < least * (1.0 - 1e-12) || (ratio <= least * (1.0 + 1e-12) && fabs(slope) > widest)) {
            least = ratio;
            widest = fabs(slope);
            best = j;
        }
    }
    return best;
}

/* The last dictionary is left in *last, for hk_lp_range. */
static enum hk_lp_status hk_lp_solve(const hk_lp *lp, hk_lp_answer *answer, hk_dictionary *last)
{
#define t (*last)
    hk_dictionary_start(&t, lp);
    for (int i = 0; i < lp->rows; i++)
        answer->y[i] = 0.0;
    for (int step = 0; step < 60; step++) {
        int rises = 0;
        double bound = 0.0;
        int row = hk_worst_row(&t, lp, &rises, &bound);
        if (row < 0) {
            for (int j = 0; j < lp->columns; j++) {
                if (t.nonbasic[j] < lp->columns)
                    answer->x[t.nonbasic[j]] = t.at[j];
                else
                    answer->y[t.nonbasic[j] - lp->columns] = fmax(0.0, t.cost[j]);
            }
            for (int i = 0; i < lp->rows; i++)
                if (t.basic[i] < lp->columns) {
                    double value = t.k[i];
                    for (int j = 0; j < lp->columns; j++)
                        value += t.d[i][j] * t.at[j];
                    answer->x[t.basic[i]] = value;
                }
            return HK_LP_OPTIMAL;
        }
        int column = hk_entering(&t, lp, row, rises);
        if (column < 0) {
            for (int j = 0; j < lp->columns; j++)
                if (t.nonbasic[j] >= lp->columns)
                    answer->y[t.nonbasic[j] - lp->columns] = fmax(0.0, rises ? -t.d[row][j] : t.d[row][j]);
            if (t.basic[row] >= lp->columns)
                answer->y[t.basic[row] - lp->columns] = 1.0;
            return HK_LP_INFEASIBLE;
        }
        hk_pivot(&t, lp, row, column, bound);
    }
    return HK_LP_UNSOLVED;
#undef t
}

/* A bound that errors of rounding cannot lift: for any y >= 0,
 *
 *     min c x  >=  y b + sum over j of min { (c_j - y a_j) x : low_j <= x <= high_j }
 *
 * With c = 0 a positive value says that no x in the box keeps the rows. */
#define HK_ROUNDING (64.0 * DBL_EPSILON)

static double hk_lagrangian(const hk_lp *lp, const double *y, int ray)
{
    double sum = 0.0, size = 0.0;
    for (int i = 0; i < lp->rows; i++) {
        sum += y[i] * lp->b[i];
        size += fabs(y[i] * lp->b[i]);
    }
    for (int j = 0; j < lp->columns; j++) {
        double reduced = ray ? 0.0 : lp->c[j], around = fabs(reduced);
        for (int i = 0; i < lp->rows; i++) {
            reduced -= y[i] * lp->a[i][j];
            around += fabs(y[i] * lp->a[i][j]);
        }
        sum += fmin(reduced * lp->low[j], reduced * lp->high[j]);
        size += around * fmax(fabs(lp->low[j]), fabs(lp->high[j]));
    }
    return sum - HK_ROUNDING * size;
}

/* How far a column can go one way (+1 up, -1 down) before the objective passes the cut, from the dictionary of the
 * optimum: the best bound on way x[k] over all x of the box that keep the rows and have c x <= cut.
 *
 * With m >= 0 chosen so that no move from the optimum gains on  m c x - way x[k],  multipliers y >= 0 of the rows
 * follow from the dictionary, and for any of them way x[k] <= m cut - min over the box of (m c - way e_k - y a) x - y b.
 * As in hk_lagrangian the multipliers are hints and the bound is rounded up, so that it never says too little. */
static double hk_lp_range(const hk_lp *lp, const hk_dictionary *t, int k, int way, double cut)
{
    int m = lp->columns, row = -1, own = -1;
    double slope[HK_LP_COLUMNS], y[HK_LP_ROWS], weight = 0.0, sum = 0.0, size;
    for (int j = 0; j < m; j++)
        if (t->nonbasic[j] == k)
            own = j;
    for (int i = 0; i < lp->rows && own < 0; i++)
        if (t->basic[i] == k)
            row = i;
    for (int i = 0; i < lp->rows; i++)
        y[i] = 0.0;
    for (int j = 0; j < m; j++) {
        double low = hk_lp_low(lp, t->nonbasic[j]), high = hk_lp_high(lp, t->nonbasic[j]);
        slope[j] = way * (own >= 0 ? (j == own ? 1.0 : 0.0) : t->d[row][j]);
        double gain = t->at[j] == low ? slope[j] : -slope[j];
        if (low == high || gain <= 0.0)
            continue;
        if (fabs(t->cost[j]) <= 1e-12)
            return HUGE_VAL;
        weight = fmax(weight, gain / fabs(t->cost[j]));
    }
    for (int j = 0; j < m; j++)
        if (t->nonbasic[j] >= m)
            y[t->nonbasic[j] - m] = fmax(0.0, weight * t->cost[j] - slope[j]);
    size = fabs(weight * cut);
    for (int i = 0; i < lp->rows; i++) {
        sum += y[i] * lp->b[i];
        size += fabs(y[i] * lp->b[i]);
    }
    for (int j = 0; j < m; j++) {
        double reduced = weight * lp->c[j] - (j == k ? way : 0), around = fabs(weight * lp->c[j]) + 1.0;
        for (int i = 0; i < lp->rows; i++) {
            reduced -= y[i] * lp->a[i][j];
            around += fabs(y[i] * lp->a[i][j]);
        }
        sum += fmin(reduced * lp->low[j], reduced * lp->high[j]);
        size += around * fmax(fabs(lp->low[j]), fabs(lp->high[j]));
    }
    return weight * cut - sum + HK_ROUNDING * size;
}

#endif
