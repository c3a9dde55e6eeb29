/* Any bytes are labels in one of the plain text formats, or a message: libFuzzer target.  The
 * first byte chooses the format. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "propneu/labelreaders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status read_any(struct label_store *s, const uint8_t *data, size_t size,
                            struct err *err)
{
    switch (data[0] % 5) {
    case 0: return ctm_read(s, data + 1, size - 1, "fuzz", "u", err);
    case 1: return labeltable_read(s, data + 1, size - 1, "fuzz", "u", err);
    case 2: return phn_read(s, data + 1, size - 1, "fuzz", "u", err);
    case 3: return lab_read(s, data + 1, size - 1, "fuzz", "u", err);
    default: return mlf_read(s, data + 1, size - 1, "fuzz", "u", err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct label_store s = {.utterance = NAMES_INIT};
    struct err err = {STATUS_OK, ""};
    enum status code = size ? read_any(&s, data, size, &err) : STATUS_OK;
    if (!code)
        code = label_store_done(&s, "fuzz", &err);
    if (code && !err.msg[0])
        abort();
    for (uint32_t u = 0; u < s.utterance.count && !code; u++) {
        struct utterance_labels l;
        if (label_store_get(&s, u, &l, &err) != STATUS_OK)
            abort();
        for (size_t i = 0; i < l.count; i++)
            if (!(l.interval[i].start < l.interval[i].end) ||
                (i && l.interval[i].start < l.interval[i - 1].end))
                abort();
        utterance_labels_free(&l);
    }
    label_store_free(&s);
    return 0;
}
