#!/usr/bin/env bash
# Tear a preview down, remove its stack, and write down in Markdown what became of each object.
#
#   ci/down.sh STACK      COMMENT=comment.md  DASHSCOPE_FT_REPORT=teardown.jsonl  ATTEMPTS=3  PAUSE=30  UNLOCK=no
#
# Needs Pulumi.yaml and the package, not the program and not the data. Safe to run again, and to be killed: the next run
# goes on. UNLOCK=yes removes the lock that a killed run has left on the stack; only where nothing else can be working
# on it, which the pipelines see to.
# shellcheck disable=SC2016  # backquotes in quotes are Markdown
set -euo pipefail
cd "$(dirname "$0")/.."
stack=$1
comment=${COMMENT:-comment.md}
attempts=${ATTEMPTS:-3}
export DASHSCOPE_FT_REPORT=${DASHSCOPE_FT_REPORT:-$PWD/teardown.jsonl}

printf '### Preview `%s`\n\nThe teardown did not start; the log says why.\n' "$stack" >"$comment"
# Two lines: a backend that can't be read must not pass for one without this stack.
stacks=$(pulumi stack ls --json)
if ! python3 -c 'import json, sys; sys.exit(sys.argv[1] not in [s["name"].split("/")[-1] for s in json.load(sys.stdin)])' \
  "$stack" <<<"$stacks"; then
  printf '### Preview `%s`\n\nThere is no such stack: nothing to tear down.\n' "$stack" | tee "$comment"
  exit 0
fi

gone=no
for ((attempt = 1; attempt <= attempts; attempt++)); do
  if [ "${UNLOCK:-no}" = yes ]; then pulumi cancel --yes "$stack" >&2 || true; fi
  if pulumi destroy --stack "$stack" --yes --skip-preview --non-interactive --color never; then
    gone=yes
    break
  fi
  echo "ci/down.sh: attempt $attempt of $attempts to destroy $stack has failed" >&2
  if [ "$attempt" -lt "$attempts" ]; then sleep "${PAUSE:-30}"; fi
done

touch "$DASHSCOPE_FT_REPORT"
{
  printf '### Preview `%s`\n\n' "$stack"
  dashscope-ft report "$DASHSCOPE_FT_REPORT" --format markdown || true
  if [ "$gone" = no ]; then printf '\n**The stack stays**, with all that is left; the next teardown goes on from there.\n'; fi
} >"$comment"
if [ "$gone" = no ]; then exit 1; fi
pulumi stack rm --yes --stack "$stack"
