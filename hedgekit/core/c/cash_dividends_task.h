/* One valuation, its dividends, and the lattice chosen for it. */
#ifndef HEDGEKIT_CASH_DIVIDENDS_TASK_H
#define HEDGEKIT_CASH_DIVIDENDS_TASK_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HK_CD_MAX_LIVE = 512, HK_CD_MAX_STEPS = 4000, HK_CD_MAX_NODES = 4096 };

/* The dividends of a call, sorted by time; amounts of one date are added up. */
typedef struct {
    const double *time, *amount;
    int n;
} hk_cd_schedule;

/* A valuation of one option at one volatility. The solver fills value and, on request,
 * its derivatives in x = ln(spot). */
typedef struct {
    double phi, spot, strike, t_years, rate, yield, vol;
    double base_vol; /* the lattice is laid out for this volatility, so that bumped values share it */
    double value, v_x, v_xx, v_xxx;
    int exercised; /* the spot lies in the exercise region today */
    int american;
    int n_live;      /* dividends with 0 < t < T */
    double at_expiry; /* cash paid at T itself */
    int level;       /* resolution */
    uint64_t key;    /* tasks of equal key share the shape of their lattice */
} hk_cd_task;

/* Nodes on either side of the centre, and time steps, of each period; period 0 ends at expiry. */
typedef struct {
    double spacing; /* of the nodes, in units of vol sqrt(T) */
    short nodes[HK_CD_MAX_LIVE + 1], steps[HK_CD_MAX_LIVE + 1];
} hk_cd_shape;

#endif
