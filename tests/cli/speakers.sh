#!/bin/bash
# What count keeps of the speakers: the factor by default, the columns of their table, strata, and
# an utterance factor; alike in shards.
. "$srcdir/tests/cli/lib.sh"
data=$(cd "$srcdir/tests/data" && pwd)
cd "$dir" || exit 1

# 12 recordings of four speakers.
mkdir audio labels
for i in $(seq 100 111); do
    name=s$((i % 4))-$i
    ln -s "$data/audio/$((9001 + i % 2))-100001-0000.wav" "audio/$name.wav"
    printf '%s\n' 'File type = "ooTextFile"' 'Object class = "TextGrid"' '' 0 1.8 '<exists>' 1 \
        '"IntervalTier"' '"phones"' 0 1.8 3 0 0.6 '"AH0"' 0.6 1.2 "\"P$((i % 3))\"" 1.2 1.8 '"N"' \
        >"labels/$name.TextGrid"
done
printf '%s\n' 'speaker,gender,engine,remark,take' 's0,F,fest,"x",1' 's1,M,fest,,1' 's2,F,flite,z,1' \
    's3,M,flite,\\,1' 's3,M,flite,\\,2' 's9,M,nobody,,3' >speakers.csv
base=(count -q -m "$data/models/g_melhubert_20ms/hf" --mean-std "$data/info/mean-std.npy"
    -a audio -l labels)
corpus=("${base[@]}" --speakers speakers.csv)

# has FILE TEXT: the header of FILE holds TEXT.
has() {
    head -c 4000 "$1" | grep -aqF -- "$2" || complain "$1 has no $2: $(head -c 1500 "$1")"
}

# info FILE KEY: the values of the keys that match KEY in the TSV of info.
info() {
    "$PROPNEU" info --format tsv "$1" | sed -n "s/^$2	//p" | paste -sd,
}

# The speaker is kept by default, with what the table says of it; what differs within a speaker is
# not.  Without a table all is as before.
"$PROPNEU" "${corpus[@]}" --strata engine -o all.counts || complain "count failed"
has all.counts '"factors":"phone,gender,speaker"'
has all.counts '"levels.speaker":"[\"s0\",\"s1\",\"s2\",\"s3\"]"'
has all.counts '"speaker.engine":"[\"fest\",\"fest\",\"flite\",\"flite\"]"'
has all.counts '"speaker.remark":"[\"x\",\"\",\"z\",\"\\\\\\\\\"]"'
has all.counts '"speaker_strata":"engine"'
head -c 4000 all.counts | grep -aq 'speaker.take' && complain "a column that varies was kept"
[ "$(info all.counts speaker_strata)" = engine ] || complain "info does not tell the strata"
[ "$(info all.counts 'speaker\.[0-9]*\.engine')" = fest,fest,flite,flite ] ||
    complain "info does not tell the engines: $("$PROPNEU" info --format tsv all.counts)"
"$PROPNEU" "${base[@]}" -o plain.counts || complain "count without speakers failed"
has plain.counts '"factors":"phone"'
"$PROPNEU" "${base[@]}" --by phone,speaker -o plain.counts || complain "count --by failed"
has plain.counts '"factors":"phone,speaker"'
head -c 4000 plain.counts | grep -aq 'speaker\.' && complain "columns of no table"
"$PROPNEU" "${corpus[@]}" --by phone,gender -o plain.counts || complain "count --by gender failed"
has plain.counts '"factors":"phone,gender"'
head -c 4000 plain.counts | grep -aq 'speaker\.' && complain "columns without the factor"
"$PROPNEU" "${corpus[@]}" --by phone,speaker --strata remark -o plain.counts ||
    complain "count --by phone,speaker failed"
has plain.counts '"speaker_strata":"remark"'
echo '{"s0":"F","s1":"M","s2":"F","s3":"M"}' >speakers.json
"$PROPNEU" "${base[@]}" --speakers speakers.json -o plain.counts ||
    complain "count with a JSON table failed"
has plain.counts '"factors":"phone,gender,speaker"'

# A gender that is not known is no third one: the recordings are counted without, which is noted.
for unknown in - '' NA unknown; do
    echo "{\"s0\":\"F\",\"s1\":\"M\",\"s2\":\"$unknown\",\"s3\":\"M\"}" >speakers.json
    "$PROPNEU" "${base[@]:0:1}" "${base[@]:2}" --speakers speakers.json -o none.counts 2>err ||
        complain "count with a gender '$unknown' failed: $(cat err)"
    has none.counts '"levels.gender":"[\"female\",\"male\"]"'
    grep -q '3 recordings are of speakers without a gender' err || complain "no note: $(cat err)"
    [ "$(info none.counts frames_counted)" = "$(info all.counts frames_counted)" ] || complain 'frames are lost'
done

# Genders of other words are levels, which is said.
echo '{"s0":"F","s1":"M","s2":"English","s3":"0"}' >speakers.json
"$PROPNEU" "${base[@]}" --speakers speakers.json -o none.counts 2>err || complain "count failed"
has none.counts '"levels.gender":"[\"0\",\"English\",\"female\",\"male\"]"'
grep -qF "speakers.json: genders other than female and male: 'English', '0' (6 recordings)" err ||
    complain "other genders are not told: $(cat err)"
printf '%s\n' s0,30,F s1,31,M s2,32,w s3,33,man >columns.csv
"$PROPNEU" "${base[@]}" --speakers columns.csv -o none.counts 2>err || complain "count failed"
has none.counts '"levels.gender":"[\"female\",\"male\"]"'
[ -s err ] && complain "genders are told to be others: $(cat err)"
cut -d, -f1,2 columns.csv >ages.csv
refuses 1 'ages.csv: column 2 holds no genders (30, 31, 32, ...): say which column by a header with speaker and gender' \
    "${base[@]}" --speakers ages.csv -o new.counts

# Shards have the columns, too, and make the same file; one that contradicts another is refused.
for k in 1 2 3; do
    "$PROPNEU" "${corpus[@]}" --strata engine --shard $k/3 -o $k.counts || complain "shard $k failed"
done
"$PROPNEU" merge -o merged.counts 3.counts 1.counts 2.counts || complain "merge failed"
cmp all.counts merged.counts || complain "shards with columns are not the whole"
sed 's/^s1,M,fest/s1,M,flite/' speakers.csv >other.csv
"$PROPNEU" "${base[@]}" --speakers other.csv -o other.counts || complain "count failed"
refuses 1 "other.counts cannot be added to all.counts: engine of speaker s1 is 'flite', not 'fest'" \
    merge -o new.counts all.counts other.counts
"$PROPNEU" "${corpus[@]}" --strata remark -o other.counts || complain "count failed"
refuses 1 "strata are by 'remark', not 'engine'" merge -o new.counts all.counts other.counts

# By utterance: its cells add up to those of the others.
"$PROPNEU" "${corpus[@]}" --by phone,gender,speaker,utterance -o each.counts ||
    complain "--by utterance failed"
has each.counts '"factors":"phone,gender,speaker,utterance"'
[ "$(info each.counts 'utterance\.[0-9]*\.utterance' | tr ',' '\n' | wc -l)" = 12 ] || complain "not 12 utterances"
for file in all each; do
    "$PROPNEU" neurons $file.counts --property gender --format tsv >$file.tsv || complain "neurons $file"
done
cmp all.tsv each.tsv || complain "counts by utterance do not add up to those without"

# What it costs is told, and what would cost too much is not done unless it is asked for: four
# speakers x 41 phones x 3 x 250 neurons x 7000 levels x 2 bytes.
"$PROPNEU" "${corpus[@]:0:1}" "${corpus[@]:2}" -o new.counts 2>err || complain "count: $(cat err)"
grep -q 'new.counts: 0.0 MB, as counted by 4 speakers (0.0 MB with --by phone,gender)' err ||
    complain "the cost is not told: $(cat err)"
rm new.counts
for i in $(seq 7000); do echo "u$i x$i"; done >units.txt
echo 's0-100 x1' >>units.txt
large=("${corpus[@]:0:1}" "${corpus[@]:2}" --factor unit=units.txt)
for shard in 1/1 2/3; do
    "$PROPNEU" "${large[@]}" --shard $shard -o large.counts 2>err || complain "count: $(cat err)"
    grep -q 'large.counts: speakers are not told apart, as they could take 1.7 GB: --by phone,gender,speaker keeps them$' err ||
        complain "nothing is said of speakers left out: $(cat err)"
    has large.counts '"factors":"phone,gender,unit"'
done
"$PROPNEU" "${large[@]}" --strata engine -o large.counts 2>err || complain "count: $(cat err)"
grep -q 'keeps them, and with them --strata$' err || complain "nothing is said of strata left out"
"$PROPNEU" "${large[@]}" --by phone,gender,speaker -o large.counts 2>err || complain "count: $(cat err)"
has large.counts '"factors":"phone,gender,speaker,unit"'

refuses 1 "speakers.csv: no column 'gender' (there are: engine, remark)" "${corpus[@]}" \
    --strata gender -o new.counts
printf 'speaker,age\ns1,3\ns2,4\n' >ages.csv
refuses 1 'ages.csv: line 1: no column called gender or sex' "${base[@]}" --speakers ages.csv -o new.counts
refuses 1 "no column 'take'" "${corpus[@]}" --strata take -o new.counts
refuses 1 "(there are: none)" "${base[@]}" --speakers speakers.json --strata x -o new.counts
refuses 2 '--strata needs --speakers' "${base[@]}" --strata engine -o new.counts
refuses 2 '--strata needs speaker in --by' "${corpus[@]}" --by phone,gender --strata engine -o new.counts
refuses 2 '--by needs some of phone,gender,pitch,speaker,utterance' "${corpus[@]}" --by utt -o new.counts
refuses 2 "none of propneu's own" "${corpus[@]}" --factor utterance=units.txt -o new.counts
exit $failed
