"""What the site is made of: its reference has everything, its navigation leads to every page, and links stay right."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import click
import pytest
import reference_examples
import site_build
import site_pages
import snippets
import yaml
from site_pages import REPOSITORY, ROOT, SITE
from yaml_program import problems

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.schema import to_snake_case

GENERATED = site_build.generated()
SETTINGS = site_build.SETTINGS.read_text(encoding="utf-8")
RESOURCES = {token.rpartition(":")[2]: spec for token, spec in schema.load()["resources"].items()}
FUNCTIONS = {token.rpartition(":")[2]: spec for token, spec in schema.load()["functions"].items()}
TYPES = {token.rpartition(":")[2]: spec for token, spec in schema.load()["types"].items()}


def navigation(settings: str) -> list[str]:
    """The pages that the navigation leads to."""
    return re.findall(r"(\S+\.md)$", settings.split("\nnav:\n")[1], re.MULTILINE)


def rows(text: str, heading: str) -> set[str]:
    """The names in the first column of the table below a heading."""
    body = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([^`]+)`", body, re.MULTILINE))


@pytest.mark.parametrize("name", RESOURCES)
def test_the_reference_has_every_property_of_a_resource(name: str) -> None:
    page, spec = GENERATED[f"api/{name}.md"], RESOURCES[name]
    assert rows(page, "Inputs") == set(spec["inputProperties"])
    assert rows(page, "Outputs") == set(spec["properties"])
    for key in (*spec["inputProperties"], *spec["properties"]):
        assert f"`{to_snake_case(key)}`" in page
    assert page.count("**required**") == len(spec["requiredInputs"])
    assert spec["description"].strip() in page
    assert [f'=== "{language}"' in page for language in ("Python", "YAML", "TypeScript", "Go")] == [True] * 4


def test_the_reference_has_every_function_type_and_setting() -> None:
    functions, types = GENERATED["api/functions.md"], GENERATED["api/types.md"]
    for name, spec in FUNCTIONS.items():
        assert rows(functions, name) == {*spec["inputs"]["properties"], *spec["outputs"]["properties"]}
    for name, spec in TYPES.items():
        named = {str(one["value"]) for one in spec["enum"]} if "enum" in spec else set(spec["properties"])
        assert rows(types, name) == named
    settings = schema.load()["config"]["variables"]
    assert set(re.findall(r"^\| `dashscope-ft:(\w+)`", GENERATED["api/provider.md"], re.MULTILINE)) == set(settings)
    index = GENERATED["api/index.md"]
    assert [name for name in (*RESOURCES, *FUNCTIONS) if f"[{name}]" not in index] == []


def test_an_example_is_there_for_everything() -> None:
    assert set(reference_examples.RESOURCES) == set(RESOURCES)
    assert set(reference_examples.FUNCTIONS) == set(FUNCTIONS)


EXAMPLES = {name: reference_examples.resource(name) for name in RESOURCES} | {
    name: reference_examples.function(name) for name in FUNCTIONS
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_in_python_fits_what_it_calls(name: str) -> None:
    tree = ast.parse(EXAMPLES[name]["python"])
    (imported,) = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    (call,) = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = getattr(importlib.import_module(str(imported.module)), imported.names[0].name)
    given = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    inspect.signature(called).bind(*["example"] * len(call.args), **given)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_in_yaml_fits_the_schema(name: str) -> None:
    assert problems(yaml.safe_load(EXAMPLES[name]["yaml"])) == []


def test_the_examples_in_go_are_go() -> None:
    if shutil.which("gofmt") is None:
        pytest.skip("gofmt is not on PATH")
    for name, example in EXAMPLES.items():
        done = subprocess.run(["gofmt", "-e"], input=example["go"], capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == (example["go"], ""), name


def test_the_reference_has_every_command_and_option() -> None:
    page = GENERATED["commands.md"]
    context = click.Context(cli, info_name="dashscope-ft")
    for name in cli.list_commands(context):
        part = page.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
        command = cli.get_command(context, name)
        assert command is not None
        options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        assert [option.name for option in options if f"`{option.opts[0]}" not in part] == []
    assert "\b" not in page


def test_the_examples_of_the_commands_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "destroy.jsonl").touch()
    blocks = re.findall(r"^```text\n(.*?)^```", GENERATED["commands.md"], re.MULTILINE | re.DOTALL)
    typed = 0
    for block in blocks:
        lines = [line for line in block.splitlines() if " [OPTIONS]" not in line and "dashscope-ft" in line]
        for words in snippets.commands("\n".join(lines)):
            if words[0] == "dashscope-ft":
                command = cli.get_command(click.Context(cli), words[1])
                assert command is not None, words
                command.make_context(words[1], words[2:])
                typed += 1
    assert typed >= 20


def test_the_navigation_leads_to_every_page_once() -> None:
    pages = [*site_pages.english().values(), *GENERATED]
    assert sorted(navigation(SETTINGS)) == sorted(pages)


def test_the_chinese_navigation_is_the_same_with_chinese_titles() -> None:
    titles = yaml.safe_load(site_build.TITLES.read_text(encoding="utf-8"))
    chinese = site_build.chinese_settings(SETTINGS, titles)
    assert navigation(chinese) == navigation(SETTINGS)
    in_english = {title for _, title in site_build.NAV_TITLE.findall(SETTINGS.split("\nnav:\n")[1])}
    assert set(titles) == in_english, "none is missing, none is left over"
    assert len([title for title in titles.values() if re.search(r"[\u4e00-\u9fff]", title)]) >= 50


def test_one_address_is_that_of_the_site() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    assert urls["Documentation"] == SITE
    assert urls["Source"] == REPOSITORY
    assert f"\nsite_url: {SITE}\n" in SETTINGS


@pytest.mark.parametrize(
    ("link", "moved"),
    [
        ("[a](guarantees.md#x)", "[a](guarantees.md#x)"),
        ("[a](../README.md)", "[a](index.md)"),
        ("[a](../CHANGELOG.md)", "[a](changelog.md)"),
        ("[a](../examples/serve)", "[a](examples/serve.md)"),
        ("[a](../schema.json)", f"[a]({REPOSITORY}/blob/main/schema.json)"),
        ("[a](../tests/security/)", f"[a]({REPOSITORY}/tree/main/tests/security)"),
        (f"[a]({REPOSITORY}/blob/main/docs/cli.md)", "[a](cli.md)"),
        ("[a](getting-started.zh.md)", f"[a]({SITE}zh/getting-started.html)"),
        ("![a](images/emulator.png)", "![a](images/emulator.png)"),
        ("[a](#here)", "[a](#here)"),
        ("[a](https://example.com/x.md)", "[a](https://example.com/x.md)"),
    ],
)
def test_a_link_leads_to_the_same_on_the_site(link: str, moved: str) -> None:
    english, _ = site_pages.editions()
    target, wanted = link.split("](")[1].removesuffix(")"), moved.split("](")[1].removesuffix(")")
    assert english.moved(target, "docs/serving.md") == wanted


def test_the_pages_of_the_pulumi_registry_have_what_it_wants() -> None:
    settings = schema.load()["config"]["variables"]
    for name in ("_index", "installation-configuration"):
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        _, head, body = text.split("---\n", 2)
        given = yaml.safe_load(head)
        assert given.keys() == {"title", "meta_desc", "layout"}
        assert given["layout"] == "package"
        assert not re.search(r"\]\((?!https://)", body), "the registry knows no files of the repository"
    assert set(re.findall(r"^\| `dashscope-ft:(\w+)`", body, re.MULTILINE)) == set(settings)


def test_the_logo_is_a_small_drawing() -> None:
    logo = (ROOT / "docs" / "images" / "logo.svg").read_text(encoding="utf-8")
    assert logo.startswith("<svg ")
    assert "<title" in logo
    assert "<script" not in logo
    assert len(logo) < 2_000


def test_the_logo_of_the_package_is_a_picture_that_nuget_takes() -> None:
    """Pulumi's generator for .NET saves whatever it finds at this address as `logo.png`."""
    address = schema.load()["logoUrl"]
    picture = (ROOT / address.partition("/main/")[2]).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture[16:24] == (128).to_bytes(4, "big") * 2, "width and height"
    assert len(picture) < 10_000


def test_the_skill_has_what_assistants_look_for() -> None:
    text = (ROOT / "skills" / "dashscope-ft" / "SKILL.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    given = yaml.safe_load(head)
    assert given["name"] == "dashscope-ft"
    assert len(given["description"]) <= 1024
    for rule in ("pulumi preview", "Never confirm a paid step", "--execute", "quota", "max_runtime", "emulator"):
        assert rule in body
    shown = re.findall(r"^```sh\n(.*?)^```", body, re.MULTILINE | re.DOTALL)
    assert not re.search(r"--yes|--execute(?! )", "\n".join(line.split("#")[0] for line in "".join(shown).splitlines()))
