/*
 * align.h - which label and which pitch belong to which frame of a model.
 *
 * Time labels are matched at one point of each frame, by default the middle of its step
 * (0.02 t + 0.01 s at 20 ms): that is what published 20 ms label lists mean.  A frame's window
 * reaches further (HuBERT-type frames see 25 ms from 0.02 t on, MelHuBERT's 35 ms), so its own
 * centre lies at 0.0125 or 0.0175 s + 0.02 t; set the grid's first to that to match there.
 * Label lists are matched by index, i.e. label floor(point / LABELS_LIST_PERIOD).
 */
#ifndef PROPNEU_CORPUS_ALIGN_H
#define PROPNEU_CORPUS_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/countfile.h"
#include "formats/labels/labels.h"
#include "corpus/phones.h"
#include "corpus/pitchfile.h"

/* Times that differ by less are the same: boundaries written with a few decimals often fall on
 * frame points exactly, and 0.02 t + 0.01 is not exact in binary. */
#define ALIGN_SAME_TIME 1e-6

/* Frame t is matched at first + t * period seconds. */
struct frame_grid {
    double period, first;
};

/* The grid of frames PERIOD seconds apart, matched in the middle of each step. */
static inline struct frame_grid frame_grid_midpoints(double period)
{
    return (struct frame_grid){period, period / 2};
}

/* Where the missing frames of a pitch list belong that is shorter than the labels. */
enum align_pitch {
    ALIGN_PITCH_CENTRED, /* half in front, rounded down; a longer list loses half in front */
    ALIGN_PITCH_FRONT,   /* all in front, as the published program; a longer list is refused */
};

struct align_options {
    struct frame_grid grid;
    /* ALL: every frame with a label.  MID: the middle frame, (first + last) / 2 rounded down, of
     * each segment; segments are the intervals, or in a list the runs of equal labels.  AUTHORS:
     * runs of equal canonical names in both, the last run of the utterance dropped. */
    enum counts_frames frames;
    enum align_pitch pitch;
    double pitch_edges[2];       /* Hz; not looked at for classes */
    const struct phones *phones; /* spelling of labels; borrowed */
};

/* One frame that is counted. */
struct aligned_frame {
    uint32_t frame; /* of the model */
    uint32_t phone; /* index into the alignment's names */
    int32_t pitch;  /* PITCH_NONE .. PITCH_HIGH */
    float f0;       /* Hz; 0: no pitch, or of classes */
    bool middle;    /* of its segment: what MID and AUTHORS list, and ALL among the others */
};

struct alignment {
    struct aligned_frame *frame; /* [count], frames ascending */
    size_t count;
    struct names phone;    /* canonical names (phones.h) of the frames listed: levels */
    size_t unlabelled;     /* frames of the model without a label: holes, after the end */
    size_t surplus;        /* labels behind the model's last frame */
    size_t unknown;        /* counted frames whose label is in no phone table */
    size_t parted;         /* counted frames by one part of their label (phones.h) */
    size_t short_segments; /* intervals before, that hold no frame's point */
    long pitch_gap;        /* length of the labels minus that of a pitch list; 0 for times */
};

void alignment_free(struct alignment *a);

/*
 * Aligns one utterance of FRAMES model frames.  PITCH may be NULL (every pitch is PITCH_NONE).
 * Labels of no frame at all give an empty alignment, not an error.  STATUS_MISMATCH if a pitch
 * list is longer than the labels under ALIGN_PITCH_FRONT, where the published program fails.
 */
enum status align_utterance(struct alignment *out, const struct utterance_labels *labels,
                            const struct pitch_track *pitch, size_t frames,
                            const struct align_options *options, struct err *err);

#endif
