"""What plans and a destroy say, by status of the job and by change. Texts may change on purpose: see README.md."""

from __future__ import annotations

import re
from typing import Any

import pytest
from golden_files import changed, recorded

pytestmark = pytest.mark.timeout(900)  # whole stacks, on a machine that may be busy
LONGER = {"n_epochs": 4, "learning_rate": "1.6e-5", "batch_size": 16, "max_length": 2048, "save_total_limit": 3}
CHANGES: dict[str, dict[str, Any]] = {
    "model": {
        "change": {"model": "qwen3-14b"},
        "changes": {
            "units": {"capacity": 3},
            "stopped": {"capacity": 1},
            "early": {"model_display_name": "another"},
            "model": {"model": "qwen3-14b"},
            "adopted": {"model": "qwen3-14b"},
        },
    },
    "tuning": {
        "change": {"hyper_parameters": LONGER, "triggers": ["again"], "job_name": "mine"},
        "changes": {
            "units": {"rpm_limit": 900},
            "tuned": {"suffix": "blue"},
            "stays": {"plan": "mu", "capacity": 1, "deploy_spec": "MU1"},
            "early": {"checkpoint": "checkpoint-20"},
            "model": {"triggers": ["again"]},
        },
    },
    "steering": {
        "change": {"expires_in": "30d", "max_runtime": "6h", "rerun_on": ["FAILED", "CANCELED"]},
        "changes": {"expiring": {"expires_in": None}, "steered": {"max_runtime": None}, "units": {"triggers": ["1"]}},
    },
    "data": {},
}
"""By name: settings of the program; `data` is other content of the training file."""


def spoken(result: Any, stage: Any) -> list[str]:
    """The lines of a run, sorted (resources are dealt with at once), with names in braces instead of ids. How long a
    wait took is no matter of texts.
    """
    names = {one: f"{{{name.partition(' ')[2]}}}" for name, one in stage.ids_then.items()}
    ids = re.compile("|".join(re.escape(one) for one in sorted(names, key=len, reverse=True)))
    lines = {ids.sub(lambda found: names[found[0]], line) for line in result.output}
    return sorted(line for line in lines if not re.fullmatch(r"\{\S+\} [A-Z]+ .*\d+s", line))


@pytest.fixture
def speaking(local_golden: Any, stage: Any) -> Any:
    found = stage(local_golden)
    found.ids_then = found.ids
    return found


def test_what_plans_say(local_golden: Any, speaking: Any) -> None:
    told = {}
    for name, settings in CHANGES.items():
        if name == "data":
            with (speaking.directory / "train.jsonl").open("a") as file:
                file.write((speaking.directory / "valid.jsonl").read_text())
        speaking.program(**settings)
        told[name] = spoken(speaking.stack.preview(), speaking)
    assert speaking.changes() == {}
    assert changed(recorded(f"texts/plans-{local_golden.flavour}.json", told), told) == []


def test_what_destroy_says(local_golden: Any, speaking: Any) -> None:
    speaking.emulator.configure(canceling_seconds=0, deleting_seconds=0)
    told = {"destroy": spoken(speaking.stack.destroy(), speaking)}
    assert changed(recorded(f"texts/destroy-{local_golden.flavour}.json", told), told) == []
