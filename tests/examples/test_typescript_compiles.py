"""The TypeScript example, the template and what the docs show compile, and mistakes don't: against declarations made
from the schema everywhere, and against the classes that Pulumi generates where its command is on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
sys.path.insert(0, str(Path(__file__).parents[1] / "site"))

import reference_examples
import typescript_packages
from snippets import snippets
from typescript_declarations import declarations
from typescript_packages import EXAMPLE, PACKAGES, Mistake

from pulumi_dashscope_ft.plugin.package_schema import served_schema

pytestmark = pytest.mark.skipif(typescript_packages.missing() is not None, reason=str(typescript_packages.missing()))
SHOWN = [
    *(snippet.body for snippet in snippets() if snippet.language == "typescript"),
    *(reference_examples.resource(name)["typescript"] for name in reference_examples.RESOURCES),
    *(reference_examples.function(name)["typescript"] for name in reference_examples.FUNCTIONS),
]
TEMPLATE = Path(__file__).parents[2] / "templates" / "typescript" / "index.ts"

MODEL = 'const model = new dashscope.FineTunedModel("triage", { model: "qwen3-8b", trainingFileIds: ["file"] });'
FAULTY = {  # what the compiler must say to each
    "misspelt-input.ts": ("TS2561", 'new dashscope.TrainingFile("a", { path: "a", descripton: "b" });'),
    "input-of-another-resource.ts": ("TS2353", 'new dashscope.TrainingFile("a", { path: "a", model: "b" });'),
    "output-as-input.ts": ("TS2353", 'new dashscope.TrainingFile("a", { path: "a", fileId: "b" });'),
    "number-for-text.ts": ("TS2322", 'new dashscope.FineTuningJob("a", { model: 8 });'),
    "text-for-list.ts": ("TS2322", 'new dashscope.FineTuningJob("a", { model: "b", trainingFileIds: "c" });'),
    "list-of-numbers.ts": ("TS2322", 'new dashscope.FineTuningJob("a", { model: "b", trainingFileIds: [1] });'),
    "text-for-number.ts": ("TS2322", 'new dashscope.ModelDeployment("a", { modelName: "b", capacity: "2" });'),
    "truth-for-a-length-of-time.ts": (
        "TS2322",
        'new dashscope.FineTuningJob("a", { model: "b", teardownTimeout: true });',
    ),
    "no-such-value.ts": ("TS2322", 'new dashscope.FineTuningJob("a", { model: "b", onDestroy: "drop" });'),
    "required-input-left-out.ts": ("TS2345", 'new dashscope.FineTunedModel("a", { trainingFileIds: ["b"] });'),
    "all-inputs-left-out.ts": ("TS2554", 'new dashscope.TrainingFile("a");'),
    "misspelt-option.ts": ("TS2561", 'new dashscope.TrainingFile("a", { path: "b" }, { dependOn: [] });'),
    "no-such-resource.ts": ("TS2551", 'new dashscope.FineTunigJob("a", { model: "b" });'),
    "no-such-output.ts": ("TS2551", f"{MODEL} model.modelID;"),
    "output-of-another-type.ts": ("TS2322", f"{MODEL} const size: pulumi.Output<number> = model.modelId;"),
    "output-that-may-be-missing.ts": (
        "TS2322",
        f'{MODEL} new dashscope.ModelDeployment("a", {{ modelName: model.finetunedOutput }});',
    ),
    "argument-left-out.ts": ("TS2345", "dashscope.getJob({});"),
    "misspelt-argument.ts": ("TS2561", 'dashscope.getJob({ jobID: "a" });'),
    "no-such-result.ts": ("TS2339", 'dashscope.getJobOutput({ jobId: "a" }).apply(job => job.state);'),
    "setting-of-another-type.ts": ("TS2322", 'new dashscope.Provider("a", { apiKey: 1 });'),
}
RIGHT = f"""
{MODEL}
const file = new dashscope.TrainingFile("data", {{ path: "a" }});
const provider = new dashscope.Provider("other", {{ apiKey: pulumi.secret("sk-other") }});
const job = new dashscope.FineTuningJob("job", {{
    model: "qwen3-8b", trainingFileIds: [file.fileId, "other"], onDestroy: dashscope.OnDestroy.Retain,
    rerunOn: ["FAILED"], trainingType: "of the future", teardownTimeout: 90, triggers: [1, "two", file.sha256],
}}, {{ provider, dependsOn: [model], customTimeouts: {{ delete: "5m" }} }});
new dashscope.ModelDeployment("live", {{ modelName: model.modelId, plan: "lora", capacity: 2 }});
dashscope.listJobs({{ status: "RUNNING" }}).then(found => found.jobs.map(one => one.jobId.length));
export const lines: pulumi.Output<string[]> = dashscope.getLogsOutput({{ jobId: job.jobId, lines: 20 }}).lines;
"""
IMPORTS = 'import * as dashscope from "@pulumi-dashscope-ft/sdk";\nimport * as pulumi from "@pulumi/pulumi";\n'


def _generated(directory: Path) -> None:
    """The classes as Pulumi generates them from what the plugin serves."""
    for program in ("pulumi", "pulumi-language-nodejs"):
        if shutil.which(program) is None:
            pytest.skip(f"`{program}` is not on PATH")
    (directory / "schema.json").write_text(served_schema(), encoding="utf-8")
    command = ["pulumi", "package", "gen-sdk", "schema.json", "--language", "nodejs", "--out", "."]
    environment = {**os.environ, "PULUMI_HOME": str(directory / "home"), "PULUMI_SKIP_UPDATE_CHECK": "1"}
    subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)
    (directory / "nodejs").rename(directory / "sdk")
    (directory / "sdk" / "tsconfig.json").unlink()


def _declared(directory: Path) -> None:
    (directory / "sdk").mkdir()
    (directory / "sdk" / "index.ts").write_text(declarations(json.loads(served_schema())), encoding="utf-8")


@pytest.mark.parametrize("provide", [_declared, _generated], ids=["declared", "generated"])
def test_what_is_shown_compiles_and_mistakes_do_not(provide: Callable[[Path], None], tmp_path: Path) -> None:
    # One run of the compiler for all programs, for it takes seconds.
    provide(tmp_path)
    assert SHOWN
    right = {"index.ts": (EXAMPLE / "index.ts").read_text(encoding="utf-8"), "right.ts": IMPORTS + RIGHT}
    right["template.ts"] = TEMPLATE.read_text(encoding="utf-8")
    right |= {f"shown-{number}.ts": text for number, text in enumerate(SHOWN)}
    found = compiled(tmp_path, {**right, **{name: IMPORTS + text for name, (_, text) in FAULTY.items()}})
    assert [mistake for mistake in found if mistake.file not in FAULTY] == []
    said = {name: [one.code for one in found if one.file == name] for name in FAULTY}
    assert said == {name: [code] for name, (code, _) in FAULTY.items()}


def test_the_declarations_are_what_pulumi_generates(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    _declared(tmp_path / "ours")
    _generated(tmp_path)
    served = json.loads(served_schema())
    functions = [name[0].upper() + name[1:] for name in (token.rpartition(":")[2] for token in served["functions"])]
    resources = ["Provider", *(token.rpartition(":")[2] for token in served["resources"])]
    names = [f"{name}{part}" for name in functions for part in ("Args", "OutputArgs", "Result")]
    names += [f"{name}{part}" for name in resources for part in ("", "Args")]
    text = 'import * as ours from "./ours/sdk";\nimport * as theirs from "@pulumi-dashscope-ft/sdk";\n'
    text += "type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;\n"
    text += "\n".join(f"export const is{name}: Same<ours.{name}, theirs.{name}> = true;" for name in names)
    assert compiled(tmp_path, {"same.ts": text}) == []
    assert compiled(tmp_path, {"same.ts": text.replace("theirs.GetJobArgs", "theirs.GetLogsArgs")}) != []


def test_the_example_is_compiled_strictly() -> None:
    options = json.loads((EXAMPLE / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
    assert options["strict"] is True


def compiled(directory: Path, programs: Mapping[str, str]) -> list[Mistake]:
    """What the compiler finds in these programs, with the example's options; the plugin's classes are in `sdk`."""
    if not (directory / "node_modules").exists():
        (directory / "node_modules").symlink_to(PACKAGES)
    for name, text in programs.items():
        (directory / name).write_text(text, encoding="utf-8")
    shutil.copy(EXAMPLE / "tsconfig.json", directory / "example.json")
    options = {"paths": {"@pulumi-dashscope-ft/sdk": ["./sdk/index.ts"]}}
    project = {"extends": "./example.json", "compilerOptions": options, "files": sorted(programs)}
    (directory / "tsconfig.json").write_text(json.dumps(project))
    return typescript_packages.compile_project(directory)
