"""Turn API errors into lifecycle errors: what the service answered, and what follows from it.

This is the one place for it, so the same cause gets the same advice in every operation. The client's errors have advice
of their own, for those who use the client alone; it is left out here, because the `next` line gives it with the command
to type. The pages on errors have all of these messages, as taken from runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pulumi_dashscope_ft.api import (
    OPERATIONS,
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiStatusError,
    ApiTimeoutError,
    AuthenticationError,
    ConflictError,
    FileChangedError,
    InvalidParameterError,
    InvalidRequestError,
    PauseError,
    PermissionDeniedError,
    QuotaExceededError,
    ServerError,
    ThrottledError,
    UnexpectedNotFoundError,
)
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

_BILL = "the account is unpaid. Settle its bill in the Alibaba Cloud console"
_ACTIVATE = "activate Model Studio for this account in its console"
_STORAGE = "delete files that are no longer needed (in the console, or `pulumi destroy` in the stack they came from)"
_WORKSPACE = (
    "the key may not use this workspace: set workspaceId (or dashscope-ft:workspaceId) to the one the key belongs "
    "to, or use a key of that workspace"
)
_MODEL = "check the name in `model`, and that the key's workspace may use that model"

_QUOTAS: Mapping[str, str] = MappingProxyType(
    {
        "QuotaExceeded": "as many compression jobs are under way as the account may have. Cancel one of them "
        "(`dashscope-ft delete <id>`)",
        "Throttling": "running and succeeded jobs count. Delete jobs and models that are no longer needed (in the "
        "console, or `pulumi destroy` in the stack they came from), ask Alibaba Cloud for a higher limit, or set "
        "waitForQuota to wait until such a job is deleted",
        "Arrearage": _BILL,
        "PrepaidBillOverdue": _BILL,
        "PostpaidBillOverdue": _BILL,
        "CommodityNotPurchased": _ACTIVATE,
        "AllocationQuota.FreeTierOnly": "the free tier is used up. Allow paid use in the Model Studio console",
        "BadRequest.TooLarge": _STORAGE,
        "BadRequest.TooMany": _STORAGE,
    }
)
_RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "AccessDenied.Unpurchased": _ACTIVATE,
        "Model.AccessDenied": "the key's workspace may not train this model: ask the owner of the account for the "
        "permissions, or choose another `model`",
        "NOT AUTHORIZED": _WORKSPACE,
        "Workspace.AccessDenied": _WORKSPACE,
        "BailianGateway.Workspace.NotAuthorised": _WORKSPACE,
    }
)
_INPUTS: Mapping[str, str] = MappingProxyType(
    {
        "DataInspectionFailed": "take the content that the service objects to out of the data",
        "data_inspection_failed": "take the content that the service objects to out of the data",
        "BadRequest.TooLarge": "make the file smaller, or split it into several",
        "BadRequest.UnsupportedFileFormat": "give a .jsonl file (text), or a .zip with data.jsonl in it (pictures)",
        "BadRequest.ResourceNotExist": "check the file ids and the model: one of them does not exist for this key",
        "Conflict": "something of that name exists already: set another finetunedOutputSuffix or modelName",
    }
)
_UNKNOWN_THINGS: Mapping[str, str] = MappingProxyType(
    {
        "ModelNotFound": _MODEL,
        "model_not_found": _MODEL,
        "WorkSpaceNotFound": "check the workspace id (workspaceId, dashscope-ft:workspaceId); an unknown workspace "
        "does not mean that anything is gone",
    }
)


_DEPLOYING: Mapping[type[ApiStatusError], Mapping[str, str]] = MappingProxyType(
    {
        PermissionDeniedError: {
            "": 'ask the owner of the account for the permissions "model deployment - operate" for the key\'s user, '
            "and for the right to deploy this model for the workspace",
            "Model.AccessDenied": "the key's workspace may not deploy this model: ask the owner of the account for the "
            "permissions, or use a key of the workspace that the model was trained in",
        },
        UnexpectedNotFoundError: {
            "NotFound": "check `modelName`: it is the finetunedOutput of a job that has SUCCEEDED, the modelName of an "
            "exported checkpoint, or a base model that can be deployed; and the key is of the workspace that the model "
            "is in",
        },
        QuotaExceededError: {
            "Throttling.AllocationQuota": "the account has no more of such units. Delete deployments "
            "that are no longer needed, or ask Alibaba Cloud for more"
        },
    }
)
"""Advice that differs when the call is about a deployment: by class, then by code ("" for all others)."""


def with_advice(
    error: ApiError, subject: str, intent: str, *, done: str, again: str, state: str | None = None
) -> LifecycleError:
    """Turn an API error into one that a person can act on.

    :param subject: the job or file it is about.
    :param intent: what the call tried to do with it, for the sentence "could not <intent> <subject>".
    :param done: what was already done, and what stays in the state.
    :param again: the command that resumes, such as `pulumi up`.
    """
    what = fact(error).removeprefix(f"{subject}: ")
    return LifecycleError(
        f"could not {intent} {subject}: {what}", state=state, done=done, next_step=advice(error, again)
    )


def not_read(error: ApiError, subject: str, status: object = None) -> LifecycleError:
    """Return the error of a refresh that could not read a resource.

    :param status: the status in the state, for a kind that has one.
    """
    state = None if status is None else f"{status} when it was last read."
    done = "nothing was changed; it stays in the state."
    return with_advice(error, subject, "read", state=state, done=done, again="pulumi refresh")


def fact(error: ApiError) -> str:
    """Say what the service answered, or that it did not, in one or two sentences without advice or operation."""
    text = error.summary
    if isinstance(error, ApiStatusError) and type(error) is not ApiStatusError:
        code = f" {error.code}" if error.code else ""
        said = f": “{error.message}”" if error.message else ""
        trace = f" (request id {error.request_id})" if error.request_id else ""
        text = f"the answer was HTTP {error.status}{code}{said}{trace}."
        if not error.code:
            text += " It is not DashScope's own: something in between (a gateway, a proxy, a login page) gave it."
    return f"{text} {error.patience}".rstrip()


def reference(error: ApiStatusError) -> str:
    """Code and request id, to quote to the service's support."""
    return f"{error.code}, request id {error.request_id}" if error.request_id else error.code


def advice(error: ApiError, again: str) -> str:
    """Say what to do about this error, ending with what to type."""
    then = f"then run `{again}` again"
    deploying = _about_deploying(error)
    if deploying is not None:
        return f"{deploying}, {then}."
    if isinstance(error, ApiStatusError) and 300 <= error.status < 400:
        return f"set the base URL (dashscope-ft:baseUrl, DASHSCOPE_HTTP_BASE_URL) to that of the API itself, {then}."
    foreign = isinstance(error, ApiStatusError) and not error.code and not isinstance(error, UnexpectedNotFoundError)
    if foreign and not error.retryable:
        return (
            "sign in to the network, or check the proxy (HTTPS_PROXY, NO_PROXY) and the base URL "
            f"(dashscope-ft:baseUrl, DASHSCOPE_HTTP_BASE_URL), {then}; an answer that was only broken may pass by "
            "itself."
        )
    if foreign or isinstance(error, (ApiConnectionError, ApiTimeoutError)):
        return (
            "this may pass by itself. Check the network and the base URL (dashscope-ft:baseUrl, "
            f"DASHSCOPE_HTTP_BASE_URL), {then}: it goes on from here."
        )
    if isinstance(error, AuthenticationError):
        return (
            "check the key (DASHSCOPE_API_KEY, dashscope-ft:apiKey) and that it is of the base URL's region, "
            f"{then}. A refused key never counts as the job or file being gone."
        )
    if isinstance(error, PermissionDeniedError):
        missing = 'ask the owner of the account for the permissions "model tuning - operate" for the key\'s user'
        return f"{_RIGHTS.get(error.code, missing)}, {then}."
    if isinstance(error, QuotaExceededError):
        more = "the quota is used up. Raise it, or allow paid use, in the Model Studio console"
        return f"waiting does not help: {_QUOTAS.get(error.code, more)}, {then}."
    if isinstance(error, UnexpectedNotFoundError):
        elsewhere = (
            "check the base URL (dashscope-ft:baseUrl, DASHSCOPE_HTTP_BASE_URL; it ends in /api/v1) and the region; "
            "such a 404 does not mean that anything is gone"
        )
        return f"{_UNKNOWN_THINGS.get(error.code, elsewhere)}. {then.capitalize()}."
    if isinstance(error, (ThrottledError, PauseError)):
        return f"the service is busy; this passes by itself. Wait a few minutes, {then}."
    if isinstance(error, (ApiResponseError, ServerError)):
        return (
            f"the fault is not yours, and may pass by itself. Wait a few minutes, {then}: it goes on from here."
            f"{_support(error)}"
        )
    if isinstance(error, (InvalidParameterError, ConflictError)):
        return _refused_input(error, then)
    if isinstance(error, FileChangedError):
        return f"wait until nothing writes to the file, {then}."
    if isinstance(error, InvalidRequestError):
        return f"fix what is named above, {then}."
    support = _support(error) if isinstance(error, ApiStatusError) else ""
    return f"fix what the message names if you can, {then}; that is always safe.{support}"


def _about_deploying(error: ApiError) -> str | None:
    if not isinstance(error, ApiStatusError) or "deployment" not in error.operation:
        return None
    if isinstance(error, UnexpectedNotFoundError) and error.operation != "create_deployment":
        return None  # only a create names a model
    rows = _DEPLOYING.get(type(error), {})
    if error.code in _RIGHTS and error.code not in rows:
        return None
    return rows.get(error.code, rows.get(""))


def _refused_input(error: InvalidParameterError | ConflictError, then: str) -> str:
    operation = OPERATIONS.get(error.operation)
    if operation is None or not operation.carries_input:
        return (
            "the call sends only the id, so no input of yours can fix this. Look the id up in the "
            f"Model Studio console, {then}; it is safe to repeat.{_support(error)}"
        )
    named = "correct the inputs that the service names"
    return f"{_INPUTS.get(error.code, named)}, {then}; the same request would be refused again."


def _support(error: ApiStatusError | ApiResponseError) -> str:
    if not error.request_id:
        return ""
    return " If it stays, ask Alibaba Cloud's support and quote the request id."
