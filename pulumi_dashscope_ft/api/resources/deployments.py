"""The calls about deployments.

Why it exists: these pages (model-deployment-api and its newer siblings) answer with the whole deployment wherever the
fine-tuning pages say `success`, and their changes are asynchronous: what comes back from a scale or a delete is how it
looks at the start of it (`UPDATING`, `DELETING`), not at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api.errors import InvalidRequestError
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.body import JsonBody
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.deployments import Deployment, DeploymentPage
from pulumi_dashscope_ft.api.models.fields import Unusable, output
from pulumi_dashscope_ft.api.models.pages import page_query

__all__ = ["MOST_DEPLOYMENTS", "Deployments"]

MOST_DEPLOYMENTS = 200
"""Deployments that one page of the list may hold (model-deployment-api)."""


class Deployments:
    """`client.deployments`.

    Every method raises `SettingsError` without a usable key, and `ApiError`s as listed there.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(self, body: Mapping[str, Any]) -> Deployment:
        """Deploy a model; `body` as the create-deployment-api page spells it. Each success is billed from then on.

        Returns at once, with a deployment that takes 5 to 10 minutes to run. Repeated by itself only after errors that
        prove that nothing was accepted; after an `ambiguous` one look for the deployment before asking again.
        `ConflictError`: a deployment of that name exists. `UnexpectedNotFoundError`: no such model, or not deployable.
        """
        return self._changing("create_deployment", None, body)

    def get(self, deployed_model: str) -> Deployment:
        """Read one deployment. `NotFoundError`: the service says that there is none (any more)."""
        return self._caller.call("get_deployment", deployed_model, read=_about(deployed_model))

    def list(self, page_no: int = 1, page_size: int = MOST_DEPLOYMENTS) -> DeploymentPage:
        """One page of the deployments, full objects. `page_size`: 1 to 200."""
        return self._caller.call(
            "list_deployments",
            read=lambda answer, _: DeploymentPage.from_json(
                output(answer, "output"), page_no=page_no, page_size=page_size
            ),
            query=page_query("list_deployments", page_no, page_size, MOST_DEPLOYMENTS),
        )

    def scale(self, deployed_model: str, capacity: int) -> Deployment:
        """Set the capacity, a multiple of `base_capacity` from 0 to 999. It is `UPDATING` until that is reached.

        The same call again does no harm: it names a fixed value. `UnsupportedOperationError`: its present state does
        not allow it.
        """
        return self._changing("scale_deployment", deployed_model, {"capacity": capacity})

    def update(self, deployed_model: str, *, rpm_limit: int | None = None, tpm_limit: int | None = None) -> Deployment:
        """Set one or both of the rate limits: requests and tokens in a minute. Only for the plan `mu` and some models.

        The same call again does no harm.
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

        `NotFoundError`: it was gone already, perhaps by an earlier try whose answer was lost.
        `UnsupportedOperationError`: its present state does not allow it (undocumented, seen in the vendor's own tool).
        """
        return self._caller.call("delete_deployment", deployed_model, read=_about(deployed_model))

    def _changing(self, operation: str, deployed_model: str | None, body: Mapping[str, Any]) -> Deployment:
        try:
            JsonBody(body)
        except (TypeError, ValueError) as problem:
            raise InvalidRequestError(
                f"a value has no JSON form ({problem}). Use text, numbers, true or false, lists and objects.",
                operation=operation,
                resource_id=deployed_model,
            ) from None
        return self._caller.call(operation, deployed_model, read=_about(deployed_model), body=lambda: JsonBody(body))


def _about(deployed_model: str | None) -> Callable[[Any, Answer], Deployment]:
    def read(answer: Any, _: Answer) -> Deployment:
        deployment = Deployment.from_json(output(answer, "output"))
        if deployed_model is not None and deployment.deployed_model != deployed_model:
            raise Unusable("is about another deployment")
        return deployment

    return read
