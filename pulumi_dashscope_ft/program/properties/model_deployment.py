"""The properties of a deployed model, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import Any, Protocol

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


class WaitUntilRunning(Protocol):
    """See `ModelDeployment.wait_until_running`."""

    def __call__(self, timeout: str | float = "30m") -> pulumi.Output[str]:
        """Return the deployment's id once it is `RUNNING`; see `ModelDeployment.wait_until_running`."""


class ModelDeploymentProperties(Spelled):
    """A model deployed on Alibaba Cloud Model Studio.

    Depending on its plan, the service bills it by token, or until it is stopped or destroyed.
    """

    model_name: pulumi.Output[str]
    plan: pulumi.Output[str | None]
    capacity: pulumi.Output[int | None]
    prefill_capacity: pulumi.Output[int | None]
    decode_capacity: pulumi.Output[int | None]
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
    extra: pulumi.Output[dict[str, Any] | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_deployment: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    teardown_timeout: pulumi.Output[Any]
    wait_timeout: pulumi.Output[Any]
    deployed_model: pulumi.Output[str]
    """The service's id of the deployment, which is the name to call the model by; also the Pulumi id."""
    status: pulumi.Output[str]
    """`RUNNING`, `FAILED`, `STOPPED`, … as last read. `pulumi refresh` reads it again. A stack output that exports it
    changes with the next `up` or `refresh --run-program`.
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
    """What the service bills for the deployment now, as far as the service documents that."""
    estimated_cost: pulumi.Output[dict[str, Any] | None]
    """What it costs as long as it runs, by estimate: `low`, `high`, `currency`, `per`, `unknown` (why), `basis`."""
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `delete`, `wait until it is gone` or `keep`."""

    @property
    def wait_until_running(self) -> WaitUntilRunning:
        """`deployment.wait_until_running(timeout="30m")`: the id to call the model by, once it is `RUNNING`.

        Only needed with the argument `wait_until_running=False`. Otherwise the resource itself waits, and the id is
        there at once. In a preview the id is known if the deployment runs already. `up` and `preview` fail if the
        deployment will not run by itself (for example because it has `FAILED`); `up` also fails when the time is up.
        Waiting changes nothing.

        The timeout is `"10m"`, `"1h"`, or seconds; any other value raises ValueError. Deploying takes 5 to 10 minutes
        (model-deployment-quick-start).
        """
        # A property, because the argument of the same name becomes an attribute, which would shadow a method.
        from pulumi_dashscope_ft.program import waiting

        def running(timeout: str | float = "30m") -> pulumi.Output[str]:
            return waiting.running(self, timeout)

        return running
