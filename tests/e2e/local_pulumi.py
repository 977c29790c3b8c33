"""A stand-in for the `pulumi` command that runs on the local engine, so that shell scripts need not know which it is.

Why it exists: what pipelines do is written in shell, and calls `pulumi`. This knows the few commands that the scripts
of the examples use, keeps its states below `PULUMI_BACKEND_URL` (`file://…`), and names stacks as the real one does.
Beside its own states it leaves the checkpoints that Pulumi would, because a sweep reads those.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "warm"))

import warm_processes


def main() -> int:
    options = _parser().parse_intermixed_args()
    has_subcommand = options.command[0] in ("stack", "config")
    command = " ".join(options.command[:2]) if has_subcommand else options.command[0]
    rest = options.command[2:] if has_subcommand else options.command[1:]
    if command == "stack ls":
        print(json.dumps([{"name": name, "updateInProgress": False} for name in _names(everywhere=options.all)]))
        return 0
    if command == "config set":
        _configure(options.stack, *rest)
        return 0
    name = options.stack or (rest[0] if rest else None) or (_folder() / ".selected").read_text()
    file = _state(name)
    if command == "stack select":
        file.parent.mkdir(parents=True, exist_ok=True)
        (_folder() / ".selected").write_text(name)
        if options.create and not file.exists():
            file.write_text('{"version": 3, "deployment": {}}')
            _leave_checkpoint(file)
        return 0
    if not file.exists():
        print(f"error: no stack named '{name}' found", file=sys.stderr)
        return 6
    from pulumi_dashscope_ft.testing import LocalStack  # a second, which a list of stacks need not take
    from pulumi_dashscope_ft.testing.providers.process import ProviderProcess

    ProviderProcess.popen = warm_processes.popen if warm_processes.PLACE in os.environ else subprocess.Popen

    stack = LocalStack(
        Path.cwd(),
        stack=file.stem,
        state_file=file,
        config=_configuration(file.stem),
        on_line=lambda line: print(f"    {line}"),
    )
    if command in ("up", "refresh", "destroy"):
        settled = {"clear_pending_creates": True} if options.clear_pending_creates else {}
        try:
            return _operate(stack, command, **settled)
        finally:
            _leave_checkpoint(file)
    if command == "stack export":
        print(json.dumps(stack.export()))
    elif command == "stack output":
        (root,) = (one for one in stack.resources if one["type"] == "pulumi:pulumi:Stack")
        print("\n".join(f"    {key}  {value}" for key, value in sorted((root.get("outputs") or {}).items())))
    elif command == "stack rm":
        if stack.resources:
            print("error: it still has resources; removal rejected", file=sys.stderr)
            return 1
        file.unlink()
        _leave_checkpoint(file)
    elif command == "cancel":
        file.with_suffix(".lock").unlink(missing_ok=True)
        for lock in (_backend() / ".pulumi" / "locks" / "organization" / file.parent.name / file.stem).glob("*.json"):
            lock.unlink()
    else:
        print(f"error: {command} is not known here", file=sys.stderr)
        return 2
    return 0


def _operate(stack: Any, operation: str, **options: bool) -> int:
    from pulumi_dashscope_ft.testing import StackInUse, StackOperationFailed

    try:
        getattr(stack, operation)(**options)
    except (StackOperationFailed, StackInUse) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _configuration(stack: str) -> dict[str, str]:
    file = Path(f"Pulumi.{stack}.yaml")
    return dict(yaml.safe_load(file.read_text())["config"]) if file.exists() else {}


def _configure(stack: str, key: str, value: str) -> None:
    Path(f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": {**_configuration(stack), key: value}}))


def _backend() -> Path:
    return Path(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path)


def _folder() -> Path:
    return _backend() / str(yaml.safe_load(Path("Pulumi.yaml").read_text())["name"])


def _state(name: str) -> Path:
    _, _, rest = name.partition("organization/")
    return (_backend() / rest if rest else _folder() / name).with_suffix(".json")


def _leave_checkpoint(file: Path) -> None:
    """Write the state into Pulumi's own place for it, or remove it there, too."""
    folder = _backend() / ".pulumi"
    checkpoint = folder / "stacks" / file.parent.name / file.name
    if not file.exists():
        checkpoint.unlink(missing_ok=True)
        return
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    (folder / "meta.yaml").write_text("version: 1\n")
    state = json.loads(file.read_text())
    name = f"organization/{file.parent.name}/{file.stem}"
    whole = {"version": state["version"], "checkpoint": {"stack": name, "latest": state["deployment"]}}
    checkpoint.write_text(json.dumps(whole))


def _names(*, everywhere: bool) -> list[str]:
    if everywhere:
        return sorted(f"organization/{file.parent.name}/{file.stem}" for file in _backend().glob("*/*.json"))
    return sorted(file.stem for file in _folder().glob("*.json"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pulumi")
    parser.add_argument("command", nargs="+")
    parser.add_argument("--stack")
    parser.add_argument("--color")
    for flag in ("yes", "json", "all", "create", "skip-preview", "clear-pending-creates", "non-interactive"):
        parser.add_argument(f"--{flag}", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
