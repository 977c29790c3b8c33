"""Live views of jobs and deployments, for tests.

Statuses are played lazily, so a plain object from before the clock moved would be stale. A view asks the service each
time one of its fields is read.
"""

from __future__ import annotations

from .board import Transition
from .deployments import GONE, EmulatedDeployment
from .jobs import EmulatedJob
from .service import Service


class JobView:
    """A job of the emulator, live; still readable after the job was deleted."""

    def __init__(self, service: Service, job: EmulatedJob) -> None:
        self._service = service
        self._job = job

    def __repr__(self) -> str:
        return f"<job {self.job_id} {self.status}>"

    @property
    def job_id(self) -> str:
        """The id, such as `ft-202410291653-1c7f`."""
        return self._job.job_id

    @property
    def job_name(self) -> str:
        """The name that was sent, else the id."""
        return self._job.job_name or self._job.job_id

    @property
    def model(self) -> str:
        """The base model."""
        return self._job.model

    @property
    def training_type(self) -> str:
        """The training type, as it was sent; `sft` if it was not."""
        return self._job.training_type

    @property
    def training_file_ids(self) -> list[str]:
        """The ids of the training files, in the order in which they were sent."""
        return list(self._job.training_file_ids)

    @property
    def hyper_parameters(self) -> dict[str, object]:
        """The hyper-parameters in force: those sent, and the service's own for the rest."""
        return dict(self._job.hyper_parameters)

    @property
    def workspace_id(self) -> str:
        """The workspace in which the job was made."""
        return self._job.workspace_id

    @property
    def finetuned_output(self) -> str:
        """The name of the model that the job makes; set from the start, answered only once it has succeeded."""
        return self._job.finetuned_output

    @property
    def status(self) -> str:
        """The status now."""
        with self._service.at_now():
            return self._job.run.status

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Its history: `.at` (service time), `.status`, `.cause`."""
        with self._service.at_now():
            return tuple(self._job.run.transitions)

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses it went through, in order."""
        return tuple(step.status for step in self.transitions)

    @property
    def exports(self) -> dict[str, int]:
        """Checkpoint → accepted calls to export it: 2 is one too many."""
        with self._service.at_now():
            return dict(self._job.export_calls)

    @property
    def exists(self) -> bool:
        """Whether the service still has it."""
        with self._service.at_now():
            return self.job_id in self._service.jobs()


class DeploymentView:
    """A deployment of the emulator, live; still readable when it is gone."""

    def __init__(self, service: Service, deployment: EmulatedDeployment) -> None:
        self._service = service
        self._deployment = deployment

    def __repr__(self) -> str:
        return f"<deployment {self.deployed_model} {self.status}>"

    @property
    def deployed_model(self) -> str:
        """The id: the name under which the model is called."""
        return self._deployment.deployed_model

    @property
    def model_name(self) -> str:
        """The deployed model."""
        return self._deployment.model_name

    @property
    def name(self) -> str | None:
        """The display name that was sent, whether or not answers show it."""
        return self._deployment.name

    @property
    def suffix(self) -> str | None:
        """The suffix of the id that was sent; None for none."""
        return self._deployment.suffix

    @property
    def plan(self) -> str | None:
        """The billing plan that was sent, such as `lora` or `mu`; None for none."""
        return self._deployment.plan

    @property
    def workspace_id(self) -> str:
        """The workspace in which the deployment was made."""
        return self._deployment.workspace_id

    @property
    def capacity(self) -> int:
        """The number of units that were asked for."""
        with self._service.at_now():
            return self._deployment.capacity

    @property
    def ready_capacity(self) -> int:
        """The number of units that are serving now."""
        with self._service.at_now():
            return self._deployment.ready_capacity

    @property
    def limits(self) -> dict[str, object]:
        """Further fields of a `mu` or `ptu` deployment, as answers show them: `rpm_limit`, `ptu_capacity` and more."""
        with self._service.at_now():
            return dict(self._deployment.units)

    @property
    def status(self) -> str:
        """The status; `GONE` once it answers 404."""
        with self._service.at_now():
            return self._deployment.status

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Its history: `.at` (service time), `.status`, `.cause`."""
        with self._service.at_now():
            return tuple(self._deployment.transitions)

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses it went through, in order."""
        return tuple(step.status for step in self.transitions)

    @property
    def exists(self) -> bool:
        """Whether the service still has it."""
        return self.status != GONE
