"""The calls about deployments.

These pages (model-deployment-api and its newer siblings) answer with the whole deployment where the fine-tuning pages
say `success`. Their changes are asynchronous: the answer to a scale or a delete shows the deployment at the start of
the change (`UPDATING`, `DELETING`), not at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api.errors import InvalidRequestError, NotFoundError
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.deployments import Deployment, DeploymentPage, DeploymentStatus
from pulumi_dashscope_ft.api.models.fields import output, require_about
from pulumi_dashscope_ft.text import quoted

from .json_calls import json_body
from .pages import Pages

__all__ = ["MOST_DEPLOYMENTS", "Deployments"]

MOST_DEPLOYMENTS = 200
"""Most deployments on one page of the list (model-deployment-api)."""


class Deployments:
    """`client.deployments`.

    Every method raises `SettingsError` without a usable key, and `ApiError`s as listed there.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._pages = Pages(caller, "list_deployments", DeploymentPage.from_json, largest=MOST_DEPLOYMENTS)

    def create(self, body: Mapping[str, Any]) -> Deployment:
        """Deploy a model. Each success is billed from then on.

        Returns at once; the deployment takes 5 to 10 minutes to run. Retried only after errors that prove that nothing
        was accepted. After an `ambiguous` error look for the deployment before asking again.

        :param body: as the create-deployment-api page spells it.
        :raises ConflictError: a deployment of that name exists.
        :raises UnexpectedNotFoundError: the model does not exist or can't be deployed.
        """
        return self._changing("create_deployment", None, body)

    def get(self, deployed_model: str) -> Deployment:
        """Return one deployment.

        :raises NotFoundError: the service says that it does not exist (any more): by a 404, or by the status `DELETED`
            with HTTP 200 (get-deployment-api).
        """
        about = _about(deployed_model)

        def read(output_: Any, answer: Answer) -> Deployment:
            deployment = about(output_, answer)
            if deployment.status == DeploymentStatus.DELETED:
                raise NotFoundError(
                    status=answer.status,
                    code=deployment.status,
                    message="The deployment was deleted.",
                    request_id=quoted(answer.request_id, self._caller.redact, 80) if answer.request_id else None,
                    operation="get_deployment",
                    resource_id=deployed_model,
                )
            return deployment

        return self._caller.call("get_deployment", deployed_model, read=read)

    def list(self, page_no: int = 1, page_size: int = MOST_DEPLOYMENTS) -> DeploymentPage:
        """Return one page of the deployments, full objects.

        :param page_size: 1 to 200.
        """
        return self._pages.fetch(page_no, page_size)

    def scale(self, deployed_model: str, capacity: int) -> Deployment:
        """Set the capacity. The deployment is `UPDATING` until that is reached. Repeating the call is harmless.

        :param capacity: a multiple of `base_capacity`, from 0 to 999.
        :raises UnsupportedOperationError: the present state does not allow it.
        """
        return self._changing("scale_deployment", deployed_model, {"capacity": capacity})

    def scale_throughput(self, deployed_model: str, ptu_capacity: Mapping[str, Any]) -> Deployment:
        """Set the reserved throughput, for the plan `ptu` (scale-deployment-api). Repeating the call is harmless.

        :param ptu_capacity: `input_tpm`, `output_tpm` and `thinking_output_tpm`, each a new total. Pages disagree
            whether they count tokens a minute or thousands of them.
        :raises UnsupportedOperationError: the present state does not allow it.
        """
        return self._changing("scale_deployment", deployed_model, {"ptu_capacity": dict(ptu_capacity)})

    def update(self, deployed_model: str, *, rpm_limit: int | None = None, tpm_limit: int | None = None) -> Deployment:
        """Set one or both of the rate limits. Only for the plan `mu` and some models. Repeating the call is harmless.

        :param rpm_limit: requests per minute.
        :param tpm_limit: tokens per minute.
        """
        limits = {"rpm_limit": rpm_limit, "tpm_limit": tpm_limit}
        given = {name: value for name, value in limits.items() if value is not None}
        if not given:
            raise InvalidRequestError(
                "give rpm_limit or tpm_limit; there is nothing else to update.",
                operation="update_deployment",
                resource_id=deployed_model,
            )
        return self._changing("update_deployment", deployed_model, given)

    def delete(self, deployed_model: str) -> Deployment:
        """Take a deployment down. It is offline at once and no longer billed, and `DELETING` until it is gone.

        :raises NotFoundError: it was gone already, perhaps by an earlier try whose answer was lost.
        :raises UnsupportedOperationError: its present state does not allow it (undocumented, seen in the vendor's own
            tool).
        """
        return self._caller.call("delete_deployment", deployed_model, read=_about(deployed_model))

    def _changing(self, operation: str, deployed_model: str | None, body: Mapping[str, Any]) -> Deployment:
        return self._caller.call(
            operation, deployed_model, read=_about(deployed_model), body=json_body(body, operation, deployed_model)
        )


def _about(deployed_model: str | None) -> Callable[[Any, Answer], Deployment]:
    def read(answer: Any, _: Answer) -> Deployment:
        deployment = Deployment.from_json(output(answer, "output"))
        require_about(deployed_model or deployment.deployed_model, deployment.deployed_model, "deployment")
        return deployment

    return read
