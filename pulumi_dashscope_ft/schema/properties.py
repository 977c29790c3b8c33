"""The inputs and outputs of each kind of resource, for the type checker. Generated: `make arguments`.

The source is schema.json. Inputs are what a program wants: a preview may not know one yet (`Unknown`), and one that is
not set may be None. Outputs are what a state holds, the inputs among them. Pulumi carries every number as a float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from pulumi_dashscope_ft.schema.unknown import Unknown


class FineTuningJobInputs(TypedDict, total=False):
    """Inputs of `FineTuningJob`."""

    model: str | Unknown
    trainingFileIds: Sequence[str] | Unknown | None
    trainingDatasets: Sequence[Mapping[str, Any]] | Unknown | None
    validationFileIds: Sequence[str] | Unknown | None
    validationDatasets: Sequence[Mapping[str, Any]] | Unknown | None
    trainingType: str | Unknown | None
    hyperParameters: Mapping[str, Any] | Unknown | None
    jobName: str | Unknown | None
    modelName: str | Unknown | None
    finetunedOutputSuffix: str | Unknown | None
    teacherModel: str | Unknown | None
    rollout: Mapping[str, Any] | Unknown | None
    rewards: Sequence[Mapping[str, Any]] | Unknown | None
    resourceConfig: Mapping[str, Any] | Unknown | None
    priority: str | Unknown | None
    extra: Mapping[str, Any] | Unknown | None
    workspaceId: str | Unknown | None
    apiKeyEnv: str | Unknown | None
    triggers: Sequence[Any] | Unknown | None
    adoptJobId: str | Unknown | None
    onDestroy: str | Unknown | None
    onUndeletable: str | Unknown | None
    rerunOn: Sequence[str] | Unknown | None
    teardownTimeout: str | float | Unknown | None
    expiresIn: str | float | Unknown | None
    maxRuntime: str | float | Unknown | None
    waitForQuota: str | float | Unknown | None
    maxCost: str | Unknown | None
    maxTokens: float | Unknown | None
    allowUnknownCost: bool | Unknown | None


class FineTuningJobOutputs(TypedDict, total=False):
    """Outputs of `FineTuningJob`."""

    jobId: str
    jobName: str
    status: str
    finetunedOutput: str
    baseModel: str
    createTime: str
    endTime: str
    usage: float
    actualCost: Mapping[str, Any]
    creator: str
    workspaceId: str
    teardown: str
    failure: Mapping[str, Any]
    model: str
    trainingFileIds: Sequence[str]
    trainingDatasets: Sequence[Mapping[str, Any]]
    validationFileIds: Sequence[str]
    validationDatasets: Sequence[Mapping[str, Any]]
    trainingType: str
    hyperParameters: Mapping[str, Any]
    modelName: str
    finetunedOutputSuffix: str
    teacherModel: str
    rollout: Mapping[str, Any]
    rewards: Sequence[Mapping[str, Any]]
    resourceConfig: Mapping[str, Any]
    priority: str
    extra: Mapping[str, Any]
    apiKeyEnv: str
    triggers: Sequence[Any]
    adoptJobId: str
    onDestroy: str
    onUndeletable: str
    rerunOn: Sequence[str]
    teardownTimeout: str | float
    expiresIn: str | float
    maxRuntime: str | float
    waitForQuota: str | float
    maxCost: str
    maxTokens: float
    allowUnknownCost: bool
    expires: str
    estimatedTokens: Mapping[str, Any]
    estimatedCost: Mapping[str, Any]


class ModelDeploymentInputs(TypedDict, total=False):
    """Inputs of `ModelDeployment`."""

    modelName: str | Unknown
    plan: str | Unknown | None
    capacity: float | Unknown | None
    prefillCapacity: float | Unknown | None
    decodeCapacity: float | Unknown | None
    suffix: str | Unknown | None
    name: str | Unknown | None
    deploySpec: str | Unknown | None
    ptuCapacity: Mapping[str, Any] | Unknown | None
    billingMethod: str | Unknown | None
    templateId: str | Unknown | None
    enableThinking: bool | Unknown | None
    maxContextLength: float | Unknown | None
    rpmLimit: float | Unknown | None
    tpmLimit: float | Unknown | None
    aigcConfig: Mapping[str, Any] | Unknown | None
    modelVersion: str | Unknown | None
    extra: Mapping[str, Any] | Unknown | None
    workspaceId: str | Unknown | None
    apiKeyEnv: str | Unknown | None
    triggers: Sequence[Any] | Unknown | None
    adoptDeployment: str | Unknown | None
    onDestroy: str | Unknown | None
    teardownTimeout: str | float | Unknown | None
    waitUntilRunning: bool | Unknown | None
    waitTimeout: str | float | Unknown | None


class ModelDeploymentOutputs(TypedDict, total=False):
    """Outputs of `ModelDeployment`."""

    deployedModel: str
    status: str
    baseModel: str
    baseCapacity: float
    readyCapacity: float
    chargeType: str
    createTime: str
    modifyTime: str
    creator: str
    workspaceId: str
    billing: str
    estimatedCost: Mapping[str, Any]
    teardown: str
    modelName: str
    plan: str
    capacity: float
    prefillCapacity: float
    decodeCapacity: float
    suffix: str
    name: str
    deploySpec: str
    ptuCapacity: Mapping[str, Any]
    billingMethod: str
    templateId: str
    enableThinking: bool
    maxContextLength: float
    rpmLimit: float
    tpmLimit: float
    aigcConfig: Mapping[str, Any]
    modelVersion: str
    extra: Mapping[str, Any]
    apiKeyEnv: str
    triggers: Sequence[Any]
    adoptDeployment: str
    onDestroy: str
    teardownTimeout: str | float
    waitUntilRunning: bool
    waitTimeout: str | float


class TrainingFileInputs(TypedDict, total=False):
    """Inputs of `TrainingFile`."""

    path: str | Unknown
    description: str | Unknown | None
    workspaceId: str | Unknown | None
    apiKeyEnv: str | Unknown | None
    adoptFileId: str | Unknown | None
    sha256: str | Unknown | None
    size: float | Unknown | None
    name: str | Unknown | None
    format: str | Unknown | None
    rows: float | Unknown | None
    longestRow: Mapping[str, Any] | Unknown | None
    tokens: Mapping[str, Any] | Unknown | None


class TrainingFileOutputs(TypedDict, total=False):
    """Outputs of `TrainingFile`."""

    fileId: str
    sha256: str
    size: float
    name: str
    format: str
    rows: float
    longestRow: Mapping[str, Any]
    tokens: Mapping[str, Any]
    path: str
    description: str
    workspaceId: str
    apiKeyEnv: str
    adoptFileId: str


class ExportedCheckpointInputs(TypedDict, total=False):
    """Inputs of `ExportedCheckpoint`."""

    jobId: str | Unknown
    checkpoint: str | Unknown
    modelDisplayName: str | Unknown
    workspaceId: str | Unknown | None
    apiKeyEnv: str | Unknown | None
    exportTimeout: str | float | Unknown | None


class ExportedCheckpointOutputs(TypedDict, total=False):
    """Outputs of `ExportedCheckpoint`."""

    modelName: str
    status: str
    fullName: str
    createTime: str
    expireTime: str
    jobId: str
    checkpoint: str
    modelDisplayName: str
    workspaceId: str
    apiKeyEnv: str
    exportTimeout: str | float


class CompressedModelInputs(TypedDict, total=False):
    """Inputs of `CompressedModel`."""

    model: str | Unknown
    templateId: str | Unknown
    jobName: str | Unknown | None
    jobDescription: str | Unknown | None
    hyperParameters: Mapping[str, Any] | Unknown | None
    customCalibrationFileIds: Sequence[str] | Unknown | None
    outputModelSuffix: str | Unknown | None
    workspaceId: str | Unknown | None
    apiKeyEnv: str | Unknown | None
    triggers: Sequence[Any] | Unknown | None
    adoptJobId: str | Unknown | None
    onDestroy: str | Unknown | None
    onUndeletable: str | Unknown | None
    teardownTimeout: str | float | Unknown | None
    waitTimeout: str | float | Unknown | None


class CompressedModelOutputs(TypedDict, total=False):
    """Outputs of `CompressedModel`."""

    jobId: str
    modelId: str
    status: str
    baseModel: str
    templateName: str
    createTime: str
    startTime: str
    endTime: str
    usage: float
    failure: Mapping[str, Any]
    teardown: str
    model: str
    templateId: str
    jobName: str
    jobDescription: str
    hyperParameters: Mapping[str, Any]
    customCalibrationFileIds: Sequence[str]
    outputModelSuffix: str
    workspaceId: str
    apiKeyEnv: str
    triggers: Sequence[Any]
    adoptJobId: str
    onDestroy: str
    onUndeletable: str
    teardownTimeout: str | float
    waitTimeout: str | float


class ImportedModelInputs(TypedDict, total=False):
    """Inputs of `ImportedModel`."""

    baseModel: str | Unknown
    weightType: str | Unknown | None
    bucketName: str | Unknown
    objectKey: str | Unknown
    displayName: str | Unknown | None
    workspaceId: str | Unknown | None
    apiKeyEnv: str | Unknown | None
    triggers: Sequence[Any] | Unknown | None
    adoptImportId: str | Unknown | None
    onDestroy: str | Unknown | None
    teardownTimeout: str | float | Unknown | None
    waitTimeout: str | float | Unknown | None


class ImportedModelOutputs(TypedDict, total=False):
    """Outputs of `ImportedModel`."""

    jobId: str
    modelId: str
    status: str
    createTime: str
    failure: Mapping[str, Any]
    teardown: str
    baseModel: str
    weightType: str
    bucketName: str
    objectKey: str
    displayName: str
    workspaceId: str
    apiKeyEnv: str
    triggers: Sequence[Any]
    adoptImportId: str
    onDestroy: str
    teardownTimeout: str | float
    waitTimeout: str | float


class FineTunedModelInputs(FineTuningJobInputs, total=False):
    """Inputs of `FineTunedModel`."""

    waitTimeout: str | float | Unknown | None


class FineTunedModelOutputs(FineTuningJobOutputs, total=False):
    """Outputs of `FineTunedModel`."""

    modelId: str
    waitTimeout: str | float
