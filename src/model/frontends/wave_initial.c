/*
 * How HuBERT and its relatives begin: in fairseq, whose rules WavLM's release, s3prl and
 * MelHuBERT's trainer share (transformer_sentence_encoder.init_bert_params,
 * wav2vec2.make_conv_pos), and in transformers (_init_weights of each model, and that of
 * PreTrainedModel, version 5).
 *
 * In transformers the weights of the positional convolution are under weight norm before they are
 * initialised, and what _init_weights then writes to is a product that is made anew from directions
 * and lengths: they stay as torch made them, uniform and with their own lengths, whatever the
 * deviation that is written there.  Plain weights, behind a batch norm, do become what it says.
 */
#include "config.h"

#include "model/frontends/wave.h"

/* The encoder's linear maps, its norms and positions alone: fairseq leaves what is outside it to
 * torch.  Heads are those of fairseq's CTC models, of s3prl's trainer and of propneu's demo. */
static const struct init_rule fairseq_common[] = {
    {"feature_extractor.conv_layers.#.0.", INIT_KAIMING},
    {"feature_extractor.conv_layers.#.2.", INIT_NORM},
    {"layer_norm.", INIT_NORM},
    {"post_extract_proj.", INIT_TORCH},
    {"pre_extract_proj.", INIT_TORCH},
    {"mask_emb", INIT_UNIT},
    {"encoder.pos_conv.#.0.", INIT_TORCH},
    {"encoder.pos_conv.#.", INIT_POSITIONS},
    {"encoder.layers.#.self_attn.grep_a", INIT_ONE},
    {"encoder.layers.#.self_attn.", INIT_LINEAR},
    {"encoder.layers.#.fc1.", INIT_LINEAR},
    {"encoder.layers.#.fc2.", INIT_LINEAR},
    {"encoder.layers.#.self_attn_layer_norm.", INIT_NORM},
    {"encoder.layers.#.final_layer_norm.", INIT_NORM},
    {"encoder.layer_norm.", INIT_NORM},
    {"label_embs_concat", INIT_UNIT},
    {"final_proj.", INIT_TORCH},
    {"quantizer.vars", INIT_UNIT},
    {"quantizer.weight_proj.", INIT_STANDARD},
    {"project_q.", INIT_TORCH},
    {"target_glu.0.", INIT_TORCH},
    {"w2v_encoder.proj.", INIT_XAVIER},
    {"output_layer.0.", INIT_TORCH},
    {"Featurizer.weights", INIT_ZERO},
    {"Downstream.", INIT_TORCH},
    {"head.", INIT_TORCH},
    {"input.mean", INIT_KEPT},
    {"input.std", INIT_KEPT},
    {NULL, INIT_KEPT},
};

static const struct init_rule transformers_common[] = {
    {"feature_extractor.conv_layers.#.conv.", INIT_KAIMING},
    {"feature_extractor.conv_layers.#.layer_norm.", INIT_NORM},
    {"feature_projection.layer_norm.", INIT_NORM},
    {"feature_projection.projection.", INIT_TORCH},
    {"masked_spec_embed", INIT_UNIT},
    {"encoder.pos_conv_embed.batch_norm.", INIT_NORM},
    {"encoder.pos_conv_embed.conv.weight", INIT_POSITIONS},
    {"encoder.pos_conv_embed.conv.", INIT_POSITIONS_T},
    {"encoder.pos_conv_embed.layers.#.conv.", INIT_KAIMING_0},
    {"encoder.layers.#.attention.gru_rel_pos_const", INIT_ONE},
    {"encoder.layers.#.attention.", INIT_LINEAR},
    {"encoder.layers.#.feed_forward.", INIT_LINEAR},
    {"encoder.layers.#.layer_norm.", INIT_NORM},
    {"encoder.layers.#.final_layer_norm.", INIT_NORM},
    {"encoder.layer_norm.", INIT_NORM},
    {"lm_head.", INIT_LINEAR},
    {"classifier.", INIT_LINEAR},
    {"projector.", INIT_LINEAR},
    {"layer_weights", INIT_SHARE},
    {"tdnn.#.kernel.", INIT_LINEAR},
    {"feature_extractor.weight", INIT_LINEAR},
    {"feature_extractor.bias", INIT_LINEAR},
    {"objective.weight", INIT_STANDARD},
    {"quantizer.codevectors", INIT_UNIT},
    {"quantizer.weight_proj.", INIT_STANDARD},
    {"project_hid.", INIT_LINEAR},
    {"project_q.", INIT_LINEAR},
    {"ctc_proj.", INIT_LINEAR},
    {"speaker_proj.", INIT_LINEAR},
    {"label_embeddings_concat", INIT_ZERO},
    {"layer_norm_for_extract.", INIT_NORM},
    {NULL, INIT_KEPT},
};

static const struct init_rule hubert_own[] = {
    {"feature_extractor.conv_layers.#.conv.", INIT_KAIMING_0},
    {"feature_projection.projection.", INIT_LINEAR},
    {"encoder.pos_conv_embed.conv.weight", INIT_KAIMING_0},
    {NULL, INIT_KEPT},
};

static const struct init_rule wav2vec2_own[] = {
    {"project_hid.", INIT_TORCH},
    {"project_q.", INIT_TORCH},
    {NULL, INIT_KEPT},
};

/* In the order of wave_kinds; how torchaudio begins is not known here. */
const struct init_rules hubert_initial[] = {{NULL, NULL, NULL},
                                            {NULL, NULL, NULL},
                                            {"transformers", hubert_own, transformers_common},
                                            {"fairseq", NULL, fairseq_common}};
const struct init_rules wav2vec2_initial[] = {{NULL, NULL, NULL},
                                              {NULL, NULL, NULL},
                                              {"transformers", wav2vec2_own, transformers_common},
                                              {"fairseq", NULL, fairseq_common}};
const struct init_rules wave_initial[] = {{NULL, NULL, NULL},
                                          {NULL, NULL, NULL},
                                          {"transformers", NULL, transformers_common},
                                          {"fairseq", NULL, fairseq_common}};
