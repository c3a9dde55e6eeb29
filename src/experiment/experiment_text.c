/*
 * The lines of a journal, written and read.  Every line has a check sum of its own, so that a torn
 * or damaged one is known; nothing that is read is believed before its range was checked.
 */
#include "config.h"

#include "experiment/experiment_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <jansson.h>

#include "formats/countfile.h"
#include "base/mem.h"
#include "formats/jsontext.h"

#define FORMAT_VERSION 1
#define CRC_CHARS      9 /* with the tabulator */
/* What every journal begins with. */
static const char magic[] = "{\"propneu\":\"experiment\",";

/* Takes V over (NULL: no memory) and adds it as a line. 17 digits bring back every double, so that
 * a resumed experiment ends with the same results. */
static enum status put_line(struct buf *b, json_t *v, struct err *err)
{
    char *text = jsontext_dump(v, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(v);
    if (!text)
        return err_nomem(err);
    uLong crc = crc32_z(crc32(0, NULL, 0), (const unsigned char *)text, strlen(text));
    buf_printf(b, "%s\t%08lx\n", text, crc);
    free(text);
    return buf_ok(b) ? STATUS_OK : err_nomem(err);
}

/* Paths and names may hold bytes that are no UTF-8. */
static json_t *text_value(const char *text)
{
    char *copy = mem_strndup(text ? text : "", text ? strlen(text) : 0);
    json_t *v = NULL;
    if (copy) {
        /* Newlines part the settings. */
        for (char *line = copy, *end; line; line = end) {
            end = strchr(line, '\n');
            if (end)
                *end = '\0';
            counts_clean(line);
            if (end)
                *end++ = '\n';
        }
        v = json_string(copy);
    }
    free(copy);
    return v;
}

/* [neurons, poor, rate of the set, of the controls, norm of the set, of the controls]; null for
 * NAN. */
static json_t *match_value(const struct controls_match *m)
{
    json_t *v = json_array();
    json_array_append_new(v, json_integer(m->neurons));
    json_array_append_new(v, jsontext_real(m->poor));
    json_array_append_new(v, jsontext_real(m->set_rate));
    json_array_append_new(v, jsontext_real(m->control_rate));
    json_array_append_new(v, jsontext_real(m->set_norm));
    json_array_append_new(v, jsontext_real(m->control_norm));
    return v;
}

/* {"name": ..., "size": [layers], "match": [layers + 1] or null without controls} */
static json_t *row_value(const struct experiment *x, const struct experiment_row *r)
{
    json_t *v = json_object(), *size = json_array(), *match = r->match ? json_array() : json_null();
    for (uint32_t l = 0; l < x->layers; l++)
        json_array_append_new(size, json_integer(r->size[l]));
    for (uint32_t l = 0; r->match && l <= x->layers; l++)
        json_array_append_new(match, match_value(&r->match[l]));
    json_object_set_new(v, "name", text_value(r->name));
    json_object_set_new(v, "size", size);
    json_object_set_new(v, "match", match);
    return v;
}

/* A list of texts. */
static json_t *names_value(char **name, uint32_t count)
{
    json_t *v = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(v, text_value(name[i]));
    return v;
}

/* A step that changes nothing has row -1. */
static json_t *step_value(const struct experiment_step *s)
{
    json_int_t row = s->row == EXPERIMENT_NOTHING ? -1 : (json_int_t)s->row;
    return json_pack("[IIi]", row, (json_int_t)s->point, (int)s->draw);
}

/* {"strata": ..., "enumerated": ..., "speakers": [units], "labels": [1 + draws][units]} */
static json_t *relabelled_value(const struct experiment_relabelled *r)
{
    json_t *v = json_object(), *labels = json_array();
    for (uint32_t d = 0; d <= r->draws; d++) {
        json_t *row = json_array();
        for (uint32_t u = 0; u < r->units; u++)
            json_array_append_new(row, json_integer(r->label[(size_t)d * r->units + u]));
        json_array_append_new(labels, row);
    }
    json_object_set_new(v, "strata", text_value(r->strata));
    json_object_set_new(v, "enumerated", json_boolean(r->enumerated));
    json_object_set_new(v, "speakers", names_value(r->unit, r->units));
    json_object_set_new(v, "labels", labels);
    return v;
}

/* The first line holds the whole plan, so that a reader needs no other file. The request is left
 * out where there is none. */
enum status experiment_put_head(struct buf *b, const struct experiment *x, struct err *err)
{
    json_t *v = json_object();
    json_t *row = json_array(), *point = json_array(), *step = json_array();
    for (uint32_t r = 0; r < x->rows; r++)
        json_array_append_new(row, row_value(x, &x->row[r]));
    for (uint32_t p = 0; p < x->points; p++)
        json_array_append_new(point, jsontext_real(x->point[p]));
    for (uint32_t i = 0; i < x->steps; i++)
        json_array_append_new(step, step_value(&x->step[i]));
    json_object_set_new(v, "propneu", json_string("experiment"));
    json_object_set_new(v, "version", json_integer(FORMAT_VERSION));
    json_object_set_new(v, "kind", json_string(experiment_kind_name(x->kind)));
    json_object_set_new(v, "started", json_integer(x->started));
    json_object_set_new(v, "title", text_value(x->title));
    json_object_set_new(v, "command", text_value(x->command));
    if (x->request && *x->request)
        json_object_set_new(v, "request", text_value(x->request));
    json_object_set_new(v, "settings", text_value(x->settings));
    json_object_set_new(v, "layers", json_integer(x->layers));
    json_object_set_new(v, "neurons", json_integer((json_int_t)x->all_neurons));
    json_object_set_new(v, "measures", names_value(x->measure, x->measures));
    json_object_set_new(v, "columns", names_value(x->column, x->columns));
    json_object_set_new(v, "rows", row);
    json_object_set_new(v, "points", point);
    json_object_set_new(v, "steps", step);
    if (x->relabelled.strata)
        json_object_set_new(v, "relabelled", relabelled_value(&x->relabelled));
    return put_line(b, v, err);
}

/* -1 where a task knows none. */
static json_t *errors_value(const struct experiment_cell *cell)
{
    return json_integer(cell->errors == EXPERIMENT_NO_ERRORS ? -1 : (json_int_t)cell->errors);
}

/* Errors, trials and loss of CELL [cells] as three lists of V. */
static void put_cells(json_t *v, const struct experiment_cell *cell, uint32_t cells)
{
    json_t *errors = json_array(), *trials = json_array(), *loss = json_array();
    for (uint32_t c = 0; c < cells; c++) {
        json_array_append_new(errors, errors_value(&cell[c]));
        json_array_append_new(trials, json_integer((json_int_t)cell[c].trials));
        json_array_append_new(loss, jsontext_real(cell[c].loss));
    }
    json_object_set_new(v, "errors", errors);
    json_object_set_new(v, "trials", trials);
    json_object_set_new(v, "loss", loss);
}

enum status experiment_put_step(struct buf *b, const struct experiment *x, uint32_t step,
                                int64_t at, struct err *err)
{
    json_t *v = json_object(), *speakers;
    json_object_set_new(v, "step", json_integer(step));
    json_object_set_new(v, "neurons", json_integer(x->neurons[step]));
    json_object_set_new(v, "at", json_integer(at));
    json_object_set_new(v, "left_out", json_integer((json_int_t)x->left_out));
    put_cells(v, experiment_cells(x, step, 0), x->measures * x->columns);
    if (x->relabelled.units && (speakers = json_object())) {
        put_cells(speakers, experiment_speakers(x, step, 0), x->measures * x->relabelled.units);
        json_object_set_new(v, "speakers", speakers);
    }
    return put_line(b, v, err);
}

/* The next whole line of what is left, parsed; *TORN: the end, or no whole line any more. A line is
 * whole if its CRC-32 holds, so a kill within a write and a damaged disk look alike. */
static json_t *next_line(const char **at, size_t *left, bool *torn)
{
    const char *end = *left ? memchr(*at, '\n', *left) : NULL;
    size_t n = end ? (size_t)(end - *at) : 0;
    char crc[CRC_CHARS + 1];
    *torn = true;
    if (n < CRC_CHARS)
        return NULL;
    snprintf(crc, sizeof crc, "\t%08lx",
             crc32_z(crc32(0, NULL, 0), (const unsigned char *)*at, n - CRC_CHARS));
    if (memcmp(end - CRC_CHARS, crc, CRC_CHARS) != 0)
        return NULL;
    json_t *v = json_loadb(*at, n - CRC_CHARS, 0, NULL);
    *torn = false;
    *at += n + 1;
    *left -= n + 1;
    return v;
}

/* Whole numbers from 0 to LAST; false for anything else. */
static bool get_u32(const json_t *v, uint32_t last, uint32_t *out)
{
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < 0 || n > (json_int_t)last)
        return false;
    *out = (uint32_t)n;
    return true;
}

/* A number, or null for NAN. */
static bool get_number(const json_t *v, double *out)
{
    *out = json_is_number(v) ? json_number_value(v) : NAN;
    return json_is_number(v) || json_is_null(v);
}

/* A copy of a string, owned by the caller. */
static bool get_text(const json_t *v, char **out)
{
    *out = json_is_string(v) ? mem_strndup(json_string_value(v), json_string_length(v)) : NULL;
    return *out != NULL;
}

/* What match_value writes. */
static bool get_match(const json_t *v, struct controls_match *m)
{
    return json_array_size(v) == 6 && get_u32(json_array_get(v, 0), UINT32_MAX, &m->neurons) &&
           get_number(json_array_get(v, 1), &m->poor) &&
           get_number(json_array_get(v, 2), &m->set_rate) &&
           get_number(json_array_get(v, 3), &m->control_rate) &&
           get_number(json_array_get(v, 4), &m->set_norm) &&
           get_number(json_array_get(v, 5), &m->control_norm);
}

/* What row_value writes, for a model of LAYERS layers. */
static bool get_row(const json_t *v, uint32_t layers, struct experiment_row *r)
{
    const json_t *size = json_object_get(v, "size"), *match = json_object_get(v, "match");
    if (!get_text(json_object_get(v, "name"), &r->name) || json_array_size(size) != layers)
        return false;
    r->size = mem_zeros(layers, sizeof *r->size);
    bool good = r->size != NULL;
    for (uint32_t l = 0; good && l < layers; l++)
        good = get_u32(json_array_get(size, l), UINT32_MAX, &r->size[l]);
    if (!good || !json_is_array(match))
        return good && json_is_null(match);
    r->match = json_array_size(match) == layers + (size_t)1
                   ? mem_zeros(layers + (size_t)1, sizeof *r->match)
                   : NULL;
    good = r->match != NULL;
    for (uint32_t l = 0; good && l <= layers; l++)
        good = get_match(json_array_get(match, l), &r->match[l]);
    return good;
}

/* [row, point, draw]; row and point must be among those of X. */
static bool get_step(const json_t *v, const struct experiment *x, struct experiment_step *s)
{
    const json_t *row = json_array_get(v, 0);
    s->row = EXPERIMENT_NOTHING;
    return json_array_size(v) == 3 &&
           ((json_is_integer(row) && json_integer_value(row) == -1) ||
            get_u32(row, x->rows - 1, &s->row)) &&
           get_u32(json_array_get(v, 1), x->points - 1, &s->point) &&
           get_u32(json_array_get(v, 2), INT32_MAX, &s->draw);
}

/* A list of names that is not empty. */
static bool get_names(const json_t *v, char ***name, uint32_t *count)
{
    size_t n = json_array_size(v);
    bool good = n > 0 && n <= UINT16_MAX && (*name = mem_zeros(n, sizeof **name)) != NULL;
    for (*count = 0; good && *count < n; ++*count)
        good = get_text(json_array_get(v, *count), &(*name)[*count]);
    return good;
}

/* Journals of earlier versions have no request. */
static bool get_request(const json_t *v, char **out)
{
    if (v)
        return get_text(v, out);
    *out = mem_strndup("", 0);
    return *out != NULL;
}

/* What relabelled_value writes; nothing in an experiment without. */
static bool get_relabelled(const json_t *v, const struct experiment *x,
                           struct experiment_relabelled *r)
{
    const json_t *labels = json_object_get(v, "labels"), *unit = json_object_get(v, "speakers");
    bool matrix = x->kind == EXPERIMENT_MATRIX; /* a curve has no speakers */
    size_t draws = json_array_size(labels), cells;
    if (!v)
        return true;
    if (!draws || draws > INT32_MAX || (matrix && x->points < 2) ||
        matrix != (json_array_size(unit) > 0) ||
        !get_text(json_object_get(v, "strata"), &r->strata) ||
        (matrix && !get_names(unit, &r->unit, &r->units)) || !mul_size(draws, r->units, &cells) ||
        !(r->label = mem_array(cells, sizeof *r->label)))
        return false;
    r->enumerated = json_is_true(json_object_get(v, "enumerated"));
    r->draws = (uint32_t)draws - 1;
    bool good = true;
    for (size_t i = 0; good && i < cells; i++) {
        const json_t *row = json_array_get(labels, i / r->units);
        good = json_array_size(row) == r->units &&
               get_u32(json_array_get(row, i % r->units), x->rows - 1, &r->label[i]);
    }
    return good;
}

/* The lists of the first line. */
static bool get_lists(const json_t *v, struct experiment *x)
{
    const json_t *row = json_object_get(v, "rows");
    const json_t *point = json_object_get(v, "points"), *step = json_object_get(v, "steps");
    size_t rows = json_array_size(row);
    size_t points = json_array_size(point), steps = json_array_size(step);
    if (!rows || !points || !steps || rows + points + steps > INT32_MAX ||
        !get_names(json_object_get(v, "measures"), &x->measure, &x->measures) ||
        !get_names(json_object_get(v, "columns"), &x->column, &x->columns))
        return false;
    x->row = mem_zeros(rows, sizeof *x->row);
    x->point = mem_zeros(points, sizeof *x->point);
    x->step = mem_zeros(steps, sizeof *x->step);
    if (!x->row || !x->point || !x->step)
        return false;
    bool good = true;
    for (x->rows = 0; good && x->rows < rows; x->rows++)
        good = get_row(json_array_get(row, x->rows), x->layers, &x->row[x->rows]);
    for (x->points = 0; good && x->points < points; x->points++)
        good = get_number(json_array_get(point, x->points), &x->point[x->points]);
    for (x->steps = 0; good && x->steps < steps; x->steps++)
        good = get_step(json_array_get(step, x->steps), x, &x->step[x->steps]);
    return good;
}

/*
 * The plan of the first line, and room for results. On failure X is left to be freed by the caller.
 */
static bool get_head(const json_t *v, struct experiment *x)
{
    const char *kind = json_string_value(json_object_get(v, "kind"));
    if (!kind || json_integer_value(json_object_get(v, "version")) != FORMAT_VERSION)
        return false;
    x->kind = strcmp(kind, "matrix") == 0 ? EXPERIMENT_MATRIX : EXPERIMENT_CURVE;
    x->started = x->changed = json_integer_value(json_object_get(v, "started"));
    uint32_t neurons;
    if (!get_u32(json_object_get(v, "neurons"), UINT32_MAX, &neurons))
        return false;
    x->all_neurons = neurons;
    return strcmp(kind, experiment_kind_name(x->kind)) == 0 &&
           get_u32(json_object_get(v, "layers"), UINT16_MAX, &x->layers) &&
           get_text(json_object_get(v, "title"), &x->title) &&
           get_text(json_object_get(v, "command"), &x->command) &&
           get_request(json_object_get(v, "request"), &x->request) &&
           get_text(json_object_get(v, "settings"), &x->settings) && get_lists(v, x) &&
           get_relabelled(json_object_get(v, "relabelled"), x, &x->relabelled) &&
           experiment_room(x, NULL) == STATUS_OK;
}

/* What put_cells writes, into CELL [cells]. */
static bool get_cells(const json_t *v, struct experiment_cell *cell, uint32_t cells)
{
    const json_t *errors = json_object_get(v, "errors"), *trials = json_object_get(v, "trials");
    const json_t *loss = json_object_get(v, "loss");
    if (json_array_size(errors) != cells || json_array_size(trials) != cells ||
        json_array_size(loss) != cells)
        return false;
    for (uint32_t c = 0; c < cells; c++) {
        const json_t *e = json_array_get(errors, c), *t = json_array_get(trials, c);
        if (!json_is_integer(e) || !json_is_integer(t) || json_integer_value(e) < -1 ||
            json_integer_value(t) < 0 || !get_number(json_array_get(loss, c), &cell[c].loss))
            return false;
        /* -1 becomes EXPERIMENT_NO_ERRORS. */
        cell[c].errors = (uint64_t)json_integer_value(e);
        cell[c].trials = (uint64_t)json_integer_value(t);
    }
    return true;
}

/* A step's line; one that is there twice counts once. */
static bool get_done(const json_t *v, struct experiment *x)
{
    uint32_t i;
    if (!get_u32(json_object_get(v, "step"), x->steps - 1, &i) ||
        !get_u32(json_object_get(v, "neurons"), (uint32_t)x->all_neurons, &x->neurons[i]) ||
        !get_cells(v, experiment_cells(x, i, 0), x->measures * x->columns))
        return false;
    if (x->relabelled.units &&
        !get_cells(json_object_get(v, "speakers"), experiment_speakers(x, i, 0),
                   x->measures * x->relabelled.units))
        return false;
    json_int_t left = json_integer_value(json_object_get(v, "left_out"));
    if (left > 0 && (uint64_t)left > x->left_out)
        x->left_out = (uint64_t)left;
    x->done += !x->is_done[i];
    x->is_done[i] = true;
    x->changed = json_integer_value(json_object_get(v, "at"));
    return true;
}

enum experiment_found experiment_get(struct experiment *out, const char *bytes, size_t size,
                                     size_t *good)
{
    struct experiment x = {0};
    const char *at = bytes;
    size_t left = size, begin = size < strlen(magic) ? size : strlen(magic);
    bool torn;
    *good = 0;
    if (begin && memcmp(bytes, magic, begin) != 0)
        return EXPERIMENT_OTHER;
    /* A file shorter than the magic bytes may be a journal that a kill cut off. */
    if (!size || !memchr(bytes, '\n', size))
        return EXPERIMENT_BEGUN;
    json_t *v = next_line(&at, &left, &torn);
    bool fine = v && get_head(v, &x);
    json_decref(v);
    while (fine && !torn) {
        *good = size - left;
        v = next_line(&at, &left, &torn);
        fine = torn || (v && get_done(v, &x));
        json_decref(v);
    }
    if (fine)
        *out = x;
    else
        experiment_free(&x);
    return fine ? EXPERIMENT_WHOLE : EXPERIMENT_DAMAGED;
}
