#!/usr/bin/env bash
# Bring a preview up, and write down in Markdown how it stands.
#
#   ci/up.sh STACK        COMMENT=comment.md
#
# Safe to run again: a push that changes nothing buys nothing, and what a killed run had started is taken over.
# shellcheck disable=SC2016  # backquotes in quotes are Markdown
set -euo pipefail
cd "$(dirname "$0")/.."
stack=$1
comment=${COMMENT:-comment.md}

printf '### Preview `%s`\n\n`pulumi up` did not start; the log says why.\n' "$stack" >"$comment"
pulumi stack select --create "$stack"

ended=0
pulumi up --stack "$stack" --yes --skip-preview --non-interactive --color never 2>&1 | tee up.log || ended=$?

# Five backquotes: what the log quotes can't end the block.
{
  printf '### Preview `%s`\n\n' "$stack"
  if [ "$ended" != 0 ]; then printf '**`pulumi up` has failed.** What was started is in the state and is billed.\n\n'; fi
  printf '`````text\n'
  pulumi stack output --stack "$stack" || true
  printf '`````\n\n<details><summary>pulumi up</summary>\n\n`````text\n'
  tail -n 60 up.log
  printf '`````\n\n</details>\n'
} >"$comment"
exit "$ended"
