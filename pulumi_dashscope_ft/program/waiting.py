"""Waits for models and deployments, in the program.

A program that deploys what it has trained must wait for hours. The wait runs in the program, where it blocks nothing
else: a provider serves a limited number of calls at a time, and none of them may take hours.

A wait changes nothing. Whatever ends it (its time limit, an error, Ctrl-C), the job goes on, and the next `pulumi up`
waits for the same job again.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

import pulumi

from pulumi_dashscope_ft.schema import parse_duration, to_snake_case

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection

Duration = str | float


def wait_for_model(
    job_id: str,
    *,
    timeout: Duration = "12h",
    workspace_id: str | None = None,
    api_key_env: str | None = None,
    report: Callable[[str], None] = print,
) -> str:
    """Block until the job has `SUCCEEDED` and return the id of its model.

        model = wait_for_model("ft-202410291653-1c7f")

    For scripts. In a Pulumi program use the method of the resource, which blocks nothing else.

    :param timeout: `"90m"`, `"12h"`, `"2d"`, or seconds.
    :param workspace_id: the workspace of the job, when the key may use several.
    :param api_key_env: name of the variable that holds the key, when there are several accounts.
    :param report: called with each line of progress.
    :raises pulumi_dashscope_ft.lifecycle.errors.LifecycleError: the job will have no model (the message ends with the
        end of the job's log), or the time is up and the job goes on.
    :raises pulumi_dashscope_ft.api.SettingsError: there is no key, or a setting is invalid.
    :raises ValueError: `timeout` is not a positive duration.
    """
    from pulumi_dashscope_ft.lifecycle.job import model_wait
    from pulumi_dashscope_ft.program import service

    limit = _seconds(timeout)
    job = model_wait.wait_for_model(service.connection(workspace_id, api_key_env), job_id, limit, report)
    return str(job.model_id)


def model_of(job: Any, timeout: Duration) -> pulumi.Output[str]:
    """Return the model of a `FineTuningJob`. An `up` waits for it. In a preview it is known if it exists already."""
    from pulumi_dashscope_ft.lifecycle.job.derived import DERIVATION

    limit = _seconds(timeout)
    # In a preview, an output that is missing in the state counts as unknown, not as absent.
    recorded = job.finetuned_output.apply(lambda model: model if isinstance(model, str) else "", run_with_unknowns=True)
    # The model is secret if an input is that it follows from. An output that is missing can't say so itself.
    sources = map(to_snake_case, DERIVATION.sources("finetunedOutput"))
    marks = pulumi.Output.all(*(_mark(job, name) for name in sources))
    known = pulumi.Output.all(marks, job.job_id, recorded, *job.account)

    def ask(values: list[Any]) -> pulumi.Output[str]:
        _, job_id, model, *account = values
        if model:  # the job has succeeded, and the state knows it
            return pulumi.Output.from_input(str(model))

        def now(connection: Connection) -> str | None:
            from pulumi_dashscope_ft.lifecycle.job import model_wait

            return model_wait.model_at_a_glance(connection, job_id, connection.report)

        def awaited(connection: Connection) -> str:
            from pulumi_dashscope_ft.lifecycle.job import model_wait

            return str(model_wait.wait_for_model(connection, job_id, limit, connection.report).model_id)

        what = f"the model of {job_id}"
        return _answer(job, what, f"{job_id} goes on, and is billed", account, now, awaited)

    return known.apply(ask)


def _mark(resource: pulumi.Resource, name: str) -> pulumi.Output[None]:
    """Return an output that is secret if the property is, and known in any case."""
    return cast("pulumi.Output[None]", getattr(resource, name).apply(lambda _: None, run_with_unknowns=True))


def running(deployment: Any, timeout: Duration) -> pulumi.Output[str]:
    """Return the id of a `ModelDeployment` once it is `RUNNING`.

    In a preview it is known if the deployment runs already.
    """
    limit = _seconds(timeout)
    known = pulumi.Output.all(deployment.deployed_model, *deployment.account)

    def ask(values: list[Any]) -> pulumi.Output[str]:
        deployed_model, *account = values

        def now(connection: Connection) -> str | None:
            from pulumi_dashscope_ft.lifecycle.deployment import wait as deployment_wait

            live = deployment_wait.running_at_a_glance(connection, deployed_model)
            return live.deployed_model if live is not None else None

        def awaited(connection: Connection) -> str:
            from pulumi_dashscope_ft.lifecycle.deployment import wait as deployment_wait

            return deployment_wait.wait_until_running(connection, deployed_model, limit).deployed_model

        what = f"{deployed_model} to run"
        return _answer(deployment, what, "the service goes on deploying it", account, now, awaited)

    return known.apply(ask)


def _seconds(timeout: Duration) -> float:
    try:
        return parse_duration(timeout)
    except ValueError as error:
        raise ValueError(f'timeout: {error}; write for example "12h", "90m" or a number of seconds') from None


def _answer(
    resource: pulumi.Resource,
    what: str,
    meanwhile: str,
    account: Sequence[str | None],
    now: Callable[[Connection], str | None],
    awaited: Callable[[Connection], str],
) -> pulumi.Output[str]:
    """Return an output with the result of a look (in a preview) or of a wait (in an `up`).

    It is unknown when the look finds nothing yet.

    A preview fails with the same message if the `up` is known to fail, so that nothing is planned on top of it.
    """
    from pulumi_dashscope_ft.api import ApiError, DashScopeError
    from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
    from pulumi_dashscope_ft.program import secrets, service
    from pulumi_dashscope_ft.program.terminal import sanitize_for_python

    async def answer() -> str | None:
        await secrets.hide(resource)
        say = _say(resource)
        try:
            connection = service.connection(*account).showing_at(say, _say(resource, in_passing=True))
            if pulumi.runtime.is_dry_run():
                try:
                    return await service.in_thread(lambda: now(connection))
                except ApiError as error:
                    say(f"whether there is {what} yet is not known: {error}")
                    return None
            with _report_interrupt(what, meanwhile):
                return await service.in_thread(lambda: awaited(connection))
        except (LifecycleError, DashScopeError) as error:
            raise pulumi.RunError(sanitize_for_python(str(error))) from None

    value = asyncio.ensure_future(answer())

    async def is_known() -> bool:
        try:
            return await value is not None
        except Exception:
            return True  # the value itself carries the error

    return pulumi.Output(set(), cast("asyncio.Future[str]", value), asyncio.ensure_future(is_known()))


def _say(resource: pulumi.Resource, *, in_passing: bool = False) -> Callable[[str], None]:
    """Return a function that takes a line from any thread and shows it at the resource.

    :param in_passing: whether the line is shown until the next one only, and only where a person watches.
    """
    from pulumi_dashscope_ft.display.watching import is_watched
    from pulumi_dashscope_ft.program.terminal import sanitize_for_python

    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()

    show = partial(pulumi.log.info, resource=resource, ephemeral=in_passing)

    def say(text: str) -> None:
        if in_passing and not is_watched():
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program has ended
            loop.call_soon_threadsafe(show, sanitize_for_python(text), context=context)

    return say


_WAITS: dict[object, str] = {}
_BEFORE: list[Any] = []


@contextlib.contextmanager
def _report_interrupt(what: str, meanwhile: str) -> Iterator[None]:
    """While this lasts, an interrupt (Ctrl-C) first reports that only the waiting ends."""
    token = object()
    if not _WAITS:
        _listen()
    _WAITS[token] = f"interrupted while waiting for {what}: {meanwhile}. Run `pulumi up` again to go on waiting."
    try:
        yield
    except asyncio.CancelledError:
        _tell([_WAITS[token]])
        raise
    finally:
        del _WAITS[token]
        if not _WAITS:
            _stop_listening()


def _listen() -> None:
    if threading.current_thread() is threading.main_thread():
        _BEFORE.append(signal.signal(signal.SIGINT, _interrupted))


def _stop_listening() -> None:
    if _BEFORE and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _BEFORE.pop())


def _interrupted(number: int, frame: FrameType | None) -> None:
    _tell(_WAITS.values())
    before = _BEFORE[-1] if _BEFORE else None
    if callable(before) and before is not signal.default_int_handler:
        before(number, frame)
        return
    # Not KeyboardInterrupt: the language host would bury the message under a traceback.
    raise SystemExit(128 + number)


def _tell(lines: Iterable[str]) -> None:
    from pulumi_dashscope_ft.program.terminal import sanitize_for_python

    sys.stdout.write("".join(f"{sanitize_for_python(line)}\n" for line in lines))
    sys.stdout.flush()
