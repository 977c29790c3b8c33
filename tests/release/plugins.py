"""The plugin as Pulumi fetches it itself: the archives that `pluginDownloadURL` in schema.json leads to.

Each system has an archive of its own name with the same content: what a template's folder `provider` says, with the
version of the release. Pulumi makes the virtual environment when it installs the archive.
"""

from __future__ import annotations

from pathlib import Path

from archives import write
from commands import ROOT, CommandFailedError, needs, run

SYSTEMS = ("darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64")
_PROVIDER = ROOT / "templates" / "yaml" / "provider"


def make(target: Path, version: str, work: Path) -> str:
    """Write the archives; install one, where the `pulumi` command is here, and ask it for its schema.

    :param target: the folder with the built wheel.
    :param work: an empty folder.
    :returns: what was done.
    :raises CommandFailedError: Pulumi can't install or start it.
    """
    names = (f"pulumi-resource-dashscope-ft-v{version}-{system}.tar.gz" for system in SYSTEMS)
    archives = [write(target / name, _contents(version)) for name in names]
    needs("pulumi", "pulumi-language-python")
    home = {"PULUMI_HOME": str(work / "home"), "PULUMI_SKIP_UPDATE_CHECK": "1", "PIP_FIND_LINKS": str(target)}
    install = ("pulumi", "plugin", "install", "resource", "dashscope-ft", version)
    run(*install, "--file", next(file for file in archives if "linux-amd64" in file.name), env=home)
    schema = run("pulumi", "package", "get-schema", f"dashscope-ft@{version}", env=home)
    if '"dashscope-ft:index:FineTuningJob"' not in schema:
        raise CommandFailedError(f"the installed plugin serves another schema: {schema[:1000]}")
    return f"{len(archives)} archives; Pulumi installs and starts one"


def _contents(version: str) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in _PROVIDER.iterdir() if path.is_file()}
    return {**files, "requirements.txt": f"pulumi-dashscope-ft=={version}\n".encode()}
