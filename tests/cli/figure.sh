#!/bin/bash
# figure: drawings that are well-formed and the same every time, numbers that are those of the other
# commands, and what it refuses.
. "$srcdir/tests/cli/lib.sh"
export PROPNEU_DATA=$srcdir/data
demo=$srcdir/data/demo/counts
counts=$demo/ssl.counts
old=$srcdir/tests/data/statistics/ssl.counts # without speakers

# figure OUT ARGUMENT...: succeeds, and leaves OUT and its numbers.
figure() {
    local out=$1
    shift
    "$PROPNEU" figure "$@" -q -o "$dir/$out" >"$dir/out" 2>"$dir/err" ||
        complain "figure $*: exit status $?: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ] || complain "figure $*: it said something"
    [ -s "$dir/$out" ] || complain "figure $*: no $out"
    [ -s "$dir/${out%.*}.tsv" ] || complain "figure $*: no numbers"
}

# drawn: every drawing so far is well-formed.
drawn() {
    for f in "$dir"/*.svg; do
        head -1 "$f" | grep -q '^<?xml version="1.0" encoding="UTF-8"?>$' || complain "$f: not XML"
        [ "$(tail -1 "$f")" = '</svg>' ] || complain "$f: does not end"
        grep -qE 'nan|inf' "$f" && complain "$f: numbers that are none"
        if command -v xmllint >/dev/null; then
            xmllint --noout "$f" || complain "$f: not well-formed"
        elif command -v python3 >/dev/null; then
            python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$f" 2>"$dir/err" ||
                complain "$f: not well-formed: $(tail -1 "$dir/err")"
        fi
    done
}

# same WHAT FILE FILE
same() {
    cmp -s "$2" "$3" || complain "$1: $(diff "$2" "$3" | head -5)"
}

figure 2.svg 2 "$counts" --phone AH,iy --layer 2
figure 3.svg 3 "$counts"
figure 3b.svg 3b "$counts" --layer 1
figure 4.svg 4 "$counts"
figure 5.svg 5 "$demo"/{pr,sid,ssl}.counts
figure 7.svg 7 "$demo"/{pr,sid}.counts --property gender,phone
figure 8.svg 8 "$counts" --layer 3
figure 8many.svg 8 "$counts" --sets 'phone,[AH,gender=female],gender' --sets 'pitch=low|pitch=high'
drawn
cp "$dir/3.svg" "$dir/first"
figure 3.svg 3 "$counts" -j 1
same 'the same figure twice' "$dir/3.svg" "$dir/first"

# The numbers are those of the other commands, whose tables these are.
"$PROPNEU" layers -q "$counts" --format tsv | awk -F '\t' '$2 != "each-phone"' >"$dir/want"
same 'figure 4' "$dir/want" "$dir/4.tsv"
for file in pr sid ssl; do
    "$PROPNEU" layers -q "$demo/$file.counts" --format tsv |
        awk -F '\t' '$11 == 1 && $2 != "each-phone" { print $1, $2, $3, $9, $10 }'
done >"$dir/want"
awk -F '\t' 'NR > 1 { print $1, $2, $3, $5, $6 }' "$dir/5.tsv" >"$dir/got"
same 'figure 5' "$dir/want" "$dir/got"
for file in pr sid; do
    for property in phone gender; do
        "$PROPNEU" layers -q "$demo/$file.counts" --property $property --format tsv | sed 1d
    done
done >"$dir/want"
sed 1d "$dir/7.tsv" >"$dir/got"
same 'figure 7' "$dir/want" "$dir/got"
best=$(awk -F '\t' '$2 == "gender" && $11 == 1 { print $3 }' "$dir/4.tsv")
"$PROPNEU" map "$counts" --property gender --layer 1 --format tsv >"$dir/want"
same 'figure 3b' "$dir/want" "$dir/3b.tsv"
[ "$(sed 1d "$dir/3.tsv" | cut -f 1 | uniq | tr '\n' ' ')" = 'phone gender pitch ' ] ||
    complain 'figure 3: not the three properties'
[ "$(awk -F '\t' '$1 == "gender" { print $2 }' "$dir/3.tsv" | uniq)" = "$best" ] ||
    complain 'figure 3: not the best layer'
"$PROPNEU" overlap "$counts" --layer 3 phone gender pitch --format tsv >"$dir/want"
same 'figure 8' "$dir/want" "$dir/8.tsv"
"$PROPNEU" pattern "$counts" --phone AH --layer 2 --format tsv >"$dir/want"
awk -F '\t' 'NR == 1 || $1 == "AH"' "$dir/2.tsv" >"$dir/got"
same 'figure 2' "$dir/want" "$dir/got"

# What chance gives: the numbers are those of `layers --null` and `null`, in columns at the end.
chance="--draws 9 --seed 2 --method classical"
# $chance is several words.
# shellcheck disable=SC2086
{
    figure 7null.svg 7 "$counts" --property phone,gender --null $chance
    "$PROPNEU" layers -q "$counts" --property phone,gender --null $chance --format tsv |
        cut -f 1-18 >"$dir/want"
    cut -f 1-18 "$dir/7null.tsv" >"$dir/got"
    same 'figure 7 --null' "$dir/want" "$dir/got"
    figure 4null.svg 4 "$counts" --property gender,phone --null $chance
    cut -f 1-18 "$dir/4null.tsv" >"$dir/got"
    same 'figure 4 --null' "$dir/want" "$dir/got"
    for property in phone gender; do
        for statistic in size silhouette; do
            "$PROPNEU" null -q "$counts" --property $property --statistic $statistic $chance \
                --format tsv >"$dir/$property.$statistic"
            figure null.svg null "$counts" --property $property --statistic $statistic $chance
            same "figure null, $statistic of $property" "$dir/$property.$statistic" "$dir/null.tsv"
        done
    done
    cut -f 4,11,12 "$dir"/{phone,gender}.size | grep -v observed >"$dir/want"
    cut -f 19-21 "$dir/7null.tsv" | sed 1d >"$dir/got"
    same 'band of figure 7' "$dir/want" "$dir/got"
    cut -f 4,9,11-14 "$dir"/{phone,gender}.silhouette | grep -v observed >"$dir/want"
    cut -f 19-24 "$dir/4null.tsv" | sed 1d >"$dir/got"
    same 'band of figure 4' "$dir/want" "$dir/got"
    figure 7drawn.svg 7 "$counts" --property gender --bootstrap --draws 9 --seed 2
    "$PROPNEU" stability -q "$counts" --property gender --sizes --draws 9 --seed 2 --format tsv |
        cut -f 4-7 | sed 1d >"$dir/want"
    cut -f 19-22 "$dir/7drawn.tsv" | sed 1d >"$dir/got"
    same 'draws of figure 7' "$dir/want" "$dir/got"
    figure null.svg null "$counts" --property gender --layer 2 $chance
    awk 'NR == 1 || $2 == 2' "$dir/gender.size" >"$dir/want"
    same 'figure null of a layer' "$dir/want" "$dir/null.tsv"
    figure 5null.svg 5 "$demo"/{ssl,pr}.counts --property phone --null $chance
    head -1 "$dir/5null.tsv" | grep -q 'note	observed	expected	low	high	p$' ||
        complain "figure 5 --null: $(head -1 "$dir/5null.tsv")"
    drawn
    grep -q 'fill-opacity' "$dir/4.svg" && complain 'a band without --null'
    grep -q 'labels exchanged: mean, middle 95 %' "$dir/4null.svg" || complain 'no band'
}
refuses 2 'for figures 4, 5 and 7' figure 2 "$counts" --null
refuses 2 'for --null and the figure null' figure 4 "$counts" --draws 9
refuses 2 '--bootstrap is for figure 7' figure 4 "$counts" --bootstrap
refuses 2 'no --select' figure 7 "$counts" --null --select lape
refuses 2 'for the figure null' figure 4 "$counts" --statistic size
refuses 2 'needs one --property' figure null "$counts"
refuses 2 'no statistic' figure null "$counts" --property phone --statistic sizes
refuses 1 'no layer 9' figure null "$counts" --property phone --layer 9
refuses 1 "without the factor 'speaker'" figure null "$old" --property gender

# Without -o the numbers alone, in any format; options mean what they do elsewhere.
"$PROPNEU" figure 4 -q "$counts" --format tsv >"$dir/got"
same 'figure 4 without -o' "$dir/4.tsv" "$dir/got"
"$PROPNEU" figure 5 -q "$counts" --format json >"$dir/got" || complain 'figure 5 as JSON'
grep -q '"best_layer": ' "$dir/got" || complain 'figure 5: no best layer'
"$PROPNEU" figure 5 -q "$counts" | grep -q '^file  *property ' || complain 'figure 5 as text'
"$PROPNEU" figure 7 -q "$counts" -o "$dir/alone.tsv" || complain 'figure 7 as numbers alone'
"$PROPNEU" layers -q "$counts" --property phone --sigma 60 --where gender=female --format tsv \
    >"$dir/want"
"$PROPNEU" figure 7 -q "$counts" --property phone --sigma 60 --where gender=female --format tsv \
    >"$dir/got"
same 'figure 7 with options' "$dir/want" "$dir/got"
"$PROPNEU" figure 4 -q "$counts" --width 9cm --height 2in -o "$dir/size.svg"
grep -q 'width="255.12pt" height="144.00pt"' "$dir/size.svg" || complain 'not 9 cm by 2 inches'

# PDF and PNG where cairo is; a clear word where it is not.
if "$PROPNEU" --version | grep -q 'cairo yes'; then
    figure 3b.pdf 3b "$counts"
    cp "$dir/3b.pdf" "$dir/first"
    sleep 1.1 # a date would show
    figure 3b.pdf 3b "$counts"
    same 'the same PDF twice' "$dir/3b.pdf" "$dir/first"
    grep -qa CreationDate "$dir/3b.pdf" && complain 'a date in the PDF'
    figure 8.png 8 "$counts"
    [ "$(head -c 4 "$dir/8.png" | tail -c 3)" = PNG ] || complain 'no PNG'
else
    refuses 1 'need a build with cairo' figure 4 "$counts" -o "$dir/new.pdf"
fi

refuses 1 'no silhouette to draw' figure 4 "$counts" --property each-phone -o "$dir/x.svg"
"$PROPNEU" --version | grep -q 'cairo yes' && refuses 1 'too large for a PNG' figure 4 -q "$counts" \
    --width 100in --height 100in -o "$dir/x.png"

# An import answers what it can, and says what it cannot.
"$PROPNEU" import -q "$srcdir/tests/data/analysis_d256/gender/prob.pkl" --condition gender \
    -o "$dir/g.counts" || complain 'import'
"$PROPNEU" figure 5 "$dir/g.counts" "$counts" -o "$dir/mixed.svg" 2>"$dir/err" ||
    complain "figure 5 of an import: $(cat "$dir/err")"
grep -q '^propneu: g: phone left out: ' "$dir/err" || complain "not said: $(cat "$dir/err")"
awk -F '\t' '$1 == "g" && $2 == "phone" && $3 == "-" && $7 != "-" { n++ } END { exit n != 1 }' \
    "$dir/mixed.tsv" || complain 'mixed.tsv: phone of the import'

# A file that cannot be written leaves nothing behind, neither drawing nor numbers.
mkdir "$dir/no" "$dir/busy" "$dir/busy/x.svg"
refuses 1 "$dir/none/x.svg" figure 4 -q "$counts" -o "$dir/none/x.svg"
refuses 1 'is a folder' figure 4 -q "$counts" -o "$dir/busy/x.svg"
[ "$(ls "$dir/busy")" = x.svg ] || complain "left behind: $(ls "$dir/busy")"
mkdir "$dir/no/x.tsv"
refuses 1 'x.tsv: is a folder' figure 4 -q "$counts" -o "$dir/no/x.svg"
[ "$(ls "$dir/no")" = x.tsv ] || complain "left behind: $(ls "$dir/no")"
cp "$counts" "$dir/in.tsv"
refuses 2 'would replace an input' figure 4 "$dir/in.tsv" -o "$dir/in.svg"
cmp -s "$counts" "$dir/in.tsv" || complain 'an input was replaced'

refuses 2 'must end in .svg, .pdf or .png' figure 4 "$counts" -o "$dir/x.jpg"
refuses 2 'must end in' figure 4 "$counts" -o "$dir/svg"
refuses 2 "no figure '10'" figure 10 "$counts"
refuses 1 'not a text' figure 6 "$counts"
refuses 2 'needs a table of pruned models' figure 9
refuses 2 'takes --width and --height alone' figure training "$dir" --property phone
refuses 1 'log.tsv' figure training "$dir"
refuses 2 'needs a count FILE' figure 4
refuses 2 'number of a figure' figure
refuses 2 'one count FILE' figure 3 "$counts" "$counts"
"$PROPNEU" figure 2 "$counts" --format tsv >"$dir/usual.tsv" &&
    "$PROPNEU" figure 2 "$counts" --phone AH --format tsv | cmp - "$dir/usual.tsv" ||
    complain "figure 2 without --phone is not that of AH"
refuses 2 'for figure 8' figure 4 "$counts" --sets phone
refuses 2 'no --layer' figure 4 "$counts" --layer 2
refuses 2 'length' figure 4 "$counts" --width 2
refuses 2 'length' figure 4 "$counts" --height 3miles
refuses 2 'empty name' figure 4 "$counts" --property phone,,gender
refuses 1 "$dir/nothing.counts" figure 4 "$dir/nothing.counts" -o "$dir/x.svg"
refuses 1 "no property 'speaker'" figure 3 "$old" --property speaker -o "$dir/x.svg"
refuses 1 "no property 'speaker'" figure 4 "$old" --property speaker -o "$dir/x.svg"
refuses 1 "no phone 'QQ'" figure 2 "$counts" --phone QQ -o "$dir/x.svg"
refuses 1 'no layer 9' figure 8 "$counts" --layer 9 -o "$dir/x.svg"
refuses 2 'column' figure 8 "$counts" --sets 'gender &' -o "$dir/x.svg"
[ ! -e "$dir/x.svg" ] && [ ! -e "$dir/x.tsv" ] || complain 'a refusal left a file'
exit $failed
