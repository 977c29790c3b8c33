"""`examples/gitops`: the manifests are what the operator reads, and what it does with them is what we say."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import pipeline_runner as pipelines
import stack_manifest_schema as schemas
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = 86400.0


MANIFESTS = [
    (file.name, manifest)
    for file in sorted((EXAMPLES / "gitops").glob("*.yaml"))
    for manifest in yaml.safe_load_all(file.read_text())
]
STACKS = [manifest for _, manifest in MANIFESTS if manifest["kind"] == "Stack"]
# What the README tells to create: name and key.
_CREATED = re.compile(r"create secret generic (\S+) --from-literal=([^=]+)=")
SECRETS = set(_CREATED.findall((EXAMPLES / "gitops" / "README.md").read_text()))


@pytest.mark.parametrize(("file", "manifest"), MANIFESTS, ids=lambda it: it if isinstance(it, str) else it["kind"])
def test_a_manifest_has_only_fields_that_exist(file: str, manifest: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schemas.KINDS[manifest["kind"]]).validate(manifest)


@pytest.mark.parametrize(
    "wrong",
    [
        {"destroyOnFinalise": True},
        {"resyncFrequencySeconds": 30},
        {"envRefs": {"DASHSCOPE_API_KEY": {"type": "Secret", "literal": {"value": "sk-…"}}}},
        {"fluxSource": {"sourceRef": {"apiVersion": "v1", "kind": "GitRepository", "name": "two-sources"}}},
    ],
)
def test_the_schema_sees_mistakes(wrong: dict[str, Any]) -> None:
    manifest = next(copy.deepcopy(one) for one in STACKS if "projectRepo" in one["spec"])
    manifest["spec"].update(wrong)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schemas.KINDS["Stack"]).validate(manifest)


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Stack", "metadata.name", "a" * 43),
        ("Stack", "spec.workspaceTemplate.spec.podTemplate.spec.containers.0.name", "main"),
        ("Stack", "spec.workspaceTemplate.spec.resources.limits.memory", 1024),
        ("Stack", "spec.envRefs.DASHSCOPE_API_KEY.secret.key", None),
        ("GitRepository", "spec.interval", "5"),
        ("GitRepository", "spec.url", "git.example.com/models.git"),
        ("CronJob", "spec.jobTemplate.spec.template.spec.restartPolicy", "Always"),
        ("CronJob", "spec.concurrencyPolicy", "forbid"),
    ],
)
def test_the_schema_sees_wrong_values(kind: str, path: str, value: Any) -> None:
    manifest = copy.deepcopy(next(one for _, one in reversed(MANIFESTS) if one["kind"] == kind))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = manifest
    for part in way:
        place = place[part]
    assert last in place
    place[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schemas.KINDS[kind]).validate(manifest)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack["metadata"]["name"])
def test_a_stack_goes_with_its_object_and_takes_its_secrets_by_reference(stack: dict[str, Any]) -> None:
    spec = stack["spec"]
    assert spec["destroyOnFinalize"] is True
    for name, reference in spec["envRefs"].items():
        assert (reference["type"] == "Secret") == (name in ("DASHSCOPE_API_KEY", "PULUMI_CONFIG_PASSPHRASE"))
        if reference["type"] == "Secret":
            assert (reference["secret"]["name"], reference["secret"]["key"]) in SECRETS
    project = spec["stack"].split("/")[1]
    source = spec.get("repoDir") or spec["fluxSource"]["dir"]
    assert yaml.safe_load((EXAMPLES.parent / source / "Pulumi.yaml").read_text())["name"] == project


def test_the_yaml_passes_its_linter() -> None:
    tool = Path(sys.executable).with_name("yamllint")
    if not tool.exists():
        pytest.skip("yamllint is not installed")
    folder = EXAMPLES / "gitops"
    arguments: list[str | Path] = ["--strict", "-c", folder / ".yamllint.yml", folder]
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def cluster(engine: str, tmp_path: Path) -> Iterator[Any]:
    """Where the operator works: a workspace with the source, a state backend, and an account five days ago."""
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=1e7, canceling_seconds=10, deploying_seconds=20
    )
    with EmulatorServer(settings=liked(settings), speed=20.0, start=time.time() - 5 * DAY) as emulator:
        pipeline = pipelines.Pipeline(engine, tmp_path, emulator)
        pipeline.project = Path(shutil.copytree(EXAMPLES / "quickstart", tmp_path / "workspace"))
        yield pipeline


@pytest.mark.timeout(300)
def test_what_the_operator_does_with_the_stack(cluster: Any, tmp_path: Path) -> None:
    """Up, a resync on a running and on a finished job, and the deletion, in a workspace that knows only the name."""
    spec = next(one["spec"] for one in STACKS if "projectRepo" in one["spec"])
    report = tmp_path / "report"
    known = {"DASHSCOPE_API_KEY": pipelines.KEY, "PULUMI_CONFIG_PASSPHRASE": "not a secret here"}
    environment = {name: known.get(name, str(report)) for name in spec["envRefs"]}
    name = spec["stack"]
    always = "--yes --skip-preview --non-interactive --color never"

    def pulumi(command: str) -> None:
        run = pipelines.Run()
        cluster.shell(f"pulumi {command}", environment, run)
        assert not run.failed, run.output

    pulumi(f"stack select --create {name}")
    pulumi(f"up --stack {name} {always}")
    (job_id,) = cluster.emulator.jobs
    for status in ("RUNNING", "SUCCEEDED"):
        cluster.emulator.force(job_id, status)
        pulumi(f"refresh --stack {name} {always}")
        pulumi(f"up --stack {name} {always}")
    assert cluster.changing() == {"upload": 1, "create": 1}

    # The source may be gone with the object (operator 2.8.0): name and runtime are all there is.
    cluster.project = tmp_path / "bare"
    cluster.project.mkdir()
    project = {"name": name.split("/")[1], "runtime": "python"}
    (cluster.project / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    pulumi(f"destroy --stack {name} {always}")
    assert not cluster.emulator.jobs
    assert not cluster.emulator.files
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [one for one in told if one["kind"] == "spend"], "what was started, from the first `up`"
    told = [one for one in told if one["kind"] != "spend"]
    assert {one["kind"]: one["outcome"] for one in told} == dict.fromkeys(("job", "file", "stack"), "deleted")


@pytest.mark.timeout(300)
def test_the_nightly_sweep_is_a_command_that_runs(cluster: Any) -> None:
    (cron,) = (one["spec"] for _, one in MANIFESTS if one["kind"] == "CronJob")
    (container,) = cron["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    names = [variable["name"] for variable in container["env"]]
    assert names == ["PULUMI_BACKEND_URL", "DASHSCOPE_API_KEY"]
    key = container["env"][1]["valueFrom"]["secretKeyRef"]
    assert (key["name"], key["key"]) in SECRETS

    environment = {"PULUMI_BACKEND_URL": cluster.backend, "DASHSCOPE_API_KEY": pipelines.KEY}
    up = pipelines.Run()
    cluster.shell(
        "pulumi stack select --create nightly && pulumi up --stack nightly --yes --skip-preview",
        {**environment, "PULUMI_CONFIG_PASSPHRASE": "not a secret here"},
        up,
    )
    assert not up.failed, up.output
    # Kubernetes fills in $(NAME) itself; `command` runs in no shell.
    command = [part.replace("$(PULUMI_BACKEND_URL)", cluster.backend) for part in container["command"]]
    done = cluster.execute(command, environment)
    assert done.returncode == 0, done.stdout
    report = json.loads(done.stdout[done.stdout.index("{") :])
    assert [state["name"] for state in report["states"]] == ["dashscope-ft-quickstart/nightly"]
    assert {one["verdict"] for one in report["objects"]} == {"in use"}
