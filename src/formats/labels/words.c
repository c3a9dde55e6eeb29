/*
 * LibriSpeech's alignments of words: recognised, so that whoever has them learns what to use.
 */
#include "config.h"

#include "formats/labels/label_format.h"

const struct label_format label_format_words = {
    .name = "words",
    .suffix = {".alignment.txt"},
    .unusable = "alignments of words without phones",
    .instead = "the TextGrid form of the same alignments has phones"};
