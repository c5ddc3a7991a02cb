/* Rolling Engle-Granger test: least squares of y on x over the window, then the Dickey-Fuller regression of its
 * residuals e with one lag and no constant,
 *
 *     e_t - e_{t-1} = g e_{t-1} + h (e_{t-1} - e_{t-2}),
 *
 * over the rows t = 3..window. Its sums follow from sums of products of y, x and their differences, which do not know
 * the slope and so can slide; rows shifted by one differ at the ends alone. */
#include <stdlib.h>
#include <string.h>

#include "rolling.h"
#include "rolling_window.h"
#include "status.h"

enum { POINTS = 5, ROWS = 11 };

typedef struct {
    double point[POINTS]; /* y, x, yy, xy, xx */
    double row[ROWS];     /* of differences now, with those before, and with levels before */
} hk_sums;

static inline void hk_add_point(double s[POINTS], double y, double x)
{
    s[0] += y;
    s[1] += x;
    s[2] += y * y;
    s[3] += x * y;
    s[4] += x * x;
}

/* `y` and `x` point at the row; two earlier values are read. */
static inline void hk_add_row(double s[ROWS], const double *y, const double *x, double y_centre, double x_centre)
{
    double dy = y[0] - y[-1], dx = x[0] - x[-1], dy1 = y[-1] - y[-2], dx1 = x[-1] - x[-2];
    double y1 = y[-1] - y_centre, x1 = x[-1] - x_centre;
    s[0] += dy * dy;
    s[1] += dy * dx;
    s[2] += dx * dx;
    s[3] += dy * dy1;
    s[4] += dy * dx1;
    s[5] += dx * dy1;
    s[6] += dx * dx1;
    s[7] += y1 * dy;
    s[8] += y1 * dx;
    s[9] += x1 * dy;
    s[10] += x1 * dx;
}

static void hk_rebase(const double *y, const double *x, size_t window, double centre[2], hk_sums *older)
{
    hk_sums s;
    memset(&s, 0, sizeof s);
    centre[0] = hk_mean(y, window);
    centre[1] = hk_mean(x, window);
    for (size_t i = window; i-- > 0;) {
        hk_add_point(s.point, y[i] - centre[0], x[i] - centre[1]);
        memcpy(older[i].point, s.point, sizeof s.point);
        if (i >= 2) {
            hk_add_row(s.row, y + i, x + i, centre[0], centre[1]);
            /* A window that starts at i - 2 has its first row at i. */
            memcpy(older[i - 2].row, s.row, sizeof s.row);
        }
    }
    for (size_t i = window - 2; i < window; i++)
        memset(older[i].row, 0, sizeof s.row);
}

typedef struct {
    double dd, d1d1, dd1, ld, l1d1, ll; /* d: difference, 1: one row before, l: level before the row */
} hk_products;

/* Means in two parts: adding a large centre to what is left of the mean would round it. */
typedef struct {
    double y_centre, x_centre, y_mean, x_mean, slope;
} hk_line;

static inline double hk_residual(const hk_line *line, double y, double x)
{
    return ((y - line->y_centre) - line->y_mean) - line->slope * ((x - line->x_centre) - line->x_mean);
}

/* From sums over the rows of d d, d d1, l d, and over all points of e e. */
static hk_products hk_close(const double *y, const double *x, size_t window, const hk_line *line, const double sums[4])
{
    size_t last = window - 1;
#define HK_E(i) hk_residual(line, y[i], x[i])
    double first = HK_E(0), second = HK_E(1), before = HK_E(last - 1), now = HK_E(last);
#undef HK_E
    double opening = second - first, closing = now - before;
    hk_products p;
    p.dd = sums[0];
    p.dd1 = sums[1];
    p.ld = sums[2];
    p.ll = sums[3] - first * first - now * now;
    p.d1d1 = p.dd + (opening - closing) * (opening + closing);
    p.l1d1 = p.ld + first * opening - before * closing + p.d1d1;
    return p;
}

/* The same from the residuals themselves. */
static hk_products hk_direct(const double *y, const double *x, size_t window, const hk_line *line, double *unexplained)
{
    hk_products p;
    memset(&p, 0, sizeof p);
#define HK_E(i) hk_residual(line, y[i], x[i])
    double e2 = HK_E(0), e1 = HK_E(1);
    *unexplained = e2 * e2 + e1 * e1;
    for (size_t i = 2; i < window; i++) {
        double e = HK_E(i), d = e - e1, d1 = e1 - e2;
        *unexplained += e * e;
        p.dd += d * d;
        p.dd1 += d * d1;
        p.ld += e1 * d;
        p.ll += e1 * e1;
        p.d1d1 += d1 * d1;
        p.l1d1 += e1 * d1;
        e2 = e1;
        e1 = e;
    }
#undef HK_E
    return p;
}

/* The t statistic of g; NaN when the regressors are one. */
static double hk_statistic(const hk_products *p, double rows)
{
    if (!(p->d1d1 > 0.0) || !(p->ll > 0.0))
        return NAN;
    double lag = 1.0 / p->d1d1, left = p->ll - p->l1d1 * p->l1d1 * lag;
    if (!(left > 1e-13 * p->ll))
        return NAN;
    double along = p->ld - p->l1d1 * p->dd1 * lag;
    double residual = p->dd - p->dd1 * p->dd1 * lag - along * along / left;
    return residual > 0.0 ? along / sqrt(left * residual / (rows - 2.0)) : NAN;
}

int hk_rolling_engle_granger(const double *y, const double *x, size_t n, size_t window,
                             const hk_rolling_engle_granger_out *out, signed char *status)
{
    hk_sums *older = malloc(window * sizeof *older), newer;
    if (!older)
        return -1;
    double count = (double)window, share = 1.0 / count;
    double centre[2] = {0.0, 0.0};
    size_t finite = 0, used = window;
    memset(&newer, 0, sizeof newer);

    for (size_t t = 0; t < n; t++) {
        finite = isfinite(y[t]) && isfinite(x[t]) ? finite + 1 : 0;
        out->statistic[t] = out->slope[t] = out->intercept[t] = out->residual_sd[t] = NAN;
        status[t] = HK_INVALID_INPUT;
        if (finite < window) {
            used = window;
            continue;
        }
        const double *ys = y + t + 1 - window, *xs = x + t + 1 - window;
        hk_sums s;
        double y_mean, x_mean, yy, xy, xx;
        /* The row just after the base belongs to a window only as long as that has two points before it. */
        if (++used < window - 1) {
            hk_add_point(newer.point, y[t] - centre[0], x[t] - centre[1]);
            hk_add_row(newer.row, y + t, x + t, centre[0], centre[1]);
        }
        for (int tried = used >= window - 1;; tried = 1) {
            if (tried) {
                hk_rebase(ys, xs, window, centre, older);
                memset(&newer, 0, sizeof newer);
                used = 0;
            }
            for (int i = 0; i < POINTS; i++)
                s.point[i] = older[used].point[i] + newer.point[i];
            y_mean = s.point[0] * share;
            x_mean = s.point[1] * share;
            double off_y = s.point[0] * y_mean, off_x = s.point[1] * x_mean;
            yy = s.point[2] - off_y;
            xy = s.point[3] - s.point[1] * y_mean;
            xx = s.point[4] - off_x;
            if (tried || (off_y <= HK_WANDERED * yy && off_x <= HK_WANDERED * xx))
                break;
        }
        double y_level = centre[0] + y_mean, x_level = centre[1] + x_mean;
        if (hk_constant(xx, count, fabs(x_level))) {
            status[t] = HK_NOT_IDENTIFIED;
            continue;
        }
        double slope = xy / xx, unexplained = yy - slope * xy;
        for (int i = 0; i < ROWS; i++)
            s.row[i] = older[used].row[i] + newer.row[i];
        double all = s.row[0] + slope * slope * s.row[2];
        double sums[4];
        sums[0] = s.row[0] - 2.0 * slope * s.row[1] + slope * slope * s.row[2];
        hk_line line = {centre[0], centre[1], y_mean, x_mean, slope};
        hk_products p;
        if (unexplained < HK_CLOSE_FIT * yy || sums[0] < HK_CLOSE_FIT * all) {
            p = hk_direct(ys, xs, window, &line, &unexplained);
        } else {
            sums[1] = s.row[3] - slope * (s.row[4] + s.row[5]) + slope * slope * s.row[6];
            /* Levels are about the base's centre: the rest of the mean times the sum of the differences. */
            double moved = (ys[window - 1] - ys[1]) - slope * (xs[window - 1] - xs[1]);
            sums[2] = s.row[7] - slope * (s.row[8] + s.row[9]) + slope * slope * s.row[10] -
                      (y_mean - slope * x_mean) * moved;
            sums[3] = unexplained;
            p = hk_close(ys, xs, window, &line, sums);
        }
        out->statistic[t] = hk_statistic(&p, count - 2.0);
        out->slope[t] = slope;
        out->intercept[t] = y_level - slope * x_level;
        out->residual_sd[t] = sqrt(unexplained / (count - 2.0));
        /* A fit without residuals leaves nothing to test. */
        if (!isfinite(out->slope[t]) || !isfinite(out->intercept[t]))
            continue;
        status[t] = isfinite(out->statistic[t]) && unexplained > 1e-24 * yy ? HK_OK : HK_NOT_IDENTIFIED;
        if (status[t] == HK_NOT_IDENTIFIED)
            out->statistic[t] = NAN;
    }
    free(older);
    return 0;
}
