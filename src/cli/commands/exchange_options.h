/*
 * exchange_options.h - private to the commands that compare with chance: how labels are exchanged,
 * and which layers are looked at.
 */
#ifndef PROPNEU_CLI_COMMANDS_EXCHANGE_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_EXCHANGE_OPTIONS_H

#include "cli/commands/analysis_options.h"
#include "inference/exchange.h"

/* --strata, --speakers, --tokens, --draws, --seed; the part is a struct exchange_options. */
extern const struct cli_option_group exchange_option_group;

/* The same without --seed, for commands whose maps have one. */
extern const struct cli_option_group exchange_but_seed_group;

/* True if any of these options was given. */
bool exchange_given(const struct exchange_options *o);

/* "gender: labels of speakers exchanged within engine, all 630 labelings". */
void print_exchange(FILE *out, const char *property, enum exchange_kind kind, const char *strata,
                    uint64_t draws, bool enumerated);

/* Notes that units without a level of PROPERTY, LEFT_OUT of them, are in no draw. */
void exchange_note(const struct cli *cli, const char *property, enum exchange_kind kind,
                   uint32_t left_out);

/* Notes that the file's labeling is the only one there is, where it is. */
void exchange_note_only(const struct cli *cli, const char *property, enum exchange_kind kind,
                        uint64_t draws, bool enumerated);

/* Notes which of the options O say nothing about an exchange of KIND. */
void exchange_note_unused(const struct cli *cli, const char *property, enum exchange_kind kind,
                          const struct exchange_options *o);

/* --layer LIST; the part is a const char *, NULL while it is not given. */
extern const struct cli_option_group layer_list_option;

/* The layers "1,3-5" (NULL: all) of A's file, from 0 and in rising order, into *LAYER [*LAYERS], to
 * be freed. */
enum status layer_list_parse(const char *text, const struct analysis *a, uint32_t **layer,
                             uint32_t *layers, struct err *err);

#endif
