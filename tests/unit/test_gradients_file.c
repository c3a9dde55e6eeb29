/*
 * Gradients of a batch as a file: MelHuBERT's masked loss, and WavLM's loss of frames by a head on
 * all hidden states, against torch's in double precision.
 */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "formats/tensors/safetensors.h"
#include "train/gradients_file.h"

#define BATCH   "gradients/g_melhubert_20ms/"
#define OUT     "test_gradients_file.safetensors"
#define DAMAGED "test_gradients_damaged.safetensors"

static struct gradients_request request(enum train_task task)
{
    return (struct gradients_request){.model = data_path("models/g_melhubert_20ms/hf"),
                                      .how = {.mean_std = data_path("info/mean-std.npy")},
                                      .batch = data_path(BATCH "batch.safetensors"),
                                      .task = task};
}

static void check(const struct tensor *want, const struct tensor *got)
{
    float x[20000], y[20000];
    double largest = 0;
    if (!got || got->count != want->count || got->count > 20000)
        fail_msg("%s: missing, or of another size", want->name);
    tensor_to_f32(want, x);
    tensor_to_f32(got, y);
    for (size_t i = 0; i < want->count; i++)
        largest = fmax(largest, fabs((double)x[i]));
    for (size_t i = 0; i < want->count; i++)
        if (!(fabs((double)x[i] - (double)y[i]) <= 1e-3 * largest + 1e-6))
            fail_msg("%s: value %zu is %g, not %g", want->name, i, (double)y[i], (double)x[i]);
}

/* What R gives against the file WANTED, which has gradients of the convolutions, too. */
static void compare(const struct gradients_request *r, const char *wanted)
{
    struct err err;
    struct tensors want, got;
    double loss, right;
    size_t compared = 0;
    assert_ok(gradients_file_make(r, OUT, &loss, NULL, &err));
    assert_ok(safetensors_open(&got, OUT, &err));
    assert_ok(safetensors_open(&want, wanted, &err));
    tensor_copy(tensors_find(&want, "loss"), &right);
    assert_true(fabs(loss - right) < 1e-5 * right);
    for (size_t i = 0; i < want.count; i++) {
        const char *name = want.tensor[i].name;
        if (strncmp(name, "grad/", 5) != 0 || strstr(name, "feature_extractor"))
            continue;
        check(&want.tensor[i], tensors_find(&got, name));
        compared++;
    }
    assert_true(compared > 40);
    tensors_free(&want);
    tensors_free(&got);
    unlink(OUT);
}

static void a_batch_of_frames_has_the_gradients_of_torch(void **state)
{
    (void)state;
    const struct gradients_request r = request(TRAIN_SSL);
    compare(&r, data_path(BATCH "masked.safetensors"));
}

static void a_batch_of_recordings_has_the_gradients_of_torch(void **state)
{
    (void)state;
    const char *audio[] = {data_path("audio/9002-100001-0000.wav"),
                           data_path("audio/9001-100001-0000.wav")};
    struct gradients_request r = {.model = data_path("models/e_wavlm_base/hf"),
                                  .batch = data_path("training/e_wavlm_base/batch.safetensors"),
                                  .audio = audio,
                                  .audios = 2,
                                  .task = TRAIN_FRAMES,
                                  .weighted = true};
    struct err err;
    compare(&r, data_path("training/e_wavlm_base/frames_weighted.safetensors"));
    r.task = TRAIN_CTC;
    assert_status(gradients_file_make(&r, OUT, NULL, NULL, &err), STATUS_UNSUPPORTED);
    r.task = TRAIN_FRAMES;
    r.audios = 0;
    assert_status(gradients_file_make(&r, OUT, NULL, NULL, &err), STATUS_NOTFOUND);
}

/* A batch of OUT whose tensor NAME is X instead: what the lengths and labels of a damaged file say
 * must fit the frames. */
static void write_batch(const char *name, const int32_t *x)
{
    struct err err;
    struct tensors t;
    assert_ok(safetensors_open(&t, data_path(BATCH "batch.safetensors"), &err));
    FILE *f = fopen(DAMAGED, "wb");
    assert_non_null(f);
    for (size_t i = 0; i < t.count; i++)
        if (strcmp(t.tensor[i].name, name) == 0)
            t.tensor[i].data = (const unsigned char *)x;
    assert_ok(safetensors_write(f, t.tensor, t.count, NULL, 0, &err));
    assert_int_equal(fclose(f), 0);
    tensors_free(&t);
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
    static const int32_t none[2] = {93, 0}, more[2] = {94, 82}, high[2] = {7, 0}, less[2] = {-1, 3};
    static const struct {
        const char *name;
        const int32_t *x;
        enum train_task task;
    } wrong[] = {{"lengths", none, TRAIN_SSL},
                 {"lengths", more, TRAIN_CTC},
                 {"sid_labels", high, TRAIN_SID},
                 {"ctc_target_lengths", less, TRAIN_CTC},
                 {"ctc_target_lengths", more, TRAIN_CTC}};
    (void)state;
    struct err err;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct gradients_request r = request(wrong[i].task);
        r.batch = DAMAGED;
        write_batch(wrong[i].name, wrong[i].x);
        assert_status(gradients_file_make(&r, OUT, NULL, NULL, &err), STATUS_FORMAT);
        assert_non_null(strstr(err.msg, DAMAGED));
    }
    assert_int_not_equal(access(OUT, F_OK), 0);
    unlink(DAMAGED);
}

static void what_a_batch_lacks_is_named(void **state)
{
    (void)state;
    struct err err;
    struct gradients_request r = request(TRAIN_FRAMES);
    assert_status(gradients_file_make(&r, OUT, NULL, NULL, &err), STATUS_UNSUPPORTED);
    r = request(TRAIN_SSL);
    r.layer = 9;
    assert_status(gradients_file_make(&r, OUT, NULL, NULL, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "no layer 9"));
    r = request(TRAIN_FRAMES);
    r.batch = data_path(BATCH "masked.safetensors");
    assert_status(gradients_file_make(&r, OUT, NULL, NULL, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "head.weight"));
    assert_int_not_equal(access(OUT, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_of_frames_has_the_gradients_of_torch),
        cmocka_unit_test(a_batch_of_recordings_has_the_gradients_of_torch),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(what_a_batch_lacks_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
