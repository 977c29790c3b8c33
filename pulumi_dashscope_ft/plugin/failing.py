"""End a provider call with a message for a person.

The engine reads a status (`google.rpc.Status` in the trailing metadata): it contains exactly the intended message,
never a traceback; and if a resource already has an id, that id and all known outputs, so that the engine records them
and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_dashscope_ft.frontend.lines import TerminalText
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.plugin.wire import encode
from pulumi_dashscope_ft.schema.marks import Marks

if TYPE_CHECKING:
    _Base = object
else:
    _Base = grpc.Status

_DETAILS_KEY = "grpc-status-details-bin"
_UNKNOWN = 2  # google.rpc.Code.UNKNOWN: the engine gives other codes a meaning of their own


class _Failure(NamedTuple):
    code: grpc.StatusCode
    details: str
    trailing_metadata: Sequence[tuple[str, bytes]]


class _Status(_Failure, _Base):
    """What `abort_with_status` takes."""


def abort(context: grpc.ServicerContext, message: TerminalText) -> NoReturn:
    """End the call with this message; the state stays as it was."""
    _abort(context, status_pb2.Status(code=_UNKNOWN, message=message))


def abort_init_failed(
    context: grpc.ServicerContext,
    failed: ResourceInitFailedError,
    reason: TerminalText,
    inputs: Mapping[str, Any],
    marks: Marks,
) -> NoReturn:
    """End the call, and let the engine record what exists."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failed.resource_id,
            properties=encode(failed.state.properties(), marks),
            inputs=encode(inputs, marks),
            reasons=[reason],
            refresh_before_update=True,
        )
    )
    _abort(context, status_pb2.Status(code=_UNKNOWN, message=reason, details=[detail]))


def _abort(context: grpc.ServicerContext, status: status_pb2.Status) -> NoReturn:
    metadata = ((_DETAILS_KEY, status.SerializeToString()),)
    context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, status.message, metadata))
    raise AssertionError("abort_with_status has raised")
