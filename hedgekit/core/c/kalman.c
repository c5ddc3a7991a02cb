/* The Kalman filter of a regression with two walking coefficients.
 *
 * The covariance (bb, ba, aa) is updated through its determinant D: with F the forecast's variance and V that of the
 * observation, bb <- (D + bb V)/F, aa <- (D x^2 + aa V)/F, ba <- (ba V - D x)/F, D <- D V/F, and a step of the walks adds
 * bb q_a + aa q_b + q_a q_b to D. The usual P - K F K' subtracts nearly equal numbers after a wide prior or without
 * noise; here none are. */
#include "kalman.h"

#include <math.h>

#include "status.h"

#define LOG_2_PI 1.8378770664093454836

enum { NOTHING, LINE, STATE };

/* Before the state is known a diffuse start knows nothing, then one line: the value of beta x + alpha at `at`. */
typedef struct {
    int known;
    double beta, alpha, bb, ba, aa, determinant;
    double at, value, variance;
} hk_belief;

static void hk_learn_diffuse(hk_belief *s, double y, double x, double observation)
{
    double across = x - s->at;
    if (s->known == NOTHING) {
        s->known = LINE;
        s->at = x;
        s->value = y;
        s->variance = observation;
    } else if (across == 0.0) {
        double total = s->variance + observation;
        double gain = total > 0.0 ? s->variance / total : 0.5;
        s->value += gain * (y - s->value);
        s->variance *= 1.0 - gain;
    } else {
        s->known = STATE;
        s->beta = (y - s->value) / across;
        s->alpha = y - x * s->beta;
        s->bb = (s->variance + observation) / (across * across);
        s->ba = observation / across - x * s->bb;
        s->aa = observation - x * (2.0 * observation / across - x * s->bb);
        s->determinant = s->variance * observation / (across * across);
    }
}

static void hk_write(const hk_kalman_out *out, size_t t, const hk_belief *s, double error, double variance)
{
    int known = s->known == STATE;
    out->beta[t] = known ? s->beta : NAN;
    out->alpha[t] = known ? s->alpha : NAN;
    out->beta_variance[t] = known ? s->bb : NAN;
    out->covariance[t] = known ? s->ba : NAN;
    out->alpha_variance[t] = known ? s->aa : NAN;
    out->error[t] = error;
    out->error_variance[t] = variance;
}

static inline hk_likelihood hk_run(const double *y, const double *x, size_t n, const hk_noise *noise,
                                   const hk_prior *prior, size_t burn, const hk_kalman_out *out, signed char *status)
{
    hk_likelihood sums = {0, 0.0, 0.0};
    hk_belief s = {.known = prior->diffuse ? NOTHING : STATE,
                   .beta = prior->beta,
                   .alpha = prior->alpha,
                   .bb = prior->beta_variance,
                   .ba = prior->covariance,
                   .aa = prior->alpha_variance,
                   .determinant = prior->beta_variance * prior->alpha_variance - prior->covariance * prior->covariance};
    double observation = noise->observation;
    size_t seen = 0;
    double product = 1.0; /* one logarithm for many variances */

    for (size_t t = 0; t < n; t++) {
        double yt = y[t], xt = x[t];
        if (t) {
            s.determinant += s.bb * noise->alpha + (s.aa + noise->alpha) * noise->beta;
            s.bb += noise->beta;
            s.aa += noise->alpha;
            s.variance += noise->beta * s.at * s.at + noise->alpha;
        }
        if (!(isfinite(yt) && isfinite(xt))) {
            if (out) {
                hk_write(out, t, &s, NAN, NAN);
                status[t] = HK_INVALID_INPUT;
            }
            continue;
        }
        seen++;
        if (s.known != STATE) {
            hk_learn_diffuse(&s, yt, xt, observation);
            if (out) {
                hk_write(out, t, &s, NAN, NAN);
                status[t] = s.known == STATE ? HK_OK : HK_NOT_IDENTIFIED;
            }
            continue;
        }
        double lean_b = s.bb * xt + s.ba, lean_a = s.ba * xt + s.aa;
        double variance = lean_b * xt + lean_a + observation;
        double error = yt - (s.beta * xt + s.alpha);
        if (variance > 0.0) {
            double inverse = 1.0 / variance, gain_b = lean_b * inverse, gain_a = lean_a * inverse;
            s.beta += gain_b * error;
            s.alpha += gain_a * error;
            double spread = s.determinant * inverse, kept = observation * inverse;
            s.bb = spread + s.bb * kept;
            s.ba = s.ba * kept - spread * xt;
            s.aa = spread * xt * xt + s.aa * kept;
            s.determinant *= kept;
            if (seen > burn) {
                sums.count++;
                sums.squares += error * error * inverse;
                if (variance > 1e100 || variance < 1e-100) {
                    sums.log_variance += log(variance);
                } else {
                    product *= variance;
                    if (product > 1e150 || product < 1e-150) {
                        sums.log_variance += log(product);
                        product = 1.0;
                    }
                }
            }
        }
        if (out) {
            hk_write(out, t, &s, error, variance);
            /* Without any noise a certain state explains an observation or contradicts it. */
            status[t] = !isfinite(s.beta) || !isfinite(s.alpha) ? HK_INVALID_INPUT : HK_OK;
        }
    }
    sums.log_variance += log(product);
    return sums;
}

hk_likelihood hk_kalman_filter(const double *y, const double *x, size_t n, const hk_noise *noise,
                               const hk_prior *prior, size_t burn, const hk_kalman_out *out, signed char *status)
{
    /* Two copies of the loop: the likelihood alone writes nothing. */
    return out ? hk_run(y, x, n, noise, prior, burn, out, status) : hk_run(y, x, n, noise, prior, burn, NULL, NULL);
}

double hk_log_likelihood(const hk_likelihood *sums)
{
    return -0.5 * ((double)sums->count * LOG_2_PI + sums->log_variance + sums->squares);
}
