/* Any bytes are a token file or a message, and what is taken keeps its promises. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "formats/tokenfile.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\370\2\0\0\0\0\0\0"
               "{\"__metadata__\":{\"format\":\"propneu-tokens\",\"version\":\"1"
               "\",\"model\":\"m\",\"family\":\"f\",\"lambda_percent\":\"1\",\"t"
               "au\":\"2,1\",\"frames\":\"mid\",\"factors\":\"phone,speaker,utte"
               "rance\",\"levels.phone\":\"[\\\"\\\",\\\"AA\\\"]\",\"levels.spea"
               "ker\":\"[\\\"a\\\",\\\"b\\\"]\",\"levels.utterance\":\"[\\\"a-1\\\""
               ",\\\"b-1\\\",\\\"b-2\\\"]\",\"pitch_edges_hz\":\"\",\"utterances"
               "\":\"3\",\"seconds\":\"1.5\",\"created_by\":\"x\",\"command\":\""
               "y\",\"widths\":\"5,3\"},\"token.utterance\":{\"dtype\":\"I16\",\""
               "shape\":[4],\"data_offsets\":[0,8]},\"neurons.1\":{\"dtype\":\"U"
               "16\",\"shape\":[4,2],\"data_offsets\":[8,24]},\"neurons.2\":{\"d"
               "type\":\"U16\",\"shape\":[4,1],\"data_offsets\":[24,32]},\"token"
               ".phone\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[32,36"
               "]},\"token.speaker\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offs"
               "ets\":[36,40]}}                                                 "
               "        "
               "\000\000\001\000\002\000\002\000\000\000\004\000\001\000\002\000"
               "\003\000\004\000\000\000\001\000\002\000\000\000\001\000\002\000"
               "\000\001\001\000\000\001\001\001"),
    FUZZ_END,
};

static void check(const struct tokens *t)
{
    int utterance = counts_find_factor(&t->about, "utterance");
    for (uint32_t f = 0; f < t->about.factors; f++)
        for (uint32_t i = 0; i < t->count; i++) {
            int32_t level = tokens_level(t, f, i);
            if (level < -1 || level >= (int64_t)t->about.factor[f].levels)
                abort();
            if ((int)f == utterance && i > 0 && level < tokens_level(t, f, i - 1))
                abort();
        }
    for (uint32_t l = 0; l < t->about.layers; l++)
        for (uint32_t i = 0; i < t->count; i++)
            for (uint32_t k = 0; k < t->about.layer[l].tau; k++)
                if (tokens_row(t, l, i)[k] >= t->about.layer[l].width)
                    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {STATUS_OK, ""};
    struct tokens t;
    if (tokens_parse(&t, data, size, "fuzz", &err) == STATUS_OK) {
        check(&t);
        tokens_free(&t);
    } else if (!err.msg[0]) {
        abort();
    }
    return 0;
}
