#!/bin/sh
# Resolves each dependency group of pyproject.toml into requirements/GROUP.txt, with hashes and, as uv does by itself,
# without the address of any index. Run by `make lock`; uv lives in a throw-away environment, since nothing else needs it.
#
#   sh infra/lock.sh [PYTHON]
set -eu

cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT INT TERM
"${1:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv

# dev first and the others held to it, so that a .venv made for the tests runs exactly what the demo runs.
for group in dev proof demo backend cli; do
  constraint=
  [ "$group" = dev ] || constraint="--constraint requirements/dev.txt"
  # shellcheck disable=SC2086 # two words or none
  "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --group "$group" $constraint -o "requirements/$group.txt"
  echo "requirements/$group.txt"
done
# What looks for known flaws has an environment of its own, and is held to nothing.
"$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --group audit -o requirements/audit.txt
echo "requirements/audit.txt"
