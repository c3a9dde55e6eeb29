/* Any file is a checkpoint with weights and a configuration, or a message. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"
#include "fuzz_tensor.h"
#include "formats/tensors/checkpoint.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_FILE("tests/data/models/a_hubert_base/fairseq.pt"),
    FUZZ_BYTES("\x80\2\x8a\12l\374\234F\371 j\250P\31.\x80\2M\351\3."
               "\x80\2}U\15little_endian\x88s."
               "\x80\2}(U\5model}U\1wctorch._utils\n_rebuild_tensor_v2\n((U\7storage"
               "ctorch\nFloatStorage\nU\0010U\3cpuK\2NtQK\0K\2\x85K\1\x85\x89NtRs"
               "U\3cfg}(U\1acmod\nEnum\nU\1x\x85RU\1bcomegaconf\nDictConfig\n)\x81}U\10_content}s"
               "bU\1c](K\1G@\0\0\0\0\0\0\0NeK\1K\2uu."
               "\x80\2]U\0010a.\2\0\0\0\0\0\0\0\0\0\200?\0\0\0@"),
    FUZZ_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64] = "/tmp/propneu-fuzz-XXXXXX";
    static int fd = -1;
    struct checkpoint c;
    struct err err = {STATUS_OK, ""};
    if (fd < 0) {
        fd = mkstemp(path);
        if (fd < 0 || unlink(path) != 0)
            abort();
        /* Has no name any more, so that nothing is left behind however this ends. */
        snprintf(path, sizeof path, "/dev/fd/%d", fd);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    if (checkpoint_open(&c, path, &err) == STATUS_OK) {
        char *text = json_dumps(c.config, JSON_COMPACT);
        if (!text)
            abort();
        free(text);
        for (size_t i = 0; i < c.tensors.count; i++)
            fuzz_tensor(&c.tensors.tensor[i], 8 * size + (1 << 20));
        checkpoint_free(&c);
    } else if (!err.msg[0]) {
        abort();
    }
    return 0;
}
