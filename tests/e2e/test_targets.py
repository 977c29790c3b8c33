"""`--target` in the first `up` of a stack: what leaves out the identity, which the user never declared, says so."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.identity.resource import TARGET
from pulumi_dashscope_ft.testing import StackOperationFailed


def urn(stage: Any, kind: str, name: str) -> str:
    package = "dashscope-ft:index" if stage.flavour.is_plugin else "pulumi-python:dynamic/dashscope-ft"
    return f"urn:pulumi:test::shop::{package}:{kind}::{name}"


@pytest.mark.parametrize("flavour", ["dynamic"], indirect=True)
def test_the_first_targeted_preview_says_which_target_to_add(stage: Any) -> None:
    # In an `up` without a preview the engine asks no provider, and names the identity itself.
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.preview(target=[urn(stage, "TrainingFile", "data")])
    message = str(caught.value)
    for needed in ("TrainingFile data", "--target", f"'{TARGET}'", "done:", "next:", "nothing was"):
        assert needed in message
    assert "Traceback" not in message
    assert stage.counts() == {}


def test_the_first_targeted_up_with_the_identity_works(stage: Any) -> None:
    file, job = urn(stage, "TrainingFile", "data"), urn(stage, "FineTuningJob", "job")
    # The local engine takes no patterns.
    identity = TARGET if stage.engine == "command" else urn(stage, "StackIdentity", "dashscope-ft")
    stage.stack.up(target=[file] if stage.flavour.is_plugin else [file, identity])
    assert stage.counts() == {"upload": 1}
    stage.stack.up(target=[job])  # from now on a target alone is enough
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.stack.destroy()
    assert stage.nothing_left()
