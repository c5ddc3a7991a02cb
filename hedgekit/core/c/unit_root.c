/* The Dickey-Fuller regression from one set of lagged products.
 *
 * With d[t] = x[t + 1] - x[t], row t regresses d[t] on the level x[t], the lags d[t - 1] .. d[t - p], and the trend.
 * Products of lags i and j over the same rows depend on j - i but for the ends, so one pass over the series gives the
 * whole Gram matrix: sums of d[t] d[t - k], and the rest in steps from one diagonal element to the next. Lags enter a
 * growing Cholesky factor one by one, which tells the residual sum of squares of every number of lags at once. */
#include "unit_root.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "status.h"

/* Values readable before a series of differences, and products more than asked for: one block of lags. */
#define HK_SPARE 64

#define HK_TEMPLATE "unit_root_sums.h"
#include "instances.h"

typedef struct {
    double (*dot)(const double *, const double *, size_t);
    double (*sum)(const double *, size_t);
    void (*autoproducts)(const double *, size_t, size_t, int, double *);
    void (*spread)(const double *, const double *, double, size_t, double *, double *);
} hk_passes;

static const hk_passes instances[] = {
    {dot_baseline, sum_baseline, autoproducts_baseline, spread_baseline},
#if HK_X86_LEVELS
    {dot_avx2, sum_avx2, autoproducts_avx2, spread_avx2},
    {dot_avx512, sum_avx512, autoproducts_avx512, spread_avx512},
#endif
};

static int level = HK_ISA_BASELINE;

int hk_unit_root_isa(void)
{
    return level;
}

int hk_unit_root_set_isa(int wanted)
{
    if (wanted < HK_ISA_BASELINE || wanted > hk_isa_best())
        return -1;
    level = wanted;
    return 0;
}

/* Share of a regressor's or the residuals' sum of squares that must be left for it to mean anything. */
#define HK_SINGULAR 1e-13

/* Below this share left, residuals are summed one by one instead of by difference. */
#define HK_CLOSE_FIT 1e-6

typedef struct {
    double *room;       /* what is freed */
    double *level;      /* x, about its mean where there is a constant; n values */
    double *difference; /* n - 1 values, HK_SPARE readable before */
    double *product;    /* lags + 1 + HK_SPARE */
    double *gram;       /* side^2 */
    double *gram_rows;  /* (lags + 1)^2 */
    double *coefficient;
} hk_work;

static int hk_work_new(hk_work *w, size_t n, int lags)
{
    size_t side = (size_t)lags + 4, square = (size_t)(lags + 1) * (size_t)(lags + 1);
    size_t total = n + (HK_SPARE + n) + ((size_t)lags + 1 + HK_SPARE) + side * side + square + side;
    w->room = calloc(total, sizeof(double));
    if (!w->room)
        return -1;
    w->level = w->room;
    w->difference = w->level + n + HK_SPARE;
    w->product = w->difference + n;
    w->gram = w->product + lags + 1 + HK_SPARE;
    w->gram_rows = w->gram + side * side;
    w->coefficient = w->gram_rows + square;
    return 0;
}

/* The Gram matrix in `w->gram` (upper part): trend terms, then level and lags 1..lags (or lags, then level), then the
 * dependent difference. Rows start at `first` >= lags. */
static int hk_gram(const hk_work *w, const double *product, double level_difference, double level_level, size_t first,
                   size_t m, int trend, int lags, int level_last)
{
    const double *z = w->level, *d = w->difference;
    int width = lags + 1, side = trend + lags + 2;
    double *g = w->gram_rows, *out = w->gram;
    for (int k = 0; k <= lags; k++) {
        double value = product[k];
        g[k] = value;
        for (int i = 1; i + k <= lags; i++) {
            value += d[first - (size_t)i] * d[first - (size_t)(i + k)] - d[m - (size_t)i] * d[m - (size_t)(i + k)];
            g[i * width + i + k] = value;
        }
    }
    int level_at = level_last ? trend + lags : trend, lag_at = level_last ? trend - 1 : trend, last = side - 1;
#define HK_PUT(i, j, value) out[((i) < (j) ? (i) : (j)) * side + ((i) < (j) ? (j) : (i))] = (value)
    HK_PUT(level_at, level_at, level_level);
    double aligned = level_difference;
    for (int j = 0; j <= lags; j++) {
        /* level[t] = level[t - j] + the j differences between */
        double value = aligned;
        for (int i = 1; i <= j; i++)
            value += g[i * width + j];
        HK_PUT(level_at, j ? lag_at + j : last, value);
        if (j < lags) {
            size_t head = first - 1 - (size_t)j, tail = m - 1 - (size_t)j;
            aligned += z[head] * d[head] - z[tail] * d[tail];
        }
        for (int i = 0; i <= j; i++)
            HK_PUT(i ? lag_at + i : last, j ? lag_at + j : last, g[i * width + j]);
    }
    if (trend >= HK_TREND_CONSTANT) {
        double rows = (double)(m - first), middle = 0.5 * (double)(first + m - 1), sum = 0.0, moment = 0.0;
        for (size_t t = first; t < m; t++) {
            sum += z[t];
            moment += ((double)t - middle) * z[t];
        }
        out[0] = rows;
        HK_PUT(0, level_at, sum);
        if (trend == HK_TREND_LINEAR) {
            HK_PUT(0, 1, 0.0);
            HK_PUT(1, 1, rows * (rows * rows - 1.0) / 12.0);
            HK_PUT(1, level_at, moment);
        }
        double inner = sum - z[first];
        for (int j = 0; j <= lags; j++) {
            size_t high = m - (size_t)j, low = first - (size_t)j;
            int at = j ? lag_at + j : last;
            HK_PUT(0, at, z[high] - z[low]);
            if (trend == HK_TREND_LINEAR) {
                double half = 0.5 * (rows - 1.0);
                HK_PUT(1, at, half * (z[high] + z[low]) - inner);
            }
            if (j < lags)
                inner += z[low] - z[high - 1];
        }
    }
#undef HK_PUT
    return side;
}

/* Factors the leading `side - 1` columns in place; the last one becomes the rotated dependent variable, whose own
 * element after step k is the residual sum of squares with k columns, kept in `residual`. Columns factored before one
 * was found to depend on those before it. */
static int hk_factor(double *a, int side, double *residual)
{
    double scale[side];
    for (int i = 0; i < side; i++)
        scale[i] = a[i * side + i];
    residual[0] = scale[side - 1];
    for (int k = 0; k < side - 1; k++) {
        double pivot = a[k * side + k];
        if (!(pivot > HK_SINGULAR * scale[k]))
            return k;
        double inverse = 1.0 / sqrt(pivot);
        for (int j = k; j < side; j++)
            a[k * side + j] *= inverse;
        const double *row = a + k * side;
        for (int i = k + 1; i < side; i++) {
            double factor = row[i];
            double *target = a + i * side;
            for (int j = i; j < side; j++)
                target[j] -= factor * row[j];
        }
        residual[k + 1] = a[(side - 1) * side + side - 1];
    }
    return side - 1;
}

/* The residual sum of squares of the final regression, row by row. */
static double hk_residuals(const hk_work *w, size_t first, size_t m, int trend, int lags)
{
    int side = trend + lags + 2, columns = side - 1;
    double *b = w->coefficient, *a = w->gram, middle = 0.5 * (double)(first + m - 1), sum = 0.0;
    for (int i = columns; i-- > 0;) {
        double value = a[i * side + columns];
        for (int j = i + 1; j < columns; j++)
            value -= a[i * side + j] * b[j];
        b[i] = value / a[i * side + i];
    }
    for (size_t t = first; t < m; t++) {
        double e = w->difference[t] - b[columns - 1] * w->level[t];
        if (trend >= HK_TREND_CONSTANT)
            e -= b[0];
        if (trend == HK_TREND_LINEAR)
            e -= b[1] * ((double)t - middle);
        for (int j = 1; j <= lags; j++)
            e -= b[trend - 1 + j] * w->difference[t - (size_t)j];
        sum += e * e;
    }
    return sum;
}

/* `w->level` and `w->difference` are filled; n values of level. */
static hk_adf_result hk_test(const hk_work *w, size_t n, int trend, int most_lags, int criterion)
{
    const hk_passes *pass = &instances[level];
    hk_adf_result result = {NAN, NAN, 0, 0, HK_NOT_IDENTIFIED};
    const double *z = w->level, *d = w->difference;
    size_t m = n - 1, first = (size_t)most_lags;
    int side, factored;
    double residual[most_lags + 5];

    pass->autoproducts(d, first, m, most_lags, w->product);
    double level_difference = pass->dot(z + first, d + first, m - first);
    double level_level = pass->dot(z + first, z + first, m - first);
    if (!isfinite(level_level) || !isfinite(w->product[0])) {
        result.status = HK_INVALID_INPUT;
        return result;
    }
    int lags = most_lags;
    if (criterion != HK_LAGS_FIXED && most_lags > 0) {
        side = hk_gram(w, w->product, level_difference, level_level, first, m, trend, most_lags, 0);
        factored = hk_factor(w->gram, side, residual);
        double rows = (double)(m - first), penalty = criterion == HK_LAGS_AIC ? 2.0 : log(rows), least = INFINITY;
        if (factored < trend + 1)
            return result;
        for (int q = 0; trend + 1 + q <= factored; q++) {
            double left = residual[trend + 1 + q];
            if (!(left > HK_SINGULAR * residual[0]))
                return result;
            double value = rows * log(left) + penalty * (double)q;
            if (value < least) {
                least = value;
                lags = q;
            }
        }
        /* The final regression has the rows that the dropped lags had cost. */
        for (size_t t = (size_t)lags; t < first; t++) {
            for (int k = 0; k <= lags; k++)
                w->product[k] += d[t] * d[t - (size_t)k];
            level_difference += z[t] * d[t];
            level_level += z[t] * z[t];
        }
        first = (size_t)lags;
    }
    side = hk_gram(w, w->product, level_difference, level_level, first, m, trend, lags, 1);
    factored = hk_factor(w->gram, side, residual);
    if (factored < side - 1)
        return result;
    double left = residual[factored], along = w->gram[(side - 2) * side + side - 1];
    if (!(left > HK_CLOSE_FIT * residual[0]))
        left = hk_residuals(w, first, m, trend, lags);
    if (!(left > 1e-24 * residual[0]))
        return result;
    result.rows = (int)(m - first);
    result.lags = lags;
    result.statistic = along / sqrt(left / (double)(result.rows - (side - 1)));
    result.coefficient = along / w->gram[(side - 2) * side + side - 2];
    result.status = isfinite(result.statistic) ? HK_OK : HK_NOT_IDENTIFIED;
    return result;
}

static double hk_mean(const double *values, size_t n)
{
    const hk_passes *pass = &instances[level];
    double mean = pass->sum(values, n) / (double)n, rest = 0.0;
    /* The sum of a large offset is rounded; what is left over is not. */
    for (size_t i = 0; i < n; i++)
        rest += values[i] - mean;
    return mean + rest / (double)n;
}

int hk_adf(const double *series, size_t n, int trend, int most_lags, int criterion, hk_adf_result *out)
{
    hk_work w;
    if (hk_work_new(&w, n, most_lags))
        return -1;
    double centre = trend >= HK_TREND_CONSTANT ? hk_mean(series, n) : 0.0;
    for (size_t t = 0; t < n; t++)
        w.level[t] = series[t] - centre;
    for (size_t t = 0; t + 1 < n; t++)
        w.difference[t] = series[t + 1] - series[t];
    *out = hk_test(&w, n, trend, most_lags, criterion);
    free(w.room);
    return 0;
}

/* Series about their mean, and about their linear trend where the regression has one: the slope on x is then that of
 * one regressor (Frisch-Waugh). */
typedef struct {
    double mean, trend, squares;
} hk_profile;

static hk_profile hk_detrend(const double *series, size_t n, int trend, double *out)
{
    const hk_passes *pass = &instances[level];
    hk_profile p = {0.0, 0.0, 0.0};
    double middle = 0.5 * (double)(n - 1);
    if (trend >= HK_TREND_CONSTANT)
        p.mean = hk_mean(series, n);
    for (size_t t = 0; t < n; t++)
        out[t] = series[t] - p.mean;
    if (trend == HK_TREND_LINEAR) {
        double count = (double)n, moment = 0.0;
        for (size_t t = 0; t < n; t++)
            moment += ((double)t - middle) * out[t];
        p.trend = moment / (count * (count * count - 1.0) / 12.0);
        for (size_t t = 0; t < n; t++)
            out[t] -= p.trend * ((double)t - middle);
    }
    p.squares = pass->dot(out, out, n);
    return p;
}

int hk_engle_granger(const double *rows, size_t series, size_t n, const int *y, const int *x, size_t pairs, int trend,
                     int most_lags, int criterion, hk_engle_granger_result *out)
{
    const hk_passes *pass = &instances[level];
    hk_work w;
    double *flat = malloc(series * n * sizeof *flat);
    hk_profile *profile = malloc(series * sizeof *profile);
    if (!flat || !profile || hk_work_new(&w, n, most_lags)) {
        free(flat);
        free(profile);
        return -1;
    }
    for (size_t s = 0; s < series; s++)
        profile[s] = hk_detrend(rows + s * n, n, trend, flat + s * n);
    for (size_t i = 0; i < pairs; i++) {
        const double *a = flat + (size_t)y[i] * n, *b = flat + (size_t)x[i] * n;
        const hk_profile *p = &profile[y[i]], *q = &profile[x[i]];
        hk_engle_granger_result *r = &out[i];
        r->slope = r->intercept = r->trend = NAN;
        r->adf = (hk_adf_result){NAN, NAN, 0, 0, HK_INVALID_INPUT};
        if (!isfinite(p->squares) || !isfinite(q->squares))
            continue;
        r->adf.status = HK_NOT_IDENTIFIED;
        double grain = 1e-15 * fabs(q->mean);
        if (!(q->squares > (double)n * grain * grain))
            continue;
        double slope = pass->dot(a, b, n) / q->squares;
        pass->spread(a, b, slope, n, w.level, w.difference);
        r->slope = slope;
        r->trend = p->trend - slope * q->trend;
        /* The trend counts from the first observation, as in the regression on 1, t and x. */
        r->intercept = p->mean - slope * q->mean - r->trend * 0.5 * (double)(n - 1);
        if (trend != HK_TREND_LINEAR)
            r->trend = NAN;
        /* Residuals at rounding level are no spread. */
        if (pass->dot(w.level, w.level, n) > 1e-24 * p->squares)
            r->adf = hk_test(&w, n, HK_TREND_NONE, most_lags, criterion);
    }
    free(flat);
    free(profile);
    free(w.room);
    return 0;
}
