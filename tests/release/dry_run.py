"""The steps of a release, one after the other, as .github/workflows/release.yml does them; nothing is published.

`make release-check` runs all of them; `python tests/release/dry_run.py STEP…` only some. What can't be done here is
skipped and listed at the end, with the reason. The files are left in `dist`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import builds
import first_steps
import plugins
import sboms
import sdks
from commands import ROOT, TOOLS, CommandFailedError, SkippedError, needs, run, tool

from pulumi_dashscope_ft._version import __version__

DIST = ROOT / "dist"
Step = Callable[[Path], str]


def build(work: Path) -> str:
    """Build the wheel and the source archive twice: the same bytes."""
    tool("twine")
    shutil.rmtree(DIST, ignore_errors=True)
    made = builds.build(TOOLS / "bin" / "python", DIST, work)
    return "; ".join(f"{file.name} {builds.digest(file)[:12]}" for file in made)


def metadata(_: Path) -> str:
    """Check the metadata, and that the package index can show the README."""
    files = [*_built("*.whl"), *_built("*.tar.gz")]
    run(tool("twine"), "check", "--strict", *files)
    for file in files:
        if f"-{__version__}" not in file.name:
            raise CommandFailedError(f"{file.name} is not of the version {__version__}")
    return f"{len(files)} files of the version {__version__}"


def install(work: Path) -> str:
    """Install the wheel as the container image does, and ask the emulator whether it is well."""
    python = _environment(work)
    locked = ("--require-hashes", "--only-binary", ":all:", "--requirement", ROOT / sboms.LOCK)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", *locked)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", *_built("*.whl"))
    run(python, "-m", "pip", "check")
    said = run(python.with_name("dashscope-ft"), "--version").strip()
    with _serving(python.with_name("dashscope-ft"), "emulator", "--port", "0") as address:
        urllib.request.urlopen(address, timeout=30).close()
    return said


def sbom(_: Path) -> str:
    """Write the software bill of materials."""
    return sboms.write(DIST, __version__).name


def plugin(work: Path) -> str:
    """Write the archives by which Pulumi fetches the plugin itself."""
    _built("*.whl")
    return plugins.make(DIST, __version__, work)


def containerfile(_: Path) -> str:
    """Lint what the container image is built from, and the images of the examples."""
    files = [ROOT / "Containerfile", *sorted(ROOT.glob("examples/*/Dockerfile"))]
    run(tool("hadolint"), "--failure-threshold", "info", *files)
    return f"{len(files)} files are clean"


def image(_: Path) -> str:
    """Build the container image and wait until it is healthy, where a builder runs."""
    needs("docker")
    try:
        run("docker", "info")
    except CommandFailedError as error:
        raise SkippedError("no container builder runs here (`docker info` fails)") from error
    run("docker", "build", "--file", "Containerfile", "--tag", "dashscope-ft:check", ".")
    container = run("docker", "run", "--detach", "dashscope-ft:check").strip()
    try:
        for _second in range(60):
            health = run("docker", "inspect", "--format", "{{.State.Health.Status}}", container).strip()
            if health == "healthy":
                return "dashscope-ft:check is healthy"
            time.sleep(1)
        raise CommandFailedError(f"the container is {health}: {run('docker', 'logs', container)}")
    finally:
        run("docker", "rm", "--force", container)


def _of_language(language: str) -> Step:
    return lambda work: sdks.make(language, DIST, __version__, work)


def _first_steps(language: str) -> Step:
    def walk(work: Path) -> str:
        _built("*.whl")
        took = first_steps.walk(language, DIST, work / "triage", sys.executable)
        return f"{len(first_steps.commands_of(language))} commands, {took:.0f} s"

    return walk


STEPS: dict[str, Step] = {
    "build": build,
    "metadata": metadata,
    "install": install,
    "sbom": sbom,
    "plugin": plugin,
    "containerfile": containerfile,
    "image": image,
    **{f"sdk-{language}": _of_language(language) for language in sdks.LANGUAGES},
    **{f"first-steps-{language.lower()}": _first_steps(language) for language in first_steps.LANGUAGES},
}


def _built(pattern: str) -> list[Path]:
    files = sorted(DIST.glob(pattern))
    if not files:
        raise SkippedError(f"there is no {pattern} in dist: the step `build` makes it")
    return files if pattern == "*.whl" else [file for file in files if file.name.startswith("pulumi_dashscope_ft-")]


def _environment(work: Path) -> Path:
    run(sys.executable, "-m", "venv", work / "venv")
    return work / "venv" / "bin" / "python"


@contextmanager
def _serving(*command: str | Path) -> Iterator[str]:
    """Run a server and yield the first address that it prints."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1].removesuffix("/api/v1") + "/"
        finally:
            process.terminate()


def main(arguments: list[str]) -> int:
    """Run steps, all of them if none is named. Return 1 if one has failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--no-skip", action="store_true", help="fail where a step can't be done")
    options = parser.parse_args(arguments)
    if unknown := set(options.steps) - set(STEPS):
        parser.error(f"there is no step {', '.join(sorted(unknown))}")
    failed, skipped = [], []
    for name in options.steps or STEPS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="release-") as work:
            try:
                said = STEPS[name](Path(work) / name)
            except SkippedError as reason:
                skipped.append(name)
                said = f"SKIPPED: {reason}"
            except (CommandFailedError, subprocess.CalledProcessError, OSError) as error:
                failed.append(name)
                said = f"FAILED: {error}"
        print(f"{name} ({time.monotonic() - began:.0f} s): {said}", flush=True)
    done = len(options.steps or STEPS) - len(failed) - len(skipped)
    print(f"release-check: {done} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or (skipped and options.no_skip) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
