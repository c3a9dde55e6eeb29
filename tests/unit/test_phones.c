#include "config.h"

#include "unit.h"

#include "base/mem.h"
#include "corpus/phones.h"
#include "corpus/speakers.h"

static int open_bundled(void **state)
{
    static struct phones p;
    struct err err;
    assert_ok(phones_open(&p, source_path("data/phones/arpabet.tsv"), &err));
    *state = &p;
    return 0;
}

static int close_bundled(void **state)
{
    phones_free(*state);
    return 0;
}

static void bundled_table_has_the_papers_classes(void **state)
{
    static const char *const of_class[3] = {
        " IY IH EH AE AA AH AO UH EY AY OY AW OW ER UW ",
        " B D G JH DH Z ZH V M N NG L R W Y ",
        " P T K CH TH S SH F HH ",
    };
    const struct phones *p = *state;
    unsigned size[3] = {0};
    assert_int_equal(p->phone.count, 39);
    assert_int_equal(p->classes.count, 3);
    assert_string_equal(p->classes.name[0], "vowel");
    assert_string_equal(p->classes.name[1], "voiced");
    assert_string_equal(p->classes.name[2], "unvoiced");
    for (uint32_t i = 0; i < p->phone.count; i++) {
        char word[16];
        int c = phones_class(p, p->phone.name[i]);
        assert_in_range(c, 0, 2);
        snprintf(word, sizeof word, " %s ", p->phone.name[i]);
        assert_non_null(strstr(of_class[c], word));
        size[c]++;
    }
    assert_int_equal(size[0], 15);
    assert_int_equal(size[1], 15);
    assert_int_equal(size[2], 9);
    assert_true(phones_class_pitched(p, 0));
    assert_true(phones_class_pitched(p, 1));
    assert_false(phones_class_pitched(p, 2));
}

static void labels_come_to_one_spelling(void **state)
{
    static const struct {
        const char *label, *name;
        enum phone_kind kind;
    } cases[] = {
        {"AH", "AH", PHONE_KNOWN},         {"AH0", "AH", PHONE_KNOWN},
        {"ah1", "AH", PHONE_KNOWN},        {" ER2 ", "ER", PHONE_KNOWN},
        {"AH0_B", "AH", PHONE_KNOWN},      {"sh_E", "SH", PHONE_KNOWN},
        {"", "", PHONE_SILENCE},           {"  ", "", PHONE_SILENCE},
        {"sil", "", PHONE_SILENCE},        {"SIL", "", PHONE_SILENCE},
        {"sp", "", PHONE_SILENCE},         {"<eps>", "", PHONE_SILENCE},
        {"pau", "", PHONE_SILENCE},        {"h#", "", PHONE_SILENCE},
        {"SIL_S", "", PHONE_SILENCE},      {"spn", "spn", PHONE_NOISE},
        {"SPN", "spn", PHONE_NOISE},       {"nsn", "spn", PHONE_NOISE},
        {"<unk>", "spn", PHONE_NOISE},     {"Q7", "Q7", PHONE_UNKNOWN},
        {" ax-h ", "ax-h", PHONE_UNKNOWN}, {"AH3", "AH3", PHONE_UNKNOWN},
        {"T10", "T10", PHONE_UNKNOWN},     {"t_B_B", "t_B_B", PHONE_UNKNOWN},
        {"s2", "s2", PHONE_UNKNOWN},       {"S0_B", "S0_B", PHONE_UNKNOWN},
        {"1", "1", PHONE_UNKNOWN},         {"a\033[2J", "a?[2J", PHONE_UNKNOWN},
    };
    char name[PHONES_NAME_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(phones_canonical(*state, cases[i].label, name), cases[i].kind);
        assert_string_equal(name, cases[i].name);
    }
}

static void silence_and_noise_are_never_phones(void **state)
{
    assert_int_equal(phones_class(*state, ""), -1);
    assert_int_equal(phones_class(*state, "spn"), -1);
    assert_int_equal(phones_class(*state, "Q7"), -1);
}

static void long_names_are_cut_at_a_character(void **state)
{
    char label[200] = "x", name[PHONES_NAME_MAX];
    for (int i = 0; i < 60; i++)
        strcat(label, "\303\244");
    assert_int_equal(phones_canonical(*state, label, name), PHONE_UNKNOWN);
    assert_int_equal(strlen(name), 63);
    assert_memory_equal(name, label, 63);
    label[0] = 'y';
    memmove(label + 1, label, strlen(label) + 1);
    phones_canonical(*state, label, name);
    assert_int_equal(strlen(name), 62);
}

static enum status parse(struct phones *p, const char *text, struct err *err)
{
    return phones_parse(p, text, strlen(text), "t.tsv", err);
}

static void tables_of_other_phone_sets_are_taken_as_they_are(void **state)
{
    struct phones p;
    struct err err;
    char name[PHONES_NAME_MAX];
    (void)state;
    assert_ok(parse(&p,
                    "\357\273\277phone\tclass\r\n# SAMPA\r\n\r\nT\tfricative\r\nt\tstop\r\n"
                    "a1\ttone\r\nAb\ttone\r\naB\ttone\r\nE:\tvowel\r\n#"
                    "\tsilence\r\nclick\tnoise\r\nS\tvoiceless\r\n",
                    &err));
    assert_int_equal(p.phone.count, 7);
    assert_int_equal(p.classes.count, 5);
    assert_int_equal(phones_canonical(&p, "T", name), PHONE_KNOWN);
    assert_string_equal(name, "T");
    assert_int_equal(phones_canonical(&p, "t", name), PHONE_KNOWN);
    assert_string_equal(name, "t");
    assert_int_equal(phones_canonical(&p, "a1", name), PHONE_KNOWN);
    assert_string_equal(name, "a1");
    assert_int_equal(phones_canonical(&p, "e:", name), PHONE_KNOWN);
    assert_string_equal(name, "E:");
    assert_int_equal(phones_canonical(&p, "AB", name), PHONE_UNKNOWN); /* Ab or aB? */
    assert_int_equal(phones_canonical(&p, "click", name), PHONE_NOISE);
    assert_int_equal(phones_canonical(&p, "#", name), PHONE_SILENCE);
    assert_false(phones_class_pitched(&p, (uint32_t)phones_class(&p, "S")));
    phones_free(&p);
}

static void labels_count_as_phones_of_other_names(void **state)
{
    struct phones p;
    struct err err;
    char name[PHONES_NAME_MAX];
    (void)state;
    assert_ok(parse(&p,
                    "IH\tvowel\nix\tvowel\tIH\nax\tvowel\tAH\nax-h\tvowel\tAH\n"
                    "t\tunvoiced\t\nbcl\tsilence\n",
                    &err));
    assert_int_equal(p.phone.count, 3);
    static const char *const cases[][2] = {{"ix", "IH"},   {"IX_B", "IH"}, {"IH", "IH"},
                                           {"ax-h", "AH"}, {"AX1", "AH"},  {"AH", "AH"},
                                           {"t", "t"},     {"T", "t"},     {"bcl", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        phones_canonical(&p, cases[i][0], name);
        assert_string_equal(name, cases[i][1]);
    }
    phones_free(&p);
    assert_status(parse(&p, "ix\tvowel\tIH\nit\tvoiced\tIH\n", &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "line 2: phone IH is voiced here and vowel before"));
    assert_status(parse(&p, "ix\tvowel\tIH\nix\tvowel\tIY\n", &err), STATUS_FORMAT);
    assert_status(parse(&p, "IH\tvowel\nIH\tvowel\tIY\n", &err), STATUS_FORMAT);
    assert_status(parse(&p, "x\tvowel\nbcl\tsilence\tx\n", &err), STATUS_FORMAT);
}

/* Bundled tables of other phone sets lead to phones of ARPABET, of the same classes, and to DX. */
static void other_bundled_tables_lead_to_arpabet(void **state)
{
    static const struct {
        const char *table;
        unsigned phones;
    } tables[] = {{"timit", 38}, {"ipa-mfa", 40}};
    const struct phones *arpabet = *state;
    struct phones p;
    struct err err;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char path[64];
        snprintf(path, sizeof path, "data/phones/%s.tsv", tables[i].table);
        assert_ok(phones_open(&p, source_path(path), &err));
        assert_int_equal(p.phone.count, tables[i].phones);
        assert_int_equal(p.classes.count, arpabet->classes.count);
        for (uint32_t k = 0; k < p.classes.count; k++)
            assert_string_equal(p.classes.name[k], arpabet->classes.name[k]);
        for (uint32_t k = 0; k < p.phone.count; k++) {
            const char *phone = p.phone.name[k];
            int wanted = strcmp(phone, "DX") == 0 ? 1 : phones_class(arpabet, phone);
            assert_int_equal(phones_class(&p, phone), wanted);
        }
        phones_free(&p);
    }
}

static void timit_folds_to_39(void **state)
{
    static const char *const cases[][2] = {
        {"ix", "IH"}, {"ax-h", "AH"}, {"ao", "AA"},  {"zh", "SH"},  {"eng", "NG"}, {"hv", "HH"},
        {"dx", "DX"}, {"ux", "UW"},   {"axr", "ER"}, {"en", "N"},   {"bcl", ""},   {"epi", ""},
        {"h#", ""},   {"pau", ""},    {"q", "spn"},  {"AX-H", "AH"}};
    char name[PHONES_NAME_MAX];
    struct phones p;
    struct err err;
    (void)state;
    assert_ok(phones_open(&p, source_path("data/phones/timit.tsv"), &err));
    assert_int_equal(p.label.count + p.silence.count + p.noise.count, 61);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(phones_canonical(&p, cases[i][0], name), PHONE_UNKNOWN);
        assert_string_equal(name, cases[i][1]);
    }
    phones_free(&p);
}

/* Every phone of the English dictionaries, versions 2 and 3. */
static void ipa_of_the_montreal_aligner_is_known(void **state)
{
    static const char phones[] =
        "a aj aw aː b bʲ c cʰ cʷ d dʒ dʲ d̪ e ej f fʲ fʷ h i iː j k kp kʰ kʷ l m mʲ m̩ n n̩ o ow p pʰ "
        "pʲ pʷ s t tʃ tʰ tʲ tʷ t̪ u uː v vʲ vʷ w z æ ç ð ŋ ɐ ɑ ɑː ɒ ɒː ɔ ɔj ə əw ɚ ɛ ɛː ɜ ɜː ɝ ɟ ɟʷ "
        "ɖ ɖʲ ɡ ɡb ɡʷ ɪ ɫ ɫ̩ ɱ ɲ ɹ ɾ ɾʲ ɾ̃ ʃ ʉ ʉː ʈ ʈʲ ʈʷ ʊ ʋ ʎ ʒ ʔ θ";
    char all[sizeof phones], name[PHONES_NAME_MAX];
    struct phones p;
    struct err err;
    (void)state;
    assert_ok(phones_open(&p, source_path("data/phones/ipa-mfa.tsv"), &err));
    strcpy(all, phones);
    for (char *label = strtok(all, " "); label; label = strtok(NULL, " "))
        if (phones_canonical(&p, label, name) != PHONE_KNOWN)
            fail_msg("%s is unknown", label);
    phones_canonical(&p, "d̪", name);
    assert_string_equal(name, "DH");
    phones_canonical(&p, "ɫ̩", name);
    assert_string_equal(name, "L");
    phones_free(&p);
}

/* However the letters are composed, tied, stressed or marked. */
static void ipa_is_read_in_every_spelling(void **state)
{
    static const char *const cases[][2] = {
        {"c\u0327", "HH"},  {"d\u032a_B", "DH"}, {"t͡ʃ", "CH"}, {"d͜ʒ", "JH"},
        {"ˈiː", "IY"},      {"ˌɑ̃ː", "AA"},       {"o͡ʊ", "OW"}, {"ə˥˩", "AH"},
        {"o\u0302w", "OW"}, {"a\u0301", "AE"},   {"ʈʰ", "T"},  {"t̪ʰ", "TH"},
        {"z̥", "Z"},         {"l̩ˠ", "L"},         {"i:", "IY"}, {"ɜ˞ː", "ER"},
        {"ʧ", "CH"},        {"ɖʱ", "D"},         {"ç", "HH"},
    };
    static const char *const unknown[] = {"ǂ", "zz", "ː", "ˈ", "x", "!"};
    char name[PHONES_NAME_MAX];
    struct phones p;
    struct err err;
    (void)state;
    assert_ok(phones_open(&p, source_path("data/phones/ipa-mfa.tsv"), &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(phones_canonical(&p, cases[i][0], name), PHONE_KNOWN);
        assert_string_equal(name, cases[i][1]);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_int_equal(phones_canonical(&p, unknown[i], name), PHONE_UNKNOWN);
        assert_string_equal(name, unknown[i]);
    }
    phones_free(&p);
    /* A table that tells tones, nasality or aspiration apart is believed. */
    const char *own = "a\u0303\tnasal\na\toral\nt\tplain\ntʰ\taspirated\na˥\thigh\n";
    assert_ok(phones_parse(&p, own, strlen(own), "own", &err));
    assert_int_equal(phones_canonical(&p, "ãː", name), PHONE_KNOWN);
    assert_string_equal(name, "ã");
    assert_int_equal(phones_canonical(&p, "tʰ", name), PHONE_KNOWN);
    assert_string_equal(name, "tʰ");
    assert_int_equal(phones_canonical(&p, "a˥", name), PHONE_KNOWN);
    assert_string_equal(name, "a˥");
    phones_free(&p);
}

static void bundled_tables_are_opened_by_name(void **state)
{
    struct phones p;
    struct err err;
    (void)state;
    assert_ok(phones_open(&p, "timit", &err));
    assert_int_equal(p.phone.count, 38);
    phones_free(&p);
    assert_status(phones_open(&p, "no-such-table", &err), STATUS_IO);
    assert_true(strncmp(err.msg, "no-such-table: ", 15) == 0);
}

static void broken_tables_name_the_line(void **state)
{
    struct phones p;
    struct err err;
    (void)state;
    assert_status(parse(&p, "AA\tvowel\nAB\n", &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "t.tsv: line 2"));
    assert_status(parse(&p, "AA\tvowel\n\nAA\tvoiced\n", &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "line 3"));
    assert_status(parse(&p, "AA\t\n", &err), STATUS_FORMAT);
    assert_status(parse(&p, "", &err), STATUS_FORMAT);
    assert_status(parse(&p, "# nothing\n", &err), STATUS_FORMAT);
    assert_status(phones_parse(&p, "A\0\tb", 4, "t", &err), STATUS_FORMAT);
    assert_status(phones_open(&p, "/no/such/table.tsv", &err), STATUS_IO);
}

/* Of an utterance whose file lies in no folder. */
static const char *gender_of(const struct speakers *s, const char *utterance, bool authors)
{
    char speaker[SPEAKER_MAX];
    uint32_t row;
    struct err err;
    assert_ok(speakers_match(s, utterance, utterance, speaker, &row, &err));
    return speakers_gender(s, row, speaker, authors);
}

static void genders_are_read_from_every_form(void **state)
{
    static const char *const forms[] = {
        "{\"84\": \"F\", \"1272\": \"M\"}", " \n{\"84\": \"female\",\n\"1272\": \"Male\"}\n",
        "speaker\tgender\tengine\n84\tF\tx\n1272\tM\ty\n", "84 f\n1272\tm\n", "84,F\r\n1272,M\r\n",
        "gender,age,id\nF,3,84\nm,4,1272\n",
        ";ID  |SEX| SUBSET |MINUTES| NAME\n84   | F | dev-clean  | 8.0 | Christie Nowak\n"
        "60   | M | train-clean-100  | 20.18 | |CBW|Simon\n1272 | M | dev-clean | 8.0 | A B\n",
        "VoxCeleb1 ID\tVGGFace1 ID\tGender\tNationality\tSet\n84\tA.J._Buckley\tf\tIreland\tdev\n"
        "1272\tB\tm\tUSA\ttest\n",
        "\357\273\27784\tF\n1272\tM\n",
        /* without the name of the gender's column: by the values */
        "84,30,F\n1272,31,M\n", "84,Ann,f\n1272,Bob,m\n60,Mia,\n7,Zoe,nonbinary\n",
        "F,84\nM,1272\n", "Sprecher;Alter;Geschlecht\n84;30;w\n1272;31;m\n",
        "edad,speaker,sexo\n30,84,mujer\n31,1272,hombre\n", "84 weiblich\n1272 m\303\244nnlich\n",
        "84 FEMME\n1272 ma\314\210nnlich\n", /* a and two dots */
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct speakers s;
        struct err err;
        assert_ok(speakers_parse(&s, forms[i], strlen(forms[i]), "s", &err));
        assert_string_equal(gender_of(&s, "84-121123-0000", false), "female");
        assert_string_equal(gender_of(&s, "1272-128104-0000", false), "male");
        assert_null(gender_of(&s, "99-1-2", false));
        speakers_free(&s);
    }
}

/* The value of COLUMN for SPEAKER, NULL if there is no such column. */
static const char *value_of(const struct speakers *s, const char *speaker, const char *column)
{
    uint32_t row = speakers_find(s, speaker), k = names_find(&s->column, column);
    assert_true(row != NAMES_NONE);
    return k == NAMES_NONE ? NULL : s->value[row * s->column.count + k];
}

static void other_columns_are_kept(void **state)
{
    static const struct {
        const char *text;
        uint32_t columns;
        const char *column, *of_84, *of_1272;
    } forms[] = {
        {"speaker\tgender\tengine\n84\tF\tx\n1272\tM\n", 1, "engine", "x", ""},
        {"gender,age,id,,age\nF,3,84,a,b\nm,4,1272,c,d\n", 1, "age", "3", "4"},
        {"; SEX of all\n;ID  |SEX| SUBSET |MINUTES| NAME\n84 | F | dev  | 8.0 | A B\n"
         "1272 | M | dev | 9 | |C|D\n",
         3, "NAME", "A B", "|C|D"},
        {"id sex dialect site\n84 F 1 x\n1272 M 2 y\n84 F 1 z\n", 1, "dialect", "1", "2"},
        {"id sex site dialect\n84 F x 1\n1272 M y 2\n84 F z 1\n", 1, "dialect", "1", "2"},
        {"84\tF\tx\n1272\tM\ty\n", 0, "x", NULL, NULL},
        {"{\"84\": \"F\", \"1272\": \"M\"}", 0, "x", NULL, NULL},
        {"Sprecher,Alter,Geschlecht\n84,3,w\n1272,4,m\n", 1, "Alter", "3", "4"},
        {"# id age sex\n84 3 F\n1272 4 M\n", 1, "age", "3", "4"},
        {"id\tsex\tsite\n84\tF\tZu\314\210rich\n1272\tM\tZ\303\274rich\n", 1, "site",
         "Z\303\274rich", "Z\303\274rich"},
        {"# sex is the second\n84\tF\tx\n1272\tM\ty\n", 0, "is", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct speakers s;
        struct err err;
        assert_ok(speakers_parse(&s, forms[i].text, strlen(forms[i].text), "s", &err));
        assert_int_equal(s.column.count, forms[i].columns);
        for (int k = 0; k < 2; k++) {
            const char *want = k ? forms[i].of_1272 : forms[i].of_84;
            const char *got = value_of(&s, k ? "1272" : "84", forms[i].column);
            assert_true(want ? got && strcmp(got, want) == 0 : !got);
        }
        speakers_free(&s);
    }
}

static void other_genders_stay_themselves(void **state)
{
    const char *text = "a\tnonbinary\nb\t\nc\tM\nd-1\tm\n";
    struct speakers s;
    struct err err;
    (void)state;
    assert_ok(speakers_parse(&s, text, strlen(text), "s", &err));
    assert_string_equal(gender_of(&s, "a-1", false), "nonbinary");
    assert_string_equal(gender_of(&s, "a-1", true), "female");
    assert_string_equal(gender_of(&s, "c", true), "male");
    assert_string_equal(gender_of(&s, "b-1", false), "");
    assert_string_equal(gender_of(&s, "d-1", false), "male");
    assert_string_equal(gender_of(&s, "d-1", true), "female"); /* only "M" is male there */
    speakers_free(&s);
}

/* A column of anything else is not taken for genders, unless the table calls it so. */
static void columns_of_no_genders_are_refused(void **state)
{
    static const struct {
        const char *text, *message; /* NULL: read */
    } tables[] = {
        {"84-1-2 84\n84-1-3 84\n1272-1-2 1272\n", "no genders (84, 1272):"},
        {"a 1\nb 2\nc 3\nd 4\n", "no genders (1, 2, 3, ...):"},
        {"a Ann\n", "no genders (Ann):"},
        {"a F\nb x1\nc x2\n", "hardly any genders (x1, x2):"},
        {"name,weight\na,F\nb,7\nc,8\n", "hardly any genders (weight, 7, 8):"},
        {"id,age\na,7\n", "line 1: no column called gender or sex"},
        {"a F\nb F\nc x1\nd x2\n", NULL},
        {"a 0\nb F\nc M\n", NULL}, /* the first line is no header */
        {"a -\nb NA\n", NULL},
        {"id gender\na 0\n", NULL},
        {"; id gender\na 0\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct speakers s;
        struct err err;
        size_t size = strlen(tables[i].text);
        if (tables[i].message) {
            assert_status(speakers_parse(&s, tables[i].text, size, "s", &err), STATUS_FORMAT);
            assert_non_null(strstr(err.msg, tables[i].message));
            continue;
        }
        assert_ok(speakers_parse(&s, tables[i].text, size, "s", &err));
        assert_int_not_equal(speakers_find(&s, "a"), NAMES_NONE);
        speakers_free(&s);
    }
}

/* SPKRINFO.TXT names speakers without the letter their folders begin with. */
static void timits_speakers_are_found_by_their_folders(void **state)
{
    const char *text = ";ID  Sex DR Use  RecDate   BirthDate  Ht    Race Edu  Comments\n"
                       "CJF0  F  1   TRN  08/15/86  05/20/61  5'4\"  WHT  BS\n"
                       "ABC0  M  6   TRN  03/03/87  06/17/60  5'11\"  WHT  BS  a, b\n";
    struct speakers s;
    struct err err;
    (void)state;
    assert_ok(speakers_parse(&s, text, strlen(text), "s", &err));
    assert_string_equal(gender_of(&s, "FCJF0-SA1", false), "female");
    assert_string_equal(gender_of(&s, "MABC0-SX127", false), "male");
    assert_string_equal(gender_of(&s, "mabc0-sx127", false), "male");
    assert_null(gender_of(&s, "FABC0-SX127", false));
    assert_null(gender_of(&s, "XABC0-SX127", false));
    assert_null(gender_of(&s, "M", false));
    assert_string_equal(value_of(&s, "FCJF0", "DR"), "1");
    assert_string_equal(value_of(&s, "mabc0", "Edu"), "BS");
    speakers_free(&s);
}

static void timits_folders_tell_the_gender(void **state)
{
    struct speakers s;
    struct err err;
    (void)state;
    assert_ok(speakers_open(&s, "timit", &err));
    assert_string_equal(gender_of(&s, "FCJF0-SA1", false), "female");
    assert_string_equal(gender_of(&s, "mabc0-sx127", false), "male");
    assert_null(gender_of(&s, "XABC0-SA1", false));
    assert_null(gender_of(&s, "Fred-1", false));
    assert_null(gender_of(&s, "", false));
    speakers_free(&s);
}

static void broken_speaker_files_are_refused(void **state)
{
    static const char *const broken[] = {
        "",
        "\n\n",
        "{",
        "{}",
        "[1, 2]",
        "{\"84\": 1}",
        "{\"84\": \"F\"} x",
        "84\n",
        "84\tF\n84\tM\n",
        "{\"a\": \"F\", \"a\": \"M\"}",
        "; only\n; comments\n",
        "\tF\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct speakers s;
        struct err err;
        assert_status(speakers_parse(&s, broken[i], strlen(broken[i]), "s", &err), STATUS_FORMAT);
        assert_true(strncmp(err.msg, "s: ", 3) == 0);
    }
    struct speakers s;
    struct err err;
    assert_status(speakers_parse(&s, "8\0\t\0F\0", 6, "s", &err), STATUS_FORMAT); /* UTF-16 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundled_table_has_the_papers_classes),
        cmocka_unit_test(labels_come_to_one_spelling),
        cmocka_unit_test(silence_and_noise_are_never_phones),
        cmocka_unit_test(long_names_are_cut_at_a_character),
        cmocka_unit_test(tables_of_other_phone_sets_are_taken_as_they_are),
        cmocka_unit_test(labels_count_as_phones_of_other_names),
        cmocka_unit_test(other_bundled_tables_lead_to_arpabet),
        cmocka_unit_test(timit_folds_to_39),
        cmocka_unit_test(ipa_of_the_montreal_aligner_is_known),
        cmocka_unit_test(ipa_is_read_in_every_spelling),
        cmocka_unit_test(bundled_tables_are_opened_by_name),
        cmocka_unit_test(broken_tables_name_the_line),
        cmocka_unit_test(genders_are_read_from_every_form),
        cmocka_unit_test(other_columns_are_kept),
        cmocka_unit_test(other_genders_stay_themselves),
        cmocka_unit_test(columns_of_no_genders_are_refused),
        cmocka_unit_test(timits_speakers_are_found_by_their_folders),
        cmocka_unit_test(timits_folders_tell_the_gender),
        cmocka_unit_test(broken_speaker_files_are_refused),
    };
    return cmocka_run_group_tests(tests, open_bundled, close_bundled);
}
