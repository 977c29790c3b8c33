"""A program that runs in process lends nothing to what is started for another stack meanwhile."""

from __future__ import annotations

import os

import pytest

from pulumi_dashscope_ft.testing.environment import lent, own_environment


def test_what_a_program_was_lent_reaches_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "as it was")
    before = dict(os.environ)
    with lent({"LENT": "1", "KEPT": "changed"}):
        assert (os.environ["LENT"], os.environ["KEPT"]) == ("1", "changed")
        assert own_environment() == before
    assert dict(os.environ) == before == own_environment()
