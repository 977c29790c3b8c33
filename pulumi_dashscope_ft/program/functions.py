"""Functions with which a program reads checkpoints and logs.

Pulumi's dynamic flavour has no provider functions, so these run in the program itself, with the settings that the
provider would use: the stack's configuration first, then the environment. Without a stack only the environment is used.
The first call loads the API client; importing the package does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Checkpoint

T = TypeVar("T")


def get_checkpoints(
    job_id: str, *, workspace_id: str | None = None, api_key_env: str | None = None
) -> list[Checkpoint]:
    """Return the checkpoints that a job has saved, newest first. A job that still trains returns those saved so far.

        steps = [checkpoint.checkpoint for checkpoint in get_checkpoints("ft-202410291653-1c7f")]

    Works inside and outside a Pulumi program. Makes one call, repeated where that is safe.

    :param workspace_id: the workspace of the job, when the key may use several.
    :param api_key_env: name of the variable that holds the key, when there are several accounts.
    :raises pulumi_dashscope_ft.api.SettingsError: there is no key, or a setting is invalid.
    :raises pulumi_dashscope_ft.api.NotFoundError: the job does not exist.
    :raises pulumi_dashscope_ft.api.ApiError: the service could not be asked.
    """
    from pulumi_dashscope_ft.program import service

    return list(service.connection(workspace_id, api_key_env).client.fine_tunes.checkpoints(job_id))


def get_checkpoints_output(
    job_id: pulumi.Input[str],
    *,
    workspace_id: pulumi.Input[str] | None = None,
    api_key_env: pulumi.Input[str] | None = None,
) -> pulumi.Output[list[Checkpoint]]:
    """Like :func:`get_checkpoints`, for a job of the same program: `get_checkpoints_output(job.job_id)`.

    In a preview the result is known if the job exists already. An error ends the program with its message alone.
    """
    given = pulumi.Output.all(job_id, workspace_id, api_key_env)
    return given.apply(lambda known: _asked("get_checkpoints", lambda: get_checkpoints(known[0], **_account(known))))


def get_logs(
    job_id: str, *, lines: int = 1000, workspace_id: str | None = None, api_key_env: str | None = None
) -> list[str]:
    """Return the end of a job's log, oldest line first: the trainer's output with its losses, and why a run has failed.

        reason = get_logs("ft-202410291653-1c7f", lines=20)[-1]

    Works inside and outside a Pulumi program. Makes at most two calls (get-fine-tuning-job-logs-api).

    :param lines: largest number of lines, 1 to 1000.
    :raises: the errors of :func:`get_checkpoints`.
    """
    from pulumi_dashscope_ft.program import service

    connection = service.connection(workspace_id, api_key_env)
    # A program may export the lines, and they then enter its state. If the service repeats the key, it is removed here.
    return list(connection.key.redact_values({"lines": connection.client.fine_tunes.tail(job_id, lines)})["lines"])


def get_logs_output(
    job_id: pulumi.Input[str],
    *,
    lines: pulumi.Input[int] = 1000,
    workspace_id: pulumi.Input[str] | None = None,
    api_key_env: pulumi.Input[str] | None = None,
) -> pulumi.Output[list[str]]:
    """Like :func:`get_logs`, for a job of the same program.

    Reads the log at once; for the log of a whole run, wait for its model first.

    In a preview the result is known if the job exists already. An error ends the program with its message alone.
    """
    given = pulumi.Output.all(job_id, workspace_id, api_key_env, lines)
    return given.apply(
        lambda known: _asked("get_logs", lambda: get_logs(known[0], lines=int(known[3]), **_account(known)))
    )


def _account(known: Sequence[Any]) -> dict[str, str | None]:
    return {"workspace_id": known[1], "api_key_env": known[2]}


async def _asked(name: str, ask: Callable[[], T]) -> T:
    from pulumi_dashscope_ft.api import DashScopeError
    from pulumi_dashscope_ft.program import service
    from pulumi_dashscope_ft.program.terminal import sanitize_for_python

    try:
        return await service.in_thread(ask)
    except DashScopeError as error:
        raise pulumi.RunError(sanitize_for_python(f"{name}: {error}")) from None
