/*
 * setwords.h - private: the words of set expressions, and which are known.
 */
#ifndef PROPNEU_ANALYSIS_SETWORDS_H
#define PROPNEU_ANALYSIS_SETWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/analysis.h"

/* Says whether the LEN bytes at WORD are a name. */
typedef bool (*setword_known)(const void *context, const char *word, size_t len);

struct setword_levels {
    const struct counts *counts;
    uint32_t factor;
};

struct setword_groups {
    const struct analysis *analysis;
    const char *property;
};

bool setword_is_property(const void *analysis, const char *word, size_t len);
bool setword_is_factor(const void *counts, const char *word, size_t len);
bool setword_is_level(const void *levels, const char *word, size_t len);
bool setword_is_selector(const void *nothing, const char *word, size_t len);
bool setword_is_group(const void *groups, const char *word, size_t len);

/*
 * Bytes of the word that begins at TEXT.  "-" and ":" are both characters of names and more than
 * that: of the readings the longest that KNOWN (may be NULL) accepts is taken, or else the
 * shortest.
 */
size_t setword_length(const char *text, setword_known known, const void *context);

/* True if C can stand in a word without quotes, "-" and ":" included. */
bool setword_char(char c);

/* The groups' names: [*COUNT], borrowed. */
char *const *setword_group_names(const struct setword_groups *g, uint32_t *count);

void setword_list_groups(const struct setword_groups *g, char *text, size_t size);

#endif
