"""Live views of compression and import jobs, for tests. As in :mod:`..views`."""

from __future__ import annotations

from typing import Generic

from pulumi_dashscope_ft.emulator.model.board import Transition

from .compression import CompressionJob
from .importing import ImportJob
from .steering import Item, Steering


class _View(Generic[Item]):
    """A job, live; still readable after it was removed."""

    def __init__(self, steering: Steering[Item], job: Item) -> None:
        self._steering = steering
        self._job = job

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.job_id} {self.status}>"

    @property
    def job_id(self) -> str:
        return self._job.job_id

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Its history: `.at` (service time), `.status`, `.cause`."""
        with self._steering.at_now():
            return tuple(self._job.history)

    @property
    def status(self) -> str:
        return self.transitions[-1].status

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses it went through, in order."""
        return tuple(step.status for step in self.transitions)

    @property
    def exists(self) -> bool:
        """Whether the service still has it."""
        with self._steering.at_now():
            return self.job_id in self._steering.all()


class CompressionView(_View[CompressionJob]):
    """A compression job of the emulator, live."""

    @property
    def job_name(self) -> str:
        """The name that was sent, else the id."""
        return self._job.job_name or self._job.job_id

    @property
    def model(self) -> str:
        """The model to compress."""
        return self._job.model

    @property
    def template_id(self) -> str:
        """The template that was sent."""
        return self._job.template_id

    @property
    def hyper_parameters(self) -> dict[str, object]:
        """What was sent."""
        return dict(self._job.hyper_parameters)

    @property
    def workspace_id(self) -> str:
        """The workspace of the key that created it."""
        return self._job.workspace_id

    @property
    def quantized_output(self) -> str:
        """The id of the model that the job produces, whether or not it has."""
        return self._job.quantized_output


class ImportView(_View[ImportJob]):
    """An import job of the emulator, live."""

    @property
    def model_name(self) -> str:
        """The id of the imported model."""
        return self._job.model_name

    @property
    def base_model(self) -> str:
        """The base model that was sent."""
        return self._job.base_model

    @property
    def display_name(self) -> str | None:
        """The display name that was sent."""
        return self._job.display_name

    @property
    def weight_type(self) -> str:
        """`full` or `lora`."""
        return self._job.weight_type

    @property
    def storage_info(self) -> dict[str, object]:
        """Bucket and key that were sent."""
        return dict(self._job.storage_info)

    @property
    def workspace_id(self) -> str:
        """The workspace of the key that created it."""
        return self._job.workspace_id
