/* Finite differences for the spot model with cash dividends, several options in lock step.
 *
 * Between ex-dates, with y = ln(S) + (r - q - sigma^2/2) theta (theta: time before the period's end) and
 * U = exp(r theta) V, the value satisfies U_theta = sigma^2/2 U_yy: compact fourth-order differences in space,
 * SDIRK2 in time (Alexander, SIAM J. Numer. Anal. 14 (1977), gamma = 1 - 1/sqrt(2)), time steps even in
 * sqrt(theta), restarted at every ex-date. The matrix is symmetric Toeplitz and its LU two scalars.
 * Early exercise: Brennan and Schwartz (J. Finance 32 (1977)), the node below the exercise boundary being
 * replaced by the smooth continuation of the held value, whose second derivative exceeds that of the exercise
 * value by 2 phi (q S - r K) / sigma^2 (from V_t = 0 at the boundary). Kinks are smoothed by the fourth-order
 * kernel of Kreiss, Thomee and Widlund (Comm. Pure Appl. Math. 23 (1970)).
 *
 * Node 0 is the deep in-the-money end, node N - 1 the out-of-the-money end, for calls and puts alike. */

#include "cash_dividends_lanes.h"

/* Adds what smoothing changes at a kink c1 x + c2 x^2/2 + c3 x^3/6 (x > 0, in nodes, x = side (j - at)). */
static void HK_NAME(smooth_kink)(vd *u, vd *lowered, int n, int lane, double at, double side, double c1, double c2,
                                 double c3)
{
    static const double stencil[7] = {-1.0 / 6, 2, -6.5, 28.0 / 3, -6.5, 2, -1.0 / 6};
    static const double factorial[8] = {1, 1, 2, 6, 24, 120, 720, 5040};
    if (!(at > 2.0 && at < n - 3.0))
        return;
    int from = (int)at - 3;
    for (int j = from < 1 ? 1 : from; j <= from + 7 && j < n - 1; j++) {
        double x = side * (j - at), change = 0;
        if (x <= -3.0 || x >= 3.0)
            continue;
        const double c[3] = {c1, c2, c3};
        double smooth[3] = {0, 0, 0};
        for (int k = -3; k <= 3; k++) {
            double z = x + k;
            if (z <= 0)
                continue;
            double z5 = z * z * z * z * z;
            smooth[0] += stencil[k + 3] * z5 / factorial[5];
            smooth[1] += stencil[k + 3] * z5 * z / factorial[6];
            smooth[2] += stencil[k + 3] * z5 * z * z / factorial[7];
        }
        double xp = x > 0 ? x : 0, power = 1;
        for (int p = 0; p < 3; p++) {
            power *= xp / (p + 1);
            change += c[p] * (smooth[p] - power);
        }
        u[j][lane] += change;
        if (lowered && change < 0)
            lowered[j][lane] += change;
    }
}

typedef struct {
    /* constant over a period */
    vd phi, strike, twice_over_var; /* 2 / sigma^2 */
    vd rate, yield, half_var;       /* sigma^2 / 2 */
    vd q_leg, k_leg;                /* deep in the money V = phi (q_leg S - k_leg) until exercise pays more */
    vi american;
    /* the boundary between the exercised and the held nodes, in nodes; -1 none */
    vd boundary, bend; /* bend: half of the jump of the second difference there */
} HK_NAME(period);

/* One implicit stage: out = solution of (M - a U_yy) out = M rhs with the exercise constraint at that time. */
static void HK_NAME(stage)(HK_NAME(period) *p, int n, const vd *restrict rhs, const vd *restrict e,
                           const vd *restrict lowered, vd *restrict y, vd *restrict out, vd ratio, vd h2, vd theta)
{
    /* ratio = gamma sigma^2 dtheta / (2 h^2) */
    const vd one = HK_NAME(splat)(1.0);
    vd a = ratio - 1.0 / 12, b = 2.0 * ratio + 10.0 / 12;
    vd d = 0.5 * (b + HK_NAME(vsqrt)(b * b - 4.0 * a * a));
    vd inv = 1.0 / d, alpha = a * inv, m0 = inv * (10.0 / 12), m1 = inv * (1.0 / 12);

    vd carry = one * 0.0;
    for (int j = n - 2; j >= 1; j--) {
        carry = alpha * carry + (m0 * rhs[j] + m1 * (rhs[j - 1] + rhs[j + 1]));
        y[j] = carry;
    }
    y[n - 1] = one * 0.0;

    vd growth_k = HK_NAME(vexp)(p->rate * theta), growth_s = HK_NAME(vexp)((p->yield + p->half_var) * theta);
    vd ka = p->phi * p->strike * growth_k, sb = p->phi * growth_s;
    vd deep = p->phi * (p->q_leg * e[0] * HK_NAME(vexp)(p->half_var * theta) - p->k_leg);
    vd g_prev = e[0] * sb - ka + lowered[0];
    vi held = ~p->american | (deep > g_prev);
    vd u = HK_NAME(pick)(held, HK_NAME(vmax)(deep, one * 0.0), g_prev);
    vd jump_q = p->twice_over_var * p->yield * sb * h2, jump_k = p->twice_over_var * p->rate * ka * h2;
    vd boundary = HK_NAME(pick)(held, one * -1.0, one * (double)(n - 1));
    vd bend = one * 0.0;
    out[0] = u;
    int j = 1;
    for (; j < n - 1 && !HK_NAME(all)(held); j++) {
        vd g = e[j] * sb - ka + lowered[j];
        vd jump = jump_q * e[j] - jump_k;
        vd w = y[j] + alpha * g_prev - g;
        vi starts = ~held & ~((jump > 0.0) & (2.0 * w <= -alpha * jump));
        vd plain = y[j] + alpha * u;
        u = HK_NAME(pick)(held, plain, g);
        if (HK_NAME(any)(starts)) {
            vd safe = HK_NAME(pick)(jump > 0.0, jump, one);
            vd omega = 2.0 * w / safe;
            vd beta = 1.0 - alpha;
            vd root = 1.0 - beta * (1.0 - omega);
            vd dist = (1.0 - HK_NAME(vsqrt)(HK_NAME(vmax)(root, one * 0.0))) / beta;
            dist = HK_NAME(vmax)(dist, one * 0.0);
            dist = HK_NAME(pick)((jump > 0.0) & (dist < 1.0), dist, HK_NAME(pick)(jump > 0.0, one, one * 0.0));
            vd half = HK_NAME(pick)(starts & (jump > 0.0), 0.5 * jump, one * 0.0);
            vd ghost = g_prev + half * dist * dist;
            u = HK_NAME(pick)(starts, y[j] + alpha * ghost, u);
            boundary = HK_NAME(pick)(starts, (double)(j - 1) + dist, boundary);
            bend = HK_NAME(pick)(starts, half, bend);
            held |= starts;
        }
        g_prev = g;
        out[j] = u;
    }
    for (; j < n - 1; j++) {
        u = y[j] + alpha * u;
        out[j] = u;
    }
    out[n - 1] = one * 0.0;
    p->boundary = boundary;
    p->bend = bend;
}

/* Replaces the exercise value by the continuation of the held value at the four nodes below the boundary,
 * so that differences and interpolation may reach across it. */
static void HK_NAME(continue_below)(const HK_NAME(period) *p, int n, vd *u)
{
    for (int l = 0; l < LANES; l++) {
        int j = (int)p->boundary[l];
        for (int k = 0; k < 4 && j - k >= 0 && p->boundary[l] >= 0; k++) {
            double away = p->boundary[l] - (j - k);
            if (j - k < n)
                u[j - k][l] += p->bend[l] * away * away;
        }
    }
}

/* Values the tasks of one block: `lanes` tasks (padded by the caller to LANES) of the same shape. */
static void HK_NAME(block)(hk_cd_task *const *task, const hk_cd_shape *shape, const hk_cd_schedule *dividends, void *scratch)
{
    vd *u = scratch;
    vd *v = u + HK_CD_MAX_NODES, *y = v + HK_CD_MAX_NODES, *e = y + HK_CD_MAX_NODES, *w = e + HK_CD_MAX_NODES;
    vd *lowered = w + HK_CD_MAX_NODES;
    const vd zero = {0}, one = zero + 1.0;
    const double gamma = 1.0 - M_SQRT1_2;
    int n_live = task[0]->n_live;
    vd centre[HK_CD_MAX_LIVE + 1]; /* the spot the period starts from, seen from today */
    vd phi, strike, rate, yield, vol, t_years, step, end_strike, mu;
    vi american;
    for (int l = 0; l < LANES; l++) {
        const hk_cd_task *o = task[l];
        phi[l] = o->phi;
        strike[l] = o->strike;
        rate[l] = o->rate;
        yield[l] = o->yield;
        vol[l] = o->vol;
        t_years[l] = o->t_years;
        american[l] = o->american ? -1 : 0;
        step[l] = shape->spacing * o->base_vol * sqrt(o->t_years);
        end_strike[l] = o->strike + o->at_expiry;
        double drift = o->rate - o->yield - 0.5 * o->vol * o->vol;
        mu[l] = drift;
        double path = o->spot, before = 0;
        centre[0][l] = path;
        for (int i = 0; i < n_live; i++) {
            path *= exp(drift * (dividends->time[i] - before));
            before = dividends->time[i];
            double left = path - dividends->amount[i];
            path = left > 0.05 * path ? left : 0.05 * path;
            centre[i + 1][l] = path;
        }
    }
    HK_NAME(period) p = {.phi = phi, .strike = strike, .rate = rate, .yield = yield, .half_var = 0.5 * vol * vol,
                         .twice_over_var = 2.0 / (vol * vol), .american = american, .q_leg = one, .k_leg = end_strike,
                         .boundary = one * -1.0};
    vd h2 = step * step;
    vd base = zero, base_before = zero, end_before = zero; /* ln of the spot at the centre node */
    vd at_zero = HK_NAME(pick)(phi < 0.0, strike, zero); /* value of the option once the spot is nil */
    int n_before = 0, mid_before = 0;

    for (int period = 0; period <= n_live; period++) {
        int date = n_live - period; /* the period starts (looking forward) at this dividend; 0: today */
        int mid = shape->nodes[period], n = 2 * mid + 1, m = shape->steps[period];
        vd begin = date ? one * dividends->time[date - 1] : zero;
        vd end = period ? one * dividends->time[date] : t_years;
        vd length = end - begin;
        base = HK_NAME(vlog)(centre[date]) + mu * length;
        vd ratio = HK_NAME(vexp)(-phi * step);
        vd s = HK_NAME(vexp)(base + phi * step * (double)mid);
        for (int j = 0; j < n; j++) {
            e[j] = s;
            s *= ratio;
            lowered[j] = zero;
        }
        if (period == 0) {
            for (int j = 0; j < n; j++)
                v[j] = HK_NAME(vmax)(HK_NAME(pick)((phi < 0.0) & (end_strike - e[j] > strike), strike, phi * (e[j] - end_strike)), zero);
            vd at = (double)mid - phi * (HK_NAME(vlog)(end_strike) - base) / step;
            for (int l = 0; l < LANES; l++) {
                double k = end_strike[l], h = step[l];
                /* In the money x = at - j > 0 nodes: the payoff is phi K (exp(phi x h) - 1). */
                double c = k * h;
                HK_NAME(smooth_kink)(v, lowered, n, l, at[l], -1.0, c, phi[l] * c * h, c * h * h);
            }
        } else {
            double cash = dividends->amount[date];
            vd frame = mu * (end_before);
            /* The value just after the date, on the grid of the later period u, boundary p.boundary. */
            vd kink_after = p.boundary;
            for (int j = 0; j < n; j++) {
                vd left = e[j] - cash;
                vi alive = left > 0.0;
                vd safe = HK_NAME(pick)(alive, left, one);
                vd pos = (double)mid_before - phi * (HK_NAME(vlog)(safe) + frame - base_before) / step;
                vd deep = phi * (p.q_leg * left - p.k_leg);
                deep = HK_NAME(vmax)(deep, zero);
                deep = HK_NAME(pick)((phi < 0.0) & (deep > at_zero), at_zero, deep);
                vd exercise = phi * (left - strike);
                vd inside = HK_NAME(pick)(pos > 2.0, pos, one * 2.0);
                inside = HK_NAME(pick)(inside < (double)(n_before - 4), inside, one * (double)(n_before - 4));
                vd t, q[6];
                for (int l = 0; l < LANES; l++) {
                    int i = (int)inside[l];
                    t[l] = inside[l] - i;
                    for (int k = 0; k < 6; k++)
                        q[k][l] = u[i - 2 + k][l];
                }
                vd a = t + 2.0, b = t + 1.0, c = t - 1.0, d = t - 2.0, f = t - 3.0;
                vd value = -q[0] * (b * t * c * d * f) * (1.0 / 120) + q[1] * (a * t * c * d * f) * (1.0 / 24) -
                           q[2] * (a * b * c * d * f) * (1.0 / 12) + q[3] * (a * b * t * d * f) * (1.0 / 12) -
                           q[4] * (a * b * t * c * f) * (1.0 / 24) + q[5] * (a * b * t * c * d) * (1.0 / 120);
                value = HK_NAME(pick)(american & (pos < kink_after), exercise, value);
                /* beyond the grid */
                value = HK_NAME(pick)(pos < 2.0, HK_NAME(pick)(american & (kink_after > 2.0), exercise, deep), value);
                value = HK_NAME(pick)(pos > (double)(n_before - 4), zero, value);
                value = HK_NAME(pick)(alive, value, at_zero);
                v[j] = HK_NAME(vmax)(value, zero);
            }
            for (int l = 0; l < LANES; l++) {
                /* second-derivative jump carried over from the boundary just after the date */
                if (american[l] && kink_after[l] > 0 && kink_after[l] < n_before - 2) {
                    double s_after = exp(base_before[l] - frame[l] - phi[l] * (kink_after[l] - mid_before) * step[l]);
                    double s_kink = s_after + cash;
                    double at = mid - phi[l] * (log(s_kink) - base[l]) / step[l];
                    double jump = phi[l] * (yield[l] * s_after - rate[l] * strike[l]) * p.twice_over_var[l] *
                                  (s_kink / s_after) * (s_kink / s_after) * h2[l];
                    HK_NAME(smooth_kink)(v, 0, n, l, at, 1.0, 0.0, jump, 0.0);
                }
                /* a call may be exercised for the dividend: the higher of two values that cross */
                if (american[l] && phi[l] > 0) {
                    int last = -1;
                    for (int j = 0; j < n; j++)
                        if (e[j][l] - strike[l] > v[j][l])
                            last = j;
                    if (last >= 0) {
                        double at = -1, c1 = 0, c2 = 0;
                        if (last >= 1 && last + 2 < n) {
                            double g0 = e[last - 1][l] - strike[l] - v[last - 1][l];
                            double g1 = e[last][l] - strike[l] - v[last][l];
                            double g2 = e[last + 1][l] - strike[l] - v[last + 1][l];
                            double g3 = e[last + 2][l] - strike[l] - v[last + 2][l];
                            /* cubic through four nodes, root by Newton from the chord */
                            double k1 = -g0 / 3 - g1 / 2 + g2 - g3 / 6, k2 = g0 - 2 * g1 + g2, k3 = g3 - 3 * g2 + 3 * g1 - g0;
                            double x = g1 / (g1 - g2);
                            for (int it = 0; it < 3; it++) {
                                double f = g1 + x * (k1 + x * (k2 / 2 + x * k3 / 6)), df = k1 + x * (k2 + x * k3 / 2);
                                if (df < 0)
                                    x -= f / df;
                                x = x < 0 ? 0 : x > 1 ? 1 : x;
                            }
                            at = last + x;
                            c1 = -(k1 + x * (k2 + x * k3 / 2));
                            c2 = k2 + x * k3;
                            for (int j = 0; j <= last; j++)
                                v[j][l] = e[j][l] - strike[l];
                            HK_NAME(smooth_kink)(v, 0, n, l, at, -1.0, c1, c2, -k3);
                        } else {
                            for (int j = 0; j <= last; j++)
                                v[j][l] = e[j][l] - strike[l];
                        }
                    }
                }
            }
            p.k_leg += p.q_leg * cash;
            {
                /* deep in the money just before the date */
                vd hold = phi * (p.q_leg * e[0] - p.k_leg), now = phi * (e[0] - strike);
                vi go = american & (now > hold);
                p.k_leg = HK_NAME(pick)(go, strike, p.k_leg);
                p.q_leg = HK_NAME(pick)(go, one, p.q_leg);
            }
        }
        /* march */
        vd done = zero;
        for (int i = 1; i <= m; i++) {
            double f = (double)i / m;
            vd now = length * (f * f), dt = now - done;
            vd r = gamma * p.half_var * dt / h2;
            HK_NAME(stage)(&p, n, v, e, lowered, y, u, r, h2, done + gamma * dt);
            for (int j = 0; j < n; j++)
                w[j] = (1.0 + M_SQRT2) * u[j] - M_SQRT2 * v[j];
            HK_NAME(stage)(&p, n, w, e, lowered, y, u, r, h2, now);
            vd *t = v;
            v = u;
            u = t;
            done = now;
        }
        vd *spare = v;
        v = u;
        u = spare; /* u: values at the period's start */
        HK_NAME(continue_below)(&p, n, u);
        vd discount = HK_NAME(vexp)(-rate * length);
        for (int j = 0; j < n; j++)
            u[j] *= discount;
        vd spot_end = e[0] * HK_NAME(vexp)(-mu * length);
        p.k_leg *= discount;
        p.q_leg *= HK_NAME(vexp)(-yield * length);
        vi go = american & (phi * (spot_end - strike) > phi * (p.q_leg * spot_end - p.k_leg));
        p.k_leg = HK_NAME(pick)(go, strike, p.k_leg);
        p.q_leg = HK_NAME(pick)(go, one, p.q_leg);
        at_zero *= discount;
        at_zero = HK_NAME(pick)(american & (phi < 0.0) & (strike > at_zero), strike, at_zero);
        base_before = base;
        end_before = length;
        n_before = n;
        mid_before = mid;
    }
    for (int l = 0; l < LANES; l++) {
        hk_cd_task *o = task[l];
        double h = -phi[l] * step[l]; /* d x for one node */
        const vd *at = u + mid_before;
        double f[7];
        for (int k = -3; k <= 3; k++)
            f[k + 3] = at[k][l];
        o->value = f[3];
        o->v_x = ((f[4] - f[2]) * 45 - (f[5] - f[1]) * 9 + (f[6] - f[0])) / (60 * h);
        o->v_xx = (-490 * f[3] + 270 * (f[4] + f[2]) - 27 * (f[5] + f[1]) + 2 * (f[6] + f[0])) / (180 * h * h);
        o->v_xxx = (-13 * (f[4] - f[2]) + 8 * (f[5] - f[1]) - (f[6] - f[0])) / (8 * h * h * h);
        o->exercised = american[l] && p.boundary[l] >= mid_before;
    }
}

#undef vd
#undef vi
#undef LANES
#undef HK_CD_INLINE
