/*
 * Erases a set of neurons of a model and writes the model back:
 *
 *     erase MODEL FILE.counts SET FOLDER
 *
 * as `propneu erase -m MODEL -c FILE.counts --set SET -o FOLDER` does; SET is an expression such as
 * "gender=male" or "phone & gender".  It is both C and C++.
 */
#include <stdio.h>

#include <propneu/propneu.h>

/* The neurons of EXPRESSION in the model at PATH, as the count file under ANALYSIS has them. */
static enum pn_status find_neurons(pn_set **set, const char *path, pn_analysis *analysis,
                                   const char *expression, struct pn_error *error)
{
    pn_model *model = NULL;
    enum pn_status code = pn_model_open(&model, path, NULL, error);
    if (code == PN_OK)
        code = pn_set_for_model(set, model, error);
    if (code == PN_OK)
        code = pn_set_add(*set, expression, analysis, error);
    pn_model_free(model);
    return code;
}

int main(int argc, char **argv)
{
    struct pn_error error;
    struct pn_edit edit;
    pn_analysis *analysis = NULL;
    pn_set *set = NULL;
    if (argc != 5) {
        fputs("usage: erase MODEL FILE.counts SET FOLDER\n", stderr);
        return 2;
    }

    enum pn_status code = pn_analysis_open(&analysis, argv[2], NULL, &error);
    if (code == PN_OK)
        code = find_neurons(&set, argv[1], analysis, argv[3], &error);

    /* Erasure is what an edit is by default; the rest is for the folder's manifest.json. */
    pn_edit_init(&edit);
    edit.set = argv[3];
    edit.counts = argv[2];
    if (code == PN_OK)
        code = pn_edit_write(argv[1], NULL, set, &edit, argv[4], &error);

    if (code != PN_OK)
        fprintf(stderr, "erase: %s\n", error.message);
    else
        printf("%lu neurons erased, written to %s\n", (unsigned long)pn_set_size(set, 0), argv[4]);
    pn_set_free(set);
    pn_analysis_free(analysis);
    return code == PN_OK ? 0 : 1;
}
