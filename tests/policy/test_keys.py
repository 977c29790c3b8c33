"""A key in the stack's configuration is found, unless it is encrypted there; its text is shown nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from policy_host import PolicyHost

KEY = "sk-0123456789abcdef"
STACK = "pulumi:pulumi:Stack"
NAME = "dashscope-ft:apiKey"


def said(host: PolicyHost) -> list[str]:
    found = host.analyze(STACK, {}, name="shop-dev")
    assert {each.policy for each in found} <= {"no-plain-key"}
    assert not [each for each in found if KEY in each.message]
    return [each.message for each in found]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def host(start: Callable[..., PolicyHost], folder: Path) -> PolicyHost:
    """Of a stack that has a key in its configuration, under two names."""
    return start(configuration={NAME: KEY, "dashscope-ft:region": "cn-beijing", "shop:models": KEY}, folder=folder)


@pytest.fixture
def write(folder: Path) -> Iterator[Callable[[str], None]]:
    """Writes the stack's file."""
    file = folder / "Pulumi.dev.yaml"

    def written(content: str) -> None:
        file.write_text(content)

    yield written
    file.unlink(missing_ok=True)


def test_a_configuration_without_a_key_passes(start: Callable[..., PolicyHost]) -> None:
    assert said(start(configuration={"dashscope-ft:region": "cn-beijing"})) == []


def test_plain_keys_are_refused_under_any_name(host: PolicyHost, write: Callable[[str], None]) -> None:
    write(f"config:\n  {NAME}: {KEY}\n  dashscope-ft:region: cn-beijing\n  shop:models: {KEY}\n")
    first, second = said(host)
    assert f"A key is in Pulumi.dev.yaml in plain text: {NAME}." in first
    assert f"pulumi config set --secret {NAME}" in first
    assert "in plain text: shop:models." in second


def test_encrypted_keys_pass(host: PolicyHost, write: Callable[[str], None]) -> None:
    write(f"config:\n  {NAME}:\n    secure: v1:abc\n  shop:models:\n    secure: v1:def\n")
    assert said(host) == []


@pytest.mark.parametrize("content", [None, "config: {}\n", "config: [", "- 1\n", "config: 3\n", "\0"])
def test_where_nobody_can_tell_a_key_is_refused(
    host: PolicyHost, write: Callable[[str], None], content: str | None
) -> None:
    if content is not None:
        write(content)
    try:
        assert ["it can't be seen whether it is encrypted" in message for message in said(host)] == [True, True]
        host.configure(no_plain_key={"allowUnverified": True})
        assert said(host) == []
    finally:
        host.configure()
