/*
 * The form of a new experiment: its fields, their defaults from the last one or the bundled
 * models, and the request that they make.
 */
#include "config.h"

#include "explorer/views/experiments/experiments_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/setexpr.h"
#include "explorer/link.h"
#include "corpus/recordings.h"
#include "formats/datadir.h"
#include "formats/file.h"
#include "formats/lines.h"
#include "formats/setfile.h"

static const struct {
    const char *key, *label, *help;
} fields[FIELD_COUNT] = {
#define FIELD_ROW(id, key, label, help) {key, label, help},
    EXPERIMENT_FIELDS(FIELD_ROW)
#undef FIELD_ROW
};

const char *experiments_field_label(size_t field)
{
    return fields[field].label;
}

const char *experiments_field_help(size_t field)
{
    return fields[field].help;
}

static void experiments_form_set(struct experiments_state *s, enum experiment_field field,
                                 const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void experiments_form_set(struct experiments_state *s, enum experiment_field field,
                                 const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->value[field], sizeof s->value[field], fmt, ap);
    va_end(ap);
}

/* "sid" of the bundled sid.counts; false for other files. */
static bool experiments_form_bundled(const struct app *app, char *name, size_t size)
{
    char folder[PATH_MAX], here[PATH_MAX], real[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/demo/counts", datadir());
    if (!realpath(folder, real) || !realpath(app_file(app)->path, here))
        return false;
    size_t n = strlen(real);
    if (strncmp(here, real, n) != 0 || here[n] != '/')
        return false;
    snprintf(name, size, "%.*s", (int)strcspn(here + n + 1, "."), here + n + 1);
    return true;
}

/*
 * Paths and tasks that belong to a bundled model: sid has a head for speakers and hears pieces of
 * 0.2 s, pr has one for phones; the others have none and are evaluated by centroids. A set of marks
 * chosen before stays.
 */
static void fill_bundled(struct experiments_state *s, const char *name)
{
    const char *d = datadir();
    bool sid = strcmp(name, "sid") == 0, pr = strcmp(name, "pr") == 0;
    if (s->value[FIELD_WHAT][0] != '$')
        experiments_form_set(s, FIELD_WHAT, "%s", pr ? "phone" : "gender");
    experiments_form_set(s, FIELD_TASK, "%s", sid ? "sid" : pr ? "phones" : "centroid");
    experiments_form_set(s, FIELD_BY, "%s", pr ? "phone" : "gender");
    experiments_form_set(s, FIELD_PIECE, "%s", sid ? "0.2" : "whole");
    experiments_form_set(s, FIELD_MODEL, "%s/demo/models/%s.safetensors", d, name);
    experiments_form_set(s, FIELD_AUDIO, "%s/demo/audio", d);
    experiments_form_set(s, FIELD_LABELS, "%s/demo/textgrid", d);
    experiments_form_set(s, FIELD_SPEAKERS, "%s/demo/speakers.tsv", d);
}

/* Where the last answers are kept. */
static void name_last(const struct experiments_state *s, char *path, size_t size)
{
    snprintf(path, size, "%s/last", s->jobs.folder);
}

/* The answers of the last time, for what was not told. */
static void fill_last(struct experiments_state *s)
{
    char path[PATH_MAX + 8];
    struct mapped m;
    struct lines lines;
    struct span line;
    struct err err;
    name_last(s, path, sizeof path);
    if (mapped_open(&m, path, &err))
        return;
    bool good = lines_begin(&lines, m.data, m.size, path, &err) == STATUS_OK;
    while (good && lines_next(&lines, &line))
        for (size_t f = 0; f < FIELD_COUNT; f++) {
            size_t n = strlen(fields[f].key);
            if (line.n > n && line.s[n] == '=' && memcmp(line.s, fields[f].key, n) == 0 &&
                line.n - n - 1 < sizeof s->value[f])
                snprintf(s->value[f], sizeof s->value[f], "%.*s", (int)(line.n - n - 1),
                         line.s + n + 1);
        }
    mapped_close(&m);
}

/* That the answers cannot be kept spoils nothing but the next time. */
static void keep_last(const struct experiments_state *s)
{
    char path[PATH_MAX + 8];
    struct outfile f;
    struct err err;
    name_last(s, path, sizeof path);
    if (outfile_open(&f, path, &err))
        return;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        fprintf(f.stream, "%s=%s\n", fields[i].key, s->value[i]);
    outfile_commit(&f, &err);
}

bool experiments_bundled(const struct app *app, char *demo, size_t size)
{
    char name[64];
    snprintf(demo, size, "%s/demo", datadir());
    return experiments_form_bundled(app, name, sizeof name);
}

void experiments_form_open(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    experiments_form_fill(app);
    s->form = true;
    s->field = s->value[FIELD_MODEL][0] ? FIELD_COUNT : FIELD_MODEL;
}

/*
 * Default values, once in a session: what is typed later stays. For the bundled demo files
 * everything is known; for others the values of the last experiment are read, as the paths of model
 * and recordings are the same most of the time.
 */
void experiments_form_fill(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    char name[64];
    if (s->filled)
        return;
    s->filled = true;
    experiments_form_set(s, FIELD_WHAT, "%s",
                         neuron_set_total(marks_set(app)) ? "$" MARKS_NAME : app_property(app));
    experiments_form_set(s, FIELD_LAYERS, "all");
    experiments_form_set(s, FIELD_EDIT, "erase");
    experiments_form_set(s, FIELD_TASK, "centroid");
    experiments_form_set(s, FIELD_CONTROLS, "100");
    experiments_form_set(s, FIELD_PIECE, "whole");
    experiments_form_set(s, FIELD_NOISE, "0");
    if (experiments_form_bundled(app, name, sizeof name))
        fill_bundled(s, name);
    else
        fill_last(s);
}

/* The request in the making, with the texts that it borrows. */
struct form_request {
    struct experiment_request r;
    char path[6][PATH_MAX]; /* of files, absolute: the process may outlive this folder */
    struct link basis;      /* sigma, lambda, conditions */
    size_t paths;
};

/* Where a field is empty nothing is set. */
static enum status form_set(struct form_request *f, const char *name, const char *value,
                            struct err *err)
{
    return *value ? experiment_request_set(&f->r, name, value, err) : STATUS_OK;
}

/*
 * VALUE as an absolute path. A path that does not exist stays as typed, so that the message names
 * what was typed.
 */
static enum status form_set_path(struct form_request *f, const char *name, const char *value,
                                 struct err *err)
{
    char *path = f->path[f->paths];
    if (*value && realpath(value, path)) {
        f->paths++;
        value = path;
    }
    return form_set(f, name, value, err);
}

static enum status experiments_form_need(const struct experiments_state *s, enum experiment_field f,
                                         struct err *err)
{
    if (s->value[f][0])
        return STATUS_OK;
    return err_set(err, STATUS_USAGE, "%s: %s", fields[f].label, fields[f].help);
}

/* "scale 0.5": is S that verb, and what is behind it? */
static bool experiments_form_verb(const char *s, const char *word, const char **rest)
{
    size_t n = strlen(word);
    if (strncmp(s, word, n) != 0 || (s[n] && s[n] != ' '))
        return false;
    *rest = s + n + strspn(s + n, " ");
    return true;
}

/* Journals and processes know nothing of marks and names: such a set becomes a list beside them. */
enum status experiments_plain_set(struct app *app, char *text, size_t size, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    struct neuron_set set;
    struct neuron at = NEURON_FIRST;
    char path[PATH_MAX + 64];
    if (!strchr(text, '$'))
        return STATUS_OK;
    if (!app->threads)
        return err_set(err, STATUS_UNSUPPORTED, "experiments cannot be started here");
    enum status code = marks_evaluate(app, text, SETEXPR_EVERY, &set, NULL, err);
    if (code)
        return code;
    uint64_t hash = corpus_hash(text);
    while (neuron_set_next(&set, &at))
        hash = (hash ^ ((uint64_t)(at.layer + 1) << 32 | at.number)) * UINT64_C(1099511628211);
    snprintf(path, sizeof path, "%s/set-%016" PRIx64 ".txt", s->jobs.folder, hash);
    if (strlen(path) + 2 > size)
        code = err_set(err, STATUS_USAGE, "%s: too long a path", path);
    if (!code)
        code = jobs_make_folder(&s->jobs, err);
    if (!code)
        code = setfile_write(&set, path, text, err);
    neuron_set_free(&set);
    if (!code)
        snprintf(text, size, "@%s", path);
    return code;
}

/* "gender:lape" as the property and the selector of its groups; false for any other set. */
static bool form_set_rule(const struct app *app, struct form_request *f, const char *what,
                          enum status *code, struct err *err)
{
    const struct names *names = &app_session(app)->names;
    const char *colon = strrchr(what, ':');
    const struct selector *selector = colon ? selector_find(colon + 1) : NULL;
    for (uint32_t i = 0; i < names->count && selector; i++)
        if (strlen(names->name[i]) == (size_t)(colon - what) &&
            strncmp(names->name[i], what, (size_t)(colon - what)) == 0) {
            *code = form_set(f, "property", names->name[i], err);
            if (!*code)
                *code = form_set(f, "select", selector->name, err);
            return true;
        }
    return false;
}

/* What is done to which neurons. */
static enum status form_set_edit(const struct app *app, struct form_request *f, struct err *err)
{
    const struct experiments_state *s = experiments_state(app);
    const char *edit = s->value[FIELD_EDIT], *what = s->value[FIELD_WHAT], *rest;
    bool property = names_find(&app_session(app)->names, what) != NAMES_NONE;
    enum status code;
    if (experiments_form_verb(edit, "prune", &rest)) {
        experiment_request_init(&f->r, EXPERIMENT_CURVE);
        code = form_set(f, "keep", *rest ? rest : "10%,20%,40%,60%,80%,100%", err);
        return code ? code : form_set(f, "protect", what, err);
    }
    experiment_request_init(&f->r, EXPERIMENT_MATRIX);
    if (!form_set_rule(app, f, what, &code, err))
        code = form_set(f, property ? "property" : "set", what, err);
    if (!code)
        code = form_set(f, "controls", s->value[FIELD_CONTROLS], err);
    if (code)
        return code;
    if (experiments_form_verb(edit, "scale", &rest) && *rest)
        return form_set(f, "scale", rest, err);
    if (experiments_form_verb(edit, "mean", &rest) && *rest)
        return form_set_path(f, "mean", rest, err);
    if (strcmp(edit, "erase") == 0)
        return STATUS_OK;
    return err_set(err, STATUS_USAGE, "%s: %s", fields[FIELD_EDIT].label, fields[FIELD_EDIT].help);
}

/*
 * Absolute paths of all files, that of the counts included: sets and controls are computed from it.
 */
static enum status form_set_files(const struct app *app, struct form_request *f, struct err *err)
{
    const struct experiments_state *s = experiments_state(app);
    const struct {
        const char *name, *path;
    } files[] = {
        {"counts", app_file(app)->path},        {"model", s->value[FIELD_MODEL]},
        {"audio", s->value[FIELD_AUDIO]},       {"labels", s->value[FIELD_LABELS]},
        {"speakers", s->value[FIELD_SPEAKERS]},
    };
    enum status code = STATUS_OK;
    for (size_t i = 0; i < sizeof files / sizeof *files && !code; i++)
        code = form_set_path(f, files[i].name, files[i].path, err);
    return code;
}

/* VALUE, unless it is the word that stands for nothing. */
static const char *form_value(const char *value, const char *nothing)
{
    return strcmp(value, nothing) == 0 ? "" : value;
}

/*
 * The remaining fields. "all" layers and "whole" recordings are what a request has without those
 * options.
 */
static enum status form_set_task(const struct app *app, struct form_request *f, struct err *err)
{
    const struct experiments_state *s = experiments_state(app);
    const struct {
        const char *name, *value;
    } rest[] = {
        {"task", s->value[FIELD_TASK]},
        {"by", s->value[FIELD_BY]},
        {"layer", form_value(s->value[FIELD_LAYERS], "all")},
        {"piece", form_value(s->value[FIELD_PIECE], "whole")},
        {"noise", s->value[FIELD_NOISE]},
        {"journal", s->jobs.folder},
    };
    enum status code = STATUS_OK;
    for (size_t i = 0; i < sizeof rest / sizeof *rest && !code; i++)
        code = form_set(f, rest[i].name, rest[i].value, err);
    return code;
}

/* Sets and controls are those of the conditions that are set. */
static enum status form_set_basis(const struct app *app, struct form_request *f, struct err *err)
{
    const char *name, *value;
    size_t at = 0;
    enum status code = STATUS_OK;
    link_tell_basis(app, &f->basis);
    if (!buf_ok(&f->basis.text))
        return err_nomem(err);
    while (!code && link_next(&f->basis, &at, &name, &value))
        code = form_set(f, name, value, err);
    return code;
}

/*
 * Fields into a request. Named sets are written to a list first, since the process knows none of
 * them; then the fields that must not be empty are checked, then each is taken over.
 */
static enum status form_fill_request(struct app *app, struct form_request *f, struct err *err)
{
    static const enum experiment_field needed[] = {FIELD_WHAT, FIELD_TASK, FIELD_MODEL,
                                                   FIELD_AUDIO};
    struct experiments_state *s = experiments_state(app);
    enum status code =
        experiments_plain_set(app, s->value[FIELD_WHAT], sizeof s->value[FIELD_WHAT], err);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0] && !code; i++)
        code = experiments_form_need(s, needed[i], err);
    if (!code)
        code = form_set_edit(app, f, err);
    if (!code)
        code = form_set_files(app, f, err);
    if (!code)
        code = form_set_task(app, f, err);
    if (!code)
        code = form_set_basis(app, f, err);
    return code ? code : experiment_request_check(&f->r, err);
}

/*
 * Starts what the form says. *SAME is looked up before the start, which adds a journal; an
 * experiment with the same command continues its old one. The values are kept for the next session
 * only if the start succeeded.
 */
enum status experiments_form_start(struct app *app, size_t *same, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    struct form_request *f = calloc(1, sizeof *f);
    struct buf command = BUF_INIT;
    enum status code = f ? form_fill_request(app, f, err) : err_nomem(err);
    *same = s->jobs.count;
    if (!code) {
        experiment_request_command(&f->r, &command);
        *same = jobs_begun(&s->jobs, buf_text(&command));
        code = jobs_start(&s->jobs, &f->r, err);
    }
    if (!code)
        keep_last(s);
    buf_free(&command);
    if (f)
        link_free(&f->basis);
    free(f);
    return code;
}
