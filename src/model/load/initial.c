/*
 * The rules of a family's software applied to the tensors of a checkpoint.
 */
#include "config.h"

#include "model/load/initial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/internal.h"

#define LINEAR_DEVIATION 0.02 /* of BERT, which fairseq and transformers follow */

/* What the rules are applied to. */
struct starting {
    const struct checkpoint *c;
    const struct init_rules *rules;
    double range;       /* deviation of linear maps */
    const char *prefix; /* of the model's names in this file */
};

static bool starting_ends(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n >= k && strcmp(name + n - k, end) == 0;
}

/* The tensor called NAME with its END replaced by OTHER, or NULL. */
static const struct tensor *starting_beside(const struct starting *s, const char *name,
                                            const char *end, const char *other)
{
    char beside[MAX_TENSOR_NAME];
    int head = (int)(strlen(name) - strlen(end));
    int n = snprintf(beside, sizeof beside, "%.*s%s", head, name, other);
    return n < (int)sizeof beside ? tensors_find(&s->c->tensors, beside) : NULL;
}

/* Numbers that one output of the weight T sees. */
static double starting_seen(const struct tensor *t)
{
    return t && t->ndim && t->shape[0] ? (double)(t->count / t->shape[0]) : 0;
}

static struct initial starting_constant(double value)
{
    return (struct initial){.kind = INITIAL_CONSTANT, .low = value, .high = value};
}

static struct initial starting_normal(double deviation)
{
    return (struct initial){.kind = INITIAL_NORMAL, .deviation = deviation};
}

static struct initial starting_uniform(double low, double high)
{
    return (struct initial){.kind = INITIAL_UNIFORM, .low = low, .high = high};
}

/* U(+-1/sqrt N): what torch's kaiming_uniform with a = sqrt 5 comes to. */
static struct initial starting_torch(double n)
{
    return n > 0 ? starting_uniform(-1 / sqrt(n), 1 / sqrt(n))
                 : (struct initial){.kind = INITIAL_UNKNOWN};
}

/* Weight norm keeps a weight as directions and, for each place of its last axis, a length, which
 * begins as that of the directions. */
static bool starting_length(const struct starting *s, const struct tensor *t, struct initial *out)
{
    static const char *const ends[][2] = {
        {"weight_g", "weight_v"},
        {"parametrizations.weight.original0", "parametrizations.weight.original1"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (!starting_ends(t->name, ends[i][0]))
            continue;
        const struct tensor *v = starting_beside(s, t->name, ends[i][0], ends[i][1]);
        if (v && v->ndim == 3 && t->count == v->shape[2])
            *out =
                (struct initial){.kind = INITIAL_LENGTHS, .of = (size_t)(v - s->c->tensors.tensor)};
        return true;
    }
    return false;
}

static struct initial starting_norm(const struct tensor *t)
{
    return starting_constant(starting_ends(t->name, "weight") ||
                             starting_ends(t->name, "running_var"));
}

/* The weight T of a module of kind M. */
static struct initial starting_weight(const struct starting *s, const struct tensor *t,
                                      enum init_module m)
{
    double n = starting_seen(t);
    if (n == 0)
        return (struct initial){.kind = INITIAL_UNKNOWN};
    switch (m) {
    case INIT_LINEAR: return starting_normal(s->range);
    case INIT_STANDARD: return starting_normal(1);
    case INIT_KAIMING:
    case INIT_KAIMING_0: return starting_normal(sqrt(2 / n));
    case INIT_XAVIER: {
        double bound = sqrt(6 / (n + (double)t->shape[0]));
        return starting_uniform(-bound, bound);
    }
    case INIT_POSITIONS: {
        double kernel = (double)t->shape[t->ndim - 1];
        return starting_normal(2 / sqrt(kernel * (double)t->shape[0]));
    }
    default: return starting_torch(n);
    }
}

/* The tensor T of a module of kind M: constants whatever it is called, then weight and bias. */
static struct initial starting_module(const struct starting *s, const struct tensor *t,
                                      enum init_module m)
{
    struct initial out = {.kind = INITIAL_UNKNOWN};
    switch (m) {
    case INIT_NORM: return starting_norm(t);
    case INIT_UNIT: return starting_uniform(0, 1);
    case INIT_ZERO: return starting_constant(0);
    case INIT_ONE: return starting_constant(1);
    case INIT_SHARE: return starting_constant(t->count ? 1.0 / (double)t->count : 0);
    case INIT_KEPT: return (struct initial){.kind = INITIAL_KEPT};
    default: break;
    }
    /* Their bias, and what a batch norm in front has. */
    if (m == INIT_POSITIONS && t->ndim < 2)
        return starting_norm(t);
    if (starting_length(s, t, &out))
        return out;
    if (!starting_ends(t->name, "bias"))
        return starting_weight(s, t, m);
    if (m == INIT_TORCH || m == INIT_KAIMING)
        return starting_torch(starting_seen(starting_beside(s, t->name, "bias", "weight")));
    return starting_constant(0);
}

/* The module that the rules of LIST, which may be NULL, say NAME is of. */
static bool starting_find(const struct init_rule *list, const char *name, enum init_module *out)
{
    for (; list && list->name; list++)
        if (tensor_name_fits(name, list->name)) {
            *out = list->module;
            return true;
        }
    return false;
}

/* NAME behind the model's prefix, or as a whole: parts of heads have none. */
static struct initial starting_one(const struct starting *s, const struct tensor *t)
{
    size_t n = strlen(s->prefix);
    bool inside = n && strncmp(t->name, s->prefix, n) == 0;
    const char *forms[] = {inside ? t->name + n : t->name, t->name};
    struct initial out = {.kind = INITIAL_UNKNOWN};
    enum init_module m;
    for (size_t i = 0; i < 2; i++)
        if (starting_find(s->rules->own, forms[i], &m) ||
            starting_find(s->rules->common, forms[i], &m)) {
            out = starting_module(s, t, m);
            break;
        }
    out.name = forms[0];
    return out;
}

/* transformers has the deviation of linear maps in its configuration; 0 is as if it were not. */
static double starting_range(const json_t *settings)
{
    double range = json_number_value(json_object_get(settings, "initializer_range"));
    return range > 0 && range < 1e6 ? range : LINEAR_DEVIATION;
}

enum status model_initial(const struct checkpoint *c, struct initial *out, const char **software,
                          struct err *err)
{
    const json_t *settings;
    const struct family *f = family_find(c, &settings);
    if (!f || !f->initialise)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: how a model of this kind is initialised is not known", c->path);
    struct model m = {.memory = arena_make(SIZE_MAX)};
    struct binder b = {.tensors = &c->tensors, .model = &m, .path = c->path};
    enum status code = binder_spell(&b, f->names, err);
    if (!code) {
        const struct init_rules *rules = &f->initialise[b.spelling - f->names->kind];
        struct starting s = {c, rules, starting_range(settings), b.prefix};
        for (size_t i = 0; rules->software && i < c->tensors.count; i++)
            out[i] = starting_one(&s, &c->tensors.tensor[i]);
        *software = rules->software;
        if (!*software)
            code = err_set(err, STATUS_UNSUPPORTED,
                           "%s: how torchaudio initialises a model is not known", c->path);
    }
    arena_free(&m.memory);
    return code;
}
