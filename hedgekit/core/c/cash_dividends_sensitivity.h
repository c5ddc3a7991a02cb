/* First-order sensitivities to vol and rate, marched along with the value where there is an exercise boundary.
 *
 * With U = exp(r theta) V as in cash_dividends_kernel.h, W = exp(r theta) dV/dp satisfies
 * W_theta = sigma^2/2 W_yy + source, the source being sigma (U_yy - U_y) for the vol and U_y - U for the rate (-U_y for
 * the rate of a call, which is the yield of its put form). Value and slope being continuous at the exercise boundary,
 * the boundary's own movement contributes nothing: W vanishes there and where exercised. So the value's boundary is
 * taken over as it is, and no ripple of it passing the nodes enters as it does into differences of two solutions.
 *
 * Included once for each instruction set, from cash_dividends_kernel.h. */

enum { HK_NAME(GHOSTS) = 5 };

typedef struct {
    vd *old, *first, *second; /* at the start of the step and after the first stages */
    vd *y;
    vd bottom, next, top;                /* end values at the start of a period */
    vd bottom_rate, next_rate, top_rate; /* and what they change by in a year */
    vd slope, bend;                      /* at the boundary, per node */
    vd before;                           /* the boundary at the last stage */
} HK_NAME(sensitivity);

/* W = t (slope + t (bend + t twist)), t nodes from the boundary, through the nodes at t1, t1 + 1 and t1 + 2. */
static void HK_NAME(from_boundary)(double t1, const double w[3], double out[3])
{
    double q1 = w[0] / t1, q2 = w[1] / (t1 + 1), q3 = w[2] / (t1 + 2), d1 = q2 - q1, d2 = 0.5 * (q3 - 2 * q2 + q1);
    out[0] = q1 - t1 * (d1 - d2 * (t1 + 1));
    out[1] = d1 - d2 * (2 * t1 + 1);
    out[2] = d2;
}

/* Distance from the boundary to the second held node, and the cubic coefficient of the held value's excess there:
 * bend t^2 + cubic t^3 equals the excess at that node and the next. `guess` where that has no sensible solution. */
static double HK_NAME(second_held)(double guess, double bend, const double excess[2], double *cubic)
{
    double t = guess;
    *cubic = 0;
    if (!(bend > 0))
        return guess;
    for (int i = 0; i < 4; i++) {
        double up = t + 1, s = up / t, s3 = s * s * s;
        double f = excess[1] - bend * up * up - (excess[0] - bend * t * t) * s3;
        double df = -2 * bend * up + 2 * bend * t * s3 + 3 * (excess[0] - bend * t * t) * s * s / (t * t);
        t -= f / df;
        if (!(t > 0.7 && t < 2.3))
            return guess;
    }
    *cubic = (excess[0] - bend * t * t) / (t * t * t);
    return t;
}

/* One implicit stage of both sensitivities; rhs as weighted from old, first and second; value: this stage's. */
static void HK_NAME(stage_sensitivities)(const HK_NAME(period) *p, HK_NAME(sensitivity) *s, vi is_call, vd vol, int n,
                                         vd *value, const vd *e, vd ratio, vd step, vd dt, vd theta, int which, int rough)
{
    const vd zero = {0};
    const vd a = ratio - 1.0 / 12, b = 2.0 * ratio + 10.0 / 12;
    const vd inv = 2.0 / (b + HK_NAME(vsqrt)(b * b - 4.0 * a * a));
    const vd alpha = a * inv, m0 = inv * (10.0 / 12), m1 = inv * (1.0 / 12);
    const vd scale = inv * dt * hk_cd_gamma, per_step = 1.0 / step;
    const vd bending = scale * vol * per_step * per_step, sloping = scale * per_step * (1.0 / 24);
    const vd vol_sloping = vol * sloping, holding = HK_NAME(pick)(is_call, zero, scale * (1.0 / 12));
    const vd rate_sloping = HK_NAME(pick)(is_call, -sloping, sloping);
    const double c0 = which == 0 ? 1 : hk_cd_rhs[which - 1][0], c1 = which == 0 ? 0 : hk_cd_rhs[which - 1][1];
    const double c2 = which == 2 ? hk_cd_rhs[1][2] : 0;
    double second[LANES], cubic[LANES], saved[LANES][2];
    int held[LANES];
    vd first = {0};
    int least = n, most = 1;

    for (int l = 0; l < LANES; l++) {
        const int none = p->boundary[l] < 0;
        int i = none ? 1 : (int)p->boundary[l] + 1;
        i = i < n - 5 ? i : n - 5;
        held[l] = i;
        first[l] = i;
        least = i < least ? i : least;
        most = i > most ? i : most;
        saved[l][0] = value[i - 1][l];
        saved[l][1] = i > 1 ? value[i - 2][l] : 0;
        second[l] = 2;
        cubic[l] = 0;
        if (none)
            continue;
        double excess[2];
        for (int k = 0; k < 2; k++)
            excess[k] = value[i + 1 + k][l] - (p->k[l] - e[i + 1 + k][l] * p->x[l]);
        second[l] = HK_NAME(second_held)(i + 1 - p->boundary[l], p->bend[l], excess, &cubic[l]);
        for (int k = 0; k < 2 && k < i; k++) {
            double t = second[l] - 2 - k;
            value[i - 1 - k][l] += t * t * (p->bend[l] + t * cubic[l]);
        }
    }

    vd *out[2], carry[2], here[2], above[2];
    for (int k = 0; k < 2; k++) {
        vd end = s[k].top + theta * s[k].top_rate, next = s[k].next + theta * s[k].next_rate;
        out[k] = which == 0 ? s[k].first : which == 1 ? s[k].second : s[k].old;
        carry[k] = end - alpha * next;
#define RHS(k, j) (c0 * s[k].old[j] + (which > 0 ? c1 * s[k].first[j] : zero) + (which > 1 ? c2 * s[k].second[j] : zero))
        above[k] = RHS(k, n - 1);
        here[k] = RHS(k, n - 2);
    }
    vd *restrict y0 = s[0].y, *restrict y1 = s[1].y;
    for (int j = n - 2; j >= least; j--) {
        vd below0 = RHS(0, j - 1), below1 = RHS(1, j - 1);
        vd sum = value[j + 1] + value[j - 1], d = value[j + 1] - value[j - 1], wide = 2.0 * d;
        if (j > 1 && j < n - 2)
            wide = value[j + 2] - value[j - 2];
        d = 14.0 * d - wide;
        vd r0 = m0 * here[0] + m1 * (above[0] + below0) + (bending * (sum - 2.0 * value[j]) - vol_sloping * d);
        vd r1 = m0 * here[1] + m1 * (above[1] + below1) + (rate_sloping * d - holding * (sum + 10.0 * value[j]));
        carry[0] = alpha * carry[0] + r0;
        carry[1] = alpha * carry[1] + r1;
        y0[j] = carry[0];
        y1[j] = carry[1];
        above[0] = here[0];
        above[1] = here[1];
        here[0] = below0;
        here[1] = below1;
    }
#undef RHS

    for (int k = 0; k < 2; k++) {
        vd *restrict y = s[k].y, *restrict w = out[k];
        vd ghost = s[k].bottom + theta * s[k].bottom_rate, u;
        for (int l = 0; l < LANES; l++) {
            if (p->boundary[l] < 0)
                continue;
            /* the node below the boundary continues the cubic through it and the second to fourth held nodes */
            int i = held[l];
            double q = alpha[l], t = second[l], to = t - 2, sum = 0, by = 0, z = y[i][l], power = q;
            static const double weight[3] = {6, -8, 3};
            for (int m = 1; m <= 3; m++) {
                z = y[i + m][l] + q * z;
                power *= q;
                double c = to * weight[m - 1] / (t + (m - 1));
                sum += c * z;
                by += c * power;
            }
            ghost[l] = sum / (1 - by);
            if (rough || p->boundary[l] - s[k].before[l] > 1.0) {
                double d = p->boundary[l] - (i - 1), pull = rough ? ratio[l] * inv[l] : q;
                /* such that y + alpha ghost is y (1 - d) / (1 - d + pull d) */
                ghost[l] = -pull * d / (1 - d + pull * d) * y[i][l] / q;
            }
        }
        u = ghost;
        for (int j = 0; j < least; j++)
            w[j] = zero;
        w[least - 1] = ghost;
        int j = least;
        for (; j <= most; j++) {
            u = HK_NAME(pick)(first <= (double)j, y[j] + alpha * u, u);
            w[j] = u;
        }
        for (; j < n - 1; j++) {
            u = y[j] + alpha * u;
            w[j] = u;
        }
        w[n - 1] = s[k].top + theta * s[k].top_rate;
        s[k].before = p->boundary;
        for (int l = 0; l < LANES; l++) {
            if (p->boundary[l] < 0)
                continue;
            int i = held[l];
            const double at[3] = {w[i + 1][l], w[i + 2][l], w[i + 3][l]};
            double c[3];
            HK_NAME(from_boundary)(second[l], at, c);
            s[k].slope[l] = c[0];
            s[k].bend[l] = c[1];
            for (int m = least - 1; m < i - 1 - HK_NAME(GHOSTS); m++)
                w[m][l] = 0;
            if (rough == 1)
                w[i - 1][l] = 0;
            for (int m = 1; m <= HK_NAME(GHOSTS) && m <= i && rough != 1; m++) {
                double t = second[l] - 1 - m;
                w[i - m][l] = t * (c[0] + t * (c[1] + t * c[2]));
            }
        }
    }
    for (int l = 0; l < LANES; l++) {
        value[held[l] - 1][l] = saved[l][0];
        if (held[l] > 1)
            value[held[l] - 2][l] = saved[l][1];
    }
}

/* The ends of the sensitivities over a period that starts from s.old, when the value starts from v. */
static void HK_NAME(start_sensitivities)(HK_NAME(sensitivity) *s, vi is_call, vd vol, int n, vd step, const vd *v)
{
    const vd zero = {0}, half_var = 0.5 * vol * vol, h2 = step * step;
    for (int k = 0; k < 2; k++) {
        const vd *w = s[k].old;
        s[k].bottom = w[0];
        s[k].next = w[n - 2];
        s[k].top = w[n - 1];
        for (int end = 0; end < 2; end++) {
            int at = end ? n - 1 : 0, d = end ? -1 : 1;
            vd bend = (v[at] - 2.0 * v[at + d] + v[at + 2 * d]) / h2;
            vd slope = (-1.5 * v[at] + 2.0 * v[at + d] - 0.5 * v[at + 2 * d]) / step * (double)d;
            vd source = k ? slope - HK_NAME(pick)(is_call, 2.0 * slope, v[at]) : vol * (bend - slope);
            vd rate = half_var * (w[at] - 2.0 * w[at + d] + w[at + 2 * d]) / h2 + source;
            *(end ? &s[k].top_rate : &s[k].bottom_rate) = rate;
            if (end)
                s[k].next_rate = rate;
        }
        s[k].slope = s[k].bend = zero;
        s[k].before = zero - 1.0;
    }
}

/* The sensitivities of a put across an ex-date, as HK_NAME(drop) takes the value. */
static void HK_NAME(drop_sensitivities)(const HK_NAME(period) *p, HK_NAME(sensitivity) *s, const HK_NAME(grid) *later,
                                        const HK_NAME(grid) *earlier, double cash, vd mu, vd step, const vd *e)
{
    const vd zero = {0}, one = zero + 1.0, per_step = 1.0 / step;
    const vd shift = (double)later->mid + (mu * later->length - later->base) * per_step;
    const double top = later->n - 1;
    const int last = later->n - 4;
    for (int j = 0; j < earlier->n; j++) {
        vd left = e[j] - cash;
        vi alive = left > 0.0;
        vd pos = shift + HK_NAME(vlog)(HK_NAME(pick)(alive, left, one)) * per_step;
        pos = HK_NAME(pick)(alive, pos, zero);
        vd inside = HK_NAME(pick)(pos > 0.0, pos, zero);
        inside = HK_NAME(pick)(inside < top, inside, zero + top);
        vd node = (inside + (0x1p52 - 0.5)) - 0x1p52;
        node = HK_NAME(pick)(node > 2.0, HK_NAME(pick)(node < (double)last, node, zero + (double)last), zero + 2.0);
        const vd t = inside - node, a = t + 2.0, b = t + 1.0, c = t - 1.0, d = t - 2.0, f = t - 3.0;
        const vd ab = a * b, cd = c * d, abt = ab * t, cdf = cd * f;
        for (int k = 0; k < 2; k++) {
            const vd *at[LANES];
            for (int l = 0; l < LANES; l++)
                at[l] = s[k].old + ((int)node[l] - 2);
            const vd q[6] = {HK_CD_GATHER(0), HK_CD_GATHER(1), HK_CD_GATHER(2),
                             HK_CD_GATHER(3), HK_CD_GATHER(4), HK_CD_GATHER(5)};
            vd value = (q[5] * (abt * cd) - q[0] * (b * t * cdf)) * (1.0 / 120) +
                       (q[1] * (a * t * cdf) - q[4] * (abt * c * f)) * (1.0 / 24) +
                       (q[3] * (abt * d * f) - q[2] * (ab * cdf)) * (1.0 / 12);
            s[k].first[j] = HK_NAME(pick)(pos < p->boundary, zero, value);
        }
    }
    for (int k = 0; k < 2; k++) {
        for (int l = 0; l < LANES; l++) {
            double at_boundary = p->boundary[l];
            if (at_boundary > 0 && at_boundary < later->n - 2) {
                double x = exp((at_boundary - shift[l]) * step[l]), stretch = (x + cash) / x;
                double at = earlier->mid + (log(x + cash) - earlier->base[l]) * per_step[l];
                HK_NAME(smooth_kink)(s[k].first, 0, earlier->n, l, at, 1.0, s[k].slope[l] * stretch,
                                     2.0 * s[k].bend[l] * stretch * stretch + s[k].slope[l] * stretch * (1 - stretch),
                                     0.0);
            }
        }
        vd *spare = s[k].old;
        s[k].old = s[k].first;
        s[k].first = spare;
    }
}
