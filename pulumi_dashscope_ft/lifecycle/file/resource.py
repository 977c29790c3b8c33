"""What create, read, diff, update and delete mean for a training file.

A file is its content: other content is another file, another path to the same content is not. Everything that can be
known without a call (digest, size, shape of the rows) is known in `check`, so that a preview shows it and bad data is
never uploaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.bounded.files import open_regular, size_of
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    INPUT_NAMES,
    MD5,
    NAME,
    NONCE,
    OWNER,
    changed_inputs,
    input_names,
    lasting_nonce,
    public,
    secret_marks,
    user_inputs,
    written,
)
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.shown_outputs import shown_outputs
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.file import adoption as file_adoption
from pulumi_dashscope_ft.lifecycle.file.guard import GuardedFile, outliving_reader
from pulumi_dashscope_ft.lifecycle.file.upload import upload
from pulumi_dashscope_ft.lifecycle.training_data.digest import digest
from pulumi_dashscope_ft.lifecycle.training_data.report import Problem
from pulumi_dashscope_ft.schema import UNKNOWN, Violation
from pulumi_dashscope_ft.schema.marks import is_secret
from pulumi_dashscope_ft.text import HIDDEN

RESOURCE = "TrainingFile"
COMPUTED = ("sha256", "size", "name", "format", "rows", "longestRow")
"""Outputs that `check` already knows and passes on as inputs, so that a preview shows them."""

ADOPT = "adoptFileId"
_REPLACING = ("sha256", "workspaceId")


def check(olds: Mapping[str, Any], news: Mapping[str, Any], run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs and the file that they name, without a call.

    A relative path starts at the program's directory, which is also where the engine runs the provider.
    """
    given = {name: value for name, value in news.items() if name not in COMPUTED}
    report = schema.validate(RESOURCE, public(given), secret_marks(news))
    inputs = {**given, NONCE: lasting_nonce(olds, run_registry)}
    violations, warnings = list(report.violations), list(report.warnings)
    path = given.get("path")
    if path is UNKNOWN:
        inputs.update(dict.fromkeys((*COMPUTED, MD5), UNKNOWN))
    elif isinstance(path, str) and not violations:
        file = Path(path).expanduser()
        from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file

        data = check_data_file(file)
        told = partial(_told, hidden=is_secret(secret_marks(news), "path"))
        violations += [Violation(("path",), told(problem)) for problem in data.problems]
        warnings += [Violation(("path",), told(warning)) for warning in data.warnings]
        if data.digest is not None and not violations:
            inputs.update(
                sha256=data.digest.sha256,
                size=data.digest.size,
                name=file.name,
                format=data.kind,
                rows=data.rows,
                longestRow=data.longest._asdict() if data.longest is not None else None,
                **{MD5: data.digest.md5},
            )
    return CheckResult(inputs, tuple(violations), tuple(warnings))


def _told(problem: Problem, *, hidden: bool) -> str:
    """Say what is wrong with the data, and where.

    :param hidden: whether to leave out the place, which begins with the path.
    """
    if not hidden:
        return str(problem)
    inside = problem.place.partition(" > ")[2]
    return str(replace(problem, place=f"{HIDDEN} > {inside}" if inside else HIDDEN))


def create(connection: Connection, request: Request) -> tuple[str, dict[str, Any]]:
    """Upload the file, find the upload of an `up` that was cut short, or take over the one in `adoptFileId`.

    :returns: its id and outputs.
    """
    inputs, name = request.inputs, request.name
    path = Path(str(inputs["path"])).expanduser()
    connection.run_registry.note_replaced(name)
    adopted = connection.run_registry.to_adopt(inputs.get(ADOPT), name)
    if adopted is not None:
        _require_unchanged(path, request)
        file = file_adoption.adopt(
            connection,
            adopted,
            str(inputs["path"]),
            md5=request.content_md5,
            size=int(inputs["size"]),
            resource_name=name,
        )
        connection.run_registry.note_kept(file.file_id, request.run_nonce)
        return file.file_id, _outputs(
            {**request.properties, **shown_outputs({"name": file.name or None}, connection.key)}, file.file_id
        )
    label = stamp.make(
        name,
        request.owner,
        request.run_nonce,
        {"sha256": inputs["sha256"], "workspaceId": inputs.get("workspaceId")},
        key=connection.stamp_key.value,
    )
    # Its content is compared while it is sent: looked at twice, it could be another each time.
    _require_size(path, request)
    file_id = upload(
        connection,
        path,
        label,
        words=inputs.get("description"),
        sha256=str(inputs["sha256"]),
        md5=request.content_md5,
    )
    connection.run_registry.note_kept(file_id, request.run_nonce)
    return file_id, _outputs(request.properties, file_id)


def read(connection: Connection, file_id: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """The outputs; None when the service says that the file is gone. Files never change."""
    try:
        connection.files.read(file_id)
    except NotFoundError:
        return None
    except ApiError as error:
        raise with_advice(
            error, f"file {file_id}", "read", done="nothing was changed; it stays in the state.", again="pulumi refresh"
        ) from error
    return dict(properties)


def diff(connection: Connection, file_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
    """Decide what a change means.

    Other content or another workspace replaces the file, and so does an `adoptFileId` that names another file; anything
    else changes in place, without a call. A new description is kept in the state only: the service can't change one,
    and a new upload would also replace the jobs.
    """
    before = {**user_inputs(olds), **{name: olds.get(name) for name in COMPUTED}}
    changed = changed_inputs(RESOURCE, before, news)
    # Naming the file that the resource already has, or no longer naming it, changes nothing.
    replaces = tuple(
        name for name in changed if name in _REPLACING or (name == ADOPT and news.get(name) not in (None, file_id))
    )
    # A new path to the same content changes no name on the service. What else follows from the content changes with it;
    # alone it differs where an earlier release recorded less of it.
    in_place = [name for name in changed if name not in (*replaces, *COMPUTED)]
    if replaces:
        connection.run_registry.note_superseded(file_id, str(news.get(NAME, "")))
    else:
        connection.run_registry.note_holder(file_id, str(news.get(NAME, "")), unchanged=not in_place)
        connection.run_registry.note_kept(file_id, str(news.get(NONCE, "")))
    return DiffResult(replaces, bool(replaces or in_place), False, None)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str:
    """Say what happens when Pulumi replaces the resource although this provider did not ask for it."""
    return "the file is uploaded anew, so each job that trains on it is a new, paid run"


def update(connection: Connection, file_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs after a change that needs no call, such as another path to the same content."""
    return {**_outputs(news, file_id), "name": olds.get("name", news.get("name"))}


def delete(connection: Connection, file_id: str, properties: Mapping[str, Any], *, ignore_use: bool = False) -> None:
    """Delete the file; a file that is already gone counts as deleted.

    A file that another resource holds stays, and so does a file that an active job reads (see `file.guard`).

    :param properties: the properties in the state; outside a stack at most the file's `name`.
    :param ignore_use: delete the file even if an active job reads it.
    :raises LifecycleError: the file is in use, or the service refuses.
    """
    holder, nonce = str(properties.get(NAME, "")), str(properties.get(NONCE, ""))
    if is_held_by_another(
        connection, "file", file_id, holder, nonce, under_another="the resource that replaced this one has it"
    ):
        return
    owner = str(properties.get(OWNER) or "") if NAME in properties else None
    shown = "" if is_secret(secret_marks(properties), "path") else str(properties.get("name") or "")
    file = GuardedFile(file_id, shown or None, owner)
    with connection.endings.of("file", file_id) as ending:
        ending.name = file.name
        kept_for = None if ignore_use else outliving_reader(connection, file)
        if kept_for is not None:
            reader, option = kept_for
            connection.report(
                f"warning: {file} was not deleted: {reader}, which goes on after its stack ({option}), may still read "
                "it. The file leaves the state; once the job has ended, "
                f"`dashscope-ft delete {file_id} --kind file` deletes it."
            )
            ending.kept("the file", f"{reader} may still read it ({option})")
            return
        try:
            connection.client.files.delete(file_id)
            ending.did(ACCEPTED)
        except NotFoundError:
            connection.report(f"{file} was already gone")
        except ApiError as error:
            raise with_advice(
                error,
                str(file),
                "delete",
                done="it stays in the state.",
                again="pulumi destroy",
            ) from error
        ending.went()


def _require_unchanged(path: Path, request: Request) -> None:
    """Make sure that the content is still what was checked, because somebody may write to the file meanwhile."""
    with _readable(_shown(path, request)):
        now = digest(path).sha256
    if now != request.inputs["sha256"]:
        raise _changed(_shown(path, request))


def _require_size(path: Path, request: Request) -> None:
    """Find a file that is gone or has grown before the service is asked, without reading it."""
    with _readable(_shown(path, request)), open_regular(path) as file:
        now = size_of(file)
    if now != int(request.inputs["size"]):
        raise _changed(_shown(path, request))


def _shown(path: Path, request: Request) -> str:
    """The path as messages may show it."""
    return HIDDEN if is_secret(request.secrets, "path") else str(path)


@contextmanager
def _readable(shown: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise LifecycleError(
            f"path: {shown} can't be read any more: {getattr(error, 'strerror', None) or error}.",
            done="nothing was uploaded.",
            next_step="put the file back and run `pulumi up` again.",
        ) from error


def _changed(shown: str) -> LifecycleError:
    return LifecycleError(
        f"path: {shown} has changed since it was checked a moment ago.",
        done="nothing was uploaded.",
        next_step="wait until nothing writes to the file, then run `pulumi up` again.",
    )


def _outputs(inputs: Mapping[str, Any], file_id: str) -> dict[str, Any]:
    given = written(inputs)
    names = [name for name in input_names(given) if name not in COMPUTED]
    return {**given, "fileId": file_id, INPUT_NAMES: names}
