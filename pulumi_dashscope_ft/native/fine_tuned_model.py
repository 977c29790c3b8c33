"""A fine-tuning job and its model as one resource.

Only a plugin can offer it: it waits for hours without blocking others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_dashscope_ft.native.declaring import Declared
from pulumi_dashscope_ft.program.fine_tuning_job import Datasets, JobProperties, Strings


class FineTunedModel(JobProperties, Declared):
    """A fine-tuning job, and the wait for its model.

    It is created once the job has `SUCCEEDED`; a wait that ends early leaves the job running and its id in the state,
    and the next `up` waits for the same job.
    """

    kind = "FineTunedModel"

    wait_timeout: pulumi.Output[Any]
    model_id: pulumi.Output[str]
    """The id of the trained model, used to deploy and to call it."""

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            wait_timeout: pulumi.Input[str | float] | None = None,
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
            """Start a fine-tuning job and wait for its model; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param wait_timeout: longest time to wait, `"90m"`, `"12h"` (default) or seconds; the option
                `custom_timeouts` comes first.
            :param model: the base model, or the model of an earlier job.
            :param training_file_ids: ids of uploaded files; exactly one of this and `training_datasets`.
            :param hyper_parameters: as the API spells them, such as `{"n_epochs": 3}`.
            :param on_destroy: `delete` (default), `cancel` or `retain`, for the job; its model stays.
            """
