/* propneu/experiment.h: an experiment as a request that is filled in by name, and then run. */
#include "config.h"

#include <propneu/experiment.h>

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/api_corpus.h"
#include "api/api_listener.h"
#include "api/api_table.h"
#include "base/mem.h"
#include "experiment/session.h"
#include "report/report.h"

/* Intervals of the tables hold this share of the draws, as the commands' do. */
#define API_COVERAGE 0.95

/* An experiment before and during its run. Values are copied, so that callers may free theirs. */
struct pn_experiment {
    struct experiment_request request; /* borrows from VALUE */
    char **value;                      /* [values] copies of what was set */
    size_t values;
};

enum pn_status pn_experiment_new(pn_experiment **out, enum pn_experiment_kind kind,
                                 struct pn_error *error)
{
    struct err e;
    pn_experiment *x = calloc(1, sizeof *x);
    if (!x)
        return api_result(err_nomem(&e), &e, error);
    experiment_request_init(&x->request,
                            kind == PN_EXPERIMENT_MATRIX ? EXPERIMENT_MATRIX : EXPERIMENT_CURVE);
    *out = x;
    return PN_OK;
}

void pn_experiment_free(pn_experiment *experiment)
{
    if (!experiment)
        return;
    experiment_request_free(&experiment->request);
    for (size_t i = 0; i < experiment->values; i++)
        free(experiment->value[i]);
    free(experiment->value);
    free(experiment);
}

/* A copy of VALUE that lives as long as X; NULL without memory. */
static const char *experiment_keep(pn_experiment *x, const char *value)
{
    char *copy = mem_strndup(value, strlen(value));
    char **grown = copy ? realloc(x->value, (x->values + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(copy);
        return NULL;
    }
    x->value = grown;
    return x->value[x->values++] = copy;
}

/* Names are those of the commands' options, in one table for both (experiment/request.h). */
enum pn_status pn_experiment_set(pn_experiment *experiment, const char *name, const char *value,
                                 struct pn_error *error)
{
    struct err e;
    const char *kept = value ? experiment_keep(experiment, value) : NULL;
    enum status code = value && !kept
                           ? err_nomem(&e)
                           : experiment_request_set(&experiment->request, name, kept, &e);
    return api_result(code, &e, error);
}

/* What X found, as a new table. */
static enum status experiment_table(pn_table **out, const struct experiment *x, struct err *err)
{
    pn_table *t = api_table_new();
    enum status code = STATUS_OK;
    if (t && x->kind == EXPERIMENT_MATRIX)
        code = report_matrix(&t->table, x, API_COVERAGE, err);
    else if (t)
        code = report_curve(&t->table, x, API_COVERAGE, err);
    return api_table_end(out, t, code, err);
}

/* A journal that the request did not name is removed only if everything succeeded; otherwise the
 * next run of the same request resumes it. */
enum pn_status pn_experiment_run(pn_experiment *experiment, const struct pn_eval_hooks *hooks,
                                 unsigned threads, pn_table **out, struct pn_error *error)
{
    struct err e;
    struct api_listener listener;
    struct experiment_session session;
    api_listener_init(&listener, hooks);
    const struct experiment_options options = {.threads = api_threads(threads),
                                               .hooks = &listener.inner};
    enum status code = experiment_session_open(&session, &experiment->request, &options, &e);
    if (code)
        return api_result(code, &e, error);
    code = experiment_session_run(&session, &e);
    if (!code)
        code = experiment_table(out, session.x, &e);
    experiment_session_close(&session, code == STATUS_OK);
    return api_result(code, &e, error);
}

/* The results in a journal, finished or not. */
enum pn_status pn_experiment_read(pn_table **out, const char *path, struct pn_error *error)
{
    struct err e;
    struct experiment x = {.kind = EXPERIMENT_MATRIX};
    enum status code = experiment_read(&x, path, &e);
    if (!code) {
        code = experiment_table(out, &x, &e);
        experiment_free(&x);
    }
    return api_result(code, &e, error);
}
