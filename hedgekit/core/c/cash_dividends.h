/* Options on a spot that pays cash dividends (the spot, or piecewise lognormal, model).
 *
 * Between ex-dates the spot is a geometric Brownian motion with drift rate - yield; on an
 * ex-date it falls by the cash amount, never below zero. A dividend counts when
 * 0 < t <= T; one dated T lowers the spot that the expiring option pays on. */
#ifndef HEDGEKIT_CASH_DIVIDENDS_H
#define HEDGEKIT_CASH_DIVIDENDS_H

#include "columns.h"

typedef struct {
    hk_signs sign;
    hk_column spot, strike, t_years, rate, yield;
    const double *div_times, *div_amounts;
    ptrdiff_t n_div;
    int american;
} hk_cd_contracts;

typedef struct {
    double *price, *delta, *gamma, *vega, *theta, *rho, *vanna, *volga, *charm;
} hk_cd_greeks;

/* All return 0, or -1 when memory ran out. Bad elements get NaN and a status. */
int hk_cd_price(const hk_cd_contracts *in, hk_column vol, ptrdiff_t n, double *price, signed char *status);
int hk_cd_greeks_of(const hk_cd_contracts *in, hk_column vol, ptrdiff_t n, const hk_cd_greeks *out,
                    signed char *status);
int hk_cd_implied_vol(const hk_cd_contracts *in, hk_column premium, ptrdiff_t n, double *vol, double *upper,
                      signed char *status);
int hk_cd_implied_vol_band(const hk_cd_contracts *in, const hk_column premium[3], ptrdiff_t n, double *const vol[3],
                           signed char *const status[3]);

int hk_cd_isa(void);
int hk_cd_set_isa(int level);

#endif
