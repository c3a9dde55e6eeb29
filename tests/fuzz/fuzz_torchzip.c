/* Any bytes are a file of torch.save, or a message; the tensors in it can be read. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tensor.h"
#include "formats/tensors/torchzip.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_FILE("tests/data/models/g_melhubert_20ms/native.pt"),
    /* The older format: five pickles and one storage. */
    FUZZ_BYTES("\x80\2\x8a\12l\374\234F\371 j\250P\31.\x80\2M\351\3."
               "\x80\2}U\15little_endian\x88s."
               "\x80\2}U\1wctorch._utils\n_rebuild_tensor_v2\n((U\7storagectorch\nFloatStorage\n"
               "U\0010U\3cpuK\2NtQK\0K\2\x85K\1\x85\x89NtRs."
               "\x80\2]U\0010a.\2\0\0\0\0\0\0\0\0\0\200?\0\0\0@"),
    FUZZ_END,
};

static void read_dict(struct torchzip *z, const struct pickle_value *v, size_t size, int depth)
{
    struct tensor t;
    struct err err = {STATUS_OK, ""};
    for (size_t i = 0; v->kind == PICKLE_DICT && i + 1 < v->items.count && i < 400; i += 2) {
        const struct pickle_value *item = v->items.item[i + 1];
        if (depth == 0)
            read_dict(z, item, size, 1);
        if (!torchzip_is_tensor(item))
            continue;
        (void)torchzip_shape(item, &t, NULL);
        /* A packed storage may be eight times as long as its file, and one megabyte more. */
        if (torchzip_tensor(z, item, "w", &t, &err) == STATUS_OK)
            fuzz_tensor(&t, 8 * size + (1 << 20));
        else if (!err.msg[0])
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct torchzip *z;
    struct err err = {STATUS_OK, ""};
    if (torchzip_parse(&z, data, size, "fuzz", &err) == STATUS_OK) {
        read_dict(z, torchzip_pickle(z)->root, size, 0);
        torchzip_free(z);
    } else if (!err.msg[0]) {
        abort();
    }
    return 0;
}
