/* Any bytes are an array file, or a message. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tensor.h"
#include "formats/tensors/npy.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\x93NUMPY\1\0\76\0"
               "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 1, 2), }\n"
               "\1\2\3\4\5\6\7\10"),
    FUZZ_BYTES("\x93NUMPY\2\0\65\0\0\0"
               "{'descr': '|u1', 'fortran_order': False, 'shape': ()}"
               "\1"),
    FUZZ_FILE("tests/data/info/mean-std.npy"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tensors t;
    struct err err = {STATUS_OK, ""};
    if (npy_parse(&t, data, size, "fuzz", &err) == STATUS_OK)
        fuzz_tensors(&t, size);
    else if (!err.msg[0])
        abort();
    return 0;
}
