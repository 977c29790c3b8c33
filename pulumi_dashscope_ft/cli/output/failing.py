"""How commands fail, and with which exit code.

A pipeline decides by the exit code alone, so "the job has failed", "you mistyped" and "the service can't be asked" must
not share one. This is the only place that knows the codes.

    0    done; for `wait` and `logs --follow`: the job has SUCCEEDED
    1    the answer is no: a job that ended without a model, something that could not be ended, a ✗ of `doctor`
    2    wrong usage, as everywhere
    3    the service could not be asked: no key, a refused key, no network, a fault of the service
    4    the time was up
    130  interrupted with Ctrl-C
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

__all__ = ["INTERRUPTED", "NO", "TIME_UP", "UNREACHABLE", "CommandError", "exit_code_of", "lines_of", "report_errors"]

NO, UNREACHABLE, TIME_UP, INTERRUPTED = 1, 3, 4, 130

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""The errors of a full disk. click deals with a reader that has gone away (EPIPE)."""


class CommandError(Exception):
    """Ends the command with `exit_code` and this message, which may have several lines."""

    def __init__(self, message: str, exit_code: int = NO) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextlib.contextmanager
def report_errors(command: Callable[[], str] = lambda: "dashscope-ft") -> Iterator[None]:
    """Turn errors that a person can fix into a message on the standard error and an exit code.

    A defect of this package stays a traceback.

    :param command: returns the running command, as it is typed.
    """
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        raise _end(CommandError("interrupted.", INTERRUPTED)) from None
    except CommandError as failed:
        raise _end(failed) from None
    except click.ClickException as usage:
        raise _without_controls(usage) from None
    except click.exceptions.Exit:
        raise
    except Exception as error:
        expected = _failed(error, command())
        if expected is None:
            raise
        raise _end(expected) from None


def _without_controls(usage: click.ClickException) -> click.ClickException:
    """Return the same error, safe for a terminal: it quotes what was typed, or what a pipeline's variable contained."""
    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    message = usage.format_message()
    if (sanitized := sanitize_lines(message)) == message:
        return usage
    same_code = type("SanitizedUsageError", (click.UsageError,), {"exit_code": usage.exit_code})
    again: click.ClickException = same_code(sanitized, getattr(usage, "ctx", None))
    return again


def _end(failed: CommandError) -> click.exceptions.Exit:
    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    click.echo(f"dashscope-ft: {sanitize_lines(str(failed))}", err=True)
    return click.exceptions.Exit(failed.exit_code)


def _failed(error: Exception, again: str) -> CommandError | None:
    if isinstance(error, OSError) and error.errno in _FULL:
        return CommandError(f"the answer could not be written: {error.strerror}.")

    from pulumi_dashscope_ft.api import ApiError, DashScopeError, NotFoundError
    from pulumi_dashscope_ft.lifecycle.advice import advice, fact
    from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

    if isinstance(error, LifecycleError):
        return CommandError("\n".join(lines_of(error, again)), TIME_UP if _is_late(error) else exit_code_of(error))
    if isinstance(error, NotFoundError):
        return CommandError(
            f"{error.resource_id}: the service knows no such {_thing(error.operation)} for this key.\n"
            "  next:  check the id, the region and the workspace (--region, --workspace)."
        )
    if isinstance(error, ApiError):
        subject = f"{error.resource_id}: " if error.resource_id else ""
        return CommandError(f"{subject}{fact(error)}\n  next:  {advice(error, again)}", exit_code_of(error))
    if isinstance(error, DashScopeError):  # settings
        return CommandError(str(error), exit_code_of(error))
    return None


def lines_of(error: LifecycleError, again: str) -> list[str]:
    """Say what a lifecycle step could not do, for a user of the command.

    What the error says about stacks and states is left out, because there are none here.

    :param again: the command that goes on.
    """
    from pulumi_dashscope_ft.api import ApiError
    from pulumi_dashscope_ft.lifecycle.advice import advice

    lines = [error.what, *([f"  state: {error.state}"] if error.state else [])]
    if isinstance(error.__cause__, ApiError):
        lines.append(f"  next:  {advice(error.__cause__, again)}")
    elif _is_late(error):
        lines.append(f"  next:  run `{again}` again: it goes on from here.")
    return lines


def _is_late(error: LifecycleError) -> bool:
    from pulumi_dashscope_ft.lifecycle.errors import TeardownTimeoutError
    from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError

    # A wait that ran out of time is raised `from None`, which only hides its cause from tracebacks.
    return isinstance(error, TeardownTimeoutError) or isinstance(error.__context__, WaitTimeoutError)


def exit_code_of(error: BaseException) -> int:
    """`UNREACHABLE` when the service could not be asked, or gave no usable answer; `NO` when it refused."""
    from pulumi_dashscope_ft import api

    if isinstance(error, api.SettingsError):
        return UNREACHABLE
    asked = error if isinstance(error, api.ApiError) else error.__cause__
    if not isinstance(asked, api.ApiError) or isinstance(asked, api.InvalidRequestError):
        return NO
    no_answer = (api.AuthenticationError, api.ThrottledError, api.ServerError, api.UnexpectedNotFoundError)
    foreign = isinstance(asked, api.ApiStatusError) and not asked.code
    return (
        NO
        if isinstance(asked, api.ApiStatusError) and not isinstance(asked, no_answer) and not foreign
        else UNREACHABLE
    )


def _thing(operation: str) -> str:
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    # The operations on jobs, which came first, are called `get` and `list`.
    return next((kind.noun for kind in registry.in_teardown_order() if kind.noun in operation), "job")
