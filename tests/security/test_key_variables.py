"""Which variables may be read as a key: a table of names, and the places that read one."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from pulumi_dashscope_ft.api import SettingsError, resolve_settings
from pulumi_dashscope_ft.api.config.key_variables import is_foreign, is_meant_for_keys, listed_names

VALUE = "sk-variable-0123456789abcdef"

OPEN = ["DASHSCOPE_API_KEY", "DASHSCOPE_API_KEY_TEAM_B", "DASHSCOPE_TEAM_B", "DASHSCOPE_ACCESS_KEY", "DASHSCOPE_TOKEN"]
LISTABLE = [
    "TEAM_B",
    "KEY_OF_TEAM_B",
    "SALES_DASHSCOPE_API_KEY",
    "MODEL_STUDIO_KEY",
    "BAILIAN_API_KEY",
    "team_b",
    "CITY_KEY",
]
FOREIGN = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "aws_secret_access_key",
    "AZURE_CLIENT_SECRET",
    "ARM_CLIENT_SECRET",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITLAB_TOKEN",
    "CI_JOB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALICLOUD_SECRET_KEY",
    "ALIYUN_ACCESS_KEY_SECRET",
    "OSS_ACCESS_KEY_SECRET",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "HF_TOKEN",
    "NPM_TOKEN",
    "NODE_AUTH_TOKEN",
    "TWINE_PASSWORD",
    "VAULT_TOKEN",
    "TF_VAR_db_password",
    "SSH_PRIVATE_KEY",
    "DEPLOY_PRIVATE_KEY",
    "MY_ACCESS_KEY_ID",
    "SHOP_SECRET_KEY",
    "SHOP_CLIENT_SECRET",
    "SHOP_PASSPHRASE",
    "PGPASSWORD",
    "MYSQL_PWD",
    "FTP_PASS",
    "DATABASE_URL",
    "SENTRY_DSN",
    "KUBECONFIG",
    "SLACK_BOT_TOKEN",
    "DASHSCOPE_DB_PASSWORD",
    "DASHSCOPE_PASSPHRASE",
    "DASHSCOPE_EMULATOR_CONTROL_TOKEN",
]


def key(name: str, *, listed: Any = None, more: str | None = None) -> str:
    environ = {name: VALUE, "DASHSCOPE_API_KEY": "sk-default-0123456789"} | (
        {"DASHSCOPE_FT_API_KEY_ENVS": more} if more is not None else {}
    )
    configuration = {"apiKeyEnvs": listed} if listed is not None else {}
    return resolve_settings(api_key_env=name, configuration=configuration, environ=environ).key.read()


def refusal(name: str, **given: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        key(name, **given)
    assert caught.value.field == "api_key_env"
    assert VALUE not in str(caught.value)
    assert "was not read" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", OPEN)
def test_names_of_dashscope_are_read(name: str) -> None:
    assert is_meant_for_keys(name)
    if name != "DASHSCOPE_API_KEY":
        assert key(name) == VALUE


@pytest.mark.parametrize("name", LISTABLE)
def test_other_names_are_read_when_they_are_listed(name: str) -> None:
    assert f"apiKeyEnvs {name}," in refusal(name)
    assert "DASHSCOPE_FT_API_KEY_ENVS=" in refusal(name, listed=f"X{name}", more=f"{name}X")
    assert key(name, listed=f"OTHER,{name}") == VALUE
    assert key(name, more=f"OTHER, {name}") == VALUE
    assert key(name, listed="OTHER", more=name) == VALUE


@pytest.mark.parametrize("name", FOREIGN)
def test_secrets_of_other_systems_are_never_read(name: str) -> None:
    assert is_foreign(name)
    assert "no setting allows it" in refusal(name)
    assert "no setting allows it" in refusal(name, listed=name, more=name)


def test_what_is_to_be_typed_keeps_what_is_listed() -> None:
    assert "pulumi config set dashscope-ft:apiKeyEnvs TEAM_A,TEAM_B,TEAM_C, and" in refusal(
        "TEAM_B", listed="TEAM_C,TEAM_A"
    )


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (None, ()),
        ("", ()),
        ("A", ("A",)),
        (" B , A;A\nC ", ("A", "B", "C")),
        ('["B", "A"]', ("A", "B")),
        (["B", "A", 7, None, "no name", VALUE], ("A", "B")),
        (f"{VALUE},A", ("A",)),
        ('["A"', ()),
        ("[" * 100_000, ()),
        ({"A": 1}, ()),
        (7, ()),
    ],
)
def test_a_list_in_any_spelling(value: Any, names: tuple[str, ...]) -> None:
    assert listed_names(value) == names


def test_a_source_keeps_its_list_when_it_is_pickled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM_B", VALUE)
    source = resolve_settings(api_key_env="TEAM_B", configuration={"apiKeyEnvs": "TEAM_B"}).key
    assert pickle.loads(pickle.dumps(source)).read() == VALUE  # noqa: S301  # made here
