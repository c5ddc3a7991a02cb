/* Template: what a quadrature misses of the premium where the spot is near the boundary.
 *
 * At a distance z of the boundary the integrands change within u ~ (z/vol)^2 of zero, too short a time for any fixed set
 * of points; that of gamma is a peak there whose area does not shrink with z. To first order, with s = vol sqrt(u),
 * d2 = (z + kappa u)/s, kappa the drift against the boundary, and phi(d2) ~ phi(z/s) exp(-kappa z/vol^2). Integrals of
 * Phi(-z/s) and of k(z) = phi(z/s)/s and its derivatives to z are known:
 *
 *     int_0^T Phi(-z/s) du = T ((1 + h^2) Phi(-h) - h phi(h)),           h = z / (vol sqrt(T))
 *     int_0^T k du         = 2 sqrt(T)/vol (phi(h) - h Phi(-h)),
 *     -int_0^T k' du       = 2 Phi(-h)/vol^2,     int_0^T k'' du = 2 phi(h)/(vol^3 sqrt(T)),
 *
 * so the same points are summed over these, and what the sums miss is added back. What is left is of second order in the
 * short time: 24 points give gamma to 3e-6 at any distance where they alone may err by all of it. */

typedef struct {
    VD z;                         /* distance of the spot from the boundary at the full life, not negative */
    VD h, per_s;                  /* z / (vol sqrt(T)), and 1 / (vol sqrt(T)) */
    VD value, bell, slope, curve; /* of the four integrals: sums over the points, then what these miss */
    VD pull;                      /* kappa / vol^2 */
    VD factor;                    /* exp(-kappa z / vol^2); 0 where the spot is too far away for any of this */
    double side;                  /* of the spot: +1 above the boundary, -1 below */
} HK_NAME(hk_am_layer);

HK_INLINE HK_NAME(hk_am_layer) HK_NAME(layer)(const hk_am_nodes *nodes, int n, const HK_NAME(hk_am_put) *put, int lower,
                                             VD lag, const VD *l, const VD *g, VD x)
{
    HK_NAME(hk_am_layer) layer;
    const VD zero = HK_NAME(all)(0.0);
    VD end = l[n - 1], bend = zero; /* bend: derivative of g to the root of time, a fraction */
    for (int j = 0; j < n; j++)
        bend += nodes->slope[j] * g[j];
    layer.side = lower ? -1.0 : 1.0;
    layer.z = HK_NAME(vabs)(x - end);
    layer.per_s = 1.0 / (put->vol * HK_NAME(vsqrt)(put->t));
    layer.h = layer.z * layer.per_s;
    layer.value = layer.bell = layer.slope = layer.curve = zero;
    layer.pull = (put->drift + 0.25 * bend / (end * put->t)) / (put->vol * put->vol);
    VD bias = layer.side * layer.pull * layer.z;
    VM near = HK_NAME(less)(layer.h, HK_NAME(all)(1.5)) & HK_NAME(less)(HK_NAME(vabs)(bias), HK_NAME(all)(1.0)) &
              ~HK_NAME(less)(zero, lag);
    layer.pull = HK_NAME(pick)(near, layer.pull, zero);
    layer.factor = HK_NAME(pick)(near, HK_NAME(quick_exp)(HK_NAME(pick)(near, -bias, zero)), zero);
    return layer;
}

/* One point: z/s = distance, `mills_at` the argument of its Mills ratio. */
HK_INLINE void HK_NAME(layer_add)(HK_NAME(hk_am_layer) *layer, double weight, VD inv_s, VD distance, VD mills_at,
                                  int derivatives)
{
    VD phi = weight * HK_NAME(quick_density)(distance);
    layer->value += phi * HK_NAME(quick_mills)(mills_at);
    if (derivatives) {
        VD k = phi * inv_s, k1 = k * inv_s;
        layer->bell += k;
        layer->slope += k1 * distance;
        layer->curve += k1 * inv_s * (distance * distance - 1.0);
    }
}

/* After the last point: from the sums to what they miss. */
HK_INLINE void HK_NAME(layer_end)(HK_NAME(hk_am_layer) *layer, const HK_NAME(hk_am_put) *put, int derivatives)
{
    const VD zero = HK_NAME(all)(0.0);
    VD h = HK_NAME(vmin)(layer->h, HK_NAME(all)(8.0)), per_s = layer->per_s;
    VD phi = HK_NAME(density)(h), tail = phi * HK_NAME(mills)(h);
    VM near = HK_NAME(less)(zero, layer->factor);
    layer->value = put->t * HK_NAME(pick)(near, (1.0 + h * h) * tail - h * phi - layer->value, zero);
    if (derivatives) {
        VD times = put->t * layer->factor;
        layer->bell = times * (2.0 * per_s * (phi - h * tail) - layer->bell);
        layer->slope = times * (2.0 * per_s * per_s * tail - layer->slope);
        layer->curve = times * (2.0 * per_s * per_s * per_s * phi - layer->curve);
    }
}
