"""A stack of an older release whose resources name a variable that is not listed: nothing is lost, and it can go."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

LISTED = "DASHSCOPE_FT_API_KEY_ENVS"


def _reopened(stage: Any, name: str = "TEAM_B", **environment: str) -> None:
    """The next operations run with these variables, and a program that names this one."""
    known = {"DASHSCOPE_HTTP_BASE_URL": stage.emulator.base_url, "DASHSCOPE_API_KEY": "sk-of-nobody-0123456789"}
    stage.stack = open_stack(
        stage.engine, stage.directory, env={**known, "TEAM_B": stage.key, **environment}, on_line=stage.lines.append
    )
    stage.program(arguments={"api_key_env": name}, data={"api_key_env": name})


def _at_first(stage: Any) -> dict[str, str]:
    """What the first `up` needs in the environment. The plugin is given the settings that the state has, and a job that
    runs is read before it is planned.
    """
    return {LISTED: "TEAM_B"} if stage.flavour.is_plugin else {}


@pytest.fixture
def older(stage: Any) -> Any:
    """A stack with a job that runs, made when any variable could be named: as if it was listed."""
    stage.emulator.configure(keys={stage.key: "llm-b"})
    _reopened(stage, **{LISTED: "TEAM_B"})
    stage.stack.up()
    _reopened(stage)
    return stage


def _refused(stage: Any, operation: str) -> None:
    before, resources = stage.counts(), len(stage.stack.resources)
    with pytest.raises(StackOperationFailed) as caught:
        getattr(stage.stack, operation)()
    said = str(caught.value) + "\n".join(stage.lines)
    assert "pulumi config set dashscope-ft:apiKeyEnvs TEAM_B" in said
    assert f"export {LISTED}=TEAM_B" in said
    assert "SettingsError" not in said, "the message alone, no traceback of ours"
    assert (stage.counts(), len(stage.stack.resources)) == (before, resources)


def test_a_clear_message_then_the_setting_then_all_goes_on(older: Any) -> None:
    for operation in ("preview", "refresh", "destroy"):
        _refused(older, operation)
    before = older.counts()
    _reopened(older, **_at_first(older))
    older.stack.set_config("dashscope-ft:apiKeyEnvs", "TEAM_B")
    older.stack.up()
    _reopened(older)
    older.stack.set_config("dashscope-ft:apiKeyEnvs", "TEAM_B")
    older.stack.preview(expect_no_changes=True)
    older.stack.refresh()
    assert older.counts() == before, "no job is bought for a setting"
    older.stack.destroy()
    assert older.nothing_left()


def test_a_destroy_from_the_state_alone_needs_the_environment_only(older: Any) -> None:
    _refused(older, "destroy")
    _reopened(older, **{LISTED: "TEAM_B"})
    older.stack.destroy()
    assert older.nothing_left()


def test_a_variable_with_a_name_of_dashscope_needs_no_setting(older: Any) -> None:
    before = older.counts()
    _reopened(older, "DASHSCOPE_API_KEY_TEAM_B", DASHSCOPE_API_KEY_TEAM_B=older.key, **_at_first(older))
    older.stack.up()
    _reopened(older, "DASHSCOPE_API_KEY_TEAM_B", DASHSCOPE_API_KEY_TEAM_B=older.key)
    assert older.counts() == before
    older.stack.destroy()
    assert older.nothing_left()
