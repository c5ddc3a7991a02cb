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
    VD var = put->vol * put->vol;
    VD n1 = 2.0 * (put->r - put->q) / var - 1.0;
    VD guess = put->lx;
    for (int i = 0; i < n; i++) {
        VD tau = put->t * (nodes->root[i] * nodes->root[i]);
        VD s = put->vol * HK_NAME(vsqrt)(tau);
        VD er = HK_NAME(vexp)(-put->r * tau), eq = HK_NAME(vexp)(-put->q * tau);
        VD earned = 1.0 - er;
        VD rt = put->r * tau;
        /* r tau / (1 - e^(-r tau)), its series where the quotient cancels */
        VD growth = HK_NAME(pick)(HK_NAME(less)(HK_NAME(vabs)(rt), HK_NAME(all)(1e-5)), 1.0 + 0.5 * rt,
                                  rt / HK_NAME(pick)(HK_NAME(less)(HK_NAME(vabs)(earned), HK_NAME(all)(1e-12)), one, earned));
        VD minus = -0.5 * (n1 + HK_NAME(vsqrt)(HK_NAME(vmax)(n1 * n1 + 8.0 / (var * tau) * growth, zero)));
        VD x = HK_NAME(vmin)(guess, put->lx) - (i == 0 ? 1.0 : 0.1) * s;
        for (int step = 0; step < 3; step++) {
            VD d1 = (x + (put->drift + var) * tau) / s, d2 = d1 - s;
            VD ex = HK_NAME(vexp)(x);
            VD phi1 = HK_NAME(density)(d1), phi2 = HK_NAME(density)(d2);
            VD tail1 = HK_NAME(normal)(-d1, phi1), tail2 = HK_NAME(normal)(-d2, phi2);
            VD left = 1.0 - ex - (er * tail2 - ex * eq * tail1) + (1.0 - eq * tail1) * ex / minus;
            VD slope = -ex + ex * eq * tail1 + ex / minus * (1.0 - eq * tail1 + eq * phi1 / s);
            VD move = -left / HK_NAME(vmin)(slope, HK_NAME(all)(-1e-12));
            x += HK_NAME(vmin)(HK_NAME(vmax)(move, -2.0 * s), 2.0 * s);
            x = HK_NAME(vmin)(HK_NAME(vmax)(x, put->low), put->lx - 0.02 * s);
        }
        guess = x;
        l[i] = x;
    }
}

/* The boundary's log at the points of a row of interpolation weights. Between the start and the first node the
 * interpolant can cross the boundary's start; it is held there, and `slack`, half the inverse of the log (its
 * derivative to the interpolated square), is zero. */
HK_INLINE VD HK_NAME(boundary_at)(const double *row, int n, const VD *g, VD lx2, int lower, VD *slack)
{
    VD square = HK_NAME(all)(0.0);
    for (int j = 0; j < n; j++)
        square += row[j] * g[j];
    VM held = HK_NAME(less)(lower ? -square : square, 1e-12 * lx2 + 1e-28);
    VD y = -HK_NAME(vsqrt)(HK_NAME(vmax)(HK_NAME(pick)(held, lx2, lx2 + square), HK_NAME(all)(1e-28)));
    *slack = HK_NAME(pick)(held, HK_NAME(all)(0.0), 0.5 / y);
    return y;
}

/* Rows of the linearised equations: matrix (with respect to g = l^2) and residual; optionally, for the
 * sensitivities, the derivatives of the residuals to vol, rate and yield at a fixed boundary. */
HK_INLINE void HK_NAME(equations)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put, int lower,
                                  const VD *l, const VD *g, VD matrix[][HK_AM_NODES], VD *residual, VD (*sensitivity)[3])
{
    const VD zero = HK_NAME(all)(0.0);
    for (int i = 0; i < n; i++) {
        double fraction = nodes->root[i];
        VD root_tau = fraction * HK_NAME(vsqrt)(put->t);
        VD tau = root_tau * root_tau;
        VD ex = HK_NAME(vexp)(l[i]);
        VD s_full = put->vol * root_tau;
        VD per_s = 1.0 / s_full;
        VD interest = zero, dividend = zero, pull_total = zero;
        VD by_vol = zero, by_r = zero, by_q = zero, by_lx2 = zero;
        VD pull[HK_AM_POINTS];
        for (int k = 0; k < m; k++) {
            const double *row = nodes->at[i][k];
            double sin_a = nodes->sin_a[k];
            VD u = tau * (sin_a * sin_a);
            VD s = s_full * sin_a;
            VD slack;
            VD y = HK_NAME(boundary_at)(row, n, g, put->lx2, lower, &slack);
            VD inv_s = per_s * (1.0 / sin_a);
            VD d2 = (l[i] - y + put->drift * u) * inv_s;
            VD d1 = d2 + s;
            VD er = HK_NAME(vexp)(-put->r * u), eq = HK_NAME(vexp)(-put->q * u), ey = HK_NAME(vexp)(y);
            VD phi2 = HK_NAME(density)(d2);
            /* B(tau) e^(-qu) phi(d1) = B(tau - u) e^(-ru) phi(d2) */
            VD phi1 = HK_NAME(density)(d1);
            VD w = tau * nodes->weight[k];
            VD prob2 = HK_NAME(normal)(lower ? -d2 : d2, phi2), prob1 = HK_NAME(normal)(lower ? -d1 : d1, phi1);
            interest += w * er * prob2;
            dividend += w * eq * prob1;
            VD bell = w * er * phi2;
            VD source = put->r - put->q * ey;
            VD c = bell * source * inv_s;
            pull_total += c;
            pull[k] = c * slack;
            if (sensitivity) {
                VD root_u_per_vol = s / (put->vol * put->vol);
                by_vol += bell * (put->r * d1 - put->q * ey * d2) / put->vol;
                VD swing = bell * root_u_per_vol * source;
                by_r += w * er * prob2 * (1.0 - put->r * u) + (lower ? -swing : swing);
                by_q += -ex * w * eq * prob1 * (1.0 - put->q * u) - (lower ? -swing : swing);
                double rest = 1.0;
                for (int j = 0; j < n; j++)
                    rest -= row[j];
                by_lx2 += pull[k] * rest;
            }
        }
        VD earned = put->r * interest - put->q * ex * dividend;
        VD value = zero, value_slope = zero;
        VD value_by_vol = zero, value_by_r = zero, value_by_q = zero;
        VD scale_value, scale_earned, f;
        VD earned_slope = lower ? -pull_total - put->q * ex * dividend : pull_total - put->q * ex * dividend;
        VD size = HK_NAME(vabs)(put->r) * interest + HK_NAME(vabs)(put->q) * ex * dividend;
        VD plain = 1.0 / HK_NAME(vmax)(size, HK_NAME(all)(1e-300));
        if (lower) {
            scale_value = zero;
            scale_earned = -plain; /* the residual below is value - earned; here it is +earned */
            f = earned * plain;
        } else {
            VD d2 = (l[i] + put->drift * tau) * per_s, d1 = d2 + s_full;
            VD er = HK_NAME(vexp)(-put->r * tau), eq = HK_NAME(vexp)(-put->q * tau);
            VD phi1 = HK_NAME(density)(d1), phi2 = HK_NAME(density)(d2);
            VD prob1 = HK_NAME(normal)(d1, phi1), prob2 = HK_NAME(normal)(d2, phi2);
            /* Below the strike both probabilities are tails: their difference through Mills ratios keeps its digits. */
            VD tails = ex * eq * phi1 * (HK_NAME(mills)(HK_NAME(vmax)(-d1, zero)) - HK_NAME(mills)(HK_NAME(vmax)(-d2, zero)));
            value = HK_NAME(pick)(HK_NAME(less)(d1, HK_NAME(all)(-0.5)), tails, ex * eq * prob1 - er * prob2);
            value_slope = ex * eq * prob1;
            VD vega = ex * eq * phi1 * root_tau;
            value_by_vol = vega;
            value_by_r = tau * er * prob2;
            value_by_q = -tau * ex * eq * prob1;
            VM take_log = HK_NAME(less)(HK_NAME(all)(1e-290), value) & HK_NAME(less)(0.1 * size * HK_NAME(vmin)(HK_NAME(all)(1.0), s_full), earned);
            VD safe_value = HK_NAME(pick)(take_log, value, HK_NAME(all)(1.0));
            VD safe_earned = HK_NAME(pick)(take_log, earned, HK_NAME(all)(1.0));
            f = HK_NAME(pick)(take_log, HK_NAME(vlog)(safe_value) - HK_NAME(vlog)(safe_earned), (value - earned) * plain);
            scale_value = HK_NAME(pick)(take_log, 1.0 / safe_value, plain);
            scale_earned = HK_NAME(pick)(take_log, 1.0 / safe_earned, plain);
        }
        VD sign_c = lower ? -scale_earned : scale_earned; /* d residual / d l(v_k) is + c in both problems */
        for (int j = 0; j < n; j++) {
            VD sum = zero;
            for (int k = 0; k < m; k++)
                sum += nodes->at[i][k][j] * pull[k];
            matrix[i][j] = sum * sign_c;
        }
        matrix[i][i] += (scale_value * value_slope - scale_earned * earned_slope) / (2.0 * l[i]);
        residual[i] = f;
        if (sensitivity) {
            sensitivity[i][0] = scale_value * value_by_vol - scale_earned * (lower ? by_vol : -by_vol);
            VD by_start = sign_c * by_lx2; /* the start of the boundary moves with rate and yield, not with vol */
            sensitivity[i][1] = scale_value * value_by_r - scale_earned * by_r + by_start * put->lx2_by_r;
            sensitivity[i][2] = scale_value * value_by_q - scale_earned * by_q + by_start * put->lx2_by_q;
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
HK_INLINE void HK_NAME(newton)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put, int lower,
                               int most, double enough, VD *l, VD *last)
{
    VD matrix[HK_AM_NODES][HK_AM_NODES], move[HK_AM_NODES], g[HK_AM_NODES];
    VM active = HK_NAME(less)(HK_NAME(all)(0.0), HK_NAME(all)(1.0));
    *last = HK_NAME(all)(1e300);
    for (int step = 0; step < most; step++) {
        for (int j = 0; j < n; j++)
            g[j] = l[j] * l[j] - put->lx2;
        HK_NAME(equations)(nodes, n, m, put, lower, l, g, matrix, move, NULL);
        HK_NAME(factor)(n, matrix);
        HK_NAME(substitute)(n, matrix, move);
        VD greatest = HK_NAME(all)(0.0);
        for (int j = 0; j < n; j++) {
            VD change = -move[j] / (2.0 * l[j]);
            greatest = HK_NAME(vmax)(greatest, HK_NAME(vabs)(change));
            /* Not more than 70% of the way to where the boundary starts, nor more than double the distance. */
            VD gap = l[j] - put->lx;
            VD reach = HK_NAME(vabs)(gap);
            change = HK_NAME(vmin)(HK_NAME(vmax)(change, -reach), reach);
            change = HK_NAME(pick)(HK_NAME(less)(change * gap, HK_NAME(all)(0.0)), 0.7 * change, change);
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
