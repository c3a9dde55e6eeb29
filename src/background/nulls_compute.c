/*
 * Draws of nulls, some hundred at a time (nulls.h): which come next, and the cache they may come
 * from.
 */
#include "config.h"

#include "background/nulls_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/cachefile.h"
#include "background/nulls_key.h"

enum {
    STEP_DRAWS = 100,    /* at a time: what a cancelled step loses */
    COSTLY_POINTS = 600, /* beyond, distances between patterns take minutes: sizes alone */
    MAPPED_POINTS = 200  /* beyond, the maps of all draws take hours: none are made */
};

static const struct statistic *const quick[] = {&statistic_size, &statistic_full_dim,
                                                &statistic_anosim, &statistic_permanova_f,
                                                &statistic_permdisp};

/* The statistics of a part (SILHOUETTE: one of those) for a property of POINTS points; none: there
 * is no such part. */
static void compute_choose(struct null_request *r, bool silhouette, uint32_t points)
{
    size_t most = points <= COSTLY_POINTS ? sizeof quick / sizeof *quick : 1;
    for (size_t i = 0; i < most && !silhouette; i++)
        r->statistic[r->statistics++].statistic = quick[i];
    if (silhouette && points <= MAPPED_POINTS)
        r->statistic[r->statistics++].statistic = &statistic_silhouette;
}

static void compute_progress(void *context, double share)
{
    struct nulls *n = context;
    nulls_progress(n, n->before + n->step * share);
}

/* Takes the values of all draws from the cache, if they are there. */
static void compute_restore(struct nulls *n, struct null_run *run)
{
    const struct null_result *plan = null_plan(run);
    struct buf key = BUF_INIT, bytes = BUF_INIT;
    if (n->options.cache && !n->digest[0] && !nulls_digest(&n->session, n->digest))
        n->digest[0] = '\0';
    if (n->digest[0] && nulls_key(&key, n->digest, &n->session, run, n->options.seed) &&
        cache_get(n->options.cache, buf_text(&key), &bytes) &&
        bytes.len == plan->rows * plan->draws * sizeof *plan->value)
        null_restore(run, (const void *)bytes.data);
    buf_free(&key);
    buf_free(&bytes);
}

static void compute_keep(struct nulls *n, const struct null_run *run)
{
    const struct null_result *plan = null_plan(run);
    struct buf key = BUF_INIT;
    if (n->digest[0] && nulls_key(&key, n->digest, &n->session, run, n->options.seed))
        cache_put(n->options.cache, buf_text(&key), plan->value,
                  (size_t)(plan->rows * plan->draws) * sizeof *plan->value, NULLS_CACHED);
    buf_free(&key);
}

/* Begins PART of PROPERTY, unless it has no such part. */
static enum status compute_begin(struct nulls *n, uint32_t property, int part, struct err *err)
{
    struct nulls_work *w = &n->work[property];
    struct null_request r = {.property = n->session.names.name[property],
                             .exchange = {.draws = n->options.draws, .seed = n->options.seed},
                             .threads = n->threads,
                             .progress = compute_progress,
                             .progress_context = n};
    const struct property *p;
    enum status code = analysis_property(&n->session, r.property, &p, err);
    if (code)
        return code;
    compute_choose(&r, part % 2, p->points);
    if (part > 1)
        r.exchange.strata = exchange_further_strata(w->kind, &r.exchange);
    if (r.statistics == 0 || (part > 1 && (!r.exchange.strata || w->expected))) {
        w->finished[part] = true;
        return STATUS_OK;
    }
    code = null_begin(&w->run[part], &n->session, &r, err);
    if (code)
        return code;
    w->draws[part] = null_plan(w->run[part])->draws;
    if (part == 0) {
        w->kind = null_plan(w->run[part])->kind;
        w->expected = null_plan(w->run[part])->why[0] != '\0';
    }
    compute_restore(n, w->run[part]);
    return STATUS_OK;
}

/* Hands over what PART has drawn, in NEWS; a part that has drawn all has done its work. */
static enum status compute_show(struct nulls_work *w, int part, struct nulls_news *news,
                                struct err *err)
{
    bool all = null_drawn(w->run[part]) == w->draws[part];
    enum status code = null_so_far(w->run[part], &news->answer.part[part], err);
    if (code)
        return code;
    news->any = true;
    news->answer.draws[part] = w->draws[part];
    news->answer.final[part] = all;
    w->shown[part] = true;
    if (all) {
        w->finished[part] = true;
        null_end(w->run[part]);
        w->run[part] = NULL;
    }
    return STATUS_OK;
}

/* How much of the property's draws there are, and what STEP draws add to that.  A part that has not
 * begun is taken for as long as the first. */
static void compute_share(struct nulls *n, const struct nulls_work *w, double step)
{
    int parts = w->kind == EXCHANGE_TOKENS ? NULLS_PARTS : NULLS_PARTS / 2;
    double all = 0, done = 0;
    for (int i = 0; i < parts; i++) {
        double draws = (double)(w->draws[i] ? w->draws[i] : w->draws[0]);
        all += draws;
        done += w->finished[i] ? draws : w->run[i] ? (double)null_drawn(w->run[i]) : 0;
    }
    n->before = all > 0 ? done / all : 0;
    n->step = all > 0 ? step / all : 0;
}

/* Draws PART on until there are GOAL, or as far as one step goes. */
static enum status compute_draw(struct nulls *n, struct nulls_work *w, int part, uint64_t goal,
                                struct nulls_news *news, struct err *err)
{
    struct null_run *run = w->run[part];
    uint64_t from = null_drawn(run), to = goal - from > STEP_DRAWS ? from + STEP_DRAWS : goal;
    compute_share(n, w, (double)(to - from));
    enum status code = null_draw(run, to, err);
    if (!code && to == w->draws[part] && from < to)
        compute_keep(n, run);
    if (!code && to == goal)
        code = compute_show(w, part, news, err);
    return code;
}

/*
 * The first draws of each part, then all.  Those of an enumeration are no sample of it: there, all
 * come first, part by part.
 */
static bool compute_next(const struct nulls_work *w, int *part, uint64_t *goal)
{
    for (int all = 0; all < 2; all++)
        for (*part = 0; *part < NULLS_PARTS; ++*part) {
            const struct null_run *run = w->run[*part];
            if (w->finished[*part])
                continue;
            *goal = all || (run && null_plan(run)->enumerated) || w->draws[*part] < NULLS_FIRST
                        ? w->draws[*part]
                        : NULLS_FIRST;
            if (!run || null_drawn(run) < *goal || !w->shown[*part])
                return true;
        }
    return false;
}

enum status nulls_compute(struct nulls *n, uint32_t property, struct nulls_news *news,
                          bool *complete, struct err *err)
{
    struct nulls_work *w = &n->work[property];
    uint64_t goal;
    int part;
    enum status code = STATUS_OK;
    *complete = !compute_next(w, &part, &goal);
    if (*complete)
        return STATUS_OK;
    if (!w->run[part]) {
        code = compute_begin(n, property, part, err);
    } else {
        /* From the cache all may be there at once. */
        uint64_t drawn = null_drawn(w->run[part]);
        code = compute_draw(n, w, part, drawn > goal ? drawn : goal, news, err);
    }
    if (!code)
        *complete = !compute_next(w, &part, &goal);
    compute_share(n, w, 0);
    return code;
}

void nulls_forget(struct nulls *n)
{
    if (n->properties)
        memset(n->stages, 0, (size_t)n->properties * n->counts.layers);
    for (uint32_t p = 0; p < n->properties; p++) {
        for (int i = 0; i < NULLS_PARTS; i++)
            null_end(n->work[p].run[i]);
        n->work[p] = (struct nulls_work){.expected = false};
    }
}
