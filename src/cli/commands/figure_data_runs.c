/*
 * Figures of what training gave, for the command figure: the logs of runs, and the curves of
 * pruning with training in between.
 */
#include "config.h"

#include "cli/commands/figure_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/report.h"

/* The folder that PATH, a log or a folder, stands for; NULL without memory. */
static char *figure_run_folder(const char *path)
{
    size_t n = strlen(path), name = strlen("/" TRAINING_LOG_NAME);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n > name && strncmp(path + n - name, "/" TRAINING_LOG_NAME, name) == 0)
        n -= name;
    return mem_strndup(path, n);
}

/* Short names of the runs' folders, each to be freed. */
static enum status figure_run_titles(const struct figure_request *r, char **title, struct err *err)
{
    char **folder = mem_zeros(r->files, sizeof *folder);
    bool ok = folder != NULL;
    for (size_t i = 0; ok && i < r->files; i++)
        ok = (folder[i] = figure_run_folder(r->path[i])) != NULL;
    enum status code =
        ok ? scores_titles(title, (const char *const *)folder, r->files, err) : err_nomem(err);
    for (size_t i = 0; folder && i < r->files; i++)
        free(folder[i]);
    free(folder);
    return code;
}

enum status figure_make_training(const struct figure_request *r, struct figure *f, struct table *t,
                                 struct err *err)
{
    struct training_log *log = mem_zeros(r->files, sizeof *log);
    char **title = mem_zeros(r->files, sizeof *title);
    size_t rows = 0;
    enum status code = log && title ? figure_run_titles(r, title, err) : err_nomem(err);
    for (size_t i = 0; !code && i < r->files; i++) {
        code = training_log_read(&log[i], r->path[i], err);
        rows += log[i].count;
    }
    if (!code && rows == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no step yet", log[0].path);
    if (!code)
        code = report_training(t, log, title, r->files, err);
    if (!code)
        figure_training(f, log, title, r->files, r->width, r->height);
    for (size_t i = 0; i < r->files; i++) {
        if (log)
            training_log_free(&log[i]);
        if (title)
            free(title[i]);
    }
    free(log);
    free(title);
    return code;
}

enum status figure_make_pruned(const struct figure_request *r, struct figure *f, struct table *t,
                               struct err *err)
{
    struct pruned p = PRUNED_INIT;
    struct pruned_point *point = NULL;
    size_t points = 0;
    enum status code = STATUS_OK;
    for (size_t i = 0; !code && i < r->files; i++)
        code = pruned_read(&p, r->path[i], err);
    if (!code)
        code = pruned_points(&p, &point, &points, err);
    if (!code)
        code = report_pruned(t, &p, point, points, err);
    if (!code)
        figure_pruned(f, &p, point, points, r->width, r->height);
    free(point);
    pruned_free(&p);
    return code;
}
