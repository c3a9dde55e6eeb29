#!/bin/bash
# layers, neurons, pattern, map, overlap: what they print in every format, and what they refuse.
. "$srcdir/tests/cli/lib.sh"
data=$srcdir/tests/data
export PROPNEU_DATA=$srcdir/data
[ -x "$top_builddir/tests/cli/make_counts" ] || exit 77

toy=$dir/toy.counts
"$top_builddir/tests/cli/make_counts" "$toy" || exit 1

# prints WORDS ARGUMENT...: succeeds silently and has WORDS on stdout, which stays in $dir/out.
prints() {
    local word=$1
    shift
    "$PROPNEU" "$@" >"$dir/out" 2>"$dir/err" || complain "$*: exit status $?: $(cat "$dir/err")"
    [ ! -s "$dir/err" ] || complain "$*: on stderr: $(cat "$dir/err")"
    grep -qF -- "$word" "$dir/out" || complain "$*: no '$word' in: $(cat "$dir/out")"
}

# columns N: every line in $dir/out has N columns, none of them empty.
columns() {
    awk -F '\t' -v n="$1" 'NF != n { exit 1 } { for (i = 1; i <= n; i++) if ($i == "") exit 1 }' \
        "$dir/out" || complain "not $1 columns: $(cat "$dir/out")"
}

# json: $dir/out is JSON, as far as something here can tell.
json() {
    command -v python3 >/dev/null || return
    python3 -m json.tool "$dir/out" >/dev/null || complain "no JSON: $(cat "$dir/out")"
}

prints 'gender (11 patterns): male 6 of 39 phones' layers "$toy"
# The phones of the toy are the same in every layer: none is the best.
[ "$(grep -c '\*' "$dir/out")" = 2 ] || complain "layers: not one best layer each for gender and pitch"
prints 'property	layer	width	tau	patterns' layers "$toy" --format tsv
columns 18
[ "$(wc -l <"$dir/out")" = 13 ] || complain "layers: not 4 properties x 3 layers"
prints '"best_layer"' layers "$toy" --format json --property gender
json
for key in file model lambda_percent sigma_percent min_frames where compat properties property \
    patterns groups phones missing layers layer file width tau pattern_union property_neurons \
    group_neurons silhouette silhouette_distances normalised_stress; do
    grep -q "\"$key\":" "$dir/out" || complain "layers: no key $key"
done
cp "$toy" "$dir/$(printf 'b\344d').counts"
prints 'b\uFFFDd.counts' layers "$dir/$(printf 'b\344d').counts" --format json --property phone
json
prints 'where gender=male' layers "$toy" --where gender=male --property phone --layer 2
[ "$(grep -c '^ *[0-9]' "$dir/out")" = 1 ] || complain "layers --layer 2: not one line"

prints 'layer 3: 2 property neurons' neurons "$toy" --property gender --groups
grep -qF 'male          1: 51' "$dir/out" || complain "neurons: no male 51: $(cat "$dir/out")"
prints 'layer	neuron	group	in_phones	of_phones' neurons "$toy" --property gender --format tsv
columns 11
cp "$dir/out" "$dir/list.tsv"
prints '"members"' neurons "$toy" --property gender --format json --groups
json
prints '{"1": [41, 40], "2": [46, 45], "3": [51, 50]}' neurons "$toy" --property gender \
    --format authors
prints '{"2": [46, 45]}' neurons "$toy" --property gender --format authors --layer 2

prints 'phone IY, layer 2:' pattern "$toy" --phone iy1 --layer 2 --where gender=female
[ "$(wc -l <"$dir/out")" = 35 ] || complain "pattern: not 30 neurons"
prints 'neuron	p	hits	low	high	lift	marginal	in_pattern' pattern "$toy" --phone IY --format tsv
columns 12
[ "$(wc -l <"$dir/out")" = 71 ] || complain "pattern: not 70 neurons"
[ "$(tail -n +2 "$dir/out" | cut -f 5 | LC_ALL=C sort -gr | head -1)" = \
    "$(sed -n 2p "$dir/out" | cut -f 5)" ] || complain "pattern: not sorted"
prints '"baseline"' pattern "$toy" --phone IY --format json --top 3
json
[ "$(grep -c '"neuron":' "$dir/out")" = 3 ] || complain "pattern --top 3: not 3 neurons"
prints '0 frames' pattern "$toy" --phone Z --where gender=female

prints 'stress' map "$toy" --property gender --layer 2
prints 'phone	group	frames	x	y' map "$toy" --property gender --format tsv
columns 7
[ "$(wc -l <"$dir/out")" = 12 ] || complain "map: not 11 points"
prints '"normalised_stress"' map "$toy" --property phone --format json --starts 3 --seed 1
json
cp "$dir/out" "$dir/again"
prints '"points"' map "$toy" --property phone --format json --starts 3 --seed 1
cmp -s "$dir/out" "$dir/again" || complain "map: the same seed gives another map"
prints 'classical scaling' map "$toy" --property pitch --method classical

# What chance gives of a map is what `null` says of its layer, by the map's own method.
voices=$srcdir/data/demo/counts/ssl.counts
for method in smacof classical; do
    "$PROPNEU" null "$voices" --property gender --layer 2 --statistic silhouette,full-dim \
        --draws 9 --seed 3 --method $method --format tsv |
        awk -F '\t' 'NR > 1 { printf "%s\t%s\t%s\t", $4, $9, $13 }' >"$dir/want"
    "$PROPNEU" map "$voices" --property gender --layer 2 --null --draws 9 --seed 3 --method $method \
        --format tsv | cut -f 8-13 | sed -n 2p >"$dir/got"
    [ "$(tr '\t' ' ' <"$dir/got") " = "$(tr '\t' ' ' <"$dir/want")" ] ||
        complain "map --null, $method: $(cat "$dir/got"), not $(cat "$dir/want")"
done
prints 'by chance ' map "$voices" --property gender --null --draws 3
prints 'of the middle frames of tokens ' map "$voices" --property pitch --null --draws 3
prints '"distances_p": ' map "$voices" --property phone --null --draws 3 --format json
"$PROPNEU" map "$toy" --property gender --null --draws 3 >"$dir/out" 2>"$dir/err" &&
    grep -q 'gender: no null: ' "$dir/err" || complain "map --null: $(cat "$dir/err")"
refuses 2 'for --null' map "$toy" --property phone --draws 3

# `layers --null` has the observed values that its p belong to, and says how the null was made, in
# every format and as `null` does.
for property in pitch gender; do
    "$PROPNEU" null -q "$voices" --property $property --draws 9 --seed 3 --format tsv |
        awk -F '\t' '$2 == 1 && ($3 == "size" || $3 == "full-dim") && $6 !~ /^utterance/ {
            print $4, $5, $6, $7, $8, $13, $14 }' >"$dir/want"
    "$PROPNEU" layers -q "$voices" --property $property --null --draws 9 --seed 3 --format tsv |
        awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
            NR == 2 { how = $at["exchanged"] " " $at["strata"] " " $at["draws"] " " $at["enumerated"]
                print $at["observed"], how, $at["p"], $at["p_max"]
                print $at["distances_observed"], how, $at["distances_p"], $at["distances_p_max"] }' \
            >"$dir/got"
    cmp -s "$dir/want" "$dir/got" || complain "layers --null: $(cat "$dir/got"), not $(cat "$dir/want")"
done
prints 'pitch: labels of tokens exchanged within speaker x phone, 9 random labelings' \
    layers "$voices" --property pitch --null --draws 9
grep -q 'property  observed  expected' "$dir/out" || complain 'layers --null: no observed value'
prints 'gender: labels of speakers exchanged within engine, 9 random labelings' \
    layers "$voices" --property gender --null --draws 9

# The explorer: what chance gives of tokens, beside the number that it is of; rows that differ in what
# labels are exchanged within say so at every width.
printf 'layers\nquit\n' | "$PROPNEU" --plain --view statistics --property pitch --draws 3 "$voices" \
    >"$dir/out" 2>&1
grep -q '^  pitch .* 23 (of tokens 1, [0-9.]* by chance, p ' "$dir/out" || complain 'Layers: no null of pitch'
for cols in 80 130; do
    "$PROPNEU" explore --dump=${cols}x90 --view statistics --property pitch --draws 3 "$voices" >"$dir/out"
    [ "$(grep -cE '[0-9] speaker( |$)' "$dir/out")" = "$(grep -cE '[0-9] utt(erance|\.)( |$)' "$dir/out")" ] &&
        grep -q ' speaker' "$dir/out" || complain "Statistics of $cols columns: within what?"
done
prints 'all of one phone class' confound "$voices" --property phone --given manner \
    --layer 1 --draws 3
grep -q '^manner=vowel: all of one' "$dir/out" || complain "confound names a level twice: $(cat "$dir/out")"

# What is given and not used is said.
"$PROPNEU" null "$voices" --property phone --strata engine --draws 3 2>&1 >"$dir/out" |
    grep -q 'phone: --strata is not used: classes are exchanged' || complain 'no note on --strata'
"$PROPNEU" null "$voices" --property gender --statistic overlap:phone@2 --layer 1 --draws 3 2>&1 \
    >"$dir/out" | grep -q 'layer 1: overlap:phone@2 is 0 in every labeling' || complain 'no note on @2'
refuses 2 '--strata: a column, or none' null "$voices" --property gender --strata ''
refuses 2 'up to 4294967295' null "$voices" --property gender --seed 4294967296

prints 'gender & phone & [IY]' overlap "$toy" --layer 2 gender phone '[IY]'
prints 'region	in	size	expected	p' overlap "$toy" --layer 2 --format tsv gender phone '[IY]'
columns 6
[ "$(wc -l <"$dir/out")" = 8 ] || complain "overlap: not 7 regions"
prints '"intersection"' overlap "$toy" --format json gender phone
json
prints '2 45' overlap "$toy" --layer 2 --region 'gender - phone'
cp "$dir/out" "$dir/list.txt"
prints 'layer	neuron' overlap "$toy" --layer 2 --region 'gender - phone' --format tsv
columns 2
prints '"neuron": 45' overlap "$toy" --layer 2 --region 'gender - phone' --format json
json
# Lists come back: as a region writes them, and as `neurons --format tsv` does.
for list in list.txt list.tsv; do
    prints '2 45' overlap "$toy" --layer 2 --region "@$dir/$list"
done
prints '3 50' overlap "$toy" --region 'gender@3'

# The published program's lists, from its probabilities.
squeezed() {
    tr -d ' \n' <"$1"
}
for condition in phone-type gender pitch; do
    golden=$data/analysis_d256/$condition
    "$PROPNEU" import "$golden/prob.pkl" --condition $condition -o "$dir/p.counts" \
        --label-table "$data/info/label-merge.json" 2>"$dir/err" || complain "import: $(cat "$dir/err")"
    for sigma in 80 50; do
        list=$golden/property_neurons.json
        [ $sigma = 80 ] || list=$golden/property_neurons_sigma0.5.json
        prints '"1": [' neurons "$dir/p.counts" --property ${condition%-type} --sigma $sigma \
            --format authors --compat authors
        [ "$(squeezed "$dir/out")" = "$(squeezed "$list")" ] ||
            complain "neurons: not the published list for $condition at $sigma %"
    done
done
prints '	-	-	-	' pattern "$dir/p.counts" --phone AA --where pitch=low --format tsv
refuses 1 'needs frame counts' pattern "$dir/p.counts" --phone AA

# Features of the phones are shown where they are asked for.
demo=$srcdir/tests/data/statistics/ssl.counts
prints 'place (24 patterns): 6 groups' layers "$demo" --property place,voicing
grep -q '^voicing (39 patterns): voiced 30 of 30 phones, voiceless 9 of 9' "$dir/out" ||
    complain "layers: not the second property: $(cat "$dir/out")"
[ "$(grep -c patterns "$dir/out")" = 2 ] || complain "layers: more than was asked for"
prints 'manner (39 patterns)' layers "$demo" --features
[ "$(grep -c patterns "$dir/out")" = 11 ] || complain "layers --features: $(grep patterns "$dir/out")"
prints 'gender' layers "$demo"
grep -q manner "$dir/out" && complain 'layers: features that nobody asked for'
prints 'nasality' neurons "$demo" --property nasality --layer 2
prints ' place=labial & gender' overlap "$demo" --layer 2 'place=labial' gender
printf 'IY\tfront\nUW\tback\n' >"$dir/edges.tsv"
prints 'edges (2 patterns): front 1 of 1 phones, back 1' layers "$demo" --phones "arpabet,$dir/edges.tsv"
refuses 1 "$dir/none.tsv" layers "$demo" --phones "arpabet,$dir/none.tsv"
refuses 2 'has one --property' map "$demo" --property height,place --format json
refuses 1 "no property 'age' (there are: phone, gender, pitch, each-phone, manner, place," neurons "$toy" \
    --property age
refuses 1 'no layer 4 (there are: 1 to 3)' layers "$toy" --layer 4
refuses 1 "no phone 'QQ' (there are: (sil), AA" pattern "$toy" --phone QQ
refuses 1 "no gender 'old' (there are: female, male)" layers "$toy" --where gender=old
refuses 1 "no factor 'age' (there are: phone, gender, pitch)" layers "$toy" --where age=old
refuses 1 'enough frames' layers "$toy" -q --min-frames 1000000
refuses 2 'factor=level' layers "$toy" --where gender
refuses 2 '--sigma' layers "$toy" --sigma 0
refuses 2 '--sigma' layers "$toy" --sigma 101
refuses 2 '--layer' layers "$toy" --layer 0
refuses 2 '--min-frames' layers "$toy" --min-frames 0
refuses 2 '--compat' layers "$toy" --compat me
refuses 2 '--method' map "$toy" --property phone --method tsne
refuses 2 '--property' map "$toy"
refuses 2 '--phone' pattern "$toy"
refuses 2 'authors' map "$toy" --property phone --format authors
refuses 2 'column 10' overlap "$toy" 'gender & '
refuses 1 "column 8: no group 'x' in gender (there are: female, male)" overlap "$toy" gender=x
refuses 2 'SET' overlap "$toy"
refuses 2 'at most 8' overlap "$toy" phone phone phone phone phone phone phone phone phone
refuses 1 "$dir/none" layers "$dir/none"
refuses 1 "$dir/none" overlap "$toy" "@$dir/none"
refuses 1 "$dir/none" layers "$toy" --phones "$dir/none"
printf '1 3\n1 70\n' >"$dir/bad"
refuses 1 "$dir/bad: line 2" overlap "$toy" "@$dir/bad"
refuses 1 "$dir/bad" layers "$dir/bad"

# Another phone set: classes are what the table says.
printf 'AA\topen\nIY\tclose\nS\tunvoiced\nT\tunvoiced\n' >"$dir/table"
prints 'phone (4 patterns): open 1 of 1 phones, close 1 of 1 phones, unvoiced 2 of 2' \
    layers "$toy" --phones "$dir/table" --property phone

# Output appears whole or not at all.
echo kept >"$dir/kept"
"$PROPNEU" neurons "$toy" --property age -o "$dir/kept" 2>/dev/null
[ "$(cat "$dir/kept")" = kept ] || complain "a failure replaced its output"
"$PROPNEU" neurons "$toy" --property phone --format tsv -o "$dir/kept" &&
    [ "$(head -c 8 "$dir/kept")" = property ] || complain "-o wrote something else"

# A failure is one line, whatever was left out on the way.
refuses 1 'no phone with enough frames' layers "$toy" --where 'phone=(sil)'
refuses 2 'percentage' layers "$toy" --sigma 0x50
refuses 1 'toy.counts' overlap "$toy" --region phone --min-frames 1000000 --format tsv

exit $failed
