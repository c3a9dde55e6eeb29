/*
 * MelHuBERT's configuration, as its trainer and its later releases write it.
 */
#include "config.h"

#include "model/frontends/melhubert.h"

#include <string.h>

#include "model/frontends/wave.h"

/*
 * Where the settings stand: Upstream_Config.melhubert of the trainer's checkpoints ("hubert" in
 * older ones), "melhubert" of a JSON next to the weights, or the whole of a config.json that says
 * model_type melhubert.
 */
static const json_t *melhubert_find(const struct family *family, const struct checkpoint *c)
{
    static const char *const keys[] = {"melhubert", "hubert"};
    const json_t *upstream = json_object_get(c->config, "Upstream_Config");
    const char *type = json_string_value(json_object_get(c->config, "model_type"));
    if (type && strcmp(type, family->name) == 0)
        return c->config;
    for (int i = 0; i < 2; i++) {
        const json_t *here = json_object_get(upstream ? upstream : c->config, keys[i]);
        if (json_is_object(here) && (upstream || i == 0))
            return here;
    }
    return NULL;
}

/* The width of the first matrix says how many 10 ms frames stand side by side. */
static enum status melhubert_read(struct model *m, const struct settings *s, struct err *err)
{
    uint32_t bins = LOGMEL_BINS;
    struct melhubert *f = m->front;
    struct encoder_defaults defaults = ENCODER_DEFAULTS;
    defaults.layers = 1; /* as the published class has by default */
    enum status code = config_encoder(m, s, &defaults, err);
    if (!code)
        code = config_uint(s, "feat_emb_dim", LOGMEL_BINS, 1, 1u << 16, &bins, err);
    if (code)
        return code;
    if (bins != LOGMEL_BINS && bins != 2 * LOGMEL_BINS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "feat_emb_dim %u cannot be computed, only 40 (10 ms) and 80 (20 ms)", bins);
    f->stack = bins / LOGMEL_BINS;
    f->input = bins;
    m->info.hop = f->stack * LOGMEL_HOP;
    m->info.window = LOGMEL_WINDOW + (f->stack - 1) * LOGMEL_HOP;
    return logmel_new(&f->logmel, LOGMEL_BINS, err);
}

const struct family_config melhubert_config = {wave_keys, melhubert_find, melhubert_read};
