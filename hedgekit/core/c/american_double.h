/* Template: q < r < 0, exercise between two boundaries that close in on each other and may meet. */

/* Both boundaries over the last `t` years; returns whether both were found, and the gap left between them. */
static int HK_NAME(two_boundaries)(const hk_am_option *o, const hk_am_nodes *nodes, double t, HK_NAME(hk_am_put) *upper,
                                   HK_NAME(hk_am_put) *lower, VD *lu, VD *ll, double *gap)
{
    int n = nodes->n;
    double start = log(o->r / o->q), s = o->vol * sqrt(t);
    HK_NAME(hk_am_put) put;
    put.r = HK_NAME(all)(o->r);
    put.q = HK_NAME(all)(o->q);
    put.vol = HK_NAME(all)(o->vol);
    put.t = HK_NAME(all)(t);
    put.drift = put.r - put.q - 0.5 * put.vol * put.vol;
    *upper = put;
    upper->lx = upper->lx2 = upper->lx2_by_r = upper->lx2_by_q = HK_NAME(all)(0.0);
    upper->low = HK_NAME(all)(start);
    upper->high = HK_NAME(all)(-1e-9 * s);
    *lower = put;
    lower->lx = HK_NAME(all)(start);
    lower->lx2 = lower->lx * lower->lx;
    lower->lx2_by_r = HK_NAME(all)(2.0 * start / o->r);
    lower->lx2_by_q = HK_NAME(all)(-2.0 * start / o->q);
    lower->low = HK_NAME(all)(start * (1.0 - 1e-12));
    lower->high = HK_NAME(all)(0.0);
    HK_NAME(seed)(nodes, n, upper, lu);
    for (int i = 0; i < n; i++) {
        double step = 0.6 * s * nodes->root[i];
        ll[i] = HK_NAME(all)(step < -0.5 * start ? start + step : 0.5 * start);
    }
    VD last_upper, last_lower;
    HK_NAME(hk_am_discount) discount;
    HK_NAME(fill_discount)(nodes, n, nodes->inner.m, upper, &discount);
    HK_NAME(newton)(nodes, n, nodes->inner.m, upper, &discount, 0, 20, 1e-9, lu, &last_upper);
    HK_NAME(newton)(nodes, n, nodes->inner.m, lower, &discount, 1, 20, 1e-9, ll, &last_lower);
    VM found = HK_NAME(less)(HK_NAME(vmax)(last_upper, last_lower), HK_NAME(all)(1e-7));
    VD between = lu[n - 1] - ll[n - 1];
    memcpy(gap, &between, sizeof *gap);
    return !HK_NAME(any)(~found);
}

/* How long before expiry the boundaries met, they having met or been lost within o->t. A wrong gap costs its square,
 * so a coarse search serves. */
static double HK_NAME(meeting_time)(const hk_am_option *o)
{
    const hk_am_nodes *nodes = &hk_am_tables.coarse[2];
    HK_NAME(hk_am_put) upper, lower;
    VD lu[HK_AM_NODES], ll[HK_AM_NODES];
    double open = 0.0, closed = o->t, gap_open = -log(o->r / o->q), gap_closed = NAN;
    for (int step = 0; step < 80 && closed - open > 1e-10 * closed; step++) {
        double gap, share = isfinite(gap_closed) ? gap_open / (gap_open - gap_closed) : 0.5;
        double t = open + fmin(fmax(share, 0.02), 0.98) * (closed - open);
        int found = HK_NAME(two_boundaries)(o, nodes, t, &upper, &lower, lu, ll, &gap);
        if (found && fabs(gap) < 1e-7)
            return t;
        if (found && gap > 0.0) {
            open = t;
            gap_open = gap;
        } else {
            closed = t;
            gap_closed = found ? gap : NAN;
        }
    }
    return open;
}

/* One option in every lane. */
static int HK_NAME(solve_double)(const hk_am_option *o, double *value, HK_NAME(hk_am_value) *greeks)
{
    const hk_am_nodes *nodes = &hk_am_tables.fine[2];
    int n = nodes->n;
    HK_NAME(hk_am_put) upper, lower, whole;
    VD lu[HK_AM_NODES], ll[HK_AM_NODES];
    double gap, alive = o->t;
    int met = 0;
    if (!HK_NAME(two_boundaries)(o, nodes, alive, &upper, &lower, lu, ll, &gap) || gap < 0.0) {
        met = 1;
        alive = HK_NAME(meeting_time)(o);
        int found = HK_NAME(two_boundaries)(o, nodes, alive, &upper, &lower, lu, ll, &gap);
        if (!found || !(fabs(gap) < 1e-3))
            return 0;
    }
    VD x = HK_NAME(all)(o->x), lag = HK_NAME(all)(o->t - alive), result;
    double top, bottom;
    memcpy(&top, &lu[n - 1], sizeof top);
    memcpy(&bottom, &ll[n - 1], sizeof bottom);
    VD moved_upper[3][HK_AM_NODES], moved_lower[3][HK_AM_NODES], polished[HK_AM_NODES];
    HK_NAME(hk_am_discount) discount;
    HK_NAME(hk_am_value) v;
    VD ex = HK_NAME(vexp)(x), zero = HK_NAME(all)(0.0);
    whole = upper;
    whole.t = HK_NAME(all)(o->t);
    int above = met || o->x > top, below = met || o->x < bottom;
    if (above)
        HK_NAME(european_put)(x, &whole, &v);
    else {
        v.value = HK_NAME(all)(o->exercise);
        v.x = v.xx = v.xxx = below ? -ex : zero; /* exercised: known to hk_am_write by these zeros */
        v.vol = v.vol_x = v.vol_vol = v.r = v.q = v.t = v.t_x = zero;
    }
    if (greeks) {
        if (above) {
            HK_NAME(fill_discount)(nodes, n, nodes->inner.m, &upper, &discount);
            HK_NAME(boundary_moves)(nodes, n, nodes->inner.m, &upper, &discount, 0, lu, moved_upper, polished);
            HK_NAME(premium_greeks)(nodes, n, nodes->fine.m, &upper, 0, 1, lag, 1.0, lu, moved_upper, x, &v);
        }
        if (below) {
            HK_NAME(fill_discount)(nodes, n, nodes->inner.m, &lower, &discount);
            HK_NAME(boundary_moves)(nodes, n, nodes->inner.m, &lower, &discount, 1, ll, moved_lower, polished);
            HK_NAME(premium_greeks)(nodes, n, nodes->fine.m, &lower, 1, 1, lag, -1.0, ll, moved_lower, x, &v);
        }
        if (above || below)
            HK_NAME(time_decay)(&whole, &v);
        *greeks = v;
        result = v.value;
    } else {
        result = v.value;
        if (above)
            result += HK_NAME(premium)(nodes, n, nodes->outer.m, &upper, 0, 1, lag, lu, x);
        if (below)
            result -= HK_NAME(premium)(nodes, n, nodes->outer.m, &lower, 1, 1, lag, ll, x);
    }
    memcpy(value, &result, sizeof *value);
    return isfinite(*value);
}
