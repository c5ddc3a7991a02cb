/* A premium whose volatility is sought: which ones have none, and one step of the search for the others. */
#ifndef HEDGEKIT_AMERICAN_QUOTE_H
#define HEDGEKIT_AMERICAN_QUOTE_H

typedef struct {
    hk_am_option option; /* vol: the one to try next, and the answer at the end */
    double target;       /* premium in units of the scale */
    double ceiling;      /* not identified: worth no more than this */
    double low, high;    /* the answer lies between */
    double past_vol, past_excess; /* the trial before the last, and the American value above the European there */
    double slope;                 /* of that excess in vol, roughly */
    int tried;
    int open;
    signed char status;
} hk_am_quote;

/* European put with strike 1 at another vol, and its vega. */
static inline double hk_am_european(const hk_am_option *o, double vol, double *vega)
{
    double s = vol * sqrt(o->t), d2 = (o->x + (o->r - o->q) * o->t) / s - 0.5 * s, d1 = d2 + s;
    double er = exp(-o->r * o->t), es = exp(o->x - o->q * o->t);
    *vega = es * exp(-0.5 * d1 * d1) * 0.39894228040143268 * sqrt(o->t);
    return er * 0.5 * erfc(d2 * 0.70710678118654752) - es * 0.5 * erfc(d1 * 0.70710678118654752);
}

/* The vol at which European value + excess + slope (vol - at) is the target, by Newton from a first guess; NaN when
 * it walks out of (low, high). */
static inline double hk_am_invert(const hk_am_option *o, double target, double excess, double slope, double at,
                                  double guess, double low, double high)
{
    double vol = guess;
    for (int step = 0; step < 40; step++) {
        double vega, miss = hk_am_european(o, vol, &vega) + excess + slope * (vol - at) - target;
        double rise = vega + slope;
        if (!(rise > 0.02 * vega) || vega < 1e-14)
            return NAN;
        double move = -miss / rise;
        move = fmin(fmax(move, -0.5 * vol), vol);
        vol += move;
        if (!(vol > low && vol < high))
            return NAN;
        if (fabs(move) <= 1e-7 * vol)
            return vol;
    }
    return NAN;
}

/* Early-exercise value after Barone-Adesi and Whaley (1987): good to a percent or two of itself, to start from. */
static inline double hk_am_rough_excess(const hk_am_option *o, double vol, double european)
{
    double var = vol * vol, s = vol * sqrt(o->t), er = exp(-o->r * o->t), eq = exp(-o->q * o->t);
    double n1 = 2.0 * (o->r - o->q) / var - 1.0, rt = o->r * o->t;
    double growth = fabs(rt) < 1e-5 ? 1.0 + 0.5 * rt : rt / (1.0 - er);
    double power = -0.5 * (n1 + sqrt(fmax(n1 * n1 + 8.0 * growth / (s * s), 0.0)));
    double start = o->r > 0.0 && o->r < o->q ? log(o->r / o->q) : 0.0, x = start - 1.2 * s, gain = 0.0;
    for (int step = 0; step < 5; step++) {
        double d2 = (x + (o->r - o->q) * o->t) / s - 0.5 * s, d1 = d2 + s, ex = exp(x);
        double below1 = eq * 0.5 * erfc(d1 * 0.70710678118654752), below2 = er * 0.5 * erfc(d2 * 0.70710678118654752);
        double density = eq * exp(-0.5 * d1 * d1) * 0.39894228040143268;
        gain = -(1.0 - below1) * ex / power;
        double miss = 1.0 - ex - (below2 - ex * below1) - gain;
        double slope = ex * below1 - ex + ex / power * (1.0 - below1 + density / s);
        double move = -miss / fmin(slope, -1e-12);
        x = fmin(x + fmin(fmax(move, -2.0 * s), 2.0 * s), start - 0.02 * s);
        if (fabs(move) < 1e-3 * s)
            break;
    }
    if (o->x <= x)
        return o->exercise - european;
    return fmin(gain * exp(power * (o->x - x)), 1.0);
}

static inline hk_am_quote hk_am_read_quote(const hk_column *premium, const hk_am_inputs *in, ptrdiff_t i)
{
    hk_am_quote quote = {0};
    double paid = premium->data[i * premium->stride];
    hk_am_option *o = &quote.option;
    *o = hk_am_read(in, i);
    quote.status = HK_INVALID_INPUT;
    if (o->kind == HK_AM_INVALID || !isfinite(paid))
        return quote;
    double spot = in->spot.data[i * in->spot.stride], strike = in->strike.data[i * in->strike.stride];
    /* In the exercise region a quote is spot - strike up to the rounding of that difference and of its decimals. */
    double rounding = 4.0 * DBL_EPSILON * fmax(spot, strike);
    double exercise = fmax(o->sign > 0 ? spot - strike : strike - spot, 0.0);
    double floor = fmax(exercise, o->scale * hk_am_certain(o, NULL));
    double ceiling = o->scale * fmax(1.0, exp(-o->r * o->t));
    if (paid < floor - rounding) {
        quote.status = HK_BELOW_INTRINSIC;
        return quote;
    }
    if (paid >= ceiling) {
        quote.status = HK_ABOVE_MAXIMUM;
        return quote;
    }
    quote.ceiling = (floor + rounding) / o->scale;
    quote.target = paid / o->scale;
    if (paid <= floor + rounding) {
        /* Worth what it is worth without risk, every low vol fits; no vol makes an option worth nothing. */
        quote.status = paid > 0.0 ? HK_NOT_IDENTIFIED : HK_BELOW_INTRINSIC;
        return quote;
    }
    /* Where a European value bends from convex to concave in vol, from which Newton converges in both directions. */
    double forward = o->x + (o->r - o->q) * o->t;
    double bend = fmin(fmax(sqrt(2.0 * fabs(forward) / o->t), 0.05), 5.0);
    double european = hk_am_invert(o, quote.target, 0.0, 0.0, bend, bend, 0.0, 100.0);
    o->vol = isfinite(european) ? european : bend;
    if (isfinite(european) && hk_am_kind_of(o) == HK_AM_SINGLE) {
        double first = o->vol, excess = hk_am_rough_excess(o, first, quote.target), vega;
        double second = hk_am_invert(o, quote.target, excess, 0.0, first, first, 0.2 * first, 1.001 * first);
        if (isfinite(second) && second < first * (1.0 - 1e-9)) {
            double again = hk_am_rough_excess(o, second, hk_am_european(o, second, &vega));
            quote.slope = (excess - again) / (first - second);
            double third = hk_am_invert(o, quote.target, again, quote.slope, second, second, 0.2 * first, 1.001 * first);
            o->vol = isfinite(third) ? third : second;
        }
    }
    quote.low = 0.0;
    quote.high = isfinite(european) ? 1.001 * european : INFINITY; /* early exercise only adds value */
    quote.open = 1;
    quote.status = HK_NO_CONVERGENCE;
    return quote;
}

/* Takes the American value at the vol tried; chooses the next one, or closes the quote.
 *
 * The American value above the European one bends much less than either: its secant, added to the European formula,
 * gives the next vol. Where that leaves the bracket, the bracket is halved. */
static inline void hk_am_quote_step(hk_am_quote *quote, double value, signed char status)
{
    hk_am_option *o = &quote->option;
    double vol = o->vol, vega;
    if (status != HK_OK) {
        quote->open = 0;
        quote->status = status;
        return;
    }
    if (value > quote->target)
        quote->high = fmin(quote->high, vol);
    else
        quote->low = fmax(quote->low, vol);
    double excess = value - hk_am_european(o, vol, &vega), slope = quote->slope, change = 1.0;
    if (quote->tried > 0) {
        slope = (excess - quote->past_excess) / (vol - quote->past_vol);
        change = fabs(vol / quote->past_vol - 1.0);
    }
    /* The ends of the bracket are values already tried, and may be the answer but for rounding. */
    double next = hk_am_invert(o, quote->target, excess, slope, vol, vol, quote->low * (1.0 - 1e-9),
                               quote->high * (1.0 + 1e-9));
    /* A secant through points `change` apart errs by its square times the step: no need to look there again. */
    double move = fabs(next / vol - 1.0);
    if (move * fmin(change, 1.0) < 1e-8 && (quote->tried > 0 || move < 1e-12)) {
        o->vol = next;
        quote->open = 0;
        quote->status = HK_OK;
        return;
    }
    if (quote->high - quote->low <= 1e-12 * quote->high) {
        quote->open = 0;
        quote->status = HK_OK;
        return;
    }
    quote->tried++;
    quote->past_vol = vol;
    quote->past_excess = excess;
    if (isfinite(next))
        o->vol = next;
    else if (quote->high < INFINITY)
        o->vol = 0.5 * (quote->low + quote->high);
    else
        o->vol = 2.0 * vol;
    if (quote->tried % 8 == 0 && quote->high < INFINITY) /* the secant creeps: halve */
        o->vol = 0.5 * (quote->low + quote->high);
}

#endif
