/* The columns an American kernel reads and writes, and how a put of strike 1 becomes the option asked for. */
#ifndef HEDGEKIT_AMERICAN_COLUMNS_H
#define HEDGEKIT_AMERICAN_COLUMNS_H

#include "american.h"

static inline hk_am_option hk_am_read(const hk_am_inputs *in, ptrdiff_t i)
{
    return hk_am_put_form(in->sign.data[i * in->sign.stride], in->spot.data[i * in->spot.stride],
                          in->strike.data[i * in->strike.stride], in->t_years.data[i * in->t_years.stride],
                          in->rate.data[i * in->rate.stride], in->div_yield.data[i * in->div_yield.stride],
                          in->vol.data ? in->vol.data[i * in->vol.stride] : 0.0);
}

/* The exercise value is the difference of spot and strike to the last bit. */
static inline double hk_am_dollars(const hk_am_option *o, double value)
{
    return value == o->exercise ? o->payoff : o->scale * value;
}

static inline void hk_am_write(const hk_am_option *o, double spot, double value, const hk_am_greeks *g, int valid,
                               const hk_am_outputs *out, ptrdiff_t i)
{
    double *columns[] = {out->price, out->delta, out->gamma, out->vega, out->theta,
                         out->rho,   out->vanna, out->volga, out->charm};
    if (!valid) {
        for (int c = 0; c < 9; c++)
            columns[c][i] = NAN;
        return;
    }
    if (value == o->exercise && g->x == 0.0 && g->t == 0.0) { /* exercised: spot less strike, to the last bit */
        for (int c = 0; c < 9; c++)
            columns[c][i] = 0.0;
        out->price[i] = o->payoff;
        out->delta[i] = o->payoff > 0.0 ? o->sign : 0.0;
        return;
    }
    out->price[i] = hk_am_dollars(o, value);
    out->vega[i] = o->scale * g->vol;
    out->volga[i] = o->scale * g->vol_vol;
    out->theta[i] = o->scale * g->t;
    if (o->sign < 0) { /* K v(ln S/K) */
        double ratio = o->scale / spot;
        out->delta[i] = ratio * g->x;
        out->gamma[i] = ratio * (g->xx - g->x) / spot;
        out->rho[i] = o->scale * g->r;
        out->vanna[i] = ratio * g->vol_x;
        out->charm[i] = ratio * g->t_x;
    } else { /* S v(ln K/S), rate and yield exchanged */
        out->delta[i] = value - g->x;
        out->gamma[i] = (g->xx - g->x) / spot;
        out->rho[i] = o->scale * g->q;
        out->vanna[i] = g->vol - g->vol_x;
        out->charm[i] = g->t - g->t_x;
    }
}

#endif
