"""Values that Pulumi can't carry, and paths: what a Python program may give, and what it reads otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")

PROGRAM = """
import dataclasses, datetime, decimal, enum, pathlib, uuid
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

@dataclasses.dataclass
class Settings:
    n_epochs: int = 3

class Size(enum.Enum):
    SMALL = 16

data = TrainingFile("data", path=PATH)
given = ARGUMENTS
FineTuningJob("job", **{"model": "qwen3-8b", "training_file_ids": [data.file_id],
                        "hyper_parameters": {"n_epochs": 3}, **given})
"""

RATE = "{'hyper_parameters': {'n_epochs': 3, 'learning_rate': VALUE}}"
WRONG = {
    "bytes": ("{'model': b'qwen3-8b'}", ["model: is bytes", ".decode("]),
    "decimal": (
        RATE.replace("VALUE", "decimal.Decimal('1e-4')"),
        ["hyper_parameters.learning_rate: is a Decimal", "float("],
    ),
    "date": ("{'triggers': [1, datetime.datetime(2026, 1, 1)]}", ["triggers[1]: is a datetime", ".isoformat()"]),
    "set": (RATE.replace("VALUE", "{1, 2}"), ["hyper_parameters.learning_rate: is a set", "sorted("]),
    "object": ("{'hyper_parameters': Settings()}", ["hyper_parameters: is a Settings", "a dict"]),
    "enum": (RATE.replace("VALUE", "Size.SMALL"), ["hyper_parameters.learning_rate: is a Size", ".value"]),
    "range": ("{'triggers': range(3)}", ["triggers: is a range", "list("]),
    "number as key": ("{'hyper_parameters': {1: 2}}", ["hyper_parameters: has a key that is an int", "quotes"]),
    "path elsewhere": ("{'job_name': pathlib.Path('x')}", ["job_name: is a PosixPath", "str("]),
    "nested": (
        RATE.replace("VALUE", "{'a': [{'b': decimal.Decimal(1)}]}"),
        ["hyper_parameters.learning_rate.a[0].b: is a Decimal"],
    ),
    "output": ("{'model': pulumi.Output.from_input(b'qwen3-8b')}", ["model: is bytes", ".decode("]),
    "secret": (
        "{'hyper_parameters': pulumi.Output.secret({'note': b'hush-hush'})}",
        ["hyper_parameters.note: is bytes"],
    ),
    "two at once": ("{'model': b'm', 'job_name': {1}}", ["model: is bytes", "job_name: is a set"]),
}


def written(stage: Any, *, path: str = "'train.jsonl'", arguments: str = "{}") -> None:
    stage.write(PROGRAM.replace("PATH", path).replace("ARGUMENTS", arguments))


def refused(stage: Any, needed: list[str]) -> None:
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.up()
    shown = "\n".join([str(caught.value), *stage.lines])
    for word in ("FineTuningJob job has inputs that Pulumi can't carry", "next:", *needed):
        assert word in shown, shown
    for internal in ("Traceback", "_PropertyName", "site-packages", "hush-hush"):
        assert internal not in shown, shown
    assert not stage.emulator.jobs


@pytest.mark.parametrize("engine", ["local"], indirect=True)
@pytest.mark.parametrize("case", WRONG)
def test_what_cant_be_carried_is_named_with_what_to_write(stage: Any, case: str) -> None:
    arguments, needed = WRONG[case]
    written(stage, arguments=arguments)
    refused(stage, needed)


def test_a_decimal_and_bytes_of_an_output(stage: Any) -> None:
    """On the real engine, too: what the language host makes of an error in an output is its own."""
    written(stage, arguments=RATE.replace("VALUE", "pulumi.Output.from_input(decimal.Decimal(1))"))
    refused(stage, ["hyper_parameters.learning_rate: is a Decimal"])
    written(stage, arguments=WRONG["two at once"][0])
    refused(stage, WRONG["two at once"][1])


PATHS = (
    "pathlib.Path('train.jsonl')",
    "pathlib.Path(__file__).parent / 'train.jsonl'",
    "pulumi.Output.from_input(pathlib.Path('train.jsonl'))",
)


@pytest.mark.parametrize("engine", ["local"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_a_path_may_be_a_path(stage: Any, path: str) -> None:
    written(stage, path=path)
    stage.stack.up()
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.stack.preview(expect_no_changes=True)


def test_a_path_and_its_text_are_the_same(stage: Any) -> None:
    written(stage)
    stage.stack.up()
    written(stage, path=PATHS[0])
    stage.stack.preview(expect_no_changes=True)
    stage.stack.destroy()
    assert stage.nothing_left()
