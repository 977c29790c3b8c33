"""Optional memory across restarts, in one SQLite file.

Developers with a long-running emulator want yesterday's jobs to be there, and a restart must not turn a stack's state
into a list of unknown ids. Each object is one row of JSON; only changed rows are written. Keys are not stored, only the
salted digests that distinguish accounts.

The content of a file is checked (:mod:`.restoring`). An unusable row stays in the file, untouched, and is named in
:attr:`Store.notices`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.emulator import checks, strict_json
from pulumi_dashscope_ft.emulator.limits import BODY_BYTES, DEPTH, LATEST, MOST_ACCOUNTS
from pulumi_dashscope_ft.emulator.model.board import History
from pulumi_dashscope_ft.emulator.model.custom.compression import CompressionJob
from pulumi_dashscope_ft.emulator.model.custom.importing import STATUSES as IMPORT_STATUSES
from pulumi_dashscope_ft.emulator.model.custom.importing import ImportJob
from pulumi_dashscope_ft.emulator.model.custom.product import Product
from pulumi_dashscope_ft.emulator.model.custom.templates import KIND
from pulumi_dashscope_ft.emulator.model.deployments import GONE, EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES as DEPLOYMENT_STATUSES
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob
from pulumi_dashscope_ft.emulator.model.machine import STATUSES, Plan
from pulumi_dashscope_ft.emulator.model.service import Service, StoredFile
from pulumi_dashscope_ft.emulator.wire import Ids

from .private_file import keep_private
from .restoring import known_status, restored

_VERSION = "1"
_META = ("meta", "")
_ROW_BYTES = 4 * BODY_BYTES
"""The longest row: the inputs of a job may be spelled longer here."""
_MOST_ROWS = 1_000_000
_MOST_NOTICES = 20
_SALT = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHAPE = "SELECT type, tbl_name FROM sqlite_master WHERE type IN ('trigger', 'view') OR name = 'entries'"


class Store:
    """A state file. Use with the service's lock held.

    :raises ValueError: the file is something else.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._found: list[str] = []
        try:
            self._found += keep_private(Path(path))
            self._db = sqlite3.connect(self._path, check_same_thread=False)
        except (OSError, sqlite3.Error) as trouble:
            raise self._unusable(trouble) from None
        try:
            self._open()
        except sqlite3.Error as trouble:
            self._db.close()
            raise self._unusable(trouble) from None
        except ValueError:
            self._db.close()
            raise

    def _open(self) -> None:
        self._db.execute("PRAGMA trusted_schema = OFF")
        self._db.text_factory = bytes
        if any(row != (b"table", b"entries") for row in self._db.execute(_SHAPE)):
            raise ValueError(f"{self._path} is no state file of the emulator; name another file or remove it")
        with self._db:
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS entries (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
            )
        self._written: dict[tuple[str, str], str] = {}
        rows = self._db.execute(
            "SELECT kind, id, CASE WHEN length(body) <= ? THEN body END FROM entries LIMIT ?", (_ROW_BYTES, _MOST_ROWS)
        )
        for row in rows:
            try:
                kind, name, body = (column.decode() for column in row)
            except (AttributeError, UnicodeDecodeError):
                self._refused("a row", "it is no text, or too long")
            else:
                self._written[kind, name] = body
        self._meta = self._read_meta()

    @property
    def notices(self) -> tuple[str, ...]:
        """Problems of the file, left out or repaired: the first of them, and how many more there are."""
        more = len(self._found) - _MOST_NOTICES
        first = self._found[:_MOST_NOTICES]
        return (*first, f"{self._path}: {more} more rows were left out") if more > 0 else tuple(first)

    def load(self, service: Service) -> None:
        """Fill an empty service with what was saved. Its clock goes on from the saved time if that is later."""
        self._restore_meta(service)
        for (kind, name), body in sorted(self._written.items()):
            if (kind, name) == _META:
                continue
            try:
                _restore(service, kind, name, _json(body))
            except ValueError as wrong:
                self._refused(checks.quoted(f"{kind} {name}"), str(wrong))
                # Remove it from the written rows: only written rows are ever deleted.
                del self._written[kind, name]
        for workspace in service.workspaces.values():
            # The file's own time may have been unusable: nothing may be newer than now.
            service.clock.catch_up(workspace.latest)

    def save(self, service: Service) -> None:
        """Write what changed since the last time."""
        rows = _rows(service)
        rows[_META] = json.dumps(
            {
                "version": _VERSION,
                "lives": self._meta["lives"],
                "now": service.clock.now(),
                "salt": service.accounts.salt.hex(),
                "digests": service.accounts.digests,
            }
        )
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)",
                [(*key, body) for key, body in rows.items() if self._written.get(key) != body],
            )
            self._db.executemany(
                "DELETE FROM entries WHERE kind = ? AND id = ?", [key for key in self._written if key not in rows]
            )
        self._written = rows

    def close(self) -> None:
        """Close the file. Nothing is written any more."""
        self._db.close()

    def _read_meta(self) -> dict[str, Any]:
        """Return the file's facts about itself. Everything but the version is checked, and left out, piece by piece."""
        body = self._written.get(_META)
        if body is None:
            return {"lives": 1}
        try:
            row = _json(body)
            if not isinstance(row, dict):
                raise ValueError("it is no object")
        except ValueError as wrong:
            self._refused("its head", str(wrong))
            return {"lives": 1}
        if row.get("version", _VERSION) != _VERSION:
            raise ValueError(f"{self._path} was written by another version of the emulator; name another file")
        meta: dict[str, Any] = {"lives": 2}
        for read in (_lives, _now, _identities):
            try:
                meta |= read(row)
            except ValueError as wrong:
                self._refused("a part of its head", str(wrong))
        return meta

    def _restore_meta(self, service: Service) -> None:
        service.clock.catch_up(self._meta.get("now", 0.0))
        if "salt" in self._meta:
            service.accounts.salt = self._meta["salt"]
            service.accounts.digests = self._meta["digests"]
        if self._meta["lives"] > 1:
            # A second life must not repeat the ids of the first.
            service.ids = Ids(f"{service.settings.seed}/{self._meta['lives']}")

    def _refused(self, what: str, why: str) -> None:
        self._found.append(f"{self._path}: {what} was left out: {why}")

    def _unusable(self, trouble: Exception) -> ValueError:
        return ValueError(f"{self._path} can't be used as a state file ({trouble}); name another file or remove it")


def _json(body: str) -> Any:
    # An object of an API call is nested a level or two deeper here.
    return strict_json.loads(body.encode("utf-8", "replace"), depth=2 * DEPTH)


def _lives(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"lives": checks.whole("the number of starts", row.get("lives", 0)) + 1}


def _now(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"now": checks.number("the time", row.get("now", 0.0), most=LATEST)}


def _identities(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the salt and the digests of keys.

    :raises ValueError: one of them is missing; keys are then counted anew.
    """
    salt, digests = row.get("salt"), row.get("digests")
    if not isinstance(salt, str) or not _SALT.fullmatch(salt):
        raise ValueError("the salt of the keys is none")
    if not isinstance(digests, dict) or len(digests) > MOST_ACCOUNTS:
        raise ValueError("the digests of the keys are none")
    for digest, number in digests.items():
        checks.whole("the number of a key", number, least=1)
        if not _DIGEST.fullmatch(digest):
            raise ValueError("the digest of a key is none")
    return {"salt": bytes.fromhex(salt), "digests": dict(digests)}


def _restore(service: Service, kind: str, name: str, data: Any) -> None:
    """Put one object back.

    :raises ValueError: it can't be used; nothing is changed.
    """
    if not isinstance(data, dict):
        raise ValueError("it is no object")
    scope = data.pop("scope", "")
    if not isinstance(scope, str):
        raise ValueError("its workspace is none")
    if kind in ("job", "gone"):
        job = _job(data)
        _same_name(job.job_id, name)
        if kind == "gone":
            service.gone[name] = job
            return
        workspace = service.workspace(scope, 0.0)
        workspace.board.restore(job.run)
        workspace.jobs[name] = job
    elif kind == "file":
        file = restored(StoredFile, data)
        _same_name(file.file_id, name)
        service.workspace(scope, 0.0).files[name] = file
    elif kind in ("deployment", "gone_deployment"):
        deployment = _deployment(service, data)
        _same_name(deployment.deployed_model, name)
        service.workspace(scope, 0.0).fleet.restore(deployment)
    elif kind in ("compression", "gone_compression"):
        compression = _compression(data)
        _same_name(compression.job_id, name)
        service.workspace(scope, 0.0).compressions.restore(compression, gone=kind != "compression")
    elif kind in ("import", "gone_import"):
        imported = restored(ImportJob, data)
        _check_history(imported, IMPORT_STATUSES)
        service.settings.import_plan.override(imported.overrides)
        _same_name(imported.job_id, name)
        service.workspace(scope, 0.0).imports.restore(imported, gone=kind != "import")
    elif kind == "model":
        models, methods, compressed = (data.get(field, {}) for field in ("models", "methods", "compressed"))
        checks.texts("models", models)
        checks.texts("methods", methods)
        checks.texts("compressed", compressed)
        workspace = service.workspace(scope, 0.0)
        workspace.orphans |= models
        workspace.methods |= methods
        workspace.compressions.orphans |= {model: Product(base, KIND) for model, base in compressed.items()}
    else:
        raise ValueError("this version knows no such thing")


def _same_name(recorded: str, name: str) -> None:
    if recorded != name:
        raise ValueError("it is about something else")


def _rows(service: Service) -> dict[tuple[str, str], str]:
    rows = {}
    for workspace in service.workspaces.values():
        for job in workspace.jobs.values():
            rows["job", job.job_id] = json.dumps({"scope": workspace.scope, **_job_data(job)})
        for file in workspace.files.values():
            rows["file", file.file_id] = json.dumps({"scope": workspace.scope, **asdict(file)})
        for kind, deployments in (
            ("deployment", workspace.fleet.deployments),
            ("gone_deployment", workspace.fleet.gone),
        ):
            for name, deployment in deployments.items():
                rows[kind, name] = json.dumps({"scope": workspace.scope, **asdict(deployment)})
        compressions, imports = workspace.compressions, workspace.imports
        for kind, compressing in (("compression", compressions.jobs), ("gone_compression", compressions.gone)):
            for name, compression in compressing.items():
                rows[kind, name] = json.dumps({"scope": workspace.scope, **_job_data(compression)})
        for kind, importing in (("import", imports.jobs), ("gone_import", imports.gone)):
            for name, imported in importing.items():
                rows[kind, name] = json.dumps({"scope": workspace.scope, **asdict(imported)})
        compressed = {model: product.base_model for model, product in workspace.compressions.orphans.items()}
        if workspace.orphans or compressed:
            models = {"models": workspace.orphans, "methods": workspace.methods, "compressed": compressed}
            rows["model", workspace.scope] = json.dumps({"scope": workspace.scope, **models})
    for job in service.gone.values():
        rows["gone", job.job_id] = json.dumps(_job_data(job))
    return rows


def _job_data(job: EmulatedJob | CompressionJob) -> dict[str, Any]:
    data = asdict(job)
    data["run"].pop("plan")  # computed again from the settings and the run's own overrides
    return data


def _deployment(service: Service, data: dict[str, Any]) -> EmulatedDeployment:
    deployment = restored(EmulatedDeployment, data)
    _check_history(deployment, (*DEPLOYMENT_STATUSES, GONE))
    service.settings.deployment_plan.override(deployment.overrides)
    return deployment


def _job(data: dict[str, Any]) -> EmulatedJob:
    job = restored(EmulatedJob, _with_plan(data))
    _check_history(job.run, STATUSES)
    return job


def _compression(data: dict[str, Any]) -> CompressionJob:
    job = restored(CompressionJob, _with_plan(data))
    _check_history(job.run, STATUSES)
    return job


def _with_plan(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a job with a plan from the overrides of its run.

    :raises ValueError: there is no run, or its overrides are no valid plan.
    """
    run = data.get("run")
    if not isinstance(run, dict) or not isinstance(run.get("overrides"), dict):
        raise ValueError("it has no run")
    return {**data, "run": {**run, "plan": asdict(Plan().override(run["overrides"]))}}


def _check_history(history: History, statuses: tuple[str, ...]) -> None:
    if not history.transitions:
        raise ValueError("it has no history")
    for step in history.transitions:
        known_status(step.status, statuses)
        checks.number("a step of its history", step.at, most=LATEST)
