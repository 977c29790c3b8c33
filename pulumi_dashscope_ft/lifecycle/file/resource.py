"""What create, read, diff, update and delete mean for a training file.

A file is its content: other content is another file, another path to the same content is not. Everything that can be
known without a call (digest, size, shape of the rows) is known in `check`, so that a preview shows it and bad data is
never uploaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.bounded.files import open_regular, size_of
from pulumi_dashscope_ft.lifecycle.advice import not_read, with_advice
from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.lifecycle.base.state import recorded
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.file import adoption as file_adoption
from pulumi_dashscope_ft.lifecycle.file.guard import GuardedFile, outliving_reader
from pulumi_dashscope_ft.lifecycle.file.properties import FileRequest, FileState
from pulumi_dashscope_ft.lifecycle.file.upload import upload
from pulumi_dashscope_ft.lifecycle.training_data.digest import digest
from pulumi_dashscope_ft.lifecycle.training_data.report import Problem
from pulumi_dashscope_ft.schema import UNKNOWN, Violation
from pulumi_dashscope_ft.schema.marks import is_secret
from pulumi_dashscope_ft.text import HIDDEN

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import Vocabulary

RESOURCE = "TrainingFile"
COMPUTED = ("sha256", "size", "name", "format", "rows", "longestRow", "tokens")
"""Outputs that `check` already knows and passes on as inputs, so that a preview shows them."""

ADOPT = "adoptFileId"
_REPLACING = ("sha256", "workspaceId")


def check(olds: FileRequest, news: FileRequest, run_registry: RunRegistry) -> CheckResult:
    """Validate the inputs and the file that they name, without a call.

    A relative path starts at the program's directory, which is also where the engine runs the provider.
    """
    given = {name: value for name, value in news.inputs.items() if name not in COMPUTED}
    report = schema.validate(RESOURCE, given, news.secrets)
    request = news.with_inputs(given).continuing(olds, run_registry)
    violations, warnings = list(report.violations), list(report.warnings)
    path = given.get("path")
    if path is UNKNOWN:
        request = request.with_inputs({**given, **dict.fromkeys(COMPUTED, UNKNOWN)}).knowing(content_md5=UNKNOWN)
    elif isinstance(path, str) and not violations:
        file = Path(path).expanduser()
        from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenMeter
        from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import summarize
        from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file

        meter = TokenMeter(_vocabulary())
        data = check_data_file(file, meter=meter)
        count = meter.close()
        text = partial(_text, hidden=is_secret(news.secrets, "path"))
        violations += [Violation(("path",), text(problem)) for problem in data.problems]
        warnings += [Violation(("path",), text(warning)) for warning in data.warnings]
        if data.digest is not None and not violations:
            computed = {
                "sha256": data.digest.sha256,
                "size": data.digest.size,
                "name": file.name,
                "format": data.kind,
                "rows": data.rows,
                "longestRow": data.longest._asdict() if data.longest is not None else None,
                "tokens": summarize(count).to_property(),
            }
            request = request.with_inputs({**given, **computed}).knowing(content_md5=data.digest.md5)
    return CheckResult(request, tuple(violations), tuple(warnings))


def _vocabulary() -> Vocabulary | None:
    """Return what counts tokens exactly; None where the extra is missing or damaged: then they are approximated."""
    from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import NoVocabularyError, installed

    try:
        return installed()
    except NoVocabularyError:
        return None


def _text(problem: Problem, *, hidden: bool) -> str:
    """Say what is wrong with the data, and where.

    :param hidden: whether to leave out the place, which begins with the path.
    """
    if not hidden:
        return str(problem)
    inside = problem.place.partition(" > ")[2]
    return str(replace(problem, place=f"{HIDDEN} > {inside}" if inside else HIDDEN))


def create(connection: Connection, request: FileRequest) -> tuple[str, FileState]:
    """Upload the file, find the upload of an `up` that was cut short, or take over the one in `adoptFileId`.

    :returns: its id and state.
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
            size=_size(request),
            resource_name=name,
        )
        connection.run_registry.note_kept(file.file_id, request.run_nonce)
        recorded_name = sanitized_outputs({"name": file.name or None}, connection.key)
        return file.file_id, _state_of(request.with_inputs({**inputs, **recorded_name}), file.file_id)
    label = stamp.make(
        name,
        request.owner,
        request.run_nonce,
        {"sha256": inputs["sha256"], "workspaceId": inputs.get("workspaceId")},
        key=connection.stamp_key.value,
    )
    # Its content is compared while it is sent: looked at twice, it could be another each time.
    _require_size(path, request)
    description = inputs.get("description")
    file_id = upload(
        connection,
        path,
        label,
        words=None if description is None else str(description),
        sha256=str(inputs["sha256"]),
        md5=request.content_md5,
    )
    connection.run_registry.note_kept(file_id, request.run_nonce)
    return file_id, _state_of(request, file_id)


def read(connection: Connection, file_id: str, state: FileState) -> FileState | None:
    """Return the state as it is; None when the service says that the file is gone. Files never change."""
    try:
        connection.files.read(file_id)
    except NotFoundError:
        return None
    except ApiError as error:
        raise not_read(error, f"file {file_id}") from error
    return state


def diff(connection: Connection, file_id: str, olds: FileState, news: FileRequest) -> DiffResult:
    """Decide what a change means.

    Other content or another workspace replaces the file, and so does an `adoptFileId` that names another file; anything
    else changes in place, without a call. A new description is kept in the state only: the service can't change one,
    and a new upload would also replace the jobs.
    """
    before = {**olds.inputs, **{name: olds.outputs.get(name) for name in COMPUTED}}
    changed = changed_inputs(RESOURCE, before, news.inputs)
    adopted = news.inputs.get(ADOPT)
    # Naming the file that the resource already has, or no longer naming it, changes nothing.
    replaces = tuple(
        name for name in changed if name in _REPLACING or (name == ADOPT and adopted not in (None, file_id))
    )
    # A new path to the same content changes no name on the service. What else follows from the content changes with it;
    # alone it differs where an earlier release recorded less of it.
    in_place = [name for name in changed if name not in (*replaces, *COMPUTED)]
    if replaces:
        connection.run_registry.note_superseded(file_id, news.name)
    else:
        connection.run_registry.note_holder(file_id, news.name, unchanged=not in_place)
        connection.run_registry.note_kept(file_id, news.nonce or "")
    return DiffResult(replaces, bool(replaces or in_place), False, None)


def replaced_unasked(
    connection: Connection, known: tuple[str, str] | None, olds: FileRequest, news: FileRequest
) -> str:
    """Say what happens when Pulumi replaces the resource although this provider did not ask for it."""
    return "the file is uploaded anew, so each job that trains on it is a new, paid run"


def update(connection: Connection, file_id: str, olds: FileState, news: FileRequest) -> FileState:
    """Return the state after a change that needs no call, such as another path to the same content."""
    return _state_of(news, file_id).showing(name=olds.outputs.get("name", news.inputs.get("name")))


def delete(connection: Connection, file_id: str, state: FileState, *, ignore_use: bool = False) -> None:
    """Delete the file; a file that is already gone counts as deleted.

    A file that another resource holds stays, and so does a file that an active job reads (see `file.guard`).

    :param state: outside a stack at most the file's `name`.
    :param ignore_use: delete the file even if an active job reads it.
    :raises LifecycleError: the file is in use, or the service refuses.
    """
    if is_held_by_another(
        connection, "file", file_id, state, under_another="the resource that replaced this one has it"
    ):
        return
    owner = state.owner if state.is_in_a_stack else None
    name = "" if is_secret(state.secrets, "path") else str(state.outputs.get("name") or "")
    file = GuardedFile(file_id, name or None, owner)
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


def _require_unchanged(path: Path, request: FileRequest) -> None:
    """Make sure that the content is still what was checked, because somebody may write to the file meanwhile."""
    with _readable(_quotable(path, request)):
        now = digest(path).sha256
    if now != request.inputs["sha256"]:
        raise _changed(_quotable(path, request))


def _require_size(path: Path, request: FileRequest) -> None:
    """Find a file that is gone or has grown before the service is asked, without reading it."""
    with _readable(_quotable(path, request)), open_regular(path) as file:
        now = size_of(file)
    if now != _size(request):
        raise _changed(_quotable(path, request))


def _size(request: FileRequest) -> int:
    """Return the size that `check` has found, in bytes. A create gets only what is known."""
    size = request.inputs.get("size")
    assert isinstance(size, (int, float))
    return int(size)


def _quotable(path: Path, request: FileRequest) -> str:
    """Return the path as messages may show it."""
    return HIDDEN if is_secret(request.secrets, "path") else str(path)


@contextmanager
def _readable(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise LifecycleError(
            f"path: {path} can't be read any more: {getattr(error, 'strerror', None) or error}.",
            done="nothing was uploaded.",
            next_step="put the file back and run `pulumi up` again.",
        ) from error


def _changed(path: str) -> LifecycleError:
    return LifecycleError(
        f"path: {path} has changed since it was checked a moment ago.",
        done="nothing was uploaded.",
        next_step="wait until nothing writes to the file, then run `pulumi up` again.",
    )


def _state_of(request: FileRequest, file_id: str) -> FileState:
    return recorded(request, request.inputs, {}, computed=COMPUTED).showing(fileId=file_id)
