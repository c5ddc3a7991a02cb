/* Template: American options in blocks of lanes, one instruction set. */
#include "american_lanes.h"
#include "american_boundary.h"
#include "american_premium.h"
#include "american_solve.h"
#include "american_double.h"

/* Plain numbers of one lane. */
HK_INLINE hk_am_greeks HK_NAME(lane)(const HK_NAME(hk_am_value) *v, int i)
{
    double field[HK_AM_VALUE_FIELDS][HK_LANES];
    memcpy(field, v, sizeof field);
    return (hk_am_greeks){field[0][i], field[1][i], field[2][i], field[3][i], field[4][i], field[5][i],
                          field[6][i], field[7][i], field[8][i], field[9][i], field[10][i]};
}

/* Up to HK_LANES options by one way; `good` says which values to trust. */
static void HK_NAME(solve)(int way, const hk_am_option *given, int count, double *value, hk_am_greeks *greeks,
                           int *good)
{
    hk_am_option options[HK_LANES];
    for (int i = 0; i < HK_LANES; i++)
        options[i] = given[i < count ? i : count - 1];
    HK_NAME(hk_am_value) v, *derived = greeks ? &v : NULL;
    if (way == HK_AM_BY_DOUBLE) {
        for (int i = 0; i < count; i++) {
            good[i] = HK_NAME(solve_double)(&options[i], &value[i], derived);
            if (greeks)
                greeks[i] = HK_NAME(lane)(&v, 0);
        }
        return;
    }
    VD values;
    VM trusted = HK_NAME(less)(HK_NAME(all)(0.0), HK_NAME(all)(1.0));
    if (way == HK_AM_BY_LEVEL_0)
        trusted = HK_NAME(value_at_0)(options, &values, derived);
    else if (way == HK_AM_BY_LEVEL_1)
        trusted = HK_NAME(value_at_1)(options, &values, derived);
    else if (way == HK_AM_BY_LEVEL_2)
        trusted = HK_NAME(value_at_2)(options, &values, derived);
    else if (way == HK_AM_BY_LEVEL_3)
        trusted = HK_NAME(value_at_3)(options, &values, derived);
    else if (way == HK_AM_BY_ANY_LEVEL)
        trusted = HK_NAME(value_at_4)(options, &values, derived);
    else {
        HK_NAME(hk_am_put) put;
        VD x, exercise;
        HK_NAME(load)(options, &put, &x, &exercise);
        put.drift = put.r - put.q - 0.5 * put.vol * put.vol;
        HK_NAME(european_put)(x, &put, &v);
        HK_NAME(time_decay)(&put, &v);
        values = HK_NAME(vmax)(v.value, exercise);
    }
    double lane[HK_LANES];
    int64_t fine[HK_LANES];
    memcpy(lane, &values, sizeof lane);
    memcpy(fine, &trusted, sizeof fine);
    for (int i = 0; i < count; i++) {
        value[i] = lane[i];
        good[i] = fine[i] && isfinite(lane[i]);
        if (greeks)
            greeks[i] = HK_NAME(lane)(&v, i);
    }
}

/* The second derivative to vol by central differences of the first, for the ways that do not give it themselves. */
static void HK_NAME(volga)(int way, const hk_am_option *options, int count, hk_am_greeks *greeks)
{
    const double bump = 1e-3;
    hk_am_option moved[HK_LANES] = {{0}};
    hk_am_greeks up[HK_LANES], down[HK_LANES];
    double value[HK_LANES];
    int good[HK_LANES];
    for (int side = 0; side < 2; side++) {
        for (int j = 0; j < count; j++) {
            moved[j] = options[j];
            moved[j].vol *= side ? 1.0 - bump : 1.0 + bump;
        }
        HK_NAME(solve)(way, moved, count, value, side ? down : up, good);
    }
    for (int j = 0; j < count; j++)
        greeks[j].vol_vol = greeks[j].vol == 0.0 ? 0.0 : (up[j].vol - down[j].vol) / (2.0 * bump * options[j].vol);
}

/* The options listed in `at`, in blocks; those whose value is not good enough are left in the list. */
static int HK_NAME(solve_listed)(int way, const hk_am_option *options, int listed, int *at, double *value,
                                 hk_am_greeks *greeks)
{
    int left = 0;
    for (int start = 0; start < listed; start += HK_LANES) {
        int count = listed - start < HK_LANES ? listed - start : HK_LANES;
        hk_am_option block[HK_LANES];
        hk_am_greeks block_greeks[HK_LANES];
        double block_value[HK_LANES];
        int good[HK_LANES];
        for (int j = 0; j < count; j++)
            block[j] = options[at[start + j]];
        HK_NAME(solve)(way, block, count, block_value, greeks ? block_greeks : NULL, good);
        if (greeks && way == HK_AM_BY_DOUBLE)
            HK_NAME(volga)(way, block, count, block_greeks);
        for (int j = 0; j < count; j++) {
            int i = at[start + j];
            value[i] = block_value[j];
            if (greeks)
                greeks[i] = block_greeks[j];
            if (!good[j])
                at[left++] = i;
        }
    }
    return left;
}

/* Any mix of kinds, grouped so that the lanes of a block do the same work. */
static void HK_NAME(solve_all)(const hk_am_option *options, int count, double *value, hk_am_greeks *greeks,
                               signed char *status)
{
    int single[HK_AM_CHUNK], bent[HK_AM_CHUNK], european[HK_AM_CHUNK], both[HK_AM_CHUNK];
    int singles = 0, bents = 0, europeans = 0, boths = 0;
    for (int i = 0; i < count; i++) {
        status[i] = HK_OK;
        value[i] = NAN;
        switch (options[i].kind) {
        case HK_AM_INVALID:
            status[i] = HK_INVALID_INPUT;
            break;
        case HK_AM_CERTAIN:
            value[i] = hk_am_certain(&options[i], greeks ? &greeks[i] : NULL);
            break;
        case HK_AM_EUROPEAN:
            european[europeans++] = i;
            break;
        case HK_AM_SINGLE:
            if (greeks && hk_am_bends(&options[i]))
                bent[bents++] = i;
            else
                single[singles++] = i;
            break;
        case HK_AM_DOUBLE:
            both[boths++] = i;
            break;
        }
    }
    europeans = HK_NAME(solve_listed)(HK_AM_BY_EUROPEAN, options, europeans, european, value, greeks);
    singles = HK_NAME(solve_listed)(HK_AM_BY_LEVEL_0, options, singles, single, value, greeks);
    for (int i = 0; i < bents; i++)
        single[singles++] = bent[i];
    for (int way = HK_AM_BY_LEVEL_1; way <= HK_AM_BY_ANY_LEVEL; way++)
        singles = HK_NAME(solve_listed)(way, options, singles, single, value, greeks);
    boths = HK_NAME(solve_listed)(HK_AM_BY_DOUBLE, options, boths, both, value, greeks);
    for (int i = 0; i < europeans; i++)
        status[european[i]] = HK_NO_CONVERGENCE;
    for (int i = 0; i < singles; i++)
        status[single[i]] = HK_NO_CONVERGENCE;
    for (int i = 0; i < boths; i++)
        status[both[i]] = HK_NO_CONVERGENCE;
}

static void HK_NAME(price)(ptrdiff_t count, const hk_am_inputs *in, double *price, signed char *status)
{
    hk_am_option options[HK_AM_CHUNK];
    double value[HK_AM_CHUNK];
    for (ptrdiff_t start = 0; start < count; start += HK_AM_CHUNK) {
        int size = count - start < HK_AM_CHUNK ? (int)(count - start) : HK_AM_CHUNK;
        for (int i = 0; i < size; i++)
            options[i] = hk_am_read(in, start + i);
        HK_NAME(solve_all)(options, size, value, NULL, &status[start]);
        for (int i = 0; i < size; i++)
            price[start + i] = status[start + i] == HK_OK ? hk_am_dollars(&options[i], value[i]) : NAN;
    }
}

static void HK_NAME(greeks)(ptrdiff_t count, const hk_am_inputs *in, const hk_am_outputs *out)
{
    hk_am_option options[HK_AM_CHUNK];
    double value[HK_AM_CHUNK];
    hk_am_greeks greeks[HK_AM_CHUNK];
    for (ptrdiff_t start = 0; start < count; start += HK_AM_CHUNK) {
        int size = count - start < HK_AM_CHUNK ? (int)(count - start) : HK_AM_CHUNK;
        for (int i = 0; i < size; i++)
            options[i] = hk_am_read(in, start + i);
        HK_NAME(solve_all)(options, size, value, greeks, &out->status[start]);
        for (int i = 0; i < size; i++)
            hk_am_write(&options[i], in->spot.data[(start + i) * in->spot.stride], value[i], &greeks[i],
                        out->status[start + i] == HK_OK, out, start + i);
    }
}

#include "american_vol.h"

#undef VD
#undef VM
#undef HK_LANES
#undef HK_INLINE
