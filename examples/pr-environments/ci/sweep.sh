#!/usr/bin/env bash
# Compare what lives in the account with the state of every preview, and write a report in Markdown.
#
#   ci/sweep.sh                       only looks
#   ci/sweep.sh --execute --yes       ends orphans and what has expired      COMMENT=sweep.md  REFRESH=no
#
# REFRESH=yes brings each state up to date first (ci/refresh.sh says why); only where nothing else can be working on any
# of them, which a pipeline may not be able to see to: then run ci/refresh.sh for each stack, in the group of that stack.
# A stack that can't be refreshed (it is locked: somebody may be at work on it) is left alone by the sweep as well.
set -euo pipefail
cd "$(dirname "$0")/.."
comment=${COMMENT:-sweep.md}
# As YAML has it: bare or in quotes, perhaps with a comment behind it.
project=$(sed -nE "s/^name:[[:space:]]*[\"']?([^\"'#[:space:]]+).*/\1/p" Pulumi.yaml)

# No preview at all is an answer, too; to the sweep it would look like a wrong project.
previews=$(pulumi stack ls --json)
if [[ "$previews" != *'"name"'* ]]; then
  echo "There is no preview, so nothing was compared." | tee "$comment"
  exit 0
fi

if [ "${REFRESH:-no}" = yes ]; then
  stacks=$(pulumi stack ls --json)
  names=$(python3 -c 'import json, sys; print(*(stack["name"] for stack in json.load(sys.stdin)), sep="\n")' <<<"$stacks")
  for stack in $names; do
    ci/refresh.sh "$stack" >&2 || echo "ci/sweep.sh: $stack could not be refreshed" >&2
  done
fi

ended=0
dashscope-ft sweep --project "$project" --format markdown "$@" >"$comment" || ended=$?
cat "$comment"
# 2 is an answer, no failure: there is something to do, and nobody has said --execute.
if [ "$ended" = 2 ]; then exit 0; fi
exit "$ended"
