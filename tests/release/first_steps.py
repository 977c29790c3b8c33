"""What templates/README.md tells a newcomer to type, typed in an empty folder, with the built wheel: in each language.

The wheel lies in a folder that pip also looks at; everything else comes from where it comes from for everybody. The
template is this checkout's, because the address in the page leads to what is published.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands import ROOT, CommandFailedError, SkippedError, needs

PAGE = ROOT / "templates" / "README.md"
LANGUAGES = {"Python": ("pulumi-language-python",), "YAML": ("pulumi-language-yaml",), "TypeScript": ("node", "npm")}
"""What has to be on PATH beside `pulumi`."""

MOST_COMMANDS = 3
MOST_SECONDS = 120
_ADDRESS = re.compile(r"https://github\.com/\S+/templates/(\w+)$", re.MULTILINE)


def commands_of(language: str) -> list[str]:
    """Return the lines of the page that a newcomer types."""
    block = re.search(rf"^## {language}\n\n```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert block, f"{PAGE} has no commands for {language}"
    return block[1].splitlines()


def walk(language: str, wheels: Path, folder: Path, python: str) -> float:
    """Type them, and look at what came of it.

    :param wheels: the folder with the built wheel.
    :param folder: an empty folder.
    :param python: what a newcomer has as `python3`.
    :returns: how long it took, in seconds.
    :raises SkippedError: something that a newcomer needs is not here.
    :raises CommandFailedError: a command failed, took too long, or there are too many of them.
    """
    needs("pulumi", *LANGUAGES[language])
    lines = commands_of(language)
    if len(lines) > MOST_COMMANDS:
        raise CommandFailedError(f"{language}: {len(lines)} commands; {MOST_COMMANDS} have to do")
    script = _ADDRESS.sub(lambda link: f"{ROOT / 'templates' / link[1]}", "\n".join(lines))
    began = time.monotonic()
    _type(script.replace("pulumi up", "pulumi up\npulumi stack output"), wheels, folder, python)
    took = time.monotonic() - began
    if took > MOST_SECONDS * _others():
        raise CommandFailedError(f"{language}: {took:.0f} s; {MOST_SECONDS} have to do")
    return took


def _others() -> float:
    """Return how many times longer everything takes here, because others use the same cores."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _type(script: str, wheels: Path, folder: Path, python: str) -> None:
    state, shims, home = (folder.with_name(f"{folder.name}-{name}") for name in ("state", "shims", "home"))
    for made in (folder, state, shims, home):
        made.mkdir(parents=True)
    (shims / "python3").symlink_to(python)
    environment = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith(("DASHSCOPE", "PULUMI", "VIRTUAL"))
        },
        "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PULUMI_BACKEND_URL": f"file://{state}",  # `pulumi login --local`, but for this run alone
        "PULUMI_CONFIG_PASSPHRASE": "try",
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_SKIP_CONFIRMATIONS": "true",  # as if one took what is offered
    }
    script = script.replace("pulumi new", "pulumi new --yes --name triage --stack dev")
    with _shell(f"set -e\n{script}\n", folder, environment) as (code, said):
        if code or not re.search(r"model +qwen3-8b-ft-", said):
            raise CommandFailedError(f"{script}\nended with {code}:\n{said}")


@contextmanager
def _shell(script: str, folder: Path, environment: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Run a script whose background processes end with the block."""
    bash = shutil.which("bash")
    if bash is None:
        raise SkippedError("`bash` is not on PATH")
    log = folder.with_name(f"{folder.name}.log")
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [bash, "-c", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=10 * MOST_SECONDS)
        finally:
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                code = process.returncode
    yield code, log.read_text(encoding="utf-8", errors="replace")
