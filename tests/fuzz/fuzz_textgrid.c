/* Any bytes are a TextGrid or a message: libFuzzer target. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "propneu/textgrid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
