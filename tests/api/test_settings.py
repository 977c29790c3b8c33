"""Where settings come from, which are refused, and that the key goes nowhere."""

from __future__ import annotations

import copy
import os
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.api import KeySource, Settings, SettingsError, resolve_settings
from pulumi_dashscope_ft.api.config.base_url import checked_base_url

SECRET = "sk-0123456789abcdef"


def base_url(*, environ: Any = None, **kwargs: Any) -> str:
    return resolve_settings(environ=environ or {}, **kwargs).base_url


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "https://dashscope.aliyuncs.com/api/v1"),
        ({"region": "cn-beijing"}, "https://dashscope.aliyuncs.com/api/v1"),
        ({"region": "cn-beijing", "workspace_id": "llm-a"}, "https://dashscope.aliyuncs.com/api/v1"),
        ({"region": "ap-southeast-1"}, "https://dashscope-intl.aliyuncs.com/api/v1"),
        (
            {"region": "AP-southeast-1", "workspace_id": "llm-A"},
            "https://llm-a.ap-southeast-1.maas.aliyuncs.com/api/v1",
        ),
        (
            {"environ": {"DASHSCOPE_API_REGION": "eu-central-1", "DASHSCOPE_WORKSPACE_ID": "llm-a"}},
            "https://llm-a.eu-central-1.maas.aliyuncs.com/api/v1",
        ),
        ({"base_url": "https://x.example/deep/path//"}, "https://x.example/deep/path"),
        ({"base_url": "http://127.0.0.1:80/api/v1"}, "http://127.0.0.1:80/api/v1"),
        ({"base_url": "http://[::1]:80"}, "http://[::1]:80"),
        ({"base_url": " HTTPS://x.example "}, "HTTPS://x.example"),
        ({"environ": {"DASHSCOPE_HTTP_BASE_URL": "http://localhost:1/api/v1"}}, "http://localhost:1/api/v1"),
        ({"environ": {"DASHSCOPE_HTTP_BASE_URL": ""}}, "https://dashscope.aliyuncs.com/api/v1"),
        # Each layer before the next, and within a layer the URL before the region.
        ({"base_url": "https://a", "region": "us-east-1", "configuration": {"baseUrl": "https://b"}}, "https://a"),
        ({"configuration": {"baseUrl": "https://b", "region": "us-east-1"}}, "https://b"),
        (
            {"configuration": {"region": "us-east-1"}, "environ": {"DASHSCOPE_HTTP_BASE_URL": "https://c"}},
            "https://dashscope-us.aliyuncs.com/api/v1",
        ),
        (
            {"environ": {"DASHSCOPE_HTTP_BASE_URL": "https://c", "DASHSCOPE_API_REGION": "us-east-1"}},
            "https://c",
        ),
    ],
)
def test_the_base_url(given: dict[str, Any], url: str) -> None:
    assert base_url(**given) == url


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ({}, "cn-beijing"),
        ({"region": "AP-southeast-1"}, "ap-southeast-1"),
        ({"region": "eu-central-1", "workspace_id": "llm-a"}, "eu-central-1"),
        ({"base_url": "https://dashscope.aliyuncs.com/api/v1"}, "cn-beijing"),
        ({"base_url": "https://DashScope-intl.aliyuncs.com/api/v1"}, "ap-southeast-1"),
        ({"base_url": "https://llm-a.eu-central-1.maas.aliyuncs.com/api/v1"}, "eu-central-1"),
        ({"base_url": "https://dashscope.aliyuncs.com", "region": "us-east-1"}, "cn-beijing"),
        ({"base_url": "https://proxy.example", "region": "US-east-1"}, "us-east-1"),
        ({"base_url": "https://proxy.example", "region": "no region"}, None),
        ({"base_url": "https://proxy.example", "environ": {"DASHSCOPE_API_REGION": "us-east-1"}}, None),
        ({"base_url": "https://maas.aliyuncs.com.evil.example"}, None),
        ({"base_url": "http://127.0.0.1:80"}, None),
    ],
)
def test_the_region_whose_prices_count(given: dict[str, Any], region: str | None) -> None:
    assert resolve_settings(**{"environ": {}, **given}).region == region


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "empty"),
        ("dashscope.aliyuncs.com/api/v1", "https://"),
        ("ftp://x.example", "https://"),
        ("http://dashscope.aliyuncs.com/api/v1", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
        ("http://10.0.0.1", "plain http"),
        ("http://0.0.0.0", "plain http"),
        ("http://127.1", "plain http"),
        ("http://2130706433", "plain http"),
        ("http://localhost.example.com", "plain http"),
        ("https://user:pa55word@x.example", "user name or password"),
        ("http://127.0.0.1@x.example", "user name or password"),
        ("https://x.example/?key=pa55word", "query"),
        ("https://x.example/?", "query"),
        ("https://x.example/#a", "query"),
        ("http://127.0.0.1\\@x.example", "backslashes"),
        ("https://x.example/a b", "spaces"),
        ("https://x.example/\x00", "control"),
        ("https://x.exämple", "non-ASCII"),
        ("https://", "host"),
        ("https:///api", "host"),
        ("https://x.example:99999", "not a URL"),
        ("https://x.example:0", "host or port"),
        ("https://[::1", "not a URL"),
        ("https://%41.example", "host"),
    ],
)
def test_base_urls_that_are_refused(url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        base_url(configuration={"baseUrl": url})
    assert caught.value.field == "base_url"
    assert "dashscope-ft:baseUrl" in str(caught.value)
    assert "pa55word" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_url_or_a_clear_error(text: str) -> None:
    try:
        url = checked_base_url(text)
    except SettingsError:
        return
    assert url.isascii()
    assert "@" not in url.split("/")[2]


@pytest.mark.parametrize("region", ["", "a.b", "x/y", "cn-beijing.evil.example/", "-a", "a\n.b", "a" * 64])
def test_regions_that_are_refused(region: str) -> None:
    with pytest.raises(SettingsError) as caught:
        base_url(region=region)
    assert caught.value.field == "region"


@pytest.mark.parametrize("workspace", ["", "-a", "a.b", "a\r\nX: y", "a\n", "a" * 65, "ä"])
def test_workspace_ids_that_are_refused(workspace: str) -> None:
    ways: list[dict[str, Any]] = [
        {"workspace_id": workspace},
        {"configuration": {"workspaceId": workspace}},
        {"environ": {"DASHSCOPE_WORKSPACE_ID": workspace}} if workspace else {"workspace_id": workspace},
    ]
    for kwargs in ways:
        with pytest.raises(SettingsError) as caught:
            resolve_settings(**{"environ": {}, **kwargs})
        assert caught.value.field == "workspace_id"


def test_a_region_without_a_shared_host_needs_a_workspace() -> None:
    with pytest.raises(SettingsError, match="DASHSCOPE_WORKSPACE_ID"):
        base_url(region="eu-central-1")


def test_the_workspace_header_needs_more_than_the_environment() -> None:
    environ = {"DASHSCOPE_WORKSPACE_ID": "llm-env"}
    assert resolve_settings(environ=environ).workspace_id is None
    assert resolve_settings(environ=environ, configuration={"workspaceId": "llm-conf"}).workspace_id == "llm-conf"
    both = resolve_settings(environ=environ, workspace_id="llm-arg", configuration={"workspaceId": "llm-conf"})
    assert both.workspace_id == "llm-arg"


class TestKey:
    def test_the_order_of_places(self, tmp_path: Path) -> None:
        (tmp_path / ".dashscope").mkdir()
        (tmp_path / ".dashscope" / "api_key").write_text("sk-home\n")
        named = tmp_path / "named"
        named.write_text("\ufeff  sk-file\r\n", encoding="utf-8")
        environ = {
            "DASHSCOPE_API_KEY": "sk-env",
            "DASHSCOPE_API_KEY_FILE_PATH": str(named),
            "DASHSCOPE_OTHER": "sk-other",
        }
        conf = {"apiKey": "sk-conf"}

        def read(**kwargs: Any) -> Any:
            return resolve_settings(environ=environ, home=tmp_path, **kwargs).key.read()

        assert read(api_key="sk-arg", configuration=conf) == "sk-arg"
        assert read(api_key_env="DASHSCOPE_OTHER", configuration=conf) == "sk-other"
        assert read(configuration=conf) == "sk-conf"
        assert read() == "sk-env"
        del environ["DASHSCOPE_API_KEY"]
        assert read() == "sk-file"
        environ["DASHSCOPE_API_KEY_FILE_PATH"] = ""
        assert read() == "sk-home"

    def test_no_key_names_all_places(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError) as caught:
            resolve_settings(environ={}, home=tmp_path).check()
        for place in (
            "dashscope-ft:apiKey",
            "DASHSCOPE_API_KEY",
            "DASHSCOPE_API_KEY_FILE_PATH",
            ".dashscope",
            "export ",
        ):
            assert place in str(caught.value)
        assert caught.value.field == "api_key"

    def test_a_named_variable_never_falls_back_to_another_account(self) -> None:
        settings = resolve_settings(api_key_env="DASHSCOPE_TEAM_B", environ={"DASHSCOPE_API_KEY": SECRET})
        with pytest.raises(SettingsError, match="DASHSCOPE_TEAM_B, which is not set") as caught:
            settings.key.read()
        assert caught.value.field == "api_key_env"

    def test_the_key_itself_in_place_of_the_variables_name_is_not_repeated(self) -> None:
        with pytest.raises(SettingsError) as caught:
            resolve_settings(api_key_env=SECRET, environ={}).key.read()
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize("named", ["DASHSCOPE_UNSET", "DASHSCOPE_BAD", "DASHSCOPE_KEY", "OTHER", "AWS_OTHER", None])
    def test_no_variable_of_a_traceback_holds_a_key(self, named: str | None, tmp_path: Path) -> None:
        """Crash reporters and `pytest --showlocals` keep the variables of every frame that an exception has passed."""
        environ = {"DASHSCOPE_BAD": f"{SECRET}\n", "DASHSCOPE_KEY": f'"{SECRET}"', "OTHER": SECRET, "AWS_OTHER": SECRET}
        if named is None:
            (tmp_path / "file").write_text(f"{SECRET} {SECRET}")
            environ["DASHSCOPE_API_KEY_FILE_PATH"] = str(tmp_path / "file")
        source = KeySource(variable=named, environ=environ, home=tmp_path)
        with pytest.raises(SettingsError) as caught:
            source.read()
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        frames = [frame for frame in told.stack if frame.filename.endswith("key.py")]
        assert frames
        assert SECRET not in str([frame.locals for frame in frames])
        assert caught.value.__context__ is None

    def test_both_ways_at_once(self) -> None:
        with pytest.raises(SettingsError, match="not both"):
            resolve_settings(api_key=SECRET, api_key_env="X", environ={})

    @pytest.mark.parametrize(
        ("value", "why"),
        [
            (SECRET + "\n", "line break"),
            ("sk-0123\n456789abcdef", "line break"),
            ("sk-0123\r456789abcdef", "line break"),
            ("sk-0123 456789abcdef", "space in it, at character 8"),
            ("sk-0123\t456789abcdef", "space"),
            ("sk-0123\x00456789abcdef", "control character"),
            ("sk-0123\x7f456789abcdef", "control character"),
            ("sk-01234é6789abcdef", "at character 9"),
            ("sk-0123\u2028456", "space"),
            ("“sk-0123456789abcdef”", "at character 1"),
            (f'"{SECRET}"', "quotation"),
            (f"Bearer {SECRET}", "Bearer"),
            ("sk-sp-0123456789abcdef", "Coding Plan"),
            ("   ", "blank"),
        ],
    )
    def test_keys_that_are_refused_and_never_repeated(self, value: str, why: str) -> None:
        with pytest.raises(SettingsError, match=why) as caught:
            resolve_settings(environ={"DASHSCOPE_API_KEY": value}).check()
        assert "DASHSCOPE_API_KEY" in str(caught.value)
        assert "0123" not in str(caught.value)

    def test_surrounding_spaces_are_trimmed(self) -> None:
        assert resolve_settings(environ={"DASHSCOPE_API_KEY": f" {SECRET} "}).key.read() == SECRET

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"sk-a\nsk-b\n", b"\xff\xfe", b"x" * 20_000])
    def test_key_files_that_are_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "key"
        path.write_bytes(content)
        with pytest.raises(SettingsError, match=str(path)):
            resolve_settings(environ={"DASHSCOPE_API_KEY_FILE_PATH": str(path)}).key.read()

    def test_a_missing_key_file_is_an_error_when_it_was_named(self, tmp_path: Path) -> None:
        environ = {"DASHSCOPE_API_KEY_FILE_PATH": str(tmp_path / "none")}
        with pytest.raises(SettingsError, match="No such file"):
            resolve_settings(environ=environ).key.read()

    @pytest.mark.parametrize(
        "source",
        [KeySource(literal=SECRET), KeySource(environ={"DASHSCOPE_API_KEY": SECRET})],
        ids=["literal", "environ"],
    )
    def test_a_key_at_hand_is_neither_shown_nor_pickled(self, source: Any) -> None:
        settings = Settings(base_url="https://x.example", key=source)
        for shown in (repr(source), str(source), repr(settings), str(settings)):
            assert SECRET not in shown
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="refusing"):
                pickle.dumps(settings, protocol)
        assert copy.deepcopy(settings) == settings
        assert hash(settings) == hash(copy.copy(settings))

    def test_a_source_that_only_knows_where_to_look_can_be_pickled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(os.environ, "DASHSCOPE_TEAM_B", SECRET)
        content = pickle.dumps(resolve_settings(api_key_env="DASHSCOPE_TEAM_B"))
        assert SECRET.encode() not in content
        again = pickle.loads(content)  # noqa: S301  # made here
        assert again.key.read() == SECRET


@pytest.mark.parametrize(
    "change",
    [
        {"connect_timeout": 0},
        {"read_timeout": -1},
        {"read_timeout": float("nan")},
        {"retry_timeout": -1},
        {"rate": 0},
        {"burst": 0},
        {"base_url": "http://x.example"},
        {"workspace_id": "a b"},
    ],
)
def test_check_finds_what_cannot_work(change: dict[str, Any]) -> None:
    settings = Settings(**{"base_url": "https://x.example", "key": KeySource(literal=SECRET), **change})
    with pytest.raises(SettingsError) as caught:
        settings.check()
    assert caught.value.field in change


def test_check_is_content_with_good_settings() -> None:
    Settings(base_url="https://x.example", key=KeySource(literal=SECRET)).check()
