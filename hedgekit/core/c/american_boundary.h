/* Template: the exercise boundary by spectral collocation with full Newton steps.
 *
 * Everything is a put with strike 1 (put-call symmetry and homogeneity). B(tau) solves
 *     c(tau, B) = int_0^tau r e^(-ru) Phi(d2) - q B e^(-qu) Phi(d1) du,
 * the European time value given up against the interest earned by exercising (Kim 1990,
 * value matching rearranged). The unknown is l = ln B at Chebyshev nodes in sqrt(tau);
 * l^2 - lx^2 is interpolated, lx = ln B(0+), which is smooth where l itself has a square
 * root at zero (Andersen, Lake and Offengenden 2016 use ln(B/X)^2 about X = B(0+), which
 * dips below zero when q > r).
 *
 * With q < r < 0 exercise is optimal between two boundaries. Neither can be reached from
 * outside except through the other, so each solves a problem of its own: the upper one
 * the equation above, the lower one (exercise above it, down-side still alive)
 *     0 = int_0^tau r e^(-ru) Phi(-d2) - q B e^(-qu) Phi(-d1) du
 * (Andersen and Lake 2021). */

/* The put of each lane, strike 1. */
typedef struct {
    VD r, q, vol, t;
    VD drift;       /* r - q - vol^2 / 2 */
    VD lx, lx2;     /* log of the boundary just before expiry, and its square */
    VD lx2_by_r, lx2_by_q;
    VD low, high;   /* the boundary's log never leaves [low, high] */
} HK_NAME(hk_am_put);

/* Roots of the perpetual problem give the boundary at infinite time, a bound for r > 0. */
HK_INLINE VD HK_NAME(perpetual_log)(VD r, VD q, VD vol)
{
    VD var = vol * vol;
    VD n1 = 2.0 * (r - q) / var - 1.0;
    VD disc = HK_NAME(vmax)(n1 * n1 + 8.0 * r / var, HK_NAME(all)(0.0));
    VD root = HK_NAME(vsqrt)(disc);
    /* The two forms agree; each is free of cancellation on its own side of n1 = 0. */
    VD minus = HK_NAME(pick)(HK_NAME(less)(n1, HK_NAME(all)(0.0)), -4.0 * r / (var * (root - n1)), -0.5 * (n1 + root));
    VD boundary = minus / (minus - 1.0);
    return HK_NAME(vlog)(HK_NAME(vmax)(boundary, HK_NAME(all)(1e-30)));
}

/* Barone-Adesi and Whaley's (1987) critical price at each node, as a starting point. */
HK_INLINE void HK_NAME(seed)(const hk_am_nodes *nodes, int n, const HK_NAME(hk_am_put) *put, VD *l)
{
    const VD zero = HK_NAME(all)(0.0), one = HK_NAME(all)(1.0);
    VD var = put->vol * put->vol, root_t = HK_NAME(vsqrt)(put->t);
    VD n1 = 2.0 * (put->r - put->q) / var - 1.0;
    VD guess = put->lx;
    for (int i = 0; i < n; i++) {
        VD root_tau = root_t * nodes->root[i];
        VD tau = root_tau * root_tau;
        VD s = put->vol * root_tau, per_s = 1.0 / s;
        VD er = HK_NAME(quick_exp)(-put->r * tau), eq = HK_NAME(quick_exp)(-put->q * tau);
        VD earned = 1.0 - er;
        VD rt = put->r * tau;
        /* r tau / (1 - e^(-r tau)), its series where the quotient cancels */
        VM cancels = HK_NAME(less)(HK_NAME(vabs)(rt), HK_NAME(all)(1e-5));
        VD growth = HK_NAME(pick)(cancels, 1.0 + 0.5 * rt, rt / HK_NAME(pick)(cancels, one, earned));
        VD minus = -0.5 * (n1 + HK_NAME(vsqrt)(HK_NAME(vmax)(n1 * n1 + 8.0 * per_s * per_s * growth, zero)));
        VD per_minus = 1.0 / HK_NAME(vmin)(minus, HK_NAME(all)(-1e-12));
        VD x = HK_NAME(vmin)(guess, put->lx) - (i == 0 ? 1.0 : 0.1) * s;
        for (int step = 0; step < 3; step++) {
            VD d1 = (x + (put->drift + var) * tau) * per_s, d2 = d1 - s;
            VD ex = HK_NAME(quick_exp)(x);
            VD bell2 = er * HK_NAME(quick_density)(d2); /* = ex eq phi(d1) */
            VD tail1 = bell2 * HK_NAME(quick_mills)(1.0 / (1.0 + 0.28 * HK_NAME(vabs)(d1)));
            VD tail2 = bell2 * HK_NAME(quick_mills)(1.0 / (1.0 + 0.28 * HK_NAME(vabs)(d2)));
            VD put1 = HK_NAME(pick)(HK_NAME(less)(d1, zero), ex * eq - tail1, tail1);
            VD put2 = HK_NAME(pick)(HK_NAME(less)(d2, zero), er - tail2, tail2);
            VD left = 1.0 - ex - (put2 - put1) + (ex - put1) * per_minus;
            VD slope = put1 - ex + per_minus * (ex - put1 + bell2 * per_s);
            VD move = -left / HK_NAME(vmin)(slope, HK_NAME(all)(-1e-12));
            x += HK_NAME(vmin)(HK_NAME(vmax)(move, -2.0 * s), 2.0 * s);
            x = HK_NAME(vmin)(HK_NAME(vmax)(x, put->low), put->lx - 0.02 * s);
        }
        guess = x;
        l[i] = x;
    }
}

/* The square of the boundary's log at the points of a row of interpolation weights. Between the start and the first
 * node the interpolant can cross the boundary's start; it is held there. */
HK_INLINE VD HK_NAME(square_at)(const double *row, int n, const VD *g, VD lx2, int lower, VM *held)
{
    VD square = HK_NAME(all)(0.0);
    for (int j = 0; j < n; j++)
        square += row[j] * g[j];
    *held = HK_NAME(less)(lower ? -square : square, 1e-12 * lx2 + 1e-28);
    return HK_NAME(vmax)(HK_NAME(pick)(*held, lx2, lx2 + square), HK_NAME(all)(1e-28));
}

/* Discount factors at the points of every node; they do not change from step to step. */
typedef struct {
    VD r[HK_AM_NODES][HK_AM_POINTS], q[HK_AM_NODES][HK_AM_POINTS];
    VD r_full[HK_AM_NODES], q_full[HK_AM_NODES];
} HK_NAME(hk_am_discount);

HK_INLINE void HK_NAME(fill_discount)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put,
                                      HK_NAME(hk_am_discount) *discount)
{
    VD rt = -put->r * put->t, qt = -put->q * put->t;
    for (int i = 0; i < n; i++) {
        double fraction = nodes->root[i] * nodes->root[i];
        discount->r_full[i] = HK_NAME(quick_exp)(rt * fraction);
        discount->q_full[i] = HK_NAME(quick_exp)(qt * fraction);
        for (int k = 0; k < m; k++) {
            double part = fraction * nodes->inner.sin_a[k] * nodes->inner.sin_a[k];
            discount->r[i][k] = HK_NAME(quick_exp)(rt * part);
            discount->q[i][k] = HK_NAME(quick_exp)(qt * part);
        }
    }
}

/* Rows of the linearised equations: matrix (with respect to l^2) and residual; optionally, for the sensitivities, the
 * derivatives of the residuals to vol, rate and yield at a fixed boundary. Which form an equation takes is remembered in
 * `in_log` unless told to `decide`: near the change-over Newton would swing between the two for ever. */
HK_INLINE void HK_NAME(equations)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put,
                                  const HK_NAME(hk_am_discount) *discount, int lower, const VD *l, const VD *g,
                                  int decide, VM *in_log, VD matrix[][HK_AM_NODES], VD *residual,
                                  VD (*sensitivity)[3])
{
    const VD zero = HK_NAME(all)(0.0), one = HK_NAME(all)(1.0);
    VD root_t = HK_NAME(vsqrt)(put->t);
    VD per_s_total = 1.0 / (put->vol * root_t);
    for (int i = 0; i < n; i++) {
        double fraction = nodes->root[i];
        VD root_tau = fraction * root_t;
        VD tau = root_tau * root_tau;
        VD ex = HK_NAME(quick_exp)(l[i]), per_ex = HK_NAME(quick_exp)(-l[i]);
        VD s_full = put->vol * root_tau;
        VD per_s = per_s_total * (1.0 / fraction);
        VD interest = zero, dividend = zero, pull_total = zero;
        VD by_vol = zero, by_r = zero, by_q = zero, by_lx2 = zero;
        VD pull[HK_AM_POINTS];
        for (int k = 0; k < m; k++) {
            const double *row = &nodes->at[(i * m + k) * n];
            double sin_a = nodes->inner.sin_a[k], weight = nodes->inner.weight[k];
            VM held;
            VD square = HK_NAME(square_at)(row, n, g, put->lx2, lower, &held);
            VD u = tau * (sin_a * sin_a);
            VD s = s_full * sin_a;
            VD depth = HK_NAME(vsqrt)(square); /* -y, y the boundary's log at tau - u */
            VD inv_s = per_s * nodes->inner.per_sin_a[k];
            VD d2 = (l[i] + depth + put->drift * u) * inv_s;
            VD d1 = d2 + s;
            VD er = discount->r[i][k], eq = discount->q[i][k], ey = HK_NAME(quick_exp)(-depth);
            VD bell = er * HK_NAME(quick_density)(d2);
            /* B(tau) e^(-qu) phi(d1) = B(tau - u) e^(-ru) phi(d2) */
            VD bell1 = bell * ey * per_ex;
            /* One division for the two Mills ratios and the inverse of the log */
            VD m1 = 1.0 + 0.28 * HK_NAME(vabs)(d1), m2 = 1.0 + 0.28 * HK_NAME(vabs)(d2);
            VD m12 = m1 * m2;
            VD inverse = 1.0 / (m12 * depth);
            VD inverse_depth = inverse * depth;
            VD tail1 = bell1 * HK_NAME(quick_mills)(inverse_depth * m2);
            VD tail2 = bell * HK_NAME(quick_mills)(inverse_depth * m1);
            VD other1 = eq - tail1, other2 = er - tail2;
            VD prob1 = HK_NAME(pick)(HK_NAME(less)(d1, zero), lower ? other1 : tail1, lower ? tail1 : other1);
            VD prob2 = HK_NAME(pick)(HK_NAME(less)(d2, zero), lower ? other2 : tail2, lower ? tail2 : other2);
            interest += weight * prob2;
            dividend += weight * prob1;
            VD source = put->r - put->q * ey;
            VD c = weight * bell * source * inv_s;
            pull_total += c;
            pull[k] = HK_NAME(pick)(held, zero, -0.5 * c * m12 * inverse);
            if (sensitivity) {
                VD swing = weight * bell * source * s / (put->vol * put->vol);
                by_vol += weight * bell * (put->r * d1 - put->q * ey * d2) / put->vol;
                by_r += weight * prob2 * (1.0 - put->r * u) + (lower ? -swing : swing);
                by_q += -ex * weight * prob1 * (1.0 - put->q * u) - (lower ? -swing : swing);
                double rest = 1.0;
                for (int j = 0; j < n; j++)
                    rest -= row[j];
                by_lx2 += pull[k] * rest;
            }
        }
        interest *= tau;
        dividend *= ex * tau;
        pull_total *= tau;
        VD paid = put->q * dividend;
        VD earned = put->r * interest - paid;
        VD earned_slope = lower ? -pull_total - paid : pull_total - paid;
        VD value = zero, value_slope = zero;
        VD value_by_vol = zero, value_by_r = zero, value_by_q = zero;
        VD scale_value, scale_earned, f;
        VD size = HK_NAME(vabs)(put->r) * interest + HK_NAME(vabs)(paid);
        VD plain = 1.0 / HK_NAME(vmax)(size, HK_NAME(all)(1e-300));
        if (lower) {
            scale_value = zero;
            scale_earned = -plain; /* the residual below is value - earned; here it is +earned */
            f = earned * plain;
        } else {
            VD d2 = (l[i] + put->drift * tau) * per_s, d1 = d2 + s_full;
            VD er = discount->r_full[i], eq = discount->q_full[i];
            VD bell2 = er * HK_NAME(quick_density)(d2); /* = ex e^(-q tau) phi(d1) */
            VD mills1 = HK_NAME(quick_mills)(1.0 / (1.0 + 0.28 * HK_NAME(vabs)(d1)));
            VD mills2 = HK_NAME(quick_mills)(1.0 / (1.0 + 0.28 * HK_NAME(vabs)(d2)));
            VD full1 = ex * eq, tail1 = bell2 * mills1, tail2 = bell2 * mills2;
            VD prob1 = HK_NAME(pick)(HK_NAME(less)(d1, zero), tail1, full1 - tail1);
            VD prob2 = HK_NAME(pick)(HK_NAME(less)(d2, zero), tail2, er - tail2);
            /* Below the strike both probabilities are tails: their difference through Mills ratios keeps its digits. */
            value = HK_NAME(pick)(HK_NAME(less)(d1, zero), bell2 * (mills1 - mills2), prob1 - prob2);
            value_slope = prob1;
            value_by_vol = bell2 * root_tau;
            value_by_r = tau * prob2;
            value_by_q = -tau * prob1;
            /* Logarithms where both sides are well away from zero. With q > r both vanish near expiry, the interest
             * earned as a difference, and there the plain equation is the nearly linear one. */
            VD small = size * HK_NAME(vmin)(one, s_full);
            if (decide)
                in_log[i] = HK_NAME(less)(0.1 * small, earned) &
                            (HK_NAME(less)(1e-3 * small, value) | ~HK_NAME(less)(put->lx, zero));
            VM take_log = in_log[i] & HK_NAME(less)(HK_NAME(all)(1e-290), value) & HK_NAME(less)(1e-3 * small, earned);
            VD safe_value = HK_NAME(pick)(take_log, value, one), safe_earned = HK_NAME(pick)(take_log, earned, one);
            VD per_earned = 1.0 / safe_earned;
            f = HK_NAME(pick)(take_log, HK_NAME(vlog)(safe_value * per_earned), (value - earned) * plain);
            scale_value = HK_NAME(pick)(take_log, 1.0 / safe_value, plain);
            scale_earned = HK_NAME(pick)(take_log, per_earned, plain);
        }
        VD sign_c = tau * (lower ? -scale_earned : scale_earned); /* d residual / d l(v_k) is + c in both problems */
        for (int j = 0; j < n; j++)
            matrix[i][j] = zero;
        for (int k = 0; k < m; k++)
            for (int j = 0; j < n; j++)
                matrix[i][j] += nodes->at[(i * m + k) * n + j] * pull[k];
        for (int j = 0; j < n; j++)
            matrix[i][j] *= sign_c;
        matrix[i][i] += (scale_value * value_slope - scale_earned * earned_slope) / (2.0 * l[i]);
        residual[i] = f;
        if (sensitivity) {
            VD times = tau * scale_earned, by_start = sign_c * by_lx2; /* vol does not move the boundary's start */
            sensitivity[i][0] = scale_value * value_by_vol - times * (lower ? by_vol : -by_vol);
            sensitivity[i][1] = scale_value * value_by_r - times * by_r + by_start * put->lx2_by_r;
            sensitivity[i][2] = scale_value * value_by_q - times * by_q + by_start * put->lx2_by_q;
        }
    }
}

/* Gaussian elimination without pivoting: each equation leans mostly on its own and earlier nodes. The factors
 * stay in the matrix for further right-hand sides. */
HK_INLINE void HK_NAME(factor)(int n, VD matrix[][HK_AM_NODES])
{
    for (int i = 0; i < n; i++) {
        VD inverse = 1.0 / matrix[i][i];
        matrix[i][i] = inverse;
        for (int row = i + 1; row < n; row++) {
            VD times = matrix[row][i] * inverse;
            matrix[row][i] = times;
            for (int j = i + 1; j < n; j++)
                matrix[row][j] -= times * matrix[i][j];
        }
    }
}

HK_INLINE void HK_NAME(substitute)(int n, VD matrix[][HK_AM_NODES], VD *x)
{
    for (int i = 1; i < n; i++)
        for (int j = 0; j < i; j++)
            x[i] -= matrix[i][j] * x[j];
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            x[i] -= matrix[i][j] * x[j];
        x[i] *= matrix[i][i];
    }
}

/* Newton from the boundary in l; lanes stop moving, each for itself, once their step fell below `enough`.
 * Returns in `last` the greatest step of each lane's last iteration. */
HK_INLINE void HK_NAME(newton)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put,
                               const HK_NAME(hk_am_discount) *discount, int lower,
                               int most, double enough, VD *l, VD *last)
{
    VD matrix[HK_AM_NODES][HK_AM_NODES], move[HK_AM_NODES], g[HK_AM_NODES];
    VM active = HK_NAME(less)(HK_NAME(all)(0.0), HK_NAME(all)(1.0)), in_log[HK_AM_NODES];
    *last = HK_NAME(all)(1e300);
    for (int step = 0; step < most; step++) {
        for (int j = 0; j < n; j++)
            g[j] = l[j] * l[j] - put->lx2;
        HK_NAME(equations)(nodes, n, m, put, discount, lower, l, g, step % 5 == 0, in_log, matrix, move, NULL);
        HK_NAME(factor)(n, matrix);
        HK_NAME(substitute)(n, matrix, move);
        VD greatest = HK_NAME(all)(0.0);
        for (int j = 0; j < n; j++) {
            VD change = -move[j] / (2.0 * l[j]);
            greatest = HK_NAME(vmax)(greatest, HK_NAME(vabs)(change));
            /* Not more than 70% of the way to where the boundary starts, nor more than double the distance. */
            VD gap = l[j] - put->lx;
            VD reach = HK_NAME(vabs)(gap);
            VD limit = HK_NAME(pick)(HK_NAME(less)(change * gap, HK_NAME(all)(0.0)), 0.7 * reach, reach);
            change = HK_NAME(vmin)(HK_NAME(vmax)(change, -limit), limit);
            VD next = HK_NAME(vmin)(HK_NAME(vmax)(l[j] + change, put->low), put->high);
            l[j] = HK_NAME(pick)(active, next, l[j]);
        }
        /* A NaN must count as unfinished, hence the negated comparison. */
        VM unfinished = ~HK_NAME(less)(greatest, HK_NAME(all)(enough));
        *last = HK_NAME(pick)(active, greatest, *last);
        active &= unfinished;
        if (!HK_NAME(any)(active))
            break;
    }
}
