/* Implied volatility. The value differs from a Black value, taken at the spot less the dividends' present value,
 * by a gap that is nearly linear in the volatility: each step solves "Black + linear gap = premium" exactly. The first
 * steps are taken on the coarse lattice, the last on the fine one; the bid and the ask of an option start from its
 * mid, and take from it the difference between the two lattices. */
#include "cash_dividends.h"
#include "cash_dividends_engine.h"
#include "cash_dividends_limits.h"
#include "status.h"

#include <stdlib.h>

enum phase { DONE, COARSE, FINE, NEIGHBOUR, BOUNDARY };

typedef struct {
    hk_cd_task task;
    double premium, model_spot;
    double low, high;            /* the vol is between */
    double vol;                  /* to evaluate next */
    double at, gap, slope;       /* the last vol evaluated, its gap, and the slope there */
    double offset;               /* fine less coarse value, where known */
    double coarse_at, coarse_gap;
    double low_margin, high_margin;
    double result, upper;
    int evaluations, has_slope;
    enum phase phase;
    signed char status;
} hk_cd_search;

static const double lowest_vol = 1e-4, highest_vol = 20.0;

static double black_at(const hk_cd_search *s, double vol, hk_cd_task *derivatives)
{
    const hk_cd_task *o = &s->task;
    return hk_cd_black(o->phi, s->model_spot, o->strike, o->t_years, o->rate, o->yield, vol, derivatives);
}

static double at_least_lowest(double vol)
{
    return vol > lowest_vol ? vol : lowest_vol;
}

/* Root of Black(vol) + gap + slope (vol - at) = premium between low and high; NAN when there is none. */
static double model_root(const hk_cd_search *s)
{
    double lo = at_least_lowest(s->low), hi = s->high;
    double x = s->at > lo && s->at < hi ? s->at : sqrt(lo * hi);
    int lo_known = 0, hi_known = 0;
    for (int i = 0; i < 100; i++) {
        hk_cd_task d;
        double f = black_at(s, x, &d) + s->gap + s->slope * (x - s->at) - s->premium;
        double df = x * s->task.t_years * (d.v_xx - d.v_x) + s->slope, next;
        if (f <= 0)
            lo = x, lo_known = 1;
        else
            hi = x, hi_known = 1;
        next = df > 0 ? x - f / df : NAN;
        if (fabs(next - x) <= 1e-12 * x)
            return next;
        if (!(next > lo && next < hi)) {
            next = sqrt(lo * hi);
            /* Before trusting a bisection, see that the ends differ in sign. */
            if (!lo_known && black_at(s, lo, NULL) + s->gap + s->slope * (lo - s->at) > s->premium)
                return NAN;
            if (!hi_known && black_at(s, hi, NULL) + s->gap + s->slope * (hi - s->at) < s->premium)
                return NAN;
            lo_known = hi_known = 1;
        }
        if (hi - lo <= 1e-12 * hi)
            return next;
        x = next;
    }
    return x;
}

static double highest_of(const hk_cd_search *s)
{
    return fmin(highest_vol, hk_cd_most_spread(&s->task) / sqrt(s->task.t_years));
}

static void finish(hk_cd_search *s, signed char status, double vol)
{
    s->phase = DONE;
    s->status = status;
    s->result = vol;
}

static void start_search(hk_cd_search *s, const hk_cd_schedule *dividends)
{
    const hk_cd_task *o = &s->task;
    double floor_value = hk_cd_zero_vol(o, dividends), now = hk_cd_exercise(o->phi, o->spot, o->strike);
    double scale = o->spot > o->strike ? o->spot : o->strike, rounding = 4e-15 * scale;
    s->upper = NAN;
    if (s->premium >= hk_cd_maximum(o)) {
        finish(s, HK_ABOVE_MAXIMUM, NAN);
        return;
    }
    s->low = 0;
    s->high = highest_of(s);
    s->vol = 0.3;
    if (o->american && now > 0 && now >= floor_value - rounding && fabs(s->premium - now) <= rounding) {
        s->phase = BOUNDARY;
        s->low_margin = s->high_margin = NAN;
        return;
    }
    if (s->premium <= floor_value) {
        finish(s, HK_BELOW_INTRINSIC, NAN);
        return;
    }
    double growth = o->yield - o->rate, spot = o->spot - o->at_expiry * exp(growth * o->t_years);
    for (int i = 0; i < o->n_live; i++)
        spot -= dividends->amount[i] * exp(growth * dividends->time[i]);
    s->model_spot = spot > 0.05 * o->spot ? spot : 0.05 * o->spot;
    s->at = 0.3;
    double seed = model_root(s);
    s->vol = seed > 0.01 && seed < 5 ? seed : 0.3;
    s->phase = COARSE;
}

/* Starts next to a finished search of the same option at another premium. */
static void start_beside(hk_cd_search *s, const hk_cd_search *known)
{
    s->at = known->at;
    s->gap = known->gap;
    s->slope = known->slope;
    s->offset = known->offset;
    double next = known->has_slope ? model_root(s) : NAN;
    if (isnan(next))
        return; /* from its own seed, then */
    s->vol = next;
    s->has_slope = 1;
    s->phase = NEIGHBOUR;
}

static void bisect(hk_cd_search *s)
{
    double lo = at_least_lowest(s->low);
    s->vol = sqrt(lo * s->high);
    if (s->high - lo > 1e-9 * s->high)
        return;
    if (s->phase == COARSE) {
        s->phase = FINE;
        s->low = 0;
        s->high = highest_of(s);
    } else if (s->vol > 1.01 * lowest_vol && s->vol < 0.99 * highest_of(s)) {
        finish(s, HK_OK, s->vol);
    } else {
        finish(s, HK_NO_CONVERGENCE, NAN);
    }
}

/* The largest vol at which the spot still lies in the exercise region: regula falsi on how far it does. */
static void step_boundary(hk_cd_search *s)
{
    const hk_cd_task *o = &s->task;
    int inside = o->exercised || o->value <= hk_cd_exercise(o->phi, o->spot, o->strike);
    double margin = o->exercised && fabs(o->margin) < 0.5 ? o->margin : inside ? NAN : o->margin > -0.5 ? o->margin : NAN;
    if (inside) {
        s->low = s->vol;
        s->low_margin = margin;
        if (!isnan(s->high_margin))
            s->high_margin *= s->has_slope > 0 ? 0.5 : 1; /* Illinois: the same end moved twice */
        s->has_slope = 1;
    } else {
        s->high = s->vol;
        s->high_margin = margin;
        if (!isnan(s->low_margin))
            s->low_margin *= s->has_slope < 0 ? 0.5 : 1;
        s->has_slope = -1;
    }
    double lo = at_least_lowest(s->low), next = sqrt(lo * s->high);
    if (s->high - lo <= 1e-6 * s->high || s->evaluations > 60) {
        finish(s, HK_NOT_IDENTIFIED, NAN);
        s->upper = s->low;
        return;
    }
    if (!isnan(s->low_margin) && !isnan(s->high_margin) && s->evaluations % 4) {
        next = lo + (s->high - lo) * s->low_margin / (s->low_margin - s->high_margin);
        double least = 4e-7 * s->high; /* so that both ends close in */
        next = next - lo < least ? lo + least : s->high - next < least ? s->high - least : next;
    }
    s->vol = next;
}

/* Takes the value at s->vol and chooses the next vol, or finishes. */
static void step_search(hk_cd_search *s)
{
    double value = s->task.value, vol = s->vol;
    s->evaluations++;
    if (!isfinite(value) || s->evaluations > 120) {
        finish(s, HK_NO_CONVERGENCE, NAN);
        return;
    }
    if (s->phase == BOUNDARY) {
        step_boundary(s);
        return;
    }
    if (s->phase == NEIGHBOUR)
        value += s->offset;
    if (value < s->premium)
        s->low = vol;
    else
        s->high = vol;
    hk_cd_task black;
    double gap = value - black_at(s, vol, &black), change = vol - s->at;
    if (s->phase == FINE && s->evaluations > 1 && s->offset == 0) {
        /* first value on the fine lattice: the slope is the coarse one */
        s->offset = gap - (s->gap + s->slope * change);
    } else if (s->evaluations > 1 || s->phase == NEIGHBOUR) {
        if (fabs(change) > 1e-6 * vol)
            s->slope = (gap - s->gap) / change, s->has_slope = 1;
    }
    s->at = vol;
    s->gap = gap;
    int stuck = s->evaluations > 10 && s->evaluations % 3 == 0;
    double next = stuck ? NAN : model_root(s), moved = fabs(next - vol) / vol;
    /* The model's next vol is off by about its move times the error of its slope, relative to the slope of
     * the value; near the exercise region that slope goes to nothing and so does the trust. */
    double vega = vol * s->task.t_years * (black.v_xx - black.v_x), trust = vega > 0 ? 1 + s->slope / vega : 0;
    trust = trust < 1 ? trust : 1;
    double enough = s->phase == COARSE ? 3e-3 : s->phase == FINE ? 3e-4 : 1e-3;
    if (!s->has_slope)
        enough = s->phase == COARSE ? 1e-4 : 1e-6;
    else if (s->phase != COARSE)
        enough *= trust > 0.01 ? trust * trust : 1e-4;
    int poor = s->phase == NEIGHBOUR && trust < 0.3, slow = s->phase != FINE && s->evaluations > 12;
    if (moved <= enough && s->phase != COARSE && !poor) {
        finish(s, HK_OK, next);
    } else if (moved <= enough || poor || slow) {
        s->phase = FINE;
        s->low = 0;
        s->high = highest_of(s);
        s->vol = isnan(next) ? vol : next;
    } else if (isnan(next)) {
        bisect(s);
    } else {
        s->vol = next;
    }
}

/* Runs all searches that are not done, in rounds of one valuation each. */
static int run_searches(hk_cd_search *search, ptrdiff_t n, const hk_cd_schedule *dividends)
{
    size_t room = (size_t)(n > 0 ? n : 1);
    hk_cd_task *work = malloc(room * sizeof *work);
    hk_cd_task **todo = malloc(room * sizeof *todo);
    ptrdiff_t *owner = malloc(room * sizeof *owner);
    int rc = work && todo && owner ? 0 : -1;
    for (int more = 1; more && !rc;) {
        ptrdiff_t m = 0, k = 0;
        more = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            hk_cd_search *s = &search[i];
            enum hk_cd_path how;
            if (s->phase == DONE)
                continue;
            work[k] = s->task;
            work[k].vol = work[k].base_vol = s->vol;
            work[k].level = s->phase == COARSE || s->phase == NEIGHBOUR ? HK_CD_COARSE : HK_CD_VOL;
            owner[k] = i;
            if (hk_cd_prepare(&work[k], dividends, &how))
                todo[m++] = &work[k];
            k++;
        }
        rc = hk_cd_solve(todo, m, dividends);
        for (ptrdiff_t j = 0; j < k && !rc; j++) {
            hk_cd_search *s = &search[owner[j]];
            s->task.value = work[j].value;
            s->task.exercised = work[j].exercised;
            s->task.margin = work[j].margin;
            step_search(s);
            more |= s->phase != DONE;
        }
    }
    free(work);
    free(todo);
    free(owner);
    return rc;
}

static void set_up(hk_cd_search *s, const hk_cd_contracts *in, const hk_cd_schedule *dividends, ptrdiff_t i, int bad,
                   double premium)
{
    enum hk_cd_path how = hk_cd_make_task(in, dividends, i, 0.3, &s->task);
    s->premium = premium;
    s->upper = NAN;
    if (bad || how == HK_CD_BAD || !isfinite(premium))
        finish(s, HK_INVALID_INPUT, NAN);
    else if (s->task.n_live > HK_CD_MAX_LIVE)
        finish(s, HK_NO_CONVERGENCE, NAN);
    else
        start_search(s, dividends);
}

int hk_cd_implied_vol(const hk_cd_contracts *in, hk_column premium, ptrdiff_t n, double *vol, double *upper,
                      signed char *status)
{
    hk_cd_dividends dividends;
    int bad = hk_cd_sort(in, &dividends);
    hk_cd_search *search = calloc((size_t)(n > 0 ? n : 1), sizeof *search);
    int rc = bad < 0 || !search ? -1 : 0;
    for (ptrdiff_t i = 0; !rc && i < n; i++)
        set_up(&search[i], in, &dividends.schedule, i, bad, premium.data[i * premium.stride]);
    if (!rc)
        rc = run_searches(search, n, &dividends.schedule);
    for (ptrdiff_t i = 0; i < n && !rc; i++) {
        vol[i] = search[i].result;
        upper[i] = search[i].upper;
        status[i] = search[i].status;
    }
    free(search);
    if (bad >= 0)
        free(dividends.memory);
    return rc;
}

int hk_cd_implied_vol_band(const hk_cd_contracts *in, const hk_column premium[3], ptrdiff_t n, double *const vol[3],
                           signed char *const status[3])
{
    size_t room = (size_t)(n > 0 ? n : 1);
    hk_cd_dividends dividends;
    int bad = hk_cd_sort(in, &dividends);
    hk_cd_search *mid = calloc(room, sizeof *mid), *side = calloc(2 * room, sizeof *side);
    int rc = bad < 0 || !mid || !side ? -1 : 0;
    for (ptrdiff_t i = 0; !rc && i < n; i++)
        set_up(&mid[i], in, &dividends.schedule, i, bad, premium[1].data[i * premium[1].stride]);
    if (!rc)
        rc = run_searches(mid, n, &dividends.schedule);
    for (ptrdiff_t i = 0; !rc && i < 2 * n; i++) {
        ptrdiff_t k = i >> 1;
        hk_column quote = premium[i & 1 ? 2 : 0];
        set_up(&side[i], in, &dividends.schedule, k, bad, quote.data[k * quote.stride]);
        if (side[i].phase == COARSE && mid[k].status == HK_OK)
            start_beside(&side[i], &mid[k]);
    }
    if (!rc)
        rc = run_searches(side, 2 * n, &dividends.schedule);
    for (ptrdiff_t i = 0; i < n && !rc; i++) {
        const hk_cd_search *found[3] = {&side[2 * i], &mid[i], &side[2 * i + 1]};
        for (int k = 0; k < 3; k++) {
            vol[k][i] = found[k]->result;
            status[k][i] = found[k]->status;
        }
    }
    free(mid);
    free(side);
    if (bad >= 0)
        free(dividends.memory);
    return rc;
}
