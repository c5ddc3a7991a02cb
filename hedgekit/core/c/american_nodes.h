/* Where the exercise boundary is held and where it is integrated.
 *
 * The unknowns sit at Chebyshev-Lobatto points in the square root of the time left; an
 * integral over the time left is a Gauss-Legendre sum in the angle a of
 * sqrt(u) = sqrt(tau) sin a, sqrt(tau - u) = sqrt(tau) cos a. Both are the same
 * fractions of the option's life for every option, so interpolation from the nodes to
 * the points is one constant matrix. The tables are filled once, at import. */
#ifndef HEDGEKIT_AMERICAN_NODES_H
#define HEDGEKIT_AMERICAN_NODES_H

#define HK_AM_NODES 24   /* most boundary nodes */
#define HK_AM_POINTS 64  /* most quadrature points */

typedef struct {
    int n;                                                   /* nodes, the one at zero time not counted */
    int m;                                                   /* points of an integral in the collocation */
    int premium_m;                                           /* points of the premium's integral */
    double root[HK_AM_NODES];                                /* sqrt(tau_i / T) */
    double sin_a[HK_AM_POINTS], cos_a[HK_AM_POINTS];         /* angles of the collocation */
    double weight[HK_AM_POINTS];                             /* Gauss-Legendre weight times 2 sin a cos a */
    double at[HK_AM_NODES][HK_AM_POINTS][HK_AM_NODES];       /* node i, point k <- node j */
    double sin_p[HK_AM_POINTS], cos_p[HK_AM_POINTS];
    double weight_p[HK_AM_POINTS];
    double at_premium[HK_AM_POINTS][HK_AM_NODES];            /* premium point k <- node j */
} hk_am_nodes;

/* Row of the interpolation from the nodes (the value at zero time is zero) to root time z. */
static void hk_am_interpolate(const hk_am_nodes *nodes, double z, double *row)
{
    int n = nodes->n;
    double total = 0.0;
    for (int j = 0; j <= n; j++) {
        double node = j == 0 ? 0.0 : nodes->root[j - 1];
        double bary = (j % 2 ? -1.0 : 1.0) * (j == 0 || j == n ? 0.5 : 1.0);
        if (z == node) {
            for (int i = 1; i <= n; i++)
                row[i - 1] = i == j ? 1.0 : 0.0;
            return;
        }
        total += bary / (z - node);
        if (j > 0)
            row[j - 1] = bary / (z - node);
    }
    for (int j = 0; j < n; j++)
        row[j] /= total;
}

/* Gauss-Legendre in the angle on [0, pi/2]. */
static void hk_am_angles(int m, double *sin_a, double *cos_a, double *weight)
{
    const double pi = 3.14159265358979323846;
    for (int k = 0; k < m; k++) {
        double x = cos(pi * (k + 0.75) / (m + 0.5)), slope = 0.0;
        for (int step = 0; step < 50; step++) {
            double p = 1.0, previous = 0.0;
            for (int j = 1; j <= m; j++) {
                double older = previous;
                previous = p;
                p = ((2.0 * j - 1.0) * x * previous - (j - 1.0) * older) / j;
            }
            slope = m * (x * p - previous) / (x * x - 1.0);
            double move = p / slope;
            x -= move;
            if (fabs(move) < 1e-16)
                break;
        }
        double a = 0.25 * pi * (1.0 + x);
        sin_a[k] = sin(a);
        cos_a[k] = cos(a);
        weight[k] = 0.25 * pi * 2.0 / ((1.0 - x * x) * slope * slope) * 2.0 * sin_a[k] * cos_a[k];
    }
}

static void hk_am_fill(hk_am_nodes *nodes, int n, int m, int premium_m)
{
    nodes->n = n;
    nodes->m = m;
    nodes->premium_m = premium_m;
    for (int j = 1; j <= n; j++)
        nodes->root[j - 1] = 0.5 * (1.0 - cos(3.14159265358979323846 * j / n));
    hk_am_angles(m, nodes->sin_a, nodes->cos_a, nodes->weight);
    hk_am_angles(premium_m, nodes->sin_p, nodes->cos_p, nodes->weight_p);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++)
            hk_am_interpolate(nodes, nodes->root[i] * nodes->cos_a[k], nodes->at[i][k]);
    for (int k = 0; k < premium_m; k++)
        hk_am_interpolate(nodes, nodes->cos_p[k], nodes->at_premium[k]);
}

#endif
