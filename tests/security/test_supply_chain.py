"""What users, `make` and the examples' pipelines install: no old version, nothing unchecked. And no pipeline gives a
stranger's change the secrets.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

sys.path.insert(0, str(Path(__file__).parent))

from advisories import ADVISORIES, Advisory
from audit import LOCKS, audit, entries_of, judge

from pulumi_dashscope_ft._version import __version__

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements-dev.lock").read_text()
DEMO = (ROOT / "requirements-demo.lock").read_text()
SITE = (ROOT / "requirements-site.lock").read_text()
POLICY = (ROOT / "requirements-policy.lock").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PREVIEWS = ROOT / "examples" / "pr-environments"
WORKFLOWS = sorted(PREVIEWS.glob(".github/workflows/*.yml"))
GITLAB = PREVIEWS / ".gitlab-ci.yml"


def requirements() -> Iterator[Requirement]:
    """All that `pyproject.toml` demands, without this package's own extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for group in (project["dependencies"], *project["optional-dependencies"].values()):
        yield from (Requirement(line) for line in group if Requirement(line).name != project["name"])


def minimum(requirement: Requirement) -> Version | None:
    bounds = [Version(bound.version) for bound in requirement.specifier if bound.operator == ">="]
    return max(bounds, default=None)


def pins(text: str) -> dict[str, Version]:
    lines = re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in lines}


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda advisory: f"{advisory.package}-{advisory.name}")
def test_the_oldest_version_that_may_be_installed_is_above_the_advisory(advisory: Advisory) -> None:
    demanded = [one for one in requirements() if canonicalize_name(one.name) == advisory.package]
    assert demanded, f"pyproject.toml names no {advisory.package}, so that an old one may stay"
    for requirement in demanded:
        oldest = minimum(requirement)
        assert oldest is not None, advisory
        assert oldest >= Version(advisory.fixed), advisory
        assert [version for version in advisory.again if requirement.specifier.contains(version)] == []


@pytest.mark.parametrize("requirement", list(requirements()), ids=str)
def test_what_is_tested_is_what_may_be_installed(requirement: Requirement) -> None:
    pinned = (pins(POLICY) | pins(LOCK))[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pinned, prereleases=True)
    assert minimum(requirement) or requirement.name.startswith("types-"), "a minimum, so that none is too old"


def test_the_lock_is_made_of_the_constraints() -> None:
    assert pins(LOCK) == pins((ROOT / "constraints.txt").read_text()), "type: make lock"


def test_the_demo_installs_a_part_of_the_lock() -> None:
    entries = {text.replace("\\\n", " ") for text in re.split(r"\n(?=\S)", LOCK.strip())}
    demo = {text.replace("\\\n", " ") for text in re.split(r"\n(?=\S)", DEMO.strip())}
    assert demo < entries, "type: make lock"


def test_the_policy_pack_runs_with_what_is_tested_but_for_what_pulumi_policy_does_not_take() -> None:
    tested = pins(LOCK)
    others = {name for name, version in pins(POLICY).items() if tested.get(name) != version}
    assert others == {"googleapis-common-protos", "protobuf", "pulumi-policy", "setuptools"}, "type: make lock"
    for requirement in requirements():
        pinned = pins(POLICY).get(canonicalize_name(requirement.name))
        assert pinned is None or requirement.specifier.contains(pinned, prereleases=True)


@pytest.mark.parametrize("lock", [LOCK, SITE, POLICY], ids=["dev", "site", "policy"])
def test_everything_in_a_lock_has_hashes_and_comes_from_nowhere_in_particular(lock: str) -> None:
    for entry in lock.replace("\\\n", " ").splitlines():
        assert re.match(r"[\w.-]+==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock


def test_the_site_is_built_with_the_versions_that_are_tested() -> None:
    tested = pins(LOCK)
    built = {name: version for name, version in pins(SITE).items() if name in tested}
    assert len(built) >= 5
    assert built == {name: tested[name] for name in built}, "type: make lock"


def installs() -> Iterator[tuple[str, str]]:
    """Every `pip install` that `make`, CI, a pipeline or an image runs."""
    places = [ROOT / "Makefile", ROOT / ".ci" / "run", *WORKFLOWS, GITLAB, *PREVIEWS.glob("ci/*.sh")]
    for place in [*places, *ROOT.glob("examples/*/Dockerfile")]:
        for line in place.read_text().replace("\\\n", " ").splitlines():
            if "pip install" in line and not line.lstrip().startswith("#"):
                yield place.name, line


@pytest.mark.parametrize(("place", "line"), list(installs()))
def test_nothing_is_installed_without_its_hash(place: str, line: str) -> None:
    itself = "--no-deps" in line and "--no-index" in line and "--no-build-isolation" in line
    assert "--require-hashes" in line or (place == "Makefile" and itself), line


def test_there_are_installs_to_check() -> None:
    assert {place for place, _ in installs()} == {
        "Makefile",
        "preview.yml",
        "nightly.yml",
        ".gitlab-ci.yml",
        "Dockerfile",
    }


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_an_action_is_named_by_its_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)", workflow.read_text())
    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", action), action


def test_one_action_has_one_commit() -> None:
    used = {action for workflow in WORKFLOWS for action in re.findall(r"uses: (.+)", workflow.read_text())}
    assert len(used) == len({action.split("@")[0] for action in used})


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_the_command_is_of_one_version(workflow: Path) -> None:
    steps = [step for job in yaml.safe_load(workflow.read_text())["jobs"].values() for step in job["steps"]]
    for step in steps:
        if step.get("uses", "").startswith("pulumi/actions@"):
            assert re.fullmatch(r"\d+\.\d+\.\d+", step["with"]["pulumi-version"])


def images() -> Iterator[tuple[str, str]]:
    """Every image that the examples name."""
    for dockerfile in ROOT.glob("examples/*/Dockerfile"):
        for image in re.findall(r"^FROM (\S+)", dockerfile.read_text(), re.MULTILINE):
            yield dockerfile.name, image
    yield GITLAB.name, yaml.safe_load(GITLAB.read_text())["default"]["image"]["name"]
    for manifest in (ROOT / "examples" / "gitops").glob("*.yaml"):
        for image in re.findall(r"^ *image: (\S+)", manifest.read_text(), re.MULTILINE):
            yield manifest.name, image


@pytest.mark.parametrize(("place", "image"), list(images()))
def test_an_image_is_named_by_its_digest(place: str, image: str) -> None:
    """By a digest, or by a placeholder for one. Empty, or as it stands there, a placeholder makes no valid name of an
    image: nothing is pulled by its tag alone by mistake.
    """
    name, _, digest = image.partition("@")
    assert re.search(r":\d+\.\d+\.\d+", name), "the version, for readers"
    placeholder = r"\$\{?[A-Z_]+\}?|sha256:[A-Z-]+"
    assert re.fullmatch(rf"sha256:[0-9a-f]{{64}}|{placeholder}", digest), image
    assert not re.fullmatch(r"sha256:(.)\1*", digest), "no digest of nothing"


def test_no_default_stands_in_for_a_digest_that_was_not_given() -> None:
    for dockerfile in ROOT.glob("examples/*/Dockerfile"):
        for argument in re.findall(r"^ARG (\S+)", dockerfile.read_text(), re.MULTILINE):
            assert "=" not in argument, argument
    variables = yaml.safe_load(GITLAB.read_text()).get("variables", {})
    assert "IMAGE_DIGEST" not in " ".join(variables)


def holds(condition: str, values: dict[str, str]) -> bool:
    """Whether a condition of GitHub or GitLab holds: comparisons of variables and words, joined by `&&`."""

    def value(term: str) -> str:
        return term[1:-1] if term[0] in "'\"" else values[term]

    for part in condition.split("&&"):
        comparison = re.fullmatch(r"\s*(\S+) (==|!=) (\S+)\s*", part)
        assert comparison is not None, f"a condition that is not known here: {part}"
        left, operator, right = comparison.groups()
        if (value(left) == value(right)) != (operator == "=="):
            return False
    return True


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "closed"])
@pytest.mark.parametrize("head", ["shop/models", "stranger/models"])
def test_a_fork_runs_nothing_on_github(action: str, head: str) -> None:
    known = {
        "github.event.action": action,
        "github.event.pull_request.head.repo.full_name": head,
        "github.repository": "shop/models",
    }
    jobs = yaml.safe_load((PREVIEWS / ".github/workflows/preview.yml").read_text())["jobs"]
    due = [name for name, job in jobs.items() if holds(job["if"], known)]
    assert due == ([] if head != "shop/models" else ["down"] if action == "closed" else ["up"])


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_no_trigger_gives_a_strangers_change_the_secrets(workflow: Path) -> None:
    """As `pull_request_target` and `workflow_run` would."""
    text = yaml.safe_load(workflow.read_text())
    triggers: dict[str, Any] = text.get("on", text.get(True))  # YAML 1.1 reads the key `on` as true
    assert list(triggers) == ["pull_request"] or set(triggers) <= {"schedule", "workflow_dispatch"}


MERGE_REQUESTS = {
    "of a branch": ("12", "12", "12"),
    "of a fork, in the fork": ("99", "12", "99"),
    "of a fork, started here by a member": ("99", "12", "12"),
}


@pytest.mark.parametrize("which", MERGE_REQUESTS)
def test_a_fork_runs_nothing_on_gitlab(which: str) -> None:
    source, target, here = MERGE_REQUESTS[which]
    known = {
        "$CI_PIPELINE_SOURCE": "merge_request_event",
        "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source,
        "$CI_MERGE_REQUEST_PROJECT_ID": target,
        "$CI_PROJECT_ID": here,
    }
    pipeline = yaml.safe_load(GITLAB.read_text())
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict) and "script" in job}
    due = [name for name, job in jobs.items() if any(holds(rule["if"], known) for rule in job["rules"])]
    assert due == (["preview up", "preview down"] if which == "of a branch" else [])


@pytest.mark.parametrize("folder", ["pr-environments", "gitops"])
def test_the_examples_lock_is_of_this_release_and_is_refused_until_it_is_made(folder: str) -> None:
    lock = (ROOT / "examples" / folder / "requirements.lock").read_text()
    assert pins(lock) == {"pulumi-dashscope-ft": Version(__version__)}
    assert "--hash" not in lock, "no hash of a release is known before the release"
    assert "uv pip compile --universal --generate-hashes" in lock


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


CLEAN = {"name": "requests", "version": "2.34.2", "vulns": []}
SKIPPED = {"name": "requests", "skip_reason": "Dependency not found on PyPI and could not be audited"}
BAD = {"name": "idna", "version": "3.4", "vulns": [{"id": "PYSEC-2024-60", "fix_versions": ["3.7"], "aliases": []}]}


def test_an_audit_that_nobody_answered_is_not_called_clean() -> None:
    """What pip-audit itself does: it ends with 0, and its last line is `No known vulnerabilities found`."""
    asked: list[int] = []

    def ask(lines: Any) -> dict[str, Any]:
        asked.append(len(lines))
        return report(SKIPPED)

    verdict = audit(ask, [LOCK])
    assert verdict.exit_code == 0
    assert verdict.text.startswith("not audited: ")
    assert asked == [1], "one question is enough to find out"
    assert audit(lambda lines: "no route to host", [LOCK]).text == "not audited: no route to host"


def test_an_audit_fails_for_advisories_only() -> None:
    assert judge(report(CLEAN)).text == "no advisory about 1 packages"
    assert "not audited: requests" in judge(report(BAD | {"vulns": []}, SKIPPED)).text
    verdict = judge(report(CLEAN, BAD, SKIPPED))
    assert verdict.exit_code == 1
    assert "idna 3.4: PYSEC-2024-60, fixed in 3.7" in verdict.text
    assert 'make lock UPGRADE="idna"' in verdict.text


def test_an_audit_asks_for_what_every_lock_installs_and_for_each_version_once() -> None:
    assert {lock.name for lock in LOCKS} == set(re.findall(r"requirements-[a-z]+\.lock", MAKEFILE))
    texts = [lock.read_text() for lock in LOCKS]
    asked: list[str] = []

    def ask(lines: Any) -> dict[str, Any]:
        asked[:] = lines
        return report(CLEAN)

    audit(ask, texts)
    assert {line.split()[0] for line in asked} == set(re.findall(r"^[\w.-]+==\S+", "\n".join(texts), re.MULTILINE))
    assert len(asked) == len({line.split()[0] for line in asked})
    assert entries_of([LOCK, LOCK]) == entries_of([LOCK])
