#!/usr/bin/env bash
# Say what the run will cost, and fail when that may be more than the budget, or is not known. Nothing is sent anywhere.
#
#   ci/estimate.sh BUDGET        such as "1 CNY"
#
# Model and hyper-parameters are those of run.json, which the program reads, too.
set -euo pipefail
cd "$(dirname "$0")/.."

listed=$(
  python3 -c '
import json

run = json.load(open("run.json", encoding="utf-8"))
print(run["model"], "--training-type=" + run["training_type"], sep="\n")
for name, value in run["hyper_parameters"].items():
    print(f"--hyper-parameter={name}={value}")
'
)
mapfile -t arguments <<<"$listed"
model=${arguments[0]}
exec dashscope-ft estimate data/train.jsonl --model "$model" --max-cost "$1" "${arguments[@]:1}"
