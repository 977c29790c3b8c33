"""The kinds are listed in one place, which agrees with the schema and with what each kind says, and loads no more than
is asked for.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_dashscope_ft
from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.kinds.registry import Registered

PACKAGE = Path(pulumi_dashscope_ft.__file__).parent
REGISTERED = registry.REGISTERED
TYPES = {one.type_name for one in REGISTERED}

PINNED = {
    "__init__.py": "the public names of the package",
    "native/__init__.py": "the public names of the other flavour",
    "native/resources.py": "the classes that programs use",
    "dynamic/resources.py": "the classes that programs use",
    "lifecycle/kinds/registry.py": "the one list",
    "policy/subject.py": "what an organisation's rules are about",
    "policy/keeping.py": "the kinds that can be kept, which one of those rules is about",
}
"""Modules that name several kinds, because users' programs and states do, or an organisation's rules."""


def _texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_nobody_else_lists_the_kinds() -> None:
    naming = {str(path.relative_to(PACKAGE)): TYPES & _texts(path) for path in PACKAGE.rglob("*.py")}
    several = {name: sorted(types) for name, types in naming.items() if len(types) > 1}
    assert several.keys() == PINNED.keys(), several


def test_nobody_else_reaches_into_several_kinds() -> None:
    folders = {one.folder.rpartition(".")[2] for one in REGISTERED}
    of_kind = re.compile(rf"pulumi_dashscope_ft\.lifecycle\.({'|'.join(folders)})\b")
    several = [
        name
        for path in PACKAGE.rglob("*.py")
        if len(set(of_kind.findall(path.read_text()))) > 1
        and (name := str(path.relative_to(PACKAGE))).split("/")[1] not in folders
    ]
    # A program waits for a job's model and for a deployment by its own functions.
    assert several == ["program/waiting.py"]


@pytest.mark.parametrize("folder", ["plugin/resources", "frontend", "lifecycle/sweep", "lifecycle/identity"])
def test_who_works_on_all_kinds_names_none(folder: str) -> None:
    # `deployment` is also the part of a state that holds the resources, `checkpoint` a state in a backend, and `import`
    # a command of Pulumi.
    names = TYPES | {one.noun for one in REGISTERED} - {"deployment", "checkpoint", "import"}
    assert not [path for path in (PACKAGE / folder).glob("*.py") if names & _texts(path)]


@pytest.mark.parametrize("one", REGISTERED, ids=lambda one: one.type_name)
def test_a_kind_is_what_its_line_says(one: Registered) -> None:
    kind = one.kind
    assert (kind.type_name, kind.noun, kind.derivation) == (one.type_name, one.noun, one.derivation)
    assert one.type_name == kind.lifecycle.RESOURCE
    outputs, inputs = set(schema.output_names(one.type_name)), set(schema.input_names(one.type_name))
    # A job's name and a deployment's are inputs that come back as outputs.
    assert {*kind.updates.lasting, *kind.updates.keeps, *kind.computed} <= outputs
    assert {name for name in (kind.id_property,) if name is not None} <= outputs
    assert {*kind.derivation.outputs, *kind.derivation.paths} <= inputs
    assert {name for name in (kind.waits, kind.tears_down) if name is not None} <= inputs
    assert (kind.objects is None) == bool(kind.unlisted) == (not one.listed)
    assert kind.objects is not None or kind.teardown is None


def test_every_resource_of_the_schema_has_a_line_and_the_other_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    in_schema = {token.rpartition(":")[2] for token in schema.load()["resources"]}
    assert {one.type_name for one in registry.REGISTERED} == in_schema


def test_what_uses_others_ends_first() -> None:
    kinds = registry.in_teardown_order()
    order = [kind.noun for kind in kinds]
    assert order[:4] == ["deployment", "compression", "job", "file"]
    for kind in kinds:
        for other in kinds:
            assert not kind.uses(other) or kind is other or order.index(kind.noun) < order.index(other.noun)


def test_what_uses_models_uses_those_of_every_kind() -> None:
    for noun in ("job", "import"):
        assert {user.noun for user in registry.users_of(noun)} == {"deployment", "compression", "job"}
    assert [user.noun for user in registry.users_of("file")] == ["job"]


def _loaded(program: str) -> set[str]:
    """The modules of the lifecycle that a fresh Python has loaded after this program."""
    text = f"import json, sys\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    prefix = "pulumi_dashscope_ft.lifecycle."
    return {name.removeprefix(prefix) for name in json.loads(done.stdout) if name.startswith(prefix)}


IMPORT = "from pulumi_dashscope_ft.lifecycle.kinds import registry"


def test_a_kind_is_loaded_when_somebody_asks_for_it() -> None:
    assert {name.partition(".")[0] for name in _loaded(IMPORT)} == {"base", "kinds"}
    job = {name.partition(".")[0] for name in _loaded(f"{IMPORT}\nregistry.of_noun('job')")}
    assert not {"deployment", "checkpoint", "tuned_model", "sweep", "identity"} & job


def test_a_program_that_hides_an_input_loads_nothing_of_what_its_kind_does() -> None:
    loaded = _loaded(f"{IMPORT}\nregistry.derivation_of('TrainingFile')\nregistry.derivation_of('FineTunedModel')")
    assert "file.derived" in loaded
    assert not {name for name in loaded if name.endswith((".resource", ".descriptor", ".connection"))}
