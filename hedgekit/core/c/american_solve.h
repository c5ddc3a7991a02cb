#define HK_AM_VALUE_FIELDS 11

/* Template: from lanes of options to values, in the cheapest way that proves good enough. */

/* Gather lanes of put-form options. */
HK_INLINE void HK_NAME(load)(const hk_am_option *options, HK_NAME(hk_am_put) *put, VD *x, VD *exercise)
{
    double lane[6][HK_LANES];
    for (int i = 0; i < HK_LANES; i++) {
        lane[0][i] = options[i].r;
        lane[1][i] = options[i].q;
        lane[2][i] = options[i].vol;
        lane[3][i] = options[i].t;
        lane[4][i] = options[i].x;
        lane[5][i] = options[i].exercise;
    }
    memcpy(&put->r, lane[0], sizeof(VD));
    memcpy(&put->q, lane[1], sizeof(VD));
    memcpy(&put->vol, lane[2], sizeof(VD));
    memcpy(&put->t, lane[3], sizeof(VD));
    memcpy(x, lane[4], sizeof(VD));
    memcpy(exercise, lane[5], sizeof(VD));
}

HK_INLINE void HK_NAME(prepare)(HK_NAME(hk_am_put) *put)
{
    const VD zero = HK_NAME(all)(0.0);
    put->drift = put->r - put->q - 0.5 * put->vol * put->vol;
    VM early = HK_NAME(less)(zero, put->r) & HK_NAME(less)(put->r, put->q);
    VD ratio = HK_NAME(pick)(early, put->r / put->q, HK_NAME(all)(1.0));
    put->lx = HK_NAME(pick)(early, HK_NAME(vlog)(ratio), zero);
    put->lx2 = put->lx * put->lx;
    put->lx2_by_r = HK_NAME(pick)(early, 2.0 * put->lx / put->r, zero);
    put->lx2_by_q = HK_NAME(pick)(early, -2.0 * put->lx / put->q, zero);
    /* Half as far again as the perpetual boundary: a solution on few nodes may dip below it. */
    put->low = put->lx + 1.5 * (HK_NAME(perpetual_log)(put->r, put->q, put->vol) - put->lx);
    put->high = put->lx - 1e-9 * put->vol * HK_NAME(vsqrt)(put->t);
}

/* The boundary from one set of nodes on another. Before the first node the interpolant may touch the start of the
 * boundary, from where Newton gets away only by doubling: some of the first node's distance is kept. */
HK_INLINE void HK_NAME(prolong)(const hk_am_nodes *from, int n0, const hk_am_nodes *to, int n, double (*row)[HK_AM_NODES],
                                const HK_NAME(hk_am_put) *put, const VD *coarse, VD *fine)
{
    VD g[HK_AM_NODES];
    VM held;
    for (int j = 0; j < n0; j++)
        g[j] = coarse[j] * coarse[j] - put->lx2;
    for (int i = 0; i < n; i++) {
        double part = 0.4 * fmin(to->root[i] / from->root[0], 1.0);
        VD nearest = put->lx + part * (coarse[0] - put->lx);
        fine[i] = HK_NAME(vmin)(-HK_NAME(vsqrt)(HK_NAME(square_at)(row[i], n0, g, put->lx2, 0, &held)), nearest);
    }
}

/* How l_j^2 moves with vol, rate and yield: the implicit function theorem on the collocation equations. The factored
 * equations give one more Newton step for nothing: `polished`. */
HK_INLINE void HK_NAME(boundary_moves)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put,
                                       const HK_NAME(hk_am_discount) *discount, int lower,
                                       const VD *l, VD moved[3][HK_AM_NODES], VD *polished)
{
    VD matrix[HK_AM_NODES][HK_AM_NODES], residual[HK_AM_NODES], by[HK_AM_NODES][3], g[HK_AM_NODES];
    VM in_log[HK_AM_NODES];
    for (int j = 0; j < n; j++)
        g[j] = l[j] * l[j] - put->lx2;
    HK_NAME(equations)(nodes, n, m, put, discount, lower, l, g, 1, in_log, matrix, residual, by);
    HK_NAME(factor)(n, matrix);
    for (int p = 0; p < 3; p++) {
        for (int j = 0; j < n; j++)
            moved[p][j] = -by[j][p];
        HK_NAME(substitute)(n, matrix, moved[p]);
    }
    HK_NAME(substitute)(n, matrix, residual);
    for (int j = 0; j < n; j++) {
        VD next = l[j] - residual[j] / (2.0 * l[j]);
        VD enough = 0.01 * HK_NAME(vabs)(l[j] - put->lx); /* further than that it is not a last correction */
        polished[j] = HK_NAME(pick)(HK_NAME(less)(HK_NAME(vabs)(next - l[j]), enough), next, l[j]);
    }
}

/* The premium's second derivative to vol: its second difference, each boundary one Newton step from where the first
 * derivative puts it. */
HK_INLINE VD HK_NAME(premium_volga)(const hk_am_nodes *nodes, int n, int m, int outer_m, const HK_NAME(hk_am_put) *put,
                                    const HK_NAME(hk_am_discount) *discount,
                                    const VD *l, const VD *moved_by_vol, VD x)
{
    const double bump = 0.01;
    const VD zero = HK_NAME(all)(0.0);
    VD difference = -2.0 * HK_NAME(premium)(nodes, n, outer_m, put, 0, 0, zero, l, x);
    for (int side = -1; side <= 1; side += 2) {
        HK_NAME(hk_am_put) bumped = *put;
        VD shifted[HK_AM_NODES], last;
        bumped.vol = put->vol * (1.0 + side * bump);
        bumped.drift = put->r - put->q - 0.5 * bumped.vol * bumped.vol;
        for (int j = 0; j < n; j++) {
            VD square = l[j] * l[j] + (side * bump) * put->vol * moved_by_vol[j];
            square = HK_NAME(vmax)(square, put->lx2 + 0.5 * (l[j] * l[j] - put->lx2));
            shifted[j] = -HK_NAME(vsqrt)(square);
        }
        HK_NAME(newton)(nodes, n, m, &bumped, discount, 0, 1, 0.0, shifted, &last);
        difference += HK_NAME(premium)(nodes, n, outer_m, &bumped, 0, 0, zero, shifted, x);
    }
    return difference / (bump * bump * put->vol * put->vol);
}

/* The passage of time, from the pricing equation. */
HK_INLINE void HK_NAME(time_decay)(const HK_NAME(hk_am_put) *put, HK_NAME(hk_am_value) *v)
{
    VD half_var = 0.5 * put->vol * put->vol;
    v->t = put->r * v->value - put->drift * v->x - half_var * v->xx;
    v->t_x = put->r * v->x - put->drift * v->xx - half_var * v->xxx;
}

/* What the truncated Chebyshev series of the boundary may cost in value: the last coefficients of l^2, over the slope
 * of the premium in the boundary. */
HK_INLINE VD HK_NAME(doubt)(const hk_am_nodes *nodes, int n, const HK_NAME(hk_am_put) *put, const VD *l)
{
    VD last = HK_NAME(all)(0.0), before = last;
    for (int j = 0; j < n; j++) {
        VD g = l[j] * l[j] - put->lx2;
        last += nodes->tail[0][j] * g;
        before += nodes->tail[1][j] * g;
    }
    VD source = put->r - put->q * HK_NAME(quick_exp)(l[n - 1]);
    return (HK_NAME(vabs)(last) + 0.1 * HK_NAME(vabs)(before)) * HK_NAME(vabs)(source / (put->vol * l[n - 1])) *
           HK_NAME(vsqrt)(put->t);
}

/* Drift against diffusion over the option's life: where it is large the integrands are steps. */
HK_INLINE VD HK_NAME(stiffness)(const HK_NAME(hk_am_put) *put)
{
    VD drift = HK_NAME(vmax)(HK_NAME(vabs)(put->r - put->q), HK_NAME(vmax)(HK_NAME(vabs)(put->r), HK_NAME(vabs)(put->q)));
    return drift * HK_NAME(vsqrt)(put->t) / put->vol;
}

/* Value of the lanes on the nodes of one level; returns the lanes for which that is good enough. */
HK_INLINE VM HK_NAME(value_at_level)(int level, const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    const hk_am_nodes *coarse = &hk_am_tables.coarse[level], *fine = &hk_am_tables.fine[level];
    const int n0 = hk_am_sizes[level].coarse_n, m0 = hk_am_sizes[level].coarse_m;
    const int n = hk_am_sizes[level].n, m = hk_am_sizes[level].m, outer_m = hk_am_sizes[level].outer_m;
    const VD zero = HK_NAME(all)(0.0);
    HK_NAME(hk_am_put) lanes, *put = &lanes;
    VD x, exercise, seed[HK_AM_NODES], l[HK_AM_NODES], last;
    HK_NAME(load)(options, put, &x, &exercise);
    HK_NAME(prepare)(put);
    HK_NAME(seed)(coarse, n0, put, seed);
    HK_NAME(hk_am_discount) discount;
    HK_NAME(fill_discount)(coarse, n0, m0, put, &discount);
    HK_NAME(newton)(coarse, n0, m0, put, &discount, 0, level < 2 ? 1 + level : 10, 1e-3, seed, &last);
    HK_NAME(prolong)(coarse, n0, fine, n, hk_am_tables.prolong[level], put, seed, l);
    HK_NAME(fill_discount)(fine, n, m, put, &discount);
    HK_NAME(newton)(fine, n, m, put, &discount, 0, level == 0 ? 4 : 12 * (1 + (level > 1)), hk_am_limits[level].step, l, &last);
    HK_NAME(hk_am_value) v;
    HK_NAME(european_put)(x, put, &v);
    VD premium = HK_NAME(premium)(fine, n, outer_m, put, 0, 0, zero, l, x);
    VD held = v.value + premium;
    VM exercised = ~HK_NAME(less)(l[n - 1], x);
    *value = HK_NAME(pick)(exercised, exercise, HK_NAME(vmax)(held, HK_NAME(vmax)(exercise, v.value)));
    VM good = HK_NAME(less)(last, HK_NAME(all)(hk_am_limits[level].step)) &
              HK_NAME(less)(HK_NAME(doubt)(fine, n, put, l), HK_NAME(all)(hk_am_limits[level].doubt)) &
              HK_NAME(less)(HK_NAME(stiffness)(put), HK_NAME(all)(hk_am_limits[level].stiffness)) &
              HK_NAME(less)(HK_NAME(all)(-1e-7), premium) & HK_NAME(less)(HK_NAME(all)(-1e-7), held - exercise);
    if (greeks) {
        VD moved[3][HK_AM_NODES], polished[HK_AM_NODES];
        HK_NAME(boundary_moves)(fine, n, m, put, &discount, 0, l, moved, polished);
        HK_NAME(premium_greeks)(fine, n, hk_am_sizes[level].fine_m, put, 0, 0, zero, 1.0, polished, moved, x, &v);
        v.vol_vol += HK_NAME(premium_volga)(fine, n, m, outer_m, put, &discount, polished, moved[0], x);
        HK_NAME(time_decay)(put, &v);
        VD *field = &v.value;
        for (int i = 1; i < HK_AM_VALUE_FIELDS; i++) /* exercised: known to hk_am_write by these zeros */
            field[i] = HK_NAME(pick)(exercised, zero, field[i]);
        v.value = *value;
        *greeks = v;
    }
    return good;
}

static VM HK_NAME(value_at_0)(const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    return HK_NAME(value_at_level)(0, options, value, greeks);
}

static VM HK_NAME(value_at_1)(const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    return HK_NAME(value_at_level)(1, options, value, greeks);
}

static VM HK_NAME(value_at_2)(const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    return HK_NAME(value_at_level)(2, options, value, greeks);
}

static VM HK_NAME(value_at_3)(const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    return HK_NAME(value_at_level)(3, options, value, greeks);
}

static VM HK_NAME(value_at_4)(const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    return HK_NAME(value_at_level)(4, options, value, greeks);
}
