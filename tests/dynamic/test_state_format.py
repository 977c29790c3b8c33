"""What is written into users' states, and must therefore never change by accident."""

from __future__ import annotations

import base64
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

sys.path.insert(0, str(Path(__file__).parents[1]))

from pickles import in_protocol

from pulumi_dashscope_ft import CompressedModel, ExportedCheckpoint, FineTuningJob, ImportedModel, TrainingFile
from pulumi_dashscope_ft.dynamic.provider import (
    CompressedModelProvider,
    ExportedCheckpointProvider,
    FineTuningJobProvider,
    ImportedModelProvider,
    StackIdentityProvider,
    TrainingFileProvider,
)
from pulumi_dashscope_ft.dynamic.resources import StackIdentity

PINNED = {
    CompressedModelProvider: (
        "gASVRwAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMF0NvbXByZXNzZWRNb2RlbFByb3ZpZGVylJOUKYGULg=="
    ),
    FineTuningJobProvider: (
        "gASVRQAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMFUZpbmVUdW5pbmdKb2JQcm92aWRlcpSTlCmBlC4="
    ),
    ImportedModelProvider: (
        "gASVRQAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMFUltcG9ydGVkTW9kZWxQcm92aWRlcpSTlCmBlC4="
    ),
    TrainingFileProvider: (
        "gASVRAAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMFFRyYWluaW5nRmlsZVByb3ZpZGVylJOUKYGULg=="
    ),
    ExportedCheckpointProvider: (
        "gASVSgAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMGkV4cG9ydGVkQ2hlY2twb2ludFByb3ZpZGVylJOUKYGULg=="
    ),
    StackIdentityProvider: (
        "gASVRQAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMFVN0YWNrSWRlbnRpdHlQcm92aWRlcpSTlCmBlC4="
    ),
}


@pytest.mark.parametrize("kind", PINNED, ids=lambda kind: kind.__name__)
def test_the_pickle_of_a_provider_is_a_reference_and_pinned(kind: Any) -> None:
    assert serialize_provider(kind()) == in_protocol(PINNED[kind], pickle.DEFAULT_PROTOCOL)
    # States of earlier releases are opened by this release.
    assert isinstance(pickle.loads(base64.b64decode(PINNED[kind])), kind)  # noqa: S301


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (CompressedModel, "CompressedModel"),
        (FineTuningJob, "FineTuningJob"),
        (ImportedModel, "ImportedModel"),
        (TrainingFile, "TrainingFile"),
        (ExportedCheckpoint, "ExportedCheckpoint"),
        (StackIdentity, "StackIdentity"),
    ],
)
def test_the_types_are_pinned(resource: type, name: str) -> None:
    assert resource._resource_type_name == f"dynamic/dashscope-ft:{name}"  # type: ignore[attr-defined]
