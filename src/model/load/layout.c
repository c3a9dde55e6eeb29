/*
 * The places of a model's settings in the configurations of fairseq, of programs that rewrite its
 * files (s3prl), of WavLM's release and of Hugging Face's transformers.  What the settings mean is
 * the families' business.
 */
#include "config.h"

#include "model/load/layout.h"

/*
 * fairseq's cfg.model or, in old files, args; model_cfg where s3prl has rewritten the file; cfg of
 * WavLM; all of a config.json.  Fine-tuned models keep those of the pre-trained one in w2v_args,
 * which may again be a whole configuration or attributes.
 */
const json_t *layout_settings(const struct checkpoint *c)
{
    const json_t *cfg = json_object_get(c->config, "cfg"), *s = c->config;
    if (c->layout == CHECKPOINT_S3PRL)
        s = json_object_get(c->config, "model_cfg");
    else if (c->layout == CHECKPOINT_WAVLM)
        s = cfg;
    else if (c->layout == CHECKPOINT_DISTILLER)
        s = json_object_get(json_object_get(c->config, "Config"), "distiller");
    else if (c->layout == CHECKPOINT_FAIRSEQ) {
        s = json_object_get(cfg, "model");
        if (!json_is_object(s))
            s = json_object_get(c->config, "args");
    }
    for (int depth = 0; depth < 4; depth++) {
        const json_t *inner = json_object_get(s, "w2v_args");
        if (!json_is_object(inner))
            break;
        const json_t *model = json_object_get(inner, "model");
        s = json_is_object(model) ? model : inner;
    }
    return json_is_object(s) ? s : NULL;
}

const char *layout_kind(const struct checkpoint *c)
{
    static const char *const keys[] = {"model_type", "_name", "arch"};
    const json_t *s = layout_settings(c);
    /* The trainer of MelHuBERT has one kind of model, that of DistilHuBERT too. */
    if (c->layout == CHECKPOINT_MELHUBERT)
        return NULL;
    if (c->layout == CHECKPOINT_DISTILLER)
        return "distiller";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *name = json_string_value(json_object_get(s, keys[i]));
        if (name)
            return name;
    }
    return NULL;
}
