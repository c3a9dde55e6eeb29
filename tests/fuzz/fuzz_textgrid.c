/* Any bytes are a TextGrid or a message: libFuzzer target. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
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
    FUZZ_FILE("data/demo/textgrid/F1-3-0007.TextGrid"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct utterance_labels u;
    struct err err = {STATUS_OK, ""};
    if (textgrid_labels(&u, data, size, "fuzz", NULL, &err) != STATUS_OK) {
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
