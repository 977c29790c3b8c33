"""Why this exists: an error of the API says what the service answered; a person needs to know what follows from it.

This is the one place where API errors become lifecycle errors: the same cause gets the same advice, whatever was
being done.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import (
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiTimeoutError,
    AuthenticationError,
    ConflictError,
    InvalidParameterError,
    PermissionDeniedError,
    QuotaExceededError,
    ServerError,
    ThrottledError,
)
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

_PASSES = "this may pass by itself"


def explained(
    error: ApiError, subject: str, intent: str, *, done: str, again: str, state: str | None = None
) -> LifecycleError:
    """An API error as something to act on.

    :param subject: the job or file it is about.
    :param intent: what was to be done with it, for the sentence "could not <intent> <subject>".
    :param done: what was already done; what stays in the state is said here, too.
    :param again: the command that resumes, such as `pulumi up`.
    """
    return LifecycleError(
        f"could not {intent} {subject}: {error}", state=state, done=done, next_step=advice(error, again)
    )


def advice(error: ApiError, again: str) -> str:
    """What to do about this error, ending with what to type."""
    if isinstance(error, AuthenticationError):
        return (
            "check the key (DASHSCOPE_API_KEY) and that it belongs to the region of the base URL; "
            f"a refused key never counts as the job being gone. Then run `{again}` again."
        )
    if isinstance(error, PermissionDeniedError):
        return (
            "the key has no right to do this: check its workspace and the permissions of its user "
            f'("model tuning - operate"). Then run `{again}` again.'
        )
    if isinstance(error, QuotaExceededError):
        return (
            "waiting does not help. If 20 jobs are running or succeeded, delete jobs or models that are no "
            "longer needed, or ask "
            f"for a higher quota; if the account is unpaid or out of free quota, settle that. Then run "
            f"`{again}` again."
        )
    if isinstance(error, ThrottledError):
        return f"the service is busy; {_PASSES}. Wait a few minutes, then run `{again}` again."
    if isinstance(error, (ApiConnectionError, ApiTimeoutError, ApiResponseError, ServerError)):
        return (
            f"{_PASSES}. Check the network and the base URL, then run `{again}` again: it resumes where this stopped."
        )
    if isinstance(error, InvalidParameterError):
        return f"correct the inputs that the service names, then run `{again}` again."
    if isinstance(error, ConflictError):
        return f"something of that name exists already; choose another name, then run `{again}` again."
    return f"if the message does not say what to mend, run `{again}` again; it is safe to repeat."
