"""Why this exists: what a program writes and reads of a deployed model, whichever front end serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


class ModelDeploymentProperties(Spelled):
    """A model deployed on Alibaba Cloud Model Studio, to be called. As its plan says, it is billed by token, or until
    it is stopped or destroyed.
    """

    model_name: pulumi.Output[str]
    plan: pulumi.Output[str | None]
    capacity: pulumi.Output[int | None]
    suffix: pulumi.Output[str | None]
    name: pulumi.Output[str | None]
    deploy_spec: pulumi.Output[str | None]
    ptu_capacity: pulumi.Output[dict[str, Any] | None]
    billing_method: pulumi.Output[str | None]
    template_id: pulumi.Output[str | None]
    enable_thinking: pulumi.Output[bool | None]
    max_context_length: pulumi.Output[int | None]
    rpm_limit: pulumi.Output[int | None]
    tpm_limit: pulumi.Output[int | None]
    aigc_config: pulumi.Output[dict[str, Any] | None]
    model_version: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_deployment: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    teardown_timeout: pulumi.Output[Any]
    deployed_model: pulumi.Output[str]
    """The service's id of the deployment, which is the name to call the model by; also the Pulumi id."""
    status: pulumi.Output[str]
    """`PENDING` for 5 to 10 minutes, then `RUNNING`; or `FAILED`, `STOPPED`, … as it was last read. A `pulumi refresh`
    reads it; an exported one changes with the next `up`, or with `refresh --run-program`.
    """
    base_model: pulumi.Output[str | None]
    base_capacity: pulumi.Output[int | None]
    ready_capacity: pulumi.Output[int | None]
    charge_type: pulumi.Output[str | None]
    create_time: pulumi.Output[str | None]
    modify_time: pulumi.Output[str | None]
    creator: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    billing: pulumi.Output[str]
    """What is billed for it now, as far as the service documents that."""
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `delete`, `wait until it is gone` or `keep`."""

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            model_name: pulumi.Input[str],
            plan: pulumi.Input[str] | None = None,
            capacity: pulumi.Input[int] | None = None,
            suffix: pulumi.Input[str] | None = None,
            name: pulumi.Input[str] | None = None,
            deploy_spec: pulumi.Input[str] | None = None,
            ptu_capacity: pulumi.Input[Mapping[str, Any]] | None = None,
            billing_method: pulumi.Input[str] | None = None,
            template_id: pulumi.Input[str] | None = None,
            enable_thinking: pulumi.Input[bool] | None = None,
            max_context_length: pulumi.Input[int] | None = None,
            rpm_limit: pulumi.Input[int] | None = None,
            tpm_limit: pulumi.Input[int] | None = None,
            aigc_config: pulumi.Input[Mapping[str, Any]] | None = None,
            model_version: pulumi.Input[str] | None = None,
            workspace_id: pulumi.Input[str] | None = None,
            api_key_env: pulumi.Input[str] | None = None,
            triggers: pulumi.Input[Sequence[Any]] | None = None,
            adopt_deployment: pulumi.Input[str] | None = None,
            on_destroy: pulumi.Input[str] | None = None,
            teardown_timeout: pulumi.Input[str | float] | None = None,
            opts: pulumi.ResourceOptions | None = None,
        ) -> None:
            """Deploy a model; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param model_name: the model to serve, such as a job's `finetuned_output` once it has succeeded.
            :param plan: `lora` (billed by token), `mu`, `ptu` or `cu` (the service's default).
            :param capacity: units of the plan; a change scales in place.
            :param suffix: end of the id; needed from the second deployment of a model on.
            :param on_destroy: `delete` (default) or `retain`.
            """

    def wait_until_running(self, timeout: str | float = "30m") -> pulumi.Output[str]:
        """The id to call the model by, once the deployment is `RUNNING`; an input that takes it waits in the program.

            pulumi.export("endpoint_model", deployment.wait_until_running())

        In a preview this is known if it runs already. A deployment that will not run by itself (such as one that has
        `FAILED`), or the time being up, fails the `up`; nothing is changed by that.

        :param timeout: `"10m"`, `"1h"`, or seconds. Deploying takes 5 to 10 minutes (model-deployment-quick-start).
        :raises ValueError: a timeout that is none.
        """
        from pulumi_dashscope_ft.program import waiting

        return waiting.running(self, timeout)
