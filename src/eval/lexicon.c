/*
 * Pronunciation lexicons and transcripts, both lines of a name and what it stands for.
 */
#include "config.h"

#include "eval/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/folder.h"
#include "formats/lines.h"
#include "formats/mapped.h"

void lexicon_free(struct lexicon *l)
{
    names_free(&l->word);
    names_free(&l->phone);
    free(l->first);
    free(l->at);
    *l = (struct lexicon){.word = NAMES_INIT, .phone = NAMES_INIT};
}

void transcripts_free(struct transcripts *t)
{
    for (uint32_t i = 0; i < t->utterance.count && t->words; i++)
        free(t->words[i]);
    free(t->words);
    names_free(&t->utterance);
    *t = (struct transcripts){.utterance = NAMES_INIT};
}

/* Takes the first word off S; empty where there is none. */
static struct span lexicon_word(struct span *s)
{
    struct span word;
    *s = span_trim(*s);
    word.s = s->s;
    for (word.n = 0; word.n < s->n && word.s[word.n] != ' ' && word.s[word.n] != '\t';)
        word.n++;
    s->s += word.n;
    s->n -= word.n;
    return word;
}

/* The number of S in NAMES, which has it then; NAMES_NONE without memory. */
static uint32_t lexicon_name(struct names *names, struct span s)
{
    char *copy = span_copy(s);
    uint32_t at = copy ? names_add(names, copy) : NAMES_NONE;
    free(copy);
    return at;
}

/* "WORD(2)" is another way to say WORD. */
static bool lexicon_is_variant(struct span word)
{
    return word.n > 3 && word.s[word.n - 1] == ')' && memchr(word.s + 1, '(', word.n - 1);
}

static enum status lexicon_line(void *lexicon, struct span line, const char *path, size_t number,
                                struct err *err)
{
    struct lexicon *l = lexicon;
    struct span word = lexicon_word(&line), phone;
    uint32_t known = l->word.count;
    if (word.n == 0 || (word.n >= 3 && strncmp(word.s, ";;;", 3) == 0) || lexicon_is_variant(word))
        return STATUS_OK;
    uint32_t at = lexicon_name(&l->word, word);
    if (at == NAMES_NONE ||
        !mem_grow(&l->first, &l->first_cap, (size_t)l->word.count + 1, sizeof *l->first))
        return err_nomem(err);
    if (at < known)
        return STATUS_OK;
    l->first[at] = l->used;
    while ((phone = lexicon_word(&line)).n > 0) {
        uint32_t p = lexicon_name(&l->phone, phone);
        if (p == NAMES_NONE || !mem_grow(&l->at, &l->at_cap, l->used + 1, sizeof *l->at))
            return err_nomem(err);
        l->at[l->used++] = p;
    }
    l->first[at + 1] = l->used;
    return l->used > l->first[at]
               ? STATUS_OK
               : err_set(err, STATUS_FORMAT, "%s:%zu: a word without phones", path, number);
}

/* Gives every line of PATH to TAKE. */
static enum status lexicon_lines(const char *path,
                                 enum status (*take)(void *context, struct span line,
                                                     const char *path, size_t number,
                                                     struct err *err),
                                 void *context, struct err *err)
{
    struct mapped m;
    struct lines lines;
    struct span line;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    code = lines_begin(&lines, m.data, m.size, path, err);
    while (!code && lines_next(&lines, &line))
        code = take(context, line, path, lines.number, err);
    mapped_close(&m);
    return code;
}

enum status lexicon_add(struct lexicon *l, const char *path, struct err *err)
{
    return lexicon_lines(path, lexicon_line, l, err);
}

static enum status transcripts_line(void *transcripts, struct span line, const char *path,
                                    size_t number, struct err *err)
{
    struct transcripts *t = transcripts;
    struct span name = lexicon_word(&line);
    uint32_t known = t->utterance.count;
    if (name.n == 0)
        return STATUS_OK;
    if (!mem_grow(&t->words, &t->cap, (size_t)known + 1, sizeof *t->words))
        return err_nomem(err);
    t->words[known] = NULL;
    uint32_t at = lexicon_name(&t->utterance, name);
    if (at == NAMES_NONE)
        return err_nomem(err);
    if (at < known)
        return err_set(err, STATUS_FORMAT, "%s:%zu: %.60s is there twice", path, number,
                       t->utterance.name[at]);
    t->words[at] = span_copy(span_trim(line));
    return t->words[at] ? STATUS_OK : err_nomem(err);
}

enum status transcripts_read(struct transcripts *t, const char *path, struct err *err)
{
    static const char *const suffix[] = {".trans.txt", NULL};
    struct folder_files files = {0};
    *t = (struct transcripts){.utterance = NAMES_INIT};
    if (!folder_is(path))
        return lexicon_lines(path, transcripts_line, t, err);
    enum status code = folder_find(&files, path, suffix, err);
    if (code)
        return code;
    if (files.count == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no transcripts (*.trans.txt) below it", path);
    for (size_t i = 0; i < files.count && !code; i++)
        code = lexicon_lines(files.path[i], transcripts_line, t, err);
    folder_files_free(&files);
    return code;
}

enum status lexicon_spell(const struct lexicon *l, const char *words, uint32_t **out, size_t *cap,
                          size_t *count, struct err *err)
{
    struct span rest = {words, strlen(words)}, word;
    *count = 0;
    while ((word = lexicon_word(&rest)).n > 0) {
        char *copy = span_copy(word);
        uint32_t w = copy ? names_find(&l->word, copy) : NAMES_NONE;
        if (copy && w == NAMES_NONE)
            err_set(err, STATUS_NOTFOUND, "the word '%.60s' is not in the lexicon", copy);
        bool there = copy != NULL;
        free(copy);
        if (!there)
            return err_nomem(err);
        if (w == NAMES_NONE)
            return STATUS_NOTFOUND;
        size_t n = l->first[w + 1] - l->first[w];
        if (!mem_grow(out, cap, *count + n, sizeof **out))
            return err_nomem(err);
        memcpy(*out + *count, l->at + l->first[w], n * sizeof **out);
        *count += n;
    }
    return STATUS_OK;
}
