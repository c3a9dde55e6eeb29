/*
 * R15, R16: keys and help.  R18, R38: search, filter, sorting.  R21-R24: links, copying, printing.
 * R32: settings.  R36, R37: marks and going back.
 */
#include "config.h"

#include "explorer.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool sent(const struct pty *p, size_t from, const char *bytes)
{
    return memmem(buf_text(&p->sent) + from, p->sent.len - from, bytes, strlen(bytes)) != NULL;
}

static void assert_screen(struct pty *p, const char *want)
{
    char *screen = screen_text(p);
    assert_string_equal(screen, want);
    free(screen);
}

static void open_neurons(struct pty *p, const char *const *env)
{
    static const char *const options[] = {"--view", "neurons", "--property", "gender", NULL};
    explorer_start(p, 80, 24, env, 0, options);
    assert_true(screen_wait(p, "132 neurons of gender", false, PATIENCE));
    pty_quiet(p, STILL);
}

static void r15_arrows_and_letters_move_in_lists_and_popups(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, "j", ">      6");
    explorer_press(&p, "\033OB", ">     10");
    explorer_press(&p, "k\033OA", ">      5");
    explorer_press(&p, "G", ">    299");
    explorer_press(&p, "\033[1~", ">      5");
    explorer_press(&p, "c", ">   [x] female");
    explorer_press(&p, "j", ">   [x] male");
    explorer_press(&p, "\033[4~", "> ( ) nasality");
    explorer_press(&p, "\033[5~\033[5~\033[5~g", "> (*) gender");
    explorer_press(&p, "\033", ">      5");
    explorer_quit(&p);
}

static void r16_help_is_searched(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, "?", "NEURONS: the neurons of a set");
    explorer_press(&p, "/clipboard\r", "no 'clipboard'");
    explorer_press(&p, "/copy the command\r", "yl");
    explorer_press(&p, "&sigma\r", "with sigma");
    assert_true(screen_wait(&p, "NEURONS:", true, PATIENCE));
    explorer_press(&p, "q", "132 neurons of gender");
    explorer_quit(&p);
}

static void r18_search_and_filter_as_one_types(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, "jj", ">     10");
    char *before = screen_text(&p);
    explorer_press(&p, "/^271$", ">    271");
    explorer_press(&p, "\033", ">     10");
    assert_screen(&p, before);
    explorer_press(&p, "&p>0.1 group=fem", "0 of 132 neurons");
    explorer_press(&p, "ale", "of 132 neurons");
    explorer_press(&p, "\033", "132 neurons of gender");
    assert_screen(&p, before);
    explorer_press(&p, "&(", "in the regular expression");
    explorer_press(&p, "\025nosuch>1", "no column 'nosuch'; there are neuron");
    explorer_press(&p, "\025p>", "a number expected after 'p'");
    explorer_press(&p, "0.1\r", "of them with 'p>0.1'");
    explorer_press(&p, "\033", "132 neurons of gender");
    explorer_press(&p, "/NG\r", "NG");
    explorer_press(&p, "Gn", "search wrapped");
    explorer_press(&p, "1&^[34]$\r", "2 of 6 layers");
    explorer_press(&p, "2&class=vowel\r", "UW");
    assert_true(screen_wait(&p, "DH", true, PATIENCE));
    free(before);
    explorer_quit(&p);
}

static void r38_any_column_sorts_and_shows_its_arrow(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, "s4", "pv");
    explorer_press(&p, "s4", "p^");
    explorer_press(&p, "S", "pv");
    explorer_press(&p, "sj\r", "in S_kv");
    explorer_press(&p, "2os5", "liftv");
    explorer_press(&p, "o", "liftv");
    explorer_press(&p, "s2", "framesv");
    explorer_press(&p, "1s4", "mapv");
    explorer_press(&p, "4s4", "ratiov");
    explorer_quit(&p);
}

static void r36_marks_go_from_view_to_view(void **state)
{
    struct pty p;
    struct stat s;
    (void)state;
    unlink("marked.txt");
    open_neurons(&p, NULL);
    explorer_press(&p, " j j ", "3 marked (+)");
    explorer_press(&p, "*2core\r", "$core holds 3 neurons");
    explorer_press(&p, "M6", "0 neurons marked (before: 3)");
    explorer_press(&p, "e\025$core | {1:299}\r", "4 neurons of $core | {1:299}");
    explorer_press(&p, "M1", "4 neurons marked");
    explorer_press(&p, "4", "210 in any");
    assert_true(screen_wait(&p, "4 mark", false, PATIENCE));
    explorer_press(&p, "a$core\r", "$core");
    explorer_press(&p, "2", "(*), ");
    explorer_press(&p, "*5marked.txt\r", "4 neurons written to marked.txt");
    assert_int_equal(stat("marked.txt", &s), 0);
    explorer_press(&p, "*5marked.txt\r", "exists: Enter again");
    explorer_press(&p, "\033", "(*), ");
    explorer_press(&p, "*4\025@marked.txt - {1:299}", "3 neurons");
    explorer_press(&p, "\r", "3 neurons marked (before: 4)");
    explorer_quit(&p);
    unlink("marked.txt");
}

static void r37_backspace_brings_all_back(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, "s4&p>0.08\rjjj", "of them with");
    pty_quiet(&p, 3 * STILL);
    char *before = screen_text(&p);
    explorer_press(&p, "3", "silhouette");
    explorer_press(&p, "\177", "of them with");
    pty_quiet(&p, 3 * STILL);
    assert_screen(&p, before);
    explorer_press(&p, "+++", "sigma 95%");
    explorer_press(&p, "u", "sigma 80%");
    pty_quiet(&p, 3 * STILL);
    assert_screen(&p, before);
    explorer_press(&p, "U", "sigma 95%");
    explorer_press(&p, "uuuuuu", "nothing to go back to");
    free(before);
    explorer_quit(&p);
}

/* What is between BEGIN and END in the bytes sent from FROM on, decoded from base 64. */
static char *decoded(const struct pty *p, size_t from, const char *begin)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *at = memmem(buf_text(&p->sent) + from, p->sent.len - from, begin, strlen(begin));
    assert_non_null(at);
    char *out = malloc(p->sent.len), *to = out;
    unsigned v = 0, bits = 0;
    for (at += strlen(begin); *at && strchr(digits, *at); at++) {
        v = v << 6 | (unsigned)(strchr(digits, *at) - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *to++ = (char)(v >> bits & 255);
        }
    }
    *to = '\0';
    return out;
}

/* The command that is copied opens the same screen. */
static void r22_links_lead_back(void **state)
{
    static const char *const keys[] = {"5s4S&p>0.05 !male\rjj",
                                       "3pjjjt2\033b",
                                       "2 jj xvs2o&lift>3\rs1jj",
                                       "4a[AA,gender=female]\rGs3k",
                                       "1v+",
                                       "1&layer>2\rs3",
                                       "5e\025phone - 'x\025pitch@2\r",
                                       "2cjj \033&frames>900\r"};
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct pty p;
        explorer_open(&p, 100, 30, NULL, 0);
        pty_send(&p, keys[i]);
        pty_quiet(&p, 6 * STILL);
        pty_send(&p, "\033");
        pty_quiet(&p, 6 * STILL);
        pty_send(&p, keys[i][0] == '1' ? "l" : "");
        pty_quiet(&p, 6 * STILL);
        char *before = screen_text(&p);
        size_t from = p.sent.len;
        explorer_press(&p, "yl", "copied: propneu explore");
        char *command = decoded(&p, from, "\033]52;c;"), dump[2000], bytes[8192];
        explorer_press(&p, "\033", "");
        pty_send(&p, "q");
        assert_int_not_equal(pty_status(&p, PATIENCE), -1);
        pty_end(&p);
        snprintf(dump, sizeof dump, "LC_ALL=C.UTF-8 '%s' %s --dump=100x30", explorer_program(),
                 strstr(command, "explore"));
        FILE *f = popen(dump, "r");
        assert_non_null(f);
        size_t n = fread(bytes, 1, sizeof bytes - 1, f);
        bytes[n] = '\0';
        assert_int_equal(pclose(f), 0);
        /* The status line may still have a message of the session. */
        if (strncmp(bytes, before, n * 9 / 10) != 0)
            fail_msg("%s gives\n%sand not\n%s", dump, bytes, before);
        free(before);
        free(command);
    }
}

/* What was marked, and what a set speaks of, come along. */
static void r22_marks_and_names_come_along(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, " j j ", "3 marked (+)");
    explorer_press(&p, "*2mine\r", "$mine holds 3 neurons");
    explorer_press(&p, "k ", "2 marked (+)");
    explorer_press(&p, "e\025$mine | {1:299}\r", "4 neurons of $mine | {1:299}");
    char *before = screen_text(&p);
    size_t from = p.sent.len;
    explorer_press(&p, "yl", "copied: propneu explore");
    char *command = decoded(&p, from, "\033]52;c;"), options[1000];
    assert_non_null(strstr(command, " --mark '{1:"));
    assert_non_null(strstr(command, " --define 'mine={1:"));
    *strstr(command, explorer_file()) = '\0';
    snprintf(options, sizeof options, "%s --dump=%dx%d", strstr(command, "--view"), p.cols, p.rows);
    char *there = explorer_dump(options);
    assert_string_equal(there, before);
    free(there);
    free(command);
    free(before);
    explorer_press(&p, "\033", "4 neurons of");
    explorer_quit(&p);
}

/* A name that erases the line it is pasted to, ends it, and asks for the history. */
static void r22_links_of_any_name_run_nothing(void **state)
{
    static const char name[] = "x'$(touch pwned)`touch pwned`\025\ntouch pwned\n!!\302\233'.counts";
    struct pty p;
    char *argv[] = {(char *)(uintptr_t)explorer_program(),
                    (char *)(uintptr_t) "explore",
                    (char *)(uintptr_t) "--draws",
                    (char *)(uintptr_t) "0",
                    (char *)(uintptr_t)name,
                    NULL};
    (void)state;
    if (access("/bin/bash", X_OK) != 0)
        skip();
    assert_true(link(explorer_file(), name) == 0 || errno == EEXIST);
    screen_start(&p, 100, 30, NULL, argv, 0);
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    explorer_settled(&p);
    size_t from = p.sent.len;
    explorer_press(&p, "yl", "copied: propneu explore");
    char *command = decoded(&p, from, "\033]52;c;");
    for (const unsigned char *c = (const unsigned char *)command; *c; c++)
        assert_in_range(*c, ' ', '~');
    explorer_press(&p, "\033", "");
    explorer_quit(&p);
    FILE *f = popen("/bin/bash -s >test_places.out", "w");
    assert_non_null(f);
    fprintf(f, "set -e -H -o history\npropneu() { '%s' \"$@\" --dump; }\n%s\n", explorer_program(),
            command);
    assert_int_equal(pclose(f), 0);
    assert_int_not_equal(access("pwned", F_OK), 0);
    unlink("test_places.out");
    unlink(name);
    free(command);
}

static void r23_copies_are_wrapped_and_never_read(void **state)
{
    static const char *const tmux[] = {"TMUX=/tmp/tmux-0/default,1,0", "TERM=tmux-256color", NULL};
    static const char *const screen[] = {"STY=1.pts", "TERM=screen", NULL};
    struct pty p;
    (void)state;
    open_neurons(&p, tmux);
    size_t from = p.sent.len;
    explorer_press(&p, "ys", "copied: gender");
    assert_true(pty_wait_bytes(&p, from, "\033Ptmux;\033\033]52;c;Z2VuZGVy\007\033\\", PATIENCE));
    assert_false(sent(&p, 0, "52;c;?"));
    explorer_quit(&p);
    open_neurons(&p, screen);
    from = p.sent.len;
    explorer_press(&p, "yr", "copied: 5");
    assert_true(pty_wait_bytes(&p, from, "\033P\033]52;c;", PATIENCE));
    explorer_quit(&p);
}

static void r24_the_selection_is_printed_at_the_end(void **state)
{
    struct pty p;
    (void)state;
    open_neurons(&p, NULL);
    explorer_press(&p, " j ", "2 marked");
    size_t from = p.sent.len;
    pty_send(&p, "Q");
    int status = pty_status(&p, PATIENCE);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(pty_wait_bytes(&p, from, LEAVE, PATIENCE));
    assert_true(pty_wait_bytes(&p, from, "1 5\r\n1 6\r\n", PATIENCE));
    pty_end(&p);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static bool holds(const char *path, const char *text)
{
    char bytes[2000];
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(bytes, 1, sizeof bytes - 1, f) : 0;
    bytes[n] = '\0';
    if (f)
        fclose(f);
    return strstr(bytes, text) != NULL;
}

static void r32_settings_are_the_users(void **state)
{
    char home[500], config[700], places[700], cwd[400];
    (void)state;
    assert_non_null(getcwd(cwd, sizeof cwd));
    snprintf(home, sizeof home, "%s/settings-of-test", cwd);
    snprintf(config, sizeof config, "%s/propneu/config", home);
    snprintf(places, sizeof places, "%s/propneu/places", home);
    char e1[600], e2[600];
    snprintf(e1, sizeof e1, "XDG_CONFIG_HOME=%s", home);
    snprintf(e2, sizeof e2, "XDG_STATE_HOME=%s", home);
    const char *env[] = {e1, e2, NULL};
    struct pty p;
    static const char *const none[] = {"--no-config", NULL}, *const last[] = {"--last", NULL};
    mkdir(home, 0700);
    char folder[600];
    snprintf(folder, sizeof folder, "%s/propneu", home);
    mkdir(folder, 0700);
    put(config, "# mine\nsigma = 70\nfoo = 1\n\nview = overlap   \n");
    explorer_start(&p, 80, 24, env, 0, NULL);
    assert_true(screen_wait(&p, "sigma 70%", false, PATIENCE));
    assert_true(screen_wait(&p, "expected", false, PATIENCE));
    explorer_press(&p, "3+", "sigma 75%");
    explorer_quit(&p);
    assert_true(holds(config, "sigma = 70\nfoo"));
    explorer_start(&p, 80, 24, env, 0, last);
    assert_true(screen_wait(&p, "sigma 75%", false, PATIENCE));
    assert_true(screen_wait(&p, "silhouette", false, PATIENCE));
    explorer_press(&p, "O2", "saved in");
    explorer_press(&p, "m", "mouse on");
    explorer_press(&p, "O5", "saved in");
    explorer_quit(&p);
    assert_true(holds(config, "mouse = yes\n"));
    explorer_start(&p, 80, 24, env, 0, NULL);
    assert_true(pty_wait_bytes(&p, 0, "1000h", PATIENCE)); /* listened to from the start */
    explorer_quit(&p);
    assert_true(holds(config, "# mine\nsigma = 75\nfoo = 1\n\nview = overlap"));
    explorer_start(&p, 80, 24, env, 0, none);
    assert_true(screen_wait(&p, "sigma 80%", false, PATIENCE));
    explorer_press(&p, "O2", "settings are disabled");
    explorer_quit(&p);
    unlink(config);
    unlink(places);
    rmdir(folder);
    rmdir(home);
}

/* Copies the file of the tests to PATH. */
static void copy_counts(const char *path)
{
    char command[300];
    snprintf(command, sizeof command, "cp '%s' '%s' && chmod u+w '%s'", explorer_file(), path,
             path);
    assert_int_equal(system(command), 0);
}

/* A file that another program writes into shows nothing more; others stay. */
static void files_that_change_are_not_shown_on(void **state)
{
    static const char name[] = "changing.counts";
    static const char *const gone[] = {"l", "3", "w", NULL};
    struct pty p;
    char *argv[] = {(char *)(uintptr_t)explorer_program(),
                    (char *)(uintptr_t) "explore",
                    (char *)(uintptr_t) "--draws",
                    (char *)(uintptr_t) "0",
                    (char *)(uintptr_t)name,
                    (char *)(uintptr_t)explorer_file(),
                    NULL};
    (void)state;
    copy_counts(name);
    screen_start(&p, 100, 30, NULL, argv, 0);
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    explorer_settled(&p);
    explorer_press(&p, "i", "Enter");
    FILE *f = fopen(name, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, -40, SEEK_END), 0);
    fputs("0123456789012345678901234567890123456789", f);
    assert_int_equal(fclose(f), 0);
    explorer_press(&p, "j", "Another program wrote into this file");
    for (size_t i = 0; gone[i]; i++) {
        explorer_press(&p, gone[i], "changing.counts: was changed while in use");
        assert_true(screen_wait(&p, "silhouette", true, PATIENCE));
    }
    explorer_press(&p, "yl", "copied: propneu explore");
    explorer_press(&p, "\033f", "best silhouette");
    explorer_press(&p, "7", "was changed while in use");
    explorer_quit(&p);
    unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r15_arrows_and_letters_move_in_lists_and_popups),
        cmocka_unit_test(r16_help_is_searched),
        cmocka_unit_test(r18_search_and_filter_as_one_types),
        cmocka_unit_test(r38_any_column_sorts_and_shows_its_arrow),
        cmocka_unit_test(r36_marks_go_from_view_to_view),
        cmocka_unit_test(r37_backspace_brings_all_back),
        cmocka_unit_test(r22_links_lead_back),
        cmocka_unit_test(r22_links_of_any_name_run_nothing),
        cmocka_unit_test(r22_marks_and_names_come_along),
        cmocka_unit_test(files_that_change_are_not_shown_on),
        cmocka_unit_test(r23_copies_are_wrapped_and_never_read),
        cmocka_unit_test(r24_the_selection_is_printed_at_the_end),
        cmocka_unit_test(r32_settings_are_the_users),
    };
    return EXPLORER_RUN(tests, false);
}
