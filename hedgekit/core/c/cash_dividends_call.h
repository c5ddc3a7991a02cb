/* American calls that are only exercised just before a dividend: their first period, of which one spot is asked. That is
 * exercise for certain and one integral over what holding is worth more just before the first dividend, from where it starts
 * to be: no node of a lattice has to resolve the kink, however close the date.
 *
 * Included once for each instruction set, from cash_dividends_kernel.h. */

/* By how much holding is worth more than exercise at X just before the dividend. */
HK_CD_INLINE vd HK_NAME(excess_before)(const HK_NAME(period) *p, const HK_NAME(after_drop) *o, vd x)
{
    const HK_NAME(place) at = HK_NAME(place_after)(o, x);
    return HK_NAME(value_at)(p, o, &at) - (p->strike - x);
}

/* Value and derivatives today. `u` are the values just after the first dividend, NULL where held to expiry from there. */
static void HK_NAME(sum_first_period)(hk_cd_task *const *task, const HK_NAME(period) *p,
                                      const HK_NAME(sensitivities) *s, int marched, const HK_NAME(grid) *later,
                                      double cash, const hk_cd_shape *shape, vd mu, vd step, vd vol, vd rate,
                                      vd length, vd now, const vd *u)
{
    /* abscissas and weights of Gauss and Legendre */
    static const double at[4] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
    static const double weight[4] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};
    const double range = 8.5;
    const vd zero = {0}, one = zero + 1.0;
    const HK_NAME(after_drop) after = HK_NAME(after_the_drop)(p, later, cash, ~(vi)zero, mu, step, u);
    const vd root = vol * HK_NAME(vsqrt)(length), start = HK_NAME(vlog)(now) + mu * length;

    /* exercised below `split`: halving, then false position */
    vd low = zero - range, high = zero + range;
    if (u) {
        /* within the lattice: nothing is known of the value of holding beyond */
        const vd left = after.square / HK_NAME(vexp)((after.top - 0.5 - after.shift) * step);
        const vd top = (HK_NAME(vlog)(after.square / (left + cash)) - start) / root;
        high = HK_NAME(pick)(top < high, top, high);
    }
    vd f_low = HK_NAME(excess_before)(p, &after, HK_NAME(vexp)(start + root * low));
    vd f_high = HK_NAME(excess_before)(p, &after, HK_NAME(vexp)(start + root * high));
    const vi never = f_low >= 0.0, always = f_high < 0.0;
    vd split = high;
    for (int i = 0; i < 20; i++) {
        const vd chord = (low * f_high - high * f_low) / HK_NAME(pick)(f_high > f_low, f_high - f_low, one);
        const vi fair = (chord > low) & (chord < high);
        split = i < 6 ? 0.5 * (low + high) : HK_NAME(pick)(fair, chord, 0.5 * (low + high));
        const vd f = HK_NAME(excess_before)(p, &after, HK_NAME(vexp)(start + root * split));
        const vi below = f < 0.0;
        /* the end that stays weighs half as much the next time */
        f_low = HK_NAME(pick)(below, f, 0.5 * f_low);
        f_high = HK_NAME(pick)(below, 0.5 * f_high, f);
        low = HK_NAME(pick)(below, split, low);
        high = HK_NAME(pick)(below, high, split);
    }
    split = HK_NAME(pick)(always, zero + range, HK_NAME(pick)(never, zero - range, split));

    const int panels = hk_cd_panels(task[0], length[0], shape->spacing, range);
    vd moment[4] = {zero, zero, zero, zero}, sens[2] = {zero, zero}, sens_x = zero;
    const vd half = (range - split) * (0.5 / panels);
    for (int i = 0; i < 8 * panels; i++) {
        const int k = i & 3;
        const vd z = split + half * (1.0 + 2.0 * (i >> 3) + (i & 4 ? at[k] : -at[k]));
        const vd x = HK_NAME(vexp)(start + root * z);
        const vd density = half * weight[k] * HK_NAME(vexp)(-0.5 * z * z);
        const HK_NAME(place) place = HK_NAME(place_after)(&after, x);
        const vd mass = density * (HK_NAME(value_at)(p, &after, &place) - (p->strike - x));
        moment[0] += mass;
        moment[1] += mass * z;
        moment[2] += mass * (z * z - 1.0);
        moment[3] += mass * z * (z * z - 3.0);
        if (marched) {
            vd w[2];
            HK_NAME(sensitivities_at)(p, s, &after, &place, w);
            sens[0] += density * w[0];
            sens[1] += density * w[1];
            sens_x += density * w[0] * z;
        }
    }
    vd scale = HK_NAME(vexp)(-rate * length) * 0.3989422804014327;
    sens_x *= scale / root;
    sens[0] *= scale;
    sens[1] *= scale;
    const vd forward = now * HK_NAME(vexp)((mu + 0.5 * vol * vol - rate) * length);
    for (int k = 0; k < 4; k++) {
        moment[k] = moment[k] * scale - forward;
        scale /= root;
    }
    moment[0] += p->strike * HK_NAME(vexp)(-rate * length);
    for (int l = 0; l < LANES; l++) {
        hk_cd_task *o = task[l];
        const double w1 = moment[1][l], w2 = moment[2][l], w3 = moment[3][l], share = o->spot / o->strike;
        hk_cd_take(o, moment[0][l], w1, w2, w3);
        o->exercised = 0;
        o->margin = -(shape->nodes[o->n_live] + 1) * step[l];
        if (marched) {
            const double spread = vol[l] * length[l], vega = sens[0][l] + spread * (w2 - w1);
            o->v_vol = share * vega;
            o->v_vol_x = share * (vega - (sens_x[l] + spread * (w3 - w2)));
            o->v_rate = share * (sens[1][l] - length[l] * w1);
        }
    }
}
