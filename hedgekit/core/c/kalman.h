/* Regression y_t = beta_t x_t + alpha_t + v_t whose coefficients walk at random: the filter and its likelihood. */
#ifndef HEDGEKIT_KALMAN_H
#define HEDGEKIT_KALMAN_H

#include <stddef.h>

typedef struct {
    double beta, alpha; /* variances a step of the walks */
    double observation; /* variance of v */
} hk_noise;

/* State before the first observation. A diffuse one knows nothing: the first two observations with different x set
 * the state and have no likelihood. */
typedef struct {
    int diffuse;
    double beta, alpha, beta_variance, covariance, alpha_variance;
} hk_prior;

typedef struct {
    double *beta, *alpha, *beta_variance, *covariance, *alpha_variance; /* after the observation */
    double *error, *error_variance;                                     /* of its forecast */
} hk_kalman_out;

typedef struct {
    size_t count;            /* forecasts that count */
    double log_variance;     /* sum of log error_variance */
    double squares;          /* sum of error^2 / error_variance */
} hk_likelihood;

/* `out` and `status` may be NULL together; the likelihood leaves out the first `burn` finite observations. */
hk_likelihood hk_kalman_filter(const double *y, const double *x, size_t n, const hk_noise *noise,
                               const hk_prior *prior, size_t burn, const hk_kalman_out *out, signed char *status);

double hk_log_likelihood(const hk_likelihood *sums);

typedef struct {
    hk_noise noise;
    double log_likelihood;
    int evaluations, status;
} hk_kalman_fit;

/* Noise variances of greatest likelihood from a diffuse start. */
hk_kalman_fit hk_kalman_maximum_likelihood(const double *y, const double *x, size_t n, int most_evaluations);

#endif
