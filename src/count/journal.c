/*
 * Writing the journal of a counting job: settings, totals, which utterances are done, and the
 * cells, with a checksum. It is written whole to a second file, synchronised and renamed, so that
 * a kill at any moment leaves either the state before or the state after.
 */
#include "config.h"

#include "count/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bitset.h"
#include "formats/file.h"
#include "formats/tempnames.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/settings.h"

/* What is written, and the CRC-32 of all bytes so far. */
struct out {
    FILE *f;
    uLong crc;
};

/* Write errors stay in F until it is flushed. crc32 takes a length of 32 bits, hence the steps. */
static void journal_put_bytes(struct out *o, const void *bytes, size_t n)
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
    journal_put_bytes(o, &v, sizeof v);
}

static void put_text(struct out *o, const char *text, size_t n)
{
    put_number(o, n);
    journal_put_bytes(o, text, n);
}

/* A cell's counters in as few bytes each as the largest one needs. */
static void put_row(struct out *o, const uint32_t *row, size_t n, unsigned char *room)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = row[i] > most ? row[i] : most;
    unsigned char bytes = most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : 4;
    journal_put_bytes(o, &bytes, 1);
    for (size_t i = 0; i < n; i++)
        for (unsigned b = 0; b < bytes; b++)
            room[i * bytes + b] = (unsigned char)(row[i] >> 8 * b);
    journal_put_bytes(o, room, n * bytes);
}

bool journal_put(const struct count_job *j, const struct tally *t, FILE *f)
{
    const struct cells *c = &t->cells;
    struct count_totals totals = t->totals;
    struct out o = {f, crc32(0, NULL, 0)};
    uint64_t *kept[TALLY_TOTALS];
    size_t width = c->offset[c->layers];
    unsigned char *room = mem_array(width, 4);
    if (!room)
        return false;
    journal_put_bytes(&o, JOURNAL_MAGIC, strlen(JOURNAL_MAGIC));
    put_text(&o, buf_text(&j->settings), j->settings.len);
    put_number(&o, j->corpus.recordings.count);
    journal_put_bytes(&o, t->done, bitset_words(j->corpus.recordings.count) * sizeof *t->done);
    put_number(&o, t->digest);
    tally_totals(&totals, kept);
    for (int i = 0; i < TALLY_TOTALS; i++)
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
        journal_put_bytes(&o, c->key[i], c->factors * sizeof *c->key[i]);
        put_number(&o, (uint64_t)c->frames[i]);
        put_row(&o, c->row[i], width, room);
    }
    put_number(&o, t == &j->tally ? j->spill.length : 0);
    put_number(&o, t == &j->tally ? j->spill.crc : 0);
    put_text(&o, (const char *)t->tokens.data, t->tokens.len);
    uint32_t crc = (uint32_t)o.crc;
    fwrite(&crc, 1, sizeof crc, f);
    free(room);
    return true;
}

/* Locks FD for this run; a file system that knows no locks is taken as it is. */
static enum status journal_lock_file(const struct count_job *j, int fd, struct err *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return err_set(err, STATUS_IO, "%s: in use by another run", j->journal);
    return STATUS_OK;
}

/* Opens PATH, empty and locked, for a new journal. */
static enum status open_new(const struct count_job *j, const char *path, int *out, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (fd < 0)
        return err_errno(err, path);
    /* Emptied only once it is ours. */
    enum status code = journal_lock_file(j, fd, err);
    if (!code && ftruncate(fd, 0) != 0)
        code = err_errno(err, path);
    if (code)
        close(fd);
    else
        *out = fd;
    return code;
}

enum status journal_save(struct count_job *j, struct err *err)
{
    struct buf temp = BUF_INIT;
    int fd = -1, held = -1;
    FILE *f = NULL;
    enum status code;
    if (!j->journal)
        return STATUS_OK;
    /* Always the same name: a killed run leaves no litter that the next one does not reuse. */
    buf_printf(&temp, "%s.new", j->journal);
    if (!buf_ok(&temp)) {
        buf_free(&temp);
        return err_nomem(err);
    }
    /* What was counted by a model that changed meanwhile is worth nothing. */
    if ((code = mapped_unchanged(err)) || (code = spill_write(j, err)) ||
        (code = open_new(j, buf_text(&temp), &fd, err)))
        goto out;
    tempnames_add(buf_text(&temp));
    /*
     * The duplicate shares the lock of FD (flock locks the open file) and keeps it beyond fclose.
     */
    if ((held = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0 || !(f = fdopen(fd, "wb"))) {
        code = err_errno(err, buf_text(&temp));
        if (held < 0)
            unlink(buf_text(&temp));
        close(fd);
        goto out;
    }
    /* Set again by workers that add something while the lock is given up below. */
    j->fresh = false;
    if (!journal_put(j, &j->tally, f)) {
        fclose(f);
        code = err_nomem(err);
        goto out;
    }
    pthread_mutex_unlock(&j->lock);
    /* The bytes are a copy of the tally by now; only bringing them to the disk takes long. */
    errno = 0;
    bool bad = !spill_sync(j) || fflush(f) != 0 || ferror(f) || fsync(fd) != 0;
    if (bad)
        file_find_reason(fd);
    int why = errno;
    bool lost = fclose(f) != 0;
    errno = bad ? why : errno;
    if (bad || lost || rename(buf_text(&temp), j->journal) != 0)
        code = err_errno(err, j->journal);
    pthread_mutex_lock(&j->lock);
out:
    if (code && held >= 0) {
        unlink(buf_text(&temp));
        close(held);
    } else if (!code) {
        /* The old journal's descriptor; the new file has the name and the lock from here on. */
        journal_unlock(j);
        j->journal_fd = held;
    }
    tempnames_drop(buf_text(&temp));
    buf_free(&temp);
    return code;
}

enum status journal_lock(struct count_job *j, struct err *err)
{
    int fd = j->journal ? open(j->journal, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0)
        return STATUS_OK; /* none, or reading and writing it will fail and say why */
    enum status code = journal_lock_file(j, fd, err);
    if (code)
        close(fd);
    else
        j->journal_fd = fd;
    return code;
}

void journal_unlock(struct count_job *j)
{
    if (j->journal_fd >= 0)
        close(j->journal_fd);
    j->journal_fd = -1;
}

void journal_remove(const struct count_job *j)
{
    if (j->journal)
        unlink(j->journal);
    spill_remove(j);
}

static void journal_add_setting(struct buf *b, const char *what, const char *path)
{
    settings_add_digest(b, what, corpus_digest_path(path));
}

enum status journal_settings(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct buf *b = &j->settings;
    buf_printf(b, "version of propneu: %s\n", PACKAGE_VERSION);
    /* Inputs count by digests, so that a moved file does no harm and a changed one is noticed. */
    settings_add_digest(b, "model (-m)", j->info->fingerprint);
    journal_add_setting(b, "--mean-std", o->mean_std);
    if (j->info->normalize_from)
        buf_printf(b, "--normalize\t%s\n", j->info->normalize ? "yes" : "no");
    buf_printf(b, "--lambda: %s", number_short(o->lambda_percent, 17).text);
    for (unsigned k = 1; k < o->lambdas; k++)
        buf_printf(b, ",%s", number_short(o->lambda[k], 17).text);
    buf_printf(b, "\n--frames or --compat: %s\n", counts_frames_name(o->frames));
    buf_str(b, "--by: ");
    for (uint32_t f = 0; f < j->tally.cells.factors; f++)
        buf_printf(b, "%s%s", f ? "," : "", j->tally.cells.factor[f]);
    buf_str(b, "\n");
    buf_printf(b, "--tokens: %s\n", o->tokens ? "yes" : "no");
    settings_add_digest(b, "corpus (-a)", recordings_digest(&j->corpus.recordings));
    if (j->corpus.shards.of)
        buf_printf(b, "--shard: %s/%u of %016" PRIx64 "\n", j->corpus.shards.held,
                   j->corpus.shards.of, j->corpus.shards.recordings_digest);
    else
        buf_str(b, "--shard: \n");
    journal_add_setting(b, "labels (-l)", o->corpus.labels);
    journal_add_setting(b, "--label-table", o->corpus.label_table);
    buf_printf(b, "--tier: %s\n", o->corpus.tier ? o->corpus.tier : "");
    buf_printf(b, "--label-part: %u\n", o->corpus.label_part ? o->corpus.label_part : 1);
    const char *phones = o->corpus.phones ? o->corpus.phones : labels_phones(j->corpus.labels);
    if (phones && corpus_digest_path(phones) == 0) /* a bundled table */
        buf_printf(b, "--phones: %s\n", phones);
    else
        journal_add_setting(b, "--phones", phones);
    journal_add_setting(b, "--speakers",
                        j->corpus.gendered || j->corpus.speakers.speaker.count ? o->corpus.speakers
                                                                               : NULL);
    for (unsigned x = 0; x < o->corpus.extras; x++)
        buf_printf(b, "--factor %s: %016" PRIx64 "\n", o->corpus.extra[x].name,
                   corpus_digest_path(o->corpus.extra[x].file));
    if (j->corpus.pitch.tracked)
        buf_str(b, "--pitch: " CORPUS_PITCH_AUTO "\n");
    else
        journal_add_setting(b, "--pitch", j->corpus.pitch.file ? o->corpus.pitch : NULL);
    /* Tertiles of what is tracked follow from the corpus and its labels. */
    buf_printf(b, "--pitch-edges: %s\n", j->edges);
    return buf_ok(b) ? STATUS_OK : err_nomem(err);
}
