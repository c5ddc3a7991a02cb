/* European options, Black-Scholes-Merton with a continuous yield. */
#ifndef HEDGEKIT_EUROPEAN_H
#define HEDGEKIT_EUROPEAN_H

#include "columns.h"

typedef struct {
    hk_signs sign;
    hk_column spot, strike, t_years, rate, div_yield, vol;
} hk_european_input;

enum { HK_PRICE, HK_DELTA, HK_GAMMA, HK_VEGA, HK_THETA, HK_RHO, HK_VANNA, HK_VOLGA, HK_CHARM, HK_GREEKS };

typedef struct {
    hk_signs sign;
    hk_column premium, spot, strike, t_years, rate, div_yield;
} hk_european_quotes;

void hk_european_price(const hk_european_input *in, size_t n, double *price, signed char *status);
void hk_european_greeks(const hk_european_input *in, size_t n, double *const out[HK_GREEKS], signed char *status);
void hk_european_iv(const hk_european_quotes *in, size_t n, double *vol, signed char *status);

int hk_european_isa(void);
int hk_european_set_isa(int level); /* 0, or -1 when this processor or build lacks the level */

#endif
