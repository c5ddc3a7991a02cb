/* A premium whose volatility is sought: which ones have none, and one step of the search for the others. */
#ifndef HEDGEKIT_AMERICAN_QUOTE_H
#define HEDGEKIT_AMERICAN_QUOTE_H

typedef struct {
    hk_am_option option; /* vol: the one to try next, and the answer at the end */
    double target;       /* premium in units of the scale */
    double ceiling;      /* not identified: worth no more than this */
    double low, high;    /* the answer lies between */
    int open;
    signed char status;
} hk_am_quote;

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
        /* At the exercise value every low vol fits; for nothing, or for the value of waiting without risk, none does. */
        int at_exercise = floor <= exercise + rounding && paid > 0.0;
        quote.status = at_exercise ? HK_NOT_IDENTIFIED : HK_BELOW_INTRINSIC;
        return quote;
    }
    /* Where a European value bends from convex to concave in vol, from which Newton converges in both directions. */
    double forward = o->x + (o->r - o->q) * o->t;
    o->vol = fmin(fmax(sqrt(2.0 * fabs(forward) / o->t), 0.05), 3.0);
    quote.low = 0.0;
    quote.high = INFINITY;
    quote.open = 1;
    quote.status = HK_NO_CONVERGENCE;
    return quote;
}

static inline void hk_am_quote_step(hk_am_quote *quote, double value, double vega, signed char status)
{
    double vol = quote->option.vol, miss = value - quote->target;
    if (status != HK_OK) {
        quote->open = 0;
        quote->status = status;
        return;
    }
    if (miss > 0.0)
        quote->high = vol;
    else
        quote->low = vol;
    double next = vol - miss / vega;
    if (fabs(next - vol) <= 1e-9 * vol) {
        quote->option.vol = next;
        quote->open = 0;
        quote->status = HK_OK;
        return;
    }
    if (!(next > quote->low && next < quote->high && next < 4.0 * vol))
        next = quote->high < INFINITY ? 0.5 * (quote->low + quote->high) : 2.0 * vol;
    if (quote->high - quote->low <= 1e-13 * quote->low) {
        quote->open = 0;
        quote->status = HK_OK;
        return;
    }
    quote->option.vol = next;
}

#endif
