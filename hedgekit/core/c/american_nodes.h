/* Where the exercise boundary is held and where it is integrated.
 *
 * The unknowns sit at Chebyshev-Lobatto points in the square root of the time left; an
 * integral over the time left is a Gauss-Legendre sum in the angle a of
 * sqrt(u) = sqrt(tau) sin a, sqrt(tau - u) = sqrt(tau) cos a. Both are the same
 * fractions of the option's life for every option, so interpolation from the nodes to
 * the points is one constant matrix. The tables are filled once, at import. */
#ifndef HEDGEKIT_AMERICAN_NODES_H
#define HEDGEKIT_AMERICAN_NODES_H

#define HK_AM_NODES 28    /* most boundary nodes */
#define HK_AM_POINTS 160  /* most quadrature points */
#define HK_AM_CHUNK 256   /* options taken at a time */

/* An integral over the time left: sin and cos of the angles, and the Gauss-Legendre weights times 2 sin cos. */
typedef struct {
    int m;
    double sin_a[HK_AM_POINTS], cos_a[HK_AM_POINTS], per_sin_a[HK_AM_POINTS], weight[HK_AM_POINTS];
} hk_am_points;

typedef struct {
    int n;                                   /* nodes, the one at zero time not counted */
    double root[HK_AM_NODES];                /* sqrt(tau_i / T) */
    double tail[2][HK_AM_NODES];             /* last two Chebyshev coefficients <- node j */
    double slope[HK_AM_NODES];               /* derivative to the root at full time <- node j */
    hk_am_points inner, outer, fine;         /* of the collocation, of the premium, and of its derivatives */
    double *at;                              /* [node i][inner point k] <- node j */
    double *at_outer, *at_fine;              /* [point k] <- node j */
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
        double part = bary / (z - node);
        total += part;
        if (j > 0)
            row[j - 1] = part;
    }
    total = 1.0 / total;
    for (int j = 0; j < n; j++)
        row[j] *= total;
}

/* Gauss-Legendre in the angle on [0, pi/2]. */
static void hk_am_angles(int m, hk_am_points *points)
{
    const double pi = 3.14159265358979323846;
    points->m = m;
    for (int k = 0; k < m; k++) {
        double x = cos(pi * (k + 0.75) / (m + 0.5)), slope = 0.0;
        for (int step = 0; step < 6; step++) { /* four suffice; near the ends moves never fall below rounding */
            double p = 1.0, previous = 0.0;
            for (int j = 1; j <= m; j++) {
                double older = previous;
                previous = p;
                p = ((2.0 * j - 1.0) * x * previous - (j - 1.0) * older) / j;
            }
            slope = m * (x * p - previous) / (x * x - 1.0);
            x -= p / slope;
        }
        double a = 0.25 * pi * (1.0 + x);
        points->sin_a[k] = sin(a);
        points->cos_a[k] = cos(a);
        points->per_sin_a[k] = 1.0 / sin(a);
        points->weight[k] = pi / ((1.0 - x * x) * slope * slope) * sin(a) * cos(a);
    }
}

/* Fills the tables, the interpolation rows in `pool`; returns what is left of it. */
static double *hk_am_fill(hk_am_nodes *nodes, int n, int m, int outer_m, int fine_m, double *pool)
{
    const double pi = 3.14159265358979323846;
    nodes->n = n;
    for (int j = 1; j <= n; j++) {
        double side = (j % 2 ? -1.0 : 1.0) * (j == n ? 0.5 : 1.0);
        nodes->root[j - 1] = 0.5 * (1.0 - cos(pi * j / n));
        nodes->tail[0][j - 1] = side / n;
        nodes->tail[1][j - 1] = 2.0 * side * cos(pi * j / n) / n;
    }
    double total = n % 2 ? -1.0 : 1.0; /* of the start, which is zero */
    for (int j = 1; j < n; j++) {
        double part = ((n - j) % 2 ? -2.0 : 2.0) / (1.0 - nodes->root[j - 1]);
        nodes->slope[j - 1] = part;
        total += part;
    }
    nodes->slope[n - 1] = -total;
    hk_am_angles(m, &nodes->inner);
    hk_am_angles(outer_m, &nodes->outer);
    hk_am_angles(fine_m, &nodes->fine);
    nodes->at = pool;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++, pool += n)
            hk_am_interpolate(nodes, nodes->root[i] * nodes->inner.cos_a[k], pool);
    nodes->at_outer = pool;
    for (int k = 0; k < outer_m; k++, pool += n)
        hk_am_interpolate(nodes, nodes->outer.cos_a[k], pool);
    nodes->at_fine = pool;
    for (int k = 0; k < fine_m; k++, pool += n)
        hk_am_interpolate(nodes, nodes->fine.cos_a[k], pool);
    return pool;
}

#endif
