/*
 * Letters that stand for groups, since nothing may be told by colour alone.
 */
#include "config.h"

#include "explorer/group_letters.h"

#include <string.h>

/* Letters that readers expect; other groups get a letter of their name that is still free. */
static char known_letter(const char *group)
{
    static const struct {
        const char *name;
        char letter;
    } known[] = {{"vowel", 'v'},  {"voiced", 'd'}, {"unvoiced", 'u'}, {"male", 'm'},
                 {"female", 'f'}, {"low", 'l'},    {"mid", 'm'},      {"high", 'h'}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, group) == 0)
            return known[i].letter;
    return 0;
}

/*
 * A letter of the name itself if one is free, then any letter or digit; '+' stands for all
 * groups after the sixty-second.
 */
static char free_letter(const char *name, const bool *used)
{
    for (const char *s = name; *s; s++) {
        int ch = *s >= 'A' && *s <= 'Z' ? *s - 'A' + 'a' : *s;
        if (ch >= 'a' && ch <= 'z' && !used[ch])
            return (char)ch;
    }
    static const char more[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (const char *s = more; *s; s++)
        if (!used[(unsigned char)*s])
            return *s;
    return '+';
}

char group_letter(const struct property *p, uint32_t group)
{
    bool used[128] = {false};
    char letter = '+';
    for (uint32_t g = 0; g <= group; g++) {
        letter = known_letter(p->group.name[g]);
        if (!letter || used[(unsigned char)letter])
            letter = free_letter(p->group.name[g], used);
        used[(unsigned char)letter] = true;
    }
    return letter;
}

const char *level_label(const char *level)
{
    return level[0] ? level : "(sil)";
}
