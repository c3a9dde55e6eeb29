/*
 * tokens.h - the tokens of a counting job on their way into a token file (tokenfile.h).
 *
 * Tokens take far more than counts, and their file has them layer by layer.  So each utterance that
 * is done makes a record in memory; records go to a file beside the journal, one behind the other
 * (the spill), and the journal says how far it is good: an interrupted job goes on from there.  At
 * the end the spill is mapped and written in the order of the utterances.  Between processes
 * records travel with the counts.
 */
#ifndef PROPNEU_COUNT_TOKENS_H
#define PROPNEU_COUNT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct count_job;
struct tally;
struct counts;

/* Records in memory, each a struct token_head and its arrays. */
struct token_records {
    unsigned char *data; /* [len], at multiples of 4 */
    size_t len, cap;
};

/* Tokens of one utterance. */
struct token_head {
    uint32_t recording, tokens;
    /* int32_t level[tokens][factors of the cells]; uint16_t neuron[tokens][per token]; padding */
};

/* Records on disk. */
struct token_spill {
    char *path; /* NULL: no tokens are written, or by another process */
    int fd;     /* -1: not open */
    uint64_t length;
    uint32_t crc; /* CRC-32 of LENGTH bytes */
};

/* Neurons of one token: those of all layers at the file's own lambda. */
size_t tokens_per_token(const struct count_job *j);

/* Bytes of a record of TOKENS tokens; false if they are too many. */
bool tokens_record_size(const struct count_job *j, uint32_t tokens, size_t *size);

/*
 * Room in T for a record of TOKENS tokens of RECORDING, whose arrays are to be filled: *LEVEL and
 * *NEURON.  False, with T unchanged, without memory.
 */
bool tokens_record(const struct count_job *j, struct tally *t, uint32_t recording, uint32_t tokens,
                   int32_t **level, uint16_t **neuron);

/* True if the SIZE bytes at BYTES are records of utterances that T has done, each once, with T's
 * levels and with neurons of the model. */
bool tokens_check(const struct count_job *j, const struct tally *t, const void *bytes, size_t size);

/* Adds the records of PART, whose levels have the numbers LEVEL [factors] in T; T has room
 * (tokens_reserve). */
bool tokens_reserve(struct tally *t, const struct tally *part);
void tokens_add(const struct count_job *j, struct tally *t, const struct tally *part,
                int32_t *const *level);

/* The spill of J: where it lies, whether it holds what the journal says (STATUS_FORMAT), and the
 * file opened for writing, once the journal is locked. */
enum status spill_name(struct count_job *j, struct err *err);
enum status spill_check(struct count_job *j, struct err *err);
enum status spill_open(struct count_job *j, struct err *err);

/* With the lock held: the tally's records go to the spill. */
enum status spill_write(struct count_job *j, struct err *err);

/* Brings what was written to the disk; false if that fails. */
bool spill_sync(const struct count_job *j);

/* Closes it, and removes it. */
void spill_close(struct count_job *j);
void spill_remove(const struct count_job *j);

/* Writes OUTPUT.tokens from the spill; ABOUT as for the counts. */
enum status tokens_finish(struct count_job *j, const struct counts *about, struct err *err);

/* Removes it, where the counts it belongs to could not be written. */
void tokens_withdraw(const struct count_job *j);

#endif
