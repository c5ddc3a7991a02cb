/* Regressions over every window of two series: ordinary least squares, and the Engle-Granger test with one lag. */
#ifndef HEDGEKIT_ROLLING_H
#define HEDGEKIT_ROLLING_H

#include <stddef.h>

typedef struct {
    double *slope, *intercept, *slope_se, *intercept_se, *residual_sd;
} hk_rolling_ols_out;

typedef struct {
    double *statistic, *slope, *intercept, *residual_sd;
} hk_rolling_engle_granger_out;

/* Element t of every output belongs to the window that ends at t. -1 when there is no memory. */
int hk_rolling_ols(const double *y, const double *x, size_t n, size_t window, const hk_rolling_ols_out *out,
                   signed char *status);
int hk_rolling_engle_granger(const double *y, const double *x, size_t n, size_t window,
                             const hk_rolling_engle_granger_out *out, signed char *status);

#endif
