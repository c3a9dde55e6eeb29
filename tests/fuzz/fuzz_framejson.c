/* Any bytes are lists by frame, a label table, or messages: libFuzzer target. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "propneu/framejson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
