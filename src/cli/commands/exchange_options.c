/*
 * Options of the commands that compare with chance.
 */
#include "config.h"

#include "cli/commands/exchange_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    EXCHANGE_SEED,
    EXCHANGE_STRATA,
    EXCHANGE_SPEAKER_TABLE,
    EXCHANGE_TOKEN_FILE,
    EXCHANGE_DRAWS
};

/* The seed stands first, so that the group without it is the rest. */
static const struct cli_option exchange_table[] = {
    [EXCHANGE_SEED] = {"seed", 0, "N", "seed of the draws, up to 4294967295 (default: 0)", NULL},
    [EXCHANGE_STRATA] = {"strata", 0, "COLUMN",
                         "exchange speakers of equal values only; none: freely (default: the "
                         "file's)",
                         NULL},
    [EXCHANGE_SPEAKER_TABLE] = {"speakers", 0, "FILE",
                                "speaker table for files that have no columns", CLI_FILE},
    [EXCHANGE_TOKEN_FILE] = {"tokens", 0, "FILE", "token file (default: FILE.tokens)", CLI_FILE},
    [EXCHANGE_DRAWS] = {"draws", 0, "N",
                        "random labelings, or all (default: 9999; all where at most 10000)", "all"},
    {NULL, 0, NULL, NULL, NULL},
};

static bool exchange_take_numbers(struct exchange_options *o, const struct cli_args *a, int opt)
{
    unsigned long n = 0;
    if (opt == EXCHANGE_SEED) {
        if (!cli_unsigned(a->value, 0, UINT32_MAX, &n)) {
            cli_usage(a->command, "--seed takes a number up to 4294967295, not '%s'", a->value);
            return false;
        }
        o->seed = n;
        return true;
    }
    o->draws = LABELINGS_ALL;
    if (strcmp(a->value, "all") == 0)
        return true;
    if (!cli_unsigned(a->value, 1, LABELINGS_MOST, &n)) {
        cli_usage(a->command, "--draws takes a number up to %d, or all, not '%s'", LABELINGS_MOST,
                  a->value);
        return false;
    }
    o->draws = n;
    return true;
}

static bool exchange_take(void *part, const struct cli_args *a, int opt)
{
    struct exchange_options *o = part;
    switch (opt) {
    case EXCHANGE_STRATA:
        o->strata = a->value;
        if (!a->value[0])
            cli_usage(a->command, "--strata: a column, or none");
        return a->value[0] != '\0';
    case EXCHANGE_SPEAKER_TABLE: o->speakers = a->value; return true;
    case EXCHANGE_TOKEN_FILE: o->tokens = a->value; return true;
    default: return exchange_take_numbers(o, a, opt);
    }
}

const struct cli_option_group exchange_option_group = {exchange_table, exchange_take};

static bool exchange_take_but_seed(void *part, const struct cli_args *a, int opt)
{
    return exchange_take(part, a, opt + EXCHANGE_STRATA);
}

const struct cli_option_group exchange_but_seed_group = {exchange_table + EXCHANGE_STRATA,
                                                         exchange_take_but_seed};

bool exchange_given(const struct exchange_options *o)
{
    return o->strata || o->speakers || o->tokens || o->draws || o->seed;
}

void print_exchange(FILE *out, const char *property, enum exchange_kind kind, const char *strata,
                    uint64_t draws, bool enumerated)
{
    char *words = exchange_words(kind, strata, draws, enumerated);
    print_name(out, property, 0);
    fputs(": ", out);
    print_name(out, words ? words : "", 0);
    free(words);
}

void exchange_note(const struct cli *cli, const char *property, enum exchange_kind kind,
                   uint32_t left_out)
{
    if (left_out)
        cli_note(cli, "%u %.*s without %s left out", left_out,
                 (int)strlen(exchange_name(kind)) - (left_out == 1), exchange_name(kind), property);
}

void exchange_note_only(const struct cli *cli, const char *property, enum exchange_kind kind,
                        uint64_t draws, bool enumerated)
{
    if (enumerated && draws == 1)
        cli_note(cli, "%s: " EXCHANGE_ONLY ", so that p is 1 whatever was found", property,
                 exchange_name(kind));
}

void exchange_note_unused(const struct cli *cli, const char *property, enum exchange_kind kind,
                          const struct exchange_options *o)
{
    bool units = kind == EXCHANGE_SPEAKERS || kind == EXCHANGE_TOKENS;
    const char *unused = !units && o->strata && strcmp(o->strata, "none") != 0 ? "--strata"
                         : !units && o->speakers                               ? "--speakers"
                         : kind != EXCHANGE_TOKENS && o->tokens                ? "--tokens"
                                                                               : NULL;
    if (unused)
        cli_note(cli, "%s: %s is not used: %s are exchanged", property, unused,
                 exchange_name(kind));
}

static const struct cli_option layer_list_table[] = {
    {"layer", 0, "LIST", "layers, as 1,3-5 (default: all)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static bool layer_list_take(void *part, const struct cli_args *a, int opt)
{
    (void)opt; /* there is one */
    *(const char **)part = a->value;
    return true;
}

const struct cli_option_group layer_list_option = {layer_list_table, layer_list_take};

/* One "N" or "N-M" at TEXT into FIRST and LAST; the end of it, or NULL. */
static const char *layer_list_range(const char *text, unsigned long *first, unsigned long *last)
{
    char part[32];
    size_t n = strcspn(text, ",");
    if (n == 0 || n >= sizeof part)
        return NULL;
    memcpy(part, text, n);
    part[n] = '\0';
    char *dash = strchr(part, '-');
    if (dash)
        *dash = '\0';
    if (!cli_unsigned(part, 1, UINT32_MAX, first) ||
        !cli_unsigned(dash ? dash + 1 : part, *first, UINT32_MAX, last))
        return NULL;
    return text + n;
}

/* Marks the layers of TEXT in WANTED [layers]. */
static enum status layer_list_mark(const char *text, const struct analysis *a,
                                   unsigned char *wanted, struct err *err)
{
    uint32_t layers = a->counts->layers;
    for (const char *at = text; at; at = *at == ',' ? at + 1 : NULL) {
        unsigned long first, last;
        at = layer_list_range(at, &first, &last);
        if (!at)
            return err_set(err, STATUS_USAGE, "--layer takes layers from 1, as 1,3-5, not '%s'",
                           text);
        if (last > layers)
            return err_set(err, STATUS_NOTFOUND, "%s: no layer %lu (there are: 1 to %u)",
                           a->counts->path, last, layers);
        memset(wanted + first - 1, 1, last - first + 1);
    }
    return STATUS_OK;
}

enum status layer_list_parse(const char *text, const struct analysis *a, uint32_t **layer,
                             uint32_t *layers, struct err *err)
{
    uint32_t all = a->counts->layers, n = 0;
    unsigned char *wanted = mem_zeros(all, 1);
    uint32_t *list = mem_array(all, sizeof *list);
    enum status code = wanted && list ? STATUS_OK : err_nomem(err);
    if (!code && text)
        code = layer_list_mark(text, a, wanted, err);
    for (uint32_t l = 0; l < all && !code; l++)
        if (!text || wanted[l])
            list[n++] = l;
    free(wanted);
    if (code) {
        free(list);
        return code;
    }
    *layer = list;
    *layers = n;
    return STATUS_OK;
}
