#!/usr/bin/env bash
# Print, as a JSON array, the preview stacks whose change is not open.
#
#   pulumi stack ls --json >stacks.json
#   gh pr list --state open --limit 1000 --json number --jq '.[].number' >open.txt
#   ci/leftovers.sh stacks.json open.txt
#
# In this order: a change that is opened in between has no stack in the list, instead of a stack and no change. And from
# files, so that a call that fails ends the script before this line, and not as "none is open".
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -c '
import json, re, sys

stacks, changes = (open(file, encoding="utf-8").read() for file in sys.argv[1:])
still = {f"pr-{number}" for number in changes.split()}
names = [stack["name"].split("/")[-1] for stack in json.loads(stacks)]
print(json.dumps(sorted(name for name in names if re.fullmatch(r"pr-\d+", name) and name not in still)))
' "$1" "$2"
