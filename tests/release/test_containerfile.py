"""The container image: what of it can be said without a builder. `make release-check` builds it where there is one."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
LINES = [line.strip() for line in re.sub(r"\\\n", " ", TEXT).splitlines() if line.strip() and not line.startswith("#")]


def arguments(instruction: str) -> list[str]:
    return [line.partition(" ")[2] for line in LINES if line.startswith(f"{instruction} ")]


def test_every_base_is_one_and_named_by_its_digest() -> None:
    assert len({base.partition(" AS ")[0] for base in arguments("FROM")}) == 1
    for base in arguments("FROM"):
        assert re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}( AS \w+)?", base)


def test_it_does_not_run_as_root() -> None:
    final = LINES[max(number for number, line in enumerate(LINES) if line.startswith("FROM ")) :]
    users = [line.split()[1] for line in final if line.startswith("USER ")]
    assert users
    assert re.fullmatch(r"[1-9]\d{4}:[1-9]\d{4}", users[-1])
    assert final.index(f"USER {users[-1]}") > max(n for n, line in enumerate(final) if line.startswith("RUN "))


def test_its_health_is_asked_and_nothing_goes_through_a_shell() -> None:
    (health,) = arguments("HEALTHCHECK")
    options, _, command = health.partition(" CMD ")
    assert {option.partition("=")[0] for option in shlex.split(options)} >= {"--interval", "--timeout"}
    (entry,) = arguments("ENTRYPOINT")
    assert json.loads(command)[0] == "python"
    compile(json.loads(command)[2], "<health>", "exec")
    name, *rest = json.loads(entry)
    assert name == "dashscope-ft"
    port = rest[rest.index("--port") + 1]
    assert arguments("EXPOSE") == [port]
    assert f"127.0.0.1:{port}/" in command
    command_line = [Path(sys.executable).with_name(name), *rest, "--help"]
    subprocess.run(command_line, check=True, capture_output=True)  # the command knows these options


def test_nothing_is_installed_whose_hash_is_not_known() -> None:
    installs = [line for line in arguments("RUN") if "pip install" in line]
    assert installs
    for line in installs:
        assert "--no-deps" in line
        assert "--require-hashes" in line or "--no-index" in line
    assert not arguments("ADD")
    assert not [line for line in arguments("RUN") if re.search(r"\b(curl|wget|apt-get|sudo)\b", line)]


def test_a_builder_gets_what_the_file_copies_and_no_more() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    copied = [part.split()[0] for part in arguments("COPY") if not part.startswith("--from=")]
    assert sorted(copied) == sorted(allowed)
    assert (ROOT / "requirements-demo.lock").exists()
