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

/* Resolutions: for prices, delta and gamma; for vega and rho by differences, with an exercise boundary and without; for
 * the first steps to a vol; for volga; for prices with vega, vanna and rho marched beside them, as fine as the first; for the last steps to a vol,
 * which need no more than four digits. */
enum hk_cd_level {
    HK_CD_FINE,
    HK_CD_MEDIUM,
    HK_CD_SMOOTH,
    HK_CD_COARSE,
    HK_CD_COARSEST,
    HK_CD_MARCHED,
    HK_CD_VOL
};

/* A valuation of one option at one volatility. The solver fills value and, on request,
 * its derivatives in x = ln(spot). */
typedef struct {
    double phi, spot, strike, t_years, rate, yield, vol;
    double base_vol, base_rate; /* the lattice is laid out for these, so that bumped values share it */
    double value, v_x, v_xx, v_xxx;
    double v_vol, v_vol_x, v_rate; /* at HK_CD_MARCHED only */
    double margin; /* how far it lies in the exercise region, in ln(spot); negative outside */
    int exercised; /* the spot lies in the exercise region today */
    int american;
    int n_live;      /* dividends with 0 < t < T */
    double at_expiry; /* cash paid at T itself */
    enum hk_cd_level level;
    uint64_t key;    /* tasks of equal key share the shape of their lattice */
} hk_cd_task;

/* Nodes on either side of the centre, and time steps, of each period; period 0 ends at expiry. */
typedef struct {
    double spacing; /* of the nodes, in units of vol sqrt(T) */
    short nodes[HK_CD_MAX_LIVE + 1], steps[HK_CD_MAX_LIVE + 1];
    short spared[HK_CD_MAX_LIVE + 1]; /* nodes at the out-of-the-money end that sensitivities are not marched at */
} hk_cd_shape;

/* Whether exercise may pay between ex-dates: phi (q S - r K) > 0 for some spot. */
static inline int hk_cd_has_boundary(const hk_cd_task *o)
{
    return o->american && (o->phi > 0 ? o->yield > 0 || o->base_rate < 0 : o->base_rate > 0 || o->yield < 0);
}

/* A call that is exercised just before dividends only, and there from some spot up: under a negative yield holding
 * pays again further up. */
static inline int hk_cd_summed(const hk_cd_task *o)
{
    return o->american && o->phi > 0 && o->n_live > 0 && o->yield == 0 && !hk_cd_has_boundary(o);
}

/* vol sqrt(T) beyond which no lattice here holds the spot's range, far outside any market: refused. */
static inline double hk_cd_most_spread(const hk_cd_task *o)
{
    return o->american && o->phi > 0 ? 6 : 18;
}

#define HK_CD_STAKE 2e-3

/* Whether vega and rho can be marched along with the value: one boundary, below which exercise always pays, and for a
 * call no dividend; or no boundary between dividends. Not where the interest at stake is so little, beside the variance,
 * that the error of the values hides the boundary. */
static inline int hk_cd_can_march(const hk_cd_task *o)
{
    const double rate = o->phi > 0 ? o->yield : o->rate, yield = o->phi > 0 ? o->rate : o->yield;
    const double square = o->vol * o->vol, wide = square * o->t_years > 1 ? square * o->t_years : 1;
    return hk_cd_summed(o) ||
           (o->american && rate > HK_CD_STAKE * square * wide && yield >= 0 && (o->phi < 0 || o->n_live == 0));
}

/* From the value and its derivatives in ln(X) in put form. */
static inline void hk_cd_take(hk_cd_task *o, double w0, double w1, double w2, double w3)
{
    const double scale = o->spot / o->strike;
    const int is_call = o->phi > 0;
    o->value = w0 < 0 ? 0 : is_call ? scale * w0 : w0; /* what is not a number stays so */
    o->v_x = is_call ? scale * (w0 - w1) : w1;
    o->v_xx = is_call ? scale * (w0 - 2 * w1 + w2) : w2;
    o->v_xxx = is_call ? scale * (w0 - 3 * w1 + 3 * w2 - w3) : w3;
}

/* The cubic through g at -1, 0, 1, 2: its first to third derivative at 0. */
static inline void hk_cd_cubic(const double g[4], double k[3])
{
    k[0] = -g[0] / 3 - g[1] / 2 + g[2] - g[3] / 6;
    k[1] = g[0] - 2 * g[1] + g[2];
    k[2] = g[3] - 3 * g[2] + 3 * g[1] - g[0];
}

/* Panels of eight points for an integral over `range` deviations either way: about a point a node. It does not depend on
 * what distinguishes tasks of one lattice. */
static inline int hk_cd_panels(const hk_cd_task *o, double length, double spacing, double range)
{
    const double t = exp2(((double)(o->key & 0xfff) - 2048) / 8), node = spacing * sqrt(t / length);
    const int panels = (int)ceil(2 * range / (10 * node));
    return panels > 9 ? panels : 9;
}

#define HK_CD_WAITING 0.4 /* of the steps of a period are taken before exercise starts to pay in it */

/* How long before a dividend of `cash`, or before expiry, exercise starts to pay, at most `length`: a put waits for the
 * dividend until the interest on the strike, less what the share yields at 0.7 of it, is worth more. Nothing is known of it under a negative rate. */
static inline double hk_cd_waiting(const hk_cd_task *o, double cash, double length)
{
    if (!hk_cd_has_boundary(o) || (o->phi > 0 && o->base_rate < 0))
        return length;
    if (o->phi > 0 || cash == 0)
        return 0;
    const double interest = o->base_rate - (o->yield > 0 ? 0.7 * o->yield : 0);
    const double wait = interest > 0 ? log1p(cash / o->strike) / interest : length;
    return wait >= length ? length : wait > 1e-3 * length ? wait : 0;
}

/* First to third derivatives of the polynomial through f[0..6] at node `at`, per node, in 1/60, 1/180 and 1/8.
 * Rows: at = 0 (one-sided) to 3 (central); columns: f[0..6]. */
static const double hk_cd_first[4][7] = {{-147, 360, -450, 400, -225, 72, -10},
                                         {-10, -77, 150, -100, 50, -15, 2},
                                         {2, -24, -35, 80, -30, 8, -1},
                                         {-1, 9, -45, 0, 45, -9, 1}};
static const double hk_cd_second[4][7] = {{812, -3132, 5265, -5080, 2970, -972, 137},
                                          {137, -147, -255, 470, -285, 93, -13},
                                          {-13, 228, -420, 200, 15, -12, 2},
                                          {2, -27, 270, -490, 270, -27, 2}};
static const double hk_cd_third[4][7] = {{-49, 232, -461, 496, -307, 104, -15},
                                         {-15, 56, -83, 64, -29, 8, -1},
                                         {-1, -8, 35, -48, 29, -8, 1},
                                         {1, -8, 13, 0, -13, 8, -1}};

/* Value and these derivatives, per node. */
static inline void hk_cd_derivatives(const double f[7], int at, double out[4])
{
    out[0] = f[at];
    out[1] = out[2] = out[3] = 0;
    for (int k = 0; k < 7; k++) {
        out[1] += hk_cd_first[at][k] * f[k] / 60;
        out[2] += hk_cd_second[at][k] * f[k] / 180;
        out[3] += hk_cd_third[at][k] * f[k] / 8;
    }
}

/* Nodes of diffusion within which the exercise boundary, once it has started, is too fast and too young for the lattice. */
#define HK_CD_FRESH 4.5

enum {
    HK_CD_GHOSTS = 5, /* nodes a sensitivity is continued to below the boundary */
    HK_CD_FALL = 3,   /* nodes the boundary may fall in a stage once it is no longer young */
    HK_CD_FALL_YOUNG = 8
};

/* How far two continuations at the lower end may lie apart, of what the value changes by there, and still be smooth. */
#define HK_CD_APART 0.02

/* An ex-date stretches nodes: where one before it spans more than this in ln(spot) after it, what a boundary left of
 * curvature is narrower than the nodes, and an expansion about it would be of no use. */
#define HK_CD_BENT 0.1

/* The fourth-order smoothing kernel of a kink, as differences of its fourth integral. */
static const double hk_cd_kernel[7] = {-1.0 / 6, 2, -6.5, 28.0 / 3, -6.5, 2, -1.0 / 6};

/* SDIRK3: the diagonal, and the right-hand sides of stages two and three in the old value and the stages before. */
static const double hk_cd_gamma = 0.435866521508459;
static const double hk_cd_rhs[2][3] = {{0.3528598198604791, 0.6471401801395209, 0.0}, {-1.2509798950560604, 3.7293296624445702, -1.4783497673885098}};

/* Where the lattice is centred after an ex-date: on the forward path, kept off zero. */
static inline double hk_cd_path_after(double path, double growth, double amount)
{
    path *= exp(growth);
    return path - amount > 1e-3 * path ? path - amount : 1e-3 * path;
}

#endif
