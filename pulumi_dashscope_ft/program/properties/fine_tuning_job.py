"""The properties of a fine-tuning job, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


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
    teacher_model: pulumi.Output[str | None]
    rollout: pulumi.Output[dict[str, Any] | None]
    rewards: pulumi.Output[list[dict[str, Any]] | None]
    resource_config: pulumi.Output[dict[str, Any] | None]
    priority: pulumi.Output[str | None]
    extra: pulumi.Output[dict[str, Any] | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_job_id: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    on_undeletable: pulumi.Output[str | None]
    rerun_on: pulumi.Output[list[str] | None]
    teardown_timeout: pulumi.Output[Any]
    expires_in: pulumi.Output[Any]
    max_runtime: pulumi.Output[Any]
    wait_for_quota: pulumi.Output[Any]
    max_cost: pulumi.Output[str | None]
    max_tokens: pulumi.Output[int | None]
    allow_unknown_cost: pulumi.Output[bool | None]
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
    actual_cost: pulumi.Output[dict[str, Any] | None]
    """What the run has cost, once it has ended: `amount` and `currency`, or why that is `unknown`, and its `basis`."""
    creator: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `cancel, then delete`, `delete`, `wait for cancel, then delete` or
    `keep`."""
    expires: pulumi.Output[str | None]
    """With `expires_in`: the minute after which `dashscope-ft sweep` ends the job, such as `2026-11-25T10:00Z`."""
    estimated_tokens: pulumi.Output[dict[str, Any] | None]
    """The tokens of the run, estimated before it started: `low`, `high`, `rows`, `dropped_rows`, `epochs`, `exact`."""
    estimated_cost: pulumi.Output[dict[str, Any] | None]
    """What the run costs, estimated before it started: `low`, `high`, `currency`, `per`, `unknown` (why), `basis`."""
    failure: pulumi.Output[dict[str, Any] | None]
    """Why the job `FAILED`: `code` and `message` where the service gives them, and `log_tail`."""


class FineTuningJobProperties(JobProperties):
    """A fine-tuning job on Alibaba Cloud Model Studio. Creating it starts a paid run; destroying it ends the run."""

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
