/* Augmented Dickey-Fuller and Engle-Granger tests with the lag chosen by an information criterion. */
#ifndef HEDGEKIT_UNIT_ROOT_H
#define HEDGEKIT_UNIT_ROOT_H

#include <stddef.h>

enum { HK_TREND_NONE = 0, HK_TREND_CONSTANT = 1, HK_TREND_LINEAR = 2 };
enum { HK_LAGS_FIXED = 0, HK_LAGS_AIC = 1, HK_LAGS_BIC = 2 };

typedef struct {
    double statistic;   /* t of the coefficient */
    double coefficient; /* of the level: 0 at a unit root */
    int lags, rows, status;
} hk_adf_result;

typedef struct {
    hk_adf_result adf;
    double slope, intercept, trend; /* of the first regression */
} hk_engle_granger_result;

/* -1 when there is no memory. */
int hk_adf(const double *series, size_t n, int trend, int most_lags, int criterion, hk_adf_result *out);

/* `rows` holds series of n values each; pair i regresses series y[i] on series x[i]. */
int hk_engle_granger(const double *rows, size_t series, size_t n, const int *y, const int *x, size_t pairs, int trend,
                     int most_lags, int criterion, hk_engle_granger_result *out);

int hk_unit_root_isa(void);
int hk_unit_root_set_isa(int level);

#endif
