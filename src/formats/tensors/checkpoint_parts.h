/*
 * checkpoint_parts.h - what the sources of the checkpoint reader share.
 */
#ifndef PROPNEU_FORMATS_TENSORS_CHECKPOINT_PARTS_H
#define PROPNEU_FORMATS_TENSORS_CHECKPOINT_PARTS_H

#include "base/arena.h"
#include "formats/tensors/checkpoint.h"
#include "formats/file.h"
#include "formats/tensors/torchzip.h"

/* One file of weights and what was made of it. */
struct part {
    struct mapped file;
    struct torchzip *zip;
    struct tensors shard; /* of a safetensors file; its tensors were moved to the whole */
};

/* Owner of a checkpoint's tensors. */
struct parts {
    struct part *part;
    size_t count, cap;
    struct arena names; /* of torch tensors */
};

/* Appends the tensors of the file PATH to T, whose owner is PARTS.  *PART: what it was read into.
 */
enum status parts_add(struct parts *parts, struct tensors *t, size_t *cap, const char *path,
                      struct part **part, struct err *err);

/*
 * A torch file's value Z: its layout, and its weights, a DICT, in *WEIGHTS.  PATH stands in
 * messages.
 */
enum status torch_layout(struct torchzip *z, const char *path, enum checkpoint_layout *layout,
                         const struct pickle_value **weights, struct err *err);

/* Everything at the top but WEIGHTS and the optimiser, as checkpoint.h describes it. */
enum status torch_config(struct torchzip *z, const struct pickle_value *weights, json_t **out,
                         struct err *err);

/*
 * checkpoint_folder.c: FOLDER/NAME, to be freed; NULL without memory.  checkpoint_find: only if
 * there is such a file, else NULL in *OUT; STATUS_IO for a link to nothing.
 */
char *checkpoint_join(const char *folder, const char *name);
enum status checkpoint_find(char **out, const char *folder, const char *name, struct err *err);
/* The object in FOLDER/NAME; NULL in *OUT if there is no such file. */
enum status checkpoint_open_json(json_t **out, const char *folder, const char *name,
                                 struct err *err);

/* PATH, or, if it is a repository in Hugging Face's cache, the folder of its snapshot: to be freed.
 */
enum status checkpoint_resolve(char **out, const char *path, struct err *err);

/* STATUS_UNSUPPORTED if FOLDER is that of an adapter. */
enum status checkpoint_refuse_adapter(const char *folder, struct err *err);

/* STATUS_NOTFOUND: FOLDER has no weights that we read; says what it has. */
enum status checkpoint_refuse_folder(const char *folder, struct err *err);

/* checkpoint_torchaudio.c: completes C->config where tensors are called as in torchaudio. */
enum status checkpoint_describe_torchaudio(struct checkpoint *c, struct err *err);

/* checkpoint_extractor.c: what the files of FOLDER say of C->preprocessor. */
enum status checkpoint_read_extractor(struct checkpoint *c, const char *folder, struct err *err);

#endif
