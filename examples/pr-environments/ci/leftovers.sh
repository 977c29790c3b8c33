#!/usr/bin/env bash
# Print, as a JSON array, the preview stacks whose change is no longer open. Reads the numbers of the open ones, a line each.
#
#   gh pr list --state open --limit 1000 --json number --jq '.[].number' >open.txt
#   ci/leftovers.sh <open.txt
#
# The numbers come from a file, so that a call that fails ends the script before this line, and not as "none is open".
set -euo pipefail
cd "$(dirname "$0")/.."
open=$(cat)
stacks=$(pulumi stack ls --json)
OPEN=$open python3 -c '
import json, os, re, sys

still = {f"pr-{number}" for number in os.environ["OPEN"].split()}
names = [stack["name"].split("/")[-1] for stack in json.load(sys.stdin)]
print(json.dumps(sorted(name for name in names if re.fullmatch(r"pr-\d+", name) and name not in still)))
' <<<"$stacks"
