"""The properties of a fine-tuning job, as programs of both front ends write and read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled

Strings = Sequence[pulumi.Input[str]]
Datasets = Sequence[pulumi.Input[Mapping[str, Any]]]


class JobProperties(Spelled):
    """The outputs of a job."""

    model: pulumi.Output[str]
    training_file_ids: pulumi.Output[list[str] | None]
    training_datasets: pulumi.Output[list[dict[str, Any]] | None]
    validation_file_ids: pulumi.Output[list[str] | None]
    validation_datasets: pulumi.Output[list[dict[str, Any]] | None]
    training_type: pulumi.Output[str | None]
    hyper_parameters: pulumi.Output[dict[str, Any] | None]
    model_name: pulumi.Output[str | None]
    finetuned_output_suffix: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_job_id: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    on_undeletable: pulumi.Output[str | None]
    rerun_on: pulumi.Output[list[str] | None]
    teardown_timeout: pulumi.Output[Any]
    expires_in: pulumi.Output[Any]
    max_runtime: pulumi.Output[Any]
    job_id: pulumi.Output[str]
    """The service's id of the job, `ft-…`; also the Pulumi id."""
    job_name: pulumi.Output[str]
    status: pulumi.Output[str]
    """`PENDING`, `QUEUING`, `RUNNING`, `CANCELING`, `SUCCEEDED`, `FAILED` or `CANCELED`, as last read. `pulumi refresh`
    reads it again. A stack output that exports it changes with the next `up` or `refresh --run-program`.
    """
    finetuned_output: pulumi.Output[str | None]
    """The id of the trained model, once the job has `SUCCEEDED`."""
    base_model: pulumi.Output[str | None]
    create_time: pulumi.Output[str | None]
    end_time: pulumi.Output[str | None]
    usage: pulumi.Output[int | None]
    """Training tokens used."""
    creator: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `cancel, then delete`, `delete`, `wait for cancel, then delete` or
    `keep`."""
    expires: pulumi.Output[str | None]
    """With `expires_in`: the minute after which `dashscope-ft sweep` ends the job, such as `2026-11-25T10:00Z`."""
    failure: pulumi.Output[dict[str, Any] | None]
    """Why the job `FAILED`: `code` and `message` where the service gives them, and `log_tail`."""


class FineTuningJobProperties(JobProperties):
    """A fine-tuning job on Alibaba Cloud Model Studio. Creating it starts a paid run; destroying it ends the run."""

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            model: pulumi.Input[str],
            training_file_ids: pulumi.Input[Strings] | None = None,
            training_datasets: pulumi.Input[Datasets] | None = None,
            validation_file_ids: pulumi.Input[Strings] | None = None,
            validation_datasets: pulumi.Input[Datasets] | None = None,
            training_type: pulumi.Input[str] | None = None,
            hyper_parameters: pulumi.Input[Mapping[str, Any]] | None = None,
            job_name: pulumi.Input[str] | None = None,
            model_name: pulumi.Input[str] | None = None,
            finetuned_output_suffix: pulumi.Input[str] | None = None,
            workspace_id: pulumi.Input[str] | None = None,
            api_key_env: pulumi.Input[str] | None = None,
            triggers: pulumi.Input[Sequence[Any]] | None = None,
            adopt_job_id: pulumi.Input[str] | None = None,
            on_destroy: pulumi.Input[str] | None = None,
            on_undeletable: pulumi.Input[str] | None = None,
            rerun_on: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
            teardown_timeout: pulumi.Input[str | float] | None = None,
            expires_in: pulumi.Input[str | float] | None = None,
            max_runtime: pulumi.Input[str | float] | None = None,
            opts: pulumi.ResourceOptions | None = None,
        ) -> None:
            """Start a fine-tuning job; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param model: the base model, or the model of an earlier job.
            :param training_file_ids: ids of uploaded files; exactly one of this and `training_datasets`.
            :param hyper_parameters: as the API spells them, such as `{"n_epochs": 3}`.
            :param on_destroy: `delete` (default), `cancel` or `retain`.
            :param rerun_on: `["FAILED"]` makes the next `up` after a failure plan a new, paid run; default none.
            :param expires_in: `"3d"` after its start the job has expired, and `dashscope-ft sweep` tears it down.
            :param max_runtime: a job that is still active after `"12h"` has expired, too.
            """

    def wait_for_model(self, timeout: str | float = "12h") -> pulumi.Output[str]:
        """Return the id of the trained model once the job has `SUCCEEDED`.

        A resource that takes it as an input waits for it.

            model = job.wait_for_model(timeout="6h")

        Progress is shown at the job. In a preview the id is known if the model exists already, and that costs at most
        one list call for all jobs; otherwise it is unknown. If the job ends without a model, or the time is up, the
        `up` fails and says why. A running job goes on, and the next `up` waits for it again.

        :param timeout: `"90m"`, `"12h"`, `"2d"`, or seconds.
        :raises ValueError: `timeout` is not a positive duration.
        """
        from pulumi_dashscope_ft.program import waiting

        return waiting.model_of(self, timeout)
