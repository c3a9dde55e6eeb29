/*
 * Where the columns of a speaker table are: by its header, or else by its values.
 */
#include "config.h"

#include "corpus/speakers_layout.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "corpus/genders.h"
#include "formats/listed.h"
#include "formats/rows.h"

#define MAX_COLUMNS SPEAKERS_MAX_COLUMNS

/* SPEAKERS.TXT: ID | SEX | SUBSET | MINUTES | NAME, where NAME may itself hold bars. */
#define LIBRISPEECH_COLUMNS 5

#define NO_COLUMN SIZE_MAX

/* A header's columns: the gender by its name or, where that is known, in column GENDER, the speaker
 * by its name or else the first other. */
static bool speakers_read_header(struct speakers_layout *t, const struct span *field, size_t n,
                                 size_t gender)
{
    static const char *const speaker_names[] = {"speaker", "spk",        "speaker_id", "spk_id",
                                                "id",      "speaker id", "client_id",  NULL};
    size_t speaker = n, utterance = listed_column(field, n);
    for (size_t i = 0; i < n; i++) {
        if (gender == NO_COLUMN && (span_is(field[i], "gender") || span_is(field[i], "sex")))
            gender = i;
        for (const char *const *w = speaker_names; speaker == n && *w; w++)
            if (span_is(field[i], *w))
                speaker = i;
    }
    if (gender >= n)
        return false;
    t->gender = gender;
    t->utterance = utterance < n ? utterance : NO_COLUMN;
    t->speaker = speaker != n ? speaker : gender == 0;
    return true;
}

void speakers_take_comment(struct speakers_layout *t, struct span comment, char divider)
{
    struct span field[MAX_COLUMNS];
    struct speakers_layout named;
    size_t n = span_split(comment, divider, field, MAX_COLUMNS);
    if (speakers_read_header(&named, field, n, NO_COLUMN))
        t->comment = comment;
}

/* The columns that are neither speaker nor gender, by the header's FIELDs [N]; each name once. */
static bool speakers_name_columns(struct speakers *s, struct speakers_layout *t,
                                  const struct span *field, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *name = field[i].n ? span_copy(field[i]) : NULL;
        bool wanted =
            name && i != t->gender && i != t->speaker && names_find(&s->column, name) == NAMES_NONE;
        uint32_t at = wanted ? names_add(&s->column, name) : 0;
        bool failed = (field[i].n && !name) || at == NAMES_NONE;
        free(name);
        if (failed)
            return false;
        if (wanted)
            t->column[at] = i;
    }
    return true;
}

/* True if FIELDs [N] begin with the name of a column, and none is called the gender's: what stands
 * in the gender's place would be taken for it. */
static bool speakers_lack_gender(const struct span *field, size_t n)
{
    static const char *const first[] = {"speaker", "speaker_id", "speaker id", "spk",
                                        "spk_id",  "id",         "client_id",  NULL};
    const char *const *w = first;
    if (n && listed_column(field, 1) == 0)
        return true;
    while (*w && !(n && span_is(field[0], *w)))
        w++;
    return *w != NULL;
}

static enum status speakers_refuse_files(struct span column, const char *place, struct err *err)
{
    return err_set(
        err, STATUS_FORMAT,
        "%s: no column of speakers, only of files (%.*s): each would be a speaker of its "
        "own; if that is so, call the column speaker",
        place, column.n < 40 ? (int)column.n : 40, column.s);
}

/* What the values of a column are. */
struct speakers_tally {
    size_t genders, unknown, others; /* others: but for the first line, which may be a header */
    bool headed;                     /* the first line has a word here that is no gender */
};

/* Counts the values of each column of the table that begins with its line number FIRST. */
static enum status speakers_tally(const struct speakers_layout *t,
                                  const struct speakers_table *table, size_t first,
                                  struct speakers_tally tally[MAX_COLUMNS], struct err *err)
{
    struct rows rows;
    struct span line, field[MAX_COLUMNS];
    enum status code = rows_begin(&rows, table->bytes, table->size, table->name, err);
    memset(tally, 0, MAX_COLUMNS * sizeof *tally);
    while (!code && rows_next(&rows, &line)) {
        if (rows.lines.number < first || !span_trim(line).n || strchr("#;", line.s[0]))
            continue;
        size_t n = span_split(line, t->divider, field, t->fields);
        for (size_t k = 0; k < n; k++) {
            enum gender g = gender_of(field[k]);
            bool digit = field[k].n && field[k].s[0] >= '0' && field[k].s[0] <= '9';
            if (g == GENDER_FEMALE || g == GENDER_MALE)
                tally[k].genders++;
            else if (g == GENDER_UNKNOWN)
                tally[k].unknown++;
            else if (rows.lines.number == first && g == GENDER_NONE && !digit)
                tally[k].headed = true;
            else
                tally[k].others++;
        }
    }
    return rows_end(&rows, code, err);
}

/* The column of genders: the second if it is one, else the next that is, else the first; the second
 * also if there are no genders at all and it knows none.  NO_COLUMN: it does not know of any. */
static size_t speakers_gender_column(const struct speakers_tally tally[MAX_COLUMNS])
{
    for (size_t i = 1; i <= MAX_COLUMNS; i++) {
        const struct speakers_tally *c = &tally[i % MAX_COLUMNS];
        if (c->genders && c->genders >= c->others)
            return i % MAX_COLUMNS;
    }
    return tally[1].genders + tally[1].others == 0 && !tally[1].headed ? 1 : NO_COLUMN;
}

/* The table's second column is what was taken for genders; names some of its values. */
static enum status speakers_refuse_column(const struct speakers_layout *t,
                                          const struct speakers_table *table, size_t first,
                                          bool hardly, struct err *err)
{
    enum { SHOWN = 3, WIDE = 24 };
    struct rows rows;
    struct span line, field[MAX_COLUMNS];
    struct names seen = NAMES_INIT;
    char list[SHOWN * (WIDE + 2) + 8] = "";
    size_t at = 0;
    enum status code = rows_begin(&rows, table->bytes, table->size, table->name, err);
    while (!code && seen.count <= SHOWN && rows_next(&rows, &line)) {
        if (rows.lines.number < first || !span_trim(line).n || strchr("#;", line.s[0]) ||
            span_split(line, t->divider, field, t->fields) < 2 ||
            gender_of(field[1]) != GENDER_NONE)
            continue;
        char value[WIDE + 1];
        uint32_t before = seen.count;
        snprintf(value, sizeof value, "%.*s", field[1].n < WIDE ? (int)field[1].n : WIDE,
                 field[1].s);
        if (names_add(&seen, value) == before)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", before ? ", " : "",
                                   before < SHOWN ? value : "...");
    }
    names_free(&seen);
    code = rows_end(&rows, code, err);
    return code ? code
                : err_set(err, STATUS_FORMAT,
                          "%s: column 2 holds %s genders (%s): say which column by a header with "
                          "speaker and gender",
                          table->name, hardly ? "hardly any" : "no", list);
}

/* The names of the columns are those of FIELD [N], where the files' may be the speakers'. */
static enum status speakers_take_header(struct speakers *s, struct speakers_layout *t,
                                        const struct speakers_layout *named,
                                        const struct span *field, size_t n, const char *place,
                                        struct err *err)
{
    if (named->utterance == named->speaker)
        return speakers_refuse_files(field[named->speaker], place, err);
    return speakers_name_columns(s, t, field, n) ? STATUS_OK : err_nomem(err);
}

/* Without a header by name: a first line without a gender where the lines below have one is a
 * header; else a comment with the gender's name in the gender's place names the columns. */
static enum status speakers_lay_out_by_values(struct speakers *s, struct speakers_layout *t,
                                              const struct speakers_table *table,
                                              struct span comment, const struct span *field,
                                              size_t n, size_t number, bool *header,
                                              struct err *err)
{
    struct speakers_tally tally[MAX_COLUMNS];
    struct span name[MAX_COLUMNS];
    char place[256];
    enum status code = speakers_tally(t, table, number, tally, err);
    size_t gender = speakers_gender_column(tally);
    snprintf(place, sizeof place, "%s: line %zu", table->name, number);
    if (code)
        return code;
    *header = gender != NO_COLUMN && tally[gender].headed;
    if (*header && speakers_read_header(t, field, n, gender))
        return speakers_take_header(s, t, t, field, n, place, err);
    if (speakers_lack_gender(field, n))
        return err_set(err, STATUS_FORMAT, "%s: no column called gender or sex", place);
    char divider = t->divider == LINES_FIELD ? span_divider(comment) : t->divider;
    struct speakers_layout named = *t;
    n = span_split(comment, divider, name, t->fields);
    bool told = speakers_read_header(&named, name, n, NO_COLUMN);
    if (gender == NO_COLUMN && !(told && named.gender == 1))
        return speakers_refuse_column(t, table, number, tally[1].genders > 0, err);
    t->gender = gender != NO_COLUMN ? gender : 1;
    t->speaker = t->gender == 0;
    return told && named.gender == t->gender
               ? speakers_take_header(s, t, &named, name, n, place, err)
               : STATUS_OK;
}

enum status speakers_find_layout(struct speakers *s, struct speakers_layout *t,
                                 const struct speakers_table *table, struct span line,
                                 size_t number, bool *header, struct err *err)
{
    struct span field[MAX_COLUMNS], comment = t->comment;
    char place[256];
    *t = (struct speakers_layout){
        .divider = span_divider(line), .fields = MAX_COLUMNS, .utterance = NO_COLUMN};
    if (line.n && memchr(line.s, '|', line.n)) {
        t->divider = '|';
        t->fields = LIBRISPEECH_COLUMNS;
    }
    size_t n = span_split(line, t->divider, field, t->fields);
    snprintf(place, sizeof place, "%s: line %zu", table->name, number);
    *header = speakers_read_header(t, field, n, NO_COLUMN);
    if (*header)
        return speakers_take_header(s, t, t, field, n, place, err);
    return speakers_lay_out_by_values(s, t, table, comment, field, n, number, header, err);
}
