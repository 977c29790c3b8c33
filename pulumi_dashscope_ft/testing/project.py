"""Reads a project's files: name, program, configuration.

The local engine reads the same `Pulumi.yaml` and `Pulumi.<stack>.yaml` as the command, so that one directory works with
both. It reads only what it needs, and refuses what it can't honour with a reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import UnsupportedByLocalEngine


@dataclass(frozen=True, slots=True)
class Project:
    """A project. `program` is the directory or file to run; it need not exist for refresh and destroy."""

    name: str
    program: Path
    defaults: dict[str, str]
    plugins: dict[str, Path]
    """The folder with a package's plugin, by package (`plugins.providers`)."""


def read_project(directory: Path) -> Project:
    """Read `Pulumi.yaml`.

    :raises FileNotFoundError: there is none; the message says what to do.
    :raises UnsupportedByLocalEngine: the project needs the real engine; the message says what to do.
    """
    path = directory / "Pulumi.yaml"
    if not path.exists():
        raise FileNotFoundError(
            f"{directory} has no Pulumi.yaml, so it is not a Pulumi project. Go to one, or write one:\n"
            "name: my-project\nruntime: python"
        )
    data = _mapping(path)
    runtime = data.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language not in (None, "python"):
        raise UnsupportedByLocalEngine(f"{path}: the local engine runs Python programs, not {language}. Use `pulumi`.")
    main = directory / str(data.get("main") or ".")
    name = str(data.get("name") or directory.name)
    return Project(name, main.resolve(), _defaults(data.get("config") or {}, name), _plugins(data, directory))


def read_stack_config(directory: Path, stack: str, project: str, given: Collection[str]) -> dict[str, str]:
    """Return the values in `Pulumi.<stack>.yaml`, except those that were `given` otherwise.

    :raises UnsupportedByLocalEngine: a value is encrypted, so only Pulumi can read it.
    """
    path = directory / f"Pulumi.{stack}.yaml"
    if not path.exists():
        return {}
    settings: dict[str, str] = {}
    for key, value in (_mapping(path).get("config") or {}).items():
        if qualified(key, project) in given:
            continue
        if isinstance(value, dict) and "secure" in value:
            raise UnsupportedByLocalEngine(
                f"{path}: {key} is encrypted, and only the pulumi command can decrypt it. "
                "Pass it to the stack instead: config={" + repr(key) + ": Secret(…)}."
            )
        settings[qualified(key, project)] = _text(value)
    return settings


def qualified(key: str, project: str) -> str:
    """Return the key with a namespace. A key without one belongs to the project, as in the command."""
    return key if ":" in key else f"{project}:{key}"


def _defaults(config: dict[str, Any], project: str) -> dict[str, str]:
    defaults: dict[str, str] = {}
    for key, value in config.items():
        if isinstance(value, dict):
            value = value.get("value", value.get("default"))
        if value is not None:
            defaults[qualified(key, project)] = _text(value)
    return defaults


def _plugins(data: dict[str, Any], directory: Path) -> dict[str, Path]:
    listed = (data.get("plugins") or {}).get("providers") or []
    folders = {
        str(plugin["name"]): (directory / str(plugin["path"])).resolve() for plugin in listed if "path" in plugin
    }
    return {name: path if path.is_dir() else path.parent for name, path in folders.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _mapping(path: Path) -> dict[str, Any]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data if isinstance(data, dict) else {}
