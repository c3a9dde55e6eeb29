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
exit $failed
