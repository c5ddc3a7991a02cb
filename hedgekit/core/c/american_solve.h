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
    put->low = HK_NAME(perpetual_log)(put->r, put->q, put->vol);
    put->high = put->lx - 1e-9 * put->vol * HK_NAME(vsqrt)(put->t);
}

/* The boundary from one set of nodes on another. */
HK_INLINE void HK_NAME(prolong)(const hk_am_nodes *from, const hk_am_nodes *to, double (*row)[HK_AM_NODES],
                                const HK_NAME(hk_am_put) *put, const VD *coarse, VD *fine)
{
    VD g[HK_AM_NODES], slack;
    for (int j = 0; j < from->n; j++)
        g[j] = coarse[j] * coarse[j] - put->lx2;
    for (int i = 0; i < to->n; i++)
        fine[i] = HK_NAME(vmin)(HK_NAME(boundary_at)(row[i], from->n, g, put->lx2, 0, &slack), put->high);
}

/* How l_j^2 moves with vol, rate and yield: the implicit function theorem on the collocation equations. */
HK_INLINE void HK_NAME(boundary_moves)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put, int lower,
                                       const VD *l, VD moved[3][HK_AM_NODES])
{
    VD matrix[HK_AM_NODES][HK_AM_NODES], residual[HK_AM_NODES], by[HK_AM_NODES][3], g[HK_AM_NODES];
    for (int j = 0; j < n; j++)
        g[j] = l[j] * l[j] - put->lx2;
    HK_NAME(equations)(nodes, n, m, put, lower, l, g, matrix, residual, by);
    HK_NAME(factor)(n, matrix);
    for (int p = 0; p < 3; p++) {
        for (int j = 0; j < n; j++)
            moved[p][j] = -by[j][p];
        HK_NAME(substitute)(n, matrix, moved[p]);
    }
}

/* The passage of time, from the pricing equation. */
HK_INLINE void HK_NAME(time_decay)(const HK_NAME(hk_am_put) *put, HK_NAME(hk_am_value) *v)
{
    VD half_var = 0.5 * put->vol * put->vol;
    v->t = put->r * v->value - put->drift * v->x - half_var * v->xx;
    v->t_x = put->r * v->x - put->drift * v->xx - half_var * v->xxx;
}

/* Value of the lanes on the nodes of one level; returns the lanes that converged. */
static VM HK_NAME(value_at_level)(int level, const HK_NAME(hk_am_put) *put, VD x, VD intrinsic,
                                  VD *value, HK_NAME(hk_am_value) *greeks)
{
    const hk_am_nodes *coarse = &hk_am_tables.coarse[level], *fine = &hk_am_tables.fine[level];
    VD seed[HK_AM_NODES], l[HK_AM_NODES], last;
    HK_NAME(seed)(coarse, coarse->n, put, seed);
    HK_NAME(newton)(coarse, coarse->n, coarse->m, put, 0, level ? 10 : 2, 1e-3, seed, &last);
    HK_NAME(prolong)(coarse, fine, hk_am_tables.prolong[level], put, seed, l);
    HK_NAME(newton)(fine, fine->n, fine->m, put, 0, level ? 30 : 5, level ? 1e-9 : 1e-6, l, &last);
    const VD zero = HK_NAME(all)(0.0);
    HK_NAME(hk_am_value) v;
    HK_NAME(european_put)(x, put, &v);
    VD european = v.value;
    VM exercised = ~HK_NAME(less)(l[fine->n - 1], x);
    if (greeks) {
        VD moved[3][HK_AM_NODES];
        HK_NAME(boundary_moves)(fine, fine->n, fine->m, put, 0, l, moved);
        HK_NAME(premium_greeks)(fine, fine->n, fine->premium_m, put, 0, 0, zero, 1.0, l, moved, x, &v);
        HK_NAME(time_decay)(put, &v);
        VD ex = HK_NAME(vexp)(x);
        v.value = HK_NAME(pick)(exercised, intrinsic, v.value);
        v.x = HK_NAME(pick)(exercised, -ex, v.x);
        v.xx = HK_NAME(pick)(exercised, -ex, v.xx);
        v.xxx = HK_NAME(pick)(exercised, -ex, v.xxx);
        v.vol = HK_NAME(pick)(exercised, zero, v.vol);
        v.vol_x = HK_NAME(pick)(exercised, zero, v.vol_x);
        v.vol_vol = HK_NAME(pick)(exercised, zero, v.vol_vol);
        v.r = HK_NAME(pick)(exercised, zero, v.r);
        v.q = HK_NAME(pick)(exercised, zero, v.q);
        v.t = HK_NAME(pick)(exercised, zero, v.t);
        v.t_x = HK_NAME(pick)(exercised, zero, v.t_x);
        *greeks = v;
    } else {
        v.value += HK_NAME(premium)(fine, fine->n, fine->premium_m, put, 0, 0, zero, l, x);
    }
    *value = HK_NAME(pick)(exercised, intrinsic, HK_NAME(vmax)(v.value, HK_NAME(vmax)(intrinsic, european)));
    return HK_NAME(less)(last, HK_NAME(all)(level ? 1e-5 : 1e-3)) & HK_NAME(less)(HK_NAME(all)(-1e-6), v.value - european) &
           HK_NAME(less)(HK_NAME(all)(-1e-6), v.value - intrinsic);
}

#define HK_AM_VALUE_FIELDS 11

/* Lanes with one boundary. The second level is for the lanes the first one was not good enough for; a lane's
 * answer never depends on whether its neighbours needed it. */
static VM HK_NAME(solve_single)(const hk_am_option *options, VD *value, HK_NAME(hk_am_value) *greeks)
{
    HK_NAME(hk_am_put) put;
    VD x, exercise;
    HK_NAME(load)(options, &put, &x, &exercise);
    HK_NAME(prepare)(&put);
    VM good = HK_NAME(value_at_level)(0, &put, x, exercise, value, greeks);
    if (!HK_NAME(any)(~good))
        return good;
    VD other;
    HK_NAME(hk_am_value) other_greeks;
    VM better = HK_NAME(value_at_level)(1, &put, x, exercise, &other, greeks ? &other_greeks : NULL);
    *value = HK_NAME(pick)(good, *value, other);
    if (greeks) {
        VD *mine = &greeks->value, *theirs = &other_greeks.value;
        for (int i = 0; i < HK_AM_VALUE_FIELDS; i++)
            mine[i] = HK_NAME(pick)(good, mine[i], theirs[i]);
    }
    return good | better;
}
