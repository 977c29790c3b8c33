"""One process, one session: connections shared by account, and nothing raw on the terminal."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import pytest

from pulumi_dashscope_ft.api import SettingsError
from pulumi_dashscope_ft.dynamic.session import Session
from pulumi_dashscope_ft.frontend.accounts import Accounts
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.plugin.cancelling import CancelToken, InterruptibleClock
from pulumi_dashscope_ft.program.terminal import sanitize_for_python

KEY = "sk-0123456789abcdef"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    for name in ("DASHSCOPE_API_KEY", "DASHSCOPE_HTTP_BASE_URL", "DASHSCOPE_API_KEY_FILE_PATH", "DASHSCOPE_API_REGION"):
        monkeypatch.delenv(name, raising=False)
    return Session()


def test_resources_of_one_account_share_one_connection(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(session.connection({}))) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(connection) for connection in found}) == 1
    other = session.connection({"workspaceId": "llm-2"})
    third = session.connection({"apiKeyEnv": "DASHSCOPE_API_KEY"})
    assert len({id(found[0]), id(other), id(third)}) == 3


def test_a_workspace_that_the_service_filled_in_is_no_setting(session: Session) -> None:
    outputs = {"workspaceId": "llm-of-the-service", "__inputs": ["model"]}
    chosen = State.of({**outputs, "__inputs": ["model", "workspaceId"]})
    assert session.settings(State.of(outputs).known_inputs).workspace_id is None
    assert session.settings(chosen.known_inputs).workspace_id == "llm-of-the-service"


def test_configuration_comes_before_the_environment(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "https://env.example.com/api/v1")
    session.configure({"baseUrl": "https://config.example.com/api/v1", "apiKey": KEY, "region": None})
    settings = session.settings({})
    assert settings.base_url == "https://config.example.com/api/v1"
    assert settings.key.read() == KEY
    assert KEY not in repr(settings)
    assert KEY not in repr(session.connection({}))
    assert KEY not in repr(vars(session.connection({}).client))


def test_an_account_of_its_own_never_uses_another_key(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    with pytest.raises(SettingsError, match="DASHSCOPE_OTHER_KEY"):
        session.settings({"apiKeyEnv": "DASHSCOPE_OTHER_KEY"}).check()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("ft-1 \x1b[31mRUNNING\x1b[0m", r"ft-1 \x1b[31mRUNNING\x1b[0m"),
        ("a\rb", "a b"),
        ("bell \x07", r"bell \x07"),
        ("right-to-left \u202egnp.exe", r"right-to-left \u202egnp.exe"),
        (f"key {KEY} seen", "key sk-*** seen"),
        ("onDestroy: retain, hyperParameters.n_epochs", "on_destroy: retain, hyper_parameters.n_epochs"),
        ("set dashscope-ft:workspaceId, not myJobName", "set dashscope-ft:workspaceId, not myJobName"),
        ("what\n  state: RUNNING\n  next:  pulumi destroy", "what\n  state: RUNNING\n  next: pulumi destroy"),
    ],
)
def test_what_is_shown_is_printable(capsys: pytest.CaptureFixture[str], session: Session, raw: str, shown: str) -> None:
    assert sanitize_for_python(raw) == shown
    session.lines.report(raw)
    assert capsys.readouterr().out == shown + "\n"


def test_a_warning_is_shown_once(capsys: pytest.CaptureFixture[str], session: Session) -> None:
    for _ in range(3):
        session.lines.report_once("warning: x")
    assert capsys.readouterr().out == "warning: x\n"


def test_a_host_that_is_not_widened_says_so_once(capsys: pytest.CaptureFixture[str], session: Session) -> None:
    session.configure({})
    session.configure({})
    assert capsys.readouterr().out.count("four steps at a time") == 1


def test_providers_hold_nothing() -> None:
    from pulumi_dashscope_ft.dynamic import provider

    for kind in (provider.FineTuningJobProvider, provider.TrainingFileProvider, provider.StackIdentityProvider):
        assert vars(kind()) == {}
        assert vars(pickle.loads(pickle.dumps(kind()))) == {}  # noqa: S301


def test_accounts_of_one_host_stand_in_one_queue_whatever_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service counts the calls of all keys of an account together; a plugin has a clock of its own."""
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_OTHER_KEY", KEY)

    def limiters(accounts: Accounts, *properties: dict[str, str]) -> set[int]:
        return {id(accounts.connection(one).client.fine_tunes._caller._limiter) for one in properties}

    every: tuple[dict[str, str], ...] = ({}, {"workspaceId": "llm-2"}, {"apiKeyEnv": "DASHSCOPE_OTHER_KEY"})
    plugin = Accounts(print, InterruptibleClock(CancelToken()))
    assert len(limiters(plugin, *every)) == 1
    assert limiters(plugin, *every).isdisjoint(limiters(Accounts(print, InterruptibleClock(CancelToken())), *every))
    assert len(limiters(Accounts(print), *every) | limiters(Accounts(print), *every)) == 1
    elsewhere = Accounts(print, InterruptibleClock(CancelToken()))
    before = limiters(elsewhere, {})
    elsewhere.configure({"baseUrl": "https://elsewhere.example/api/v1"})
    assert before.isdisjoint(limiters(elsewhere, {}))
