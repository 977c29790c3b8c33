"""What differs between the kinds whose resource is a job and the model that the job makes.

A compression and an import are of this shape: a job is started, a model is waited for, and only then the resource
exists. Every kind describes itself by one `Product`; the other modules of this folder are written against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pulumi_dashscope_ft.api import Client
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.driver import Standing
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Waiter

NEW_JOB = "change an input or add a value to `triggers`"
"""What a user does to have a new job in place of one that has no model."""


class Producing(Standing, Protocol):
    """A live job that makes a model."""

    @property
    def job_id(self) -> str:
        """The service's id of the job."""

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""

    @property
    def model_id(self) -> str | None:
        """The id of the model; None while there is none."""

    @property
    def create_time(self) -> str | None:
        """When the job was submitted, as the service writes it."""


P = TypeVar("P", bound=Producing)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words for messages about one kind.

    :param job: what the service's object is called, `compression job`, and all of them, `compression jobs`.
    :param work: what the job does, `compression`.
    :param model: what the job makes, `compressed model`.
    :param done: what happens to a model, as a participle: `compressed`.
    :param stopping: what `pulumi destroy` does while the job is under way, as a sentence.
    """

    job: str
    jobs: str
    work: str
    model: str
    done: str
    stopping: str

    @property
    def a_job(self) -> str:
        """The service's object with its article."""
        return _with_article(self.job)

    @property
    def a_model(self) -> str:
        """The model with its article."""
        return _with_article(self.model)

    @property
    def not_twice(self) -> str:
        """The promise that nothing is done a second time."""
        return f"nothing is {self.done} twice"


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


class Product(Protocol[P]):
    """What differs from kind to kind. Inputs and outputs have the schema's names."""

    @property
    def resource(self) -> str:
        """Short name of the resource type."""

    @property
    def noun(self) -> str:
        """What the job is called in reports and options."""

    @property
    def terms(self) -> Terms:
        """What messages call the job and its model."""

    @property
    def naming(self) -> str:
        """The input with the display name of the job."""

    @property
    def longest_name(self) -> int:
        """Most characters in a display name."""

    @property
    def names_are_unique(self) -> bool:
        """Whether the service accepts each display name once."""

    @property
    def adopting(self) -> str:
        """The input that names a job to take over."""

    @property
    def unshown(self) -> tuple[str, ...]:
        """Inputs that the service does not show: where a state has none, naming one changes nothing."""

    @property
    def steering(self) -> tuple[str, ...]:
        """Inputs that only steer this provider: they change in place, without a call."""

    @property
    def source(self) -> Source[P]:
        """Where the jobs are read."""

    @property
    def final(self) -> frozenset[str]:
        """Statuses that no longer change."""

    @property
    def succeeded(self) -> str:
        """The status of a job that has made its model."""

    @property
    def until_made(self) -> Waiter:
        """The wait for the model."""

    def body(self, inputs: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Return the JSON body of the create call.

        :param name: the display name to send.
        """

    def start(self, client: Client, body: Mapping[str, Any]) -> P:
        """Send the create call once."""

    def decisive(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return everything that decides what is made, for the stamp's hash."""

    def mismatches(self, inputs: Mapping[str, Any], job: P) -> list[str]:
        """Return the inputs that make this another job; empty when the job may be what the inputs describe."""

    def doubts(self, inputs: Mapping[str, Any], job: P) -> list[str]:
        """Return the other inputs in which a job that fits differs from what was sent."""

    def name_of(self, job: P) -> str | None:
        """Return the job's display name; None when the service shows none."""

    def inputs_shown(self, job: P) -> dict[str, Any]:
        """Return the inputs of a live job as a person would have written them, as far as the service shows them."""

    def shown(self, job: P) -> str:
        """Say in a few words what the job was made from, for a message."""

    def failure_of(self, connection: Connection, job: P) -> dict[str, Any]:
        """Say why a job failed, as far as the service tells (see `base.failure`)."""

    def way_out(self, failure: Mapping[str, Any]) -> str:
        """Return what to do about a failure beyond the failing status's own advice; empty for nothing."""

    def outputs(self, job: P) -> dict[str, Any]:
        """Return what the service shows, as outputs; `failure` and `teardown` are added to it."""

    def teardown(self, status: str | None, properties: Mapping[str, Any]) -> str:
        """Say in a few words what `destroy` would do to a job in this status."""

    def replaced(self, status: str, on_destroy: str, when: str) -> str:
        """Say in a clause what a replacement does to a job in this status.

        :param when: when it does so, such as `first`.
        """

    def replaced_unasked(self, on_destroy: str) -> str:
        """Say the same of a job whose status is not known."""

    def tear_down(self, connection: Connection, job_id: str, properties: Mapping[str, Any]) -> None:
        """End the job as these properties say."""
