/* Requests of experiments: their texts, and that the commands parse what requests say. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/shell_quote.h"
#include "cli/commands.h"
#include "cli/commands/edit_options.h"
#include "experiment/request.h"

#define SETTINGS 36

/* The program's own table is in main.c. */
const struct cli_command *const cli_commands[] = {&command_erase, &command_prune, NULL};

static struct err err;

/* Settings by name and value, NULL at the end; the value of a flag is "". */
struct request_case {
    enum experiment_kind kind;
    const char *set[SETTINGS][2];
};

static const struct request_case cases[] = {
    {EXPERIMENT_MATRIX, {{"model", "m"}, {"set", "gender=male"}, {"audio", "a"}, {"task", "sid"}}},
    {EXPERIMENT_MATRIX,
     {{"model", "/data/my models/it's.safetensors"},
      {"counts", "-c.counts"},
      {"property", "gender"},
      {"layer", "1,3-4"},
      {"sigma", "57"},
      {"lambda", "0.5"},
      {"min-frames", "12"},
      {"where", "speaker=F1,M1"},
      {"where", "phone=AH"},
      {"phones", "ipa-mfa"},
      {"compat", "authors"},
      {"mean", "means of\nall"},
      {"controls", "0"},
      {"relabel", "all"},
      {"strata", "engine"},
      {"audio", "audio\\n"},
      {"labels", "l"},
      {"speakers", "s\\x41\033[\377\302\233"},
      {"pitch", "auto"},
      {"pitch-edges", "129.03,179.78"},
      {"label-table", "t.json"},
      {"tier", "phones"},
      {"normalize", "no"},
      {"factor", "accent=accents.tsv"},
      {"factor", "noise-kind=n.tsv"},
      {"mean-std", "ms.npy"},
      {"task", "f0"},
      {"task-layer", "3"},
      {"refit", ""},
      {"by", "gender,accent"},
      {"piece", "0.2"},
      {"noise", "0.1"},
      {"seed", "4611686018427387904"}}},
    {EXPERIMENT_MATRIX,
     {{"model", "m"},
      {"set", "{1:3,7-9;4:0}"},
      {"scale", "-0.3333333333333333"},
      {"audio", "a"},
      {"labels", "l"},
      {"task", "phones"},
      {"min-run", "3"},
      {"memory", "0"},
      {"journal", "folder"}}},
    {EXPERIMENT_CURVE, {{"model", "m"}, {"audio", "a"}, {"task", "sid"}, {"normalize", "yes"}}},
    {EXPERIMENT_CURVE,
     {{"model", "m"},
      {"counts", "c"},
      {"protect", "phone - $x"},
      {"keep", "90%,0.333,20%,1"},
      {"criterion", "l1-bias"},
      {"scope", "global"},
      {"minimum", "7"},
      {"draws", "9"},
      {"relabel", "20"},
      {"strata", "none"},
      {"audio", "a"},
      {"labels", "l"},
      {"task", "centroid"},
      {"memory", "64"},
      {"layer", "2"}}},
};

static void fill(struct experiment_request *r, const struct request_case *c)
{
    experiment_request_init(r, c->kind);
    for (size_t i = 0; c->set[i][0]; i++)
        assert_ok(experiment_request_set(r, c->set[i][0], c->set[i][1], &err));
    assert_ok(experiment_request_check(r, &err));
}

static char *text_of(const struct experiment_request *r)
{
    struct buf b = BUF_INIT;
    experiment_request_write(r, &b);
    assert_true(buf_ok(&b));
    return b.data;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct experiment_request r, again;
        fill(&r, &cases[i]);
        char *text = text_of(&r);
        assert_ok(experiment_request_read(&again, text, strlen(text), "x", &err));
        char *second = text_of(&again);
        assert_string_equal(text, second);
        assert_int_equal(again.kind, cases[i].kind);
        assert_string_equal(again.eval.corpus.audio, r.eval.corpus.audio);
        free(second);
        experiment_request_free(&again);
        free(text);
    }
}

/* Each setting is a line of its own; none is lost. */
static void every_field_has_its_line(void **state)
{
    struct experiment_request r;
    (void)state;
    fill(&r, &cases[1]);
    char *text = text_of(&r);
    size_t lines = 0, settings = 0;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    while (cases[1].set[settings][0])
        settings++;
    assert_int_equal(lines, settings + 2);
    assert_non_null(strstr(text, "\nsigma: 57\n"));
    assert_non_null(strstr(text, "\npitch-edges: 129.03,179.78\n"));
    assert_non_null(strstr(text, "\nmean: means of\\nall\n"));
    assert_non_null(strstr(text, "\naudio: audio\\\\n\n"));
    free(text);
}

/* The command of a request, parsed as a person's, is that request. */
static void commands_parse_as_the_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct experiment_request r;
        struct edit_request parsed;
        struct buf command = BUF_INIT;
        const char *words[100];
        struct cli cli = {.threads = 1};
        int argc = 0;
        fill(&r, &cases[i]);
        experiment_request_command(&r, &command);
        assert_true(shell_words(command.data, words, sizeof words / sizeof words[0]));
        while (words[argc])
            argc++;
        const struct edit_verbs *v =
            cases[i].kind == EXPERIMENT_MATRIX ? &erase_verbs : &prune_verbs;
        assert_string_equal(words[1], v->command->name);
        assert_int_equal(edit_parse(v, &parsed, &cli, argc - 1, (char **)(uintptr_t)(words + 1)),
                         CLI_END);
        assert_true(parsed.measured);
        char *want = text_of(&r), *have = text_of(&parsed.x);
        assert_string_equal(have, want);
        free(want);
        free(have);
        buf_free(&command);
    }
}

static void broken_texts_are_refused(void **state)
{
#define HEAD "propneu experiment request 1\n"
    static const struct {
        const char *text, *says;
    } broken[] = {
        {"", "no request"},
        {"propneu experiment request 2\nkind: matrix\n", "no request"},
        {HEAD "kind: matrix", "no request"},
        {HEAD "kind: tree\n", "no kind of experiment 'tree'"},
        {HEAD "kind: matrix\nmodel m\n", "line 3: 'name: value' expected"},
        {HEAD "kind: matrix\nmodel: a\\b\n", "line 3"},
        {HEAD "kind: matrix\nkind: curve\n", "no field 'kind'"},
        {HEAD "kind: matrix\ndraws: 3\n", "no field 'draws'"},
        {HEAD "kind: curve\nproperty: gender\n", "no field 'property'"},
        {HEAD "kind: matrix\noutput: x\n", "no field 'output'"},
        {HEAD "kind: matrix\ncontrols: many\n", "--controls takes a number from 0, not 'many'"},
        {HEAD "kind: matrix\nrelabel: some\n", "--relabel takes a number from 1 to 10000, or all"},
        {HEAD "kind: curve\nmodel: m\nrelabel: 3\n", "--protect NAME and -c COUNTS"},
        {HEAD "kind: matrix\nset: x\nrelabel: \n", "--property NAME and -c COUNTS"},
        {HEAD "kind: matrix\nset: x\nstrata: engine\n", "--strata goes with --relabel"},
        {HEAD "kind: matrix\nsigma: 0\n", "--sigma takes a percentage"},
        {HEAD "kind: matrix\nmodel: m\n", "either --property NAME or --set SET"},
        {HEAD "kind: curve\nmodel: m\n", "are needed to measure"},
        {HEAD "kind: curve\nmodel: m\naudio: a\ntask: phones\n", "--task phones needs -l LABELS"},
        {HEAD "kind: curve\nmodel: m\naudio: a\ntask: sid\nrefit: \n", "--task-layer and --refit"},
        {HEAD "kind: curve\nmodel: m\naudio: a\ntask: sid\ncriterion: random\n", "random pruning"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct experiment_request r;
        assert_true(experiment_request_read(&r, broken[i].text, strlen(broken[i].text), "file",
                                            &err) != STATUS_OK);
        if (!strstr(err.msg, broken[i].says))
            fail_msg("'%s' says '%s', not '%s'", broken[i].text, err.msg, broken[i].says);
    }
    struct experiment_request r;
    static const char zero[] = HEAD "kind: matrix\nmodel: a\0b\n";
    assert_status(experiment_request_read(&r, zero, sizeof zero - 1, "file", &err), STATUS_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(every_field_has_its_line),
        cmocka_unit_test(commands_parse_as_the_request),
        cmocka_unit_test(broken_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
