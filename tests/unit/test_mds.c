/* Distances, maps and silhouettes against scikit-learn's and the published program's numbers. */
#include "config.h"

#include "unit.h"

#include <jansson.h>
#include <math.h>

#include "base/bitset.h"
#include "analysis/mds.h"
#include "base/mem.h"
#include "base/rng.h"
#include "formats/tensors/safetensors.h"

static struct err err;

/* One layer of one condition of the reference numbers. */
struct golden {
    struct tensors file;
    json_t *root, *layer; /* layer: borrowed */
    unsigned number;
    size_t n, words;
    uint64_t *rows;
    double *dist;
    uint32_t *group, groups;
};

static float *floats(const struct golden *g, const char *what)
{
    char name[64];
    snprintf(name, sizeof name, "layer%u/%s", g->number, what);
    const struct tensor *t = tensors_find(&g->file, name);
    assert_non_null(t);
    float *out = mem_array(t->count, sizeof *out);
    tensor_to_f32(t, out);
    return out;
}

static double *coordinates(const struct golden *g, const char *what)
{
    float *f = floats(g, what);
    double *xy = mem_array(2 * g->n, sizeof *xy);
    for (size_t i = 0; i < 2 * g->n; i++)
        xy[i] = (double)f[i];
    free(f);
    return xy;
}

static double score(const struct golden *g, const char *key, const char *inner)
{
    json_t *v = json_object_get(g->layer, key);
    v = inner ? json_object_get(v, inner) : v;
    assert_non_null(v);
    return json_number_value(v);
}

static bool load_layer(struct golden *g, unsigned number)
{
    char name[64], key[16];
    snprintf(name, sizeof name, "layer%u/pattern", number);
    snprintf(key, sizeof key, "%u", number);
    const struct tensor *t = tensors_find(&g->file, name);
    if (!t)
        return false;
    g->layer = json_object_get(json_object_get(g->root, "layers"), key);
    assert_non_null(g->layer);
    g->number = number;
    g->n = t->shape[0];
    g->words = bitset_words(t->shape[1]);
    g->rows = mem_zeros(g->n * g->words, sizeof *g->rows);
    g->dist = mem_array(g->n * g->n, sizeof *g->dist);
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < t->shape[1]; k++)
            if (t->data[i * t->shape[1] + k])
                bitset_put(g->rows + i * g->words, k);
    assert_ok(mds_distances(g->dist, g->rows, g->n, g->words, NULL, &err));
    return true;
}

/* Calls CHECK for every condition and layer that is there. */
static void for_each(void (*check)(const struct golden *g))
{
    static const char *const conditions[] = {"phone-type", "gender", "pitch"};
    unsigned checked = 0;
    for (size_t c = 0; c < 3; c++) {
        struct golden g = {0};
        char path[128];
        json_error_t why;
        snprintf(path, sizeof path, "analysis_d256/%s/analysis.safetensors", conditions[c]);
        assert_ok(safetensors_open(&g.file, data_path(path), &err));
        snprintf(path, sizeof path, "analysis_d256/%s/scores.json", conditions[c]);
        g.root = json_load_file(data_path(path), 0, &why);
        assert_non_null(g.root);
        json_t *labels = json_object_get(g.root, "row_labels");
        g.group = mem_array(json_array_size(labels), sizeof *g.group);
        for (size_t i = 0; i < json_array_size(labels); i++) {
            g.group[i] = (uint32_t)json_integer_value(json_array_get(labels, i));
            g.groups = g.group[i] >= g.groups ? g.group[i] + 1 : g.groups;
        }
        for (unsigned number = 1; number <= 12; number++)
            if (load_layer(&g, number)) {
                assert_int_equal(g.n, json_array_size(labels));
                check(&g);
                checked++;
                free(g.rows);
                free(g.dist);
            }
        tensors_free(&g.file);
        json_decref(g.root);
        free(g.group);
    }
    assert_true(checked >= 3);
}

static void check_distances(const struct golden *g)
{
    float *wanted = floats(g, "distance");
    for (size_t i = 0; i < g->n * g->n; i++)
        assert_true(fabs(g->dist[i] - (double)wanted[i]) <= 1e-6 * (1 + g->dist[i]));
    free(wanted);
}

static void distances_are_those_of_the_reference(void **state)
{
    (void)state;
    for_each(check_distances);
}

static void check_classical(const struct golden *g)
{
    char name[64];
    double eigen[2], *xy = mem_array(2 * g->n, sizeof *xy);
    double *wanted = coordinates(g, "cmds_coords");
    snprintf(name, sizeof name, "layer%u/cmds_eigenvalues", g->number);
    const struct tensor *t = tensors_find(&g->file, name);
    assert_non_null(t);
    assert_int_equal(t->dtype, DTYPE_F64);
    assert_ok(mds_classical(xy, eigen, g->dist, g->n, NULL, &err));
    for (int k = 0; k < 2; k++) {
        double value;
        memcpy(&value, t->data + 8 * (size_t)k, 8);
        assert_true(fabs(eigen[k] - value) <= 1e-9 * value);
    }
    for (size_t i = 0; i < 2 * g->n; i++)
        assert_true(fabs(xy[i] - wanted[i]) < 1e-5);
    double s = silhouette_plane(xy, g->n, g->group, g->groups);
    assert_true(fabs(s - score(g, "cmds", "silhouette_sklearn")) < 1e-5);
    free(xy);
    free(wanted);
}

static void classical_scaling_is_that_of_the_reference(void **state)
{
    (void)state;
    for_each(check_classical);
}

static void check_smacof(const struct golden *g)
{
    double stress, *xy = coordinates(g, "cmds_coords");
    double *wanted = coordinates(g, "smacof_from_cmds_coords");
    unsigned iterations;
    assert_ok(mds_smacof(xy, g->dist, g->n, 300, 1e-3, &stress, &iterations, NULL, &err));
    double reported = score(g, "smacof_from_cmds_stress", NULL);
    assert_true(fabs(stress - reported) <= 1e-6 * reported);
    assert_true(fabs(iterations - score(g, "smacof_from_cmds_iterations", NULL)) <= 1);
    for (size_t i = 0; i < 2 * g->n; i++)
        assert_true(fabs(xy[i] - wanted[i]) < 1e-3);
    double s = silhouette_plane(xy, g->n, g->group, g->groups);
    assert_true(fabs(s - score(g, "smacof_from_cmds", "silhouette_sklearn")) < 1e-5);
    assert_true(fabs(s - score(g, "smacof_from_cmds", "silhouette_authors")) < 1e-5);
    free(xy);
    free(wanted);
}

static void smacof_from_a_given_start_is_scikit_learns(void **state)
{
    (void)state;
    for_each(check_smacof);
}

static void check_converged(const struct golden *g)
{
    double stress, *xy = coordinates(g, "cmds_coords");
    double *wanted = coordinates(g, "smacof_converged_coords");
    unsigned iterations;
    assert_ok(mds_smacof(xy, g->dist, g->n, 20000, 1e-12, &stress, &iterations, NULL, &err));
    double reported = score(g, "smacof_converged_stress", NULL);
    assert_true(fabs(stress - reported) <= 1e-9 * reported);
    for (size_t i = 0; i < 2 * g->n; i++)
        assert_true(fabs(xy[i] - wanted[i]) < 1e-3);
    /* propneu's own map takes longer steps, and may end in a neighbouring minimum: as good. */
    struct map_params params = MAP_PARAMS_DEFAULT;
    struct map m;
    assert_ok(map_make(&m, g->dist, g->n, g->group, g->groups, &params, NULL, &err));
    assert_true(m.stress <= reported * 1.002);
    assert_true(fabs(m.silhouette_full - score(g, "silhouette_full_distance", NULL)) < 1e-5);
    map_free(&m);
    free(xy);
    free(wanted);
}

static void smacof_converges_where_the_reference_does(void **state)
{
    (void)state;
    for_each(check_converged);
}

static void check_starts(const struct golden *g)
{
    struct map_params params = {MAP_SMACOF, 8, 1};
    struct map one, again;
    assert_ok(map_make(&one, g->dist, g->n, g->group, g->groups, &params, NULL, &err));
    assert_true(one.stress <= 1.01 * score(g, "smacof8_stress_of_returned_coords", NULL));
    assert_ok(map_make(&again, g->dist, g->n, g->group, g->groups, &params, NULL, &err));
    assert_memory_equal(one.xy, again.xy, 2 * g->n * sizeof *one.xy);
    assert_true(one.stress == again.stress);
    assert_true(fabs(one.stress - mds_stress(one.xy, g->dist, g->n)) == 0);
    map_free(&one);
    map_free(&again);
}

static void eight_starts_do_as_well_as_scikit_learns_and_repeat(void **state)
{
    (void)state;
    for_each(check_starts);
}

/* The same without blocks, masks and identities. */
static void naive_update(double *xy, const double *dist, size_t n)
{
    double *next = mem_zeros(2 * n, sizeof *next);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double dx = xy[2 * i] - xy[2 * j], dy = xy[2 * i + 1] - xy[2 * j + 1];
            double d = sqrt(dx * dx + dy * dy);
            if (i == j)
                continue;
            next[2 * i] += dist[i * n + j] / (d == 0 ? 1e-5 : d) * dx / (double)n;
            next[2 * i + 1] += dist[i * n + j] / (d == 0 ? 1e-5 : d) * dy / (double)n;
        }
    memcpy(xy, next, 2 * n * sizeof *xy);
    free(next);
}

static void smacof_equals_its_naive_twin_at_every_size(void **state)
{
    (void)state;
    struct rng rng = rng_seed(5);
    for (size_t n = 1; n < 40; n++) {
        double dist[40 * 40], a[80], b[80], stress;
        unsigned iterations;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                dist[i * n + j] = dist[j * n + i] = i == j ? 0 : rng_uniform(&rng) * 20;
        for (size_t i = 0; i < 2 * n; i++)
            a[i] = b[i] = rng_uniform(&rng);
        double before = mds_stress(a, dist, n);
        assert_ok(mds_smacof(a, dist, n, 1, 0, &stress, &iterations, NULL, &err));
        assert_true(fabs(stress - before) <= 1e-9 * (1 + before));
        naive_update(b, dist, n);
        for (size_t i = 0; i < 2 * n; i++)
            assert_true(fabs(a[i] - b[i]) < 1e-9);
        assert_true(mds_stress(a, dist, n) <= before * (1 + 1e-12) + 1e-12);
    }
}

static void flat_configurations_are_found_again(void **state)
{
    (void)state;
    struct rng rng = rng_seed(9);
    enum { N = 30 };
    double xy[2 * N], dist[N * N], start[2 * N];
    unsigned iterations;
    for (size_t i = 0; i < 2 * N; i++) {
        xy[i] = 10 * rng_uniform(&rng);
        start[i] = xy[i] + rng_uniform(&rng);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            dist[i * N + j] = hypot(xy[2 * i] - xy[2 * j], xy[2 * i + 1] - xy[2 * j + 1]);
    assert_ok(mds_minimise(start, dist, N, 3000, 1e-9, &iterations, NULL, &err));
    assert_true(iterations < 3000);
    assert_true(mds_stress(start, dist, N) < 1e-6);
    map_align(start, xy, N);
    for (size_t i = 0; i < 2 * N; i++)
        assert_true(fabs(start[i] - xy[i]) < 1e-3);
}

static void degenerate_maps_are_made(void **state)
{
    (void)state;
    static const double two[] = {0, 3, 3, 0}, zeros[9] = {0};
    static const uint32_t group[] = {0, 1, 1};
    for (int method = 0; method < 2; method++) {
        struct map_params params = {(enum map_method)method, 2, 0};
        struct map m;
        assert_ok(map_make(&m, two, 0, group, 2, &params, NULL, &err));
        assert_int_equal(m.points, 0);
        assert_true(isnan(m.silhouette));
        map_free(&m);
        assert_ok(map_make(&m, two, 1, group, 2, &params, NULL, &err));
        assert_true(m.xy[0] == 0 && m.xy[1] == 0 && m.stress == 0);
        map_free(&m);
        assert_ok(map_make(&m, two, 2, group, 2, &params, NULL, &err));
        assert_true(fabs(hypot(m.xy[0] - m.xy[2], m.xy[1] - m.xy[3]) - 3) < 1e-9);
        assert_true(isnan(m.silhouette)); /* two groups of one */
        map_free(&m);
        assert_ok(map_make(&m, zeros, 3, group, 2, &params, NULL, &err));
        assert_true(m.stress == 0 && m.normalised_stress == 0);
        assert_true(m.silhouette == 0);
        map_free(&m);
    }
}

/* Fills DIST [N][N]: points of a square, all equally far apart, two groups of equal patterns, or
 * sets of neurons at random. */
static void make_case(double *dist, size_t n, unsigned kind, struct rng *rng)
{
    uint64_t rows[12];
    for (size_t i = 0; i < n; i++)
        rows[i] = kind == 0   ? (i & 1 ? 3u : 0) | (i & 2 ? 12u : 0)
                  : kind == 1 ? (uint64_t)3 << 2 * i
                  : kind == 2 ? (i % 2 ? 0xff : 0xff00)
                              : rng_next(rng) & rng_next(rng);
    assert_ok(mds_distances(dist, rows, n, 1, NULL, &err));
}

/* Noise as another order of additions would make it may not turn or reflect a map, nor choose
 * another start, whatever ties there are. */
static void maps_do_not_hang_on_last_bits(void **state)
{
    enum { N = 8 };
    struct rng rng = rng_seed(4);
    static const uint32_t group[N] = {0, 1, 0, 1, 0, 1, 0, 1};
    (void)state;
    for (unsigned k = 0; k < 60; k++) {
        struct map_params params = {MAP_SMACOF, k % 3, 1};
        double dist[N * N], near[N * N], a[2 * N], b[2 * N], eigen[2];
        struct map one, other;
        make_case(dist, N, k % 4, &rng);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j <= i; j++)
                near[i * N + j] = near[j * N + i] =
                    dist[i * N + j] * (1 + 1e-15 * (rng_uniform(&rng) - 0.5));
        assert_ok(mds_classical(a, eigen, dist, N, NULL, &err));
        assert_ok(mds_classical(b, eigen, near, N, NULL, &err));
        for (size_t i = 0; i < sizeof a / sizeof *a; i++)
            assert_true(fabs(a[i] - b[i]) < 1e-6);
        assert_ok(map_make(&one, dist, N, group, 2, &params, NULL, &err));
        assert_ok(map_make(&other, near, N, group, 2, &params, NULL, &err));
        for (size_t i = 0; i < sizeof a / sizeof *a; i++)
            assert_true(fabs(one.xy[i] - other.xy[i]) < 1e-3);
        assert_true(fabs(one.silhouette - other.silhouette) < 1e-4);
        map_free(&one);
        map_free(&other);
    }
}

static void silhouettes_follow_the_definition(void **state)
{
    (void)state;
    /* On a line: 0 1 | 10; the group of one scores 0. */
    static const double xy[] = {0, 0, 1, 0, 10, 0};
    static const uint32_t group[] = {0, 0, 1}, alone[] = {0, 0, 0};
    double wanted = ((10 - 1) / 10.0 + (9 - 1) / 9.0 + 0) / 3;
    assert_true(fabs(silhouette_plane(xy, 3, group, 2) - wanted) < 1e-12);
    assert_true(fabs(silhouette_plane(xy, 3, group, 7) - wanted) < 1e-12); /* empty groups */
    assert_true(isnan(silhouette_plane(xy, 3, alone, 1)));
}

static void alignment_undoes_turns_mirrors_and_shifts(void **state)
{
    (void)state;
    struct rng rng = rng_seed(2);
    double ref[20], xy[20];
    for (int mirror = 0; mirror < 2; mirror++) {
        for (size_t i = 0; i < 20; i++)
            ref[i] = rng_uniform(&rng);
        for (size_t i = 0; i < 10; i++) {
            double x = ref[2 * i], y = mirror ? -ref[2 * i + 1] : ref[2 * i + 1];
            xy[2 * i] = x * cos(2) - y * sin(2) + 5;
            xy[2 * i + 1] = x * sin(2) + y * cos(2) - 7;
        }
        map_align(xy, ref, 10);
        for (size_t i = 0; i < 20; i++)
            assert_true(fabs(xy[i] - ref[i]) < 1e-12);
    }
}

static double apart(const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < 20; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* Of points that do not match: no other turn or reflection brings them closer. */
static void alignment_is_the_closest_there_is(void **state)
{
    (void)state;
    struct rng rng = rng_seed(9);
    for (int round = 0; round < 20; round++) {
        double ref[20], xy[20], other[20];
        for (size_t i = 0; i < 20; i++) {
            ref[i] = rng_uniform(&rng);
            xy[i] = rng_uniform(&rng);
        }
        map_align(xy, ref, 10);
        double best = apart(xy, ref), x = 0, y = 0;
        for (size_t i = 0; i < 10; i++) {
            x += ref[2 * i] / 10;
            y += ref[2 * i + 1] / 10;
        }
        for (int mirror = 0; mirror < 2; mirror++)
            for (double angle = 0; angle < 6.3; angle += 0.01) {
                for (size_t i = 0; i < 10; i++) {
                    double u = xy[2 * i] - x, v = (mirror ? -1 : 1) * (xy[2 * i + 1] - y);
                    other[2 * i] = x + u * cos(angle) - v * sin(angle);
                    other[2 * i + 1] = y + u * sin(angle) + v * cos(angle);
                }
                assert_true(apart(other, ref) >= best - 1e-12);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_the_reference),
        cmocka_unit_test(classical_scaling_is_that_of_the_reference),
        cmocka_unit_test(smacof_from_a_given_start_is_scikit_learns),
        cmocka_unit_test(smacof_converges_where_the_reference_does),
        cmocka_unit_test(eight_starts_do_as_well_as_scikit_learns_and_repeat),
        cmocka_unit_test(smacof_equals_its_naive_twin_at_every_size),
        cmocka_unit_test(flat_configurations_are_found_again),
        cmocka_unit_test(degenerate_maps_are_made),
        cmocka_unit_test(maps_do_not_hang_on_last_bits),
        cmocka_unit_test(silhouettes_follow_the_definition),
        cmocka_unit_test(alignment_undoes_turns_mirrors_and_shifts),
        cmocka_unit_test(alignment_is_the_closest_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
