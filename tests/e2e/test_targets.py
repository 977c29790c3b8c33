"""`--target` in the first `up` of a stack: what leaves out the identity, which the user never declared, says so."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.stack_identity import TARGET
from pulumi_dashscope_ft.testing import StackOperationFailed


def urn(stage: Any, kind: str, name: str) -> str:
    package = "dashscope-ft:index" if stage.flavour.is_plugin else "pulumi-python:dynamic/dashscope-ft"
    return f"urn:pulumi:test::shop::{package}:{kind}::{name}"


def test_the_first_targeted_up_says_which_target_to_add(stage: Any) -> None:
    file, job = urn(stage, "TrainingFile", "data"), urn(stage, "FineTuningJob", "job")
    if not stage.flavour.is_plugin:
        for operation in (stage.stack.preview, stage.stack.up):
            with pytest.raises(StackOperationFailed) as caught:
                operation(target=[file])
            message = str(caught.value)
            for needed in ("TrainingFile data", "--target", f"'{TARGET}'", "done:", "next:", "nothing was"):
                assert needed in message
            assert "Traceback" not in message
        assert stage.counts() == {}
    # What the message says to type.
    identity = TARGET if stage.engine == "command" else urn(stage, "StackIdentity", "dashscope-ft")
    more = [] if stage.flavour.is_plugin else [identity]
    stage.stack.preview(target=[file, *more])
    stage.stack.up(target=[file, *more])
    assert stage.counts() == {"upload": 1}
    # From now on a target alone is enough.
    stage.stack.up(target=[job])
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.stack.preview(expect_no_changes=True)
    stage.stack.destroy()
    assert stage.nothing_left()
