/* Any bytes are a count file or a message, and what is taken keeps its promises. */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "formats/countfile.h"

/* Counts by two factors in 16 and 32 bits, probabilities, and speakers with columns. */
const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\270\2\0\0\0\0\0\0"
               "{\"__metadata__\":{\"format\":\"propneu-counts\",\"version\":\"1\",\"mo"
               "del\":\"m\",\"family\":\"f\",\"lambda_percent\":\"1\",\"tau\":\"2,1\",\"fram"
               "es\":\"all\",\"factors\":\"phone,gender\",\"levels.phone\":\"[\\\"\\\",\\\"A"
               "A\\\"]\",\"levels.gender\":\"[\\\"female\\\",\\\"male\\\"]\",\"utterances\":\""
               "2\",\"seconds\":\"1.5\",\"phone_occurrences\":\"3,4\",\"created_by\":\"x"
               "\",\"command\":\"y\",\"pitch_edges_hz\":\"\"},\"frames\":{\"dtype\":\"I64\""
               ",\"shape\":[2],\"data_offsets\":[0,16]},\"factor.phone\":{\"dtype\":"
               "\"I32\",\"shape\":[2],\"data_offsets\":[16,24]},\"factor.gender\":{\""
               "dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[24,32]},\"counts.2\":"
               "{\"dtype\":\"U32\",\"shape\":[2,2],\"data_offsets\":[32,48]},\"counts"
               ".1\":{\"dtype\":\"U16\",\"shape\":[2,3],\"data_offsets\":[48,60]}}   "
               "                                    "
               "\003\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000"
               "\377\377\377\377\001\000\000\000\000\000\000\000\001\000\000\000"
               "\001\000\000\000\002\000\000\000\000\000\000\000\001\000\000\000"
               "\003\000\002\000\001\000\001\000\001\000\000\000"),
    FUZZ_BYTES("\370\1\0\0\0\0\0\0"
               "{\"__metadata__\":{\"format\":\"propneu-counts\",\"version\":\"1\",\"mo"
               "del\":\"m\",\"family\":\"f\",\"lambda_percent\":\"1\",\"tau\":\"1\",\"frames"
               "\":\"all\",\"factors\":\"phone\",\"levels.phone\":\"[\\\"\\\",\\\"AA\\\"]\",\"ut"
               "terances\":\"2\",\"seconds\":\"1.5\",\"phone_occurrences\":\"3,4\",\"cre"
               "ated_by\":\"x\",\"command\":\"y\",\"pitch_edges_hz\":\"\"},\"frames\":{\"d"
               "type\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},\"factor.phone"
               "\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[16,24]},\"probab"
               "ility.1\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[24,40]"
               "}}                      "
               "\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377"
               "\000\000\000\000\001\000\000\000\000\000\000\000\000\000\200\077"
               "\000\000\000\077\000\000\000\077"),
    FUZZ_BYTES("\70\2\0\0\0\0\0\0"
               "{\"__metadata__\":{\"format\":\"propneu-counts\",\"version\":\"1"
               "\",\"model\":\"m\",\"family\":\"f\",\"lambda_percent\":\"1\",\"t"
               "au\":\"1\",\"frames\":\"all\",\"factors\":\"speaker\",\"levels.s"
               "peaker\":\"[\\\"F1\\\",\\\"M1\\\"]\",\"speaker.engine\":\"[\\\"a"
               "\\\",\\\"\\\"]\",\"speaker_strata\":\"engine\",\"utterances\":\""
               "2\",\"seconds\":\"1.5\",\"created_by\":\"x\",\"command\":\"y\",\""
               "pitch_edges_hz\":\"\"},\"frames\":{\"dtype\":\"I64\",\"shape\":["
               "2],\"data_offsets\":[0,16]},\"factor.speaker\":{\"dtype\":\"I32\""
               ",\"shape\":[2],\"data_offsets\":[16,24]},\"counts.1\":{\"dtype\""
               ":\"U16\",\"shape\":[2,3],\"data_offsets\":[24,36]}}             "
               "                                      "
               "\003\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000"
               "\000\000\000\000\001\000\000\000\003\000\000\000\000\000\000\000"
               "\001\000\000\000"),
    FUZZ_END,
};

static void check(const struct counts *c)
{
    int speaker = counts_find_factor(c, "speaker");
    for (uint32_t k = 0; k < c->columns; k++)
        for (uint32_t s = 0; s < c->factor[speaker].levels; s++)
            if (!c->column[k].value[s])
                abort();
    if (*c->strata && counts_find_column(c, c->strata) < 0)
        abort();
    for (uint32_t f = 0; f < c->factors; f++)
        for (uint32_t i = 0; i < c->cells; i++) {
            int32_t level = c->factor[f].index[i];
            if (level >= 0 && counts_find_level(c, f, c->factor[f].level[level]) != level)
                abort();
        }
    for (uint32_t n = 0; n < c->layers; n++) {
        const struct counts_layer *l = &c->layer[n];
        if (!!l->u16 + !!l->u32 + !!l->probability != 1)
            abort();
        for (uint64_t i = 0; i < (uint64_t)c->cells * l->width; i++) {
            int64_t frames = c->frames[i / l->width];
            if (l->probability ? !(l->probability[i] >= 0 && l->probability[i] <= 1)
                               : (l->u16 ? l->u16[i] : l->u32[i]) > frames)
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {STATUS_OK, ""};
    struct counts c;
    if (counts_parse(&c, data, size, "fuzz", &err) == STATUS_OK) {
        check(&c);
        counts_free(&c);
    } else if (!err.msg[0]) {
        abort();
    }
    return 0;
}
