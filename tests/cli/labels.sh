#!/bin/bash
# Labels, speakers and pitch as other programs write them: each must give the frames that plain
# TextGrids give, or say why not.
. "$srcdir/tests/cli/lib.sh"
data=$(cd "$srcdir/tests/data" && pwd)
cd "$dir" || exit 1

model=(-m "$data/models/g_melhubert_20ms/hf" --mean-std "$data/info/mean-std.npy")
mkdir audio && ln -s "$data"/audio/*.wav audio
a=9001-100001-0000 b=9002-100001-0000
spoken=AA=16,AH=8,D=10,G=14,HH=7,IY=15,L=11,OW=19,S=10,Z=15

# rows: utterance, start, end and phone of all that is said.
rows() {
    printf '%s %s %s %s\n' $a 0.2 0.35 HH $a 0.35 0.5 AH0 $a 0.5 0.73 L $a 0.73 1.1 OW1 \
        $a 1.3 1.5 S $a 1.5 1.8 IY1 $b 0.1 0.31 D $b 0.31 0.62 AA1 $b 0.62 0.9 G $b 0.9 1.2 Z
}

# gives WANTED ARGUMENT...: count ends well, with these levels of phones, and of all but silence.
gives() {
    local wanted=$1 got
    shift
    "$PROPNEU" count -q "${model[@]}" "$@" -o got.counts 2>err || complain "$*: $(cat err)"
    got=$("$PROPNEU" info --format tsv got.counts |
        awk -F '\t' '$1 ~ /^(phone|gender|speaker|pitch)\.[0-9]+\.[a-z]+$/ {
                if ($1 !~ /frames$/) level = $2
                else if (level != "(sil)" && level != "(none)") print level "=" $2 }' | paste -sd,)
    [ "$got" = "$wanted" ] || complain "$*: $got, not $wanted"
    rm -f got.counts*
}

# grids FOLDER FIELD...: the rows as short TextGrids, the phones written as these fields, in order.
grids() {
    local folder=$1 u start end phone
    shift
    mkdir -p "$folder"
    for u in $a $b; do
        printf '%s\n' '"ooTextFile"' '"TextGrid"' 0 2 '<exists>' 1 '"IntervalTier"' '"phones"' 0 2 \
            "$(rows | grep -c $u)" >"$folder/$u.TextGrid"
    done
    rows | while read -r u start end phone; do
        printf '%s\n' "$start" "$end" "\"${1-$phone}\"" >>"$folder/$u.TextGrid"
        shift $(($# > 0))
    done
}

# Quotes of CSV writers, everywhere; semicolons with decimal commas.
{
    echo '"note","utterance","start","end","label"'
    rows | sed 's/\(.*\) \(.*\) \(.*\) \(.*\)/"a ""b"", c\nd","\1",\2,\3,"\4"/'
} >quoted.csv
{
    echo '"utterance";start;end;label'
    rows | sed 's/ /;/g; s/\./,/g'
} >semicolons.csv
printf '\357\273\277speaker,gender\r\n9001,"M"\r\n9002,"F"\r\n' >speakers.csv
gives $spoken,female=55,male=70,9001=70,9002=55 -a audio -l quoted.csv --speakers speakers.csv
gives $spoken -a audio -l semicolons.csv

# Speakers by the longest name in the table, or their folders.
mkdir -p vctk/p225 vctk/p226 labels meeting
ln -s "$data/audio/$a.wav" vctk/p225/p225_001_mic1.wav
ln -s "$data/audio/$b.wav" vctk/p226/p226_001_mic1.wav
rows | sed "s/$a/p225_001_mic1/; s/$b/p226_001_mic1/" | tr ' ' '\t' >vctk.tsv
printf '%s\n' 'ID  AGE  GENDER  ACCENTS' 'p225  23  F  English' 'p226  22  M  English' \
    'p2  18  M  English' >vctk.txt
gives $spoken,female=70,male=55,p225=70,p226=55 -a vctk -l vctk.tsv --speakers vctk.txt
printf '%s\n' '225,female_feminine' '226,male_masculine' >vctk.csv
gives $spoken,female=70,male=55,p225=70,p226=55 -a vctk -l vctk.tsv --speakers vctk.csv
printf 'path,client_id,gender\n%s\n' 'clips\p225_001_mic1.mp3,x,f' 'clips\p226_001_mic1.mp3,y,m' >cv.csv
gives $spoken,female=70,male=55,x=70,y=55 -a vctk -l vctk.tsv --speakers cv.csv
printf '%s\n' 'P225,F' 'p225_001_MIC1,M' 'P225_001_mic1,F' >two.csv
refuses 1 "could be of speaker 'p225_001_MIC1' or 'P225_001_mic1'" count -q "${model[@]}" -a vctk \
    -l vctk.tsv --speakers two.csv -o new.counts
ln -s "$data/audio/$a.wav" meeting/ES2002a.Headset-0.wav
ln -s "$data/audio/$b.wav" meeting/ES2002a.Headset-1.wav
rows | sed "s/$a/ES2002a.Headset-0/; s/$b/ES2002a.Headset-1/" >meeting.tsv
gives $spoken,ES2002a.Headset-0=70,ES2002a.Headset-1=55 -a meeting -l meeting.tsv --by phone,speaker

# Files in place of utterances and speakers.
{
    echo 'File name,start,end,label'
    rows | sed 's/ /.wav,/; s/ /,/g; s/^/clips\//'
} >files.csv
rows | awk '{ print $1 ".flac", 1, $2, $3 - $2, $4 }' >files.ctm
printf 'x\\%s.mp3 0.5 150\nx\\%s.mp3 0.7 250\n' $a $b >files.f0
printf '{"c/%s.wav": [%s 150.5], "%s.flac": [%s 250.5]}\n' $a "$(printf '150, %.0s' {1..92})" \
    $b "$(printf '250, %.0s' {1..81})" >files.json
printf 'path\tspk\tsex\nc/%s.wav\tA\tM\nc/%s.wav\tB\tF\n' $a $b >files.tsv
printf 'path,unit\n%s.wav,u\nc/%s.wav,v\n' $a $b >unit.csv
gives $spoken,female=55,male=70,high=55,low=70,mid=0,A=70,B=55 -a audio -l files.csv --speakers files.tsv \
    --pitch files.json --pitch-edges 160,200
gives $spoken,high=2,low=2,mid=0 -a audio -l files.ctm --pitch files.f0 --pitch-edges 160,200
"$PROPNEU" count -q "${model[@]}" -a audio -l files.ctm --factor unit=unit.csv -o got.counts ||
    complain 'a factor of files'
printf 'a/%s.wav 0 1 AA\nb/%s.wav 0 1 AA\n' $a $a | tr ' ' '\t' >twins.tsv
refuses 1 "twins.tsv: 'a/$a.wav' and 'b/$a.wav' are both utterance '$a'" count -q "${model[@]}" -a audio \
    -l twins.tsv -o new.counts
sed 's/spk/note/' files.tsv >speakerless.tsv
refuses 1 'speakerless.tsv: line 1: no column of speakers, only of files (path)' count -q "${model[@]}" \
    -a audio -l files.csv --speakers speakerless.tsv -o new.counts
printf '# wav\tgender\n%s\tM\n%s\tF\n' $a $b >speakerless.tsv
refuses 1 'speakerless.tsv: line 2: no column of speakers, only of files (wav)' count -q "${model[@]}" \
    -a audio -l files.csv --speakers speakerless.tsv -o new.counts
mkdir same
for i in 1 2; do
    ln -s "$data/audio/$a.wav" same/9001-$i.wav
    printf '9001-%s.wav,F\n' $i >>each.csv
    rows | sed -n "s/$a/9001-$i/p" | tr ' ' '\t' >>same.tsv
done
"$PROPNEU" count -q "${model[@]}" -a same -l same.tsv --speakers each.csv -o got.counts 2>err
grep -qF 'each.csv: lists recordings, not speakers: each of 2 is a speaker of its own' err ||
    complain "a table of recordings: $(cat err)"

# One recording in two files of a folder; the same names in the folders of two speakers.
mkdir -p twice l2/ABA/wav l2/TNI/wav l2/ABA/annotation l2/TNI/annotation
cp "$data"/audio/*.wav twice
cp "twice/$a.wav" "twice/$a.wav.wav"
grids plain
"$PROPNEU" count "${model[@]}" -a twice -l plain -o got.counts 2>err || complain "twice: $(cat err)"
grep -qF "twice/$a.wav is taken, not twice/$a.wav.wav" err || complain "twice: $(cat err)"
ln -s "$data/audio/$a.wav" l2/ABA/wav/arctic_a0001.wav
ln -s "$data/audio/$b.wav" l2/TNI/wav/arctic_a0001.wav
cp plain/$a.TextGrid l2/ABA/annotation/arctic_a0001.TextGrid
cp plain/$b.TextGrid l2/TNI/annotation/arctic_a0001.TextGrid
printf 'ABA,M\nTNI,F\n' >l2.csv
gives $spoken,female=55,male=70,ABA=70,TNI=55 -a l2 -l l2 --speakers l2.csv

# The IPA, composed or not.
grids ipa 'ç' ə $'l\314\251' o͡ʊ s ˈiː ɖ $'a\314\201' ɡ ʈʷ
gives AE=16,AH=8,D=10,G=14,HH=7,IY=15,L=11,OW=19,S=10,T=15 -a audio -l ipa --phones ipa-mfa

# Parts and contexts; tiers by several names; no phone at all.
grids parts HH AH0,AO1,s L OW1 S IY1 D AA1 G,sil,d 'sil,Z,a'
gives ${spoken%,Z=15} -a audio -l parts
gives AA=16,AO=8,D=10,HH=7,IY=15,L=11,OW=19,S=10,Z=15 -a audio -l parts --label-part 2
"$PROPNEU" count --label-part 3 2>err && complain 'the kind of a label is taken for a phone'
grep -q 'needs 1 or 2' err || complain "--label-part 3: $(cat err)"
grids context 'x^x-hh+ah=l@1_2' hh-ah+l ah-l+ow ow+s 'l~ow-s+iy=x' s-iy d+aa d-aa+g aa-g+z g-z
gives $spoken -a audio -l context
sed -i 's/"phones"/"narrow"/' plain/$a.TextGrid
gives $spoken -a audio -l plain --tier narrow --tier phones
grids unknown u1 u2 u3 u4 u5 u6 u7 u8 u9 u10
refuses 1 "unknown: not one frame is a phone: no label is in the phone table; they are like 'u1', 'u10', 'u2'" \
    count -q "${model[@]}" -a audio -l unknown -o new.counts

# Praat's third form, the aligner's JSON, Kaldi's numbers.
mkdir chronological json
for u in $a $b; do
    printf '%s\n' '"Praat chronological TextGrid text file"' '0 2 ! Time domain.' 2 \
        '"IntervalTier" "words" 0 2' '"IntervalTier" "phones" 0 2' '1 0 2' '"w"' >chronological/$u.TextGrid
    rows | awk -v u=$u '$1 == u { print 2, $2, $3; print "\"" $4 "\"" }' >>chronological/$u.TextGrid
    rows | awk -v u=$u 'BEGIN { printf "{\"start\": 0, \"tiers\": {\"phones\": {\"type\": \"interval\", \"entries\": [" }
        $1 == u { printf "%s[%s, %s, \"%s\"]", n++ ? "," : "", $2, $3, $4 } END { print "]}}}" }' >json/$u.json
done
gives $spoken -a audio -l chronological
gives $spoken -a audio -l json
rows | awk '{ print $1, "A", $2, $3 - $2, NR + 1, "0.98" }
    NR == 1 { print $1, 1, "*", "*", "<ALT_BEGIN>"; print $1, 1, "*", "*", "<ALT>"
        print $1, 1, $2, 0.1, 99; print $1, 1, "*", "*", "<ALT_END>" }' >numbers.ctm
{ echo '<eps> 0' && rows | awk '{ print $4 "_I", NR + 1 }'; } >phones.txt
gives $spoken -a audio -l numbers.ctm --label-table phones.txt
sed -i '$d' phones.txt
refuses 1 'numbers.ctm: line 14: label 11 is not in the label table' count -q "${model[@]}" -a audio \
    -l numbers.ctm --label-table phones.txt -o new.counts

# UTF-16, as Windows writes it; other files under a label file's name; no labels at all.
utf16() {
    printf '\377\376'
    LC_ALL=C sed -z 's/./&\x00/g' "$1"
}
rows | awk '{ print $1, 1, $2, $3 - $2, $4 }' >narrow.ctm
utf16 narrow.ctm >wide.ctm
printf 'audio/%s.wav\r\naudio/%s.wav\r\n' $a $b >narrow.list
utf16 narrow.list >wide.list
gives $spoken -a wide.list -l wide.ctm
mkdir elan
echo '<?xml version="1.0"?><ANNOTATION_DOCUMENT AUTHOR="">' >elan/$a.TextGrid
echo '<?xml version="1.0"?><x>' >elan/$b.TextGrid
"$PROPNEU" count -q "${model[@]}" -a audio -l elan -o new.counts 2>err && complain 'ELAN files are labels'
grep -qF "elan/$a.TextGrid: an ELAN annotation file under another name; export it" err &&
    grep -qF "elan/$b.TextGrid: an XML file, not a TextGrid" err || complain "ELAN: $(cat err)"
sed -i 's/"entries": \[\[.*/"entries": []}}}/' json/$a.json
"$PROPNEU" count -q "${model[@]}" -a audio -l json -o got.counts 2>err && complain 'an empty tier passes'
grep -qF "json/$a.json: no labels in the tier of phones" err || complain "an empty tier: $(cat err)"

# F0 without times, where it fits; inputs that match nothing.
mkdir f0
(yes 150 | head -93) >f0/$a.f0
(yes 250 | head -81) >f0/$b.f0
gives $spoken,high=55,low=70,mid=0 -a audio -l quoted.csv --pitch f0 --pitch-edges 160,200
(yes 250 | head -164) >f0/$b.f0
"$PROPNEU" count -q "${model[@]}" -a audio -l quoted.csv --pitch f0 -o got.counts 2>err &&
    complain "F0 of another step is taken"
grep -qF "f0/$b.f0: line 1: one column, no time: 164 values for a recording of 82 frames" err ||
    complain "F0 without times: $(cat err)"
# Times in another unit, lists of another step: what cannot be is refused, what is odd is told of.
for unit in 'ms 1000 0.01 1' 'frames 100 0.01 1' 'sparse 1 0.7 0' 'slow 1.8 0.01 0' 'good 1 0.01 0'; do
    read -r name times step status <<<"$unit"
    for u in $a $b; do
        awk -v u=$u -v k="$times" -v s="$step" \
            'BEGIN { for (i = 0; i * s < 1.6; i++) printf "%s %.9g 150\n", u, i * s * k }'
    done >"$name.txt"
    "$PROPNEU" count -q "${model[@]}" -a audio -l quoted.csv --pitch "$name.txt" -o new.counts 2>"$name.err"
    [ $? = "$status" ] || complain "F0 in $name: status is not $status"
    rm -f new.counts*
done
grep -qF "ms.txt: $a: times 10 apart that run to 1590, for a recording of 1.87 s: they must be in seconds" ms.err &&
    grep -qF "frames.txt: $a: times 1 apart" frames.err && grep -q 'half a second or more apart' sparse.err &&
    grep -q 'times run to 5.724 s in recordings of 3.5' slow.err && [ ! -s good.err ] ||
    complain "F0 in other units: $(cat ms.err frames.err sparse.err slow.err good.err)"
sed 's/150$/5.01/' good.txt >log.txt
"$PROPNEU" count -q "${model[@]}" -a audio -l quoted.csv --pitch log.txt -o new.counts 2>err
grep -qF 'log.txt: hardly matched: 0 of 320 values looked at are from 30 to 1500 Hz' err ||
    complain "F0 in no Hz: $(cat err)"
rm -f new.counts*
# lists N M: F0 of N and M frames.
lists() {
    awk -v a=$a -v b=$b -v n="$1" -v m="$2" 'function list(n, f0) {
            while (n-- > 0) printf "%s%s", f0, n ? ", " : "" }
        BEGIN { printf "{\"%s\": [", a; list(n, 150.5); printf "], \"%s\": [", b; list(m, 250.5); print "]}" }'
}
lists 186 82 >one.json
lists 186 164 >both.json
lists 74 65 >short.json
lists 92 80 >usual.json
pitched=(-a audio -l quoted.csv --pitch-edges 160,200 --pitch)
"$PROPNEU" count -q "${model[@]}" "${pitched[@]}" one.json -o new.counts 2>err && complain "a list of another step"
grep -qF "one.json: $a: 186 values for a recording of 93 frames of 20 ms" err || complain "one.json: $(cat err)"
rm -f new.counts*
refuses 1 "both.json: $a: 186 values" count -q "${model[@]}" "${pitched[@]}" both.json -o new.counts
gives $spoken,high=52,low=63,mid=0 "${pitched[@]}" short.json
grep -q 'short.json: .* differ by 37 of 176 frames' err || complain "short.json: $(cat err)"
gives $spoken,high=55,low=70,mid=0 "${pitched[@]}" usual.json
[ ! -s err ] || complain "usual.json: $(cat err)"
# Labels that end before the recording: the list is as long as this.
awk -v a=$a -v b=$b 'function list(n, from) { for (i = 0; i < n; i++) printf "%s%s", i ? ", " : "", i < from ? 0 : 150.5 }
    BEGIN { printf "{\"%s\": [", a; list(93, 17); printf "], \"%s\": [", b; list(82, 30); print "]}" }' >late.json
printf '%s 1 0.2 0.14 AA\n%s 1 0.34 0.2 IY\n%s 1 0.1 0.5 AA\n%s 1 0.6 0.2 IY\n' $a $a $b $b >early.ctm
gives AA=32,IY=20,high=0,low=20,mid=0 -a audio -l early.ctm --pitch late.json --pitch-edges 160,200
printf '%s 50 51 x\n' $a >unit.txt
"$PROPNEU" count -q "${model[@]}" -a audio -l quoted.csv --factor unit=unit.txt -o got.counts 2>err &&
    complain "a factor of no frame ends well"
grep -qF "unit.txt: line 1: a value of $a from 50 on, for a recording of 1.87 s: times must be in seconds" err || complain "a factor: $(cat err)"

# Labels of hardly a frame: told even if --quiet; so are labels that run a quarter too far together.
printf '%s 1 0.2 0.05 HH\n%s 1 0.1 0.08 D\n' $a $b >few.ctm
rows | awk '{ print $1, 1, 1.4 * $2, 1.4 * ($3 - $2), $4 }' >slow.ctm
printf '%s 1 2.6 0.2 K\n%s 1 2.2 0.2 K\n' $a $b >>slow.ctm
for table in 'slow.ctm:labels run to 5.2 s in recordings of 3.5' 'few.ctm:frames have a label'; do
    "$PROPNEU" count -q "${model[@]}" -a audio -l "${table%%:*}" -o got.counts 2>err
    grep -qF "${table#*:}" err || complain "${table%%:*}: $(cat err)"
done
# Times of labels in another unit: nothing is counted, or nothing of the recordings that they are of.
for unit in ms:1000 samples:16000 htk:10000000 ten:10; do
    rows | awk -v k=${unit#*:} '{ print $1, 1, k * $2, k * ($3 - $2), $4 }' >"${unit%:*}.ctm"
    refuses 1 "${unit%:*}.ctm: $a: labels that run to" count -q "${model[@]}" -a audio -l "${unit%:*}.ctm" \
        -o new.counts
done
{ grep $a ten.ctm && grep $b narrow.ctm; } >mixed.ctm
"$PROPNEU" count -q "${model[@]}" -a audio -l mixed.ctm -o new.counts 2>err && complain "mixed.ctm ends well"
grep -qF "mixed.ctm: $a: labels that run to 18 s, for a recording of 1.87 s: times must be in seconds" err &&
    grep -qF '1 of 2 recordings were left out' err || complain "mixed.ctm: $(cat err)"
rm -f new.counts*
mkdir htk
for u in $a $b; do
    rows | awk -v u=$u '$1 == u { print 1000 * $2, 1000 * $3, $4 }' >htk/$u.lab
done
refuses 1 'htk: no frame was counted: all labels are too short for one: times must be in seconds' count -q \
    "${model[@]}" -a audio -l htk -o new.counts
exit $failed
