/* Rolling least squares of y on x with an intercept, and standard errors.
 *
 * Sums slide one window at a time; what follows from them (a division and three roots) is done for a block of windows
 * at once, in a loop that the compiler vectorises. */
#include <stdlib.h>

#include "rolling.h"
#include "rolling_window.h"
#include "status.h"

enum { BLOCK = 128 };

typedef struct {
    double y, x, yy, xy, xx;
} hk_sums;

/* Sums about the mean of each window of a block; `xx` is NaN where there is no answer. */
typedef struct {
    double yy[BLOCK], xy[BLOCK], xx[BLOCK], y_level[BLOCK], x_level[BLOCK];
} hk_block;

static inline void hk_add(hk_sums *s, double y, double x)
{
    s->y += y;
    s->x += x;
    s->yy += y * y;
    s->xy += x * y;
    s->xx += x * x;
}

static void hk_rebase(const double *y, const double *x, size_t window, double centre[2], hk_sums *older)
{
    hk_sums s = {0.0, 0.0, 0.0, 0.0, 0.0};
    centre[0] = hk_mean(y, window);
    centre[1] = hk_mean(x, window);
    for (size_t i = window; i-- > 0;) {
        hk_add(&s, y[i] - centre[0], x[i] - centre[1]);
        older[i] = s;
    }
}

static double hk_residuals(const double *y, const double *x, size_t window, double slope)
{
    double sum = 0.0, total = 0.0, y_mean = hk_mean(y, window), x_mean = hk_mean(x, window);
    for (size_t i = 0; i < window; i++) {
        double e = (y[i] - y_mean) - slope * (x[i] - x_mean);
        sum += e;
        total += e * e;
    }
    /* The means of a large offset are rounded. */
    return total - sum * sum / (double)window;
}

static void hk_finish(const hk_block *b, size_t used, size_t window, double *restrict slope,
                      double *restrict intercept, double *restrict slope_se, double *restrict intercept_se,
                      double *restrict residual_sd)
{
    double share = 1.0 / (double)window, freedom = 1.0 / ((double)window - 2.0);
    for (size_t i = 0; i < used; i++) {
        double inverse = 1.0 / b->xx[i], rise = b->xy[i] * inverse;
        double left = b->yy[i] - rise * b->xy[i];
        double variance = left < 0.0 ? 0.0 : left * freedom; /* NaN stays NaN */
        slope[i] = rise;
        intercept[i] = b->y_level[i] - rise * b->x_level[i];
        slope_se[i] = sqrt(variance * inverse);
        intercept_se[i] = sqrt(variance * (share + b->x_level[i] * b->x_level[i] * inverse));
        residual_sd[i] = sqrt(variance);
    }
}

/* Answers of the windows that end at `end - used` .. `end - 1`. */
static void hk_flush(const hk_block *b, size_t used, size_t end, const double *y, const double *x, size_t window,
                     const hk_rolling_ols_out *out, signed char *status)
{
    size_t from = end - used;
    double share = 1.0 / (double)window, freedom = (double)window - 2.0;
    hk_finish(b, used, window, out->slope + from, out->intercept + from, out->slope_se + from,
              out->intercept_se + from, out->residual_sd + from);
    for (size_t i = 0; i < used; i++) {
        size_t t = from + i;
        double sd = out->residual_sd[t];
        if (sd * sd * freedom < HK_CLOSE_FIT * b->yy[i]) {
            size_t start = t + 1 - window;
            sd = sqrt(fmax(hk_residuals(y + start, x + start, window, out->slope[t]), 0.0) / freedom);
            out->residual_sd[t] = sd;
            out->slope_se[t] = sd / sqrt(b->xx[i]);
            out->intercept_se[t] = sd * sqrt(share + b->x_level[i] * b->x_level[i] / b->xx[i]);
        } else if (!(fabs(sd) <= DBL_MAX) && status[t] == HK_OK) {
            status[t] = HK_INVALID_INPUT;
        }
    }
}

int hk_rolling_ols(const double *y, const double *x, size_t n, size_t window, const hk_rolling_ols_out *out,
                   signed char *status)
{
    hk_sums *older = malloc(window * sizeof *older);
    if (!older)
        return -1;
    double count = (double)window, share = 1.0 / count;
    double centre[2] = {0.0, 0.0};
    hk_sums newer = {0.0, 0.0, 0.0, 0.0, 0.0};
    hk_block block;
    size_t finite = 0, used = window, filled = 0; /* used: points of the older part that have left; window: no base */

    for (size_t t = 0; t < n; t++) {
        if (filled == BLOCK) {
            hk_flush(&block, filled, t, y, x, window, out, status);
            filled = 0;
        }
        size_t slot = filled++;
        finite = isfinite(y[t]) && isfinite(x[t]) ? finite + 1 : 0;
        if (finite < window) {
            used = window;
            block.yy[slot] = block.xy[slot] = block.xx[slot] = block.y_level[slot] = block.x_level[slot] = NAN;
            status[t] = HK_INVALID_INPUT;
            continue;
        }
        double y_mean, x_mean, yy, xy, xx;
        if (++used < window)
            hk_add(&newer, y[t] - centre[0], x[t] - centre[1]);
        for (int tried = used >= window;; tried = 1) {
            if (tried) {
                hk_rebase(y + t + 1 - window, x + t + 1 - window, window, centre, older);
                newer = (hk_sums){0.0, 0.0, 0.0, 0.0, 0.0};
                used = 0;
            }
            const hk_sums *old = older + used;
            double sum_y = old->y + newer.y, sum_x = old->x + newer.x;
            y_mean = sum_y * share;
            x_mean = sum_x * share;
            double off_y = sum_y * y_mean, off_x = sum_x * x_mean;
            yy = old->yy + newer.yy - off_y;
            xy = old->xy + newer.xy - sum_x * y_mean;
            xx = old->xx + newer.xx - off_x;
            if (tried || (off_y <= HK_WANDERED * yy && off_x <= HK_WANDERED * xx))
                break;
        }
        double x_level = centre[1] + x_mean;
        int constant = hk_constant(xx, count, fabs(x_level));
        block.yy[slot] = yy;
        block.xy[slot] = xy;
        block.xx[slot] = constant ? NAN : xx;
        block.y_level[slot] = centre[0] + y_mean;
        block.x_level[slot] = x_level;
        status[t] = constant ? HK_NOT_IDENTIFIED : HK_OK;
    }
    hk_flush(&block, filled, n, y, x, window, out, status);
    free(older);
    return 0;
}
