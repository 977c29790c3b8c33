"""Why this exists: a failure of a provider call is read by a person. It leaves here as the status that the engine reads
(`google.rpc.Status` in the trailing metadata), with exactly the message that is meant, never a traceback; and where a
resource has an id already, with that id and all that is known, so that the engine records it and nothing is lost.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_dashscope_ft.lifecycle.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.plugin.wire import Marks, encode

if TYPE_CHECKING:
    _Base = object
else:
    _Base = grpc.Status

DEBUG_VARIABLE = "DASHSCOPE_FT_DEBUG"
"""When set, a defect's traceback is told as well."""

_DETAILS_KEY = "grpc-status-details-bin"
_UNKNOWN = 2  # google.rpc.Code.UNKNOWN: the engine gives other codes a meaning of their own


class _Failure(NamedTuple):
    code: grpc.StatusCode
    details: str
    trailing_metadata: Sequence[tuple[str, bytes]]


class _Status(_Failure, _Base):
    """What `abort_with_status` takes."""


def abort(context: grpc.ServicerContext, message: str) -> NoReturn:
    """End the call with this message; the state stays as it was."""
    _abort(context, status_pb2.Status(code=_UNKNOWN, message=message))


def abort_init_failed(
    context: grpc.ServicerContext, failed: ResourceInitFailedError, reason: str, inputs: Mapping[str, Any], marks: Marks
) -> NoReturn:
    """End the call, and have the engine record what there is."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failed.resource_id,
            properties=encode(failed.properties, marks),
            inputs=encode(inputs, marks),
            reasons=[reason],
            refresh_before_update=True,
        )
    )
    _abort(context, status_pb2.Status(code=_UNKNOWN, message=reason, details=[detail]))


def defect(error: Exception) -> str:
    """What to tell of an error that nobody has foreseen. Its own text may hold anything, so it is not shown."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "an unknown place"
    if os.environ.get(DEBUG_VARIABLE, "") not in ("", "0"):
        return "".join(traceback.format_exception(error))
    return (
        f"the provider has a defect: {type(error).__name__} at {place}.\n"
        "  done:  what had been done before that is not undone; the state is as it was.\n"
        f"  next:  run the same command again. If it stays, set {DEBUG_VARIABLE}=1, run it once more, and report what "
        "it says."
    )


def _abort(context: grpc.ServicerContext, status: status_pb2.Status) -> NoReturn:
    metadata = ((_DETAILS_KEY, status.SerializeToString()),)
    context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, status.message, metadata))
    raise AssertionError("abort_with_status has raised")
