/*
 * The table of families: one row each, no code.  HuBERT, wav2vec 2.0 (Baevski et al. 2020), WavLM
 * (Chen et al. 2022), UniSpeech and data2vec share the convolutional front end of wav2vec 2.0 and
 * differ in their training, their positions and how they are configured; MelHuBERT (Lin et al.
 * 2023) is a HuBERT of log-mel frames.
 */
#include "config.h"

#include "model/families.h"

#include <stdio.h>
#include <string.h>

#include "formats/tensors/checkpoint.h"
#include "model/frontends/melhubert.h"
#include "model/frontends/wave.h"
#include "model/load/layout.h"

/* HuBERT with other names: distilled by s3prl, disentangled from speakers. */
static const char *const hubert_aliases[] = {"distiller", "contentvec", NULL};

/* The first row whose configuration is found counts.  UniSpeech and UniSpeech-SAT are wav2vec 2.0
 * trained otherwise. */
static const struct family families[] = {
    {
        .name = "hubert",
        .title = "HuBERT",
        .aliases = hubert_aliases,
        .frontend = &wave_frontend,
        .config = &wave_config,
        .names = &wave_tensor_names,
        .initialise = hubert_initial,
        .positions = POSITION_CONV,
        .biases = BIAS_ALL,
        .banks = 1,
    },
    {
        .name = "wav2vec2",
        .title = "wav2vec 2.0",
        .frontend = &wave_frontend,
        .config = &wave_config,
        .names = &wave_tensor_names,
        .initialise = wav2vec2_initial,
        .positions = POSITION_CONV,
        .biases = BIAS_ALL,
        .banks = 1,
    },
    {
        .name = "wavlm",
        .title = "WavLM",
        .frontend = &wave_frontend,
        .config = &wavlm_config,
        .names = &wave_tensor_names,
        .initialise = wave_initial,
        .positions = POSITION_CONV | POSITION_RELATIVE,
        .biases = BIAS_ALL,
        .banks = 1,
    },
    {
        .name = "unispeech",
        .title = "UniSpeech",
        .frontend = &wave_frontend,
        .config = &wave_config,
        .names = &wave_tensor_names,
        .initialise = wave_initial,
        .positions = POSITION_CONV,
        .biases = BIAS_ALL,
        .banks = 1,
    },
    {
        .name = "unispeech-sat",
        .title = "UniSpeech-SAT",
        .frontend = &wave_frontend,
        .config = &wave_config,
        .names = &wave_tensor_names,
        .initialise = wave_initial,
        .positions = POSITION_CONV,
        .biases = BIAS_ALL,
        .banks = 1,
    },
    {
        .name = "data2vec-audio",
        .title = "data2vec-audio",
        .frontend = &wave_frontend,
        .config = &data2vec_config,
        .names = &wave_tensor_names,
        .initialise = wave_initial,
        .positions = POSITION_CONV,
        .biases = BIAS_ALL,
        .banks = 1,
    },
    {
        .name = "melhubert",
        .title = "MelHuBERT",
        .frontend = &melhubert_frontend,
        .config = &melhubert_config,
        .names = &wave_tensor_names,
        .initialise = hubert_initial,
        .positions = POSITION_CONV,
        .biases = BIAS_ALL,
        .banks = 1,
        .width_lists = true,
    },
};
#define FAMILIES (sizeof families / sizeof *families)

const struct family *family_find(const struct checkpoint *c, const json_t **settings)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if ((*settings = families[i].config->find(&families[i], c)))
            return &families[i];
    return NULL;
}

/* True if KIND is WORD, with _ where WORD has -, or WORD with a size behind it. */
static bool family_word_fits(const char *kind, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        if (kind[i] != word[i] && (kind[i] != '_' || word[i] != '-'))
            return false;
    return !kind[n] || strcmp(kind + n, "_base") == 0 || strcmp(kind + n, "_large") == 0;
}

bool family_is_called(const struct family *family, const char *kind)
{
    const char *const *alias = family->aliases;
    for (; alias && *alias; alias++)
        if (strcmp(kind, *alias) == 0)
            return true;
    return family_word_fits(kind, family->name);
}

const json_t *family_find_called(const struct family *family, const struct checkpoint *c)
{
    const char *kind = layout_kind(c);
    return kind && family_is_called(family, kind) ? layout_settings(c) : NULL;
}

enum status family_check(const struct family *family, struct err *err)
{
    const char *what = NULL;
    if (family->positions & POSITION_SINUSOIDAL)
        what = "sinusoidal positions";
    else if (family->positions & POSITION_ROTARY)
        what = "rotary positions";
    else if (family->gated)
        what = "gated feed-forward blocks";
    else if (family->banks != 1)
        what = "several feed-forward blocks in a layer";
    return what ? err_set(err, STATUS_UNSUPPORTED, "%s: %s cannot be computed", family->title, what)
                : STATUS_OK;
}

void family_titles(char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < FAMILIES && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i == 0              ? ""
                                 : i + 1 == FAMILIES ? " and "
                                                     : ", ",
                                 families[i].title);
}
