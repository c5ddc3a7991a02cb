/* Noise of greatest likelihood: Nelder-Mead in the logarithms of the two variance ratios, the scale in closed form.
 *
 * From a diffuse start the forecasts do not change when all three variances are multiplied by one number, so the best
 * scale is the mean of the standardised squares and two unknowns remain. */
#include <float.h>
#include <math.h>

#include "kalman.h"
#include "status.h"

#define LOG_2_PI 1.8378770664093454836

/* Ratios beyond exp(+-40) cannot be told from zero and infinity. */
#define FARTHEST 40.0

typedef struct {
    const double *y, *x;
    size_t n;
    double beta_unit; /* mean x^2: makes the walk of beta comparable with the others */
    int evaluations;
} hk_series;

typedef struct {
    double at[2], value;
} hk_vertex;

static const hk_prior diffuse = {1, 0.0, 0.0, 0.0, 0.0, 0.0};

/* Scales `noise` to its best and returns minus the log-likelihood there. */
static double hk_scaled(hk_series *series, hk_noise *noise)
{
    hk_likelihood sums = hk_kalman_filter(series->y, series->x, series->n, noise, &diffuse, 0, NULL, NULL);
    double count = (double)sums.count, scale = sums.squares / count;
    series->evaluations++;
    if (!(scale > 0.0) || !isfinite(scale) || !isfinite(sums.log_variance))
        return INFINITY;
    noise->beta *= scale;
    noise->alpha *= scale;
    noise->observation *= scale;
    return 0.5 * (count * (LOG_2_PI + 1.0 + log(scale)) + sums.log_variance);
}

static hk_noise hk_noise_at(const hk_series *series, const double at[2])
{
    /* The largest of the three is 1, so that none overflows. */
    double most = fmax(0.0, fmax(at[0], at[1]));
    hk_noise noise = {exp(at[0] - most) / series->beta_unit, exp(at[1] - most), exp(-most)};
    return noise;
}

static double hk_value(hk_series *series, const double at[2])
{
    if (fabs(at[0]) > FARTHEST || fabs(at[1]) > FARTHEST)
        return INFINITY;
    hk_noise noise = hk_noise_at(series, at);
    return hk_scaled(series, &noise);
}

static hk_vertex hk_between(hk_series *series, const hk_vertex *from, const double centre[2], double step)
{
    hk_vertex v;
    for (int i = 0; i < 2; i++)
        v.at[i] = centre[i] + step * (centre[i] - from->at[i]);
    v.value = hk_value(series, v.at);
    return v;
}

static void hk_sort(hk_vertex v[3])
{
    for (int i = 1; i < 3; i++)
        for (int j = i; j > 0 && v[j].value < v[j - 1].value; j--) {
            hk_vertex swap = v[j];
            v[j] = v[j - 1];
            v[j - 1] = swap;
        }
}

/* Returns whether it converged: values within 1e-9 of each other. */
static int hk_nelder_mead(hk_series *series, hk_vertex *best, double edge, int most_evaluations)
{
    hk_vertex v[3] = {*best, *best, *best};
    for (int i = 0; i < 2; i++) {
        v[i + 1].at[i] += v[i + 1].at[i] > 0.0 ? -edge : edge;
        v[i + 1].value = hk_value(series, v[i + 1].at);
    }
    int converged = 0;
    while (!converged && series->evaluations < most_evaluations) {
        hk_sort(v);
        double centre[2] = {0.5 * (v[0].at[0] + v[1].at[0]), 0.5 * (v[0].at[1] + v[1].at[1])};
        hk_vertex next = hk_between(series, &v[2], centre, 1.0);
        if (next.value < v[0].value) {
            hk_vertex farther = hk_between(series, &v[2], centre, 2.0);
            v[2] = farther.value < next.value ? farther : next;
        } else if (next.value < v[1].value) {
            v[2] = next;
        } else {
            int outside = next.value < v[2].value;
            hk_vertex nearer = hk_between(series, &v[2], centre, outside ? 0.5 : -0.5);
            if (nearer.value < (outside ? next.value : v[2].value)) {
                v[2] = nearer;
            } else {
                for (int k = 1; k < 3; k++) {
                    for (int i = 0; i < 2; i++)
                        v[k].at[i] = 0.5 * (v[k].at[i] + v[0].at[i]);
                    v[k].value = hk_value(series, v[k].at);
                }
            }
        }
        double low = fmin(v[0].value, fmin(v[1].value, v[2].value));
        double high = fmax(v[0].value, fmax(v[1].value, v[2].value));
        converged = high - low < 1e-9;
    }
    hk_sort(v);
    *best = v[0];
    return converged;
}

hk_kalman_fit hk_kalman_maximum_likelihood(const double *y, const double *x, size_t n, int most_evaluations)
{
    hk_kalman_fit fit = {{NAN, NAN, NAN}, NAN, 0, HK_NOT_IDENTIFIED};
    hk_series series = {y, x, n, 0.0, 0};
    size_t finite = 0;
    for (size_t t = 0; t < n; t++)
        if (isfinite(y[t]) && isfinite(x[t])) {
            series.beta_unit += x[t] * x[t];
            finite++;
        }
    if (finite < 5 || !(series.beta_unit > 0.0))
        return fit;
    series.beta_unit /= (double)finite;

    /* The likelihood can have several hills: begin on the highest of a coarse grid. */
    static const double start[] = {-18.0, -12.0, -7.0, -3.0, 0.0, 4.0};
    enum { STARTS = sizeof start / sizeof *start };
    hk_vertex best = {{0.0, 0.0}, INFINITY};
    for (int i = 0; i < STARTS; i++)
        for (int j = 0; j < STARTS; j++) {
            hk_vertex v = {{start[i], start[j]}, 0.0};
            v.value = hk_value(&series, v.at);
            if (v.value < best.value)
                best = v;
        }
    if (!isfinite(best.value))
        return fit;
    int converged = hk_nelder_mead(&series, &best, 3.0, most_evaluations);
    /* A collapsed simplex may stop on a slope: a fresh one tells. */
    converged = hk_nelder_mead(&series, &best, 1.0, most_evaluations) && converged;

    fit.noise = hk_noise_at(&series, best.at);
    double least = hk_scaled(&series, &fit.noise);
    double *parts[3] = {&fit.noise.observation, &fit.noise.beta, &fit.noise.alpha};
    for (int i = 0; i < 3; i++) {
        /* A variance that makes no difference is zero. */
        hk_noise kept = fit.noise;
        *parts[i] = 0.0;
        double without = hk_scaled(&series, &fit.noise);
        if (without <= least + 1e-7)
            least = fmin(without, least);
        else
            fit.noise = kept;
    }
    fit.log_likelihood = -least;
    fit.evaluations = series.evaluations;
    fit.status = converged ? HK_OK : HK_NO_CONVERGENCE;
    return fit;
}
