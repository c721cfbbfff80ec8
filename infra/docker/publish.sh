#!/bin/sh
# publish FROM TO: puts the build that FROM holds into the volume TO and makes it the one that nginx serves, in one step.
# The build before stays as `previous`, for pages that were opened before and still ask for its files; older ones go.
set -eu

from=$1 to=$2
cd "$from"
build=$(echo *)
cd "$to"
rm -rf .unfinished-* .previous.new .current.new
now=$(readlink current 2>/dev/null || true)

if [ ! -d "$build" ]; then
  cp -R "$from/$build" ".unfinished-$build"
  sync
  mv ".unfinished-$build" "$build"
fi
if [ "$now" != "$build" ]; then
  if [ -n "$now" ] && [ -d "$now" ]; then
    ln -s "$now" .previous.new
    mv -T .previous.new previous
  fi
  ln -s "$build" .current.new
  mv -T .current.new current
fi

kept=$(readlink previous 2>/dev/null || true)
for folder in *; do
  [ -d "$folder" ] && [ ! -L "$folder" ] || continue
  [ "$folder" = "$build" ] || [ "$folder" = "$kept" ] || rm -rf "$folder"
done
echo "Published $build."
