#!/usr/bin/env bash
# Bring a preview up, and write down in Markdown how it stands.
#
#   ci/up.sh STACK        COMMENT=comment.md PREVIEW_BUDGET="1 CNY"
#
# What the run will cost is in the comment. When it may be more than PREVIEW_BUDGET, nothing is started.
# Safe to run again: a push that changes nothing buys nothing, and what a killed run had started is taken over.
# shellcheck disable=SC2016  # backquotes in quotes are Markdown
set -euo pipefail
cd "$(dirname "$0")/.."
stack=$1
comment=${COMMENT:-comment.md}
budget=${PREVIEW_BUDGET:-1 CNY}

printf '### Preview `%s`\n\n`pulumi up` did not start; the log says why.\n' "$stack" >"$comment"

ended=0
ci/estimate.sh "$budget" 2>&1 | tee estimate.txt || ended=$?
if [ "$ended" != 0 ]; then
  {
    printf '### Preview `%s`\n\n' "$stack"
    printf '**Nothing was started.** A preview may cost `%s`, and this one:\n\n`````text\n' "$budget"
    cat estimate.txt
    printf '`````\n'
  } >"$comment"
  exit "$ended"
fi

pulumi stack select --create "$stack"
# The provider holds the budget as well, for all that the program starts, whatever run.json says.
pulumi config set --stack "$stack" dashscope-ft:maxCostPerUp "$budget"

ended=0
pulumi up --stack "$stack" --yes --skip-preview --non-interactive --color never 2>&1 | tee up.log || ended=$?

# Five backquotes: what the log quotes can't end the block.
{
  printf '### Preview `%s`\n\n' "$stack"
  if [ "$ended" != 0 ]; then printf '**`pulumi up` has failed.** What was started is in the state and is billed.\n\n'; fi
  printf 'A new run costs (budget: `%s`):\n\n`````text\n' "$budget"
  cat estimate.txt
  printf '`````\n\n`````text\n'
  pulumi stack output --stack "$stack" || true
  printf '`````\n\n<details><summary>pulumi up</summary>\n\n`````text\n'
  tail -n 60 up.log
  printf '`````\n\n</details>\n'
} >"$comment"
exit "$ended"
