"""Optional memory across restarts, in one SQLite file.

Why it exists: whoever develops against a long-running emulator wants yesterday's jobs to be there, and a
restart must not turn a stack's state into a list of unknown ids. Each object is one row of JSON; only rows
that changed are written. Keys are not stored, only the salted digests that tell accounts apart.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .board import Run, Transition
from .deployments import Deployment
from .jobs import Export, Job
from .machine import Plan
from .service import Service, StoredFile
from .wire import Ids

_VERSION = "1"
_META = ("meta", "")


class Store:
    """A state file. Raises ``ValueError`` when the file is something else. Use with the service's lock held."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        try:
            self._db = sqlite3.connect(self._path, check_same_thread=False)
            with self._db:
                self._db.execute(
                    "CREATE TABLE IF NOT EXISTS entries (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
                )
            self._written = {
                (kind, one): body for kind, one, body in self._db.execute("SELECT kind, id, body FROM entries")
            }
        except sqlite3.Error as trouble:
            raise ValueError(
                f"{self._path} can't be used as a state file ({trouble}); name another file or remove it"
            ) from None
        body = self._written.get(_META)
        self._meta: dict[str, Any] = json.loads(body) if body else {}
        if self._meta.get("version", _VERSION) != _VERSION:
            raise ValueError(f"{self._path} was written by another version of the emulator; name another file")
        self._lives = int(self._meta.get("lives", 0)) + 1

    def load(self, service: Service) -> None:
        """Fill an empty service with what was saved; its clock goes on from the saved time where that is later."""
        meta = self._meta
        if not meta:
            return
        behind = float(meta["now"]) - service.clock.now()
        if behind > 0:
            service.clock.advance(behind)
        service.accounts.salt = bytes.fromhex(meta["salt"])
        service.accounts.digests = dict(meta["digests"])
        # A second life must not repeat the ids of the first.
        service.ids = Ids(f"{service.settings.seed}/{self._lives}")
        for (kind, _), body in sorted(self._written.items()):
            data = json.loads(body)
            if kind == "job":
                workspace = service.workspace(data["scope"], 0.0)
                job = _job(data)
                workspace.board.restore(job.run)
                workspace.jobs[job.job_id] = job
            elif kind == "gone":
                job = _job(data)
                service.gone[job.job_id] = job
            elif kind == "file":
                workspace = service.workspace(data.pop("scope"), 0.0)
                workspace.files[data["file_id"]] = StoredFile(**data)
            elif kind in ("deployment", "gone_deployment"):
                workspace = service.workspace(data.pop("scope"), 0.0)
                workspace.fleet.restore(_deployment(data))
            elif kind == "model":
                service.workspace(data["scope"], 0.0).orphans |= data["models"]

    def save(self, service: Service) -> None:
        """Write what changed since the last time."""
        rows = _rows(service)
        rows[_META] = json.dumps(
            {
                "version": _VERSION,
                "lives": self._lives,
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
        self._db.close()


def _rows(service: Service) -> dict[tuple[str, str], str]:
    rows = {}
    for workspace in service.workspaces.values():
        for job in workspace.jobs.values():
            rows["job", job.job_id] = json.dumps({"scope": workspace.scope, **_job_data(job)})
        for one in workspace.files.values():
            rows["file", one.file_id] = json.dumps({"scope": workspace.scope, **asdict(one)})
        for kind, found in (("deployment", workspace.fleet.deployments), ("gone_deployment", workspace.fleet.gone)):
            for name, deployment in found.items():
                rows[kind, name] = json.dumps({"scope": workspace.scope, **asdict(deployment)})
        if workspace.orphans:
            rows["model", workspace.scope] = json.dumps({"scope": workspace.scope, "models": workspace.orphans})
    for job in service.gone.values():
        rows["gone", job.job_id] = json.dumps(_job_data(job))
    return rows


def _job_data(job: Job) -> dict[str, Any]:
    data = asdict(job)
    data["run"].pop("plan")  # drawn again from the settings and the run's own overrides
    return data


def _deployment(data: dict[str, Any]) -> Deployment:
    return Deployment(**{**data, "transitions": [Transition(**step) for step in data["transitions"]]})


def _job(data: dict[str, Any]) -> Job:
    facts = {name: value for name, value in data.items() if name not in ("scope", "run", "exports")}
    run = dict(data["run"])
    run["transitions"] = [Transition(**step) for step in run["transitions"]]
    exports = {name: Export(**one) for name, one in data["exports"].items()}
    return Job(**facts, run=Run(plan=Plan().override(run["overrides"]), **run), exports=exports)
