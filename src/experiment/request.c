/*
 * The fields of a request: their names, ranges and texts, and which go together.
 */
#include "config.h"

#include "experiment/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/numeral.h"
#include "inference/relabel.h"

#define CONTROLS_DEFAULT 100
#define DRAWS_DEFAULT    5

/* Seeds are read back from JSON, whose integers have a sign; exact as a double. */
#define SEED_MAX   0x1p62
#define AT(member) offsetof(struct experiment_request, member)

/* Fields of FIELD_OWN have a setter, false for a value that it does not take (*WRONG may say why),
 * and a getter that calls EACH with the value as text where the field is not as it began. */
static bool request_set_scale(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    (void)wrong;
    /* Erasure is gain 0, too: `scaled` keeps a gain of 0 that was given apart from none. */
    r->scaled = numeral_real(value, -1e6, 1e6, &r->gain);
    return r->scaled;
}

static void request_get_scale(const void *from, const struct field *f, field_each *each,
                              void *context)
{
    const struct experiment_request *r = from;
    char text[NUMERAL_MAX];
    numeral_text(r->gain, 1, text);
    if (r->scaled)
        each(context, f->name, text);
}

/* "0.2" or "20%" as a share above 0, up to 1. */
static bool request_parse_share(const char *text, double *out)
{
    char plain[64];
    size_t n = strlen(text);
    bool percent = n > 0 && text[n - 1] == '%';
    if (n >= sizeof plain)
        return false;
    memcpy(plain, text, n + 1);
    plain[n - percent] = '\0';
    if (!numeral_real(plain, 0, percent ? 100 : 1, out))
        return false;
    if (percent)
        *out /= 100;
    return *out > 0;
}

/* Shares separated by commas. */
static bool request_set_keep(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    char one[64];
    (void)wrong;
    for (r->points = 0; r->points < EXPERIMENT_POINTS_MAX;) {
        size_t n = strcspn(value, ",");
        if (n >= sizeof one)
            return false;
        memcpy(one, value, n);
        one[n] = '\0';
        if (!request_parse_share(one, &r->keep[r->points]))
            return false;
        r->points++;
        if (!value[n])
            return true;
        value += n + 1;
    }
    return false;
}

static void request_get_keep(const void *from, const struct field *f, field_each *each,
                             void *context)
{
    const struct experiment_request *r = from;
    struct buf list = BUF_INIT;
    char text[NUMERAL_MAX];
    for (uint32_t k = 0; k < r->points; k++) {
        numeral_text(r->keep[k], 1, text);
        buf_printf(&list, "%s%s", k ? "," : "", text);
    }
    if (list.len)
        each(context, f->name, buf_text(&list));
    buf_free(&list);
}

static bool request_set_criterion(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    (void)wrong;
    r->how.criterion = prune_criterion_find(value);
    return r->how.criterion != NULL;
}

static void request_get_criterion(const void *from, const struct field *f, field_each *each,
                                  void *context)
{
    const struct experiment_request *r = from;
    /* The first criterion is the default. */
    if (r->how.criterion != prune_criteria[0])
        each(context, f->name, r->how.criterion->name);
}

static bool request_set_scope(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    (void)wrong;
    r->how.global = strcmp(value, "global") == 0;
    return r->how.global || strcmp(value, "layer") == 0;
}

static void request_get_scope(const void *from, const struct field *f, field_each *each,
                              void *context)
{
    const struct experiment_request *r = from;
    if (r->how.global)
        each(context, f->name, "global");
}

/* A number of labelings or "all"; alone the default. */
static bool request_set_relabel(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    unsigned long n = RELABEL_DRAWS;
    (void)wrong;
    if (value && strcmp(value, "all") == 0)
        r->relabel = LABELINGS_ALL;
    else if (!value || !*value || numeral_unsigned(value, 1, LABELINGS_ENUMERATED, &n))
        r->relabel = n;
    else
        return false;
    return true;
}

static void request_get_relabel(const void *from, const struct field *f, field_each *each,
                                void *context)
{
    const struct experiment_request *r = from;
    char text[NUMERAL_MAX] = "all";
    if (r->relabel != LABELINGS_ALL)
        snprintf(text, sizeof text, "%llu", (unsigned long long)r->relabel);
    if (r->relabel)
        each(context, f->name, text);
}

/* By its name in the table of eval.h. */
static bool request_set_task(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    (void)wrong;
    r->eval.task = eval_task_find(value);
    return r->eval.task != EVAL_TASKS;
}

static void request_get_task(const void *from, const struct field *f, field_each *each,
                             void *context)
{
    const struct experiment_request *r = from;
    if (r->eval.task != EVAL_TASKS)
        each(context, f->name, eval_task_names[r->eval.task]);
}

static bool request_set_edges(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    (void)wrong;
    r->eval.corpus.edges_given = corpus_parse_edges(value, r->eval.corpus.pitch_edges);
    return r->eval.corpus.edges_given;
}

static void request_get_edges(const void *from, const struct field *f, field_each *each,
                              void *context)
{
    const struct experiment_request *r = from;
    char low[NUMERAL_MAX], high[NUMERAL_MAX], text[2 * NUMERAL_MAX];
    if (!r->eval.corpus.edges_given)
        return;
    numeral_text(r->eval.corpus.pitch_edges[0], 1, low);
    numeral_text(r->eval.corpus.pitch_edges[1], 1, high);
    snprintf(text, sizeof text, "%s,%s", low, high);
    each(context, f->name, text);
}

static bool request_set_normalize(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    (void)wrong;
    return model_normalize_parse(value, &r->eval.normalize);
}

static void request_get_normalize(const void *from, const struct field *f, field_each *each,
                                  void *context)
{
    const struct experiment_request *r = from;
    if (r->eval.normalize != (enum model_normalize)0)
        each(context, f->name, r->eval.normalize == MODEL_NORMALIZE_YES ? "yes" : "no");
}

/* May be given several times, once for each factor: "NAME=FILE". */
static bool request_set_factor(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    const char *complaint = corpus_parse_extra(value, r->extra, &r->extras);
    if (complaint)
        *wrong = complaint;
    return !complaint;
}

static void request_get_factor(const void *from, const struct field *f, field_each *each,
                               void *context)
{
    const struct experiment_request *r = from;
    for (unsigned i = 0; i < r->extras; i++) {
        struct buf text = BUF_INIT;
        buf_printf(&text, "%s=%s", r->extra[i].name, r->extra[i].file);
        each(context, f->name, buf_text(&text));
        buf_free(&text);
    }
}

/* MiB; 0 means as little as can be, 1 byte, since 0 bytes in the options stand for the default. */
static bool request_set_memory(void *to, const char *value, const char **wrong)
{
    struct experiment_request *r = to;
    unsigned long mib;
    (void)wrong;
    if (!numeral_unsigned(value, 0, 1ul << 24, &mib))
        return false;
    r->eval.cache = mib ? (size_t)mib << 20 : 1;
    return true;
}

static void request_get_memory(const void *from, const struct field *f, field_each *each,
                               void *context)
{
    const struct experiment_request *r = from;
    char text[NUMERAL_MAX];
    snprintf(text, sizeof text, "%zu", r->eval.cache >> 20);
    if (r->eval.cache)
        each(context, f->name, text);
}

/* What writing an edited model has, too. */
static const struct field edit_fields[] = {
    {"model", FIELD_TEXT, AT(eval.model), .takes = ""},
    {"mean-std", FIELD_TEXT, AT(eval.mean_std), .takes = ""},
    {"counts", FIELD_TEXT, AT(counts), .takes = ""},
    {"layer", FIELD_TEXT, AT(layers), .takes = ""},
    {"set", FIELD_TEXT, AT(set), .takes = ""},
    {"seed", FIELD_U64, AT(eval.seed), "takes a whole number from 0", 0, SEED_MAX, NULL, NULL},
    {.name = NULL},
};

static const struct field matrix_edit_fields[] = {
    {"scale", FIELD_OWN, 0, "takes a number", 0, 0, request_set_scale, request_get_scale},
    {"mean", FIELD_TEXT, AT(mean), .takes = ""},
    {.name = NULL},
};

static const struct field curve_edit_fields[] = {
    {"keep", FIELD_OWN, 0, "takes a share up to 1, or up to 100%", 0, 0, request_set_keep,
     request_get_keep},
    {"protect", FIELD_TEXT, AT(protect), .takes = ""},
    {"criterion", FIELD_OWN, 0, "is one of" PRUNE_CRITERIA(PRUNE_CRITERION_LISTED), 0, 0,
     request_set_criterion, request_get_criterion},
    {"scope", FIELD_OWN, 0, "is layer or global", 0, 0, request_set_scope, request_get_scope},
    {"minimum", FIELD_U32, AT(how.minimum), "takes a number from 1", 1, UINT32_MAX, NULL, NULL},
    {.name = NULL},
};

/* What only measuring has. */
static const struct field matrix_fields[] = {
    {"property", FIELD_TEXT, AT(property), .takes = ""},
    {"controls", FIELD_U32, AT(controls), "takes a number from 0", 0, 1000000, NULL, NULL},
    {"relabel", FIELD_BARE, 0, "takes a number from 1 to 10000, or all", 0, 0, request_set_relabel,
     request_get_relabel},
    {"strata", FIELD_TEXT, AT(strata), .takes = ""},
    {.name = NULL},
};

static const struct field curve_fields[] = {
    {"draws", FIELD_U32, AT(draws), "takes a number from 1", 1, 100000, NULL, NULL},
    {"relabel", FIELD_BARE, 0, "takes a number from 1 to 10000, or all", 0, 0, request_set_relabel,
     request_get_relabel},
    {"strata", FIELD_TEXT, AT(strata), .takes = ""},
    {.name = NULL},
};

static const struct field measure_fields[] = {
    {"audio", FIELD_TEXT, AT(eval.corpus.audio), .takes = ""},
    {"labels", FIELD_TEXT, AT(eval.corpus.labels), .takes = ""},
    {"speakers", FIELD_TEXT, AT(eval.corpus.speakers), .takes = ""},
    {"pitch", FIELD_TEXT, AT(eval.corpus.pitch), .takes = ""},
    {"pitch-edges", FIELD_OWN, 0, "needs two rising frequencies", 0, 0, request_set_edges,
     request_get_edges},
    {"label-table", FIELD_TEXT, AT(eval.corpus.label_table), .takes = ""},
    {"tier", FIELD_TEXT, AT(eval.corpus.tier), .takes = ""},
    {"label-part", FIELD_U32, AT(eval.corpus.label_part), "takes 1 or 2", 1, 2, NULL, NULL},
    {"normalize", FIELD_OWN, 0, "needs yes or no", 0, 0, request_set_normalize,
     request_get_normalize},
    {"factor", FIELD_OWN, 0, "", 0, 0, request_set_factor, request_get_factor},
    {"task", FIELD_OWN, 0, "is one of" EVAL_TASK_TABLE(EVAL_TASK_LISTED), 0, 0, request_set_task,
     request_get_task},
    {"task-layer", FIELD_U32, AT(eval.layer), "takes a number from 1", 1, UINT32_MAX, NULL, NULL},
    {"min-run", FIELD_U32, AT(eval.min_run), "takes 1 to 1000 frames", 1, 1000, NULL, NULL},
    {"refit", FIELD_FLAG, AT(eval.refit), .takes = ""},
    {"by", FIELD_TEXT, AT(by), .takes = ""},
    {"piece", FIELD_REAL, AT(eval.piece), "takes seconds, from 0.001 to 3600", 1e-3, 3600, NULL,
     NULL},
    {"noise", FIELD_REAL, AT(eval.noise), "takes a number from 0 to 1000000", 0, 1e6, NULL, NULL},
    {"memory", FIELD_OWN, 0, "takes a number of MiB", 0, 0, request_set_memory, request_get_memory},
    {"journal", FIELD_TEXT, AT(journal), .takes = ""},
    {.name = NULL},
};

/* The fields of a kind, in the order in which they are written. */
#define PARTS 5
struct request_part {
    const struct field *table;
    size_t at; /* offset of the struct that it is of */
    bool only; /* by measuring alone */
};

static const struct request_part parts[][PARTS] = {
    [EXPERIMENT_MATRIX] = {{edit_fields, 0, false},
                           {matrix_edit_fields, 0, false},
                           {matrix_fields, 0, true},
                           {analysis_fields, AT(analysis), false},
                           {measure_fields, 0, true}},
    [EXPERIMENT_CURVE] = {{edit_fields, 0, false},
                          {curve_edit_fields, 0, false},
                          {curve_fields, 0, true},
                          {analysis_fields, AT(analysis), false},
                          {measure_fields, 0, true}},
};

void experiment_request_init(struct experiment_request *r, enum experiment_kind kind)
{
    *r = (struct experiment_request){
        .kind = kind,
        .analysis = ANALYSIS_OPTIONS_DEFAULT,
        .controls = CONTROLS_DEFAULT,
        .how = {.criterion = prune_criteria[0], .minimum = 1},
        .draws = DRAWS_DEFAULT,
        .eval.task = EVAL_TASKS,
    };
}

void experiment_request_free(struct experiment_request *r)
{
    free(r->text);
    r->text = NULL;
}

/* The field NAME of R's kind, and the part that it is in. */
static const struct field *request_find(const struct experiment_request *r, const char *name,
                                        const struct request_part **part)
{
    const struct field *f = NULL;
    for (size_t i = 0; i < PARTS && !f; i++) {
        *part = &parts[r->kind][i];
        f = field_find((*part)->table, name);
    }
    return f;
}

bool experiment_request_has(const struct experiment_request *r, const char *name, bool *only)
{
    const struct request_part *part;
    if (!request_find(r, name, &part))
        return false;
    *only = part->only;
    return true;
}

enum status experiment_request_set(struct experiment_request *r, const char *name,
                                   const char *value, struct err *err)
{
    const struct request_part *part;
    const struct field *f = request_find(r, name, &part);
    if (!f)
        return err_set(err, STATUS_NOTFOUND, "no field '%.60s' in a request of a %s", name,
                       experiment_kind_name(r->kind));
    if (!value && f->kind != FIELD_FLAG && f->kind != FIELD_BARE)
        return err_set(err, STATUS_USAGE, "--%s needs a value", name);
    return field_set(f, (char *)r + part->at, value, err);
}

void experiment_request_each(const struct experiment_request *r, field_each *each, void *context)
{
    struct experiment_request plain;
    /* Defaults to compare with: only what differs is written. */
    experiment_request_init(&plain, r->kind);
    for (size_t i = 0; i < PARTS; i++) {
        const struct request_part *p = &parts[r->kind][i];
        fields_each(p->table, (const char *)r + p->at, (const char *)&plain + p->at, each, context);
    }
}

const char *experiment_request_complaint_rule(const struct experiment_request *r)
{
    if (selection_is_default(&r->analysis.rule))
        return NULL;
    if (!r->counts)
        return "--select and --size need a count file: -c COUNTS";
    return r->property || r->set || r->protect ? NULL : "--select and --size go with a set";
}

/* What is wrong with the choice of neurons, or NULL. A matrix has either one set or a property's
 * groups; a curve protects a set and has a row of random pruning of its own. */
static const char *request_complaint_sets(const struct experiment_request *r)
{
    if (r->kind == EXPERIMENT_MATRIX && r->scaled && r->mean)
        return "--scale and --mean exclude each other";
    if (r->kind == EXPERIMENT_MATRIX && !r->property == !r->set)
        return "either --property NAME or --set SET is needed with --matrix";
    bool matrix = r->kind == EXPERIMENT_MATRIX;
    if (r->relabel && !(r->counts && (matrix ? r->property : r->protect)))
        return matrix
                   ? "--relabel exchanges the labels of a property: --property NAME and -c COUNTS"
                   : "--relabel exchanges the labels of a property: --protect NAME and -c COUNTS";
    if (r->strata && !r->relabel)
        return "--strata goes with --relabel";
    if (r->kind == EXPERIMENT_CURVE && r->set)
        return "--curve takes --protect SET, not --set";
    if (r->kind == EXPERIMENT_CURVE && r->how.criterion->random)
        return "--curve measures random pruning anyway: --criterion l1 or l1-bias";
    return experiment_request_complaint_rule(r);
}

enum status experiment_request_check(const struct experiment_request *r, struct err *err)
{
    const char *wrong = request_complaint_sets(r);
    if (!wrong && (!r->eval.model || !r->eval.corpus.audio || r->eval.task == EVAL_TASKS))
        wrong = "-m MODEL, -a AUDIO and --task TASK are needed to measure";
    if (wrong)
        return err_set(err, STATUS_USAGE, "%s", wrong);
    return eval_options_check(&r->eval, "task-layer", err);
}
