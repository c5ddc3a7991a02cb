/* American options with a continuous dividend yield: the C interface of hedgekit.core._american. */
#ifndef HEDGEKIT_AMERICAN_H
#define HEDGEKIT_AMERICAN_H

#include "columns.h"

typedef struct {
    hk_signs sign;
    hk_column spot, strike, t_years, rate, div_yield, vol; /* vol.data may be NULL when it is what is sought */
} hk_am_inputs;

typedef struct {
    double *price, *delta, *gamma, *vega, *theta, *rho, *vanna, *volga, *charm;
    signed char *status;
} hk_am_outputs;

/* Fill the constant tables; call once before anything else. */
void hk_american_setup(void);
int hk_american_isa(void);
int hk_american_set_isa(int level);
void hk_american_price(ptrdiff_t count, const hk_am_inputs *in, double *price, signed char *status);
void hk_american_greeks(ptrdiff_t count, const hk_am_inputs *in, const hk_am_outputs *out);
void hk_american_implied_vol(ptrdiff_t count, const hk_column *premium, const hk_am_inputs *in, double *vol,
                             double *upper, signed char *status);

#endif
