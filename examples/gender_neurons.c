/*
 * Lists the neurons that encode the gender of the speaker, in every layer of a count file:
 *
 *     gender_neurons FILE.counts
 *
 * The list on stdout is that of `propneu neurons --property gender --format tsv FILE.counts`; how
 * many neurons there are, of all, goes to stderr.  It is both C and C++.
 */
#include <stdio.h>

#include <propneu/propneu.h>

/* How many of the neurons are gender neurons, layer by layer. */
static enum pn_status summarise(pn_analysis *analysis, struct pn_error *error)
{
    pn_set *set = NULL;
    enum pn_status code = pn_set_for_analysis(&set, analysis, error);
    if (code == PN_OK)
        code = pn_set_add(set, "gender", analysis, error);
    for (uint32_t layer = 1; code == PN_OK && layer <= pn_set_layers(set); layer++)
        fprintf(stderr, "layer %u: %lu of %u neurons\n", (unsigned)layer,
                (unsigned long)pn_set_size(set, layer), (unsigned)pn_set_width(set, layer));
    pn_set_free(set);
    return code;
}

int main(int argc, char **argv)
{
    struct pn_error error;
    pn_analysis *analysis = NULL;
    pn_table *table = NULL;
    if (argc != 2) {
        fputs("usage: gender_neurons FILE.counts\n", stderr);
        return 2;
    }

    /* NULL: default options, as those of the command: sigma 80 %, phones by ARPABET. */
    enum pn_status code = pn_analysis_open(&analysis, argv[1], NULL, &error);
    if (code == PN_OK)
        code = summarise(analysis, &error);

    /* Layer 0: all layers, one after the other. */
    if (code == PN_OK)
        code = pn_report_neurons(&table, analysis, "gender", 0, &error);
    if (code == PN_OK) {
        char *text = pn_table_tsv(table);
        if (text)
            fputs(text, stdout);
        pn_free(text);
    }

    /* One line that says what was wrong, and where. */
    if (code != PN_OK)
        fprintf(stderr, "gender_neurons: %s\n", error.message);
    pn_table_free(table);
    pn_analysis_free(analysis);
    return code == PN_OK ? 0 : 1;
}
