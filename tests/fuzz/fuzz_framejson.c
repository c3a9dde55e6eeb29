/* Any bytes are lists by frame, a label table, or messages: libFuzzer target. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "formats/labels/framejson.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("{\"u-1\": [0, 1, 2, 2, -1, 40], \"v-2\": []}"),
    FUZZ_BYTES("{\"u-1\": [0, 120.5, 99.25]}"),
    FUZZ_BYTES("{\"\": [0, 12], \"AH\": [1, 30], \"spn\": [26, 2]}"),
    FUZZ_FILE("tests/data/counting/g_melhubert_20ms/framewise-phone-20ms.json"),
    FUZZ_FILE("tests/data/info/label-merge.json"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct framejson_range range = {-1, 40, "label index"};
    struct framejson f;
    struct label_table t;
    struct err err = {STATUS_OK, ""};
    if (framejson_parse(&f, FRAMEJSON_INDEX, &range, data, size, "fuzz", &err) == STATUS_OK) {
        for (size_t i = 0; i < f.start[f.utterance.count]; i++)
            if (f.index[i] < range.min || f.index[i] > range.max)
                abort();
        framejson_free(&f);
    } else if (!err.msg[0]) {
        abort();
    }
    if (framejson_parse(&f, FRAMEJSON_F0, NULL, data, size, "fuzz", &err) == STATUS_OK)
        framejson_free(&f);
    if (label_table_parse(&t, data, size, "fuzz", &err) == STATUS_OK)
        label_table_free(&t);
    return 0;
}
