/* First-order sensitivities to vol and rate, marched along with the value where there is an exercise boundary.
 *
 * With U = exp(r theta) V as in cash_dividends_kernel.h, W = exp(r theta) dV/dp satisfies
 * W_theta = sigma^2/2 W_yy + source, the source being sigma (U_yy - U_y) for the vol and U_y - U for the rate (-U_y for
 * the rate of a call, which is the yield of its put form). Value and slope being continuous at the exercise boundary,
 * the boundary's own movement contributes nothing: W vanishes there and where exercised. So the value's boundary is
 * taken over as it is, and no ripple of it passing the nodes enters as it does into differences of two solutions.
 *
 * Included once for each instruction set, from cash_dividends_kernel.h. */

typedef struct {
    vd *old, *first, *second; /* at the start of the step and after the first stages */
    vd *y;
    vd bottom, next, top;                /* end values at the start of a period */
    vd bottom_rate, next_rate, top_rate; /* and what they change by in a year */
    vd slope, bend;                      /* at the boundary, per node */
    vd before;                           /* the boundary at the last stage */
} HK_NAME(sensitivity);

/* Distance from the boundary to the second held node, to higher order than `guess`, and the cubic coefficient of the
 * held value's excess: half_jump t^2 + cubic t^3 is the excess at that node and at the next. */
HK_CD_INLINE vd HK_NAME(second_held)(vd guess, vd half_jump, vd excess, vd next_excess, vd *cubic)
{
    const vd zero = {0}, one = zero + 1.0;
    vd t = guess;
    vi good = half_jump > 0.0;
    for (int i = 0; i < 2; i++) {
        vd up = t + 1.0, s = up / t, s2 = s * s, over = excess - half_jump * t * t;
        vd f = next_excess - half_jump * up * up - over * s2 * s;
        t -= f * t / (2.0 * half_jump * up * (up * up - t * t) / t + 3.0 * over * s2 / t);
        good &= (t > 0.7) & (t < 2.3);
    }
    t = HK_NAME(pick)(good, t, guess);
    *cubic = HK_NAME(pick)(good, (excess - half_jump * t * t) / (t * t * HK_NAME(pick)(good, t, one)), zero);
    return t;
}

/* One implicit stage of both sensitivities, beside that of the value. In the first steps (EARLY), when the boundary
 * crosses nodes faster than the values resolve it, W is taken to be linear from the boundary to the first held node and
 * nil below; else it is continued below by the cubic through the boundary and the second to fourth held nodes. */
HK_CD_INLINE void HK_NAME(stage_sensitivities)(const HK_NAME(period) *p, HK_NAME(sensitivity) *s, vi is_call, vd vol,
                                               int n, vd *value, const vd *e, vd ratio, vd step, vd dt,
                                               vd theta, int which, enum hk_cd_start start)
{
    const vd zero = {0}, one = zero + 1.0;
    const vd a = ratio - 1.0 / 12, b = 2.0 * ratio + 10.0 / 12;
    const vd inv = 2.0 / (b + HK_NAME(vsqrt)(b * b - 4.0 * a * a));
    const vd alpha = a * inv, m0 = inv * (10.0 / 12), m1 = inv * (1.0 / 12), pull = ratio * inv;
    const vd scale = inv * dt * hk_cd_gamma, per_step = 1.0 / step;
    const vd bending = scale * vol * per_step * per_step, sloping = scale * per_step * (1.0 / 24);
    const vd vol_sloping = vol * sloping, holding = HK_NAME(pick)(is_call, zero, scale * (1.0 / 12));
    const vd rate_sloping = HK_NAME(pick)(is_call, -sloping, sloping);
    const vi bounded = p->boundary >= 0.0;
    int held[LANES], least = n, most = 1;
    vd first = zero, excess = zero, next_excess = zero;

    for (int l = 0; l < LANES; l++) {
        int i = bounded[l] ? (int)p->boundary[l] + 1 : 1;
        i = i < n - 5 ? i : n - 5;
        held[l] = i;
        first[l] = i;
        least = i < least ? i : least;
        most = i > most ? i : most;
        excess[l] = value[i + 1][l] - (p->k[l] - e[i + 1][l] * p->x[l]);
        next_excess[l] = value[i + 2][l] - (p->k[l] - e[i + 2][l] * p->x[l]);
    }
    vd cubic = zero, second = HK_NAME(pick)(bounded, first + 1.0 - p->boundary, one);
    if (start != HK_CD_EARLY)
        second = HK_NAME(second_held)(second, p->bend, excess, next_excess, &cubic);
    /* the held value's continuation to the two nodes below the boundary, while the sources are taken from it */
    const vd t1 = second - 2.0, t2 = second - 3.0;
    const vd more1 = t1 * t1 * (p->bend + t1 * cubic), more2 = t2 * t2 * (p->bend + t2 * cubic);
    double exercised[LANES][2];
    for (int l = 0; l < LANES; l++) {
        exercised[l][0] = value[held[l] - 1][l];
        exercised[l][1] = value[held[l] > 1 ? held[l] - 2 : 0][l];
        if (bounded[l]) {
            value[held[l] - 1][l] += more1[l];
            if (held[l] > 1)
                value[held[l] - 2][l] += more2[l];
        }
    }

    vd *const out0 = which == 0 ? s[0].first : which == 1 ? s[0].second : s[0].old;
    vd *const out1 = which == 0 ? s[1].first : which == 1 ? s[1].second : s[1].old;
#define RHS(k, j)                                                                                                  \
    (which == 0   ? s[k].old[j]                                                                                    \
     : which == 1 ? hk_cd_rhs[0][0] * s[k].old[j] + hk_cd_rhs[0][1] * s[k].first[j]                                \
                  : hk_cd_rhs[1][0] * s[k].old[j] + hk_cd_rhs[1][1] * s[k].first[j] + hk_cd_rhs[1][2] * s[k].second[j])
#define ELIMINATE(j, wide)                                                                                         \
    do {                                                                                                           \
        const vd f0 = RHS(0, j - 1), f1 = RHS(1, j - 1), low = value[j - 1];                                       \
        const vd sum = value[j + 1] + low, difference = value[j + 1] - low;                                        \
        const vd d = 14.0 * difference - (wide);                                                                   \
        carry0 = alpha * carry0 +                                                                                  \
                 (m0 * here0 + m1 * (above0 + f0) + (bending * (sum - 2.0 * value[j]) - vol_sloping * d));         \
        carry1 = alpha * carry1 +                                                                                  \
                 (m0 * here1 + m1 * (above1 + f1) + (rate_sloping * d - holding * (sum + 10.0 * value[j])));       \
        y0[j] = carry0;                                                                                            \
        y1[j] = carry1;                                                                                            \
        above0 = here0;                                                                                            \
        above1 = here1;                                                                                            \
        here0 = f0;                                                                                                \
        here1 = f1;                                                                                                \
    } while (0)
    vd *restrict y0 = s[0].y, *restrict y1 = s[1].y;
    const vd top0 = s[0].top + theta * s[0].top_rate, top1 = s[1].top + theta * s[1].top_rate;
    vd carry0 = top0 - alpha * (s[0].next + theta * s[0].next_rate);
    vd carry1 = top1 - alpha * (s[1].next + theta * s[1].next_rate);
    vd above0 = RHS(0, n - 1), here0 = RHS(0, n - 2), above1 = RHS(1, n - 1), here1 = RHS(1, n - 2);
    int j = n - 2;
    ELIMINATE(j, 2.0 * difference);
    for (j = n - 3; j >= (least > 2 ? least : 2); j--)
        ELIMINATE(j, value[j + 2] - value[j - 2]);
    if (least == 1)
        ELIMINATE(1, 2.0 * difference);
    for (int l = 0; l < LANES; l++) {
        if (held[l] > 1)
            value[held[l] - 2][l] = exercised[l][1];
        value[held[l] - 1][l] = exercised[l][0];
    }
#undef ELIMINATE
#undef RHS

    const vi swept = bounded & (p->boundary - s[0].before > 1.0);
    const vd dist = p->boundary - first + 1.0, from = start == HK_CD_LATER ? alpha : pull;
    const vd linear = -from * dist / (alpha * (1.0 - dist + from * dist));
    const vd ta = second, tb = second + 1.0, tc = second + 2.0, to = second - 2.0;
    const vd ca = 6.0 * to / ta, cb = -8.0 * to / tb, cc = 3.0 * to / tc;
    const vd a2 = alpha * alpha, whole = 1.0 / (1.0 - a2 * (ca + alpha * (cb + alpha * cc)));
    const vi simple = start == HK_CD_LATER ? swept : ~(vi)zero;
    vd ghost[2];
    for (int k = 0; k < 2; k++) {
        const vd *at[LANES];
        for (int l = 0; l < LANES; l++)
            at[l] = s[k].y + held[l];
        const vd z0 = HK_CD_GATHER(0), z1 = HK_CD_GATHER(1), z2 = HK_CD_GATHER(2), z3 = HK_CD_GATHER(3);
        const vd za = z1 + alpha * z0, zb = z2 + alpha * za, zc = z3 + alpha * zb;
        const vd smooth = (ca * za + cb * zb + cc * zc) * whole, end = s[k].bottom + theta * s[k].bottom_rate;
        ghost[k] = HK_NAME(pick)(bounded, HK_NAME(pick)(simple, linear * z0, smooth), end);
    }
    vd *restrict w0 = out0, *restrict w1 = out1;
    vd u0 = ghost[0], u1 = ghost[1];
    for (j = 0; j < least; j++)
        w0[j] = w1[j] = zero;
    w0[least - 1] = u0;
    w1[least - 1] = u1;
    /* Two nodes at a time, and the rounding of an option does not depend on where its neighbours start. */
    for (j = least & ~1; j <= most; j += 2) {
        const vi before = first < (double)j, here = first <= (double)j, next = first <= (double)(j + 1);
        const vd at0 = HK_NAME(pick)(here, y0[j] + alpha * u0, u0), at1 = HK_NAME(pick)(here, y1[j] + alpha * u1, u1);
        const vd both0 = y0[j + 1] + alpha * y0[j], both1 = y1[j + 1] + alpha * y1[j];
        u0 = HK_NAME(pick)(before, both0 + a2 * u0, HK_NAME(pick)(next, y0[j + 1] + alpha * at0, at0));
        u1 = HK_NAME(pick)(before, both1 + a2 * u1, HK_NAME(pick)(next, y1[j + 1] + alpha * at1, at1));
        w0[j] = at0;
        w1[j] = at1;
        w0[j + 1] = u0;
        w1[j + 1] = u1;
    }
    for (; j < n - 1; j += 2) {
        const vd both0 = y0[j + 1] + alpha * y0[j], both1 = y1[j + 1] + alpha * y1[j];
        w0[j] = y0[j] + alpha * u0;
        w1[j] = y1[j] + alpha * u1;
        u0 = both0 + a2 * u0;
        u1 = both1 + a2 * u1;
        w0[j + 1] = u0;
        w1[j + 1] = u1;
    }
    w0[n - 1] = top0;
    w1[n - 1] = top1;
    for (int k = 0; k < 2; k++) {
        vd *w = k ? out1 : out0;
        const vd *at[LANES];
        /* below the boundary: t (slope + t (bend + t twist)) */
        for (int l = 0; l < LANES; l++)
            at[l] = w + held[l];
        const vd qa = (vd)HK_CD_GATHER(1) / ta, qb = (vd)HK_CD_GATHER(2) / tb, qc = (vd)HK_CD_GATHER(3) / tc;
        const vd d1 = qb - qa, d2 = 0.5 * (qc - 2.0 * qb + qa);
        s[k].slope = qa - ta * (d1 - d2 * tb);
        s[k].bend = d1 - d2 * (2.0 * ta + 1.0);
        vd below[HK_CD_GHOSTS];
        for (int m = 0; m < HK_CD_GHOSTS; m++) {
            const vd t = second - (2.0 + m);
            below[m] = start == HK_CD_EARLY ? zero : t * (s[k].slope + t * (s[k].bend + t * d2));
        }
        for (int l = 0; l < LANES; l++) {
            if (!bounded[l])
                continue;
            for (int m = least - 1; m < held[l] - HK_CD_GHOSTS; m++)
                w[m][l] = 0;
            for (int m = 0; m < HK_CD_GHOSTS && m < held[l]; m++)
                w[held[l] - 1 - m][l] = below[m][l];
        }
    }
    s[0].before = p->boundary;
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

/* Both sensitivities at `pos` nodes from the bottom of the later lattice, by six nodes around it; `top` is the last
 * node, `last` the last that has three above it. */
HK_CD_INLINE void HK_NAME(read_sensitivities)(const HK_NAME(sensitivity) *s, vd pos, double top, int last, vd out[2])
{
    const vd zero = {0}, end = zero + (double)last;
    vd inside = HK_NAME(pick)(pos > 0.0, pos, zero);
    inside = HK_NAME(pick)(inside < top, inside, zero + top);
    vd node = (inside + (0x1p52 - 0.5)) - 0x1p52;
    node = HK_NAME(pick)(node > 2.0, HK_NAME(pick)(node < end, node, end), zero + 2.0);
    const vd t = inside - node, a = t + 2.0, b = t + 1.0, c = t - 1.0, d = t - 2.0, f = t - 3.0;
    const vd ab = a * b, cd = c * d, abt = ab * t, cdf = cd * f;
    for (int k = 0; k < 2; k++) {
        const vd *at[LANES];
        for (int l = 0; l < LANES; l++)
            at[l] = s[k].old + ((int)node[l] - 2);
        const vd q[6] = {HK_CD_GATHER(0), HK_CD_GATHER(1), HK_CD_GATHER(2),
                         HK_CD_GATHER(3), HK_CD_GATHER(4), HK_CD_GATHER(5)};
        out[k] = (q[5] * (abt * cd) - q[0] * (b * t * cdf)) * (1.0 / 120) +
                 (q[1] * (a * t * cdf) - q[4] * (abt * c * f)) * (1.0 / 24) +
                 (q[3] * (abt * d * f) - q[2] * (ab * cdf)) * (1.0 / 12);
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
        vd value[2];
        HK_NAME(read_sensitivities)(s, pos, top, last, value);
        for (int k = 0; k < 2; k++)
            s[k].first[j] = HK_NAME(pick)(pos < p->boundary, zero, value[k]);
    }
    for (int k = 0; k < 2; k++) {
        for (int l = 0; l < LANES; l++) {
            double at_boundary = p->boundary[l];
            if (at_boundary > 0 && at_boundary < later->n - 2) {
                double x = exp((at_boundary - shift[l]) * step[l]), stretch = (x + cash) / x;
                double at = earlier->mid + (log(x + cash) - earlier->base[l]) * per_step[l];
                if (stretch * step[l] < HK_CD_BENT)
                    HK_NAME(smooth_kink)(s[k].first, 0, earlier->n, l, at, 1.0, 0.0, 0.0, s[k].slope[l] * stretch,
                                         2.0 * s[k].bend[l] * stretch * stretch +
                                             s[k].slope[l] * stretch * (1 - stretch),
                                         0.0);
            }
        }
        vd *spare = s[k].old;
        s[k].old = s[k].first;
        s[k].first = spare;
    }
}
