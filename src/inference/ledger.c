/*
 * The table of the claims, with the published figures (Lin et al., SLT 2024, and the authors'
 * published figure data), and the nulls that several of them need.
 */
#include "config.h"

#include "inference/ledger_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inference/difference_parts.h"

const char *const ledger_roles[LEDGER_ROLES] = {"ssl", "sid", "pr"};

const char *ledger_verdict_name(enum ledger_verdict v)
{
    static const char *const name[] = {"holds", "fails", "cannot tell"};
    return name[v];
}

static const struct ledger_claim ledger_claims[] = {
    {"phone classes have neurons of their own", "Figure 7", "115 to 375 in a layer", LEDGER_SSL,
     "phone", ledger_judge_exceeds, 0, 0, 0, 0},
    {"gender has neurons of its own", "Figure 7", "11 to 278 in a layer", LEDGER_SSL, "gender",
     ledger_judge_exceeds, 0, 0, 0, 0},
    {"pitch has neurons of its own", "Figure 7", "11 to 190 in a layer", LEDGER_SSL, "pitch",
     ledger_judge_exceeds, 0, 0, 0, 0},
    {"phone classes separate best at two thirds of the depth", "Figure 4", "layer 8 of 12, .274",
     LEDGER_SSL, "phone", ledger_judge_best, 8, 8, 0, 0},
    {"genders separate best in the first layer", "Figure 4", "layer 1 of 12, .407", LEDGER_SSL,
     "gender", ledger_judge_best, 1, 1, 0, 0},
    {"pitch separates best in the first layer", "Figure 4", "layer 1 of 12, .253", LEDGER_SSL,
     "pitch", ledger_judge_best, 1, 1, 0, 0},
    {"middle layers lack gender (first layer minus these)", "Figure 4", ".407 against -.02",
     LEDGER_SSL, "gender", ledger_judge_lacks, 1, 1, 5, 8},
    {"middle layers lack pitch (first layer minus these)", "Figure 4", ".253 against -.04",
     LEDGER_SSL, "pitch", ledger_judge_lacks, 1, 1, 5, 8},
    {"the last layer has gender again (minus middle layers)", "Figure 4", ".355 against -.02",
     LEDGER_SSL, "gender", ledger_judge_contrast, 12, 12, 5, 8},
    {"speaker identification raises gender", "Figure 5", ".407 to .636", LEDGER_SID, "gender",
     ledger_judge_raises, 0, 0, 0, 0},
    {"speaker identification raises pitch", "Figure 5", ".253 to .394", LEDGER_SID, "pitch",
     ledger_judge_raises, 0, 0, 0, 0},
    {"phone recognition leaves phone classes (within .05)", "Figure 5", ".274 to .261", LEDGER_PR,
     "phone", ledger_judge_leaves, 0, 0, 0, 0},
    {"gender and pitch neurons overlap in the first layer", "Figure 8", "140 of 278 and 190",
     LEDGER_SSL, "gender", ledger_judge_overlap, 1, 1, 0, 0},
    {"erasing a gender's neurons hurts its own speakers most", "Table 1",
     "22.43 and 18.58 against 2.24 and 4.10 points", LEDGER_SID, "gender", ledger_judge_edit, 0, 0,
     0, 0},
};

enum { LEDGER_CLAIMS = sizeof ledger_claims / sizeof *ledger_claims };

static int ledger_property_number(const char *property)
{
    static const char *const name[] = {"phone", "gender", "pitch"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name[i], property) == 0)
            return i;
    return 0;
}

struct exchange_options ledger_exchange(const struct ledger_request *r)
{
    const struct bootstrap_options *o = &r->bootstrap;
    return (struct exchange_options){.strata = o->strata,
                                     .speakers = o->speakers,
                                     .tokens = o->tokens,
                                     .draws = o->draws,
                                     .seed = o->seed};
}

const struct null_row *ledger_null_row(const struct null_result *n, uint32_t statistic,
                                       uint32_t layer)
{
    return &n->row[(size_t)statistic * (n->rows / 2) + layer];
}

enum status ledger_null(struct ledger_work *w, enum ledger_role role, const char *property,
                        struct ledger_row *row, const struct null_result **out, struct err *err)
{
    int number = ledger_property_number(property);
    struct null_result *n = &w->null[role][number];
    struct analysis *a = w->r->file[role];
    struct null_request request = {
        .property = property, .exchange = ledger_exchange(w->r), .threads = w->r->threads};
    enum status code = STATUS_OK;
    *out = NULL;
    if (!a) {
        snprintf(row->why, sizeof row->why, "no file %s=FILE was given", ledger_roles[role]);
        return STATUS_OK;
    }
    if (!w->made[role][number]) {
        code = null_add_statistic(&request, "size", a, NULL, err);
        if (!code)
            code = null_add_statistic(&request, "full-dim", a, NULL, err);
        if (!code)
            code = null_make(n, a, &request, err);
        w->made[role][number] = !code;
    }
    if (code == STATUS_UNSUPPORTED || code == STATUS_NOTFOUND) {
        snprintf(row->why, sizeof row->why, "%.255s", err->msg);
        return STATUS_OK;
    }
    if (!code && n->why[0])
        snprintf(row->why, sizeof row->why, "%s", n->why);
    else if (!code)
        *out = n;
    return code;
}

uint32_t *ledger_layers(uint32_t layers)
{
    uint32_t *layer = mem_array(layers, sizeof *layer);
    for (uint32_t l = 0; layer && l < layers; l++)
        layer[l] = l;
    return layer;
}

bool ledger_note_drawn(struct ledger_work *w, const struct analysis *file,
                       const struct bootstrap_design *d)
{
    struct buf b = BUF_INIT;
    bool within = strcmp(d->within, "none") != 0;
    buf_printf(&b, "%s: ", file->counts->path);
    bool ok = buf_ok(&b) && bootstrap_notes(w->notes, d, buf_text(&b));
    buf_printf(&b, "intervals are of %llu draws of %u %s%s%s", (unsigned long long)d->draws,
               d->owners, d->drawn, within ? " within " : "", within ? d->within : "");
    ok = ok && buf_ok(&b) && names_add(w->notes, buf_text(&b)) != NAMES_NONE;
    buf_free(&b);
    return ok;
}

/* The draws B of A's PROPERTY into D. */
static enum status ledger_draw(struct ledger_draws *d, struct ledger_work *w, struct analysis *a,
                               const char *property, const struct bootstrap *b, struct err *err)
{
    struct difference_request r = {.property = property,
                                   .layers = a->counts->layers,
                                   .statistic = {{.statistic = &statistic_full_dim}},
                                   .statistics = 1,
                                   .threads = w->r->threads};
    size_t values;
    uint32_t *layer = ledger_layers(r.layers);
    double *value = mul_size(r.layers, (size_t)b->design.draws, &values)
                        ? mem_array(values, sizeof *value)
                        : NULL;
    r.layer = layer;
    enum status code =
        layer && value ? difference_draws(&r, a, b, value, 0, 1, err) : err_nomem(err);
    free(layer);
    if (code)
        free(value);
    else
        *d = (struct ledger_draws){value, b->design};
    return code;
}

enum status ledger_drawn(struct ledger_work *w, enum ledger_role role, const char *property,
                         const struct ledger_draws **out, struct err *err)
{
    struct ledger_draws *d = &w->drawn[role][ledger_property_number(property)];
    struct analysis *a = w->r->file[role];
    struct bootstrap b = {.cells = 0};
    *out = d;
    if (d->value)
        return STATUS_OK;
    enum status code = bootstrap_make(&b, a, property, &w->r->bootstrap, false, err);
    if (!code)
        code = ledger_draw(d, w, a, property, &b, err);
    if (!code && !ledger_note_drawn(w, a, &d->design))
        code = err_nomem(err);
    bootstrap_free(&b);
    return code;
}

static bool ledger_note_why(struct names *notes, const struct ledger_row *row)
{
    char text[512];
    snprintf(text, sizeof text, "%s: cannot tell: %s", row->claim, row->why);
    return names_add(notes, text) != NAMES_NONE;
}

static enum status ledger_fill(struct ledger_work *w, const struct ledger_claim *c,
                               struct ledger_row *row, struct err *err)
{
    *row = (struct ledger_row){.claim = c->claim,
                               .source = c->source,
                               .published = c->published,
                               .ours = NAN,
                               .low = NAN,
                               .high = NAN,
                               .null = NAN,
                               .p = NAN,
                               .verdict = LEDGER_CANNOT_TELL};
    enum status code = c->judge(w, c, row, err);
    return !code && row->why[0] && !ledger_note_why(w->notes, row) ? err_nomem(err) : code;
}

enum status ledger_make(struct ledger *out, const struct ledger_request *r, struct err *err)
{
    struct ledger made = {.rows = LEDGER_CLAIMS, .notes = NAMES_INIT};
    struct ledger_work w = {.r = r, .notes = &made.notes};
    enum status code = STATUS_OK;
    made.row = mem_zeros(made.rows, sizeof *made.row);
    if (!made.row)
        return err_nomem(err);
    for (int role = LEDGER_SSL + 1; role < LEDGER_ROLES && !code; role++)
        if (r->file[LEDGER_SSL] && r->file[role] &&
            !difference_note_recordings(&made.notes, r->file[role]->counts,
                                        r->file[LEDGER_SSL]->counts))
            code = err_nomem(err);
    for (uint32_t i = 0; i < made.rows && !code; i++) {
        code = ledger_fill(&w, &ledger_claims[i], &made.row[i], err);
        if (r->progress)
            r->progress(r->progress_context, (double)(i + 1) / made.rows);
    }
    for (int role = 0; role < LEDGER_ROLES; role++)
        for (int p = 0; p < 3; p++) {
            null_free(&w.null[role][p]);
            free(w.drawn[role][p].value);
        }
    if (code)
        ledger_free(&made);
    else
        *out = made;
    return code;
}

void ledger_free(struct ledger *l)
{
    for (uint32_t i = 0; i < l->rows && l->row; i++)
        free(l->row[i].command);
    free(l->row);
    names_free(&l->notes);
    *l = (struct ledger){0};
}
