/* Any bytes are a safetensors file, or a message. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tensor.h"
#include "formats/tensors/safetensors.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\x87\0\0\0\0\0\0\0"
               "{\"__metadata__\":{\"a\":\"b\"},"
               "\"b\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[0,8]},"
               "\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[8,9]}}   "
               "\1\2\3\4\5\6\7\10\11"),
    FUZZ_FILE("tests/data/models/g_melhubert_20ms/hf/model.safetensors"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tensors t;
    struct err err = {STATUS_OK, ""};
    if (safetensors_parse(&t, data, size, "fuzz", &err) == STATUS_OK)
        fuzz_tensors(&t, size);
    else if (!err.msg[0])
        abort();
    return 0;
}
