/*
 * wave.h - the waveform models' front end: convolutions over the samples, then a linear map.
 */
#ifndef PROPNEU_MODEL_FRONTENDS_WAVE_H
#define PROPNEU_MODEL_FRONTENDS_WAVE_H

#include "model/internal.h"
#include "model/load/initial.h"

#define MAX_CONVS 32

struct conv {
    uint32_t in, out, kernel, stride;
    const float *packed; /* weight as [kernel][out][in], packed tap by tap; first: [out][kernel] */
    const float *mixed;  /* wave_toom.c: mixtures of taps [3], packed; or NULL */
    const float *bias;   /* [out], or NULL */
    struct norm norm;    /* over channels behind the convolution, where NORM_EACH */
};

/* What is normalised between convolution and GELU. */
enum conv_norm {
    CONV_NORM_FIRST, /* "default": each channel of the first convolution over the recording */
    CONV_NORM_EACH,  /* "layer_norm": each frame over its channels, behind every convolution */
};

struct wave {
    uint32_t convs;
    struct conv conv[MAX_CONVS]; /* [convs] */
    enum conv_norm norm;
    enum activation activation; /* behind each convolution */
    bool bias;                  /* convolutions have one */
    bool normalize;             /* the waveform to mean 0 and variance 1 */
    double epsilon;             /* then added to its variance */
    bool no_proj_norm;          /* HuBERT distilled: nothing before the projection */
    /* CONV_NORM_FIRST: the first convolution as it is, and its norm's gain and bias. */
    const float *first; /* [channels][kernel] */
    struct norm first_norm;
    struct norm proj_norm; /* over the channels, before the projection */
    struct linear proj;    /* absent (packed NULL) where the sizes are equal */
};

extern const struct frontend wave_frontend;

/*
 * wave_toom.c: whether a convolution with its taps in rows of their own has the form for it; its
 * mixtures of taps of WEIGHT [out][in][kernel]; and 4 GROUPS rows OUT, STRIDE apart, of those IN,
 * BELOW apart, which are spoiled, with room for LAST [groups][below].
 */
bool wave_toom_fits(const struct conv *c);
enum status wave_toom_pack(struct model *m, struct conv *c, const float *weight, struct err *err);
void wave_toom_rows(const struct kernels *kn, const struct conv *c, size_t groups, float *in,
                    size_t below, float *last, float *out, size_t stride, const float *bias,
                    const struct cancel *cancel);

/* wave_back.c */
void wave_back(struct backward *b, const float *input);

/* wave_config.c: HuBERT, wav2vec 2.0 and UniSpeech; wavlm_config.c; data2vec_config.c. */
extern const struct family_config wave_config, wavlm_config, data2vec_config;

/* wave_names.c */
extern const struct spelling wave_keys[];
extern const struct tensor_names wave_tensor_names;

/* wave_initial.c: by kind of those names. */
extern const struct init_rules hubert_initial[], wav2vec2_initial[], wave_initial[];

/* The find and read of wave_config, for families that have more settings than these. */
const json_t *wave_config_find(const struct family *family, const struct checkpoint *c);
enum status wave_config_read(struct model *m, const struct settings *s, struct err *err);

/* wave_normalize.c: whether the waveform is normalised, and what says so, into the front end and
 * m->info. */
enum status wave_read_normalize(struct model *m, const struct binder *b, const struct checkpoint *c,
                                const struct model_options *o, struct err *err);

/* Lists convolutions as "[(512,10,5)] + [(512,3,2)] * 4" does: channels, kernel, stride. */
enum status wave_parse_convs(struct wave *w, const char *text, struct err *err);

#endif
