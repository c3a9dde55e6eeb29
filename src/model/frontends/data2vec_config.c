/*
 * data2vec's configuration (Baevski et al. 2022): that of wav2vec 2.0 with several positional
 * convolutions.  fairseq says so in its own keys; transformers has other keys for them and none for
 * what all of the family have in common.
 */
#include "config.h"

#include "model/frontends/wave.h"

#include <string.h>

/*
 * transformers' data2vec has as many convolutions of its own kernel as num_conv_pos_embeddings
 * says; fairseq divides its one kernel among pos_conv_depth convolutions (pos_conv_configure).
 */
static enum status data2vec_config_read(struct model *m, const struct settings *s, struct err *err)
{
    const char *type = json_string_value(json_object_get(s->json, "model_type"));
    struct pos_conv *p = &m->encoder.pos;
    enum status code = wave_config_read(m, s, err);
    if (code || !type || strcmp(type, m->family->name) != 0)
        return code;
    ((struct wave *)m->front)->norm = CONV_NORM_EACH;
    m->encoder.norm_first = false;
    p->normed = true;
    code = config_uint(s, "num_conv_pos_embeddings", 5, 1, POS_CONV_MAX_DEPTH, &p->depth, err);
    return code ? code : config_uint(s, "conv_pos_kernel_size", 19, 1, 65536, &p->kernel, err);
}

const struct family_config data2vec_config = {wave_keys, wave_config_find, data2vec_config_read};
