"""A deployment as the service describes it, as a frozen dataclass.

The deployment pages (model-deployment-api, model-deployment-quick-start) show a different set of fields for each plan,
and one of them spells a number as a string. They are read once here, so that the rest of the program sees one shape.
The objects are as open as those of jobs: `raw` keeps every field. An unknown status is kept and counts as *not
settled*, because a deployment may be billed in it.

Times are strings as the service writes them: `yyyy-MM-ddTHH:mm:ss`, with or without a fraction, without a zone
(inferred: UTC+8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .fields import UnusableError, number, rows, status, text
from .pages import is_followed, paging

__all__ = ["Deployment", "DeploymentPage", "DeploymentStatus"]


class DeploymentStatus:
    """The statuses of a deployment. Plain strings, because there may be others.

    Sources: model-deployment-api; the second block of names: wan-video-generation-finetune-api-reference.
    """

    PENDING = "PENDING"
    UPDATING = "UPDATING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    DELETING = "DELETING"
    FAILED = "FAILED"

    ARREARS_DOWN = "ARREARS_DOWN"
    ARREARS_RECOVERING = "ARREARS_RECOVERING"
    OFFLINING = "OFFLINING"
    UPDATING_FAILED = "UPDATING_FAILED"

    DEPLOYING = "DEPLOYING"
    """Seen in the official SDK, and in the sample of a speech model."""

    DELETED = "DELETED"
    """Gone, although the service still shows it (get-deployment-api). `client.deployments` never returns it."""

    SETTLED = frozenset({RUNNING, STOPPED, FAILED, ARREARS_DOWN, UPDATING_FAILED})
    """Statuses that do not change by themselves (inferred from the pages' words; no page shows the transitions)."""


@dataclass(frozen=True)
class Deployment:
    """A deployed model (get-deployment-api).

    `capacity` and `ready_capacity` count units of the plan; `capacity` is a multiple of `base_capacity`. The answers
    for the plan `lora` leave these three out.
    """

    deployed_model: str
    """The id, which is also the name to call the model by."""
    status: str
    model_name: str | None = None
    """The model that is served."""
    base_model: str | None = None
    name: str | None = None
    """Display name. That the service returns the name that was sent is inferred."""
    plan: str | None = None
    base_capacity: int | None = None
    capacity: int | None = None
    ready_capacity: int | None = None
    charge_type: str | None = None
    model_unit_spec: str | None = None
    max_context_length: int | None = None
    rpm_limit: int | None = None
    tpm_limit: int | None = None
    workspace_id: str | None = None
    creator: str | None = None
    create_time: str | None = None
    modify_time: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Any) -> Deployment:
        """Return the deployment in an answer's `output`, or in one item of the list.

        :raises fields.UnusableError: there is no id.
        """
        if not isinstance(data, Mapping):
            raise UnusableError("holds no deployment object")
        deployed_model = text(data.get("deployed_model"))
        if not deployed_model:
            raise UnusableError("holds a deployment without `deployed_model`")
        return cls(
            deployed_model=deployed_model,
            status=status(data.get("status")),
            model_name=text(data.get("model_name")),
            base_model=text(data.get("base_model")),
            # Examples say `name`, the table of the create page says `diasplay_name`.
            name=text(data.get("name")) or text(data.get("display_name")) or text(data.get("diasplay_name")),
            plan=text(data.get("plan")),
            base_capacity=number(data.get("base_capacity")),
            capacity=number(data.get("capacity")),
            ready_capacity=number(data.get("ready_capacity")),
            charge_type=text(data.get("charge_type")),
            model_unit_spec=text(data.get("model_unit_spec")),
            max_context_length=number(data.get("max_context_length")),
            rpm_limit=number(data.get("rpm_limit")),
            tpm_limit=number(data.get("tpm_limit")),
            workspace_id=text(data.get("workspace_id")),
            creator=text(data.get("creator")),
            create_time=text(data.get("gmt_create")),
            modify_time=text(data.get("gmt_modified")),
            raw=dict(data),
        )

    @property
    def is_settled(self) -> bool:
        """Whether the deployment stays as it is until somebody acts. An unknown status is not settled."""
        return self.status in DeploymentStatus.SETTLED


@dataclass(frozen=True)
class DeploymentPage:
    """One page of the list of deployments. Pages count from 1."""

    deployments: tuple[Deployment, ...]
    page_no: int
    page_size: int
    total: int
    listed: int = 0
    """How many the service listed on this page, what is `DELETED` included."""

    @classmethod
    def from_json(cls, data: Any, *, page_no: int = 1, page_size: int = 200) -> DeploymentPage:
        """Return the page in the `output` of a list, without what is `DELETED`.

        One unusable item makes the page unusable: it could be the one searched for.
        """
        listed = tuple(Deployment.from_json(item) for item in rows(data, "deployments"))
        there = tuple(deployment for deployment in listed if deployment.status != DeploymentStatus.DELETED)
        return cls(there, *paging(data, len(listed), page_no, page_size), listed=len(listed))

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return is_followed(self.listed, self.page_no, self.page_size, self.total)
