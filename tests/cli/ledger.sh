#!/bin/bash
# ledger: the command of every verdict prints the numbers that it rests on.
. "$srcdir/tests/cli/lib.sh"
export PROPNEU_DATA=$srcdir/data
counts=$srcdir/data/demo/counts
cp "$counts/ssl.counts" "$dir/a b.counts" && cp "$counts/ssl.counts.tokens" "$dir/a b.counts.tokens" ||
    exit 1
propneu() { "$PROPNEU" "$@"; }

# The options of the ledger go into its commands.
propneu ledger "ssl=$dir/a b.counts" "sid=$counts/sid.counts" "pr=$counts/pr.counts" -q --format tsv \
    --draws 39 --seed 3 --strata engine --sigma 70 --where pitch=low,mid,high >"$dir/ledger" ||
    complain "ledger: exit status $?"
[ "$(wc -l <"$dir/ledger")" = 15 ] || complain "not 14 claims: $(cat "$dir/ledger")"

traced=0
while IFS=$'\t' read -r claim _ _ ours low high null p _ command; do
    case $command in
    *'erase --matrix'*) # refused for a file that is only named
        eval "$command" >"$dir/out" 2>"$dir/err"
        grep -q '^propneu: AUDIO: ' "$dir/err" || complain "$command: $(cat "$dir/err")"
        ;;
    esac
    [ "$ours" != - ] || continue
    eval "$command --format tsv -q" >"$dir/out" 2>"$dir/err" ||
        complain "$claim: $command: $(cat "$dir/err")"
    # They stand in one row, whatever its columns.
    awk -F '\t' -v numbers="$ours $low $high $null $p" '
        BEGIN { n = split(numbers, want, " ") }
        { found = 0
          for (i = 1; i <= n; i++)
              for (j = 1; j <= NF; j++)
                  if (want[i] == "-" || $j == want[i]) { found++; break }
          if (found == n) hit = 1 }
        END { exit !hit }' "$dir/out" ||
        complain "$claim: $ours $low $high $null $p is no row of $command: $(cat "$dir/out")"
    traced=$((traced + 1))
done < <(tail -n +2 "$dir/ledger")
# All but the edited model, and pitch against a file without tokens.
[ $traced = 12 ] || complain "$traced claims with numbers: $(cat "$dir/ledger")"

# Tokens stay with their speaker, and so within any column of the speaker table.
refuses 2 'within speaker or utterance' null "$dir/a b.counts" --property pitch --strata luck

refuses 2 'of one count FILE' ledger "$dir/a b.counts" "$counts/sid.counts" --tokens "$dir/ledger"
propneu ledger "$counts/ssl.counts" --tokens "$dir/a b.counts.tokens" --draws 19 -q --format tsv |
    grep -q "null .*--property pitch .*--tokens '$dir/a b.counts.tokens'" || complain 'ledger: --tokens'

# A value of the options may follow after a blank; models must exist and have counts.
refuses 2 'there is no such file' ledger "$dir/a b.counts" -m "$dir/none"
refuses 2 'no count FILE is given for it' ledger "ssl=$dir/a b.counts" --model "sid=$dir/ledger"
refuses 2 'no count FILE is given for it' ledger "$dir/a b.counts" -m "$dir/ledger" -m "$dir/ledger"
"$PROPNEU" ledger --help | grep -q -- '-m, --model \[NAME=\]FILE' || complain 'ledger --help: --model'
mkdir "$dir/mo|del\`"
propneu ledger "sid=$dir/a b.counts" -m "$dir/mo|del\`" --draws 1 2>"$dir/err" >"$dir/out" ||
    complain "ledger -m: $(cat "$dir/err")"
grep -qF -- '`` propneu erase' "$dir/out" && grep -qF 'mo\|del`' "$dir/out" ||
    complain "ledger: no model in: $(grep erase "$dir/out")"
grep -qF -- '--piece 0.2' "$dir/out" || complain 'ledger: erasing whole recordings'
propneu ledger "$dir/a b.counts" -m "$dir/ledger" --draws 19 2>"$dir/err" >"$dir/out"
grep -qF "$dir/ledger is not used" "$dir/err" || complain "ledger: silent on a model: $(cat "$dir/err")"
grep -qE '\| [0-9]+ \| - \| - \| [0-9]+\.[0-9] \|' "$dir/out" || complain 'ledger: numbers of neurons'
# Few draws tell nothing by an interval, nor do speakers who never vary.
cut -d'|' -f10 "$dir/out" | grep -qE 'holds|fails' && complain "few draws: $(cat "$dir/out")"
grep -q 'an interval of 19 draws: 99 are needed' "$dir/err" || complain "$(cat "$dir/err")"
propneu ledger "$dir/a b.counts" --where speaker=F1,M1 --draws 99 --format json 2>"$dir/err" >"$dir/out"
grep -E '"low"' "$dir/out" | grep -vq '"low": null, "high": null' && complain 'an interval of fixed draws'
grep '"low"' "$dir/out" | grep -q 'separate.*"p": null.*"verdict": "cannot tell"' || complain "$(cat "$dir/out")"
for words in 'female has only one speaker' '2 speakers: intervals are too narrow' \
    '99 draws of 2 speakers within gender'; do
    grep -q "$words" "$dir/err" || complain "no '$words' in: $(cat "$dir/err")"
    grep -q "\"note\": .*$words" "$dir/out" || complain "JSON: no '$words' in: $(cat "$dir/out")"
done
exit $failed
