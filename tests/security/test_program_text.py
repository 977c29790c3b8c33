"""Text that somebody else wrote stays text in a program that the command prints."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import os
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hostile_text import CURSORS, harmless
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.cli.adopting.program_text import program
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover
from pulumi_dashscope_ft.text import (
    python_literal,
    python_name,
    typescript_literal,
    typescript_name,
    yaml_literal,
)

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "120"))

# Generated programs

STRINGS = [
    '"; import os; os.system("x") #',
    "'''\"\"\"",
    "${pulumi.stack} ${ $${",
    "`${process.env.X}`",
    "\\u0022 \\",
    "a\nb\r\n\u2028",
    "{{ x }} #{x} %s",
    "</script>",
    "pаypal",
    "😀 é \u202e\ud800",
    "yes: [no]",
]


@pytest.mark.parametrize("text", [*STRINGS, *CURSORS])
def test_a_literal_means_the_text_and_nothing_else(text: str) -> None:
    value = {text: [text, 1, 1.5, 1e-05, True, None, {"a": text}]}
    python = python_literal(value)
    assert ast.literal_eval(python) == value
    assert harmless(python)
    script = typescript_literal(value)
    assert harmless(script)
    assert script.isascii()
    assert (
        json.loads(script.replace(f"[{json.dumps(text)}]:", f"{json.dumps(text)}:", 1).replace('["a"]:', '"a":'))
        == value
    )
    if "\ud800" not in text:
        flow = yaml_literal(value)
        assert harmless(flow)
        assert "${" not in flow.replace("$$", "")
        assert json.loads(json.dumps(yaml.safe_load(flow)).replace("$$", "$")) == json.loads(json.dumps(value))


@given(st.text(max_size=40))
@settings(max_examples=EXAMPLES)
def test_any_text_is_one_literal(text: str) -> None:
    assert ast.literal_eval(python_literal(text)) == text
    assert json.loads(typescript_literal(text)) == text
    assert yaml.safe_load(yaml_literal(text)).replace("$$", "$") == text


NAMES = [
    "pulumi",
    "print",
    "class",
    "match",
    "__builtins__",
    "__file__",
    "None",
    "json",
    "os",
    "1x",
    "___",
    "",
    "-",
    "é",
]


@pytest.mark.parametrize("name", [*NAMES, *CURSORS, *STRINGS])
def test_a_name_shadows_nothing(name: str) -> None:
    python, script = python_name(name), typescript_name(name)
    assert python.isidentifier()
    assert python.isascii()
    assert not keyword.iskeyword(python)
    assert python not in {*dir(builtins), "pulumi", "pulumi_dashscope_ft"}
    assert script.isidentifier()
    assert script not in {"class", "delete", "pulumi", "default", "function", "await"}


@pytest.mark.parametrize("name", ["pulumi", "print", "__builtins__", "ResourceOptions", "fine_tuning_job", "import"])
def test_the_printed_program_declares_what_it_says(name: str) -> None:
    """Two of them, so that the second would meet what the first has shadowed."""
    adopted = [
        Takeover(f"file-{n}", "TrainingFile", name, {"path": STRINGS[0], "adoptFileId": f"file-{n}"}, (), retained=True)
        for n in range(2)
    ]
    text = program(adopted, {})
    made: list[tuple[Any, ...]] = []
    fake = {"pulumi": sys.modules["pulumi"], "TrainingFile": lambda *a, **k: made.append((a, k))}
    body = "\n".join(line for line in text.splitlines() if not line.startswith(("import ", "from ")))
    exec(compile(body, "program", "exec"), fake)  # noqa: S102 - what a user would do with it
    assert [arguments["path"] for _, arguments in made] == [STRINGS[0]] * 2
    assert fake["pulumi"] is sys.modules["pulumi"]


def test_a_typescript_literal_is_one_for_node() -> None:
    import shutil

    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on PATH")
    script = f"process.stdout.write(JSON.stringify({typescript_literal(STRINGS[:9])}))"
    done = subprocess.run([node, "-e", script], capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout) == STRINGS[:9]
