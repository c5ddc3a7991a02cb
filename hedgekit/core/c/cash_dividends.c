#include "cash_dividends.h"
#include "cash_dividends_limits.h"
#include "cash_dividends_task.h"
#include "isa.h"
#include "status.h"

#include <stdlib.h>

#define HK_TEMPLATE "cash_dividends_kernel.h"
#include "instances.h"

static int level_in_use = -1;

int hk_cd_isa(void)
{
    if (level_in_use < 0)
        level_in_use = hk_isa_best();
    return level_in_use;
}

int hk_cd_set_isa(int level)
{
    if (level < 0 || level > hk_isa_best())
        return -1;
    level_in_use = level;
    return 0;
}

/* ---- the dividends and the task of an element ---- */

typedef struct {
    double *memory;
    hk_cd_schedule schedule;
} hk_cd_dividends;

static int compare_pairs(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorted, dates before now and amounts of nothing dropped, one date one dividend.
 * Returns -1 out of memory, 1 when a date or amount is not a number or an amount is negative. */
static int sort_dividends(const hk_cd_contracts *in, hk_cd_dividends *out)
{
    size_t n = (size_t)in->n_div;
    double *pairs = malloc((4 * n + 1) * sizeof(double));
    if (!pairs)
        return -1;
    size_t live = 0;
    int bad = 0;
    for (size_t i = 0; i < n; i++) {
        double t = in->div_times[i], amount = in->div_amounts[i];
        if (!isfinite(t) || !isfinite(amount) || amount < 0)
            bad = 1;
        else if (t > 0 && amount > 0) {
            pairs[2 * live] = t;
            pairs[2 * live++ + 1] = amount;
        }
    }
    qsort(pairs, live, 2 * sizeof(double), compare_pairs);
    double *time = pairs + 2 * n, *amount = time + n;
    int m = 0;
    for (size_t i = 0; i < live; i++) {
        if (m && time[m - 1] == pairs[2 * i])
            amount[m - 1] += pairs[2 * i + 1];
        else {
            time[m] = pairs[2 * i];
            amount[m++] = pairs[2 * i + 1];
        }
    }
    out->memory = pairs;
    out->schedule = (hk_cd_schedule){time, amount, m};
    return bad;
}

enum path { BAD, CLOSED, DETERMINISTIC, LATTICE };

static enum path make_task(const hk_cd_contracts *in, const hk_cd_schedule *dividends, ptrdiff_t i, double vol,
                           hk_cd_task *o)
{
    signed char sign = in->sign.data[i * in->sign.stride];
    *o = (hk_cd_task){.phi = sign,
                      .spot = in->spot.data[i * in->spot.stride],
                      .strike = in->strike.data[i * in->strike.stride],
                      .t_years = in->t_years.data[i * in->t_years.stride],
                      .rate = in->rate.data[i * in->rate.stride],
                      .yield = in->yield.data[i * in->yield.stride],
                      .vol = vol,
                      .base_vol = vol,
                      .american = in->american};
    if ((sign != 1 && sign != -1) || !isfinite(o->spot) || !isfinite(o->strike) || !isfinite(o->t_years) ||
        !isfinite(o->rate) || !isfinite(o->yield) || !isfinite(vol) || o->spot <= 0 || o->strike <= 0 ||
        o->t_years <= 0 || vol < 0)
        return BAD;
    while (o->n_live < dividends->n && dividends->time[o->n_live] < o->t_years)
        o->n_live++;
    if (o->n_live < dividends->n && dividends->time[o->n_live] == o->t_years)
        o->at_expiry = dividends->amount[o->n_live];
    if (o->american && o->phi > 0)
        o->at_expiry = 0; /* exercised just before it */
    return LATTICE;
}

/* How this valuation is to be done at its volatility. */
static enum path choose(hk_cd_task *o)
{
    if (o->n_live > HK_CD_MAX_LIVE)
        return BAD;
    if (o->vol * sqrt(o->t_years) < 1e-8)
        return DETERMINISTIC;
    if (o->american && o->phi < 0 && o->rate <= 0 && o->yield >= 0)
        o->american = 0;
    if (o->american && o->phi > 0 && o->rate >= 0 && o->yield <= 0 && o->n_live == 0)
        o->american = 0;
    if (!o->american && o->n_live == 0 && (o->at_expiry == 0 || o->phi > 0))
        return CLOSED;
    return LATTICE;
}

/* ---- the lattice's shape ---- */

typedef struct {
    double spacing, steps, width;
} hk_cd_resolution;

static hk_cd_resolution resolutions[2] = {{0.04, 60, 4.8}, {0.08, 30, 4.8}};

__attribute__((unused)) void hk_cd_set_resolution(int level, double spacing, double steps, double width)
{
    resolutions[level] = (hk_cd_resolution){spacing, steps, width};
}

static uint64_t class_of(double x, double per_octave)
{
    double c = ceil(per_octave * log2(x));
    return (uint64_t)(int64_t)(c + 4096);
}

static double class_value(uint64_t c, double per_octave)
{
    return exp2(((double)c - 4096) / per_octave);
}

/* How far large dividends spread the logarithm of the spot beyond its diffusion: an amount D takes the range
 * F exp(-z) .. F exp(z) to F exp(-z) - D .. F exp(z) - D. What lies below the strike need not be covered. */
static double spread_by_dividends(const hk_cd_task *o, const hk_cd_schedule *dividends)
{
    double path = o->spot, before = 0, spread = 0;
    for (int i = 0; i < o->n_live; i++) {
        double growth = (o->rate - o->yield) * (dividends->time[i] - before);
        double forward = path * exp(growth), amount = dividends->amount[i];
        path = hk_cd_path_after(path, growth, amount);
        before = dividends->time[i];
        if (amount < 0.1 * forward)
            continue;
        double z = 4 * o->base_vol * sqrt(before), up = forward * exp(z) - amount, down = forward * exp(-z) - amount;
        double least = o->strike < path ? o->strike : path;
        if (up <= least)
            continue;
        down = log(path / (down > least ? down : least)) - z;
        up = log(up / path) - z;
        double more = up > down ? up : down;
        if (more > 0)
            spread += more;
    }
    return spread;
}

static void set_key(hk_cd_task *o, const hk_cd_schedule *dividends)
{
    double root = o->base_vol * sqrt(o->t_years);
    double carry = fabs(o->rate) > fabs(o->yield) ? fabs(o->rate) : fabs(o->yield);
    double drift = 1 + 0.5 * carry * sqrt(o->t_years) / o->base_vol;
    double spread = 1 + spread_by_dividends(o, dividends) / root;
    o->key = class_of(o->t_years, 8) | class_of(drift < 50 ? drift : 50, 4) << 13 |
             class_of(root > 0.25 ? root : 0.25, 4) << 26 | class_of(spread < 1000 ? spread : 1000, 4) << 39 |
             (uint64_t)o->n_live << 52 | (uint64_t)o->level << 62;
}

static void shape_of(const hk_cd_task *o, const hk_cd_schedule *dividends, hk_cd_shape *shape)
{
    const hk_cd_resolution *res = &resolutions[o->level];
    const double most = 1000;
    double t = class_value(o->key & 0x1fff, 8), drift = class_value(o->key >> 13 & 0x1fff, 4);
    double root = class_value(o->key >> 26 & 0x1fff, 4), spread = class_value(o->key >> 39 & 0x1fff, 4) - 1;
    double width = res->width + 0.5 * root;
    shape->spacing = res->spacing / (root > 1 ? root : 1);
    if ((width + spread) / shape->spacing > most)
        shape->spacing = (width + spread) / most;
    for (int p = 0; p <= o->n_live; p++) {
        double end = p ? dividends->time[o->n_live - p] : t;
        double begin = p < o->n_live ? dividends->time[o->n_live - p - 1] : 0;
        double part = sqrt(end / t);
        double half = ceil(((res->width + 0.5 * root * part) * part + spread) / shape->spacing);
        double steps = ceil(res->steps * drift * sqrt((end - begin) / t));
        shape->nodes[p] = (short)(half > 12 ? half : 12);
        shape->steps[p] = (short)(steps > 3 ? steps < HK_CD_MAX_STEPS ? steps : HK_CD_MAX_STEPS : 3);
    }
}

/* ---- solving many tasks ---- */

typedef struct {
    uint64_t key;
    ptrdiff_t index;
} hk_cd_order;

static int compare_order(const void *a, const void *b)
{
    const hk_cd_order *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void solve_block(hk_cd_task *const *task, const hk_cd_shape *shape, const hk_cd_schedule *dividends, void *scratch)
{
#if HK_X86_LEVELS
    if (hk_cd_isa() == HK_ISA_AVX512) {
        block_avx512(task, shape, dividends, scratch);
        return;
    }
    if (hk_cd_isa() == HK_ISA_AVX2) {
        block_avx2(task, shape, dividends, scratch);
        return;
    }
#endif
    block_baseline(task, shape, dividends, scratch);
}

/* Tasks of equal key are solved together, a vector's width at a time; the last block repeats its last task. */
static int solve(hk_cd_task **tasks, ptrdiff_t n, const hk_cd_schedule *dividends)
{
    const int width = hk_cd_isa() == HK_ISA_AVX512 ? 8 : hk_cd_isa() == HK_ISA_AVX2 ? 4 : 2;
    if (n == 0)
        return 0;
    hk_cd_order *order = malloc((size_t)n * sizeof *order);
    hk_cd_shape *shape = malloc(sizeof *shape);
    void *scratch = NULL;
    if (posix_memalign(&scratch, 64, (size_t)(6 * HK_CD_MAX_NODES + HK_CD_MAX_LIVE + 1) * 64))
        scratch = NULL;
    int rc = order && shape && scratch ? 0 : -1;
    if (!rc) {
        for (ptrdiff_t i = 0; i < n; i++) {
            set_key(tasks[i], dividends);
            order[i] = (hk_cd_order){tasks[i]->key, i};
        }
        qsort(order, (size_t)n, sizeof *order, compare_order);
        for (ptrdiff_t i = 0; i < n;) {
            hk_cd_task *lane[8], spare[8];
            int filled = 0;
            uint64_t key = order[i].key;
            shape_of(tasks[order[i].index], dividends, shape);
            for (; filled < width && i < n && order[i].key == key; i++)
                lane[filled++] = tasks[order[i].index];
            for (int l = filled; l < width; l++) {
                spare[l] = *lane[filled - 1];
                lane[l] = &spare[l];
            }
            solve_block(lane, shape, dividends, scratch);
        }
    }
    free(order);
    free(shape);
    free(scratch);
    return rc;
}

/* Fills what needs no lattice; returns whether the task still needs one. */
static int prepare(hk_cd_task *o, const hk_cd_schedule *dividends, enum path *path)
{
    *path = choose(o);
    if (*path == DETERMINISTIC) {
        o->value = hk_cd_zero_vol(o, dividends, NULL);
    } else if (*path == CLOSED) {
        o->value = hk_cd_black(o->phi, o->spot, o->strike + o->at_expiry, o->t_years, o->rate, o->yield, o->vol, o);
    }
    return *path == LATTICE;
}

int hk_cd_price(const hk_cd_contracts *in, hk_column vol, ptrdiff_t n, double *price, signed char *status)
{
    hk_cd_dividends dividends;
    int bad = sort_dividends(in, &dividends);
    hk_cd_task *task = malloc((size_t)(n > 0 ? n : 1) * sizeof *task);
    hk_cd_task **todo = malloc((size_t)(n > 0 ? n : 1) * sizeof *todo);
    int rc = bad < 0 || !task || !todo ? -1 : 0;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        enum path path = make_task(in, &dividends.schedule, i, vol.data[i * vol.stride], &task[i]);
        status[i] = bad || path == BAD ? HK_INVALID_INPUT : HK_OK;
        task[i].value = NAN;
        if (status[i] == HK_OK && prepare(&task[i], &dividends.schedule, &path))
            todo[m++] = &task[i];
        if (status[i] == HK_OK && path == BAD)
            status[i] = HK_NO_CONVERGENCE;
    }
    if (!rc)
        rc = solve(todo, m, &dividends.schedule);
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
    high = hk_cd_zero_vol(&b, dividends, NULL);
    b.spot = o->spot * (1 - h);
    low = hk_cd_zero_vol(&b, dividends, NULL);
    b.spot = o->spot;
    out->price[i] = o->value;
    out->delta[i] = (high - low) / (2 * h * o->spot);
    out->theta[i] = o->rate * o->value - (o->rate - o->yield) * o->spot * out->delta[i];
    out->charm[i] = o->yield * out->delta[i];
    b.rate = o->rate + h;
    high = hk_cd_zero_vol(&b, dividends, NULL);
    b.rate = o->rate - h;
    low = hk_cd_zero_vol(&b, dividends, NULL);
    out->rho[i] = (high - low) / (2 * h);
    out->gamma[i] = out->vega[i] = out->vanna[i] = out->volga[i] = 0;
}

enum { VOL_UP, VOL_DOWN, RATE_UP, RATE_DOWN, BUMPS };

int hk_cd_greeks_of(const hk_cd_contracts *in, hk_column vol, ptrdiff_t n, const hk_cd_greeks *out,
                    signed char *status)
{
    const double vol_step = 0.02, rate_step = 5e-4;
    size_t room = (size_t)(n > 0 ? n : 1);
    hk_cd_dividends dividends;
    int bad = sort_dividends(in, &dividends);
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
        enum path how = make_task(in, &dividends.schedule, i, vol.data[i * vol.stride], &task[i]);
        status[i] = bad || how == BAD ? HK_INVALID_INPUT : HK_OK;
        path[i] = BAD;
        if (status[i] != HK_OK)
            continue;
        hk_cd_task asked = task[i];
        int lattice = prepare(&task[i], &dividends.schedule, &how);
        path[i] = (unsigned char)how;
        if (how == BAD)
            status[i] = HK_NO_CONVERGENCE;
        if (!lattice)
            continue;
        todo[m++] = &task[i];
        for (int k = 0; k < BUMPS; k++) {
            hk_cd_task *b = &bump[i * BUMPS + k];
            *b = asked;
            b->american = task[i].american;
            b->level = 1;
            if (k == VOL_UP || k == VOL_DOWN)
                b->vol *= k == VOL_UP ? 1 + vol_step : 1 - vol_step;
            else
                b->rate += k == RATE_UP ? rate_step : -rate_step;
            todo[m++] = b;
        }
    }
    if (!rc)
        rc = solve(todo, m, &dividends.schedule);
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        const hk_cd_task *o = &task[i], *b = &bump[i * BUMPS];
        if (path[i] == CLOSED) {
            closed_greeks(o, out, i);
        } else if (path[i] == DETERMINISTIC) {
            deterministic_greeks(o, &dividends.schedule, out, i);
        } else if (path[i] == LATTICE && o->exercised) {
            exercised_greeks(o, out, i);
        } else if (path[i] == LATTICE) {
            double h = o->vol * vol_step, middle;
            spot_and_time_greeks(o, out, i);
            out->vega[i] = (b[VOL_UP].value - b[VOL_DOWN].value) / (2 * h);
            out->vanna[i] = (b[VOL_UP].v_x - b[VOL_DOWN].v_x) / (2 * h * o->spot);
            out->rho[i] = (b[RATE_UP].value - b[RATE_DOWN].value) / (2 * rate_step);
            /* the middle at the resolution of the bumps: to fourth order, from the rate bumps */
            middle = 0.5 * (b[RATE_UP].value + b[RATE_DOWN].value);
            out->volga[i] = (b[VOL_UP].value - 2 * middle + b[VOL_DOWN].value) / (h * h);
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

/* ---- implied volatility ---- */

typedef struct {
    hk_cd_task task;
    double premium, low, high; /* the vol is between */
    double model_spot;         /* of the Black value the premium is compared with */
    double vol, gap;           /* last evaluation: value less Black value */
    double last_vol, last_gap;
    double result, upper;
    int evaluations, done;
    signed char status;
} hk_cd_search;

static const double lowest_vol = 1e-4, highest_vol = 20.0;

static double black_at(const hk_cd_search *s, double vol)
{
    const hk_cd_task *o = &s->task;
    return hk_cd_black(o->phi, s->model_spot, o->strike, o->t_years, o->rate, o->yield, vol, NULL);
}

/* Root of Black(vol) + gap + slope (vol - at) = premium in the bracket; NAN when it holds none. */
static double model_root(const hk_cd_search *s, double at, double gap, double slope)
{
    double lo = s->low > lowest_vol ? s->low : lowest_vol, hi = s->high;
    double f_lo = black_at(s, lo) + gap + slope * (lo - at) - s->premium;
    double f_hi = black_at(s, hi) + gap + slope * (hi - at) - s->premium;
    if (!(f_lo <= 0 && f_hi >= 0))
        return NAN;
    double x = at > lo && at < hi ? at : sqrt(lo * hi);
    for (int i = 0; i < 60; i++) {
        hk_cd_task d;
        const hk_cd_task *o = &s->task;
        double value = hk_cd_black(o->phi, s->model_spot, o->strike, o->t_years, o->rate, o->yield, x, &d);
        double f = value + gap + slope * (x - at) - s->premium;
        double df = x * o->t_years * (d.v_xx - d.v_x) + slope;
        if (f <= 0)
            lo = x;
        else
            hi = x;
        double next = df > 0 ? x - f / df : NAN;
        if (!(next > lo && next < hi))
            next = sqrt(lo * hi);
        if (fabs(next - x) <= 1e-13 * x)
            return next;
        x = next;
    }
    return x;
}

static void start_search(hk_cd_search *s, const hk_cd_schedule *dividends)
{
    const hk_cd_task *o = &s->task;
    double floor_value = hk_cd_zero_vol(o, dividends, NULL);
    double now = hk_cd_exercise(o->phi, o->spot, o->strike);
    double scale = o->spot > o->strike ? o->spot : o->strike, rounding = 4e-15 * scale;
    s->result = s->upper = NAN;
    s->done = 1;
    if (s->premium >= hk_cd_maximum(o)) {
        s->status = HK_ABOVE_MAXIMUM;
        return;
    }
    int at_exercise = o->american && now > 0 && now >= floor_value - rounding && fabs(s->premium - now) <= rounding;
    if (!at_exercise && s->premium <= floor_value) {
        s->status = HK_BELOW_INTRINSIC;
        return;
    }
    s->status = at_exercise ? HK_NOT_IDENTIFIED : HK_OK;
    s->low = 0;
    s->high = highest_vol;
    double spot = o->spot;
    for (int i = 0; i < o->n_live; i++)
        spot -= dividends->amount[i] * exp(-(o->rate - o->yield) * dividends->time[i]);
    spot -= o->at_expiry * exp(-(o->rate - o->yield) * o->t_years);
    s->model_spot = spot > 0.05 * o->spot ? spot : 0.05 * o->spot;
    double seed = at_exercise ? NAN : model_root(s, 0.3, 0, 0);
    s->vol = seed > 0.01 && seed < 5 ? seed : 0.3;
    s->evaluations = 0;
    s->done = 0;
}

/* Takes the value at s->vol and chooses the next vol, or finishes. */
static void step_search(hk_cd_search *s)
{
    const hk_cd_task *o = &s->task;
    double vol = s->vol, f = o->value - s->premium, next;
    s->evaluations++;
    if (!isfinite(o->value) || s->evaluations > 80) {
        s->done = 1;
        s->status = HK_NO_CONVERGENCE;
        return;
    }
    if (s->status == HK_NOT_IDENTIFIED) {
        /* the largest vol at which the spot still lies in the exercise region */
        double now = hk_cd_exercise(o->phi, o->spot, o->strike);
        if (o->exercised || o->value <= now)
            s->low = vol;
        else
            s->high = vol;
        double lo = s->low > lowest_vol ? s->low : lowest_vol;
        if (s->high - lo <= 1e-7 * s->high) {
            s->upper = lo;
            s->done = 1;
        }
        s->vol = sqrt(lo * s->high);
        return;
    }
    if (f < 0)
        s->low = vol;
    else
        s->high = vol;
    double gap = o->value - black_at(s, vol), slope = 0;
    if (s->evaluations > 1 && vol != s->last_vol)
        slope = (gap - s->last_gap) / (vol - s->last_vol);
    next = s->evaluations > 12 && s->evaluations % 3 == 0 ? NAN : model_root(s, vol, gap, slope);
    if (fabs(next - vol) <= (s->evaluations > 1 ? 1e-5 : 1e-8) * vol || f == 0) {
        s->result = f == 0 ? vol : next;
        s->done = 1;
        return;
    }
    if (isnan(next)) {
        double lo = s->low > lowest_vol ? s->low : lowest_vol;
        next = sqrt(lo * s->high);
        if (s->high - lo <= 1e-10 * s->high) {
            s->result = next;
            s->done = 1;
            if (s->high <= lowest_vol * 1.001 || lo >= highest_vol * 0.999)
                s->status = HK_NO_CONVERGENCE, s->result = NAN;
        }
    }
    s->last_vol = vol;
    s->last_gap = gap;
    s->vol = next;
}

int hk_cd_implied_vol(const hk_cd_contracts *in, hk_column premium, ptrdiff_t n, double *vol, double *upper,
                      signed char *status)
{
    size_t room = (size_t)(n > 0 ? n : 1);
    hk_cd_dividends dividends;
    int bad = sort_dividends(in, &dividends);
    hk_cd_search *search = calloc(room, sizeof *search);
    hk_cd_task *work = malloc(room * sizeof *work);
    hk_cd_task **todo = malloc(room * sizeof *todo);
    ptrdiff_t *owner = malloc(room * sizeof *owner);
    int rc = bad < 0 || !search || !work || !todo || !owner ? -1 : 0;
    for (ptrdiff_t i = 0; !rc && i < n; i++) {
        hk_cd_search *s = &search[i];
        s->premium = premium.data[i * premium.stride];
        enum path how = make_task(in, &dividends.schedule, i, 0.3, &s->task);
        s->result = s->upper = NAN;
        s->done = 1;
        if (bad || how == BAD || !isfinite(s->premium))
            s->status = HK_INVALID_INPUT;
        else if (s->task.n_live > HK_CD_MAX_LIVE)
            s->status = HK_NO_CONVERGENCE;
        else
            start_search(s, &dividends.schedule);
    }
    for (int more = 1; more && !rc;) {
        ptrdiff_t m = 0, k = 0;
        more = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            hk_cd_search *s = &search[i];
            if (s->done)
                continue;
            enum path how;
            work[k] = s->task;
            work[k].vol = work[k].base_vol = s->vol;
            owner[k] = i;
            if (prepare(&work[k], &dividends.schedule, &how))
                todo[m++] = &work[k];
            k++;
        }
        rc = solve(todo, m, &dividends.schedule);
        for (ptrdiff_t j = 0; j < k && !rc; j++) {
            hk_cd_search *s = &search[owner[j]];
            s->task.value = work[j].value;
            s->task.exercised = work[j].exercised;
            step_search(s);
            more |= !s->done;
        }
    }
    for (ptrdiff_t i = 0; i < n && !rc; i++) {
        vol[i] = search[i].result;
        upper[i] = search[i].upper;
        status[i] = search[i].status;
    }
    free(search);
    free(work);
    free(todo);
    free(owner);
    if (bad >= 0)
        free(dividends.memory);
    return rc;
}

int hk_cd_implied_vol_band(const hk_cd_contracts *in, const hk_column premium[3], ptrdiff_t n, double *const vol[3],
                           signed char *const status[3])
{
    double *upper = malloc((size_t)(n > 0 ? n : 1) * sizeof *upper);
    int rc = upper ? 0 : -1;
    for (int k = 0; k < 3 && !rc; k++)
        rc = hk_cd_implied_vol(in, premium[k], n, vol[k], upper, status[k]);
    free(upper);
    return rc;
}
