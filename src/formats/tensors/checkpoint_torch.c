/*
 * Which program wrote a torch.save file, and under which key its weights are: there is no field
 * that says so, so it is seen from the keys that only one of them writes.
 */
#include "config.h"

#include <string.h>

#include "formats/tensors/checkpoint_parts.h"
#include "base/buf.h"

/* True if V is a DICT with a tensor among its values. */
static bool holds_tensors(const struct pickle_value *v)
{
    if (!v || v->kind != PICKLE_DICT)
        return false;
    for (size_t i = 0; i + 1 < v->items.count; i += 2)
        if (torchzip_is_tensor(v->items.item[i + 1]))
            return true;
    return false;
}

/* Says what the top level has instead of weights. */
static enum status no_weights(const struct pickle_value *root, const char *path, struct err *err)
{
    struct buf keys = BUF_INIT;
    for (size_t i = 0; root->kind == PICKLE_DICT && i + 1 < root->items.count && i < 16; i += 2) {
        const struct pickle_value *key = root->items.item[i];
        if (key->kind == PICKLE_STR)
            buf_printf(&keys, "%s%.*s", keys.len ? ", " : "",
                       key->text.len < 40 ? (int)key->text.len : 40, key->text.data);
    }
    enum status code = err_set(err, STATUS_UNSUPPORTED,
                               "%s: no weights under model, model_weight or at the top%s%s", path,
                               keys.len ? "; keys: " : "", buf_text(&keys));
    buf_free(&keys);
    return code;
}

/* The layouts that keep weights under "model", distinguished by the keys next to it. */
static enum checkpoint_layout model_layout(const struct pickle_value *root)
{
    static const char *const fairseq[] = {
        "args",        "criterion",         "task_state",
        "extra_state", "optimizer_history", "last_optimizer_state"};
    if (pickle_get(root, "Upstream_Config"))
        return CHECKPOINT_MELHUBERT;
    for (size_t i = 0; i < sizeof fairseq / sizeof fairseq[0]; i++)
        if (pickle_get(root, fairseq[i]))
            return CHECKPOINT_FAIRSEQ;
    return pickle_get(root, "cfg") ? CHECKPOINT_WAVLM : CHECKPOINT_BARE;
}

enum status torch_layout(struct torchzip *z, const char *path, enum checkpoint_layout *layout,
                         const struct pickle_value **weights, struct err *err)
{
    const struct pickle_value *root = torchzip_pickle(z)->root;
    const struct pickle_value *model = pickle_get(root, "model");
    const struct pickle_value *converted = pickle_get(root, "model_weight");
    const struct pickle_value *state = pickle_get(root, "state_dict");
    const struct pickle_value *distilled = pickle_get(root, "Distiller");
    if (holds_tensors(converted)) {
        *layout = CHECKPOINT_S3PRL;
        *weights = converted;
    } else if (holds_tensors(model)) {
        *layout = model_layout(root);
        *weights = model;
    } else if (holds_tensors(distilled)) {
        *layout = CHECKPOINT_DISTILLER;
        *weights = distilled;
    } else if (holds_tensors(state) || holds_tensors(root)) {
        *layout = CHECKPOINT_BARE;
        *weights = holds_tensors(state) ? state : root;
    } else if (holds_tensors(pickle_get(root, "Downstream"))) {
        /* A head that s3prl trained on a model it left as it was. */
        *layout = CHECKPOINT_BARE;
        *weights = pickle_get(root, "Downstream");
    } else {
        return no_weights(root, path, err);
    }
    return STATUS_OK;
}
