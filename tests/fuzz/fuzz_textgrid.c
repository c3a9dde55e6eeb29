/* Any bytes are a TextGrid or a message: libFuzzer target. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "formats/labels/label_format.h"
#include "formats/labels/textgrid.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 1\n"
               "tiers? <exists>\nsize = 1\nitem []:\n    item [1]:\n"
               "        class = \"IntervalTier\"\n        name = \"phones\"\n"
               "        xmin = 0\n        xmax = 1\n        intervals: size = 2\n"
               "        intervals [1]:\n            xmin = 0\n            xmax = 0.5\n"
               "            text = \"AH0\"\n        intervals [2]:\n            xmin = 0.5\n"
               "            xmax = 1\n            text = \"\"\n"),
    FUZZ_BYTES("\"ooTextFile\"\n\"TextGrid\"\n0\n1\n<exists>\n1\n\"IntervalTier\"\n\"phones\"\n"
               "0\n1\n1\n0\n1\n\"s \"\"q\"\"\"\n"),
    FUZZ_BYTES("\"Praat chronological TextGrid text file\"\n0 1\n2\n\"IntervalTier\" \"a\" 0 1\n"
               "\"IntervalTier\" \"phones\" 0 1\n1 0 0.5\n\"x\"\n2 0 1\n\"sil\"\n1 0.5 1\n\"y\"\n"),
    FUZZ_BYTES("{\"tiers\": {\"phones\": {\"type\": \"interval\", \"entries\": [[0, 1, \"x\"]]}}}"),
    FUZZ_FILE("data/demo/textgrid/F1-3-0007.TextGrid"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct utterance_labels u;
    struct err err = {STATUS_OK, ""};
    const char *tiers = size % 2 ? "a\tphones" : NULL;
    enum status code = size && *data == '{'
                           ? label_format_jsongrid.grid(&u, data, size, "fuzz", tiers, &err)
                           : textgrid_labels(&u, data, size, "fuzz", tiers, &err);
    if (code) {
        if (!err.msg[0])
            abort();
        return 0;
    }
    for (size_t i = 0; i < u.count; i++) {
        const struct label_interval *v = &u.interval[i];
        if (!(v->start < v->end) || v->name >= u.name.count || (i && v->start < v[-1].end))
            abort();
    }
    utterance_labels_free(&u);
    return 0;
}
