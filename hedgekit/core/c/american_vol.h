/* Template: the volatility of an American premium, Newton kept inside a bracket. */

/* The largest vol at which the option is still worth no more than `ceiling`. */
static double HK_NAME(last_vol_at)(const hk_am_option *o, double ceiling)
{
    double low = 0.0, high = 0.05;
    signed char status;
    for (int step = 0; step < 60; step++) {
        hk_am_option at = *o;
        double value;
        at.vol = high;
        at.kind = hk_am_kind_of(&at);
        HK_NAME(solve_all)(&at, 1, &value, NULL, &status);
        if (status != HK_OK || value > ceiling)
            break;
        low = high;
        high *= 2.0;
        if (high > 100.0)
            return NAN;
    }
    for (int step = 0; step < 60 && high - low > 1e-10 * high; step++) {
        hk_am_option at = *o;
        double value;
        at.vol = 0.5 * (low + high);
        at.kind = hk_am_kind_of(&at);
        HK_NAME(solve_all)(&at, 1, &value, NULL, &status);
        if (status == HK_OK && value <= ceiling)
            low = at.vol;
        else
            high = at.vol;
    }
    return low;
}

static void HK_NAME(implied_vol_chunk)(int count, hk_am_quote *quotes)
{
    hk_am_option options[HK_AM_CHUNK];
    double value[HK_AM_CHUNK];
    hk_am_greeks greeks[HK_AM_CHUNK];
    signed char status[HK_AM_CHUNK];
    int at[HK_AM_CHUNK];
    for (int step = 0; step < 80; step++) {
        int open = 0;
        for (int i = 0; i < count; i++)
            if (quotes[i].open) {
                options[open] = quotes[i].option;
                options[open].kind = hk_am_kind_of(&options[open]);
                at[open++] = i;
            }
        if (open == 0)
            return;
        HK_NAME(solve_all)(options, open, value, greeks, status);
        for (int k = 0; k < open; k++)
            hk_am_quote_step(&quotes[at[k]], value[k], greeks[k].vol, status[k]);
    }
}

static void HK_NAME(implied_vol)(ptrdiff_t count, const hk_column *premium, const hk_am_inputs *in, double *vol,
                                 double *upper, signed char *status)
{
    hk_am_quote quotes[HK_AM_CHUNK];
    for (ptrdiff_t start = 0; start < count; start += HK_AM_CHUNK) {
        int size = count - start < HK_AM_CHUNK ? (int)(count - start) : HK_AM_CHUNK;
        for (int i = 0; i < size; i++)
            quotes[i] = hk_am_read_quote(premium, in, start + i);
        HK_NAME(implied_vol_chunk)(size, quotes);
        for (int i = 0; i < size; i++) {
            hk_am_quote *quote = &quotes[i];
            if (quote->open)
                quote->status = HK_NO_CONVERGENCE;
            status[start + i] = quote->status;
            vol[start + i] = quote->status == HK_OK ? quote->option.vol : NAN;
            upper[start + i] =
                quote->status == HK_NOT_IDENTIFIED ? HK_NAME(last_vol_at)(&quote->option, quote->ceiling) : NAN;
        }
    }
}
