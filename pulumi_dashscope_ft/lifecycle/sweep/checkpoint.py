"""Read a stack's state as Pulumi itself writes it into a folder or bucket: a checkpoint.

A checkpoint is the document of `pulumi stack export` in an envelope, plain or compressed (pkg/backend/diy/state.go and
pkg/resource/stack/checkpoint.go in Pulumi 3.260). Versions that Pulumi would have to migrate first, and compressions
that the standard library lacks, are left to the `pulumi` command.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_dashscope_ft.bounded.compressed import gunzip, is_gzip
from pulumi_dashscope_ft.bounded.files import TooLargeError
from pulumi_dashscope_ft.bounded.json_text import JsonBoundError, decode_bytes
from pulumi_dashscope_ft.lifecycle.sweep import recorded_state
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import BOUNDS, LARGEST, VERSIONS, RecordedState, unreadable
from pulumi_dashscope_ft.schema.quoting import quote_value

FEATURES = frozenset(
    ("refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith", "extensionParameterization", "byteString")
)
"""What a checkpoint of version 4 may use (supportedFeatures in pkg/resource/stack/deployment.go)."""

_ZSTD = b"\x28\xb5\x2f\xfd"


class UnknownCheckpointError(Exception):
    """Only the `pulumi` command can read this checkpoint; says why, as a clause."""


def read(content: bytes, source: str, *, doubt: str | None = None) -> RecordedState:
    """Read the state in a checkpoint. A damaged one is an unreadable state.

    :param doubt: another reason not to rely on what it lacks about its own stack.
    :raises UnknownCheckpointError: Pulumi itself may still be able to read it.
    """
    if content.startswith(_ZSTD):
        raise UnknownCheckpointError("it is compressed with zstd")
    try:
        document = decode_bytes(gunzip(content, LARGEST) if is_gzip(content) else content, BOUNDS)
    except JsonBoundError as error:
        return unreadable(source, f"it {error}, more than is read")
    except TooLargeError as error:
        return unreadable(source, str(error.strerror))
    except ValueError as error:
        return unreadable(source, f"it is not a whole checkpoint ({error})")
    if not isinstance(document, Mapping):
        return unreadable(source, "it is not what Pulumi writes")
    version, features = document.get("version"), document.get("features") or []
    if isinstance(version, bool) or version not in VERSIONS:
        raise UnknownCheckpointError(f"it is of version {quote_value(version)}")
    if not isinstance(features, list) or not all(isinstance(one, str) and one in FEATURES for one in features):
        raise UnknownCheckpointError("it uses features that this release does not know")
    checkpoint = document.get("checkpoint")
    if not isinstance(checkpoint, Mapping):
        return unreadable(source, "it is not what Pulumi writes")
    return recorded_state.of_document({"version": version, "deployment": checkpoint.get("latest")}, source, doubt=doubt)
