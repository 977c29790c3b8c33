"""The values that some properties take, by name. Generated from schema.json: `make arguments`.

Plain text does as well (`training_type="sft"`), also for values that are newer than this release. The names are those
of Pulumi's own generator, because the programs that `pulumi import` writes use them.
"""

from __future__ import annotations

from enum import StrEnum


class CheckpointStatus(StrEnum):
    """Where the publishing of a checkpoint stands; these are not the statuses of a job.

    The list is open.
    """

    PENDING = "PENDING"
    """Saved, and not published."""

    PROCESSING = "PROCESSING"
    """Being published as a model."""

    SUCCEEDED = "SUCCEEDED"
    """Published: its model can be deployed."""

    FAILED = "FAILED"
    """Publishing it failed; it may be tried again."""

    UNSUPPORTED = "UNSUPPORTED"
    """Can't be published: some checkpoints of image and video models."""


class DeploymentOnDestroy(StrEnum):
    """What removing the resource does to the deployment."""

    DELETE = "delete"
    """Take it offline, which ends its billing, and wait until the service no longer knows it."""

    RETAIN = "retain"
    """Make no call.

    It goes on serving and goes on being billed, now without anybody to end it.
    """


class DeploymentPlan(StrEnum):
    """The ways of billing known when this version was made.

    The list is open: any other value is sent as it is, with a warning.
    """

    LORA = "lora"
    """By token.

    For models that were tuned with LoRA; the capacity is ignored.
    """

    MU = "mu"
    """By model units; needs `deploy_spec`."""

    PTU = "ptu"
    """Reserved throughput; needs `ptu_capacity`."""

    PTU_V2 = "ptu_v2"
    """A newer form of reserved throughput, known to one of the vendor's own tools only."""

    CU = "cu"
    """By compute units; image and video models.

    What the service does when nothing is said.
    """


class DeploymentStatus(StrEnum):
    """Where a deployment stands.

    The list is open.
    """

    PENDING = "PENDING"
    """Being set up, which takes 5 to 10 minutes."""

    DEPLOYING = "DEPLOYING"
    """The same; known to the vendor's SDK only."""

    RUNNING = "RUNNING"
    """Serving: the model can be called."""

    UPDATING = "UPDATING"
    """Being scaled or changed."""

    UPDATING_FAILED = "UPDATING_FAILED"
    """The last change failed."""

    STOPPED = "STOPPED"
    """Stopped, and not billed."""

    FAILED = "FAILED"
    """Could not be deployed or changed.

    The next `pulumi up` replaces it.
    """

    ARREARS_DOWN = "ARREARS_DOWN"
    """Taken down because the account is overdue."""

    ARREARS_RECOVERING = "ARREARS_RECOVERING"
    """On its way back from that."""

    OFFLINING = "OFFLINING"
    """Being taken offline."""

    DELETING = "DELETING"
    """Offline, no longer billed, and soon gone."""

    DELETED = "DELETED"
    """Gone, although the service still shows it: counts as gone."""


class ImportOnDestroy(StrEnum):
    """What removing the resource does to the import and its model."""

    DELETE = "delete"
    """Wait for the end of the import if it is under way, because the service can't cancel it; then delete it.

    The files of the imported model are removed with it. What is in the bucket stays.
    """

    RETAIN = "retain"
    """Make no call.

    The import and its model stay in the account.
    """


class ImportStatus(StrEnum):
    """Where an import stands.

    The list is open; a status that is not in it is taken as not final.
    """

    PENDING = "PENDING"
    """Accepted; nothing has been copied yet."""

    RUNNING = "RUNNING"
    """The weights are being copied and checked."""

    SUCCEEDED = "SUCCESSED"
    """Final: the model is ready.

    The service spells it so.
    """

    FAILED = "FAILED"
    """Final: see `failure` for the service's code."""


class JobStatus(StrEnum):
    """Where a job stands.

    The list is open; a status that is not in it is taken as not final.
    """

    PENDING = "PENDING"
    """Accepted; training has not started."""

    QUEUING = "QUEUING"
    """Waiting for the training slot: only one job trains at a time."""

    RUNNING = "RUNNING"
    """Training, and costing money."""

    CANCELING = "CANCELING"
    """A cancel was accepted and has not taken effect yet."""

    SUCCEEDED = "SUCCEEDED"
    """Final: the model is ready."""

    FAILED = "FAILED"
    """Final: see `failure` for the end of the log."""

    CANCELED = "CANCELED"
    """Final: ended on request.

    Tokens trained until then are billed.
    """


class OnDestroy(StrEnum):
    """What removing the resource (`pulumi destroy`, a replacement, or taking it out of the program) does to the job."""

    DELETE = "delete"
    """Cancel the job if it is still active, wait until it has ended, then delete its record.

    Nothing runs and nothing is left.
    """

    CANCEL = "cancel"
    """Cancel the job if it is still active and wait until it has ended; its record stays in the account, and a
    succeeded one goes on counting toward the quota of 20 jobs.
    """

    RETAIN = "retain"
    """Make no call.

    A job that is still active goes on running and goes on costing money, now without anybody to end it.
    """


class OnUndeletable(StrEnum):
    """What to do when the service refuses to delete a job that has already ended.

    Its documentation contradicts itself on whether it may.
    """

    WARN = "warn"
    """Say so and forget the job: it neither runs nor costs anything.

    A succeeded one still counts toward the quota of 20 jobs.
    """

    ERROR = "error"
    """Fail the teardown and keep the job in the state.

    Choose it if you must know that the record is gone.
    """


class RerunOn(StrEnum):
    """An end of a run after which `pulumi up` plans a new one."""

    FAILED = "FAILED"
    """The run has failed.

    The output `failure` says why, as far as the service tells.
    """

    CANCELED = "CANCELED"
    """The run was cancelled, in the console or by another program."""


class TrainingType(StrEnum):
    """The kinds of training known when this version was made.

    The list is open: any other value is sent as it is, with a warning.
    """

    SFT = "sft"
    """Supervised fine-tuning of all weights, on chat rows.

    What the service does for text models when nothing is said.
    """

    EFFICIENT_SFT = "efficient_sft"
    """Supervised fine-tuning of a LoRA adapter.

    The only kind for image, video and speech models.
    """

    DPO_FULL = "dpo_full"
    """Direct preference optimisation of all weights, on rows with a chosen and a rejected answer."""

    DPO_LORA = "dpo_lora"
    """Direct preference optimisation of a LoRA adapter, on the same rows as `dpo_full`."""

    CPT = "cpt"
    """Continued pre-training on plain text rows."""

    REINFORCEMENT = "reinforcement"
    """Agentic reinforcement learning on `rollout` and `rewards`.

    Billed by the minute until it ends or is cancelled.
    """

    RL = "rl"
    """Another spelling of `reinforcement`, which one page of the API has.

    It is sent as it is; a change from one spelling to the other is no new run.
    """

    PG_OPD = "pg_opd"
    """On-policy distillation from `teacher_model`.

    Billed by the minute until it ends or is cancelled.
    """


class WeightType(StrEnum):
    """What the weights in a bucket are."""

    FULL = "full"
    """All weights of the model."""

    LORA = "lora"
    """A LoRA adapter of rank 8, 16, 32 or 64."""
