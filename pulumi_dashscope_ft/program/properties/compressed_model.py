"""The properties of a compressed model, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


class CompressedModelProperties(Spelled):
    """A compressed model: the job that compresses a model with full weights, and the wait for its result.

    It is created once the model is there. Destroying it ends the job and deletes its record; the model stays in the
    account.
    """

    model: pulumi.Output[str]
    template_id: pulumi.Output[str]
    job_description: pulumi.Output[str | None]
    hyper_parameters: pulumi.Output[dict[str, Any] | None]
    custom_calibration_file_ids: pulumi.Output[list[str] | None]
    output_model_suffix: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_job_id: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    on_undeletable: pulumi.Output[str | None]
    teardown_timeout: pulumi.Output[Any]
    wait_timeout: pulumi.Output[Any]
    job_id: pulumi.Output[str]
    """The service's id of the compression job; also the Pulumi id."""
    job_name: pulumi.Output[str]
    model_id: pulumi.Output[str]
    """The id of the compressed model, used to deploy and to call it."""
    status: pulumi.Output[str]
    """`SUCCEEDED` once there is a model; as last read."""
    base_model: pulumi.Output[str | None]
    template_name: pulumi.Output[str | None]
    create_time: pulumi.Output[str | None]
    start_time: pulumi.Output[str | None]
    end_time: pulumi.Output[str | None]
    usage: pulumi.Output[int | None]
    """GPU seconds."""
    failure: pulumi.Output[dict[str, Any] | None]
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `cancel, then delete`, `delete`, `keep` and the like."""
