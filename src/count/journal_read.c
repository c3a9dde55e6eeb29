/*
 * Reading a journal back: only one whose checksum holds and whose settings are those of the job is
 * resumed; otherwise the first difference is named.
 */
#include "config.h"

#include "count/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bitset.h"
#include "formats/file.h"
#include "base/mem.h"
#include "base/settings.h"

/* What is left to read; reading past the end fails once and for all. */
struct in {
    const unsigned char *at;
    size_t left;
    bool failed;
};

static const void *journal_get_bytes(struct in *in, size_t n)
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

/* The next number; 0 once reading has failed. */
static uint64_t get_number(struct in *in)
{
    uint64_t v = 0;
    const void *p = journal_get_bytes(in, sizeof v);
    if (p)
        memcpy(&v, p, sizeof v);
    return v;
}

/* The next text, owned by the caller; NULL at the end, without memory, or with NULs in it. */
static char *get_text(struct in *in)
{
    uint64_t n = get_number(in);
    const char *p = n <= in->left ? journal_get_bytes(in, (size_t)n) : NULL;
    char *text = p && !memchr(p, '\0', (size_t)n) ? mem_strndup(p, (size_t)n) : NULL;
    in->failed |= !text;
    return text;
}

/*
 * The levels of one factor. Keys of cells are positions in this list, so a repeated name is damage.
 */
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
    const unsigned char *bytes = journal_get_bytes(in, 1);
    size_t width = c->offset[c->layers];
    if (!bytes || (*bytes != 1 && *bytes != 2 && *bytes != 4))
        return false;
    const unsigned char *p = journal_get_bytes(in, width * *bytes);
    if (!p)
        return false;
    /* Lowest byte first. The row is zero: cells_find has just made it. */
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

/* Cells with keys, frames and counters. Keys must be valid level indices, each cell new and with
 * frames, and the frames must add up to the total FRAMES: a journal that fails is refused. */
static bool get_cells(struct in *in, struct cells *c, uint64_t frames)
{
    uint64_t n = get_number(in), sum = 0;
    for (uint64_t i = 0; i < n && !in->failed; i++) {
        int32_t key[CELLS_MAX_FACTORS];
        const void *p = journal_get_bytes(in, c->factors * sizeof *key);
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

/* Which utterances are done. Bits beyond the last recording must be 0, and the digest must be that
 * of the names of the recordings done: the numbers then mean the same utterances as before. */
static bool get_done(struct in *in, const struct count_job *j, struct tally *t)
{
    size_t words = bitset_words(j->corpus.recordings.count);
    if (get_number(in) != j->corpus.recordings.count)
        return false;
    const void *p = journal_get_bytes(in, words * sizeof *t->done);
    if (!p)
        return false;
    memcpy(t->done, p, words * sizeof *t->done);
    if (j->corpus.recordings.count % 64 && t->done[words - 1] >> j->corpus.recordings.count % 64)
        return false;
    uint64_t digest = 0;
    for (size_t i = 0; i < j->corpus.recordings.count; i++)
        if (bitset_has(t->done, i))
            digest += corpus_hash(j->corpus.recordings.recording[i].utterance);
    t->digest = get_number(in);
    return t->digest == digest;
}

/* How much of the spill is good, into SPILL, and the tokens that are not there. */
static bool get_tokens(struct in *in, const struct count_job *j, struct tally *t,
                       struct token_spill *spill)
{
    uint64_t length = get_number(in), crc = get_number(in), n = get_number(in);
    const void *p = n <= in->left ? journal_get_bytes(in, (size_t)n) : NULL;
    if (!p || crc > UINT32_MAX || (!j->options->tokens && (n > 0 || length > 0)))
        return false;
    if (!mem_grow(&t->tokens.data, &t->tokens.cap, (size_t)n + 1, 1))
        return false;
    memcpy(t->tokens.data, p, (size_t)n);
    t->tokens.len = (size_t)n;
    spill->length = length;
    spill->crc = (uint32_t)crc;
    return tokens_check(j, t, t->tokens.data, t->tokens.len);
}

/* What stands behind the settings. */
static bool get_all(struct in *in, const struct count_job *j, struct tally *t,
                    struct token_spill *spill)
{
    uint64_t *kept[TALLY_TOTALS];
    if (!get_done(in, j, t))
        return false;
    tally_totals(&t->totals, kept);
    for (int i = 0; i < TALLY_TOTALS; i++)
        *kept[i] = get_number(in);
    for (uint32_t f = 0; f < t->cells.factors; f++)
        if (!get_levels(in, &t->cells.level[f]))
            return false;
    if (!get_cells(in, &t->cells, t->totals.frames) || !get_tokens(in, j, t, spill) ||
        in->left != 0)
        return false;
    return t->totals.counted == bitset_count(t->done, bitset_words(j->corpus.recordings.count));
}

/* The CRC-32 at the end is of all bytes before it, the magic bytes included. */
static bool journal_is_whole(const unsigned char *bytes, size_t n)
{
    uint32_t crc;
    if (n < strlen(JOURNAL_MAGIC) + sizeof crc ||
        memcmp(bytes, JOURNAL_MAGIC, strlen(JOURNAL_MAGIC)) != 0)
        return false;
    memcpy(&crc, bytes + n - sizeof crc, sizeof crc);
    return crc32_z(crc32(0, NULL, 0), bytes, n - sizeof crc) == crc;
}

/* What stands between the magic bytes and the checksum of a whole journal. */
static struct in journal_contents(const unsigned char *bytes, size_t n)
{
    return (struct in){bytes + strlen(JOURNAL_MAGIC), n - strlen(JOURNAL_MAGIC) - sizeof(uint32_t),
                       false};
}

bool journal_get(const struct count_job *j, const void *bytes, size_t size, struct tally *t)
{
    if (!journal_is_whole(bytes, size))
        return false;
    struct in in = journal_contents(bytes, size);
    struct token_spill none; /* parts have no spill */
    char *settings = get_text(&in);
    bool ok =
        settings && strcmp(settings, buf_text(&j->settings)) == 0 && get_all(&in, j, t, &none);
    free(settings);
    return ok;
}

/* True if the rest of the journal begins with an empty set of utterances: nothing can be lost. */
static bool nothing_done(struct in *in)
{
    uint64_t n = get_number(in);
    const unsigned char *p =
        n / 8 <= in->left ? journal_get_bytes(in, bitset_words((size_t)n) * 8) : NULL;
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
    if (!journal_is_whole(m.data, m.size))
        goto broken;
    struct in in = journal_contents(m.data, m.size);
    if (!(settings = get_text(&in)))
        goto broken;
    if (strcmp(settings, buf_text(&j->settings)) != 0) {
        /* A journal of other settings without any utterance is overwritten: nothing is lost. */
        if (!nothing_done(&in))
            code = settings_difference(j->journal, settings, buf_text(&j->settings), err);
    } else if (!get_all(&in, j, &j->tally, &j->spill)) {
        goto broken;
    } else {
        j->tally.totals.resumed = j->tally.totals.counted;
        j->tally.totals.resumed_samples = j->tally.totals.samples;
    }
    goto out;
broken:
    code = err_set(err, STATUS_FORMAT, "%s: damaged; use --no-resume to start over", j->journal);
out:
    free(settings);
    mapped_close(&m);
    return code;
}
