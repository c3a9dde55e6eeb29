/*
 * Token files added: the tokens of every utterance as they stand in their file, with the levels of
 * the result.
 */
#include "config.h"

#include "count/mergetokens.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "count/tokenset.h"

/* One of the files, and what its levels are in the result. */
struct token_part {
    struct tokens tokens;
    uint32_t factor[COUNTS_MAX_FACTORS]; /* [factors of the result] its own factor */
    int32_t *rank[COUNTS_MAX_FACTORS];   /* [factors of the result][own levels] */
};

static void token_part_free(struct token_part *p)
{
    for (uint32_t f = 0; f < COUNTS_MAX_FACTORS; f++)
        free(p->rank[f]);
    tokens_free(&p->tokens);
}

/* The factors of ABOUT in P, and the numbers of its levels there: tokens_fit has seen that P has
 * the factors and levels of its counts, and those of the result are of all counts. */
static bool token_part_rank(struct token_part *p, const struct counts *about)
{
    for (uint32_t f = 0; f < about->factors; f++) {
        int own = counts_find_factor(&p->tokens.about, about->factor[f].name);
        const struct counts_factor *from = &p->tokens.about.factor[own];
        struct names level = NAMES_INIT;
        bool ok = (p->rank[f] = mem_array(from->levels, sizeof *p->rank[f]));
        p->factor[f] = (uint32_t)own;
        for (uint32_t i = 0; i < about->factor[f].levels && ok; i++)
            ok = names_add(&level, about->factor[f].level[i]) != NAMES_NONE;
        for (uint32_t i = 0; i < from->levels && ok; i++)
            p->rank[f][i] = (int32_t)names_find(&level, from->level[i]);
        names_free(&level);
        if (!ok)
            return false;
    }
    return true;
}

static int32_t token_part_level(void *context, const struct token_run *run, uint32_t factor,
                                uint32_t i)
{
    const struct token_part *p = (const struct token_part *)context + run->source;
    int32_t level = tokens_level(&p->tokens, p->factor[factor], (uint32_t)run->offset + i);
    return level < 0 ? -1 : p->rank[factor][level];
}

static const uint16_t *token_part_row(void *context, const struct token_run *run, uint32_t layer,
                                      uint32_t i)
{
    const struct token_part *p = (const struct token_part *)context + run->source;
    return tokens_row(&p->tokens, layer, (uint32_t)run->offset + i);
}

/* The utterances of P, file K, into S. */
static bool token_part_list(const struct token_part *p, uint32_t k, struct token_set *s)
{
    const struct tokens *t = &p->tokens;
    uint32_t u = (uint32_t)counts_find_factor(&t->about, "utterance");
    uint32_t v = (uint32_t)counts_find_factor(&t->about, "speaker");
    for (uint32_t first = 0, next; first < t->count; first = next) {
        int32_t level = tokens_level(t, u, first);
        for (next = first + 1; next < t->count && tokens_level(t, u, next) == level;)
            next++;
        if (!token_set_add(s, t->about.factor[u].level[level],
                           t->about.factor[v].level[tokens_level(t, v, first)], k, first,
                           next - first))
            return false;
    }
    return true;
}

/* True if all of FILE [n] have token files; else *WITHOUT as merge_tokens says. */
static enum status find_parts(const struct counts *file, size_t n, bool *all, size_t *without,
                              struct err *err)
{
    size_t found = 0, first = n;
    for (size_t k = 0; k < n; k++) {
        char *path = tokens_path(file[k].path);
        if (!path)
            return err_nomem(err);
        bool there = access(path, F_OK) == 0;
        free(path);
        found += there;
        if (!there && first == n)
            first = k;
    }
    *all = found == n;
    *without = found ? first : n;
    return STATUS_OK;
}

/* Opens the token file of FILE. */
static enum status open_part(struct token_part *p, const struct counts *file,
                             const struct counts *about, struct err *err)
{
    char *path = tokens_path(file->path);
    enum status code = path ? tokens_open(&p->tokens, path, err) : err_nomem(err);
    free(path);
    if (!code)
        code = tokens_fit(&p->tokens, file, err);
    if (!code && !token_part_rank(p, about))
        code = err_nomem(err);
    return code;
}

enum status merge_tokens(const struct counts *file, size_t n, const struct counts *about,
                         const char *out, size_t *without, struct err *err)
{
    bool all = false;
    enum status code = find_parts(file, n, &all, without, err);
    if (code || !all)
        return code;
    char *path = tokens_path(out);
    struct token_part *part = mem_zeros(n, sizeof *part);
    struct token_set s = {.level = token_part_level, .row = token_part_row, .context = part};
    if (!path || !part)
        code = err_nomem(err);
    for (size_t k = 0; k < n && !code; k++) {
        code = open_part(&part[k], &file[k], about, err);
        if (!code && !token_part_list(&part[k], (uint32_t)k, &s))
            code = err_nomem(err);
    }
    if (!code)
        code = token_set_write(&s, about, path, err);
    for (size_t k = 0; part && k < n; k++)
        token_part_free(&part[k]);
    token_set_free(&s);
    free(part);
    free(path);
    return code;
}
