/*
 * api_corpus.h - private to src/api: the corpus options of the interface in the words of
 * corpus/corpus.h.
 */
#ifndef PROPNEU_API_API_CORPUS_H
#define PROPNEU_API_API_CORPUS_H

#include "corpus/corpus.h"
#include <propneu/corpus.h>

/* Memory that the translated options point into; their strings are the caller's. */
struct api_corpus {
    struct corpus_extra extra[CORPUS_MAX_EXTRAS];
};

/* OPTIONS into OUT, which borrows from MEMORY.  STATUS_USAGE for what does not fit together. */
enum status api_corpus_options(struct corpus_options *out, struct api_corpus *memory,
                               const struct pn_corpus_options *options, struct err *err);

/* THREADS, or where that is 0 the number of processors. */
unsigned api_threads(unsigned threads);

#endif
