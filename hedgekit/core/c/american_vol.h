/* Template: the volatility of American premiums, those of a chunk searched together. */

/* The largest vol at which the option is still worth no more than `ceiling`: each round tries eight. */
static double HK_NAME(last_vol_at)(const hk_am_option *o, double ceiling)
{
    double low = 0.0, high = 0.05, value[8];
    signed char status[8];
    hk_am_option at[8];
    for (int round = 0; round < 40; round++) {
        double step = low > 0.0 || round > 0 ? (high - low) / 9.0 : 0.0;
        for (int i = 0; i < 8; i++) {
            at[i] = *o;
            at[i].vol = step > 0.0 ? low + (i + 1) * step : ldexp(0.025, i);
            at[i].kind = hk_am_kind_of(&at[i]);
        }
        HK_NAME(solve_all)(at, 8, value, NULL, status);
        int below = 0;
        while (below < 8 && status[below] == HK_OK && value[below] <= ceiling)
            below++;
        if (round == 0 && below == 8)
            return NAN;
        if (round == 0)
            high = at[below].vol;
        else if (below < 8)
            high = at[below].vol;
        if (below > 0)
            low = at[below - 1].vol;
        if (high - low <= 1e-8 * high)
            break;
    }
    return low;
}

static void HK_NAME(implied_vol_chunk)(int count, hk_am_quote *quotes)
{
    hk_am_option options[HK_AM_CHUNK];
    double value[HK_AM_CHUNK];
    signed char status[HK_AM_CHUNK];
    int at[HK_AM_CHUNK];
    for (int step = 0; step < 100; step++) {
        int open = 0;
        for (int i = 0; i < count; i++)
            if (quotes[i].open) {
                options[open] = quotes[i].option;
                options[open].kind = hk_am_kind_of(&options[open]);
                at[open++] = i;
            }
        if (open == 0)
            return;
        HK_NAME(solve_all)(options, open, value, NULL, status);
        for (int k = 0; k < open; k++)
            hk_am_quote_step(&quotes[at[k]], value[k], status[k]);
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
