/* First-order sensitivities to vol and rate, marched along with the value where there is an exercise boundary.
 *
 * With U = exp(r theta) V as in cash_dividends_kernel.h, W = exp(r theta) dV/dp satisfies
 * W_theta = sigma^2/2 W_yy + source, the source being sigma (U_yy - U_y) for the vol and U_y - U for the rate (-U_y for
 * the rate of a call, which is the yield of its put form). The source satisfies the equation of U, so that
 * W = R + theta source with R_theta = sigma^2/2 R_yy: what is marched is R, from W at the period's end. Value and slope
 * being continuous at the exercise boundary, the boundary's own movement contributes nothing: W vanishes there and where
 * exercised, and R is -theta source, which the exercise value and the jump of U_yy tell. So the value's boundary is
 * taken over as it is, and no ripple of it passing the nodes enters as it does into differences of two solutions.
 *
 * Included once for each instruction set, from cash_dividends_kernel.h. */

typedef struct {
    vd *old, *first, *second; /* R at the start of the step and after the first stages; W between periods */
    vd jump, slope, bend;     /* of W at the boundary: its Taylor coefficients, per node */
} HK_NAME(sensitivity);

typedef struct {
    HK_NAME(sensitivity) to[2]; /* the vol, the rate */
    vd boundary, second_held;   /* the boundary, in nodes (-1: none); nodes from it to the second held node */
} HK_NAME(sensitivities);

/* Distance from the boundary to the second held node, to higher order than `guess`: with the cubic of the held value's
 * excess half_jump t^2 + cubic t^3 is the excess at that node and at the next. */
HK_CD_INLINE vd HK_NAME(second_held)(vd guess, vd half_jump, vd excess, vd next_excess)
{
    vd t = guess;
    vi good = half_jump > 0.0;
    for (int i = 0; i < 2; i++) {
        vd up = t + 1.0, s = up / t, s2 = s * s, over = excess - half_jump * t * t;
        vd f = next_excess - half_jump * up * up - over * s2 * s;
        t -= f * t / (2.0 * half_jump * up * (up * up - t * t) / t + 3.0 * over * s2 / t);
        good &= (t > 0.7) & (t < 2.3);
    }
    return HK_NAME(pick)(good, t, guess);
}

/* One implicit stage of both sensitivities, beside that of the value; `y` is room for a lattice. While the boundary is `fresh`,
 * and crosses nodes faster than the values resolve it, R is taken to be linear from the boundary to the first held node; else
 * it is continued below by the cubic through the boundary and the second to fourth held nodes. The next stage finds that
 * cubic below the boundary or, where it is left `flat`, R as it is at the boundary. */
HK_CD_INLINE void HK_NAME(stage_sensitivities)(const HK_NAME(period) *p, HK_NAME(sensitivities) *s, vi is_call, vd vol,
                                               int n, const vd *value, const vd *e, vd *restrict y, vd ratio, vd step,
                                               vd theta, int which, vi fresh, vi flat)
{
    const vd zero = {0}, one = zero + 1.0;
    const HK_NAME(factors) f = HK_NAME(factored)(ratio);
    const vd alpha = f.alpha, m0 = f.m0, m1 = f.m1, pull = f.pull;
    /* Where next to no interest is at stake the value's error hides the boundary, and in some stages it seems to be far below:
     * then it stays where it was. */
    const vd fall = HK_NAME(pick)(fresh, zero + HK_CD_FALL_YOUNG, zero + HK_CD_FALL);
    const vi limited = (s->boundary >= 0.0) & (p->boundary < s->boundary - fall);
    const vd last = zero + (n - 5.5);
    vd boundary = HK_NAME(pick)(limited, s->boundary, p->boundary);
    boundary = HK_NAME(pick)(boundary < last, boundary, last);
    const vi bounded = boundary >= 0.0;
    int held[LANES], least = n, most = 1;
    vd first = zero, excess = zero, next_excess = zero, below = zero;

    for (int l = 0; l < LANES; l++) {
        const int i = bounded[l] ? (int)boundary[l] + 1 : 1;
        held[l] = i;
        first[l] = i;
        least = i < least ? i : least;
        most = i > most ? i : most;
        excess[l] = value[i + 1][l] - (p->k[l] - e[i + 1][l] * p->x[l]);
        next_excess[l] = value[i + 2][l] - (p->k[l] - e[i + 2][l] * p->x[l]);
        below[l] = e[i - 1][l];
    }
    const vd dist = boundary - first + 1.0;
    vd second = HK_NAME(pick)(bounded, 2.0 - dist, one);
    second = HK_NAME(pick)((fresh & flat) | limited, second, HK_NAME(second_held)(second, p->bend, excess, next_excess));
    const vd at_boundary = p->x * below * HK_NAME(vexp)(dist * step);
    const vd jump = p->twice_over_var * (p->rate * p->k - p->yield * at_boundary);
    const vd edge[2] = {-theta * vol * jump, theta * HK_NAME(pick)(is_call, -at_boundary, p->k)};

    const vd apart[2] = {HK_CD_APART * vol * theta * p->k, HK_CD_APART * theta * p->k};

    /* the linear continuation, and the cubic one */
    const vi swept = bounded & (boundary - s->boundary > 1.0);
    const vi simple = fresh | swept;
    const vd from = HK_NAME(pick)(fresh, pull, alpha);
    const vd safe = HK_NAME(pick)((alpha > 1e-9) | (alpha < -1e-9), alpha, zero + 1e-9);
    const vd linear = -from * dist / (safe * (1.0 - dist + from * dist));
    const vd ta = second, tb = second + 1.0, tc = second + 2.0, to = second - 2.0;
    const vd ca = 6.0 * to / ta, cb = -8.0 * to / tb, cc = 3.0 * to / tc;
    const vd a2 = alpha * alpha, a3 = a2 * alpha, a4 = a2 * a2;
    const vd whole = 1.0 / (1.0 - a2 * (ca + alpha * (cb + alpha * cc)));
    for (int k = 0; k < 2; k++) {
        vd *const out = which == 0 ? s->to[k].first : which == 1 ? s->to[k].second : s->to[k].old;
        const vd *at[LANES];
        const int stop = least - ((least - 1) & 3);
        y[n - 1] = HK_NAME(upper_end)(s->to[k].old, s->to[k].first, s->to[k].second, n, e[1] / e[0], alpha, m0, m1, which);
        HK_NAME(eliminate)(s->to[k].old, s->to[k].first, s->to[k].second, y, n - 2, stop, alpha, m0, m1, y[n - 1], which);
        for (int l = 0; l < LANES; l++)
            at[l] = y + held[l];
        const vd z0 = HK_CD_GATHER(0), z1 = HK_CD_GATHER(1), z2 = HK_CD_GATHER(2), z3 = HK_CD_GATHER(3);
        const vd za = z1 + alpha * z0, zb = z2 + alpha * za, zc = z3 + alpha * zb;
        const vd smooth = (ca * za + cb * zb + cc * zc + (1.0 - ca - cb - cc) * edge[k]) * whole;
        const vd ghost = HK_NAME(pick)(bounded,
                                       HK_NAME(pick)(simple, edge[k] + linear * (z0 - (1.0 - alpha) * edge[k]), smooth),
                                       HK_NAME(lower_end)(y, e, alpha, apart[k]));
        vd u = ghost;
        int j = stop;
        const vd far = HK_NAME(pick)(bounded, edge[k], ghost);
        for (int i = 0; i < stop; i++)
            out[i] = far;
        /* Four nodes at a time, and the rounding of an option does not depend on where its neighbours start. */
        for (; j + 3 < n - 1 && j <= most; j += 4) {
            const vi here = first <= (double)j;
            const vd r0 = y[j], r1 = y[j + 1] + alpha * r0, r2 = y[j + 2] + alpha * r1, r3 = y[j + 3] + alpha * r2;
            const vd whole_row[4] = {r0 + alpha * u, r1 + a2 * u, r2 + a3 * u, r3 + a4 * u};
            for (int i = j; i < j + 4; i++) {
                u = HK_NAME(pick)(here, whole_row[i - j], HK_NAME(pick)(first <= (double)i, y[i] + alpha * u, u));
                out[i] = u;
            }
        }
        u = HK_NAME(substitute)(y, out, n, alpha, u, &j);
        for (; j < n; j++) {
            u = HK_NAME(pick)(first <= (double)j, y[j] + alpha * u, u);
            out[j] = u;
        }
        /* below the boundary: edge + t (slope + t (bend + t twist)) */
        for (int l = 0; l < LANES; l++)
            at[l] = out + held[l];
        const vd qa = ((vd)HK_CD_GATHER(1) - edge[k]) / ta, qb = ((vd)HK_CD_GATHER(2) - edge[k]) / tb;
        const vd qc = ((vd)HK_CD_GATHER(3) - edge[k]) / tc;
        const vd d1 = qb - qa, d2 = 0.5 * (qc - 2.0 * qb + qa);
        const vd slope = qa - ta * (d1 - d2 * tb), bend = d1 - d2 * (2.0 * ta + 1.0);
        vd under[HK_CD_GHOSTS];
        for (int m = 0; m < HK_CD_GHOSTS; m++) {
            const vd t = second - (2.0 + m);
            under[m] = edge[k] + HK_NAME(pick)(flat, zero, t * (slope + t * (bend + t * d2)));
        }
        for (int l = 0; l < LANES; l++) {
            if (!bounded[l])
                continue;
            for (int m = stop; m < held[l] - HK_CD_GHOSTS; m++)
                out[m][l] = edge[k][l];
            for (int m = 0; m < HK_CD_GHOSTS && m < held[l]; m++)
                out[held[l] - 1 - m][l] = under[m][l];
        }
    }
    s->boundary = boundary;
    s->second_held = second;
}

/* Before a period that starts from s.old. */
static void HK_NAME(start_sensitivities)(HK_NAME(sensitivities) *s)
{
    const vd zero = {0};
    for (int k = 0; k < 2; k++)
        s->to[k].jump = s->to[k].slope = s->to[k].bend = zero;
    s->boundary = zero - 1.0;
}

/* At a period's start, `length` years before its end, W from R. `u` are the values, continued below the boundary. At the
 * first held nodes and below the boundary, where R and the sources all but cancel, W is the quartic through the boundary and
 * the third to sixth held nodes. Where the boundary is `fresh` W may jump there: then it is the cubic through the first four. */
static void HK_NAME(finish_sensitivities)(HK_NAME(sensitivities) *s, vi is_call, vd vol, int n, int spared, vd step,
                                          vd length, vi fresh, const vd *u)
{
    for (int k = 0; k < 2; k++)
        for (int j = n - spared; j < n; j++)
            s->to[k].old[j] = s->to[k].old[n - spared - 1];
    const vd by_slope = length / (60.0 * step), by_bend = length * vol / (180.0 * step * step);
    for (int j = 0; j < n; j++) {
        const int at = j < 3 ? j : j > n - 4 ? n - 1 - j : 3, toward = j > n - 4 ? -1 : 1;
        const vd *f = u + (at == 3 ? j - 3 : toward > 0 ? 0 : n - 1);
        vd slope = {0}, bend = {0};
        for (int i = 0; i < 7; i++) {
            slope += hk_cd_first[at][i] * f[toward * i];
            bend += hk_cd_second[at][i] * f[toward * i];
        }
        slope *= by_slope * (double)toward;
        s->to[0].old[j] += by_bend * bend - vol * slope;
        s->to[1].old[j] += HK_NAME(pick)(is_call, -slope, slope - length * u[j]);
    }
    for (int l = 0; l < LANES; l++) {
        if (!(s->boundary[l] >= 0.0))
            continue;
        const int held = (int)s->boundary[l] + 1;
        const int jumps = fresh[l] != 0, from = jumps ? 0 : 2, ghosts = jumps ? 3 : HK_CD_GHOSTS;
        const double t0 = s->second_held[l] - 1.0, ta = t0 + from;
        for (int k = 0; k < 2; k++) {
            vd *const w = s->to[k].old;
            double q[4];
            for (int i = 0; i < 4; i++)
                q[i] = w[held + from + i][l] / (jumps ? 1 : ta + i);
            /* W, or W / t, in Newton's form; and its Taylor coefficients at the boundary */
            const double d1 = q[1] - q[0], d2 = 0.5 * (q[2] - 2 * q[1] + q[0]);
            const double d3 = (q[3] - 3 * q[2] + 3 * q[1] - q[0]) / 6;
            const double c0 = q[0] - ta * (d1 - (ta + 1) * (d2 - (ta + 2) * d3));
            const double c1 = d1 - d2 * (2 * ta + 1) + d3 * (3 * ta * ta + 6 * ta + 2);
            const double c2 = d2 - d3 * (3 * ta + 3);
            for (int j = 0; j < held - ghosts; j++)
                w[j][l] = 0;
            for (int j = jumps ? held - 1 : held + 1; j >= 0 && j >= held - ghosts; j--) {
                const double t = t0 + (j - held), x = t - ta;
                w[j][l] = (jumps ? 1 : t) * (q[0] + x * (d1 + (x - 1) * (d2 + (x - 2) * d3)));
            }
            s->to[k].jump[l] = jumps ? c0 : 0;
            s->to[k].slope[l] = jumps ? c1 : c0;
            s->to[k].bend[l] = jumps ? c2 : c1;
        }
    }
}
