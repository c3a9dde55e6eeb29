/* Any bytes are labels in one of the plain text formats, or a message: libFuzzer target.  The
 * first byte chooses the format. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "formats/labels/label_format.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\0u 1 0.00 0.50 AH\nu 1 0.50 0.25 S 0.9\n"),
    FUZZ_BYTES("\1u\t0.0\t0.5\tAH\nu\t0.5\t1.0\tS\n"),
    FUZZ_BYTES("\0020 3050 h#\n3050 4559 sh\n"),
    FUZZ_BYTES("\0030 5000000 sil -23.5\n5000000 9000000 ah\n"),
    FUZZ_BYTES("\003#\n0.50 125 pau\n0.75 125 ah\n"),
    FUZZ_BYTES("\4#!MLF!#\n\"*/u.lab\"\n0 5000000 sil\n5000000 9000000 ah\n.\n"),
    FUZZ_END,
};

static enum status read_any(struct label_store *s, const uint8_t *data, size_t size,
                            struct err *err)
{
    switch (data[0] % 5) {
    case 0: return label_format_ctm.store(s, data + 1, size - 1, "fuzz", "u", err);
    case 1: return label_format_tabular.store(s, data + 1, size - 1, "fuzz", "u", err);
    case 2: return label_format_timit.store(s, data + 1, size - 1, "fuzz", "u", err);
    case 3: return label_format_lab.store(s, data + 1, size - 1, "fuzz", "u", err);
    default: return label_format_mlf.store(s, data + 1, size - 1, "fuzz", "u", err);
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
