"""The hidden properties of a create are read in one place."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest

from pulumi_dashscope_ft.lifecycle.base import property_bag
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.deployment import creation as deployment_creation
from pulumi_dashscope_ft.lifecycle.job import creation as job_creation
from pulumi_dashscope_ft.lifecycle.kinds import registry

HIDDEN = {name for name, value in vars(property_bag).items() if isinstance(value, str) and value.startswith("__")}
SENT = {
    "model": "qwen3-8b",
    "__name": "parent$type::job",
    "__owner": "0wner0wner",
    "__nonce": "n0nce1",
    "__retain": True,
    "__secrets": [["model"]],
    "__options": {"protect": True},
}


def test_a_request_says_what_the_front_end_sent() -> None:
    request = Request.of(SENT)
    assert request.inputs == {"model": "qwen3-8b"}
    assert (request.name, request.owner, request.nonce) == ("parent$type::job", "0wner0wner", "n0nce1")
    assert request.retained is True
    assert request.secrets == {"model": True}
    assert list(request.properties.items()) == list(SENT.items()), "the outputs keep it as it was sent"


def test_a_kind_that_needs_a_nonce_does_not_go_on_without() -> None:
    request = Request.of({"jobId": "ft-1"})
    assert request.nonce is None
    with pytest.raises(KeyError, match="__nonce"):
        assert request.run_nonce


@pytest.mark.parametrize("type_name", registry.type_names())
def test_create_reads_no_hidden_property(type_name: str) -> None:
    module = inspect.getmodule(registry.of_type(type_name).lifecycle.create)
    (create,) = (node for node in _tree(module).body if _is_create(node))
    assert _hidden_names(create) == set()


@pytest.mark.parametrize("module", [job_creation, deployment_creation], ids=lambda module: module.__name__)
def test_a_strategy_reads_no_hidden_property(module: ModuleType) -> None:
    assert _hidden_names(_tree(module)) == set()


def _tree(module: ModuleType | None) -> ast.Module:
    assert module is not None
    return ast.parse(inspect.getsource(module))


def _is_create(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "create"


def _hidden_names(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names & HIDDEN
