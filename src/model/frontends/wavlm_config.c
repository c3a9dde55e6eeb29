/*
 * WavLM's configuration: that of HuBERT and the relative position bias of its attention (Chen et
 * al. 2022, section III), which the original release switches on by settings of its own and
 * transformers always has.
 */
#include "config.h"

#include "model/frontends/wave.h"

/* Whether there is a bias, whether it is gated, and its buckets. */
static enum status wavlm_read_bias(struct rel_pos *p, const struct settings *s, struct err *err)
{
    bool transformers = json_object_get(s->json, "model_type") != NULL, on;
    enum status code;
    if ((code = config_bool(s, "relative_position_embedding", transformers, &on, err)) ||
        (code = config_bool(s, "gru_rel_pos", transformers, &p->gated, err)) || !on ||
        (code = config_uint(s, "num_buckets", 320, 4, 1u << 16, &p->buckets, err)))
        return code;
    return config_uint(s, "max_distance", transformers ? 800 : 1280, p->buckets / 4 + 1, 1u << 24,
                       &p->distance, err);
}

static enum status wavlm_config_read(struct model *m, const struct settings *s, struct err *err)
{
    enum status code = wave_config_read(m, s, err);
    return code ? code : wavlm_read_bias(&m->encoder.rel, s, err);
}

const struct family_config wavlm_config = {wave_keys, wave_config_find, wavlm_config_read};
