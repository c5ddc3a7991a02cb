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

/* Up to HK_LANES options of one kind; value, and the derivatives when asked for. */
static void HK_NAME(solve)(enum hk_am_kind kind, const hk_am_option *given, int count, double *value,
                           hk_am_greeks *greeks, signed char *status)
{
    hk_am_option options[HK_LANES];
    for (int i = 0; i < HK_LANES; i++)
        options[i] = given[i < count ? i : count - 1];
    HK_NAME(hk_am_value) v;
    if (kind == HK_AM_DOUBLE) {
        for (int i = 0; i < count; i++) {
            int done = HK_NAME(solve_double)(&options[i], &value[i], greeks ? &v : NULL);
            status[i] = done ? HK_OK : HK_NO_CONVERGENCE;
            if (greeks)
                greeks[i] = HK_NAME(lane)(&v, 0);
        }
        return;
    }
    VD values;
    VM good = HK_NAME(less)(HK_NAME(all)(0.0), HK_NAME(all)(1.0));
    if (kind == HK_AM_SINGLE) {
        good = HK_NAME(solve_single)(options, &values, greeks ? &v : NULL);
    } else {
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
    memcpy(fine, &good, sizeof fine);
    for (int i = 0; i < count; i++) {
        int done = fine[i] && isfinite(lane[i]);
        value[i] = lane[i];
        status[i] = done ? HK_OK : HK_NO_CONVERGENCE;
        if (greeks)
            greeks[i] = HK_NAME(lane)(&v, i);
    }
}

/* Any mix of kinds, grouped so that the lanes of a block do the same work. With greeks, also the second
 * derivative to vol, by differences of the first. */
static void HK_NAME(solve_all)(const hk_am_option *options, int count, double *value, hk_am_greeks *greeks,
                               signed char *status)
{
    static const enum hk_am_kind kinds[] = {HK_AM_EUROPEAN, HK_AM_SINGLE, HK_AM_DOUBLE};
    for (int i = 0; i < count; i++) {
        status[i] = options[i].kind == HK_AM_INVALID ? HK_INVALID_INPUT : HK_OK;
        value[i] = NAN;
        if (options[i].kind == HK_AM_CERTAIN)
            value[i] = hk_am_certain(&options[i], greeks ? &greeks[i] : NULL);
    }
    for (int k = 0; k < 3; k++) {
        hk_am_option block[HK_LANES];
        int at[HK_LANES], filled = 0;
        for (int i = 0; i <= count; i++) {
            if (i < count && options[i].kind == kinds[k]) {
                block[filled] = options[i];
                at[filled++] = i;
            }
            if (filled == 0 || (i < count && filled < HK_LANES))
                continue;
            double block_value[HK_LANES];
            hk_am_greeks block_greeks[HK_LANES], up[HK_LANES], down[HK_LANES];
            signed char block_status[HK_LANES], ignored[HK_LANES];
            HK_NAME(solve)(kinds[k], block, filled, block_value, greeks ? block_greeks : NULL, block_status);
            if (greeks && kinds[k] != HK_AM_EUROPEAN) {
                double unused[HK_LANES], bump = 1e-3;
                hk_am_option moved[HK_LANES];
                for (int j = 0; j < filled; j++) {
                    moved[j] = block[j];
                    moved[j].vol *= 1.0 + bump;
                }
                HK_NAME(solve)(kinds[k], moved, filled, unused, up, ignored);
                for (int j = 0; j < filled; j++)
                    moved[j].vol = block[j].vol * (1.0 - bump);
                HK_NAME(solve)(kinds[k], moved, filled, unused, down, ignored);
                for (int j = 0; j < filled; j++)
                    block_greeks[j].vol_vol = block_greeks[j].vol == 0.0
                                                  ? 0.0
                                                  : (up[j].vol - down[j].vol) / (2.0 * bump * block[j].vol);
            }
            for (int j = 0; j < filled; j++) {
                value[at[j]] = block_value[j];
                status[at[j]] = block_status[j];
                if (greeks)
                    greeks[at[j]] = block_greeks[j];
            }
            filled = 0;
        }
    }
}

#define HK_AM_CHUNK 256

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
