"""Composition before inheritance: a class can be read without reading a third one, and there is one wait loop."""

from __future__ import annotations

import ast
import builtins
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "pulumi_dashscope_ft"
LONGEST_CHAIN = 2
"""A class and one base of ours. Protocols, and bases that are not ours, do not count."""


def _name_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache  # when a test needs it: each worker of a run collects all tests
def _trees() -> dict[str, tuple[Path, ast.Module]]:
    return {_name_of(file): (file, ast.parse(file.read_text())) for file in sorted(PACKAGE.rglob("*.py"))}


@cache
def _imports(module: str) -> dict[str, str]:
    """Full names, by the names that the module imports them under."""
    file, tree = _trees()[module]
    package = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({item.asname or item.name: item.name for item in node.names})
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*parents, node.module] if node.module else parents)
            names.update({item.asname or item.name: f"{source}.{item.name}" for item in node.names})
    return names


@cache
def _classes() -> dict[str, list[str]]:
    """Each class of the package, with its bases, by full names."""
    return {
        f"{module}.{node.name}": [_resolved(module, base) for base in node.bases]
        for module, (_, tree) in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }


def _resolved(module: str, base: ast.expr) -> str:
    written = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
    first, _, rest = written.partition(".")
    local = f"{module}.{first}"
    if first not in _imports(module):
        return written if hasattr(builtins, first) else ".".join(filter(None, [local, rest]))
    return _origin(".".join(filter(None, [_imports(module)[first], rest])))


def _origin(name: str) -> str:
    """Where the class is defined that a package may pass on under this name."""
    module, _, last = name.rpartition(".")
    passed_on = _imports(module).get(last) if module in _trees() else None
    return name if passed_on in (None, name) else _origin(passed_on)


def _chain(name: str) -> list[str]:
    """The longest chain of our own classes from this one to a root, without protocols."""
    above = [_chain(base) for base in _classes()[name] if base in _classes() and not _is_protocol(base)]
    return [name, *max(above, key=len, default=[])]


def _is_protocol(name: str) -> bool:
    return "typing.Protocol" in _classes()[name]


def _is_error(name: str) -> bool:
    """The tree of errors is what users catch by: it may be as deep as it has to be."""
    root = _chain(name)[-1]
    bases = [getattr(builtins, base, None) for base in _classes()[root]]
    return any(isinstance(base, type) and issubclass(base, BaseException) for base in bases)


def _is_resource_of_a_program(name: str) -> bool:
    """These are mixed into Pulumi's own classes, whose shape they follow; the mix-ins do nothing but spell names."""
    return _chain(name)[-1] == "pulumi_dashscope_ft.program.spelling.Spelled"


def test_a_class_has_at_most_one_base_of_ours() -> None:
    chains = [_chain(name) for name in _classes() if not _is_error(name) and not _is_resource_of_a_program(name)]
    assert any(len(chain) == LONGEST_CHAIN for chain in chains), "nothing was found: does this test still see classes?"
    assert not [chain for chain in chains if len(chain) > LONGEST_CHAIN]


def test_the_poller_is_the_only_loop_that_waits_by_a_waiter() -> None:
    asking = {
        module
        for module, (_, tree) in _trees().items()
        if module.startswith("pulumi_dashscope_ft.lifecycle.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delay"
    }
    assert asking == {"pulumi_dashscope_ft.lifecycle.waiting.poller"}
