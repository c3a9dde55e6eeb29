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

static void set(struct experiments_state *s, enum experiment_field field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void set(struct experiments_state *s, enum experiment_field field, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->value[field], sizeof s->value[field], fmt, ap);
    va_end(ap);
}

/* "sid" of the bundled sid.counts; false for other files. */
static bool bundled(const struct app *app, char *name, size_t size)
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

static void fill_bundled(struct experiments_state *s, const char *name)
{
    const char *d = datadir();
    bool sid = strcmp(name, "sid") == 0, pr = strcmp(name, "pr") == 0;
    if (s->value[FIELD_WHAT][0] != '$')
        set(s, FIELD_WHAT, "%s", pr ? "phone" : "gender");
    set(s, FIELD_TASK, "%s", sid ? "sid" : pr ? "phones" : "centroid");
    set(s, FIELD_BY, "%s", pr ? "phone" : "gender");
    set(s, FIELD_PIECE, "%s", sid ? "0.2" : "whole");
    set(s, FIELD_MODEL, "%s/demo/models/%s.safetensors", d, name);
    set(s, FIELD_AUDIO, "%s/demo/audio", d);
    set(s, FIELD_LABELS, "%s/demo/textgrid", d);
    set(s, FIELD_SPEAKERS, "%s/demo/speakers.tsv", d);
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
    return bundled(app, name, sizeof name);
}

void experiments_form_open(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    experiments_form_fill(app);
    s->form = true;
    s->field = s->value[FIELD_MODEL][0] ? FIELD_COUNT : FIELD_MODEL;
}

void experiments_form_fill(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    char name[64];
    if (s->filled)
        return;
    s->filled = true;
    set(s, FIELD_WHAT, "%s", neuron_set_total(marks_set(app)) ? "$" MARKS_NAME : app_property(app));
    set(s, FIELD_LAYERS, "all");
    set(s, FIELD_EDIT, "erase");
    set(s, FIELD_TASK, "centroid");
    set(s, FIELD_CONTROLS, "100");
    set(s, FIELD_PIECE, "whole");
    set(s, FIELD_NOISE, "0");
    if (bundled(app, name, sizeof name))
        fill_bundled(s, name);
    else
        fill_last(s);
}

/* A command in the making. */
struct words {
    const char *word[JOBS_WORDS_MAX];
    char path[6][PATH_MAX]; /* of files, absolute: the process may outlive this folder */
    struct link basis;      /* sigma, lambda, conditions */
    size_t count, paths;
};

static void add(struct words *w, const char *option, const char *value)
{
    if (w->count + 3 > JOBS_WORDS_MAX)
        return;
    w->word[w->count++] = option;
    if (value)
        w->word[w->count++] = value;
}

static void add_path(struct words *w, const char *option, const char *value)
{
    char *path = w->path[w->paths];
    if (!*value)
        return;
    if (realpath(value, path))
        w->paths++;
    add(w, option, *value == '/' || !*path ? value : path);
}

static enum status need(const struct experiments_state *s, enum experiment_field f, struct err *err)
{
    if (s->value[f][0])
        return STATUS_OK;
    return err_set(err, STATUS_USAGE, "%s: %s", fields[f].label, fields[f].help);
}

/* "scale 0.5": is S that verb, and what is behind it? */
static bool verb(const char *s, const char *word, const char **rest)
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
        return err_set(err, STATUS_UNSUPPORTED, "experiments are only looked at here");
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

static enum status add_edit(const struct app *app, struct words *w, struct err *err)
{
    const struct experiments_state *s = experiments_state(app);
    const char *edit = s->value[FIELD_EDIT], *what = s->value[FIELD_WHAT], *rest;
    bool property = names_find(&app_session(app)->names, what) != NAMES_NONE;
    if (verb(edit, "prune", &rest)) {
        add(w, "prune", "--curve");
        add(w, "--keep", *rest ? rest : "10%,20%,40%,60%,80%,100%");
        add(w, "--protect", what);
        return STATUS_OK;
    }
    add(w, "erase", "--matrix");
    add(w, property ? "--property" : "--set", what);
    add(w, "--controls", s->value[FIELD_CONTROLS]);
    if (verb(edit, "scale", &rest) && *rest)
        add(w, "--scale", rest);
    else if (verb(edit, "mean", &rest) && *rest)
        add_path(w, "--mean", rest);
    else if (strcmp(edit, "erase") != 0)
        return err_set(err, STATUS_USAGE, "%s: %s", fields[FIELD_EDIT].label,
                       fields[FIELD_EDIT].help);
    return STATUS_OK;
}

static enum status add_rest(const struct app *app, struct words *w, struct err *err)
{
    static const enum experiment_field needed[] = {FIELD_WHAT, FIELD_TASK, FIELD_MODEL,
                                                   FIELD_AUDIO};
    const struct experiments_state *s = experiments_state(app);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (need(s, needed[i], err))
            return err->code;
    add_path(w, "--counts", app_file(app)->path);
    add_path(w, "--model", s->value[FIELD_MODEL]);
    add_path(w, "--audio", s->value[FIELD_AUDIO]);
    add_path(w, "--labels", s->value[FIELD_LABELS]);
    add_path(w, "--speakers", s->value[FIELD_SPEAKERS]);
    add(w, "--task", s->value[FIELD_TASK]);
    if (s->value[FIELD_BY][0])
        add(w, "--by", s->value[FIELD_BY]);
    if (s->value[FIELD_LAYERS][0] && strcmp(s->value[FIELD_LAYERS], "all") != 0)
        add(w, "--layer", s->value[FIELD_LAYERS]);
    if (s->value[FIELD_PIECE][0] && strcmp(s->value[FIELD_PIECE], "whole") != 0)
        add(w, "--piece", s->value[FIELD_PIECE]);
    if (s->value[FIELD_NOISE][0] && strcmp(s->value[FIELD_NOISE], "0") != 0)
        add(w, "--noise", s->value[FIELD_NOISE]);
    add(w, "--journal", s->jobs.folder);
    return STATUS_OK;
}

/* Sets and controls are those of the conditions at hand. */
static enum status add_basis(const struct app *app, struct words *w, struct err *err)
{
    const char *name, *value;
    size_t at = 0;
    link_tell_basis(app, &w->basis);
    if (!buf_ok(&w->basis.text))
        return err_nomem(err);
    while (link_next(&w->basis, &at, &name, &value)) {
        if (w->count + 3 > JOBS_WORDS_MAX)
            return err_set(err, STATUS_UNSUPPORTED, "too many conditions for an experiment");
        add(w,
            strcmp(name, "sigma") == 0 ? "--sigma"
            : *name == 'l'             ? "--lambda"
                                       : "--where",
            value);
    }
    return STATUS_OK;
}

enum status experiments_form_start(struct app *app, size_t *same, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    struct words *w = calloc(1, sizeof *w);
    enum status code =
        w ? experiments_plain_set(app, s->value[FIELD_WHAT], sizeof s->value[FIELD_WHAT], err)
          : err_nomem(err);
    if (!code)
        code = add_edit(app, w, err);
    if (!code)
        code = add_rest(app, w, err);
    if (!code)
        code = add_basis(app, w, err);
    *same = code ? s->jobs.count : jobs_begun(&s->jobs, w->word);
    if (!code)
        code = jobs_start(&s->jobs, w->word, err);
    if (!code)
        keep_last(s);
    if (w)
        link_free(&w->basis);
    free(w);
    return code;
}
