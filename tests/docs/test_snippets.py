"""Every block of code that a page shows is checked: by the rule of its language, in the table RULES.

`make site` does what takes longer: it runs mypy over those in Python, and plans those that are programs.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from snippets import ROOT, Snippet, commands, snippets

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from yaml_program import problems

from pulumi_dashscope_ft import schema

SNIPPETS = list(snippets())
OUTPUTS = {
    "docs/emulator.md": "what the emulator prints, and the ways of a job: tests/emulator",
    "docs/how-to/costs.md": "an estimate and sums: tests/cli/test_estimate.py, test_costs.py",
    "examples/policies/README.md": "a violation: tests/policy",
    "docs/sweep.md": "the stamp: test_the_stamps_that_are_shown_are_stamps",
}
"""Pages with blocks that are no code, and what holds them. The errors' pages are made from real runs."""

PULUMI = {
    "new": set[str](),
    "up": {
        *("--yes", "--refresh", "--skip-preview", "--replace", "--target"),
        *("--policy-pack", "--policy-pack-config"),
    },
    "install": set[str](),
    "preview": {"--diff", "--expect-no-changes", "--policy-pack"},
    "refresh": {"--yes", "--run-program"},
    "destroy": {"--yes", "--preview-only"},
    "cancel": {"--yes"},
    "whoami": {"--verbose"},
    "import": {"--yes"},
    "stack init": set[str](),
    "stack output": set[str](),
    "stack export": {"--file"},
    "config set": {"--secret"},
    "package add": set[str](),
}
"""The subcommands of `pulumi` that pages may show, with their options. Where it is on PATH, it is asked."""
OTHERS = {
    *(
        "cd",
        "mkdir",
        "export",
        "unset",
        "eval",
        "cat",
        ".",
        "curl",
        "jq",
        "mail",
        "date",
        "source",
        "git",
        "docker",
        "kubectl",
        "uv",
        "npm",
    ),
    *("npx", "go", "pre-commit", "./evaluate.sh", "ruff"),
}
"""Commands of others, which are not looked into."""


def is_python(snippet: Snippet) -> None:
    """It compiles, what it imports of this package exists, and calls of that fit."""
    tree = ast.parse(snippet.body.replace("…", "..."))
    compile(tree, str(snippet), "exec")
    ours: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pulumi_dashscope_ft"):
            module = importlib.import_module(str(node.module))
            ours |= {alias.asname or alias.name: getattr(module, alias.name) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ours:
            given = {keyword.arg: None for keyword in node.keywords if keyword.arg}
            inspect.signature(ours[node.func.id]).bind(*node.args, **given)


def fits_the_schema(snippet: Snippet) -> None:
    program = yaml.safe_load(snippet.body)
    assert problems(program) == []


def is_compiled(snippet: Snippet) -> None:
    """tests/examples/test_typescript_compiles.py compiles it; what it names exists in any case."""
    assert f'from "{schema.load()["language"]["nodejs"]["packageName"]}"' in snippet.body
    _names_exist(snippet.body, r"dashscope\.(\w+)\(")


def is_go(snippet: Snippet) -> None:
    """What it names exists; tests/site/test_go_compiles.py compiles it."""
    assert f'"{schema.load()["language"]["go"]["importBasePath"]}"' in snippet.body
    _names_exist(snippet.body, r"dashscopeft\.New(\w+)\(")
    for name, body in re.findall(r"&dashscopeft\.(\w+)Args\{(.*?)^\t\t\}", snippet.body, re.MULTILINE | re.DOTALL):
        properties = schema.load()["resources"][f"dashscope-ft:index:{name}"]["inputProperties"]
        given = re.findall(r"^\t\t\t(\w+):", body, re.MULTILINE)
        assert {key[0].lower() + key[1:] for key in given} <= set(properties)
    if shutil.which("gofmt"):
        done = subprocess.run(["gofmt", "-e"], input=snippet.body, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == (snippet.body, "")


def _names_exist(body: str, pattern: str) -> None:
    there = {token.rpartition(":")[2] for kind in ("resources", "functions") for token in schema.load()[kind]}
    used = set(re.findall(pattern, body))
    assert used
    assert used <= {*there, "Provider"}


def can_be_typed(snippet: Snippet) -> None:
    """Each command in it exists. test_pages.py types those of `dashscope-ft`."""
    for words in commands(snippet.body):
        check = COMMANDS.get(words[0])
        assert check is not None, f"{words[0]} is in no table"
        check(words[1:])


def is_a_schedule(snippet: Snippet) -> None:
    for line in snippet.body.splitlines():
        moment, command = re.split(r"  +", line, maxsplit=1)
        assert len(moment.split()) == 5
        can_be_typed(Snippet(snippet.page, snippet.line, "sh", command))


def is_json(snippet: Snippet) -> None:
    json.loads(snippet.body)


def is_a_picture(snippet: Snippet) -> None:
    """test_architecture.py and test_pages.py hold them against the code."""
    assert snippet.page in {"docs/architecture.md", "docs/lifecycle.md"}


def is_an_output(snippet: Snippet) -> None:
    assert snippet.page in OUTPUTS or re.match(r"docs/errors(?:-command\.md|\.md|/)", snippet.page)


def _pulumi(words: list[str]) -> None:
    subcommand = next((name for name in (" ".join(words[:2]), words[0]) if name in PULUMI), None)
    assert subcommand is not None, f"pulumi {' '.join(words)}"
    options = {word.split("=")[0] for word in words if word.startswith("--")}
    assert options <= PULUMI[subcommand], f"pulumi {' '.join(words)}"


def _pip(words: list[str]) -> None:
    assert words[0] == "install"
    extras = metadata.metadata("pulumi-dashscope-ft").get_all("Provides-Extra") or []
    for word in words[1:]:
        if word.startswith("-"):
            assert word in {"-e", "--upgrade"}
            continue
        named = re.fullmatch(r"(?:pulumi-dashscope-ft|\.\./\.\.)(?:\[([\w,]+)\])?(?: @ git\+https://\S+)?", word)
        assert named, word
        assert set((named[1] or "").split(",")) - {""} <= set(extras)


def _python(words: list[str]) -> None:
    if words[0] != "-m":
        assert words[0] == "make_data.py" or (ROOT / words[0]).is_file(), words[0]
    else:
        assert importlib.util.find_spec(words[1]), words[1]


def _make(words: list[str]) -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(words) <= set(targets)


def _nothing(words: list[str]) -> None:
    """Not looked into here."""


def _script(name: str) -> Callable[[list[str]], None]:
    def exists(words: list[str]) -> None:
        assert (ROOT / "examples" / "pr-environments" / name).is_file()

    return exists


COMMANDS: Mapping[str, Callable[[list[str]], None]] = {
    **dict.fromkeys(OTHERS, _nothing),
    "dashscope-ft": _nothing,
    "pulumi": _pulumi,
    "make": _make,
    "pip": _pip,
    **dict.fromkeys(("python", "python3"), _python),
    **{name: _script(name) for name in ("ci/up.sh", "ci/sweep.sh", "ci/down.sh")},
}
RULES: Mapping[str, Callable[[Snippet], None]] = {
    "python": is_python,
    "yaml": fits_the_schema,
    "typescript": is_compiled,
    "go": is_go,
    "sh": can_be_typed,
    "console": can_be_typed,
    "crontab": is_a_schedule,
    "json": is_json,
    "mermaid": is_a_picture,
    "text": is_an_output,
}


@pytest.mark.parametrize("language", sorted({snippet.language for snippet in SNIPPETS}))
def test_every_block_is_checked(language: str) -> None:
    assert language in RULES, [str(snippet) for snippet in SNIPPETS if snippet.language == language]
    wrong = []
    for snippet in SNIPPETS:
        if snippet.language == language:
            try:
                RULES[language](snippet)
            except Exception as error:  # all of them are told at once
                wrong.append(f"{snippet}: {type(error).__name__}: {error}")
    assert wrong == []


def test_the_blocks_are_found() -> None:
    assert len(SNIPPETS) > 300
    assert {snippet.page for snippet in SNIPPETS} >= {"README.md", "README.zh-CN.md", "docs/getting-started.md"}
    assert {page for page in OUTPUTS if page not in {one.page for one in SNIPPETS if one.language == "text"}} == set()


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("python", "from pulumi_dashscope_ft import TrainingFile\nTrainingFile('a', pth='b')\n"),
        ("python", "from pulumi_dashscope_ft import TrainingFiles\n"),
        ("yaml", "resources: { a: { type: 'dashscope-ft:TrainingFile', properties: { pth: b } } }\n"),
        ("typescript", "new dashscope.TrainingFiles('a', {});\n"),
        ("sh", "pulumi up --force\n"),
        ("sh", "pulumi stack remove\n"),
        ("sh", "pip install 'pulumi-dashscope-ft[all]'\n"),
        ("sh", "pip install pulumi_dashscope\n"),
        ("sh", "python -m pulumi_dashscope_ft.nothing\n"),
        ("sh", 'echo "$(pulumi stck output)"\n'),
        ("sh", "make everything\n"),
        ("sh", "wget https://example.com\n"),
        ("json", "{'a': 1}\n"),
        ("text", "anything\n"),
    ],
)
def test_a_mistake_is_found(language: str, body: str) -> None:
    with pytest.raises((AssertionError, TypeError, AttributeError, ImportError, ValueError)):
        RULES[language](Snippet("README.md", 1, language, body))


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the `pulumi` command is not on PATH")
def test_pulumi_has_the_options_of_the_table() -> None:
    for subcommand, options in PULUMI.items():
        command = ["pulumi", *subcommand.split(), "--help"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert [option for option in options if option not in told] == [], subcommand
