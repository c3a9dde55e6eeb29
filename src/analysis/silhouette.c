/*
 * Mean silhouette (Rousseeuw 1987), from a matrix of distances or from points in the plane. A
 * point alone in its group scores 0, as in scikit-learn.
 */
#include "config.h"

#include "analysis/mds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/ties.h"

/* True where a mean silhouette says something: two groups with points, one of them with two. */
static bool silhouette_defined(const uint32_t *size, uint32_t groups)
{
    uint32_t filled = 0, largest = 0;
    for (uint32_t g = 0; g < groups; g++) {
        filled += size[g] > 0;
        largest = size[g] > largest ? size[g] : largest;
    }
    return filled >= 2 && largest >= 2;
}

/* (b - a) / max(a, b) of a point in group OWN whose distances to each group add up to SUM. */
static double of_point(const double *sum, const uint32_t *size, uint32_t groups, uint32_t own)
{
    double other = INFINITY;
    if (size[own] < 2)
        return 0;
    double inside = sum[own] / (size[own] - 1);
    for (uint32_t g = 0; g < groups; g++)
        if (g != own && size[g] > 0 && sum[g] / size[g] < other)
            other = sum[g] / size[g];
    double larger = inside > other ? inside : other;
    return larger > 0 ? ties_difference(other, inside) / larger : 0;
}

static double in_plane(const double *a, const double *b)
{
    double dx = a[0] - b[0], dy = a[1] - b[1];
    return sqrt(dx * dx + dy * dy);
}

/* From DIST [n][n], or where that is NULL from XY [n][2]. */
static double silhouette_mean(const double *dist, const double *xy, size_t n, const uint32_t *group,
                              uint32_t groups)
{
    double *sum = mem_array(groups, sizeof *sum), total = NAN;
    uint32_t *size = mem_zeros(groups, sizeof *size);
    if (!sum || !size)
        goto out;
    for (size_t i = 0; i < n; i++)
        size[group[i]]++;
    if (!silhouette_defined(size, groups))
        goto out;
    total = 0;
    for (size_t i = 0; i < n; i++) {
        memset(sum, 0, groups * sizeof *sum);
        for (size_t j = 0; j < n; j++)
            sum[group[j]] += dist ? dist[i * n + j] : in_plane(xy + 2 * i, xy + 2 * j);
        total += of_point(sum, size, groups, group[i]);
    }
    total /= (double)n;
out:
    free(sum);
    free(size);
    return total;
}

double silhouette_distances(const double *dist, size_t n, const uint32_t *group, uint32_t groups)
{
    return silhouette_mean(dist, NULL, n, group, groups);
}

double silhouette_plane(const double *xy, size_t n, const uint32_t *group, uint32_t groups)
{
    return silhouette_mean(NULL, xy, n, group, groups);
}

void map_align(double *xy, const double *ref, size_t n)
{
    double cx = 0, cy = 0, rx = 0, ry = 0, m[4] = {0};
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        cx += xy[2 * i] / (double)n;
        cy += xy[2 * i + 1] / (double)n;
        rx += ref[2 * i] / (double)n;
        ry += ref[2 * i + 1] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double x = xy[2 * i] - cx, y = xy[2 * i + 1] - cy;
        double u = ref[2 * i] - rx, v = ref[2 * i + 1] - ry;
        m[0] += x * u;
        m[1] += x * v;
        m[2] += y * u;
        m[3] += y * v;
    }
    /* In the plane the best rotation has a closed form, and so has the best reflection: whichever
     * of the two sums is longer fits better. */
    double turn_c = m[0] + m[3], turn_s = m[1] - m[2];
    double flip_c = m[0] - m[3], flip_s = m[1] + m[2];
    bool flip = hypot(flip_c, flip_s) > hypot(turn_c, turn_s);
    double c = flip ? flip_c : turn_c, s = flip ? flip_s : turn_s, r = hypot(c, s);
    c = r > 0 ? c / r : 1;
    s = r > 0 ? s / r : 0;
    for (size_t i = 0; i < n; i++) {
        double x = xy[2 * i] - cx, y = xy[2 * i + 1] - cy;
        xy[2 * i] = rx + (flip ? c * x + s * y : c * x - s * y);
        xy[2 * i + 1] = ry + (flip ? s * x - c * y : s * x + c * y);
    }
}
