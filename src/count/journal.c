#include "config.h"

#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "propneu/bitset.h"
#include "propneu/file.h"
#include "propneu/mem.h"

/*
 * The file: MAGIC; the settings' text; the set of utterances done; totals; the cells' levels; the
 * cells.  Numbers are the machine's own, for only this machine reads them.  A CRC-32 of all before
 * it ends the file.  It is written beside and renamed, so a kill leaves the last whole one.
 */
#define MAGIC "propneu-journal 1\n"

struct out {
    FILE *f;
    uLong crc;
};

static void put(struct out *o, const void *bytes, size_t n)
{
    for (const unsigned char *p = bytes; n > 0;) {
        uInt step = n < 1u << 30 ? (uInt)n : 1u << 30;
        o->crc = crc32(o->crc, p, step);
        fwrite(p, 1, step, o->f);
        p += step;
        n -= step;
    }
}

static void put_number(struct out *o, uint64_t v)
{
    put(o, &v, sizeof v);
}

static void put_text(struct out *o, const char *text, size_t n)
{
    put_number(o, n);
    put(o, text, n);
}

/* A cell's counters in as few bytes each as the largest one needs. */
static void put_row(struct out *o, const uint32_t *row, size_t n, unsigned char *room)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = row[i] > most ? row[i] : most;
    unsigned char bytes = most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : 4;
    put(o, &bytes, 1);
    for (size_t i = 0; i < n; i++)
        for (unsigned b = 0; b < bytes; b++)
            room[i * bytes + b] = (unsigned char)(row[i] >> 8 * b);
    put(o, room, n * bytes);
}

/* The totals that go on, in the order in which they stand in the file. */
enum { KEPT_TOTALS = 7 };

static void kept_totals(struct count_totals *t, uint64_t *kept[KEPT_TOTALS])
{
    kept[0] = &t->counted;
    kept[1] = &t->samples;
    kept[2] = &t->frames;
    kept[3] = &t->unlabelled;
    kept[4] = &t->surplus;
    kept[5] = &t->unknown;
    kept[6] = &t->short_segments;
}

static bool put_all(struct count_job *j, FILE *f)
{
    struct cells *c = &j->cells;
    struct out o = {f, crc32(0, NULL, 0)};
    uint64_t *kept[KEPT_TOTALS];
    size_t width = c->offset[c->layers];
    unsigned char *room = mem_array(width, 4);
    if (!room)
        return false;
    put(&o, MAGIC, strlen(MAGIC));
    put_text(&o, buf_text(&j->settings), j->settings.len);
    put_number(&o, j->corpus.count);
    put(&o, j->done, bitset_words(j->corpus.count) * sizeof *j->done);
    put_number(&o, j->digest);
    kept_totals(&j->totals, kept);
    for (int i = 0; i < KEPT_TOTALS; i++)
        put_number(&o, *kept[i]);
    for (uint32_t k = 0; k < c->factors; k++) {
        put_number(&o, c->level[k].count);
        for (uint32_t i = 0; i < c->level[k].count; i++)
            put_text(&o, c->level[k].name[i], strlen(c->level[k].name[i]));
    }
    /* Cells without a frame are those of an utterance for which memory did not suffice. */
    uint64_t live = 0;
    for (uint32_t i = 0; i < c->count; i++)
        live += c->frames[i] > 0;
    put_number(&o, live);
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->frames[i] == 0)
            continue;
        put(&o, c->key[i], c->factors * sizeof *c->key[i]);
        put_number(&o, (uint64_t)c->frames[i]);
        put_row(&o, c->row[i], width, room);
    }
    uint32_t crc = (uint32_t)o.crc;
    fwrite(&crc, 1, sizeof crc, f);
    free(room);
    return true;
}

enum status journal_save(struct count_job *j, struct err *err)
{
    struct buf temp = BUF_INIT;
    enum status code = STATUS_OK;
    FILE *f = NULL;
    if (!j->journal)
        return STATUS_OK;
    /* Always the same name: a killed run leaves no litter that the next one does not reuse. */
    buf_printf(&temp, "%s.new", j->journal);
    if (!buf_ok(&temp))
        return err_nomem(err);
    int fd = open(buf_text(&temp), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0 || !(f = fdopen(fd, "wb"))) {
        code = err_errno(err, buf_text(&temp));
        if (fd >= 0)
            close(fd);
        goto out;
    }
    j->fresh = false;
    if (!put_all(j, f)) {
        fclose(f);
        code = err_nomem(err);
        goto out;
    }
    pthread_mutex_unlock(&j->lock);
    bool bad = fflush(f) != 0 || ferror(f) || fsync(fd) != 0;
    bad = fclose(f) != 0 || bad;
    if (bad || rename(buf_text(&temp), j->journal) != 0)
        code = err_errno(err, j->journal);
    pthread_mutex_lock(&j->lock);
out:
    if (code && f)
        unlink(buf_text(&temp));
    buf_free(&temp);
    return code;
}

void journal_remove(const struct count_job *j)
{
    if (j->journal)
        unlink(j->journal);
}

/* What is left to read; reading past the end fails once and for all. */
struct in {
    const unsigned char *at;
    size_t left;
    bool failed;
};

static const void *get(struct in *in, size_t n)
{
    const void *p = in->at;
    if (in->failed || n > in->left) {
        in->failed = true;
        return NULL;
    }
    in->at += n;
    in->left -= n;
    return p;
}

static uint64_t get_number(struct in *in)
{
    uint64_t v = 0;
    const void *p = get(in, sizeof v);
    if (p)
        memcpy(&v, p, sizeof v);
    return v;
}

/* The next text, owned by the caller; NULL at the end, without memory, or with NULs in it. */
static char *get_text(struct in *in)
{
    uint64_t n = get_number(in);
    const char *p = n <= in->left ? get(in, (size_t)n) : NULL;
    char *text = p && !memchr(p, '\0', (size_t)n) ? mem_strndup(p, (size_t)n) : NULL;
    in->failed |= !text;
    return text;
}

/* The lines in which OLD settings and NEW differ first, as a message. */
static enum status tell_difference(const char *path, const char *old, const char *new,
                                   struct err *err)
{
    size_t n, m, key;
    for (;;) {
        n = strcspn(old, "\n");
        m = strcspn(new, "\n");
        if (n != m || memcmp(old, new, n) != 0 || n == 0)
            break;
        old += n + (old[n] == '\n');
        new += m + (new[m] == '\n');
    }
    key = strcspn(new, ":\n");
    return err_set(err, STATUS_MISMATCH,
                   "%s: the interrupted run had another %.*s (%.*s, not %.*s); repeat its command, "
                   "or begin anew with --no-resume",
                   path, (int)key, new, n > key + 2 && n < key + 120 ? (int)(n - key - 2) : 0,
                   old + (n > key + 2 ? key + 2 : 0),
                   m > key + 2 && m < key + 120 ? (int)(m - key - 2) : 0,
                   new + (m > key + 2 ? key + 2 : 0));
}

static bool get_levels(struct in *in, struct names *t)
{
    uint64_t n = get_number(in);
    names_free(t);
    for (uint64_t i = 0; i < n && !in->failed; i++) {
        char *name = get_text(in);
        in->failed |= !name || names_add(t, name) != i;
        free(name);
    }
    return !in->failed;
}

/* A cell's counters; in each layer they must add up to its frames times tau. */
static bool get_row(struct in *in, const struct cells *c, uint32_t cell)
{
    const unsigned char *bytes = get(in, 1);
    size_t width = c->offset[c->layers];
    if (!bytes || (*bytes != 1 && *bytes != 2 && *bytes != 4))
        return false;
    const unsigned char *p = get(in, width * *bytes);
    if (!p)
        return false;
    for (size_t i = 0; i < width; i++)
        for (unsigned b = 0; b < *bytes; b++)
            c->row[cell][i] |= (uint32_t)*p++ << 8 * b;
    for (uint32_t n = 0; n < c->layers; n++) {
        uint64_t sum = 0;
        for (size_t i = c->offset[n]; i < c->offset[n + 1]; i++) {
            sum += c->row[cell][i];
            if (c->row[cell][i] > (uint64_t)c->frames[cell])
                return false;
        }
        if (sum != (uint64_t)c->frames[cell] * c->tau[n])
            return false;
    }
    return true;
}

static bool get_cells(struct in *in, struct cells *c, uint64_t frames)
{
    uint64_t n = get_number(in), sum = 0;
    for (uint64_t i = 0; i < n && !in->failed; i++) {
        int32_t key[CELLS_MAX_FACTORS] = {-1, -1, -1, -1};
        const void *p = get(in, c->factors * sizeof *key);
        if (!p)
            return false;
        memcpy(key, p, c->factors * sizeof *key);
        for (uint32_t f = 0; f < c->factors; f++)
            if (key[f] < -1 || key[f] >= (int64_t)c->level[f].count)
                return false;
        uint64_t of_cell = get_number(in);
        if (cells_find(c, key) != i || of_cell == 0 || of_cell > UINT32_MAX)
            return false;
        c->frames[i] = (int64_t)of_cell;
        sum += of_cell;
        if (!get_row(in, c, (uint32_t)i))
            return false;
    }
    return !in->failed && sum == frames;
}

static bool get_done(struct in *in, struct count_job *j)
{
    size_t words = bitset_words(j->corpus.count);
    if (get_number(in) != j->corpus.count)
        return false;
    const void *p = get(in, words * sizeof *j->done);
    if (!p)
        return false;
    memcpy(j->done, p, words * sizeof *j->done);
    if (j->corpus.count % 64 && j->done[words - 1] >> j->corpus.count % 64)
        return false;
    uint64_t digest = 0;
    for (size_t i = 0; i < j->corpus.count; i++)
        if (bitset_has(j->done, i))
            digest += corpus_hash(j->corpus.recording[i].utterance);
    j->digest = get_number(in);
    return j->digest == digest;
}

static bool get_all(struct in *in, struct count_job *j)
{
    uint64_t *kept[KEPT_TOTALS];
    if (!get_done(in, j))
        return false;
    kept_totals(&j->totals, kept);
    for (int i = 0; i < KEPT_TOTALS; i++)
        *kept[i] = get_number(in);
    for (uint32_t f = 0; f < j->cells.factors; f++)
        if (!get_levels(in, &j->cells.level[f]))
            return false;
    if (!get_cells(in, &j->cells, j->totals.frames) || in->left != 0)
        return false;
    j->totals.resumed = j->totals.counted;
    j->totals.resumed_samples = j->totals.samples;
    return j->totals.counted == bitset_count(j->done, bitset_words(j->corpus.count));
}

static bool whole(const struct mapped *m)
{
    uint32_t crc;
    size_t n = m->size;
    if (n < strlen(MAGIC) + sizeof crc || memcmp(m->data, MAGIC, strlen(MAGIC)) != 0)
        return false;
    memcpy(&crc, m->data + n - sizeof crc, sizeof crc);
    return crc32_z(crc32(0, NULL, 0), m->data, n - sizeof crc) == crc;
}

/* True if the rest of the journal begins with an empty set of utterances: nothing can be lost. */
static bool nothing_done(struct in *in)
{
    uint64_t n = get_number(in);
    const unsigned char *p = n / 8 <= in->left ? get(in, bitset_words((size_t)n) * 8) : NULL;
    bool any = !p;
    for (size_t i = 0; p && i < bitset_words((size_t)n) * 8; i++)
        any |= p[i] != 0;
    return !any;
}

enum status journal_load(struct count_job *j, struct err *err)
{
    struct mapped m;
    char *settings = NULL;
    enum status code = STATUS_OK;
    if (!j->journal || (access(j->journal, F_OK) != 0 && errno == ENOENT))
        return STATUS_OK;
    if ((code = mapped_open(&m, j->journal, err)))
        return code;
    if (!whole(&m))
        goto broken;
    struct in in = {m.data + strlen(MAGIC), m.size - strlen(MAGIC) - sizeof(uint32_t), false};
    if (!(settings = get_text(&in)))
        goto broken;
    if (strcmp(settings, buf_text(&j->settings)) != 0) {
        if (!nothing_done(&in))
            code = tell_difference(j->journal, settings, buf_text(&j->settings), err);
    } else if (!get_all(&in, j)) {
        goto broken;
    }
    goto out;
broken:
    code = err_set(err, STATUS_FORMAT, "%s: damaged; begin anew with --no-resume", j->journal);
out:
    free(settings);
    mapped_close(&m);
    return code;
}

static void setting(struct buf *b, const char *what, const char *path)
{
    buf_printf(b, "%s: %016" PRIx64 "\n", what, corpus_digest_path(path));
}

enum status journal_settings(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct buf *b = &j->settings;
    buf_printf(b, "version of propneu: %s\n", PACKAGE_VERSION);
    buf_printf(b, "model (-m): %016" PRIx64 "\n", j->info->fingerprint);
    setting(b, "--mean-std", o->mean_std);
    buf_printf(b, "--lambda: %.17g\n--frames or --compat: %s\n", o->lambda_percent,
               counts_frames_name(o->frames));
    buf_str(b, "--by: ");
    for (uint32_t f = 0; f < j->cells.factors; f++)
        buf_printf(b, "%s%s", f ? "," : "", j->cells.factor[f]);
    buf_printf(b, "\ncorpus (-a): %016" PRIx64 "\n", corpus_digest(&j->corpus));
    setting(b, "labels (-l)", o->labels);
    setting(b, "--label-table", o->label_table);
    buf_printf(b, "--tier: %s\n", o->tier ? o->tier : "");
    setting(b, "--phones", o->phones);
    setting(b, "--speakers", j->gendered ? o->speakers : NULL);
    if (j->pitch.tracked)
        buf_str(b, "--pitch: " COUNT_PITCH_AUTO "\n");
    else
        setting(b, "--pitch", j->pitch.file ? o->pitch : NULL);
    /* Tertiles of what is tracked follow from the corpus and its labels. */
    buf_printf(b, "--pitch-edges: %s\n", j->edges);
    return buf_ok(b) ? STATUS_OK : err_nomem(err);
}
