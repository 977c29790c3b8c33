"""Hidden properties are read in one module; everywhere else they are typed."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pulumi_dashscope_ft
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State, recorded
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.schema import input_names, output_names

PACKAGE = Path(pulumi_dashscope_ft.__file__).parent
EDGE = PACKAGE / "lifecycle/base/hidden.py"
MODULES = [file for file in sorted((PACKAGE / "lifecycle").rglob("*.py")) if file != EDGE]

SENT = {
    "model": "qwen3-8b",
    "__name": "parent$type::job",
    "__owner": "0wner0wner",
    "__nonce": "n0nce1",
    "__retain": True,
    "__secrets": [["model"]],
    "__options": {"protect": True},
    "__ofALaterRelease": 1.0,
}


def test_a_request_says_what_the_front_end_sent() -> None:
    request = Request.of(SENT)
    assert request.inputs == {"model": "qwen3-8b"}
    assert (request.name, request.owner, request.nonce) == ("parent$type::job", "0wner0wner", "n0nce1")
    assert request.retained is True
    assert request.secrets == {"model": True}
    assert request.options.protected is True


@pytest.mark.parametrize("carried", [Request, State])
@pytest.mark.parametrize("properties", [SENT, {**SENT, "__inputs": ["model"]}, {"model": None, "__retain": None}, {}])
def test_what_came_leaves_as_it_came(
    carried: type[Request[Any] | State[Any, Any]], properties: dict[str, object]
) -> None:
    assert carried.of(properties).properties() == properties


def test_a_front_end_does_not_record_what_it_is_sent_anew() -> None:
    assert Request.of(SENT).properties(without=("name", "secrets")).keys() == SENT.keys() - {"__name", "__secrets"}


def test_a_kind_that_needs_a_nonce_does_not_go_on_without() -> None:
    request = Request.of({"jobId": "ft-1"})
    assert request.nonce is None
    with pytest.raises(KeyError, match="nonce"):
        assert request.run_nonce


def test_a_nonce_lasts_as_long_as_the_resource() -> None:
    run_registry = RunRegistry()
    first = Request.of({"model": "m"}).continuing(Request.of({}), run_registry)
    again = Request.of({"model": "n"}).continuing(first, run_registry)
    assert again.run_nonce == first.run_nonce
    assert run_registry.is_recorded(first.run_nonce)


def test_outputs_keep_no_options_and_no_secrets_and_list_the_inputs() -> None:
    state = recorded(Request.of(SENT), {"model": "qwen3-8b", "suffix": None}, {"status": "PENDING"})
    dropped = {"__secrets", "__options"}
    assert state.properties() == {
        **{name: value for name, value in SENT.items() if name not in dropped},
        "status": "PENDING",
        "__inputs": ["model"],
    }
    assert state.inputs == {"model": "qwen3-8b"}
    assert State.of(state.properties()) == state


def test_an_update_drops_an_input_that_is_no_longer_set() -> None:
    inputs = {"model": "m", "suffix": "s"}
    olds = State.of({**inputs, "status": "RUNNING", "__retain": True, "__inputs": ["model", "suffix"]})
    news = Request.of({"model": "m", "__nonce": "n0nce1"})
    assert olds.updated(news).properties() == {
        "model": "m",
        "status": "RUNNING",
        "__retain": True,
        "__nonce": "n0nce1",
        "__inputs": ["model"],
    }
    assert olds.updated(news, keep=("suffix",)).outputs["suffix"] == "s"


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_no_other_module_names_a_hidden_property(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert set(_texts(tree)) & set(KEYS.values()) == set()
    if module.parent.name != "kinds":  # where the list of what follows from secrets is made
        assert not {"KEYS", "OF_CONTENT"} & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_programs_and_front_ends_send_no_other_hidden_properties() -> None:
    folders = ("program", "native", "dynamic", "plugin", "frontend")
    files = [file for folder in folders for file in sorted((PACKAGE / folder).rglob("*.py"))]
    named = {text for file in files for text in _texts(ast.parse(file.read_text(encoding="utf-8")))}
    hidden = {text for text in named if re.fullmatch(r"__[a-z][A-Za-z0-9]*", text)}
    assert hidden - set(KEYS.values()) == {"__provider"}, "that one is of Pulumi's dynamic host"


@pytest.mark.parametrize("kind", registry.type_names())
def test_a_kind_reads_and_shows_only_what_is_in_the_schema(kind: str) -> None:
    """The type checker refuses a wrong name in brackets, but neither in `get` nor in `State.showing`."""
    folder = Path(inspect.getfile(registry.of_type(kind).lifecycle.update)).parent
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.py"))]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    shown = {keyword.arg for call in calls if _method(call) == "showing" for keyword in call.keywords if keyword.arg}
    read = {call.args[0].value for call in calls if _is_read(call) and isinstance(call.args[0], ast.Constant)}
    assert len(read) > 1
    assert shown <= set(output_names(kind))
    assert read <= {*input_names(kind), *output_names(kind)}


def _method(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _is_read(call: ast.Call) -> bool:
    """Whether the call gets one of the inputs or outputs."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "get":
        return False
    of = call.func.value
    name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
    return name in ("inputs", "known_inputs", "outputs", "olds", "news")


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
