/*
 * What propneu stability finds, as text for people: sums of what its tables list.
 */
#include "config.h"

#include "cli/commands/print_stability.h"

#include <math.h>
#include <string.h>

#include "base/bitset.h"
#include "base/number.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_neuron_tests.h"
#include "report/report.h"

/* "speakers within gender", "speakers". */
static void print_design(FILE *out, const struct bootstrap_design *d)
{
    print_name(out, d->drawn, 0);
    if (strcmp(d->within, "none") == 0)
        return;
    fputs(" within ", out);
    print_name(out, d->within, 0);
}

void print_drawn(FILE *out, const struct bootstrap_design *d, const char *property)
{
    print_name(out, property, 0);
    fprintf(out, ": %llu draws of %u ", (unsigned long long)d->draws, d->owners);
    print_design(out, d);
    fputc('\n', out);
}

/* One group of a layer: its neurons, how many of them are firm, and what others come up. */
static void print_stability_row(FILE *out, const struct stability *s,
                                const struct stability_layer *l, uint32_t group)
{
    uint32_t members = 0, firm = 0, half = 0, others = 0;
    double sum = 0;
    for (uint32_t n = 0; n < l->width; n++) {
        double share = stability_share(s, l, group, n);
        if (!bitset_has(l->group + group * l->words, n)) {
            others += share >= 0.5;
            continue;
        }
        members++;
        firm += share >= 0.9;
        half += share >= 0.5;
        sum += share;
    }
    fprintf(out, "%5u  ", l->layer + 1);
    print_name(out, s->property->group.name[group], 10);
    bool fixed = s->design.fixed[0]; /* there are no shares */
    fprintf(out, "  %7u", members);
    print_real(out, fixed ? NAN : firm, 12, 0);
    print_real(out, fixed ? NAN : half, 12, 0);
    print_real(out, members ? 100 * sum / members : NAN, 12, 1);
    print_real(out, fixed ? NAN : others, 15, 0);
    fputc('\n', out);
}

void print_stability(FILE *out, const struct stability *s)
{
    print_drawn(out, &s->design, s->property->name);
    fputs("\nlayer  group       neurons  in 90 % of  in 50 % of  mean share %  others in "
          "50 %\n",
          out);
    for (uint32_t i = 0; i < s->layers; i++)
        for (uint32_t g = 0; g < s->property->groups; g++)
            print_stability_row(out, s, &s->layer[i], g);
}

void print_sizes(FILE *out, const struct stability *s)
{
    print_drawn(out, &s->design, s->property->name);
    fputs("Sizes after a threshold are biased in the draws, whose range is no confidence interval "
          "of the size.\n\nlayer  observed  mean of draws  (95 % of draws)     bias\n",
          out);
    for (uint32_t i = 0; i < s->layers; i++) {
        const struct summary *size = &s->layer[i].size;
        fprintf(out, "%5u  ", s->layer[i].layer + 1);
        print_real(out, size->observed, 8, 0);
        print_real(out, size->mean, 15, 1);
        print_real(out, size->low, 9, 0);
        print_real(out, size->high, 8, 0);
        double bias = size->mean - size->observed;
        fprintf(out, "%9s\n", isnan(bias) ? "-" : number_signed(bias, 1).text);
    }
}

void print_split(FILE *out, const struct split *s, const char *property)
{
    print_name(out, property, 0);
    fprintf(out, ": sets of %u ", s->chosen);
    print_design(out, &s->design);
    fprintf(out,
            ", looked for in the other %u\n\n"
            "layer  chosen  kept  lost %%  silhouette: chosen  other  shrinkage\n",
            s->kept);
    for (uint32_t i = 0; i < s->layers; i++) {
        const struct split_layer *l = &s->layer[i];
        fprintf(out, "%5u  %6u  %4u", l->layer + 1, l->size_chosen, l->size_kept);
        print_real(out, l->size_chosen ? 100 * (1 - (double)l->size_kept / l->size_chosen) : NAN, 8,
                   0);
        print_real(out, l->silhouette_chosen, 20, 3);
        print_real(out, l->silhouette_kept, 7, 3);
        print_real(out, l->silhouette_chosen - l->silhouette_kept, 11, 3);
        fputc('\n', out);
    }
}

void print_difference(FILE *out, const struct difference *d, const char *property,
                      const char *other)
{
    fputs("b: ", out);
    print_name(out, other, 0);
    fputc('\n', out);
    print_drawn(out, &d->design, property);
    fprintf(out, "shared: %u of %u and %u %s, %u of %u and %u phones\n\n", d->design.owners,
            d->owners[0], d->owners[1], d->design.drawn, d->shared, d->phones[0], d->phones[1]);
    fputs("layer  statistic             a         b     a - b  (95 %)                     p\n",
          out);
    for (uint32_t i = 0; i < d->rows; i++) {
        const struct difference_row *row = &d->row[i];
        int digits = row->statistic.statistic->unit[0] ? 0 : 3;
        struct buf name = BUF_INIT;
        report_difference_name(&name, &row->statistic);
        if (row->layer == DIFFERENCE_BEST)
            fputs(" best  ", out);
        else
            fprintf(out, "%5u  ", row->layer + 1);
        print_name(out, buf_text(&name), 13);
        print_real(out, row->a, 10, digits);
        print_real(out, row->b, 10, digits);
        print_real(out, row->difference, 10, digits);
        print_real(out, row->low, 10, digits ? 3 : 1);
        print_real(out, row->high, 10, digits ? 3 : 1);
        print_real(out, row->p, 10, 4);
        fputc('\n', out);
        buf_free(&name);
    }
}

void print_contrast(FILE *out, const struct contrast *c)
{
    const struct null_result *n = &c->null;
    print_drawn(out, &c->design, n->property);
    print_exchange(out, n->property, n->kind, n->strata, n->draws, n->enumerated);
    fprintf(out,
            "\nlayers %s minus %s%s\n\n"
            "statistic      observed  by chance  difference  (95 %%)                     p"
            "  p_max of the others\n",
            buf_text(&c->of), c->best ? "the best of " : "", buf_text(&c->against));
    for (uint32_t i = 0; i < c->rows; i++) {
        const struct contrast_row *row = &c->row[i];
        int digits = row->statistic->unit[0] ? 1 : 3;
        print_name(out, row->statistic->name, 13);
        print_real(out, row->observed, 10, digits);
        print_real(out, row->expected, 11, digits);
        print_real(out, row->difference, 12, digits);
        print_real(out, row->low, 10, digits);
        print_real(out, row->high, 10, digits);
        print_real(out, row->p, 10, 4);
        print_real(out, row->against_p, 21, 4);
        fputc('\n', out);
    }
}

void print_stable(FILE *out, const struct stability_layer *l, double least,
                  const struct table *rows)
{
    fprintf(out, "\nlayer %u: %zu of %s property neurons in at least %s %% of the draws\n",
            l->layer + 1, table_rows(rows), number_fixed(l->size.observed, 0).text,
            number_short(100 * least, 6).text);
    print_neuron_rows(out, rows);
}
