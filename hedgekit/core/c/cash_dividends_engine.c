#include "cash_dividends_engine.h"
#include "cash_dividends_limits.h"
#include "isa.h"

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

static int compare_pairs(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int hk_cd_sort(const hk_cd_contracts *in, hk_cd_dividends *out)
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

enum hk_cd_path hk_cd_make_task(const hk_cd_contracts *in, const hk_cd_schedule *dividends, ptrdiff_t i, double vol,
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
                      .base_rate = in->rate.data[i * in->rate.stride],
                      .american = in->american};
    if ((sign != 1 && sign != -1) || !isfinite(o->spot) || !isfinite(o->strike) || !isfinite(o->t_years) ||
        !isfinite(o->rate) || !isfinite(o->yield) || !isfinite(vol) || o->spot <= 0 || o->strike <= 0 ||
        o->t_years <= 0 || vol < 0)
        return HK_CD_BAD;
    while (o->n_live < dividends->n && dividends->time[o->n_live] < o->t_years)
        o->n_live++;
    if (o->n_live < dividends->n && dividends->time[o->n_live] == o->t_years)
        o->at_expiry = dividends->amount[o->n_live];
    if (o->american && o->phi > 0)
        o->at_expiry = 0; /* exercised just before it */
    return HK_CD_LATTICE;
}

/* How this valuation is to be done at its volatility. */
static enum hk_cd_path choose(hk_cd_task *o)
{
    if (o->n_live > HK_CD_MAX_LIVE)
        return HK_CD_BAD;
    if (o->vol * sqrt(o->t_years) < 1e-8)
        return HK_CD_DETERMINISTIC;
    /* exercise before expiry gains a put no more than the interest on its strike */
    if (o->american && o->phi < 0 && o->rate * o->t_years <= 1e-6 && o->yield >= 0)
        o->american = 0;
    if (o->american && o->phi > 0 && o->rate >= 0 && o->yield <= 0 && o->n_live == 0)
        o->american = 0;
    if (!o->american && o->n_live == 0 && (o->at_expiry == 0 || o->phi > 0))
        return HK_CD_CLOSED;
    return o->vol * sqrt(o->t_years) <= hk_cd_most_spread(o) ? HK_CD_LATTICE : HK_CD_BAD;
}

/* ---- the lattice's shape ---- */

/* Spacing of the nodes and half-width of the lattice in units of vol sqrt(T); time steps were T one period. */
typedef struct {
    double spacing, steps, width;
} hk_cd_resolution;

/* by enum hk_cd_level */
static const hk_cd_resolution resolutions[7] = {
    {0.029, 78, 4.9}, {0.036, 52, 4.4}, {0.033, 44, 4.4}, {0.08, 16, 4.2}, {0.16, 6, 3.8}, {0.029, 78, 4.9}, {0.035, 56, 4.8}};

/* What sensitivities need less of the width at the out-of-the-money end. */
#define HK_CD_SPARED 0.6

static uint64_t class_of(double x, double per_octave)
{
    double c = ceil(per_octave * log2(x));
    return (uint64_t)(int64_t)(c + 2048);
}

static double class_value(uint64_t c, double per_octave)
{
    return exp2(((double)c - 2048) / per_octave);
}

/* How far large dividends spread the logarithm of the spot beyond its diffusion: an amount D takes the range
 * F exp(-z) .. F exp(z) to F exp(-z) - D .. F exp(z) - D. What lies below the strike need not be covered, but for an
 * American put that waits for the next dividend: it does so from where the interest lost until then is worth it, and
 * the dividend can take no more than there is. */
static double spread_by_dividends(const hk_cd_task *o, const hk_cd_schedule *dividends)
{
    double path = o->spot, up = o->spot, down = o->spot, before = 0, done = 0, spread = 0;
    int large = 0;
    for (int i = 0; i < o->n_live; i++) {
        const double date = dividends->time[i], amount = dividends->amount[i];
        const double growth = (o->base_rate - o->yield) * (date - before), z = 4 * o->base_vol * sqrt(date);
        large |= amount >= 0.1 * path * exp(growth);
        path = hk_cd_path_after(path, growth, amount);
        up = up * exp(growth + z - done) - amount;
        down = down * exp(growth - z + done) - amount;
        down = down > 0 ? down : 0;
        before = date;
        done = z;
        if (up <= 0)
            break;
        double least = o->strike < path ? o->strike : path;
        if (o->american && o->phi < 0 && i + 1 < o->n_live) {
            double next = dividends->amount[i + 1];
            double lost = o->strike * -expm1(-o->base_rate * (dividends->time[i + 1] - date));
            double start = 0.3 * (lost > 0 && lost < next ? lost : next);
            least = start < least ? start > 1e-3 * path ? start : 1e-3 * path : least;
        }
        if (!large || up <= least)
            continue;
        double above = log(up / path) - z, below = log(path / (down > least ? down : least)) - z;
        spread = above > spread ? above : spread;
        spread = below > spread ? below : spread;
    }
    return spread;
}

/* How far out of the money, where little is left of the value for an error to be a fraction of: the nodes lie closer there. */
static int remoteness(const hk_cd_task *o)
{
    const double deviations = -o->phi * log(o->spot / o->strike) / (o->base_vol * sqrt(o->t_years));
    if (!hk_cd_has_boundary(o) || (o->level != HK_CD_FINE && o->level != HK_CD_MARCHED))
        return 0;
    return deviations > 2.6 ? 2 : deviations > 1.4 ? 1 : 0;
}
static const double closer[3] = {1, 0.85, 0.6};

static void set_key(hk_cd_task *o, const hk_cd_schedule *dividends)
{
    double root = o->base_vol * sqrt(o->t_years);
    double carry = fabs(o->base_rate) > fabs(o->yield) ? fabs(o->base_rate) : fabs(o->yield);
    double drift = 1 + 0.5 * carry * sqrt(o->t_years) / o->base_vol;
    double spread = 1 + spread_by_dividends(o, dividends) / root;
    o->key = class_of(o->t_years, 8) | class_of(drift < 50 ? drift : 50, 4) << 12 |
             class_of(root > 0.25 ? root : 0.25, 4) << 24 | class_of(spread < 1000 ? spread : 1000, 4) << 36 |
             (uint64_t)o->n_live << 48 | (uint64_t)(hk_cd_has_boundary(o) ? remoteness(o) : 2 * hk_cd_summed(o)) << 58 | (uint64_t)o->level << 60 | (uint64_t)hk_cd_has_boundary(o) << 63;
}

static void shape_of(const hk_cd_task *o, const hk_cd_schedule *dividends, hk_cd_shape *shape)
{
    const hk_cd_resolution *res = &resolutions[o->level];
    const double most = 2000;
    double t = class_value(o->key & 0xfff, 8), drift = class_value(o->key >> 12 & 0xfff, 4);
    double root = class_value(o->key >> 24 & 0xfff, 4), spread = class_value(o->key >> 36 & 0xfff, 4) - 1;
    double width = res->width + 0.5 * root;
    /* Without an exercise boundary the values are smooth, and fewer nodes and steps give the same error. */
    const int smooth = !hk_cd_has_boundary(o);
    shape->spacing = res->spacing * (smooth ? 1.3 : closer[remoteness(o)]) / (root > 1 ? root : 1);
    if ((width + spread) / shape->spacing > most)
        shape->spacing = (width + spread) / most;
    for (int p = 0; p <= o->n_live; p++) {
        double end = p ? dividends->time[o->n_live - p] : t;
        double begin = p < o->n_live ? dividends->time[o->n_live - p - 1] : 0;
        double part = sqrt(end / t);
        double half = ceil(((res->width + 0.5 * root * part) * part + spread) / shape->spacing);
        double steps = ceil(res->steps * drift * (smooth ? 0.4 : p ? 0.85 : 1.0) * sqrt((end - begin) / t));
        shape->nodes[p] = (short)(half > 12 ? half : 12);
        shape->spared[p] = (short)(HK_CD_SPARED * part / shape->spacing);
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

int hk_cd_solve(hk_cd_task **tasks, ptrdiff_t n, const hk_cd_schedule *dividends)
{
    const int width = hk_cd_isa() == HK_ISA_AVX512 ? 8 : hk_cd_isa() == HK_ISA_AVX2 ? 4 : 2;
    if (n == 0)
        return 0;
    hk_cd_order *order = malloc((size_t)n * sizeof *order);
    hk_cd_shape *shape = malloc(sizeof *shape);
    void *scratch = NULL;
    if (posix_memalign(&scratch, 64, (size_t)(12 * HK_CD_MAX_NODES + HK_CD_MAX_LIVE + 1) * 64))
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

int hk_cd_prepare(hk_cd_task *o, const hk_cd_schedule *dividends, enum hk_cd_path *path)
{
    *path = choose(o);
    if (*path == HK_CD_BAD)
        o->value = NAN;
    if (*path == HK_CD_DETERMINISTIC) {
        o->value = hk_cd_zero_vol(o, dividends);
    } else if (*path == HK_CD_CLOSED) {
        o->value = hk_cd_black(o->phi, o->spot, o->strike + o->at_expiry, o->t_years, o->rate, o->yield, o->vol, o);
    }
    return *path == HK_CD_LATTICE;
}

