/*
 * countfile.h - activation counts on disk (propneu-counts(5)).
 *
 * A count file holds C cells, one for each combination of factor levels that occurred, and for
 * every layer N the number of frames of each cell in which each neuron was activated.  Files made
 * from published probabilities hold probabilities instead and know no frame numbers.
 */
#ifndef PROPNEU_FORMATS_COUNTFILE_H
#define PROPNEU_FORMATS_COUNTFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shards.h"
#include "formats/tensors/tensors.h"

#define COUNTS_MAX_FACTORS 64
#define COUNTS_MAX_LAMBDAS 8
#define COUNTS_MAX_COLUMNS 64

/* One factor (phone, gender, pitch, speaker, ...): level names, and each cell's level. */
struct counts_factor {
    char *name;
    char **level; /* [levels], distinct */
    uint32_t levels;
    const int32_t *index; /* [cells]; -1 = none (no pitch, gender not known) */
};

/* What the table of speakers says of each speaker, besides the gender. */
struct counts_column {
    char *name;
    char **value; /* [levels of the factor speaker]; "" where the table has none */
};

/* One layer's counts [cells][width]: exactly one of the three pointers is set. */
struct counts_layer {
    uint32_t width; /* D: neurons */
    uint32_t tau;   /* neurons activated in each frame */
    const uint16_t *u16;
    const uint32_t *u32;
    const float *probability; /* p(i | cell), 0 where the cell was never seen */
};

/* How frames were chosen. */
enum counts_frames { COUNTS_FRAMES_ALL, COUNTS_FRAMES_MID, COUNTS_FRAMES_AUTHORS };

/* What a count file says.  All memory behind the pointers is counts_alloc's, or the file's. */
struct counts {
    char *path; /* as opened; "" for one built in memory */
    char *model, *family, *created_by, *command;
    double lambda_percent;
    enum counts_frames frames_mode;
    char *pitch_edges_hz;       /* "129.03,179.78", or "" */
    uint64_t model_fingerprint; /* model.h; 0 = not known */
    uint64_t utterances;
    uint64_t utterance_digest; /* sum of the hashes of the utterances' names; 0 = not known */
    double seconds;
    struct shards shards;  /* the part of a corpus it is of, if it is one */
    uint32_t cells;        /* at least 1 */
    const int64_t *frames; /* [cells] >= 1; all -1 where only probabilities are known */
    uint32_t factors;
    struct counts_factor *factor; /* [factors] */
    uint32_t columns;             /* 0 without the factor speaker */
    struct counts_column *column; /* [columns], of distinct names */
    char *strata; /* the column within whose values speakers are exchanged by default; "": none */
    /* [levels of the factor phone] occurrences in the label table of the published program, which
     * orders phones by them; NULL where there was no table. */
    const int64_t *phone_occurrences;
    uint32_t layers;            /* at least 1 */
    struct counts_layer *layer; /* [layers] at lambda_percent */
    /* Counts at several lambdas, of which lambda_percent is the chosen one (counts_choose); 0: it
     * is the only one, and the next two are not looked at. */
    uint32_t lambdas;
    double *lambda;             /* [lambdas] percent, distinct, the file's own first */
    struct counts_layer *block; /* [lambdas][layers] */
    struct tensors file;        /* what the arrays are borrowed from; empty for one in memory */
    void *blocks;               /* private: memory of counts_alloc */
};

/*
 * Opens PATH, mapped; every index, count and length is checked before it is used (levels in
 * range, count <= frames of its cell, no duplicate cells, probabilities in [0, 1]).  Checks that
 * would touch every count are made too, once: one pass over a mapped file, in which the counts of
 * a cell must also add up to its frames times tau.  Free with counts_free.
 */
enum status counts_open(struct counts *c, const char *path, struct err *err);

/* The same for SIZE bytes in memory, which must outlive C; NAME stands in messages. */
enum status counts_parse(struct counts *c, const void *bytes, size_t size, const char *name,
                         struct err *err);

void counts_free(struct counts *c);

/* Zeroed memory that belongs to C and goes with it; NULL without memory. */
void *counts_alloc(struct counts *c, size_t n, size_t size);

/* A copy of TEXT that belongs to C; NULL without memory. */
char *counts_text(struct counts *c, const char *text);

/* Makes TEXT fit for a count file's names: what is no UTF-8, and control bytes, become '?'. */
void counts_clean(char *text);

/* Tables of counts: layers at the file's own lambda, then at the next, ... */
static inline uint32_t counts_blocks(const struct counts *c)
{
    return c->layers * (c->lambdas ? c->lambdas : 1);
}

static inline const struct counts_layer *counts_block(const struct counts *c, uint32_t b)
{
    return c->lambdas ? &c->block[b] : &c->layer[b];
}

/*
 * Goes over to the counts at lambda PERCENT: `layer` and lambda_percent are theirs from now on.
 * STATUS_NOTFOUND, listing the lambdas there are.
 */
enum status counts_choose(struct counts *c, double percent, struct err *err);

/* True if the file holds probabilities and no counts. */
static inline bool counts_is_probability(const struct counts *c)
{
    return c->layers > 0 && c->layer[0].probability;
}

/* Number of the factor NAME, or -1. */
int counts_find_factor(const struct counts *c, const char *name);

/* Index of LEVEL in factor F, or -1. */
int counts_find_level(const struct counts *c, uint32_t f, const char *level);

/* Number of the column NAME of the speakers, or -1. */
int counts_find_column(const struct counts *c, const char *name);

/* "all", "mid", "authors". */
const char *counts_frames_name(enum counts_frames mode);

/*
 * Writes C to PATH atomically, cells in the order they have (callers sort them by the
 * factors' level indices, so that equal counts give equal bytes).  U16 where every count of a
 * layer fits, else U32.
 */
enum status counts_write(const struct counts *c, const char *path, struct err *err);

/*
 * The same where the counts do not lie in one piece: ROW gives those of a cell in a block (of
 * counts_blocks) [width], valid until it is called again; the layers' own pointers are not looked
 * at.
 */
typedef const uint32_t *counts_row(void *context, uint32_t block, uint32_t cell);
enum status counts_write_rows(const struct counts *c, counts_row *row, void *context,
                              const char *path, struct err *err);

/* The neurons of each layer [layers], to be freed; NULL without memory. */
uint32_t *counts_widths(const struct counts *c, struct err *err);

#endif
