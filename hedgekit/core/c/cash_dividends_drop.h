/* Across an ex-date: what value and sensitivities are just before it, by what they are just after it at the spot less the
 * dividend.
 *
 * Included once for each instruction set, from cash_dividends_kernel.h. */

/* Deeper still in the money a negative yield may make holding the better again. */
HK_CD_INLINE void HK_NAME(exercise_up_to)(vd *v, const vd *e, int last, int l, double strike)
{
    for (int j = 0; j <= last; j++)
        if (strike - e[j][l] > v[j][l])
            v[j][l] = strike - e[j][l];
}

/* Exercising a call for the dividend: the held value v and the exercise value cross between two nodes. Returns where, in
 * nodes: negative where no node is exercised, the last node of all where all are. */
static double HK_NAME(exercise_before_drop)(vd *v, vd *lowered, const vd *e, int n, int l, double strike)
{
    int last = n - 1;
    while (last >= 0 && !(strike - e[last][l] > v[last][l]))
        last--;
    if (last >= 1 && last + 2 < n) {
        double g[4];
        for (int k = 0; k < 4; k++)
            g[k] = strike - e[last - 1 + k][l] - v[last - 1 + k][l];
        /* cubic through four nodes, its root by Newton from the chord */
        double d[3], x = g[1] / (g[1] - g[2]);
        hk_cd_cubic(g, d);
        for (int i = 0; i < 3; i++) {
            double f = g[1] + x * (d[0] + x * (d[1] / 2 + x * d[2] / 6)), df = d[0] + x * (d[1] + x * d[2] / 2);
            if (df < 0)
                x -= f / df;
            x = x < 0 ? 0 : x > 1 ? 1 : x;
        }
        HK_NAME(exercise_up_to)(v, e, last, l, strike);
        HK_NAME(smooth_kink)(v, lowered, n, l, last + x, -1.0, 0.0, 0.0, -(d[0] + x * (d[1] + x * d[2] / 2)),
                             d[1] + x * d[2], -d[2]);
        return last + x;
    }
    HK_NAME(exercise_up_to)(v, e, last, l, strike);
    return last;
}

/* A period at whose end the option expires and before which it is not exercised: no grid is needed of it. `root` is
 * vol sqrt(length), the legs are those of the period's start: the closed form, less a second put where the last dividend
 * may take all of the spot. */
HK_CD_INLINE vd HK_NAME(held_to_expiry)(vd k_leg, vd x_leg, vd most, vd root, vd log_x, vd x)
{
    const vd zero = {0}, one = zero + 1.0, forward = x_leg * x, excess = k_leg - most;
    const vd ahead = log_x + HK_NAME(vlog)(x_leg), d1 = (ahead - HK_NAME(vlog)(k_leg)) / root + 0.5 * root;
    vd value = k_leg * HK_NAME(vnorm)(root - d1) - forward * HK_NAME(vnorm)(-d1);
    const vi capped = excess > 1e-12 * most;
    if (HK_NAME(any)(capped)) {
        const vd cut = HK_NAME(pick)(capped, excess, one), e1 = (ahead - HK_NAME(vlog)(cut)) / root + 0.5 * root;
        const vd less = cut * HK_NAME(vnorm)(root - e1) - forward * HK_NAME(vnorm)(-e1);
        value -= HK_NAME(pick)(capped, less, zero);
    }
    return HK_NAME(vmax)(value, zero);
}

/* The time from a last dividend to expiry may be too short for the nodes to resolve the payoff's kink: value held to
 * expiry at the nodes before the dividend, where in the money it is k - x X with the dividend's cash in one of them. */
static void HK_NAME(smooth_expiry)(const HK_NAME(period) *p, const HK_NAME(grid) *earlier, double cash, int l, int is_call,
                                   int squeezed, double root, double step, vd *v)
{
    const double square = p->strike[l] * p->strike[l], x = p->k_leg[l] / p->x_leg[l] * exp(0.5 * root * root);
    const double left = is_call ? square / x : x, spot = left + cash, blur = root / step * left / spot;
    const double at = earlier->mid + (log(is_call ? square / spot : spot) - earlier->base[l]) / step;
    const double c = (is_call ? p->k_leg[l] : p->k_leg[l] + p->x_leg[l] * cash) * step;
    if (blur < 0.8 && !(squeezed && left < cash))
        HK_NAME(smooth_kink)(v, 0, earlier->n, l, at, -1.0, blur, 0.0, c, -c * step, c * step * step);
}

/* What values just before a dividend are taken from. */
typedef struct {
    const vd *u; /* the values just after it; NULL: held to expiry from there */
    vi is_call;
    vd shift, per_step, square, root; /* node = shift + ln(X) per_step; strike squared; vol sqrt(time to expiry) */
    vd length;                        /* years to the end of the period after it */
    vd bottom, slope;                 /* X at node 0, and the change of value with X there */
    double cash, top;
    int some_call, last;
} HK_NAME(after_drop);

HK_CD_INLINE HK_NAME(after_drop) HK_NAME(after_the_drop)(const HK_NAME(period) *p, const HK_NAME(grid) *later, double cash, vi is_call,
                                                        vd mu, vd step, const vd *u)
{
    const vd per_step = 1.0 / step;
    HK_NAME(after_drop) after = {.u = u,
                                 .is_call = is_call,
                                 .shift = (double)later->mid + (mu * later->length - later->base) * per_step,
                                 .per_step = per_step,
                                 .square = p->strike * p->strike,
                                 .root = HK_NAME(vsqrt)(2.0 * p->half_var * later->length),
                                 .length = later->length,
                                 .cash = cash,
                                 .top = later->n - 1,
                                 .some_call = HK_NAME(any)(is_call),
                                 .last = later->n - 4};
    if (u) {
        after.bottom = HK_NAME(vexp)(-after.shift * step);
        after.slope = (u[1] - u[0]) / (after.bottom * (HK_NAME(vexp)(step) - 1.0));
    }
    return after;
}

/* Where an X just before a dividend comes to lie just after it. */
typedef struct {
    vi alive;     /* the dividend leaves some spot */
    vd x, log_x;
    vd scale;     /* of the put form's values: the share, the numeraire of a call, falls */
    vd pos;       /* in nodes */
    vd weight[6]; /* of the nodes node[l] - 2 .. node[l] + 3 */
    int node[LANES];
} HK_NAME(place);

HK_CD_INLINE HK_NAME(place) HK_NAME(place_after)(const HK_NAME(after_drop) *o, vd e)
{
    const vd zero = {0}, one = zero + 1.0;
    HK_NAME(place) out;
    const vd spot = o->some_call ? HK_NAME(pick)(o->is_call, o->square / e, e) : e;
    vd left = spot - o->cash;
    out.alive = left > 0.0;
    left = HK_NAME(pick)(out.alive, left, one);
    out.x = o->some_call ? HK_NAME(pick)(o->is_call, o->square / left, left) : left;
    out.log_x = HK_NAME(vlog)(out.x);
    out.scale = o->some_call ? HK_NAME(pick)(o->is_call, left / spot, one) : one;
    if (!o->u)
        return out;
    out.pos = o->shift + out.log_x * o->per_step;
    vd inside = HK_NAME(pick)(out.pos > 0.0, out.pos, zero);
    inside = HK_NAME(pick)(inside < o->top, inside, zero + o->top);
    vd node = (inside + (0x1p52 - 0.5)) - 0x1p52;
    const vd end = zero + (double)o->last;
    node = HK_NAME(pick)(node > 2.0, HK_NAME(pick)(node < end, node, end), zero + 2.0);
    const vd t = inside - node, a = t + 2.0, b = t + 1.0, c = t - 1.0, d = t - 2.0, f = t - 3.0;
    const vd ab = a * b, cd = c * d, abt = ab * t, cdf = cd * f;
    out.weight[0] = (-1.0 / 120) * (b * t * cdf);
    out.weight[1] = (1.0 / 24) * (a * t * cdf);
    out.weight[2] = (-1.0 / 12) * (ab * cdf);
    out.weight[3] = (1.0 / 12) * (abt * d * f);
    out.weight[4] = (-1.0 / 24) * (abt * c * f);
    out.weight[5] = (1.0 / 120) * (abt * cd);
    for (int l = 0; l < LANES; l++)
        out.node[l] = (int)node[l];
    return out;
}

/* The polynomial through six nodes of u around the place. */
HK_CD_INLINE vd HK_NAME(read_at)(const HK_NAME(place) *o, const vd *u)
{
    const vd *at[LANES];
    for (int l = 0; l < LANES; l++)
        at[l] = u + (o->node[l] - 2);
    const vd q[6] = {HK_CD_GATHER(0), HK_CD_GATHER(1), HK_CD_GATHER(2),
                     HK_CD_GATHER(3), HK_CD_GATHER(4), HK_CD_GATHER(5)};
    return (q[0] * o->weight[0] + q[1] * o->weight[1]) + (q[2] * o->weight[2] + q[3] * o->weight[3]) +
           (q[4] * o->weight[4] + q[5] * o->weight[5]);
}

/* The value just before the dividend. */
HK_CD_INLINE vd HK_NAME(value_at)(const HK_NAME(period) *p, const HK_NAME(after_drop) *o, const HK_NAME(place) *at)
{
    const vd zero = {0};
    const vd lost = HK_NAME(pick)(o->is_call, zero, p->most);
    if (!o->u) {
        const vd held = HK_NAME(held_to_expiry)(p->k_leg, p->x_leg, p->most, o->root, at->log_x, at->x) * at->scale;
        return HK_NAME(pick)(at->alive, held, lost);
    }
    vd deep = HK_NAME(vmax)(p->k_leg - p->x_leg * at->x, zero);
    deep = HK_NAME(pick)(deep > p->most, p->most, deep);
    const vd exercise = p->strike - at->x;
    /* Below the grid an American put goes on as it ends, until exercise pays more: waiting for a dividend that takes all, it stays
     * the same however little the share is worth. */
    vd below = o->u[0] + o->slope * (at->x - o->bottom);
    below = HK_NAME(vmax)(HK_NAME(pick)(below > p->most, p->most, below), exercise);
    below = HK_NAME(pick)(p->american & ~o->is_call, below, deep);
    const vi early = p->american & (p->boundary > 0.0);
    vd value = HK_NAME(read_at)(at, o->u);
    value = HK_NAME(pick)(p->american & (at->pos < p->boundary), exercise, value);
    value = HK_NAME(pick)(at->pos < 0.0, HK_NAME(pick)(early, exercise, below), value);
    value = HK_NAME(pick)(at->pos > o->top, deep, value) * at->scale;
    return HK_NAME(vmax)(HK_NAME(pick)(at->alive, value, lost), zero);
}

/* The sensitivities to vol and rate just before the dividend, if held: of puts, or of calls that are only exercised just
 * before a dividend. */
HK_CD_INLINE void HK_NAME(sensitivities_at)(const HK_NAME(period) *p, const HK_NAME(sensitivities) *s,
                                            const HK_NAME(after_drop) *o, const HK_NAME(place) *at, vd out[2])
{
    const vd zero = {0}, one = zero + 1.0;
    const vd scale = HK_NAME(pick)(at->alive, at->scale, zero);
    if (!o->u) {
        const vd forward = p->x_leg * at->x;
        const vd d1 = (at->log_x + HK_NAME(vlog)(p->x_leg / p->k_leg)) / o->root + 0.5 * o->root;
        out[0] = scale * forward * HK_NAME(vsqrt)(o->length) * HK_NAME(vexp)(-0.5 * d1 * d1) * 0.3989422804014327;
        out[1] = scale * forward * o->length * HK_NAME(vnorm)(-d1);
        return;
    }
    for (int k = 0; k < 2; k++)
        out[k] = HK_NAME(read_at)(at, s->to[k].old);
    if (o->some_call) {
        out[0] *= scale;
        /* deep in the money the value is k_leg - x_leg X */
        out[1] *= scale * HK_NAME(pick)(at->pos < 0.0, at->x / o->bottom, one);
        return;
    }
    for (int k = 0; k < 2; k++) {
        out[k] = HK_NAME(pick)(at->alive, out[k], s->to[k].old[0]);
        out[k] = HK_NAME(pick)((s->boundary >= 0.0) & (~at->alive | (at->pos < s->boundary)), zero, out[k]);
    }
}

/* Spots of which a dividend takes more than half are squeezed together by it, down to where it takes all of them and the
 * put's value bends, and all that happens after it there is narrower than the nodes before it. Where such spots matter
 * v is smoothed by the fourth-order kernel from many values a node; returns a mask of the options concerned. */
static vi HK_NAME(smooth_squeezed)(const HK_NAME(period) *p, const HK_NAME(after_drop) *o, const HK_NAME(grid) *earlier,
                                   vd step, const vd *e, vd *sum, vd *v)
{
    enum { PARTS = 16, REACH = 3 };
    const vd zero = {0};
    const double least = log(o->cash), most = log(2.0 * o->cash);
    vi squeezed = {0};
    int from = earlier->n, to = 0;
    for (int l = 0; l < LANES; l++) {
        const int low = (int)floor(earlier->mid + (least - earlier->base[l]) / step[l]) - REACH;
        const int high = (int)ceil(earlier->mid + (most - earlier->base[l]) / step[l]);
        if (o->is_call[l] || least < earlier->base[l] + log(0.02) || high < 1)
            continue;
        squeezed[l] = -1;
        from = low < from ? low : from;
        to = high > to ? high : to;
    }
    if (!HK_NAME(any)(squeezed))
        return squeezed;
    from = from > 1 ? from : 1;
    to = to < earlier->n - 2 ? to : earlier->n - 2;
    double weight[2 * REACH * PARTS + 1];
    for (int i = 0; i <= 2 * REACH * PARTS; i++) {
        const double at = (double)i / PARTS - REACH;
        double w = 0;
        for (int k = -3; k <= 3; k++)
            w += at + k > 0 ? hk_cd_kernel[k + 3] * (at + k) * (at + k) * (at + k) / 6 : 0;
        weight[i] = w / PARTS;
    }
    for (int j = from; j <= to; j++)
        sum[j] = zero;
    vd x = HK_NAME(vexp)(earlier->base + step * (double)(from - REACH - earlier->mid));
    const vd growth = HK_NAME(vexp)(step * (1.0 / PARTS));
    for (int i = 0; i <= (to - from + 2 * REACH) * PARTS; i++) {
        const HK_NAME(place) place = HK_NAME(place_after)(o, x);
        const vd value = HK_NAME(value_at)(p, o, &place);
        const int node = from - REACH + i / PARTS, part = i % PARTS;
        for (int j = node - REACH + (part ? 1 : 0); j <= node + REACH; j++)
            if (j >= from && j <= to)
                sum[j] += weight[(node - j + REACH) * PARTS + part] * value;
        x *= growth;
    }
    for (int j = from; j <= to; j++)
        v[j] = HK_NAME(pick)(squeezed & (e[j] < 2.0 * o->cash), sum[j], v[j]);
    return squeezed;
}

/* Moving the spot from which a call is exercised changes its value to the second order only, so that a sensitivity is that
 * of holding where held and nil where exercised, up to node `crossing`: a jump that is smoothed as a kink is. */
static void HK_NAME(exercise_sensitivity)(vd *w, int n, int l, double crossing)
{
    const int last = (int)crossing, inside = last >= 1 && last + 2 < n;
    const double x = crossing - last;
    double g[4] = {0}, d[3];
    for (int i = 0; i < 4 && inside; i++)
        g[i] = w[last - 1 + i][l];
    hk_cd_cubic(g, d);
    for (int j = 0; j <= last; j++)
        w[j][l] = 0;
    if (inside)
        HK_NAME(smooth_kink)(w, 0, n, l, crossing, 1.0, 0.0, g[1] + x * (d[0] + x * (d[1] / 2 + x * d[2] / 6)),
                             d[0] + x * (d[1] + x * d[2] / 2), d[1] + x * d[2], d[2]);
}

/* The node before the dividend from which the spot drops to node `at` after it, and how many nodes there one before becomes. */
typedef struct {
    double at, stretch;
} HK_NAME(corner);

static HK_NAME(corner) HK_NAME(corner_before)(const HK_NAME(after_drop) *o, const HK_NAME(grid) *earlier, int l, double at,
                                              double step)
{
    const double x = exp((at - o->shift[l]) * step), left = o->is_call[l] ? o->square[l] / x : x, spot = left + o->cash;
    const double before = o->is_call[l] ? o->square[l] / spot : spot;
    return (HK_NAME(corner)){earlier->mid + (log(before) - earlier->base[l]) * o->per_step[l], spot / left};
}

/* v on the earlier grid e, just before a dividend, and the sensitivities, from u on the later grid, just after it; or, where
 * u is NULL, from holding to expiry. `spare` is room for a grid; without sensitivities s is NULL. */
static void HK_NAME(drop)(const HK_NAME(period) *p, const HK_NAME(grid) *later, const HK_NAME(grid) *earlier, double cash,
                          vi is_call, vd mu, vd step, const vd *e, const vd *u, vd *spare, vd *v, vd *lowered,
                          HK_NAME(sensitivities) *s)
{
    const HK_NAME(after_drop) after = HK_NAME(after_the_drop)(p, later, cash, is_call, mu, step, u);
    for (int j = 0; j < earlier->n; j++) {
        const HK_NAME(place) place = HK_NAME(place_after)(&after, e[j]);
        v[j] = HK_NAME(value_at)(p, &after, &place);
        if (s) {
            vd w[2];
            HK_NAME(sensitivities_at)(p, s, &after, &place, w);
            s->to[0].first[j] = w[0];
            s->to[1].first[j] = w[1];
        }
    }
    for (int k = 0; s && k < 2; k++) {
        vd *const newest = s->to[k].first;
        s->to[k].first = s->to[k].old;
        s->to[k].old = newest;
    }
    const vi squeezed = HK_NAME(smooth_squeezed)(p, &after, earlier, step, e, spare, v);
    for (int l = 0; l < LANES; l++) {
        double at_boundary = p->boundary[l];
        if (!u) {
            HK_NAME(smooth_expiry)(p, earlier, cash, l, is_call[l] != 0, squeezed[l] != 0, after.root[l], step[l], v);
        } else if (p->american[l] && at_boundary > 0 && at_boundary < later->n - 2) {
            /* the second derivative still jumps where the spot drops to the boundary just after the date */
            const HK_NAME(corner) c = HK_NAME(corner_before)(&after, earlier, l, at_boundary, step[l]);
            if (c.stretch * step[l] < HK_CD_BENT && !(squeezed[l] && c.stretch > 2))
                HK_NAME(smooth_kink)(v, 0, earlier->n, l, c.at, 1.0, 0.0, 0.0, 0.0,
                                     2.0 * p->bend[l] * c.stretch * (is_call[l] ? 1.0 : c.stretch), 0.0);
        }
        if (s && u && s->boundary[l] > 0 && s->boundary[l] < later->n - 2) {
            const HK_NAME(corner) c = HK_NAME(corner_before)(&after, earlier, l, s->boundary[l], step[l]);
            for (int k = 0; k < 2 && c.stretch * step[l] < HK_CD_BENT; k++)
                HK_NAME(smooth_kink)(s->to[k].old, 0, earlier->n, l, c.at, 1.0, 0.0, s->to[k].jump[l], s->to[k].slope[l] * c.stretch,
                                     2.0 * s->to[k].bend[l] * c.stretch * c.stretch +
                                         s->to[k].slope[l] * c.stretch * (1 - c.stretch), 0.0);
        }
        if (p->american[l] && is_call[l]) {
            const double crossing = HK_NAME(exercise_before_drop)(v, lowered, e, earlier->n, l, p->strike[l]);
            for (int k = 0; s && k < 2 && crossing >= 0; k++)
                HK_NAME(exercise_sensitivity)(s->to[k].old, earlier->n, l, crossing);
        }
    }
}
