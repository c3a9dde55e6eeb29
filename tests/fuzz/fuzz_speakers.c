/* Any bytes are a table of speakers, phones or pitch, or messages: libFuzzer target. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>

#include "propneu/phones.h"
#include "propneu/pitchtable.h"
#include "propneu/speakers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct speakers s;
    struct phones p;
    struct pitch_table t;
    struct pitch_track track;
    struct err err;
    char name[PHONES_NAME_MAX];
    if (speakers_parse(&s, data, size, "fuzz", &err) == STATUS_OK) {
        for (uint32_t i = 0; i < s.speaker.count; i++)
            speakers_gender(&s, s.speaker.name[i], i % 2);
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
    return 0;
}
