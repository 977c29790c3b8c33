"""All deployments of one workspace, advanced on the service's clock.

Why it exists: deployments come up, change and go away while nobody looks. Like the board of jobs, the fleet is
advanced lazily, and every step gets the time at which it was due: one jump of an hour leaves the same history
as 3600 steps. Deployments that are gone keep their history here for a while.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_dashscope_ft.emulator import checks

from .deployments import DELETING, GONE, PENDING, STATUSES, STEPS, UPDATING, DeploymentPlan, EmulatedDeployment

GONE_KEPT = 1000


class Fleet:
    """Times are service seconds and must not go backwards."""

    def __init__(self, plan: DeploymentPlan, *, time: float = 0.0) -> None:
        self.deployments: dict[str, EmulatedDeployment] = {}
        self.gone: dict[str, EmulatedDeployment] = {}
        """Those that answer 404 by now, with their history: the last thousand."""
        self.time = time
        self._plan = plan

    def configure(self, plan: DeploymentPlan) -> None:
        """New defaults, also for deployments already under way; what one overrides stays."""
        self._plan = plan

    def add(self, deployment: EmulatedDeployment, at: float) -> None:
        """A new deployment, ``PENDING`` at ``at``. Raises ``ValueError`` when its overrides are no plan."""
        self._plan.override(deployment.overrides)
        deployment.enter(PENDING, at, "created")
        self.deployments[deployment.deployed_model] = deployment

    def restore(self, deployment: EmulatedDeployment) -> None:
        """Put back one that was saved earlier, history and all."""
        self.time = max(self.time, deployment.since)
        home = self.gone if deployment.status == GONE else self.deployments
        home[deployment.deployed_model] = deployment

    def advance(self, to: float) -> None:
        """Play every step that is due until ``to``, each at its own time."""
        for deployment in list(self.deployments.values()):
            self._play(deployment, to)
        self.time = max(self.time, to)

    def change(self, deployment: EmulatedDeployment, at: float, cause: str) -> None:
        """It was scaled or changed: ``UPDATING`` for a while."""
        deployment.enter(UPDATING, at, cause)

    def delete(self, deployment: EmulatedDeployment, at: float) -> None:
        """It goes offline at once, and away after a while."""
        deployment.enter(DELETING, at, "delete")

    def force(self, deployed_model: str, status: str, at: float) -> None:
        """Any status, by hand. Raises ``KeyError`` or, for an unknown status, ``ValueError``."""
        if status not in STATUSES:
            raise ValueError(f"a deployment can be forced to {', '.join(STATUSES)}, not {checks.quoted(status)}")
        deployment = self.deployments[deployed_model]
        if deployment.status != status:
            deployment.enter(status, at, "forced")

    def replan(self, deployed_model: str, changes: Mapping[str, object]) -> None:
        """Change how one goes on; steps that are overdue by the new plan happen now, not in the past.

        Raises ``KeyError`` or ``ValueError``.
        """
        deployment = self.deployments[deployed_model]
        overrides = {**deployment.overrides, **changes}
        self._plan.override(overrides)
        deployment.overrides = overrides

    def remove(self, deployed_model: str, at: float, cause: str) -> None:
        """It is gone, from any status. Raises ``KeyError``."""
        deployment = self.deployments.pop(deployed_model)
        deployment.enter(GONE, at, cause)
        self.gone.pop(deployed_model, None)
        self.gone[deployed_model] = deployment
        while len(self.gone) > GONE_KEPT:
            del self.gone[next(iter(self.gone))]

    def _play(self, deployment: EmulatedDeployment, to: float) -> None:
        plan = self._plan.override(deployment.overrides)
        while deployment.status in STEPS:
            seconds, target = STEPS[deployment.status]
            # A step can be overdue only because the plan changed: then it happens now.
            at = max(deployment.since + seconds(plan), self.time)
            if at > to:
                return
            status = target(deployment, plan)
            if status == GONE:
                self.remove(deployment.deployed_model, at, "elapsed")
            else:
                deployment.enter(status, at, "elapsed")
