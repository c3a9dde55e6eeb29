/*
 * framejson.h - the published lists by frame: JSON {utterance: [number per 20 ms frame]}.
 *
 * The outer object is walked member by member, so that a corpus of many hours takes two or four
 * bytes a frame and not a tree of JSON values.
 */
#ifndef PROPNEU_FORMATS_LABELS_FRAMEJSON_H
#define PROPNEU_FORMATS_LABELS_FRAMEJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"

enum framejson_kind {
    FRAMEJSON_INDEX, /* whole numbers in a range */
    FRAMEJSON_F0,    /* numbers: Hz, not negative */
};

struct framejson {
    struct names utterance;
    size_t *start;  /* [utterance.count + 1] offsets into the values */
    int16_t *index; /* FRAMEJSON_INDEX, else NULL */
    float *value;   /* FRAMEJSON_F0, else NULL */
    size_t start_cap, cap;
};

/* Numbers of the lists that are allowed. */
struct framejson_range {
    int32_t min, max; /* for FRAMEJSON_INDEX, within int16_t */
    const char *what; /* for messages: "label index", "pitch class" */
};

/*
 * Reads SIZE bytes; NAME stands in messages, which give the utterance and its frame.  RANGE is
 * not looked at for FRAMEJSON_F0.  An utterance twice is an error.  Free with framejson_free.
 */
enum status framejson_parse(struct framejson *f, enum framejson_kind kind,
                            const struct framejson_range *range, const void *bytes, size_t size,
                            const char *name, struct err *err);
void framejson_free(struct framejson *f);

/* What the indices of label lists mean. */
struct label_table {
    char **label; /* [count]; NULL where no label has the index */
    size_t count;
};

#define LABEL_TABLE_MAX INT16_MAX

/* True if the label table is JSON, and not Kaldi's phones.txt. */
bool label_table_is_json(const void *bytes, size_t size);

/*
 * Reads a label table {"AH": [index, count], ...}; a bare index is taken too, and so is Kaldi's
 * phones.txt, "AH 3" a line (symboltable.h).  Indices run to at most LABEL_TABLE_MAX and no two
 * labels share one.  Free with label_table_free.
 */
enum status label_table_parse(struct label_table *t, const void *bytes, size_t size,
                              const char *name, struct err *err);
void label_table_free(struct label_table *t);

#endif
