/*
 * Heads of made checkpoints as transformers and fairseq write them, against what their definitions
 * give when written down plainly; and heads that are broken.
 */
#include "config.h"

#include "unit.h"

#include <jansson.h>
#include <math.h>
#include <sys/stat.h>

#include "corpus/audio.h"
#include "formats/tensors/checkpoint.h"
#include "corpus/recordings.h"
#include "eval/eval.h"
#include "formats/labels/labels.h"
#include "base/mem.h"
#include "corpus/phones.h"
#include "base/rng.h"
#include "formats/tensors/safetensors.h"
#include "train/loss.h"

#define DIR     "test_eval_heads.dir"
#define EMBED   40
#define STATES  4 /* of three layers */
#define CLASSES 3
#define TOKENS  44
#define INNER   17

enum { PLAIN, WEIGHTED };

/* A head's tensors as floats, by name. */
struct parts {
    struct tensor tensor[8];
    float data[8][TOKENS * EMBED];
    size_t count;
};

static float *add(struct parts *p, const char *name, size_t rows, size_t columns, struct rng *rng)
{
    struct tensor *t = &p->tensor[p->count];
    float *x = p->data[p->count++];
    *t = (struct tensor){.name = name,
                         .dtype = DTYPE_F32,
                         .ndim = columns ? 2 : 1,
                         .shape = {rows, columns},
                         .data = (const void *)x};
    assert_true(tensor_set_rows(t));
    for (size_t i = 0; i < t->count; i++)
        x[i] = (float)(2 * rng_uniform(rng) - 1);
    return x;
}

/* The tensors of the model in SOURCE behind PREFIX, and those of P, into DIR. */
static void write_weights(const struct checkpoint *c, const char *prefix, const struct parts *p)
{
    struct err err;
    size_t count = 0;
    struct tensor *all = mem_array(c->tensors.count + p->count, sizeof *all);
    char(*name)[160] = mem_array(c->tensors.count, sizeof *name);
    FILE *f = fopen(DIR "/model.safetensors", "wb");
    for (size_t i = 0; i < c->tensors.count; i++) {
        struct tensor t = c->tensors.tensor[i];
        unsigned char *data = mem_array(t.count, dtype_size(t.dtype));
        tensor_copy(&t, data);
        snprintf(name[i], sizeof *name, "%s%s", prefix, t.name);
        t.name = name[i];
        t.data = data;
        assert_true(tensor_set_rows(&t));
        all[count++] = t;
    }
    for (size_t i = 0; i < p->count; i++)
        all[count++] = p->tensor[i];
    assert_ok(safetensors_write(f, all, count, NULL, 0, &err));
    fclose(f);
    for (size_t i = 0; i < c->tensors.count; i++)
        free((void *)(uintptr_t)all[i].data);
    free(all);
    free(name);
}

static void write_json(const char *name, json_t *v)
{
    char path[256];
    snprintf(path, sizeof path, DIR "/%s", name);
    assert_int_equal(json_dump_file(v, path, 0), 0);
    json_decref(v);
}

static json_t *class_labels(void)
{
    return json_pack("{s:s, s:s, s:s}", "0", "9002", "1", "nobody", "2", "9001");
}

/* A WavLM with a classification head in DIR. */
static void make_classifier(struct parts *p, bool weighted, json_t *labels)
{
    struct err err;
    struct checkpoint c;
    struct rng rng = rng_seed(5);
    p->count = 0;
    mkdir(DIR, 0777);
    assert_ok(checkpoint_open(&c, data_path("models/e_wavlm_base/hf"), &err));
    json_t *config = json_deep_copy(c.config);
    json_object_set_new(config, "use_weighted_layer_sum", json_boolean(weighted));
    if (labels)
        json_object_set_new(config, "id2label", labels);
    write_json("config.json", config);
    add(p, "classifier.bias", CLASSES, 0, &rng);
    add(p, "classifier.weight", CLASSES, INNER, &rng);
    add(p, "layer_weights", STATES, 0, &rng);
    add(p, "projector.bias", INNER, 0, &rng);
    add(p, "projector.weight", INNER, EMBED, &rng);
    write_weights(&c, "wavlm.", p);
    checkpoint_free(&c);
}

static struct eval_options options(enum eval_task task)
{
    static char audio[1024], labels[1024], table[1024];
    snprintf(audio, sizeof audio, "%s", data_path("audio"));
    snprintf(labels, sizeof labels, "%s",
             data_path("counting/g_melhubert_20ms/framewise-phone-20ms.json"));
    snprintf(table, sizeof table, "%s", data_path("info/label-merge.json"));
    return (struct eval_options){.model = DIR,
                                 .corpus = {.audio = audio, .labels = labels, .label_table = table},
                                 .normalize = MODEL_NORMALIZE_NO,
                                 .threads = 1,
                                 .task = task};
}

/* All hidden states of a recording, the last one as the model puts it out. */
struct states {
    float *x[STATES];
    size_t frames;
};

static enum status keep(void *context, const struct model_block *b, struct err *err)
{
    struct states *s = context;
    uint32_t n = b->stage == MODEL_FINAL ? STATES - 1 : b->index;
    (void)err;
    if (b->stage == MODEL_HIDDEN && n == STATES - 1)
        return STATUS_OK;
    if (!s->x[n])
        s->x[n] = mem_array(b->stage_rows * b->width, sizeof *s->x[n]);
    s->frames = b->stage_rows;
    memcpy(s->x[n] + b->first * b->width, b->data, b->rows * b->width * sizeof *b->data);
    return STATUS_OK;
}

static void states_free(struct states *s)
{
    for (int n = 0; n < STATES; n++)
        free(s->x[n]);
}

static struct states run_model(const char *recording)
{
    struct err err;
    struct states s = {.frames = 0};
    struct model *m;
    struct audio a = AUDIO_INIT;
    struct model_scratch *scratch = model_scratch_new();
    struct model_options mo = {.normalize = MODEL_NORMALIZE_NO};
    struct model_sink sink = {MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL), keep, &s};
    assert_ok(model_open(&m, DIR, &mo, &err));
    assert_ok(audio_read(&a, recording, &err));
    assert_ok(model_forward(m, scratch, a.samples, a.count, &sink, &err));
    audio_free(&a);
    model_scratch_free(scratch);
    model_free(m);
    return s;
}

/* The classifier as transformers writes it: a sum of states, projected frame by frame, averaged. */
static void classify(const struct states *s, const struct parts *p, bool weighted,
                     double logit[CLASSES])
{
    const float *bias = p->data[0], *weight = p->data[1], *layer = p->data[2];
    const float *inner_bias = p->data[3], *inner = p->data[4];
    double mean[INNER] = {0}, all = 0;
    for (int n = 0; n < STATES; n++)
        all += exp((double)layer[n]);
    for (size_t t = 0; t < s->frames; t++)
        for (int i = 0; i < INNER; i++) {
            double sum = (double)inner_bias[i];
            for (int x = 0; x < EMBED; x++) {
                double mixed = 0;
                for (int n = 0; n < STATES; n++)
                    mixed += exp((double)layer[n]) / all * (double)s->x[n][t * EMBED + (size_t)x];
                if (!weighted)
                    mixed = (double)s->x[STATES - 1][t * EMBED + (size_t)x];
                sum += (double)inner[i * EMBED + x] * mixed;
            }
            mean[i] += sum / (double)s->frames;
        }
    for (int c = 0; c < CLASSES; c++) {
        logit[c] = (double)bias[c];
        for (int i = 0; i < INNER; i++)
            logit[c] += (double)weight[c * INNER + i] * mean[i];
    }
}

static void classification_heads_equal_their_definition(void **state)
{
    (void)state;
    for (int weighted = PLAIN; weighted <= WEIGHTED; weighted++) {
        struct err err;
        struct eval *e;
        struct eval_result r, again;
        struct parts *p = mem_zeros(1, sizeof *p);
        make_classifier(p, weighted, class_labels());
        struct eval_options o = options(EVAL_SID);
        double loss = 0;
        uint64_t errors = 0;
        for (int u = 0; u < 2; u++) {
            struct states s = run_model(
                data_path(u ? "audio/9002-100001-0000.wav" : "audio/9001-100001-0000.wav"));
            double logit[CLASSES], sum = 0;
            int right = u ? 0 : 2;
            classify(&s, p, weighted, logit);
            for (int c = 0; c < CLASSES; c++)
                sum += exp(logit[c]);
            loss += log(sum) - logit[right];
            errors += logit[right] < fmax(logit[0], fmax(logit[1], logit[2]));
            states_free(&s);
        }
        assert_ok(eval_open(&e, &o, NULL, &err));
        assert_ok(eval_run(e, NULL, NULL, &r, &err));
        /* From states that were kept. */
        assert_ok(eval_run(e, NULL, NULL, &again, &err));
        const struct eval_score *all = eval_score(&r, 0, EVAL_TOTAL);
        assert_int_equal(all->trials, 2);
        assert_int_equal(all->errors, errors);
        if (!(fabs(all->loss - loss) < 1e-5))
            fail_msg("loss %.9g, not %.9g", all->loss, loss);
        assert_memory_equal(r.score, again.score, (1 + r.groups) * sizeof *r.score);
        eval_result_free(&r);
        eval_result_free(&again);
        eval_free(e);
        free(p);
    }
}

/* A head in a file of its own, named as s3prl's state dicts are or as propneu's. */
static void make_apart(struct parts *p, bool own, const char *more)
{
    static const char *const names[2][5] = {
        {"Downstream.model.post_net.linear.bias", "Downstream.model.post_net.linear.weight",
         "Featurizer.weights", "Downstream.projector.bias", "Downstream.projector.weight"},
        {"head.sid.bias", "head.sid.weight", "head.mix", "head.projector.bias",
         "head.projector.weight"}};
    const char *const *name = names[own];
    struct err err;
    struct rng rng = rng_seed(1);
    make_classifier(p, true, class_labels());
    for (int i = 0; i < 5; i++)
        p->tensor[i].name = name[i];
    if (more)
        add(p, more, 1, 0, &rng);
    FILE *f = fopen(DIR "/head.safetensors", "wb");
    assert_ok(safetensors_write(f, p->tensor, p->count, NULL, 0, &err));
    fclose(f);
    f = fopen(DIR "/labels", "w");
    fputs("9002\nnobody\n9001\n\n", f);
    fclose(f);
}

static void a_head_may_lie_elsewhere(void **state)
{
    struct err err;
    struct eval *e;
    struct eval_result r[3];
    struct parts *p = mem_zeros(1, sizeof *p);
    (void)state;
    for (int k = 0; k < 3; k++) {
        struct eval_options o = options(EVAL_SID);
        make_apart(p, k == 2, NULL);
        o.head = k ? DIR "/head.safetensors" : NULL;
        o.head_labels = k ? DIR "/labels" : NULL;
        assert_ok(eval_open(&e, &o, NULL, &err));
        assert_ok(eval_run(e, NULL, NULL, &r[k], &err));
        eval_free(e);
    }
    for (int k = 1; k < 3; k++) {
        assert_memory_equal(r[0].score, r[k].score, (1 + r[0].groups) * sizeof *r[0].score);
        eval_result_free(&r[k]);
    }
    eval_result_free(&r[0]);
    make_apart(p, false, NULL);
    struct eval_options o = options(EVAL_SID);
    o.head = DIR "/head.safetensors";
    o.head_labels = DIR "/labels";
    FILE *f = fopen(DIR "/labels", "a");
    fputs("x\n", f);
    fclose(f);
    assert_status(eval_open(&e, &o, NULL, &err), STATUS_FORMAT);
    make_apart(p, false, "Downstream.model.pooling.sap_layer.W.bias");
    assert_status(eval_open(&e, &o, NULL, &err), STATUS_UNSUPPORTED);
    remove(DIR "/head.safetensors");
    remove(DIR "/labels");
    free(p);
}

/* NAME of token I of a vocabulary of phones. */
static const char *token(const struct phones *p, int i)
{
    static const char *const special[] = {"<pad>", "<s>", "</s>", "<unk>"};
    return i < 4 ? special[i] : i < 43 ? p->phone.name[i - 4] : "|";
}

enum { HUGGING_FACE, FAIRSEQ, S3PRL };

static size_t ctc_width(int whose)
{
    return whose == FAIRSEQ ? 36 : EMBED;
}

/* s3prl puts three symbols before the phones, the others four. */
static size_t ctc_first(int whose)
{
    return whose == S3PRL ? 3 : 4;
}

static size_t ctc_tokens(int whose)
{
    return ctc_first(whose) + 40;
}

/* A model with a CTC head over phones in DIR. */
static void make_ctc(struct parts *p, int whose, const struct phones *phones)
{
    struct err err;
    struct checkpoint c;
    struct rng rng = rng_seed(11);
    bool hf = whose != FAIRSEQ;
    p->count = 0;
    mkdir(DIR, 0777);
    remove(DIR "/vocab.json");
    remove(DIR "/dict.phn.txt");
    remove(DIR "/phoneme.txt");
    assert_ok(checkpoint_open(
        &c, data_path(hf ? "models/e_wavlm_base/hf" : "models/a_hubert_base/fairseq.pt"), &err));
    /* What fairseq keeps within its file stands as a folder's configuration here. */
    json_t *config =
        json_deep_copy(hf ? c.config : json_object_get(json_object_get(c.config, "cfg"), "model"));
    json_object_set_new(config, "model_type", json_string(hf ? "wavlm" : "hubert"));
    write_json("config.json", config);
    static const char *const linear[] = {"lm_head", "w2v_encoder.proj", "Downstream.model.linear"};
    static char name[2][64];
    snprintf(name[0], sizeof name[0], "%s.bias", linear[whose]);
    snprintf(name[1], sizeof name[1], "%s.weight", linear[whose]);
    add(p, name[0], ctc_tokens(whose), 0, &rng);
    add(p, name[1], ctc_tokens(whose), whose == S3PRL ? INNER : ctc_width(whose), &rng);
    if (whose == S3PRL) {
        add(p, "Featurizer.weights", STATES, 0, &rng);
        add(p, "Downstream.projector.bias", INNER, 0, &rng);
        add(p, "Downstream.projector.weight", INNER, EMBED, &rng);
    }
    write_weights(&c, hf ? "wavlm." : "w2v_encoder.w2v_model.", p);
    checkpoint_free(&c);
    if (whose == S3PRL) {
        FILE *f = fopen(DIR "/phoneme.txt", "w");
        for (int i = 4; i < TOKENS; i++)
            fprintf(f, "%s\n", token(phones, i));
        fclose(f);
        return;
    }
    if (hf) {
        json_t *v = json_object();
        for (int i = 0; i < TOKENS; i++)
            json_object_set_new(v, token(phones, i), json_integer(i));
        write_json("vocab.json", v);
        return;
    }
    FILE *f = fopen(DIR "/dict.phn.txt", "w");
    for (int i = 4; i < TOKENS; i++)
        fprintf(f, "%s 1\n", token(phones, i));
    fclose(f);
}

/* What the linear map is given of frame T, OUT [EMBED]: the last state, or with s3prl, whose parts
 * follow those of the map, a sum of all, projected. */
static size_t ctc_input(const struct states *s, const struct parts *p, int whose, size_t t,
                        double out[EMBED])
{
    size_t width = ctc_width(whose);
    double mixed[EMBED] = {0}, all = 0;
    for (size_t x = 0; x < width; x++)
        out[x] = (double)s->x[STATES - 1][t * width + x];
    if (whose != S3PRL)
        return width;
    for (int n = 0; n < STATES; n++)
        all += exp((double)p->data[2][n]);
    for (int n = 0; n < STATES; n++)
        for (size_t x = 0; x < width; x++)
            mixed[x] += exp((double)p->data[2][n]) / all * (double)s->x[n][t * width + x];
    for (size_t i = 0; i < INNER; i++) {
        out[i] = (double)p->data[3][i];
        for (size_t x = 0; x < width; x++)
            out[i] += (double)p->data[4][i * width + x] * mixed[x];
    }
    return INNER;
}

/* The logits of all frames; to be freed. */
static float *ctc_logits(const struct states *s, const struct parts *p, int whose)
{
    float *out = mem_array(s->frames * ctc_tokens(whose), sizeof *out);
    for (size_t t = 0; t < s->frames; t++) {
        double in[EMBED];
        size_t width = ctc_input(s, p, whose, t, in);
        for (size_t k = 0; k < ctc_tokens(whose); k++) {
            double sum = (double)p->data[0][k];
            for (size_t x = 0; x < width; x++)
                sum += (double)p->data[1][k * width + x] * in[x];
            out[t * ctc_tokens(whose) + k] = (float)sum;
        }
    }
    return out;
}

/* Phones that the head hears, as numbers of the table; returns how many. */
static size_t decode(const float *logits, size_t frames, int whose, uint32_t *out)
{
    size_t n = 0, tokens = ctc_tokens(whose), first = ctc_first(whose), before = tokens;
    for (size_t t = 0; t < frames; t++, logits += tokens) {
        size_t best = 0;
        for (size_t k = 1; k < tokens; k++)
            best = logits[k] > logits[best] ? k : best;
        if (best != before && best >= first && best < first + 39)
            out[n++] = (uint32_t)(best - first);
        before = best;
    }
    return n;
}

/* Phones of an utterance: runs of its list. */
static size_t spoken(const struct labels *l, const struct phones *p, const char *utterance,
                     uint32_t *out)
{
    struct err err;
    struct utterance_labels u;
    size_t n = 0;
    assert_ok(labels_get(l, utterance, &u, &err));
    for (size_t i = 0; i < u.count; i++) {
        if (i > 0 && u.frame[i] == u.frame[i - 1])
            continue;
        uint32_t phone = names_find(&p->phone, u.name.name[u.frame[i]]);
        if (phone != NAMES_NONE)
            out[n++] = phone;
    }
    utterance_labels_free(&u);
    return n;
}

static size_t levenshtein(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    static size_t d[512][512];
    assert_true(n < 512 && m < 512);
    for (size_t i = 0; i <= n; i++)
        for (size_t k = 0; k <= m; k++) {
            d[i][k] = i + k;
            if (i == 0 || k == 0)
                continue;
            size_t best = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
            best = d[i - 1][k] + 1 < best ? d[i - 1][k] + 1 : best;
            d[i][k] = d[i][k - 1] + 1 < best ? d[i][k - 1] + 1 : best;
        }
    return d[n][m];
}

static void ctc_heads_equal_their_definition(void **state)
{
    struct phones phones;
    struct err err;
    (void)state;
    assert_ok(phones_open(&phones, NULL, &err));
    for (int whose = HUGGING_FACE; whose <= S3PRL; whose++) {
        struct eval *e;
        struct eval_result r;
        struct labels *l;
        struct recordings corpus;
        struct parts *p = mem_zeros(1, sizeof *p);
        struct eval_options o = options(whose == FAIRSEQ ? EVAL_PHONES : EVAL_CTC);
        struct labels_options lo = {.label_table = o.corpus.label_table};
        size_t errors = 0, trials = 0;
        double sum = 0;
        make_ctc(p, whose, &phones);
        assert_ok(labels_open(&l, o.corpus.labels, &lo, &err));
        assert_ok(recordings_open(&corpus, o.corpus.audio, &err));
        for (size_t u = 0; u < corpus.count; u++) {
            static uint32_t have[2048], right[2048];
            struct states s = run_model(corpus.recording[u].path);
            float *logits = ctc_logits(&s, p, whose);
            size_t n = decode(logits, s.frames, whose, have);
            size_t m = spoken(l, &phones, corpus.recording[u].utterance, right);
            int32_t target[2048];
            double loss;
            for (size_t i = 0; i < m; i++)
                target[i] = (int32_t)(right[i] + ctc_first(whose));
            assert_ok(loss_ctc(logits, s.frames, ctc_tokens(whose), target, m, 1, &loss, &err));
            sum += isinf(loss) ? 0 : loss / (double)m;
            free(logits);
            errors += levenshtein(right, m, have, n);
            trials += m;
            states_free(&s);
        }
        assert_ok(eval_open(&e, &o, NULL, &err));
        assert_ok(eval_run(e, NULL, NULL, &r, &err));
        assert_int_equal(r.measures, 2);
        assert_int_equal(eval_score(&r, 1, EVAL_TOTAL)->trials, corpus.count);
        assert_true(sum > 0 && fabs(eval_score(&r, 1, EVAL_TOTAL)->loss - sum) < 1e-4 * sum);
        assert_int_equal(eval_score(&r, 0, EVAL_TOTAL)->trials, trials);
        assert_int_equal(eval_score(&r, 0, EVAL_TOTAL)->errors, errors);
        assert_true(trials > 20 && errors > 0);
        eval_result_free(&r);
        eval_free(e);
        recordings_free(&corpus);
        labels_free(l);
        free(p);
    }
    phones_free(&phones);
}

static void write_text(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, DIR "/%s", name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The symbols of s3prl's head in the way of its tokenizer: blanks and ends dropped, then equal
 * neighbours joined. */
static size_t tokens_heard(const float *logits, size_t frames, uint32_t *out)
{
    size_t n = 0, tokens = ctc_tokens(S3PRL);
    for (size_t t = 0; t < frames; t++, logits += tokens) {
        uint32_t best = 0;
        for (uint32_t k = 1; k < tokens; k++)
            best = logits[k] > logits[best] ? k : best;
        if (best != 0 && best != 1 && best != tokens - 1 && (n == 0 || out[n - 1] != best))
            out[n++] = best;
    }
    return n;
}

/* Words by their first pronunciation, whose stress the head does not know. */
static void a_lexicon_says_what_is_right(void **state)
{
    static const char *const said[2][5] = {{"AH", "HH", "AH", "L", "OW"}, {"L", "OW", "AH", "AH"}};
    static const size_t count[2] = {5, 4};
    static uint32_t have[2048];
    struct parts *p = mem_zeros(1, sizeof *p);
    struct phones phones;
    struct recordings corpus;
    struct eval *e;
    struct eval_result r;
    struct err err;
    size_t errors = 0;
    double sum = 0;
    (void)state;
    assert_ok(phones_open(&phones, NULL, &err));
    make_ctc(p, S3PRL, &phones);
    write_text("one",
               ";;; words\nHELLO HH AH0 L OW1\nHELLO(2) HH EH0 L OW1\nHELLO  S\nLOW\tL OW1\n");
    write_text("two", "A AH0\nHELLO M\n");
    write_text("all.trans.txt", "9001-100001-0000 A HELLO\n9002-100001-0000  LOW A A \n");
    struct eval_options o = options(EVAL_CTC);
    o.corpus.labels = NULL;
    o.corpus.label_table = NULL;
    o.lexicon[0] = DIR "/one";
    o.lexicon[1] = DIR "/two";
    o.lexicons = 2;
    o.transcripts = DIR;
    assert_ok(recordings_open(&corpus, o.corpus.audio, &err));
    assert_int_equal(corpus.count, 2);
    for (size_t u = 0; u < 2; u++) {
        struct states s = run_model(corpus.recording[u].path);
        float *logits = ctc_logits(&s, p, S3PRL);
        uint32_t right[5];
        int32_t target[5];
        double loss;
        for (size_t i = 0; i < count[u]; i++)
            target[i] = (int32_t)(right[i] = names_find(&phones.phone, said[u][i]) + 3);
        size_t n = tokens_heard(logits, s.frames, have);
        errors += levenshtein(right, count[u], have, n);
        assert_ok(loss_ctc(logits, s.frames, ctc_tokens(S3PRL), target, count[u], 1, &loss, &err));
        sum += loss / (double)count[u];
        free(logits);
        states_free(&s);
    }
    assert_ok(eval_open(&e, &o, NULL, &err));
    assert_ok(eval_run(e, NULL, NULL, &r, &err));
    assert_int_equal(eval_score(&r, 0, EVAL_TOTAL)->trials, 9);
    assert_int_equal(eval_score(&r, 0, EVAL_TOTAL)->errors, errors);
    assert_int_equal(eval_score(&r, 1, EVAL_TOTAL)->trials, 2);
    assert_true(fabs(eval_score(&r, 1, EVAL_TOTAL)->loss - sum) < 1e-4 * sum);
    eval_result_free(&r);
    eval_free(e);
    /* A word that is in no lexicon, and no recording that could be measured. */
    write_text("all.trans.txt", "9001-100001-0000 A WORD\n");
    assert_ok(eval_open(&e, &o, NULL, &err));
    assert_status(eval_run(e, NULL, NULL, &r, &err), STATUS_NOTFOUND);
    eval_free(e);
    write_text("all.trans.txt", "9001-100001-0000 A\n9001-100001-0000 A\n");
    assert_status(eval_open(&e, &o, NULL, &err), STATUS_FORMAT);
    remove(DIR "/all.trans.txt");
    assert_status(eval_open(&e, &o, NULL, &err), STATUS_NOTFOUND);
    write_text("all.trans.txt", "9001-100001-0000 A\n");
    write_text("two", "A\n");
    assert_status(eval_open(&e, &o, NULL, &err), STATUS_FORMAT);
    write_text("one", "A xx qq zz AH0\n");
    o.lexicons = 1;
    assert_status(eval_open(&e, &o, NULL, &err), STATUS_MISMATCH);
    remove(DIR "/all.trans.txt");
    remove(DIR "/one");
    remove(DIR "/two");
    recordings_free(&corpus);
    phones_free(&phones);
    free(p);
}

/* Opening DIR for TASK must fail with WORDS. */
static void refuse(enum eval_task task, enum status code, const char *words)
{
    struct err err;
    struct eval *e;
    struct eval_options o = options(task);
    assert_status(eval_open(&e, &o, NULL, &err), code);
    if (!strstr(err.msg, words))
        fail_msg("no '%s' in: %s", words, err.msg);
}

/* The classifier of make_classifier with tensor I changed. */
static void make_broken(struct parts *p, int i, size_t rows, float value)
{
    struct err err;
    struct checkpoint c;
    make_classifier(p, true, class_labels());
    assert_ok(checkpoint_open(&c, data_path("models/e_wavlm_base/hf"), &err));
    p->tensor[i].shape[0] = rows;
    assert_true(tensor_set_rows(&p->tensor[i]));
    p->data[i][0] = value;
    write_weights(&c, "wavlm.", p);
    checkpoint_free(&c);
}

static void broken_classifiers_are_refused(void **state)
{
    struct parts *p = mem_zeros(1, sizeof *p);
    (void)state;
    make_broken(p, 0, CLASSES + 1, 0);
    refuse(EVAL_SID, STATUS_FORMAT, "tensor classifier.bias is [4], not [3]");
    make_broken(p, 4, INNER - 1, 0);
    refuse(EVAL_SID, STATUS_FORMAT, "tensor projector.bias is [17], not [16]");
    make_broken(p, 2, STATES - 1, 0);
    refuse(EVAL_SID, STATUS_FORMAT, "tensor layer_weights is [3], not [4]");
    make_broken(p, 1, CLASSES, NAN);
    refuse(EVAL_SID, STATUS_FORMAT, "tensor classifier.weight: NaN or infinity");
    make_broken(p, 2, STATES, 1e6f);
    refuse(EVAL_SID, STATUS_FORMAT, "layer_weights: no weights");
    make_classifier(p, true, NULL);
    refuse(EVAL_SID, STATUS_NOTFOUND, "names of the head's classes are missing");
    make_classifier(p, true, json_pack("{s:s, s:s}", "0", "9001", "1", "9002"));
    refuse(EVAL_SID, STATUS_FORMAT, "2 labels for the 3 classes");
    make_classifier(p, true, json_pack("{s:s, s:s, s:s}", "0", "a", "1", "a", "2", "b"));
    refuse(EVAL_SID, STATUS_FORMAT, "'a' of the head is listed twice");
    make_classifier(p, true, json_pack("{s:s, s:s, s:i}", "0", "a", "1", "b", "2", 7));
    refuse(EVAL_SID, STATUS_FORMAT, "label 2 of the head is not a string");
    make_classifier(p, true, json_pack("{s:s, s:s, s:s}", "0", "LABEL_0", "1", "x", "2", "y"));
    refuse(EVAL_SID, STATUS_MISMATCH, "LABEL_0");
    refuse(EVAL_PHONES, STATUS_NOTFOUND, "no head for phones");
    free(p);
}

static void broken_vocabularies_are_refused(void **state)
{
    struct err err;
    struct phones phones;
    struct parts *p = mem_zeros(1, sizeof *p);
    (void)state;
    assert_ok(phones_open(&phones, NULL, &err));
    make_ctc(p, HUGGING_FACE, &phones);
    remove(DIR "/vocab.json");
    refuse(EVAL_PHONES, STATUS_IO, "vocab.json");
    write_json("vocab.json", json_pack("{s:i, s:i}", "<pad>", 0, "AH", TOKENS));
    refuse(EVAL_PHONES, STATUS_FORMAT, "token 'AH' is not one of the head's 44 classes");
    write_json("vocab.json", json_pack("{s:i, s:i}", "IY", 3, "AH", 3));
    refuse(EVAL_PHONES, STATUS_FORMAT, "have the same class");
    write_json("vocab.json", json_pack("{s:{s:i}}", "eng", "AH", 3));
    refuse(EVAL_PHONES, STATUS_FORMAT, "token 'eng'");
    json_t *letters = json_object();
    for (int i = 0; i < 26; i++)
        json_object_set_new(letters, (char[]){(char)('A' + i), '\0'}, json_integer(i + 4));
    write_json("vocab.json", letters);
    refuse(EVAL_PHONES, STATUS_MISMATCH, "of the 39 phones");
    make_ctc(p, FAIRSEQ, &phones);
    FILE *f = fopen(DIR "/dict.phn.txt", "a");
    fputs("more 1\n", f);
    fclose(f);
    refuse(EVAL_PHONES, STATUS_FORMAT, "45 labels for the 44 classes");
    remove(DIR "/dict.phn.txt");
    refuse(EVAL_PHONES, STATUS_NOTFOUND, "dictionary");
    phones_free(&phones);
    free(p);
}

static int clean(void **state)
{
    static const char *const files[] = {"config.json", "model.safetensors", "vocab.json",
                                        "dict.phn.txt"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[256];
        snprintf(path, sizeof path, DIR "/%s", files[i]);
        remove(path);
    }
    remove(DIR);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classification_heads_equal_their_definition),
        cmocka_unit_test(a_head_may_lie_elsewhere),
        cmocka_unit_test(a_lexicon_says_what_is_right),
        cmocka_unit_test(ctc_heads_equal_their_definition),
        cmocka_unit_test(broken_classifiers_are_refused),
        cmocka_unit_test(broken_vocabularies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
