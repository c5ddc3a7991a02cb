/* Which problem an American option is: everything becomes a put with strike 1.
 *
 * Put-call symmetry C(S, K, r, q) = P(K, S, q, r) and homogeneity leave x = ln(S/K), the
 * rate earned on the strike r, the yield q, the vol and the time. */
#ifndef HEDGEKIT_AMERICAN_PUT_FORM_H
#define HEDGEKIT_AMERICAN_PUT_FORM_H

enum hk_am_kind {
    HK_AM_INVALID,
    HK_AM_CERTAIN,  /* no vol: the best of finitely many exercise times */
    HK_AM_EUROPEAN, /* exercise never pays before expiry */
    HK_AM_SINGLE,   /* exercise below one boundary */
    HK_AM_DOUBLE    /* q < r < 0: exercise between two boundaries */
};

/* Ways to value the lanes of a block, each for its kind of option; those by level are tried in turn. */
enum { HK_AM_BY_LEVEL_0, HK_AM_BY_LEVEL_1, HK_AM_BY_LEVEL_2, HK_AM_BY_LEVEL_3, HK_AM_BY_ANY_LEVEL, HK_AM_BY_EUROPEAN, HK_AM_BY_DOUBLE };

typedef struct {
    double x, r, q, vol, t;
    double scale;    /* value = scale * value of the put with strike 1 */
    double exercise; /* what exercise at once pays in units of the scale: no logarithm in between, so exact */
    double payoff;   /* the same in dollars */
    int sign;
    enum hk_am_kind kind;
} hk_am_option;

/* Value of the put with strike 1 and its derivatives in x = ln(S/K), vol, rate, yield and passing time. */
typedef struct {
    double value, x, xx, xxx, vol, vol_x, r, q, vol_vol, t, t_x;
} hk_am_greeks;

static inline enum hk_am_kind hk_am_kind_of(const hk_am_option *o)
{
    if (o->vol * sqrt(o->t) < 1e-12 * (1.0 + fabs(o->x)))
        return HK_AM_CERTAIN;
    if (o->r <= 0.0 && o->q >= o->r)
        return HK_AM_EUROPEAN;
    /* Exercise earns at most r K - q S, S below K, for as long as the option lives: not worth finding its boundary. */
    double earned = o->r < 0.0 ? o->r - o->q : o->r + fmax(-o->q, 0.0);
    if (earned * o->t * exp(fmax(-o->r * o->t, 0.0)) < 1e-12)
        return HK_AM_EUROPEAN;
    return o->r >= 0.0 ? HK_AM_SINGLE : HK_AM_DOUBLE;
}

/* Whether the boundary, which starts at r/q of the strike, bends over the distance that the spot wanders in the option's
 * life. A few nodes give the value to 1e-9 then, but its derivative to the rate, which moves the start, only to 2e-4. */
static inline int hk_am_bends(const hk_am_option *o)
{
    if (!(o->r > 0.0 && o->q > o->r))
        return 0;
    double start = log(o->q / o->r), spread = o->vol * sqrt(o->t);
    return start > 0.15 * spread && start < 2.5 * spread;
}

static inline hk_am_option hk_am_put_form(int sign, double spot, double strike, double t, double rate, double yield,
                                          double vol)
{
    hk_am_option o = {0};
    o.sign = sign;
    o.kind = HK_AM_INVALID;
    if (!(isfinite(spot) && isfinite(strike) && isfinite(t) && isfinite(rate) && isfinite(yield) && isfinite(vol)))
        return o;
    if (!(spot > 0.0 && strike > 0.0 && t > 0.0 && vol >= 0.0) || (sign != 1 && sign != -1))
        return o;
    int put = sign < 0;
    o.x = put ? log(spot / strike) : log(strike / spot);
    o.r = put ? rate : yield;
    o.q = put ? yield : rate;
    o.scale = put ? strike : spot;
    /* Rates this small move no digit of the value, but would put a second boundary at e^-700. */
    if (fabs(o.r) * t < 1e-14)
        o.r = 0.0;
    if (fabs(o.q) * t < 1e-14)
        o.q = 0.0;
    o.payoff = put ? strike - spot : spot - strike;
    o.exercise = o.payoff / o.scale;
    /* Here the value is at its limit to eight digits; a greater vol loses it on the way there. */
    o.vol = vol * sqrt(t) < 1e4 ? vol : 1e4 / sqrt(t);
    o.t = t;
    o.kind = hk_am_kind_of(&o);
    return o;
}

/* Value without vol: e^(-rt) - e^(x-qt) is monotone in t but for one stationary time. */
static inline double hk_am_certain(const hk_am_option *o, hk_am_greeks *greeks)
{
    double ex = exp(o->x), best = o->exercise, at = 0.0;
    double end = exp(-o->r * o->t) - ex * exp(-o->q * o->t);
    if (end > best) {
        best = end;
        at = o->t;
    }
    double ratio = o->r / (o->q * ex);
    if (o->r != o->q && ratio > 0.0) {
        double t = log(ratio) / (o->r - o->q);
        double value = exp(-o->r * t) - ex * exp(-o->q * t);
        if (t > 0.0 && t < o->t && value > best) {
            best = value;
            at = t;
        }
    }
    if (greeks) {
        hk_am_greeks none = {0};
        *greeks = none;
        if (best > 0.0) {
            double interest = exp(-o->r * at), asset = ex * exp(-o->q * at);
            greeks->value = best;
            greeks->x = greeks->xx = greeks->xxx = -asset;
            greeks->r = -at * interest;
            greeks->q = at * asset;
            if (at == o->t) { /* otherwise another day changes nothing */
                greeks->t = o->r * interest - o->q * asset;
                greeks->t_x = -o->q * asset;
            }
        }
    }
    return best > 0.0 ? best : 0.0;
}

#endif
