/* Finite differences for the spot model with cash dividends, several options in lock step.
 *
 * Between ex-dates, with y = ln(S) + (r - q - sigma^2/2) theta (theta: time before the period's end) and
 * U = exp(r theta) V, the value satisfies U_theta = sigma^2/2 U_yy: compact fourth-order differences in space,
 * SDIRK3 in time (Alexander, SIAM J. Numer. Anal. 14 (1977)), in steps that start small before expiry and where
 * exercise starts to pay before an ex-date; without a boundary, the closed form takes the place of that last period. The matrix is symmetric Toeplitz and its LU two scalars.
 * Early exercise: Brennan and Schwartz (J. Finance 32 (1977)), the node below the exercise boundary being
 * replaced by the smooth continuation of the held value, whose second derivative exceeds that of the exercise
 * value by 2 (r K - q S) / sigma^2 (from V_t = 0 at the boundary). Kinks are smoothed by the fourth-order
 * kernel of Kreiss, Thomee and Widlund (Comm. Pure Appl. Math. 23 (1970)).
 *
 * A call is solved as the put it equals under the share as numeraire: W = V K / S in X = K^2 / S has rate q,
 * yield r and exercise value K - X, and stays bounded however large the volatility. Only the ex-dates tell the two
 * apart. Node 0 is the deep in-the-money end, node N - 1 the out-of-the-money end. */

#include "cash_dividends_lanes.h"

/* Adds what smoothing changes at a kink c0 + c1 x + c2 x^2/2 + c3 x^3/6 (x > 0, in nodes, x = side (j - at)) that diffusion
 * has blurred by `blur` nodes: its powers x^p/p! are then the iterated integrals I_p of the normal density, by
 * n I_n = z I_(n-1) + blur^2 I_(n-2). */
static void HK_NAME(smooth_kink)(vd *u, vd *lowered, int n, int lane, double at, double side, double blur, double c0,
                                 double c1, double c2, double c3)
{
    static const double inverse[9] = {0, 0, 1.0, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7};
    const double reach = 3.0 + 7.0 * blur, c[4] = {c0, c1, c2, c3}, blur2 = blur * blur;
    if (!(at > 2.0 && at < n - 3.0))
        return;
    int from = (int)(at - reach), to = (int)(at + reach) + 1;
    for (int j = from < 1 ? 1 : from; j <= to && j < n - 1; j++) {
        double x = side * (j - at), smooth[4] = {0, 0, 0, 0}, plain[4] = {0, 0, 0, 0};
        if (x <= -reach || x >= reach)
            continue;
        for (int k = -3; k <= 3; k++) {
            double z = x + k, power[9];
            if (z <= -7.0 * blur)
                continue;
            power[0] = blur > 0 ? exp(-0.5 * z * z / blur2) * 0.3989422804014327 / blur : 0;
            power[1] = blur > 0 ? 0.5 * erfc(-z * M_SQRT1_2 / blur) : 1;
            for (int p = 2; p < 9; p++)
                power[p] = (z * power[p - 1] + blur2 * power[p - 2]) * inverse[p];
            for (int p = 0; p < 4; p++) {
                smooth[p] += hk_cd_kernel[k + 3] * power[p + 5];
                if (k == 0)
                    plain[p] = power[p + 1];
            }
        }
        double change = 0;
        for (int p = 0; p < 4; p++)
            change += c[p] * (smooth[p] - plain[p]);
        u[j][lane] += change;
        if (lowered && change < 0)
            lowered[j][lane] += change;
    }
}

typedef struct {
    vd strike, rate, yield, half_var, twice_over_var; /* of the put form; sigma^2 / 2 and 2 / sigma^2 */
    vd x_leg, k_leg; /* deep in the money W = k_leg - x_leg X until exercise pays more */
    vd most;         /* W is never more: a put's value once the spot is nil; a call is never worth more than the share */
    vi american;
    int watch; /* the boundary of the last stage says where to look for the next */
    vd boundary; /* between exercised and held, in nodes (-1: none) */
    vd bend, twist; /* half the jump of the second difference there, a sixth of the third's */
    vd k, x;        /* the exercise value of the last stage: k - x e */
} HK_NAME(period);

/* The matrix M - a delta^2 of a stage, a = `ratio` nodes squared of diffusion, over its pivot: node j is what was eliminated of
 * it plus `alpha` times node j - 1; m0 and m1 are the weights of M, `pull` that of the diffusion. */
typedef struct {
    vd alpha, m0, m1, pull;
} HK_NAME(factors);

HK_CD_INLINE HK_NAME(factors) HK_NAME(factored)(vd ratio)
{
    const vd a = ratio - 1.0 / 12, b = 2.0 * ratio + 10.0 / 12;
    const vd inv = 2.0 / (b + HK_NAME(vsqrt)(b * b - 4.0 * a * a));
    return (HK_NAME(factors)){a * inv, inv * (10.0 / 12), inv * (1.0 / 12), ratio * inv};
}

/* Node j of what a stage starts from. */
HK_CD_INLINE vd HK_NAME(stage_rhs)(const vd *v, const vd *u1, const vd *u2, int j, int which)
{
    return which == 0   ? v[j]
           : which == 1 ? hk_cd_rhs[0][0] * v[j] + hk_cd_rhs[0][1] * u1[j]
                        : hk_cd_rhs[1][0] * v[j] + hk_cd_rhs[1][1] * u1[j] + hk_cd_rhs[1][2] * u2[j];
}

/* What the elimination starts from at the upper end, X growing by `grow` a node: where the values fall steeply they go on so
 * beyond it, and ever more steeply, as the last three nodes do; else they are linear in X. */
HK_CD_INLINE vd HK_NAME(upper_end)(const vd *v, const vd *u1, const vd *u2, int n, vd grow, vd alpha, vd m0, vd m1, int which)
{
    const vd zero = {0}, one = zero + 1.0;
    const vd third = HK_NAME(stage_rhs)(v, u1, u2, n - 3, which), second = HK_NAME(stage_rhs)(v, u1, u2, n - 2, which);
    const vd last = HK_NAME(stage_rhs)(v, u1, u2, n - 1, which);
    const vd slope = (last - second) * grow / (grow - 1.0), flat = last - slope;
    const vd linear = flat * (m0 + 2.0 * m1) / (1.0 - alpha) +
                      slope * (m0 + m1 * (grow + 1.0 / grow)) / (1.0 - HK_NAME(pick)(alpha * grow < 0.99, alpha * grow, zero + 0.99));
    const vi falls = (last > 0.0) & (last < 0.92 * second) & (second < third);
    vd before = second, here = last, power = one, sum = zero;
    vd ratio = here / HK_NAME(pick)(falls, second, one), steeper = ratio * third / HK_NAME(pick)(falls, second, one);
    steeper = HK_NAME(pick)(steeper < 1.0, steeper, one);
    for (int k = 0; k < 4; k++) {
        ratio *= steeper;
        const vd next = here * ratio;
        sum += power * (m0 * here + m1 * (before + next));
        power *= alpha;
        before = here;
        here = next;
    }
    return HK_NAME(pick)(falls, sum + power * here * (m0 + 2.0 * m1) / (1.0 - alpha * ratio), linear);
}

/* Forward elimination of the nodes from .. to (downwards), continuing `carry`. The recurrence is taken four nodes at a
 * time: its latency, not its arithmetic, is what costs. The fours are 4 k + 4 .. 4 k + 1 wherever the elimination
 * starts and ends, so that the rounding of one option does not depend on its neighbours; `to` is 4 k + 1. */
HK_CD_INLINE vd HK_NAME(eliminate)(const vd *restrict v, const vd *restrict u1, const vd *restrict u2,
                                   vd *restrict y, int from, int to, vd alpha, vd m0, vd m1, vd carry, int which)
{
#define RHS(j) HK_NAME(stage_rhs)(v, u1, u2, j, which)
    const vd a2 = alpha * alpha, a3 = a2 * alpha, a4 = a2 * a2;
    vd above = RHS(from + 1), here = RHS(from);
    int j = from;
    for (; j & 3; j--) {
        vd f = RHS(j - 1);
        carry = alpha * carry + (m0 * here + m1 * (above + f));
        y[j] = carry;
        above = here;
        here = f;
    }
    for (; j > to; j -= 4) {
        vd f1 = RHS(j - 1), f2 = RHS(j - 2), f3 = RHS(j - 3), f4 = RHS(j - 4);
        vd r0 = m0 * here + m1 * (above + f1), r1 = m0 * f1 + m1 * (here + f2);
        vd r2 = m0 * f2 + m1 * (f1 + f3), r3 = m0 * f3 + m1 * (f2 + f4);
        r1 += alpha * r0;
        r2 += alpha * r1;
        r3 += alpha * r2;
        y[j] = r0 + alpha * carry;
        y[j - 1] = r1 + a2 * carry;
        y[j - 2] = r2 + a3 * carry;
        carry = r3 + a4 * carry;
        y[j - 3] = carry;
        above = f3;
        here = f4;
    }
#undef RHS
    return carry;
}

/* Back substitution by fours from node *j up, where every option is held; `u` is the node below. Returns the last node done,
 * and leaves *j at the first that is not. */
HK_CD_INLINE vd HK_NAME(substitute)(const vd *y, vd *out, int n, vd alpha, vd u, int *j)
{
    const vd a2 = alpha * alpha, a3 = a2 * alpha, a4 = a2 * a2;
    int i = *j;
    for (; i + 3 < n - 1; i += 4) {
        const vd r0 = y[i], r1 = y[i + 1] + alpha * r0, r2 = y[i + 2] + alpha * r1, r3 = y[i + 3] + alpha * r2;
        out[i] = r0 + alpha * u;
        out[i + 1] = r1 + a2 * u;
        out[i + 2] = r2 + a3 * u;
        u = r3 + a4 * u;
        out[i + 3] = u;
    }
    *j = i;
    return u;
}

/* The value at node 0 where node j is y[j] + alpha times node j - 1: by it nodes 0 to 4 are cubic in X or, should that differ
 * from a square by more than `smooth`, nodes 0 to 3 quadratic. */
HK_CD_INLINE vd HK_NAME(lower_end)(const vd *y, const vd *e, vd alpha, vd smooth)
{
    const vd g = e[1] / e[0], g2 = g * g, g3 = g2 * g;
    const vd one = y[1], two = y[2] + alpha * one, three = y[3] + alpha * two, four = y[4] + alpha * three;
    /* differences that 1, X and X^2 vanish in */
    const vd a = two - one, b = three - two, c = four - three, d = a - g * one, f = b - g * a, h = c - g * b;
    const vd low = f - g2 * d, high = h - g2 * f, product = (1.0 - alpha) * (g - alpha) * (g2 - alpha);
    const vd square = low / product, cubic = (g3 * low - high) / (product * (g3 - alpha)), apart = cubic - square;
    return HK_NAME(pick)((apart < smooth) & (apart > -smooth), cubic, square);
}

/* One implicit stage: out = solution of (M - a delta^2) out = M rhs under the exercise constraint at that time, rhs being
 * stage_rhs of the values at the start of the step and after its first stages. */
HK_CD_INLINE void HK_NAME(stage)(HK_NAME(period) *p, int n, const vd *v, const vd *u1, const vd *u2,
                                 const vd *restrict e, const vd *restrict lowered, vd *restrict y, vd *out, vd ratio,
                                 vd h2, vd theta, int which)
{
    const vd zero = {0}, one = zero + 1.0;
    const HK_NAME(factors) f = HK_NAME(factored)(ratio);
    const vd alpha = f.alpha, m0 = f.m0, m1 = f.m1, pull = f.pull;

    /* The boundary falls less than these nodes a stage. Further down it is not looked for: where the interest at stake is less
     * than the error of the values, nodes deep in the money would seem to be held. */
    vd low = one;
    int from = 1;
    if (p->watch) {
        low = HK_NAME(vmax)(p->boundary - HK_CD_FALL_YOUNG, one);
        from = n - 6;
        for (int l = 0; l < LANES; l++) {
            low[l] = (double)(int)low[l];
            from = low[l] < from ? (int)low[l] : from;
        }
        from -= (from - 1) & 3;
    }
    vd carry = HK_NAME(upper_end)(v, u1, u2, n, e[1] / e[0], alpha, m0, m1, which);
    y[n - 1] = carry;
    carry = HK_NAME(eliminate)(v, u1, u2, y, n - 2, from, alpha, m0, m1, carry, which);

    const vd k = p->strike * HK_NAME(vexp)(p->rate * theta), x = HK_NAME(vexp)((p->yield + p->half_var) * theta);
    const vd jump_x = p->twice_over_var * p->yield * x * h2, jump_k = p->twice_over_var * p->rate * k * h2;
    /* Once the lower end is exercised it stays so, until the next ex-date. */
    const vd g0 = k - e[0] * x;
    vd deep = g0;
    vi held = ~p->american;
    if (from == 1) {
        deep = HK_NAME(lower_end)(y, e, alpha, HK_CD_APART * x * (e[1] - e[0]));
        held |= p->watch ? (deep > g0) & ~(p->boundary >= 0.0) : deep > g0;
    }
    vd u = HK_NAME(pick)(held, HK_NAME(vmax)(deep, zero), g0), g_prev = g0;
    vd boundary = HK_NAME(pick)(held, -one, zero + (double)(n - 1)), bend = zero;
    int j;
    out[0] = u;
    for (j = 1; j < from; j++)
        out[j] = k - e[j] * x;
    if (from > 1)
        g_prev = out[from - 1];
    const vd a2 = alpha * alpha, a3 = a2 * alpha, a4 = a2 * a2;
    for (j = from; j + 3 < n - 1 && !HK_NAME(all)(held); j += 4) {
        /* Lanes held all along take the arithmetic of the loop below. */
        const vi before = held;
        const vd r0 = y[j], r1 = y[j + 1] + alpha * r0, r2 = y[j + 2] + alpha * r1, r3 = y[j + 3] + alpha * r2;
        const vd plain[4] = {r0 + alpha * u, r1 + a2 * u, r2 + a3 * u, r3 + a4 * u};
        for (int i = j; i < j + 4; i++) {
            vd g = k - e[i] * x + lowered[i];
            vd jump = jump_k - jump_x * e[i];
            vd w = y[i] + alpha * g_prev - g;
            vi starts = ~held & ~((jump > 0.0) & (2.0 * w <= -pull * jump)) & (low <= (double)i);
            u = HK_NAME(pick)(held, HK_NAME(pick)(before, plain[i - j], y[i] + alpha * u), g);
            if (HK_NAME(any)(starts)) {
                /* The boundary lies `dist` nodes above i - 1, where the continuation of the held value is
                 * g + jump dist^2 / 2; it is consistent with the value at i, g + jump (1 - dist)^2 / 2. */
                vi bent = jump > 0.0;
                vd omega = 2.0 * w / HK_NAME(pick)(bent, jump, one), beta = 1.0 - pull;
                vd dist = (1.0 - HK_NAME(vsqrt)(HK_NAME(vmax)(1.0 - beta * (1.0 - omega), zero))) / beta;
                dist = HK_NAME(vmax)(dist, zero);
                dist = HK_NAME(pick)(bent, HK_NAME(pick)(dist < 1.0, dist, one), zero);
                vd half = HK_NAME(pick)(starts & bent, 0.5 * jump, zero);
                u = HK_NAME(pick)(starts, y[i] + alpha * g_prev + pull * half * dist * dist, u);
                boundary = HK_NAME(pick)(starts, (double)(i - 1) + dist, boundary);
                const vd there = e[i - 1] + dist * (e[i] - e[i - 1]);
                bend = HK_NAME(pick)(starts, HK_NAME(pick)(bent, 0.5 * (jump_k - jump_x * there), zero), bend);
                held |= starts;
            }
            g_prev = g;
            out[i] = u;
        }
    }
    u = HK_NAME(substitute)(y, out, n, alpha, u, &j);
    for (; j < n; j++) {
        u = HK_NAME(pick)(held, y[j] + alpha * u, k - e[j] * x);
        out[j] = u;
    }
    /* With rate and yield both negative exercise pays between two boundaries, which the elimination does not find. */
    const vi twice = p->american & (p->rate < 0.0) & (p->yield < 0.0);
    if (HK_NAME(any)(twice))
        for (j = 1; j < n - 1; j++)
            out[j] = HK_NAME(pick)(twice, HK_NAME(vmax)(out[j], k - e[j] * x), out[j]);
    p->boundary = boundary;
    p->bend = bend;
    p->k = k;
    p->x = x;
}

/* Replaces the exercise value by the continuation of the held value at the four nodes below the boundary,
 * so that differences and interpolation may reach across it. The third derivative jumps by
 * -2 J dy_b/d(sigma^2 theta) + J_y, from D_y = 0 along the boundary y_b for D = U - g. */
static void HK_NAME(continue_below)(const HK_NAME(period) *p, int n, vd *u)
{
    for (int l = 0; l < LANES; l++) {
        int j = (int)p->boundary[l];
        for (int k = 0; k < 4 && j - k >= 0 && p->boundary[l] >= 0; k++) {
            double away = p->boundary[l] - (j - k);
            if (j - k < n)
                u[j - k][l] += away * away * (p->bend[l] - away * p->twist[l]);
        }
    }
}

/* The grid of one period: node `mid` is at exp(base), and X grows by exp(step) a node. */
typedef struct {
    vd base, length;
    int n, mid;
} HK_NAME(grid);

#include "cash_dividends_sensitivity.h"
#include "cash_dividends_drop.h"
#include "cash_dividends_call.h"

/* The times of a period's steps. Before an ex-date a call is exercised at once, a put only where the interest until then
 * exceeds the dividend: there the boundary starts and moves fast, and the sensitivity to the rate jumps. The first
 * `waiting` steps take the period to `start`; the others start from there small, as do all before expiry. */
typedef struct {
    vd start, length;
    int waiting, steps, expires; /* whether the period ends at expiry */
} HK_NAME(clock);

HK_CD_INLINE HK_NAME(clock) HK_NAME(clock_of)(hk_cd_task *const *task, const hk_cd_schedule *dividends, int period, int m, vd length)
{
    HK_NAME(clock) out = {.length = length, .steps = m, .expires = period == 0};
    out.waiting = (int)(HK_CD_WAITING * m + 0.5);
    for (int l = 0; l < LANES; l++)
        out.start[l] = hk_cd_waiting(task[l], period ? dividends->amount[task[l]->n_live - period] : task[l]->at_expiry, length[l]);
    return out;
}

HK_CD_INLINE vd HK_NAME(time_after)(const HK_NAME(clock) *o, int i)
{
    const vd zero = {0};
    const double even = (double)i / o->steps, f = o->expires ? even * even : even;
    const double before = (double)i / o->waiting, after = (double)(i - o->waiting) / (o->steps - o->waiting);
    const vd waits = i <= o->waiting ? o->start * (o->expires ? before * before : before)
                                     : o->start + (o->length - o->start) * (after * (0.4 + 0.6 * after));
    vd until = HK_NAME(pick)(o->start > 0.0, waits, o->length * (even * even));
    until = HK_NAME(pick)(o->start < o->length, until, o->length * f);
    return i == o->steps ? o->length : until + zero;
}

/* Squared nodes of diffusion since the boundary started, none or negative before; `spread` is vol per node. */
HK_CD_INLINE vd HK_NAME(age)(const HK_NAME(clock) *o, vd time, vd spread)
{
    const vd zero = {0};
    return (time - HK_NAME(pick)(o->start < o->length, o->start, zero)) * spread * spread;
}

/* Whether the boundary has started, too short a time before for the lattice. */
HK_CD_INLINE vi HK_NAME(is_fresh)(vd age)
{
    return (age > 0.0) & (age < HK_CD_FRESH * HK_CD_FRESH);
}

/* Values the tasks of one block, LANES tasks whose lattices have the same shape. */
static void HK_NAME(block)(hk_cd_task *const *task, const hk_cd_shape *shape, const hk_cd_schedule *dividends, void *scratch)
{
    int n_live = task[0]->n_live, stride = 0;
    for (int i = 0; i <= n_live; i++)
        stride = shape->nodes[i] > stride ? shape->nodes[i] : stride;
    /* equal nodes of different arrays do not fall into the same lines of the cache */
    stride = (2 * stride + 64) / 64 * 64 + 5;
    vd *u = scratch;
    vd *v = u + stride, *y = v + stride, *e = y + stride, *lowered = e + stride, *w = lowered + stride;
    vd *centre = w + stride; /* ln X where each period starts, looking forward */
    const int marched = task[0]->level == HK_CD_MARCHED, summed = hk_cd_summed(task[0]);
    HK_NAME(sensitivities) s = {0};
    for (int k = 0; k < 2 && marched; k++) {
        s.to[k].old = centre + HK_CD_MAX_LIVE + 1 + k * 3 * stride;
        s.to[k].first = s.to[k].old + stride;
        s.to[k].second = s.to[k].first + stride;
    }
    const vd zero = {0}, one = zero + 1.0;
    const double gamma = hk_cd_gamma;
    vd strike, rate, yield, vol, t_years, step, at_expiry;
    vi is_call, american;
    for (int l = 0; l < LANES; l++) {
        const hk_cd_task *o = task[l];
        is_call[l] = o->phi > 0 ? -1 : 0;
        american[l] = o->american ? -1 : 0;
        strike[l] = o->strike;
        rate[l] = is_call[l] ? o->yield : o->rate;
        yield[l] = is_call[l] ? o->rate : o->yield;
        vol[l] = o->vol;
        t_years[l] = o->t_years;
        step[l] = shape->spacing * o->base_vol * sqrt(o->t_years);
        at_expiry[l] = o->at_expiry;
        double path = o->spot, before = 0, drift = o->rate - o->yield;
        for (int i = 0; i <= n_live; i++) {
            centre[i][l] = is_call[l] ? o->strike * o->strike / path : path;
            if (i < n_live) {
                path = hk_cd_path_after(path, drift * (dividends->time[i] - before), dividends->amount[i]);
                before = dividends->time[i];
            }
        }
    }
    const vd half_var = 0.5 * vol * vol, mu = rate - yield - half_var, h2 = step * step, spread = vol / step;
    HK_NAME(period) p = {.strike = strike,
                         .rate = rate,
                         .yield = yield,
                         .half_var = half_var,
                         .twice_over_var = 1.0 / half_var,
                         .k_leg = HK_NAME(pick)(is_call, strike, strike + at_expiry),
                         .x_leg = HK_NAME(pick)(is_call, (strike + at_expiry) / strike, one),
                         .most = strike,
                         .american = american,
                         .boundary = -one,
                         .bend = zero,
                         .twist = zero};
    HK_NAME(grid) later = {0}, now = {0};
    for (int period = 0; period <= n_live; period++) {
        int date = n_live - period, m = shape->steps[period];
        vd begin = date ? zero + dividends->time[date - 1] : zero;
        vd end = period ? zero + dividends->time[date] : t_years;
        now.mid = shape->nodes[period];
        now.n = 2 * now.mid + 1;
        now.length = end - begin;
        now.base = HK_NAME(vlog)(centre[date]) + mu * now.length;
        const int held = !hk_cd_has_boundary(task[0]); /* from the last date to expiry */
        if (summed && date == 0) {
            HK_NAME(sum_first_period)(task, &p, &s, marched, &later, dividends->amount[0], shape, mu, step, vol, rate,
                                      now.length, centre[0], period == 1 ? NULL : u);
            return;
        }
        if (held && period == 0 && n_live) {
            vd discount = HK_NAME(vexp)(-rate * now.length);
            p.k_leg *= discount;
            p.most *= discount;
            p.x_leg *= HK_NAME(vexp)(-yield * now.length);
            later = now;
            continue;
        }
        vd growth = HK_NAME(vexp)(step), x = HK_NAME(vexp)(now.base - step * (double)now.mid);
        for (int j = 0; j < now.n; j++) {
            e[j] = x;
            x *= growth;
            lowered[j] = zero;
        }
        if (period == 0 && held) {
            const vd root = vol * HK_NAME(vsqrt)(now.length), forward = HK_NAME(vexp)(half_var * now.length);
            for (int j = 0; j < now.n; j++)
                v[j] = HK_NAME(held_to_expiry)(p.k_leg, p.x_leg * forward, p.most, root, HK_NAME(vlog)(e[j]), e[j]);
            m = 0;
        } else if (period == 0) {
            for (int j = 0; j < now.n; j++) {
                vd payoff = HK_NAME(vmax)(p.k_leg - p.x_leg * e[j], zero);
                v[j] = HK_NAME(pick)(payoff > p.most, p.most, payoff);
            }
            vd at = (double)now.mid + (HK_NAME(vlog)(p.k_leg / p.x_leg) - now.base) / step;
            for (int l = 0; l < LANES; l++) {
                /* at - j = x > 0 nodes in the money the payoff is k_leg (1 - exp(-x step)) */
                double h = step[l], c = p.k_leg[l] * h;
                HK_NAME(smooth_kink)(v, lowered, now.n, l, at[l], -1.0, 0.0, 0.0, c, -c * h, c * h * h);
            }
        } else {
            double cash = dividends->amount[date];
            HK_NAME(drop)(&p, &later, &now, cash, is_call, mu, step, e, held && period == 1 ? NULL : u, w, v, lowered,
                          marched ? &s : NULL);
            if (held && period == 1)
                p.most = HK_NAME(pick)(american & (strike > p.most), strike, p.most);
            /* deep in the money, before the date, and exercised where that pays more */
            p.k_leg += HK_NAME(pick)(is_call, zero, p.x_leg * cash);
            p.x_leg += HK_NAME(pick)(is_call, p.k_leg * cash / (strike * strike), zero);
            vi go = american & (strike - e[0] > p.k_leg - p.x_leg * e[0]);
            p.k_leg = HK_NAME(pick)(go, strike, p.k_leg);
            p.x_leg = HK_NAME(pick)(go, one, p.x_leg);
        }
        if (marched) {
            for (int j = 0; j < now.n && period == 0; j++)
                s.to[0].old[j] = s.to[1].old[j] = zero;
            HK_NAME(start_sensitivities)(&s);
        }
        p.watch = 0;
        const HK_NAME(clock) clock = HK_NAME(clock_of)(task, dividends, period, m, now.length);
        vd done = zero, until = HK_NAME(time_after)(&clock, 1), last_boundary = -one;
        vi lowers = ~(vi)zero;
        for (int i = 1; i <= m; i++) {
            const vd next = HK_NAME(time_after)(&clock, i < m ? i + 1 : m), dt = until - done;
            vd r = gamma * half_var * dt / h2;
            const vd next_age = HK_NAME(age)(&clock, next, spread);
            const vi fresh = HK_NAME(is_fresh)(HK_NAME(age)(&clock, until, spread)), flat = HK_NAME(is_fresh)(next_age);
            HK_NAME(stage)(&p, now.n, v, NULL, NULL, e, lowered, y, u, r, h2, done + gamma * dt, 0);
            if (marched)
                HK_NAME(stage_sensitivities)(&p, &s, is_call, vol, now.n - shape->spared[period], u, e, y, r, step,
                                             done + gamma * dt, 0, fresh, fresh);
            p.watch = 1;
            HK_NAME(stage)(&p, now.n, v, u, NULL, e, lowered, y, w, r, h2, done + 0.5 * (1.0 + gamma) * dt, 1);
            if (marched)
                HK_NAME(stage_sensitivities)(&p, &s, is_call, vol, now.n - shape->spared[period], w, e, y, r, step,
                                             done + 0.5 * (1.0 + gamma) * dt, 1, fresh, fresh);
            HK_NAME(stage)(&p, now.n, v, u, w, e, lowered, y, v, r, h2, until, 2);
            if (marched)
                HK_NAME(stage_sensitivities)(&p, &s, is_call, vol, now.n - shape->spared[period], v, e, y, r, step, until,
                                             2, fresh, flat);
            /* the smoothing has long been diffused away when the boundary comes back to these nodes, which move with the drift */
            const vi over = lowers & (next_age >= HK_CD_FRESH * HK_CD_FRESH);
            if (HK_NAME(any)(over)) {
                lowers &= ~over;
                for (int j = 0; j < now.n; j++)
                    lowered[j] = HK_NAME(pick)(lowers, lowered[j], zero);
            }
            if (i == m) {
                /* r = gamma sigma^2 dtheta / (2 h^2) */
                vd moved = HK_NAME(pick)((last_boundary > 0.0) & (p.boundary > 0.0), p.boundary - last_boundary, zero);
                vd slope = p.bend * moved * (2.0 * gamma) / r;
                for (int l = 0; l < LANES; l++) {
                    int j = (int)(p.boundary[l] > 0 ? p.boundary[l] : 0);
                    double x = e[j][l] * exp((yield[l] + half_var[l]) * until[l]);
                    p.twist[l] = -(slope[l] + p.twice_over_var[l] * yield[l] * x * h2[l] * step[l]) / 6.0;
                }
            }
            last_boundary = p.boundary;
            done = until;
            until = next;
        }
        vd *spare = v;
        v = u;
        u = spare; /* u: the values at the period's start */
        HK_NAME(continue_below)(&p, now.n, u);
        if (marched)
            HK_NAME(finish_sensitivities)(&s, is_call, vol, now.n, shape->spared[period], step, now.length,
                                          HK_NAME(is_fresh)(HK_NAME(age)(&clock, now.length, spread)), u);
        vd discount = HK_NAME(vexp)(-rate * now.length);
        for (int j = 0; j < now.n; j++)
            u[j] *= discount;
        for (int k = 0; k < 2 && marched; k++) {
            for (int j = 0; j < now.n; j++)
                s.to[k].old[j] *= discount;
            s.to[k].jump *= discount;
            s.to[k].slope *= discount;
            s.to[k].bend *= discount;
        }
        p.bend *= discount;
        p.twist *= discount;
        p.k_leg *= discount;
        p.x_leg *= HK_NAME(vexp)(-yield * now.length);
        p.most *= discount;
        vd x0 = e[0] * HK_NAME(vexp)(-mu * now.length);
        vi go = american & (strike - x0 > p.k_leg - p.x_leg * x0);
        p.k_leg = HK_NAME(pick)(go, strike, p.k_leg);
        p.x_leg = HK_NAME(pick)(go, one, p.x_leg);
        p.most = HK_NAME(pick)(american & (strike > p.most), strike, p.most);
        later = now;
    }
    for (int l = 0; l < LANES; l++) {
        hk_cd_task *o = task[l];
        /* seven nodes, central unless that reached across the exercise boundary */
        int first = now.mid - 3, held = (int)ceil(p.boundary[l]);
        first = held > now.mid ? now.mid : held > first ? held : first;
        double f[7], w[4], h = step[l];
        for (int k = 0; k < 7; k++)
            f[k] = u[first + k][l];
        hk_cd_derivatives(f, now.mid - first, w);
        hk_cd_take(o, w[0], w[1] / h, w[2] / (h * h), w[3] / (h * h * h));
        o->margin = (p.boundary[l] - now.mid) * h;
        o->exercised = american[l] && p.boundary[l] >= now.mid;
        double scale = o->spot / o->strike;
        for (int k = 0; k < 2 && marched; k++) {
            double d[4];
            for (int j = 0; j < 7; j++)
                f[j] = s.to[k].old[first + j][l];
            hk_cd_derivatives(f, now.mid - first, d);
            *(k ? &o->v_rate : &o->v_vol) = is_call[l] ? scale * d[0] : d[0];
            if (k == 0)
                o->v_vol_x = is_call[l] ? scale * (d[0] - d[1] / h) : d[1] / h;
        }
        if (o->exercised)
            o->value = o->phi * (o->spot - o->strike);
    }
}

#undef HK_CD_GATHER
#undef vd
#undef vi
#undef LANES
#undef HK_CD_INLINE
