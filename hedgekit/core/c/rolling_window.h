/* What both rolling regressions share.
 *
 * Sums that slide by adding the new point and subtracting the old one keep the rounding of every point that ever
 * passed: after one price of 1e8 the rest are worthless. Here nothing is subtracted. The window is cut at a fixed
 * point (the base): sums of its older part were all made at once, backwards from the base; the newer part is summed
 * as it comes. Both are about the mean of the window at the base, so that a large offset costs no digits. When the
 * older part is used up, or the window has wandered away from that mean, a new base is set. */
#ifndef HEDGEKIT_ROLLING_WINDOW_H
#define HEDGEKIT_ROLLING_WINDOW_H

#include <float.h>
#include <math.h>
#include <stddef.h>

/* Squared distance of the window's mean from the centre, in units of its variance, beyond which a new base pays: it
 * costs as many digits as the decimal logarithm of this. */
#define HK_WANDERED 1e3

/* Below this share of the variance left unexplained, residuals are summed one by one: a difference of sums would
 * have lost more than five digits. */
#define HK_CLOSE_FIT 1e-5

/* A regressor that varies by less than a few of its last digits does not determine a slope. */
static inline int hk_constant(double sum_of_squares, double window, double level)
{
    double grain = 4.0 * DBL_EPSILON * level;
    return !(sum_of_squares > window * grain * grain);
}

/* Four sums side by side: one would wait for each addition. */
static inline double hk_mean(const double *values, size_t count)
{
    double first = values[0], sum[4] = {0.0, 0.0, 0.0, 0.0};
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += values[i + k] - first;
    for (; i < count; i++)
        sum[0] += values[i] - first;
    return first + ((sum[0] + sum[1]) + (sum[2] + sum[3])) / (double)count;
}

#endif
