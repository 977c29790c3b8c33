"""The check of `doctor` that concerns the provider plugin.

A program in YAML, TypeScript or Go (and a Python one with the classes of `native`) needs an executable that no registry
has. If Pulumi does not find it, Pulumi says that it could not download it, which helps nobody.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft._version import __version__

from .checkup import Finding, fine, unusual, wrong
from .running import output_of

__all__ = ["check_plugin"]

PACKAGE = "dashscope-ft"
EXECUTABLE = f"pulumi-resource-{PACKAGE}"

_NAME_IT = (
    "install pulumi-dashscope-ft into a virtual environment, and name its folder in Pulumi.yaml: "
    f"plugins: {{providers: [{{name: {PACKAGE}, path: .venv/bin}}]}}"
)


def check_plugin(directory: Path, settings: Mapping[str, Any], *, needed: bool) -> Finding | None:
    """Check whether Pulumi finds the plugin, and which one; None where no program needs it.

    :param directory: of the project.
    :param settings: what Pulumi.yaml contains.
    :param needed: whether programs of the project's language have no other way.
    """
    named = _named(settings)
    if named is not None:
        place = directory / named
        place = place if place.is_dir() else place.parent
        executable = shutil.which(EXECUTABLE, path=str(place))
        if executable is None:
            message = f"Pulumi.yaml names {named} for {PACKAGE}, and there is no {EXECUTABLE} in {place}"
            return wrong("plugin", message, "install pulumi-dashscope-ft there, or correct the path.")
        return _version(Path(executable), "named by Pulumi.yaml")
    if _is_package(settings):
        return fine("plugin", f"Pulumi.yaml names the package {PACKAGE} by its source; Pulumi makes the plugin from it")
    executable = shutil.which(EXECUTABLE)
    if executable is None:
        message = f"there is no {EXECUTABLE} where Pulumi looks: in a folder that Pulumi.yaml names, or on PATH"
        return wrong("plugin", message, f"{_NAME_IT}.") if needed else None
    return _version(Path(executable), "on PATH") if needed else None


def _named(settings: Mapping[str, Any]) -> str | None:
    plugins = settings.get("plugins")
    listed = plugins.get("providers") if isinstance(plugins, Mapping) else None
    for plugin in listed if isinstance(listed, list) else ():
        if isinstance(plugin, Mapping) and plugin.get("name") == PACKAGE and plugin.get("path"):
            return os.path.expanduser(str(plugin["path"]))
    return None


def _is_package(settings: Mapping[str, Any]) -> bool:
    """Whether `pulumi package add` has recorded a folder; a version alone does not say where the plugin is."""
    packages = settings.get("packages")
    source = packages.get(PACKAGE) if isinstance(packages, Mapping) else None
    source = source.get("source") if isinstance(source, Mapping) else source
    return isinstance(source, str) and "/" in source


def _version(executable: Path, whence: str) -> Finding:
    printed = output_of([str(executable), "--version"], 30.0)
    words = (printed or "").split()
    if len(words) < 2 or words[0] != EXECUTABLE:
        return wrong("plugin", f"{executable} ({whence}) can't be run", "install pulumi-dashscope-ft there again.")
    version = words[1].rstrip(":")
    if version != __version__:
        message = f"{executable} ({whence}) is {version}, this command is {__version__}"
        return unusual("plugin", message, "bring the older one up to date.")
    return fine("plugin", f"{executable} {version} ({whence})")
