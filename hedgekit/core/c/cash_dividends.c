#include "cash_dividends.h"
#include "cash_dividends_engine.h"
#include "cash_dividends_limits.h"
#include "status.h"

#include <stdlib.h>

int hk_cd_price(const hk_cd_contracts *in, hk_column vol, ptrdiff_t n, double *price, signed char *status)
{
    hk_cd_dividends dividends;
    int bad = hk_cd_sort(in, &dividends);
    hk_cd_task *task = malloc((size_t)(n > 0 ? n : 1) * sizeof *task);
    hk_cd_task **todo = malloc((size_t)(n > 0 ? n : 1) * sizeof *todo);
    int rc = bad < 0 || !task || !todo ? -1 : 0;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        enum hk_cd_path path = hk_cd_make_task(in, &dividends.schedule, i, vol.data[i * vol.stride], &task[i]);
        status[i] = bad || path == HK_CD_BAD ? HK_INVALID_INPUT : HK_OK;
        task[i].value = NAN;
        if (status[i] == HK_OK && hk_cd_prepare(&task[i], &dividends.schedule, &path))
            todo[m++] = &task[i];
        if (status[i] == HK_OK && path == HK_CD_BAD)
            status[i] = HK_NO_CONVERGENCE;
    }
    if (!rc)
        rc = hk_cd_solve(todo, m, &dividends.schedule);
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        price[i] = task[i].value;
        if (status[i] == HK_OK && !isfinite(price[i]))
            status[i] = HK_NO_CONVERGENCE;
    }
    free(task);
    free(todo);
    if (bad >= 0)
        free(dividends.memory);
    return rc;
}

/* ---- greeks ---- */

/* From value and derivatives in x = ln(spot), and the pricing equation for the passing of time. */
static void spot_and_time_greeks(const hk_cd_task *o, const hk_cd_greeks *out, ptrdiff_t i)
{
    double s = o->spot, half_var = 0.5 * o->vol * o->vol, mu = o->rate - o->yield - half_var;
    out->price[i] = o->value;
    out->delta[i] = o->v_x / s;
    out->gamma[i] = (o->v_xx - o->v_x) / (s * s);
    out->theta[i] = o->rate * o->value - mu * o->v_x - half_var * o->v_xx;
    out->charm[i] = (o->rate * o->v_x - mu * o->v_xx - half_var * o->v_xxx) / s;
}

static void exercised_greeks(const hk_cd_task *o, const hk_cd_greeks *out, ptrdiff_t i)
{
    out->price[i] = hk_cd_exercise(o->phi, o->spot, o->strike);
    out->delta[i] = o->phi;
    out->gamma[i] = out->vega[i] = out->theta[i] = out->rho[i] = 0;
    out->vanna[i] = out->volga[i] = out->charm[i] = 0;
}

static void closed_greeks(const hk_cd_task *o, const hk_cd_greeks *out, ptrdiff_t i)
{
    double t = o->t_years, v = o->vol, root = v * sqrt(t), k = o->strike + o->at_expiry;
    double d1 = (log(o->spot / k) + (o->rate - o->yield) * t) / root + 0.5 * root;
    spot_and_time_greeks(o, out, i);
    out->vega[i] = v * t * (o->v_xx - o->v_x);
    out->rho[i] = t * (o->v_x - o->value);
    out->vanna[i] = v * t * (o->v_xxx - o->v_xx) / o->spot;
    out->volga[i] = out->vega[i] * d1 * (d1 - root) / v;
}

/* One-sided limits of the deterministic value; its curvature sits at points and is left out. */
static void deterministic_greeks(const hk_cd_task *o, const hk_cd_schedule *dividends, const hk_cd_greeks *out,
                                 ptrdiff_t i)
{
    hk_cd_task b = *o;
    double h = 1e-6, low, high;
    if (o->american && o->value <= hk_cd_exercise(o->phi, o->spot, o->strike) && o->phi * (o->spot - o->strike) > 0) {
        exercised_greeks(o, out, i);
        return;
    }
    b.spot = o->spot * (1 + h);
    high = hk_cd_zero_vol(&b, dividends);
    b.spot = o->spot * (1 - h);
    low = hk_cd_zero_vol(&b, dividends);
    b.spot = o->spot;
    out->price[i] = o->value;
    out->delta[i] = (high - low) / (2 * h * o->spot);
    out->theta[i] = o->rate * o->value - (o->rate - o->yield) * o->spot * out->delta[i];
    out->charm[i] = o->yield * out->delta[i];
    b.rate = o->rate + h;
    high = hk_cd_zero_vol(&b, dividends);
    b.rate = o->rate - h;
    low = hk_cd_zero_vol(&b, dividends);
    out->rho[i] = (high - low) / (2 * h);
    out->gamma[i] = out->vega[i] = out->vanna[i] = out->volga[i] = 0;
}

/* Valuations beside the one for delta and gamma, at lower resolutions. Where vega and rho cannot be marched they are
 * differences over steps so small that the lattice goes through the same motions: it ripples as the exercise boundary
 * passes the nodes, or a kink at an ex-date. The second difference in vol takes a step wide enough to average over the
 * ripples, on the coarsest lattice. */
enum { WIDE_MIDDLE, WIDE_UP, WIDE_DOWN, MIDDLE, RATE_STEP, VOL_STEP, BUMPS };
static const double tiny_step = 3e-6, wide_step = 0.1;

/* Of a put next to no interest is at stake, or it would be marched: the boundary jumps from node to node. */
static double rate_step(const hk_cd_task *o)
{
    return o->phi < 0 && hk_cd_has_boundary(o) ? 1e-4 : 1e-6;
}

static void set_bump(hk_cd_task *b, int which)
{
    b->level = which < MIDDLE ? HK_CD_COARSEST : hk_cd_has_boundary(b) ? HK_CD_MEDIUM : HK_CD_SMOOTH;
    b->rate += which == RATE_STEP ? rate_step(b) : 0;
    b->vol *= which == VOL_STEP    ? 1 + tiny_step
              : which == WIDE_UP   ? 1 + wide_step
              : which == WIDE_DOWN ? 1 - wide_step
                                   : 1;
}

/* Greeks of vol and rate, by these valuations where they are not marched. */
static void vol_and_rate_greeks(const hk_cd_task *o, const hk_cd_task *b, const hk_cd_greeks *out, ptrdiff_t i)
{
    const double wide = o->vol * wide_step, tiny = o->vol * tiny_step;
    out->volga[i] = (b[WIDE_UP].value - 2 * b[WIDE_MIDDLE].value + b[WIDE_DOWN].value) / (wide * wide);
    if (o->level == HK_CD_MARCHED) {
        out->rho[i] = o->v_rate;
        out->vega[i] = o->v_vol;
        out->vanna[i] = o->v_vol_x / o->spot;
        return;
    }
    out->rho[i] = (b[RATE_STEP].value - b[MIDDLE].value) / rate_step(o);
    out->vega[i] = (b[VOL_STEP].value - b[MIDDLE].value) / tiny;
    out->vanna[i] = (b[VOL_STEP].v_x - b[MIDDLE].v_x) / (tiny * o->spot);
}

int hk_cd_greeks_of(const hk_cd_contracts *in, hk_column vol, ptrdiff_t n, const hk_cd_greeks *out,
                    signed char *status)
{
    size_t room = (size_t)(n > 0 ? n : 1);
    hk_cd_dividends dividends;
    int bad = hk_cd_sort(in, &dividends);
    hk_cd_task *task = malloc(room * sizeof *task);
    hk_cd_task *bump = malloc(room * BUMPS * sizeof *bump);
    hk_cd_task **todo = malloc(room * (BUMPS + 1) * sizeof *todo);
    unsigned char *path = malloc(room);
    int rc = bad < 0 || !task || !bump || !todo || !path ? -1 : 0;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        double *column[9] = {out->price, out->delta, out->gamma, out->vega, out->theta,
                             out->rho,   out->vanna, out->volga, out->charm};
        for (int k = 0; k < 9; k++)
            column[k][i] = NAN;
        enum hk_cd_path how = hk_cd_make_task(in, &dividends.schedule, i, vol.data[i * vol.stride], &task[i]);
        status[i] = bad || how == HK_CD_BAD ? HK_INVALID_INPUT : HK_OK;
        path[i] = HK_CD_BAD;
        if (status[i] != HK_OK)
            continue;
        int lattice = hk_cd_prepare(&task[i], &dividends.schedule, &how);
        path[i] = (unsigned char)how;
        if (how == HK_CD_BAD)
            status[i] = HK_NO_CONVERGENCE;
        if (!lattice)
            continue;
        if (hk_cd_can_march(&task[i]))
            task[i].level = HK_CD_MARCHED;
        todo[m++] = &task[i];
        for (int k = 0; k < (task[i].level == HK_CD_MARCHED ? MIDDLE : BUMPS); k++) {
            hk_cd_task *b = &bump[i * BUMPS + k];
            *b = task[i];
            set_bump(b, k);
            todo[m++] = b;
        }
    }
    if (!rc)
        rc = hk_cd_solve(todo, m, &dividends.schedule);
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        const hk_cd_task *o = &task[i], *b = &bump[i * BUMPS];
        if (path[i] == HK_CD_CLOSED) {
            closed_greeks(o, out, i);
        } else if (path[i] == HK_CD_DETERMINISTIC) {
            deterministic_greeks(o, &dividends.schedule, out, i);
        } else if (path[i] == HK_CD_LATTICE && o->exercised) {
            exercised_greeks(o, out, i);
        } else if (path[i] == HK_CD_LATTICE) {
            spot_and_time_greeks(o, out, i);
            vol_and_rate_greeks(o, b, out, i);
        }
        if (status[i] == HK_OK && !isfinite(out->price[i]))
            status[i] = HK_NO_CONVERGENCE;
    }
    free(task);
    free(bump);
    free(todo);
    free(path);
    if (bad >= 0)
        free(dividends.memory);
    return rc;
}
