/*
 * propneu stability --difference and --contrast: what is compared under draws of the speakers.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/commands/bootstrap_options.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_stability.h"
#include "cli/commands/stability_run.h"

enum status stability_settings(struct answer *answer, const struct stability_run *r,
                               struct err *err)
{
    return report_settings(answer_add(answer), &r->in->analysis, err);
}

/* The statistics of LIST, "size,size:female", with their texts in TEXT, to be freed. */
static enum status stability_statistics(struct difference_request *d, const char *list, char **text,
                                        struct err *err)
{
    enum status code = STATUS_OK;
    char *item = *text = mem_strndup(list, strlen(list));
    if (!item)
        return err_nomem(err);
    for (char *next; item && !code; item = next) {
        next = strchr(item, ',');
        if (next)
            *next++ = '\0';
        code = difference_add(d, item, err);
    }
    return code;
}

/* Layers that both files have, of those asked for. */
static enum status stability_both(struct stability_run *r, const struct analysis_input *b,
                                  struct err *err)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->layers; i++)
        if (r->layer[i] < b->counts.layers)
            r->layer[n++] = r->layer[i];
    if (n < r->layers && r->c->layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)", r->c->other,
                       r->layer[r->layers - 1] + 1, b->counts.layers);
    if (n < r->layers || b->counts.layers > r->in->counts.layers)
        cli_note(r->cli, "%s has %u layers, %s %u: the first %u are compared", r->in->counts.path,
                 r->in->counts.layers, r->c->other, b->counts.layers, n);
    r->layers = n;
    return STATUS_OK;
}

/* What is to be known of rows: how their speakers were drawn, and those of layers and statistics
 * that have no interval.  Said on stderr; NOTES also go with JSON. */
static void stability_say(const struct stability_run *r, const struct names *notes)
{
    for (uint32_t i = 0; i < notes->count; i++)
        cli_note(r->cli, "%s", notes->name[i]);
}

/* Adds WHY of a row of the draws D, unless that says it itself; false without memory. */
static bool stability_note_why(struct names *notes, const struct bootstrap_design *d,
                               const char *statistic, const char *why)
{
    char text[128];
    if (!why || d->fixed[0])
        return true;
    snprintf(text, sizeof text, "%.40s: no interval: %s", statistic, why);
    return names_add(notes, text) != NAMES_NONE;
}

static enum status stability_difference_notes(struct names *notes, const struct difference *d,
                                              const struct counts *a, const struct counts *b,
                                              struct err *err)
{
    bool ok = difference_note_recordings(notes, a, b) && bootstrap_notes(notes, &d->design, "");
    for (uint32_t i = 0; i < d->rows && ok; i++)
        ok = stability_note_why(notes, &d->design, d->row[i].statistic.statistic->name,
                                d->row[i].why);
    return ok ? STATUS_OK : err_nomem(err);
}

static enum status stability_contrast_notes(struct names *notes, const struct contrast *c,
                                            struct err *err)
{
    bool ok = bootstrap_notes(notes, &c->design, "");
    for (uint32_t i = 0; i < c->rows && ok; i++)
        ok = stability_note_why(notes, &c->design, c->row[i].statistic->name, c->row[i].why);
    return ok ? STATUS_OK : err_nomem(err);
}

/* The answer for programs; ANSWER has the settings, which the comparison narrows, already. */
static enum status stability_difference_tables(FILE *out, struct stability_run *r,
                                               struct answer *answer, const struct difference *d,
                                               const struct names *notes, struct err *err)
{
    enum status code = report_drawn(answer_add(answer), &d->design, true, err);
    if (!code)
        code = report_notes(answer_add(answer), notes, err);
    if (!code)
        code = report_shared(answer_add(answer), d, r->c->other, err);
    if (!code)
        code = report_difference(answer_add(answer), d, r->c->property, err);
    if (!code)
        code = answer_print(out, r->cli->format, answer, err);
    return code;
}

enum status stability_difference(FILE *out, struct stability_run *r, struct err *err)
{
    struct analysis_input b;
    struct difference d = {.rows = 0};
    struct answer answer = ANSWER_INIT;
    struct names notes = NAMES_INIT;
    char *text = NULL;
    struct difference_request request = {.property = r->c->property,
                                         .best = r->c->best,
                                         .excess = r->c->excess,
                                         .bootstrap = r->c->bootstrap,
                                         .threads = r->cli->threads,
                                         .progress = progress_share,
                                         .progress_context = &r->progress};
    enum status code = analysis_open(&b, r->c->other, &r->c->options, err);
    if (!code)
        code = stability_statistics(&request, r->c->statistics ? r->c->statistics : "size,full-dim",
                                    &text, err);
    if (!code)
        code = stability_both(r, &b, err);
    request.layer = r->layer;
    request.layers = r->layers;
    if (!code && r->cli->format == CLI_TEXT)
        print_settings(out, r->in);
    else if (!code)
        code = stability_settings(&answer, r, err);
    if (!code)
        code = difference_make(&d, &r->in->analysis, &b.analysis, &request, err);
    progress_end(&r->progress);
    if (!code)
        code = stability_difference_notes(&notes, &d, &r->in->counts, &b.counts, err);
    stability_say(r, &notes);
    if (!code && r->cli->format == CLI_TEXT)
        print_difference(out, &d, r->c->property, r->c->other);
    else if (!code)
        code = stability_difference_tables(out, r, &answer, &d, &notes, err);
    names_free(&notes);
    answer_free(&answer);
    difference_free(&d);
    free(text);
    analysis_close(&b);
    return code;
}

/* Marks the layers TEXT, "1,3-5", in SIDE as on the side WHICH; they may be on no other. */
static enum status stability_side(const struct stability_run *r, const char *text, int which,
                                  signed char *side, struct err *err)
{
    uint32_t *layer = NULL, layers = 0;
    enum status code = layer_list_parse(text, &r->in->analysis, &layer, &layers, err);
    for (uint32_t i = 0; i < layers && !code; i++) {
        if (side[layer[i]] && side[layer[i]] != which)
            code = err_set(err, STATUS_USAGE, "--contrast %s: layer %u is on both sides",
                           r->c->contrast, layer[i] + 1);
        side[layer[i]] = (signed char)which;
    }
    free(layer);
    return code;
}

/* The sides of --contrast LAYERS:LAYERS into SIDE [layers of the file]. */
static enum status stability_sides(const struct stability_run *r, signed char *side,
                                   struct err *err)
{
    const char *text = r->c->contrast;
    size_t n = strcspn(text, ":");
    char *first = mem_strndup(text, n);
    enum status code = STATUS_OK;
    if (!first)
        return err_nomem(err);
    if (n == 0 || text[n] != ':' || !text[n + 1])
        code =
            err_set(err, STATUS_USAGE, "--contrast takes LAYERS:LAYERS, as 1:5-8, not '%s'", text);
    if (!code)
        code = stability_side(r, first, 1, side, err);
    if (!code)
        code = stability_side(r, text + n + 1, -1, side, err);
    free(first);
    return code;
}

static enum status stability_contrast_tables(FILE *out, struct stability_run *r,
                                             const struct contrast *c, const struct names *notes,
                                             struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = stability_settings(&answer, r, err);
    if (!code)
        code = report_notes(answer_add(&answer), notes, err);
    if (!code)
        code = report_drawn(answer_add(&answer), &c->design, true, err);
    if (!code)
        code = report_contrast(answer_add(&answer), c, err);
    if (!code)
        code = answer_print(out, r->cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* Layers of one file against others.  All of its layers have a part in p_max. */
enum status stability_contrast(FILE *out, struct stability_run *r, struct err *err)
{
    struct contrast c = {.rows = 0};
    struct names notes = NAMES_INIT;
    char *text = NULL;
    signed char *side = mem_zeros(r->layers, sizeof *side);
    const struct contrast_sides sides = {side, r->layers, r->c->best};
    struct difference_request request = {.property = r->c->property,
                                         .layer = r->layer,
                                         .layers = r->layers,
                                         .bootstrap = r->c->bootstrap,
                                         .threads = r->cli->threads,
                                         .progress = progress_share,
                                         .progress_context = &r->progress};
    enum status code = side ? stability_sides(r, side, err) : err_nomem(err);
    if (!code)
        code = stability_statistics(&request, r->c->statistics ? r->c->statistics : "size,full-dim",
                                    &text, err);
    if (!code)
        code = contrast_make(&c, &r->in->analysis, &request, &sides, err);
    progress_end(&r->progress);
    if (!code)
        code = stability_contrast_notes(&notes, &c, err);
    stability_say(r, &notes);
    if (!code && r->cli->format == CLI_TEXT) {
        print_settings(out, r->in);
        print_contrast(out, &c);
    } else if (!code) {
        code = stability_contrast_tables(out, r, &c, &notes, err);
    }
    contrast_free(&c);
    names_free(&notes);
    free(side);
    free(text);
    return code;
}
