/* Template: the sums over a series that the tests need, on every lane of the vector registers. Sums are split over
 * lanes in one fixed way, so that a series has the same bits wherever it stands. */
typedef double HK_NAME(lanes) __attribute__((vector_size(8 * HK_WIDTH)));
#define HK_LANES HK_NAME(lanes)

static inline HK_LANES HK_NAME(load)(const double *from)
{
    HK_LANES v;
    memcpy(&v, from, sizeof v);
    return v;
}

static inline double HK_NAME(total)(HK_LANES a, HK_LANES b, HK_LANES c, HK_LANES d)
{
    HK_LANES sum = (a + b) + (c + d);
    double all = 0.0;
    for (int i = 0; i < HK_WIDTH; i++)
        all += sum[i];
    return all;
}

/* Sum of a[i] b[i]. */
static double HK_NAME(dot)(const double *a, const double *b, size_t n)
{
    HK_LANES s0 = {0.0}, s1 = {0.0}, s2 = {0.0}, s3 = {0.0};
    size_t i = 0;
    for (; i + 4 * HK_WIDTH <= n; i += 4 * HK_WIDTH) {
        s0 += HK_NAME(load)(a + i) * HK_NAME(load)(b + i);
        s1 += HK_NAME(load)(a + i + HK_WIDTH) * HK_NAME(load)(b + i + HK_WIDTH);
        s2 += HK_NAME(load)(a + i + 2 * HK_WIDTH) * HK_NAME(load)(b + i + 2 * HK_WIDTH);
        s3 += HK_NAME(load)(a + i + 3 * HK_WIDTH) * HK_NAME(load)(b + i + 3 * HK_WIDTH);
    }
    double rest = 0.0;
    for (; i < n; i++)
        rest += a[i] * b[i];
    return HK_NAME(total)(s0, s1, s2, s3) + rest;
}

/* The sum of a[i]. */
static double HK_NAME(sum)(const double *a, size_t n)
{
    HK_LANES s0 = {0.0}, s1 = {0.0}, s2 = {0.0}, s3 = {0.0};
    size_t i = 0;
    for (; i + 4 * HK_WIDTH <= n; i += 4 * HK_WIDTH) {
        s0 += HK_NAME(load)(a + i);
        s1 += HK_NAME(load)(a + i + HK_WIDTH);
        s2 += HK_NAME(load)(a + i + 2 * HK_WIDTH);
        s3 += HK_NAME(load)(a + i + 3 * HK_WIDTH);
    }
    double rest = 0.0;
    for (; i < n; i++)
        rest += a[i];
    return HK_NAME(total)(s0, s1, s2, s3) + rest;
}

/* out[v * HK_WIDTH + i] = sum over t of d[t] d[t - base - v * HK_WIDTH - (HK_WIDTH - 1) + i]: lags run downwards in a
 * vector, since memory runs forwards. `vectors` is a constant at every call. */
__attribute__((always_inline)) static inline void HK_NAME(lagged)(const double *d, size_t first, size_t end,
                                                                   size_t base, int vectors, double *out)
{
    HK_LANES sum[8] = {{0.0}};
    for (size_t t = first; t < end; t++) {
        const double *behind = d + t - base - (HK_WIDTH - 1);
        HK_LANES now = d[t] - (HK_LANES){0.0};
        for (int v = 0; v < vectors; v++)
            sum[v] += now * HK_NAME(load)(behind - v * HK_WIDTH);
    }
    for (int v = 0; v < vectors; v++)
        for (int i = 0; i < HK_WIDTH; i++)
            out[v * HK_WIDTH + HK_WIDTH - 1 - i] = sum[v][i];
}

/* out[k] = sum over t in [first, end) of d[t] d[t - k], k = 0 .. lags and some more (up to HK_SPARE readable values
 * lie before d[first - lags]). */
static void HK_NAME(autoproducts)(const double *d, size_t first, size_t end, int lags, double *out)
{
    int left = (lags + HK_WIDTH) / HK_WIDTH;
    size_t base = 0;
    while (left > 0) {
        int taken = left < 8 ? left : 8;
        switch (taken) {
        case 8: HK_NAME(lagged)(d, first, end, base, 8, out + base); break;
        case 7: HK_NAME(lagged)(d, first, end, base, 7, out + base); break;
        case 6: HK_NAME(lagged)(d, first, end, base, 6, out + base); break;
        case 5: HK_NAME(lagged)(d, first, end, base, 5, out + base); break;
        case 4: HK_NAME(lagged)(d, first, end, base, 4, out + base); break;
        case 3: HK_NAME(lagged)(d, first, end, base, 3, out + base); break;
        case 2: HK_NAME(lagged)(d, first, end, base, 2, out + base); break;
        default: HK_NAME(lagged)(d, first, end, base, 1, out + base); break;
        }
        left -= taken;
        base += (size_t)(taken * HK_WIDTH);
    }
}

/* e = y - slope x, and d[t] = e[t + 1] - e[t]. */
static void HK_NAME(spread)(const double *y, const double *x, double slope, size_t n, double *e, double *d)
{
    for (size_t t = 0; t < n; t++)
        e[t] = y[t] - slope * x[t];
    for (size_t t = 0; t + 1 < n; t++)
        d[t] = e[t + 1] - e[t];
}
#undef HK_LANES
