/*
 * How fairseq's releases, Hugging Face's transformers and torchaudio spell the settings and the
 * tensors of HuBERT and its relatives, MelHuBERT among them: its encoder is HuBERT's.  Ours are the
 * names of fairseq; heads put a prefix before the model's ("wav2vec2.", "w2v_encoder.w2v_model.").
 */
#include "config.h"

#include "model/frontends/wave.h"

const struct spelling wave_keys[] = {
    {"encoder_layers", "num_hidden_layers"},
    {"encoder_embed_dim", "hidden_size"},
    {"encoder_ffn_embed_dim", "intermediate_size"},
    {"encoder_attention_heads", "num_attention_heads"},
    {"encoder_attention_heads", "encoder_num_heads"}, /* of torchaudio */
    {"activation_fn", "hidden_act"},
    {"layer_norm_first", "do_stable_layer_norm"},
    {"conv_pos", "num_conv_pos_embeddings"},
    {"conv_pos_groups", "num_conv_pos_embedding_groups"},
    {"extractor_mode", "feat_extract_norm"},
    {"conv_feature_layers", "extractor_conv_feature_layers"}, /* of s3prl's distilled HuBERT */
    {"max_distance", "max_bucket_distance"},
    {NULL, NULL},
};

/* The convolution behind a batch norm has another number than the one without. */
static const struct spelling fairseq_pairs[] = {
    {"encoder.pos_conv.batch_norm.", "encoder.pos_conv.0."},
    {"encoder.pos_conv.behind_norm.", "encoder.pos_conv.1."},
    {NULL, NULL},
};

static const struct spelling transformers_pairs[] = {
    {"mask_emb", "masked_spec_embed"},
    {"feature_extractor.conv_layers.#.0.", "feature_extractor.conv_layers.#.conv."},
    {"feature_extractor.conv_layers.#.2.1.", "feature_extractor.conv_layers.#.layer_norm."},
    {"feature_extractor.conv_layers.#.2.", "feature_extractor.conv_layers.#.layer_norm."},
    {"layer_norm.", "feature_projection.layer_norm."},
    {"post_extract_proj.", "feature_projection.projection."},
    {"encoder.pos_conv.batch_norm.", "encoder.pos_conv_embed.batch_norm."},
    {"encoder.pos_conv.behind_norm.", "encoder.pos_conv_embed.conv."},
    {"encoder.pos_conv.#.0.", "encoder.pos_conv_embed.layers.#.conv."},
    {"encoder.pos_conv.0.", "encoder.pos_conv_embed.conv."},
    {"encoder.layers.#.self_attn.grep_linear.", "encoder.layers.#.attention.gru_rel_pos_linear."},
    {"encoder.layers.#.self_attn.grep_a", "encoder.layers.#.attention.gru_rel_pos_const"},
    {"encoder.layers.#.self_attn.relative_attention_bias.",
     "encoder.layers.#.attention.rel_attn_embed."},
    {"encoder.layers.#.self_attn.", "encoder.layers.#.attention."},
    {"encoder.layers.#.self_attn_layer_norm.", "encoder.layers.#.layer_norm."},
    {"encoder.layers.#.fc1.", "encoder.layers.#.feed_forward.intermediate_dense."},
    {"encoder.layers.#.fc2.", "encoder.layers.#.feed_forward.output_dense."},
    {NULL, NULL},
};

#define TORCHAUDIO_LAYERS "encoder.transformer.layers."

#define TORCHAUDIO_COMMON                                                                        \
    {"feature_extractor.conv_layers.#.0.", "feature_extractor.conv_layers.#.conv."},             \
        {"feature_extractor.conv_layers.#.2.1.", "feature_extractor.conv_layers.#.layer_norm."}, \
        {"feature_extractor.conv_layers.#.2.", "feature_extractor.conv_layers.#.layer_norm."},   \
        {"layer_norm.", "encoder.feature_projection.layer_norm."},                               \
        {"post_extract_proj.", "encoder.feature_projection.projection."},                        \
        {"encoder.pos_conv.0.", "encoder.transformer.pos_conv_embed.conv."},                     \
        {"encoder.layers.#.self_attn_layer_norm.", TORCHAUDIO_LAYERS "#.layer_norm."},           \
        {"encoder.layers.#.final_layer_norm.", TORCHAUDIO_LAYERS "#.final_layer_norm."},         \
        {"encoder.layers.#.fc1.", TORCHAUDIO_LAYERS "#.feed_forward.intermediate_dense."},       \
        {"encoder.layers.#.fc2.", TORCHAUDIO_LAYERS "#.feed_forward.output_dense."},             \
    {                                                                                            \
        "encoder.layer_norm.", "encoder.transformer.layer_norm."                                 \
    }

static const struct spelling torchaudio_pairs[] = {
    TORCHAUDIO_COMMON,
    {"encoder.layers.#.self_attn.", TORCHAUDIO_LAYERS "#.attention."},
    {NULL, NULL},
};

/* Its WavLM has torch's own attention, whose three maps are one matrix. */
#define IN_PROJ TORCHAUDIO_LAYERS "#.attention.attention.in_proj_"
static const struct spelling torchaudio_wavlm_pairs[] = {
    TORCHAUDIO_COMMON,
    {"encoder.layers.#.self_attn.grep_linear.",
     TORCHAUDIO_LAYERS "#.attention.gru_rel_pos_linear."},
    {"encoder.layers.#.self_attn.grep_a", TORCHAUDIO_LAYERS "#.attention.gru_rel_pos_const"},
    {"encoder.layers.#.self_attn.relative_attention_bias.",
     TORCHAUDIO_LAYERS "#.attention.rel_attn_embed."},
    {"encoder.layers.#.self_attn.q_proj.weight", IN_PROJ "weight@0"},
    {"encoder.layers.#.self_attn.k_proj.weight", IN_PROJ "weight@1"},
    {"encoder.layers.#.self_attn.v_proj.weight", IN_PROJ "weight@2"},
    {"encoder.layers.#.self_attn.q_proj.bias", IN_PROJ "bias@0"},
    {"encoder.layers.#.self_attn.k_proj.bias", IN_PROJ "bias@1"},
    {"encoder.layers.#.self_attn.v_proj.bias", IN_PROJ "bias@2"},
    {"encoder.layers.#.self_attn.out_proj.", TORCHAUDIO_LAYERS "#.attention.attention.out_proj."},
    {NULL, NULL},
};

/* Wav2Vec2FeatureExtractor's epsilon; and torch's own, of the layer norm over a recording that
 * fairseq, s3prl, WavLM's release and torchaudio apply. */
#define TRANSFORMERS_EPSILON 1e-7
#define TORCH_EPSILON        1e-5

static const struct tensor_spelling wave_kinds[] = {
    {"encoder.transformer.layer_norm.weight",
     "encoder.transformer.layers.0.attention.attention.in_proj_weight", TORCHAUDIO_LAYERS,
     torchaudio_wavlm_pairs, TORCH_EPSILON},
    {"encoder.transformer.layer_norm.weight",
     "encoder.transformer.layers.0.attention.q_proj.weight", TORCHAUDIO_LAYERS, torchaudio_pairs,
     TORCH_EPSILON},
    {"encoder.layer_norm.weight", "encoder.layers.0.attention.q_proj.weight", "encoder.layers.",
     transformers_pairs, TRANSFORMERS_EPSILON},
    {"encoder.layer_norm.weight", NULL, "encoder.layers.", fairseq_pairs, TORCH_EPSILON},
};

static const char *const computed[] = {
    "encoder.",    "feature_extractor.", "feature_projection.", "post_extract_proj.",
    "layer_norm.", "input_quantizer.",   "project_inp.",        NULL};

/* ContentVec's last norm, which depends on the speaker, is behind layers that are left out only. */
static const char *const ignored[] = {"encoder.cond_layer_norm.", NULL};

const struct tensor_names wave_tensor_names = {wave_kinds, sizeof wave_kinds / sizeof *wave_kinds,
                                               computed, ignored};
