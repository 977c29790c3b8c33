"""The classes that a Python program uses by default.

They only name and carry values; everything else happens in the provider. Programs spell properties in snake_case. The
state, the plan and the schema spell them in camelCase, as with any Pulumi package.
"""

from __future__ import annotations

from typing import Any, Unpack

import pulumi
from pulumi import dynamic
from pulumi.runtime import get_root_resource

from pulumi_dashscope_ft.dynamic.declaring import Declared, qualified_name
from pulumi_dashscope_ft.dynamic.provider import (
    CompressedModelProvider,
    ExportedCheckpointProvider,
    FineTuningJobProvider,
    ImportedModelProvider,
    ModelDeploymentProvider,
    StackIdentityProvider,
    TrainingFileProvider,
)
from pulumi_dashscope_ft.program import known_files, options
from pulumi_dashscope_ft.program.arguments import (
    CompressedModelArguments,
    ExportedCheckpointArguments,
    FineTuningJobArguments,
    ImportedModelArguments,
    ModelDeploymentArguments,
    TrainingFileArguments,
)
from pulumi_dashscope_ft.program.describing import shows
from pulumi_dashscope_ft.program.properties.compressed_model import CompressedModelProperties
from pulumi_dashscope_ft.program.properties.exported_checkpoint import ExportedCheckpointProperties
from pulumi_dashscope_ft.program.properties.fine_tuning_job import FineTuningJobProperties
from pulumi_dashscope_ft.program.properties.imported_model import ImportedModelProperties
from pulumi_dashscope_ft.program.properties.model_deployment import ModelDeploymentProperties
from pulumi_dashscope_ft.program.properties.training_file import TrainingFileProperties
from pulumi_dashscope_ft.program.spelling import properties


class StackIdentity(dynamic.Resource, module="dashscope-ft", name="StackIdentity"):
    """A random id in the stack's state, which proves which jobs the stack has started.

    It also holds the key that the jobs' names are made with. The first resource of a stack declares it.
    """

    owner_id: pulumi.Output[str]
    stamp_key: pulumi.Output[str]
    """Empty where an earlier release has made the identity."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        # The provider puts the key in place of this text. Because the text is secret, Pulumi keeps the key secret.
        given = {"ownerId": None, "__stampKey": pulumi.Output.secret("")}
        super().__init__(StackIdentityProvider(), name, given, opts)
        self.owner_id = self.__dict__["ownerId"]
        self.stamp_key = self.__dict__["__stampKey"]


_IDENTITY = "_dashscope_ft_identity"


def _hidden(resource_name: str, opts: pulumi.ResourceOptions | None) -> dict[str, Any]:
    """Return the hidden inputs of a resource that has a stamp."""
    identity = _identity()
    return {
        "__name": qualified_name(resource_name, opts),
        "__owner": identity.owner_id,
        "__stampKey": identity.stamp_key,
    }


def _identity() -> StackIdentity:
    """Return the identity of the stack that this program runs for.

    A process may run many stacks, so each stack keeps its own.
    """
    stack = get_root_resource()
    if stack is None:
        raise pulumi.RunError("dashscope-ft resources can only be made in a Pulumi program")
    if _IDENTITY not in stack.__dict__:
        stack.__dict__[_IDENTITY] = StackIdentity("dashscope-ft")
    identity: StackIdentity = stack.__dict__[_IDENTITY]
    return identity


class TrainingFile(TrainingFileProperties, Declared, module="dashscope-ft", name="TrainingFile"):
    kind = "TrainingFile"

    @shows(TrainingFileArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[TrainingFileArguments],
    ) -> None:
        hidden = _hidden(resource_name, opts)
        super().__init__(TrainingFileProvider(), resource_name, properties(self.kind, arguments, hidden), opts)
        known_files.note(self)


class FineTuningJob(FineTuningJobProperties, Declared, module="dashscope-ft", name="FineTuningJob"):
    kind = "FineTuningJob"

    @shows(FineTuningJobArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[FineTuningJobArguments],
    ) -> None:
        hidden = {
            **_hidden(resource_name, opts),
            known_files.HIDDEN_INPUT: known_files.of_job(arguments),
            **options.hidden_inputs(self, if_any=True),
        }
        super().__init__(FineTuningJobProvider(), resource_name, properties(self.kind, arguments, hidden), opts)
        self.remember_account(arguments)


class ModelDeployment(ModelDeploymentProperties, Declared, module="dashscope-ft", name="ModelDeployment"):
    kind = "ModelDeployment"

    @shows(ModelDeploymentArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[ModelDeploymentArguments],
    ) -> None:
        hidden = {
            **_hidden(resource_name, opts),
            **options.hidden_inputs(self, if_any=True),
        }
        super().__init__(ModelDeploymentProvider(), resource_name, properties(self.kind, arguments, hidden), opts)
        self.remember_account(arguments)


class ExportedCheckpoint(ExportedCheckpointProperties, Declared, module="dashscope-ft", name="ExportedCheckpoint"):
    kind = "ExportedCheckpoint"

    @shows(ExportedCheckpointArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[ExportedCheckpointArguments],
    ) -> None:
        hidden = {"__name": qualified_name(resource_name, opts)}
        super().__init__(ExportedCheckpointProvider(), resource_name, properties(self.kind, arguments, hidden), opts)


class CompressedModel(CompressedModelProperties, Declared, module="dashscope-ft", name="CompressedModel"):
    kind = "CompressedModel"

    @shows(CompressedModelArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[CompressedModelArguments],
    ) -> None:
        hidden = {**_hidden(resource_name, opts), **options.hidden_inputs(self, if_any=True)}
        super().__init__(CompressedModelProvider(), resource_name, properties(self.kind, arguments, hidden), opts)


class ImportedModel(ImportedModelProperties, Declared, module="dashscope-ft", name="ImportedModel"):
    kind = "ImportedModel"

    @shows(ImportedModelArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[ImportedModelArguments],
    ) -> None:
        hidden = {**_hidden(resource_name, opts), **options.hidden_inputs(self, if_any=True)}
        super().__init__(ImportedModelProvider(), resource_name, properties(self.kind, arguments, hidden), opts)
