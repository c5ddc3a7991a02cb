/* What is known of an option without solving for it: the closed form where neither early exercise nor a
 * dividend matters, and the value at zero volatility. */
#ifndef HEDGEKIT_CASH_DIVIDENDS_LIMITS_H
#define HEDGEKIT_CASH_DIVIDENDS_LIMITS_H

#include "cash_dividends_task.h"

static inline double hk_cd_phi(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Black-Scholes-Merton value; derivatives in x = ln(spot) when wanted. */
static inline double hk_cd_black(double phi, double spot, double strike, double t, double rate, double yield,
                                 double vol, hk_cd_task *derivatives)
{
    double root = vol * sqrt(t), s = spot * exp(-yield * t), k = strike * exp(-rate * t);
    double d1 = (log(spot / strike) + (rate - yield) * t) / root + 0.5 * root, d2 = d1 - root;
    double n1 = hk_cd_phi(phi * d1), value = phi * (s * n1 - k * hk_cd_phi(phi * d2));
    if (derivatives) {
        double density = s * exp(-0.5 * d1 * d1) * 0.3989422804014327 / root;
        derivatives->v_x = phi * s * n1;
        derivatives->v_xx = phi * s * n1 + density;
        derivatives->v_xxx = phi * s * n1 + density * (2 - d1 / root);
    }
    return value > 0 ? value : 0;
}

static inline double hk_cd_exercise(double phi, double spot, double strike)
{
    double v = phi * (spot - strike);
    return v > 0 ? v : 0;
}

/* Value when the spot follows its forward path: European, or the best time to exercise along it. */
static inline double hk_cd_zero_vol(const hk_cd_task *o, const hk_cd_schedule *dividends)
{
    double path = o->spot, best = hk_cd_exercise(o->phi, o->spot, o->strike), before = 0;
    double drift = o->rate - o->yield;
    for (int i = 0; i <= o->n_live; i++) {
        double until = i < o->n_live ? dividends->time[i] : o->t_years;
        if (path > 0 && o->rate != 0 && o->yield != 0 && o->rate != o->yield) {
            /* exp(-r t)(S - K) is stationary where q S = r K */
            double ratio = o->rate * o->strike / (o->yield * path);
            double at = ratio > 0 ? before + log(ratio) / drift : -1;
            if (at > before && at < until) {
                double v = exp(-o->rate * at) * hk_cd_exercise(o->phi, path * exp(drift * (at - before)), o->strike);
                best = v > best ? v : best;
            }
        }
        path *= exp(drift * (until - before));
        double v = exp(-o->rate * until) * hk_cd_exercise(o->phi, path, o->strike);
        best = v > best ? v : best;
        if (i < o->n_live) {
            path = path > dividends->amount[i] ? path - dividends->amount[i] : 0;
            v = exp(-o->rate * until) * hk_cd_exercise(o->phi, path, o->strike);
            best = v > best ? v : best;
        }
        before = until;
    }
    path = path > o->at_expiry ? path - o->at_expiry : 0;
    double end = exp(-o->rate * o->t_years) * hk_cd_exercise(o->phi, path, o->strike);
    if (!o->american)
        return end;
    return best > end ? best : end;
}

/* Least upper bound of the value over all volatilities. */
static inline double hk_cd_maximum(const hk_cd_task *o)
{
    double carry = o->phi > 0 ? o->yield : o->rate;
    double most = (o->phi > 0 ? o->spot : o->strike) * exp(-carry * o->t_years);
    double now = o->phi > 0 ? o->spot : o->strike;
    return o->american && now > most ? now : most;
}

#endif
