/*
 * The slow results of a count file on a thread (engine.h).
 */
#include "config.h"

#include "background/engine.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/worker.h"
#include "report/report.h"

/*
 * The thread's lock guards everything but the session, which belongs to whoever computes.  A result
 * is written once, before `done`, and never changes until its generation ends.
 */
struct engine {
    /* Borrowed arrays in a struct of its own: another lambda may be chosen than on the screen. */
    struct counts counts;
    struct analysis session;
    struct names names; /* properties asked for, of which the session may not know the last yet */
    uint32_t properties, room, layers;
    struct engine_result *result; /* [room][layers], of which PROPERTIES are asked for */
    unsigned char *done;          /* [room][layers] */
    size_t missing;
    uint32_t property, layer; /* focus */
    bool whole;
    unsigned generation, computed_for; /* conditions asked for; those of the session */
    struct analysis_params params;
    double lambda;
    struct query_filters filters;
    struct background thread;
    int pipe[2];
};

static void result_free(struct engine_result *r)
{
    free(r->group);
    free(r->group_sizes);
    free(r->xy);
    *r = (struct engine_result){0};
}

/* Frees all results; those missing are all of them again. */
static void engine_clear(struct engine *e)
{
    for (size_t i = 0; i < (size_t)e->properties * e->layers; i++) {
        result_free(&e->result[i]);
        e->done[i] = 0;
    }
    e->missing = (size_t)e->properties * e->layers;
}

/* Counts the sets of the layer into R: |S|, |P| and every group, with the groups as text. */
static enum status engine_sizes(struct engine_result *r, const struct property *p,
                                const struct property_layer *l, struct err *err)
{
    struct buf text = BUF_INIT;
    r->groups = l->groups;
    r->group = mem_array(l->groups, sizeof *r->group);
    report_group_sizes(&text, p, l->group, l->words);
    r->group_sizes = buf_ok(&text) ? mem_strndup(buf_text(&text), text.len) : NULL;
    buf_free(&text);
    if (!r->group || !r->group_sizes)
        return err_nomem(err);
    r->any = (uint32_t)bitset_count(l->any, l->words);
    r->neurons = (uint32_t)bitset_count(l->neurons, l->words);
    for (uint32_t g = 0; g < l->groups; g++)
        r->group[g] = (uint32_t)bitset_count(&l->group[g * l->words], l->words);
    r->points = l->points;
    return STATUS_OK;
}

/*
 * One property in one layer: sizes of the sets, then map and silhouettes unless the points exceed
 * ENGINE_MAX_POINTS. Results are copied: the session's may be freed before the screen reads them.
 */
static enum status engine_compute(struct analysis *a, const char *name, uint32_t layer,
                                  struct engine_result *r, struct err *err)
{
    const struct property *p;
    const struct property_layer *l;
    const struct map *m;
    enum status code = analysis_property(a, name, &p, err);
    r->silhouette = r->silhouette_full = r->stress = NAN;
    if (!code)
        code = analysis_layer(a, name, layer, &l, err);
    if (!code)
        code = engine_sizes(r, p, l, err);
    if (code || r->points > ENGINE_MAX_POINTS)
        return code;
    code = analysis_map(a, name, layer, &m, err);
    if (code)
        return code;
    r->xy = mem_array((size_t)m->points * 2, sizeof *r->xy);
    if (!r->xy)
        return err_nomem(err);
    memcpy(r->xy, m->xy, (size_t)m->points * 2 * sizeof *r->xy);
    r->stress = m->normalised_stress;
    r->silhouette = m->silhouette;
    r->silhouette_full = m->silhouette_full;
    return STATUS_OK;
}

/* The next result to make; false if none is missing (or, with FOCUS, none of the focus). */
static bool next_item(const struct engine *e, bool focus, uint32_t *property, uint32_t *layer)
{
    uint32_t first = e->whole ? 0 : e->layer;
    if (e->property >= e->properties)
        return false;
    *property = e->property;
    for (*layer = first; *layer <= e->layer; ++*layer)
        if (!e->done[(size_t)*property * e->layers + *layer])
            return true;
    if (focus)
        return false;
    for (uint32_t i = 0; i < e->properties; i++) {
        *property = (e->property + i) % e->properties;
        for (*layer = 0; *layer < e->layers; ++*layer)
            if (!e->done[(size_t)*property * e->layers + *layer])
                return true;
    }
    return false;
}

/* Brings the session to the properties and conditions asked for. */
static enum status engine_adopt(struct engine *e, struct err *err)
{
    struct query_filters copy = QUERY_FILTERS_INIT;
    for (uint32_t p = e->session.names.count; p < e->names.count; p++)
        if (analysis_find(&e->session, e->names.name[p]) != p)
            return err_nomem(err);
    if (e->computed_for == e->generation)
        return STATUS_OK;
    enum status code = counts_choose(&e->counts, e->lambda, err);
    if (!code)
        code = query_filters_copy(&copy, &e->filters, err);
    if (code)
        return code;
    query_filters_free(&e->session.filters);
    e->session.filters = copy;
    analysis_changed(&e->session);
    analysis_set_params(&e->session, &e->params);
    e->computed_for = e->generation;
    return STATUS_OK;
}

const char *engine_without_path(const struct counts *c, const char *message)
{
    size_t n = strlen(c->path);
    return n && strncmp(message, c->path, n) == 0 && strncmp(message + n, ": ", 2) == 0
               ? message + n + 2
               : message;
}

/*
 * Makes one result, the lock being held at the start and the end; false if there is none to do.
 * What was cancelled, or belongs to conditions that are no longer asked for, is dropped.
 */
static bool engine_step(struct engine *e, bool focus)
{
    uint32_t property, layer;
    struct engine_result r = {0};
    struct err err = {STATUS_OK, ""};
    if (e->thread.stop || !next_item(e, focus, &property, &layer))
        return false;
    unsigned generation = e->generation;
    cancel_clear(&e->thread.cancel); /* set by engine_set for the conditions before */
    enum status code = engine_adopt(e, &err);
    pthread_mutex_unlock(&e->thread.lock);
    if (!code)
        code = engine_compute(&e->session, e->session.names.name[property], layer, &r, &err);
    pthread_mutex_lock(&e->thread.lock);
    if (generation != e->generation || code == STATUS_CANCELLED) {
        result_free(&r);
        return true;
    }
    size_t at = (size_t)property * e->layers + layer;
    r.code = code;
    if (code)
        snprintf(r.why, sizeof r.why, "%.255s", engine_without_path(&e->counts, err.msg));
    e->result[at] = r;
    e->done[at] = 1;
    e->missing--;
    return true;
}

/* A full pipe says the same as one more byte in it, and one that is gone is nobody's. */
void engine_tell(struct engine *e)
{
    ssize_t written = e->pipe[1] < 0 ? 0 : write(e->pipe[1], "r", 1);
    (void)written;
}

/* The thread: one result after another, until it is asked to stop. */
static void *engine_loop(void *arg)
{
    struct engine *e = arg;
    pthread_mutex_lock(&e->thread.lock);
    while (!e->thread.stop) {
        if (!engine_step(e, false)) {
            pthread_cond_wait(&e->thread.work, &e->thread.lock);
            continue;
        }
        pthread_cond_signal(&e->thread.news);
        engine_tell(e);
    }
    pthread_mutex_unlock(&e->thread.lock);
    return NULL;
}

/* The properties and layers are fixed here; conditions change what is computed, not how much. */
struct engine *engine_new(const struct counts *counts, const struct phones *phones, struct err *err)
{
    struct engine *e = mem_zeros(1, sizeof *e);
    if (!e) {
        err_nomem(err);
        return NULL;
    }
    e->counts = *counts;
    e->lambda = counts->lambda_percent;
    if (analysis_init(&e->session, &e->counts, phones, err)) {
        free(e);
        return NULL;
    }
    e->session.cancel = &e->thread.cancel;
    e->pipe[0] = e->pipe[1] = -1;
    e->params = e->session.params;
    e->properties = e->session.names.count;
    e->room = e->properties + phones->features;
    e->layers = counts->layers;
    e->result = mem_zeros((size_t)e->room * e->layers, sizeof *e->result);
    e->done = mem_zeros((size_t)e->room * e->layers, 1);
    background_init(&e->thread);
    if (!e->result || !e->done || !names_add_all(&e->names, &e->session.names)) {
        e->properties = 0;
        engine_free(e);
        err_nomem(err);
        return NULL;
    }
    engine_clear(e);
    return e;
}

/* One's own pipe, or the ends of WITH's once more. */
static bool open_pipe(struct engine *e, const struct engine *with)
{
    if (!with || with->pipe[0] < 0)
        return pipe(e->pipe) == 0;
    for (int i = 0; i < 2; i++)
        e->pipe[i] = dup(with->pipe[i]);
    return e->pipe[0] >= 0 && e->pipe[1] >= 0;
}

void engine_start(struct engine *e, const struct engine *with)
{
    if (e->thread.started || !open_pipe(e, with))
        return;
    for (int i = 0; i < 2; i++) {
        fcntl(e->pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(e->pipe[i], F_SETFD, FD_CLOEXEC);
    }
    background_start(&e->thread, engine_loop, e);
}

void engine_ask_to_stop(struct engine *e)
{
    if (e)
        background_ask_to_stop(&e->thread);
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    background_stop(&e->thread);
    for (int i = 0; i < 2; i++)
        if (e->pipe[i] >= 0)
            close(e->pipe[i]);
    engine_clear(e);
    analysis_free(&e->session);
    names_free(&e->names);
    query_filters_free(&e->filters);
    background_free(&e->thread);
    free(e->result);
    free(e->done);
    free(e);
}

enum status engine_set(struct engine *e, const struct analysis_params *params, double lambda,
                       const struct query_filters *filters, struct err *err)
{
    struct query_filters copy = QUERY_FILTERS_INIT;
    enum status code = query_filters_copy(&copy, filters, err);
    if (code)
        return code;
    pthread_mutex_lock(&e->thread.lock);
    query_filters_free(&e->filters);
    e->filters = copy;
    e->params = *params;
    e->lambda = lambda;
    e->generation++;
    cancel_set(&e->thread.cancel); /* nobody wants what is being computed any more */
    engine_clear(e);
    pthread_cond_signal(&e->thread.work);
    pthread_mutex_unlock(&e->thread.lock);
    return STATUS_OK;
}

/* Room for all features was made at first, so that results on the screen stay where they are. */
void engine_follow(struct engine *e, const struct names *names)
{
    if (names->count <= e->properties) /* changed by this thread alone */
        return;
    pthread_mutex_lock(&e->thread.lock);
    while (e->properties < names->count && e->properties < e->room &&
           names_add(&e->names, names->name[e->properties]) == e->properties) {
        e->properties++;
        e->missing += e->layers;
    }
    pthread_cond_signal(&e->thread.work);
    pthread_mutex_unlock(&e->thread.lock);
}

void engine_focus(struct engine *e, uint32_t property, uint32_t layer, bool whole)
{
    pthread_mutex_lock(&e->thread.lock);
    e->property = property;
    e->layer = layer;
    e->whole = whole;
    pthread_mutex_unlock(&e->thread.lock);
}

/* A finished result never changes, so it is read without the lock. */
const struct engine_result *engine_get(struct engine *e, uint32_t property, uint32_t layer)
{
    size_t at = (size_t)property * e->layers + layer;
    if (property >= e->properties || layer >= e->layers)
        return NULL;
    pthread_mutex_lock(&e->thread.lock);
    bool done = e->done[at];
    pthread_mutex_unlock(&e->thread.lock);
    return done ? &e->result[at] : NULL;
}

size_t engine_missing(struct engine *e)
{
    pthread_mutex_lock(&e->thread.lock);
    size_t n = e->missing;
    pthread_mutex_unlock(&e->thread.lock);
    return n;
}

/* Waits for the thread at most MS; without a thread computes here, as long as it takes. */
void engine_finish(struct engine *e, bool focus, int ms)
{
    uint32_t property, layer;
    struct timespec until = worker_deadline(ms / 1000.0);
    pthread_mutex_lock(&e->thread.lock);
    if (e->thread.started) {
        while (next_item(e, focus, &property, &layer))
            if (!worker_wait_until(&e->thread.news, &e->thread.lock, &until))
                break;
    } else
        while (engine_step(e, focus))
            ;
    pthread_mutex_unlock(&e->thread.lock);
}

int engine_fd(const struct engine *e)
{
    return e->thread.started ? e->pipe[0] : -1;
}

void engine_drain(struct engine *e)
{
    char bytes[256];
    while (read(e->pipe[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
}
