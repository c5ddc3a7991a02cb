/* Template: the value above the European one, and its derivatives, from a known boundary.
 *
 *     int_0^T r e^(-ru) Phi(-d2) - q e^(x-qu) Phi(-d1) du,   d at x = ln(S/K) against the boundary at T - u
 * (Kim 1990). The derivatives to vol, rate and yield take in how the boundary moves. */
#include "american_layer.h"

/* Value and derivatives in x = ln S of a put with strike 1; the European part included. */
typedef struct {
    VD value, x, xx, xxx;
    VD vol, vol_x;
    VD r, q;
    VD vol_vol;
    VD t, t_x; /* as calendar time passes */
} HK_NAME(hk_am_value);

HK_INLINE void HK_NAME(european_put)(VD x, const HK_NAME(hk_am_put) *put, HK_NAME(hk_am_value) *out)
{
    VD root_t = HK_NAME(vsqrt)(put->t);
    VD s = put->vol * root_t;
    VD d2 = (x + put->drift * put->t) / s, d1 = d2 + s;
    VD er = HK_NAME(vexp)(-put->r * put->t), es = HK_NAME(vexp)(x - put->q * put->t);
    VD phi1 = HK_NAME(density)(d1), phi2 = HK_NAME(density)(d2);
    VD below2 = er * HK_NAME(normal)(-d2, phi2), below1 = es * HK_NAME(normal)(-d1, phi1);
    VD tails = es * phi1 * (HK_NAME(mills)(HK_NAME(vabs)(d2)) - HK_NAME(mills)(HK_NAME(vabs)(d1)));
    VM far = HK_NAME(less)(HK_NAME(all)(0.5), d2) & HK_NAME(less)(HK_NAME(all)(0.5), d1);
    VD bell = es * phi1;
    out->value = HK_NAME(pick)(far, tails, below2 - below1);
    out->x = -below1;
    out->xx = bell / s - below1;
    out->xxx = bell / s * (2.0 - d1 / s) - below1;
    out->vol = bell * root_t;
    out->vol_x = bell * root_t * (1.0 - d1 / s);
    out->vol_vol = out->vol * d1 * d2 / put->vol;
    out->r = -put->t * below2;
    out->q = put->t * below1;
}

/* The premium's value alone. With a `lag` the boundary ends that long before the option does (two boundaries that
 * met); put->t is then the boundary's life. */
HK_INLINE VD HK_NAME(premium)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put, int lower,
                              int lagged, VD lag, const VD *l, VD x)
{
    const VD zero = HK_NAME(all)(0.0);
    VD g[HK_AM_NODES], ex = HK_NAME(vexp)(x), per_ex = HK_NAME(vexp)(-x);
    VD interest = HK_NAME(all)(0.0), dividend = interest;
    VD s_full = put->vol * HK_NAME(vsqrt)(put->t), per_s = 1.0 / s_full;
    for (int j = 0; j < n; j++)
        g[j] = l[j] * l[j] - put->lx2;
    HK_NAME(hk_am_layer) layer = HK_NAME(layer)(nodes, n, put, lower, lag, l, g, x);
    for (int k = 0; k < m; k++) {
        double sin_a = nodes->outer.sin_a[k];
        VM held;
        VD y = -HK_NAME(vsqrt)(HK_NAME(square_at)(&nodes->at_outer[k * n], n, g, put->lx2, lower, &held));
        VD u = put->t * (sin_a * sin_a), s = s_full * sin_a, inv_s = per_s * nodes->outer.per_sin_a[k];
        if (lagged) {
            u += lag;
            s = put->vol * HK_NAME(vsqrt)(u);
            inv_s = 1.0 / s;
        }
        VD d2 = (x - y + put->drift * u) * inv_s, d1 = d2 + s;
        VD er = HK_NAME(quick_exp)(-put->r * u), eq = HK_NAME(quick_exp)(-put->q * u);
        VD bell = er * HK_NAME(quick_density)(d2);
        VD d0 = layer.z * inv_s, m0 = 1.0 + 0.28 * d0;
        VD m1 = 1.0 + 0.28 * HK_NAME(vabs)(d1), m2 = 1.0 + 0.28 * HK_NAME(vabs)(d2);
        VD m12 = m1 * m2, inverse = 1.0 / (m0 * m12), inverse_12 = inverse * m0;
        VD tail1 = bell * HK_NAME(quick_exp)(y) * per_ex * HK_NAME(quick_mills)(inverse_12 * m2);
        VD tail2 = bell * HK_NAME(quick_mills)(inverse_12 * m1);
        HK_NAME(layer_add)(&layer, nodes->outer.weight[k], inv_s, d0, inverse * m12, 0);
        interest += nodes->outer.weight[k] * HK_NAME(pick)(HK_NAME(less)(d2, zero), er - tail2, tail2);
        dividend += nodes->outer.weight[k] * HK_NAME(pick)(HK_NAME(less)(d1, zero), eq - tail1, tail1);
    }
    HK_NAME(layer_end)(&layer, put, 0);
    VD source = put->r - put->q * HK_NAME(quick_exp)(l[n - 1]);
    return put->t * (put->r * interest - put->q * ex * dividend) + layer.side * source * layer.value;
}

/* The premium and its derivatives, times `sign`, added to `out`; moved[p][j]: derivative of l_j^2 to vol, rate, yield. */
HK_INLINE void HK_NAME(premium_greeks)(const hk_am_nodes *nodes, int n, int m, const HK_NAME(hk_am_put) *put, int lower,
                                       int lagged, VD lag, double sign, const VD *l, VD moved[3][HK_AM_NODES], VD x, HK_NAME(hk_am_value) *out)
{
    const VD zero = HK_NAME(all)(0.0);
    VD per_var = 1.0 / (put->vol * put->vol), per_vol = 1.0 / put->vol;
    VD g[HK_AM_NODES], ex = HK_NAME(vexp)(x);
    VD s_full = put->vol * HK_NAME(vsqrt)(put->t), per_s = 1.0 / s_full;
    for (int j = 0; j < n; j++)
        g[j] = l[j] * l[j] - put->lx2;
    HK_NAME(hk_am_layer) layer = HK_NAME(layer)(nodes, n, put, lower, lag, l, g, x);
    for (int k = 0; k < m; k++) {
        const double *row = &nodes->at_fine[k * n];
        double sin_a = nodes->fine.sin_a[k], rest = 1.0;
        VM held;
        VD y = -HK_NAME(vsqrt)(HK_NAME(square_at)(row, n, g, put->lx2, lower, &held));
        VD slack = HK_NAME(pick)(held, zero, 0.5 / y);
        VD y_vol = zero, y_r = y_vol, y_q = y_vol;
        for (int j = 0; j < n; j++) {
            y_vol += row[j] * moved[0][j];
            y_r += row[j] * moved[1][j];
            y_q += row[j] * moved[2][j];
            rest -= row[j];
        }
        y_vol *= slack;
        y_r = (y_r + rest * put->lx2_by_r) * slack;
        y_q = (y_q + rest * put->lx2_by_q) * slack;
        VD u = put->t * (sin_a * sin_a), s = s_full * sin_a;
        VD inv_s = per_s * (1.0 / sin_a);
        if (lagged) {
            u += lag;
            s = put->vol * HK_NAME(vsqrt)(u);
            inv_s = 1.0 / s;
        }
        VD d2 = (x - y + put->drift * u) * inv_s, d1 = d2 + s;
        VD w = sign * put->t * nodes->fine.weight[k];
        VD er = w * HK_NAME(quick_exp)(-put->r * u), eq = w * ex * HK_NAME(quick_exp)(-put->q * u);
        VD level = HK_NAME(quick_exp)(y), ey = put->q * level;
        VD bell = er * HK_NAME(quick_density)(d2);
        VD d0 = layer.z * inv_s, m0 = 1.0 + 0.28 * d0;
        VD m1 = 1.0 + 0.28 * HK_NAME(vabs)(d1), m2 = 1.0 + 0.28 * HK_NAME(vabs)(d2);
        VD m12 = m1 * m2, inverse = 1.0 / (m0 * m12), inverse_12 = inverse * m0;
        VD tail1 = bell * level * HK_NAME(quick_mills)(inverse_12 * m2);
        VD tail2 = bell * HK_NAME(quick_mills)(inverse_12 * m1);
        HK_NAME(layer_add)(&layer, nodes->fine.weight[k], inv_s, d0, inverse * m12, 1);
        VD below1 = HK_NAME(pick)(HK_NAME(less)(d1, zero), eq - tail1, tail1);
        VD below2 = HK_NAME(pick)(HK_NAME(less)(d2, zero), er - tail2, tail2);
        VD source = put->r - ey;
        VD c = bell * source * inv_s, b = bell * ey * inv_s;
        VD twist = put->r * d1 - ey * d2;
        VD swing = bell * source * s * per_var;
        out->value += put->r * below2 - put->q * below1;
        out->x -= c + put->q * below1;
        out->xx += c * d2 * inv_s - put->q * below1 + b;
        out->xxx += c * (1.0 - d2 * d2) * inv_s * inv_s - put->q * below1 + b - b * d2 * inv_s;
        out->vol += bell * twist * per_vol + c * y_vol;
        out->vol_x += bell * (source - d2 * twist) * inv_s * per_vol - c * d2 * inv_s * y_vol;
        out->r += below2 * (1.0 - put->r * u) - swing + c * y_r;
        out->q += -below1 * (1.0 - put->q * u) + swing + c * y_q;
    }
    HK_NAME(layer_end)(&layer, put, 1);
    VD end = l[n - 1], level = HK_NAME(quick_exp)(end), ey = put->q * level, source = put->r - ey, pull = layer.pull;
    VD end_vol = 0.5 * moved[0][n - 1] / end, end_r = 0.5 * moved[1][n - 1] / end, end_q = 0.5 * moved[2][n - 1] / end;
    VD value = sign * layer.side * layer.value, bell = sign * layer.bell, curve = sign * layer.curve;
    VD towards = sign * layer.side * layer.slope, slope = towards + pull * bell; /* minus the first derivative of bell */
    out->value += source * value;
    out->x -= source * bell;
    out->xx += source * slope + ey * bell;
    out->xxx -= source * (curve + pull * (slope + towards)) - ey * (bell - slope);
    out->vol += source * bell * (layer.side * layer.z * per_vol + end_vol);
    out->vol_x += source * ((bell - layer.side * layer.z * (slope + pull * bell)) * per_vol - slope * end_vol);
    out->r += value + source * bell * end_r;
    out->q += source * bell * end_q - ex * value;
}
