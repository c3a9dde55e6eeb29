/*
 * ELAN's own files: recognised, so that whoever has them learns what to use.
 */
#include "config.h"

#include "formats/labels/label_format.h"

const struct label_format label_format_elan = {
    .name = "ELAN annotation",
    .suffix = {".eaf"},
    .unusable = "an ELAN annotation file",
    .instead = "export it as a Praat TextGrid (File > Export As) and give that"};
