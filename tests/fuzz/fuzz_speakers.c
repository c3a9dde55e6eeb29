/* Any bytes are a table of speakers, phones, pitch or a factor, or messages: libFuzzer target. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "corpus/factorfile.h"
#include "corpus/phones.h"
#include "corpus/pitchtable.h"
#include "corpus/speakers.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES(
        "; comment\n14 | F | train-clean-360 | 25.03 | Kristin | a | b\n16 | M | x | 1 | y\n"),
    FUZZ_BYTES("{\"14\": \"F\", \"16\": \"M\"}"),
    FUZZ_BYTES("speaker\tgender\tsite\tage\n14\tF\tx\t5\n16\tM\ty\n14\tF\tx\t6\n"),
    FUZZ_BYTES("AA\tvowel\nB\tvoiced\nP\tunvoiced\n"),
    FUZZ_BYTES("time,frequency,confidence\n0.00,120.5,0.9\n0.01,0,0.1\n"),
    FUZZ_BYTES("utterance\taccent\nu\tscots\nv\tnew york\n"),
    FUZZ_BYTES("u 0 0.5 happy\nu 0.5 1 very sad\nv 0 2 happy\n"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct speakers s;
    struct phones p;
    struct pitch_table t;
    struct pitch_track track;
    struct err err;
    char name[PHONES_NAME_MAX];
    struct factorfile f;
    const struct factor_span *span;
    if (speakers_parse(&s, data, size, "fuzz", &err) == STATUS_OK) {
        for (uint32_t i = 0; i < s.speaker.count; i++) {
            char speaker[SPEAKER_MAX];
            const char *own = s.speaker.name[i];
            uint32_t row;
            if (speakers_match(&s, own, own, speaker, &row, &err) == STATUS_OK)
                speakers_gender(&s, row, speaker, i % 2);
        }
        for (size_t i = 0; i < (size_t)s.speaker.count * s.column.count; i++)
            if (!s.value[i])
                abort();
        speakers_free(&s);
    }
    if (phones_parse(&p, data, size, "fuzz", &err) == STATUS_OK) {
        for (uint32_t i = 0; i < p.phone.count; i++)
            phones_canonical(&p, p.phone.name[i], name);
        phones_free(&p);
    }
    if (pitch_table_parse(&t, data, size, "fuzz", "u", &err) == STATUS_OK) {
        for (uint32_t i = 0; i < t.utterance.count; i++)
            if (pitch_table_get(&t, t.utterance.name[i], &track, &err) == STATUS_OK)
                pitch_track_free(&track);
        pitch_table_free(&t);
    }
    if (factorfile_parse(&f, data, size, "fuzz", &err) == STATUS_OK) {
        size_t found = 0;
        for (uint32_t u = 0; u < f.utterance.count; u++)
            found += factorfile_find(&f, f.utterance.name[u], &span);
        if (found != f.count)
            abort();
        factorfile_free(&f);
    }
    return 0;
}
