/*
 * The terms of the method, explained for the help.
 */
#include "config.h"

#include "explorer/view.h"

enum { WORD_COLUMN = 2, TEXT_COLUMN = 22, NARROW_COLUMN = 4, NARROW = 60 };

static const struct {
    const char *word, *text;
} glossary[] = {
    {"neuron", "a row of the first feed-forward matrix of a layer. Its value in a frame is "
               "|f(x W + b)|, where f is the model's activation function"},
    {"activated", "a neuron is, in a frame, if its value is among the tau largest of its layer in "
                  "that frame; tau is lambda (1 %) of the neurons"},
    {"p(neuron | phone)", "the share of a phone's frames in which the neuron is activated"},
    {"baseline",
     "tau / D, where D is the number of neurons of the layer: p of a neuron that does not "
     "depend on the phone"},
    {"pattern, S_k", "the neurons with p(neuron | k) above the baseline; k is a phone, with or "
                     "without a condition: AH of female speakers, AH at high pitch"},
    {"lift", "p divided by the baseline"},
    {"property", "what divides patterns into groups: the class of the phone, gender, the range of "
                 "pitch, the speaker, or a user-defined factor"},
    {"N_g", "the neurons in the patterns of at least sigma of the phones of group g"},
    {"group neurons, G_g", "N_g without the N of every other group: neurons of that group alone"},
    {"property neurons, P", "the group neurons of all groups of a property together"},
    {"sigma", "the share of a group's phones, 80 %, whose patterns a neuron must be in"},
    {"map, MDS", "multidimensional scaling: places the patterns in the plane so that distances "
                 "approximate the distances between the patterns"},
    {"stress",
     "error of the distances in the plane: 0 = exact; normalised: the root of the squared "
     "errors over the squared distances"},
    {"silhouette",
     "how well groups are separated, from -1 to 1: for each point (b - a) / max(a, b), "
     "where a is its mean distance to its own group and b to the nearest other; the "
     "mean over all points"},
    {"by chance, expected",
     "the mean of a number when the labels that a claim is about are exchanged among the units "
     "that could be exchanged if it were false: phones, speakers, tokens, utterances"},
    {"p, p_max", "the share of these labelings that reach the number; p_max: that reach it in any "
                 "layer, each on its own scale. Above .05 means 'not shown here', not 'no effect'"},
    {"condition", "restricts the frames that are counted to levels of any factor of the file"},
    {"erasure",
     "zero ablation: the columns of the chosen neurons in the second feed-forward matrix "
     "become zero. What the model then fails at is what they are needed for"},
    {"pruning", "removes the chosen neurons from the model, which is otherwise unchanged"},
};

int glossary_draw(struct canvas *page, int row, int cols)
{
    int first = row;
    bool narrow = cols < NARROW;
    int at = narrow ? NARROW_COLUMN : TEXT_COLUMN;
    for (size_t i = 0; i < sizeof glossary / sizeof glossary[0]; i++) {
        canvas_text(page, row, WORD_COLUMN, cols - WORD_COLUMN, STYLE_KEY, glossary[i].word);
        /* A word too long for its column, or a narrow screen, has its text below. */
        row += narrow || text_width(glossary[i].word) >= TEXT_COLUMN - WORD_COLUMN;
        row += canvas_wrap(page, (struct rect){row, at, 20, cols - at}, STYLE_NORMAL,
                           glossary[i].text);
    }
    return row - first;
}
