/*
 * The tables of iterative pruning: cuts.tsv is written whole, log.tsv line by line.
 */
#include "config.h"

#include "train/retrain_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/file.h"
#include "train/training_internal.h"
#include "train/training_log.h"

#define CUTS "cuts.tsv"

static const char cuts_head[] = "cut\tkept\tprotected\tprotected_kept\n";

static enum status retrain_log_write(const char *path, struct buf *text, struct err *err)
{
    struct outfile f;
    enum status code = buf_ok(text) ? outfile_open(&f, path, err) : err_nomem(err);
    if (code)
        return code;
    fwrite(text->data, 1, text->len, f.stream);
    return outfile_commit(&f, err);
}

enum status retrain_log_key(const char *folder, struct buf *text, struct err *err)
{
    struct buf path = BUF_INIT;
    struct mapped m;
    buf_printf(&path, "%s/cuts.txt", folder);
    enum status code = buf_ok(&path) && buf_ok(text) ? STATUS_OK : err_nomem(err);
    if (!code && access(path.data, F_OK) != 0) {
        code = retrain_log_write(path.data, text, err);
    } else if (!code && !(code = mapped_open(&m, path.data, err))) {
        if (m.size != text->len || memcmp(m.data, text->data, m.size) != 0)
            code = err_set(err, STATUS_MISMATCH, "%s: is of cuts by other options", path.data);
        mapped_close(&m);
    }
    buf_free(&path);
    return code;
}

/* The whole number at the start of *AT, which is moved behind it and a tab. */
static bool retrain_log_number(const char **at, const char *end, uint64_t *out)
{
    const char *p = *at;
    for (*out = 0; p < end && *p >= '0' && *p <= '9' && *out < UINT64_MAX / 20; p++)
        *out = *out * 10 + (uint64_t)(*p - '0');
    bool any = p > *at;
    *at = p + (p < end && *p == '\t');
    return any;
}

/* Calls EACH for every whole line of FOLDER/FILE; a file that is not there has none. */
static enum status retrain_log_lines(const char *folder, const char *file,
                                     void (*each)(void *context, const char *line, const char *end),
                                     void *context, struct err *err)
{
    struct buf path = BUF_INIT;
    struct mapped m;
    buf_printf(&path, "%s/%s", folder, file);
    enum status code = buf_ok(&path) ? STATUS_OK : err_nomem(err);
    bool there = !code && access(path.data, F_OK) == 0;
    if (there && !(code = mapped_open(&m, path.data, err))) {
        const char *at = (const char *)m.data, *end = at + m.size, *stop;
        for (; at < end && (stop = memchr(at, '\n', (size_t)(end - at))); at = stop + 1)
            each(context, at, stop);
        mapped_close(&m);
    }
    buf_free(&path);
    return code;
}

/* What goes through the lines of cuts.tsv. */
struct cuts_scan {
    struct retrain_cut *cut;
    struct buf *other; /* the lines of others; or NULL */
    bool found;
};

static void cuts_line(void *context, const char *line, const char *end)
{
    struct cuts_scan *s = context;
    const char *at = line;
    uint64_t n, kept, whole, stay;
    if (!retrain_log_number(&at, end, &n))
        return;
    if (n != s->cut->cut) {
        if (s->other && n < s->cut->cut)
            buf_add(s->other, line, (size_t)(end - line) + 1);
        return;
    }
    if (s->other || !retrain_log_number(&at, end, &kept) || !retrain_log_number(&at, end, &whole) ||
        !retrain_log_number(&at, end, &stay))
        return;
    s->found = true;
    s->cut->kept = kept;
    s->cut->protected_ = whole;
    s->cut->protected_kept = stay;
}

enum status retrain_log_cut(const char *folder, const struct retrain_cut *cut, struct err *err)
{
    struct retrain_cut number = *cut;
    struct buf text = BUF_INIT, path = BUF_INIT;
    struct cuts_scan s = {.cut = &number, .other = &text};
    buf_str(&text, cuts_head);
    enum status code = retrain_log_lines(folder, CUTS, cuts_line, &s, err);
    buf_printf(&text, "%u\t%zu\t%zu\t%zu\n", cut->cut, cut->kept, cut->protected_,
               cut->protected_kept);
    buf_printf(&path, "%s/" CUTS, folder);
    if (!code && !buf_ok(&path))
        code = err_nomem(err);
    if (!code)
        code = retrain_log_write(path.data, &text, err);
    buf_free(&text);
    buf_free(&path);
    return code;
}

enum status retrain_log_find(const char *folder, struct retrain_cut *cut, struct err *err)
{
    struct cuts_scan s = {.cut = cut};
    enum status code = retrain_log_lines(folder, CUTS, cuts_line, &s, err);
    return code || s.found
               ? code
               : err_set(err, STATUS_NOTFOUND, "%s/" CUTS ": cut %u is missing", folder, cut->cut);
}

/* The lines of one cut's log on their way into that of all. */
struct log_scan {
    const struct retrain_cut *cut;
    uint64_t before; /* steps of the cuts before it */
    struct buf *text;
};

static void log_line(void *context, const char *line, const char *end)
{
    struct log_scan *s = context;
    const char *at = line;
    uint64_t step;
    if (retrain_log_number(&at, end, &step))
        buf_printf(s->text, "%" PRIu64 "\t%.*s\t%u\t%zu\t%zu\n", s->before + step, (int)(end - at),
                   at, s->cut->cut, s->cut->kept, s->cut->protected_kept);
}

enum status retrain_log_begin(const char *folder, const struct retrain_cut *cut, uint64_t steps,
                              struct err *err)
{
    struct buf text = BUF_INIT, path = BUF_INIT;
    enum status code = STATUS_OK;
    buf_printf(&text, "%.*s\tcut\tkept\tprotected_kept\n", (int)strlen(training_log_head) - 1,
               training_log_head);
    for (uint32_t n = 1; n <= cut->cut && !code; n++) {
        struct retrain_cut one = {.cut = n};
        struct log_scan s = {&one, (n - 1) * steps, &text};
        char file[48];
        snprintf(file, sizeof file, "cut.%u/" TRAINING_LOG_NAME, n);
        if (!(code = retrain_log_find(folder, &one, err)))
            code = retrain_log_lines(folder, file, log_line, &s, err);
    }
    buf_printf(&path, "%s/" TRAINING_LOG_NAME, folder);
    if (!code && !buf_ok(&path))
        code = err_nomem(err);
    if (!code)
        code = retrain_log_write(path.data, &text, err);
    buf_free(&text);
    buf_free(&path);
    return code;
}

enum status retrain_log_step(const char *folder, const struct training_row *row,
                             const struct retrain_cut *cut, struct err *err)
{
    struct buf path = BUF_INIT, text = BUF_INIT;
    buf_printf(&path, "%s/" TRAINING_LOG_NAME, folder);
    training_log_print(row, &text);
    buf_printf(&text, "\t%u\t%zu\t%zu\n", cut->cut, cut->kept, cut->protected_kept);
    enum status code = buf_ok(&path) && buf_ok(&text) ? STATUS_OK : err_nomem(err);
    if (!code)
        code = training_append(path.data, &text, err);
    buf_free(&path);
    buf_free(&text);
    return code;
}
