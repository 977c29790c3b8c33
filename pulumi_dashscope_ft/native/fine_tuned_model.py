"""A fine-tuning job and its model as one resource.

Only a plugin can offer it: it waits for hours without blocking others.
"""

from __future__ import annotations

from typing import Any, Unpack

import pulumi

from pulumi_dashscope_ft.native.declaring import Declared
from pulumi_dashscope_ft.program import known_files
from pulumi_dashscope_ft.program.arguments import FineTunedModelArguments
from pulumi_dashscope_ft.program.describing import shows
from pulumi_dashscope_ft.program.properties.fine_tuning_job import JobProperties


class FineTunedModel(JobProperties, Declared):
    """A fine-tuning job, and the wait for its model.

    It is created once the job has `SUCCEEDED`; a wait that ends early leaves the job running and its id in the state,
    and the next `up` waits for the same job.
    """

    kind = "FineTunedModel"

    wait_timeout: pulumi.Output[Any]
    model_id: pulumi.Output[str]
    """The id of the trained model, used to deploy and to call it."""

    @shows(FineTunedModelArguments)
    def __init__(
        self,
        resource_name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **arguments: Unpack[FineTunedModelArguments],
    ) -> None:
        super().__init__(resource_name, arguments, opts, {known_files.HIDDEN_INPUT: known_files.of_job(arguments)})
