"""What create, read, diff, update and delete mean for a job and its model, for every front end.

Inputs and outputs have the schema's names (camelCase). A create returns once there is a model. If the wait ends
early, for any reason, the job's id is recorded (`base.creating.init_failed`), the job goes on, and the next `pulumi up`
waits for that same job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, final

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import ApiError, DashScopeError, JobStatus, KeySource, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import not_read, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.ending.gone import confirm_gone
from pulumi_dashscope_ft.lifecycle.base.ending.policy import on_destroy
from pulumi_dashscope_ft.lifecycle.base.ending.release_guard import is_held_by_another
from pulumi_dashscope_ft.lifecycle.base.engine_options import handling, warnings
from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.product.creation import adopt, intent_of, start
from pulumi_dashscope_ft.lifecycle.base.product.description import NEW_JOB, P, Product
from pulumi_dashscope_ft.lifecycle.base.product.diff import compare, consequence, unasked
from pulumi_dashscope_ft.lifecycle.base.product.wait import ModelWait
from pulumi_dashscope_ft.lifecycle.base.request import Inputs, Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sanitizing import sanitized_outputs
from pulumi_dashscope_ft.lifecycle.base.state import Outputs, State, recorded
from pulumi_dashscope_ft.lifecycle.base.status_change import report_change
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.reader import status_now
from pulumi_dashscope_ft.schema import defaults, parse_duration

WAIT_LIMIT, MODEL = "waitTimeout", "modelId"
_TO_START_ANEW = f"to start anew, {NEW_JOB}"


@final
class ProductVerbs(Generic[P, Inputs, Outputs]):
    """The verbs of one kind, whose properties have these types; `base.kind.verbs.Lifecycle` describes them."""

    def __init__(self, product: Product[P]) -> None:
        self.product = product

    @property
    def RESOURCE(self) -> str:
        """Short name of the resource type."""
        return self.product.resource

    def check(self, olds: Request[Inputs], news: Request[Inputs], run_registry: RunRegistry) -> CheckResult:
        """Validate the inputs, without a call. `UNKNOWN` values are checked later, when they are known."""
        report = schema.validate(self.product.resource, news.inputs, news.secrets)
        noticed = (*report.warnings, *warnings(news.options, self.product.noun))
        return CheckResult(news.continuing(olds, run_registry), report.violations, noticed)

    def create(self, connection: Connection, request: Request[Inputs]) -> tuple[str, State[Inputs, Outputs]]:
        """Start the job (or find it started), and wait for its model.

        :raises ResourceInitFailedError: the job exists, but its model does not: it has failed, or the wait has ended.
        """
        product, inputs, name = self.product, request.inputs, request.name
        connection.run_registry.note_replaced(name)
        adopted = connection.run_registry.to_adopt(inputs.get(product.adopting), name)
        if adopted is not None:
            job = adopt(product, connection, adopted, inputs, name)
        else:
            job = start(product, connection, intent_of(product, request, key=connection.stamp_key.value))
        connection.run_registry.note_kept(job.job_id, request.nonce or "")
        connection.readers.reader(product.source).forget(job.job_id)
        return job.job_id, self._awaited(connection, request, job)

    def _awaited(self, connection: Connection, request: Request[Inputs], job: P) -> State[Inputs, Outputs]:
        """Return the state once there is a model.

        :param job: the job as an answer has just shown it.
        """
        limit = request.inputs.get(WAIT_LIMIT)
        timeout = parse_duration(defaults(self.product.resource)[WAIT_LIMIT] if limit is None else limit)
        wait = ModelWait(self.product, connection, job, timeout)
        try:
            done = wait.run()
        except (LifecycleError, DashScopeError) as error:
            reason = str(error) if job.job_id in str(error) else f"{self._called(job.job_id)}: {error}"
            state = self.state_of(request, request.inputs, wait.last, connection.key)
            raise ResourceInitFailedError(job.job_id, state, reason) from error
        return self.state_of(request, request.inputs, done, connection.key)

    def read(self, connection: Connection, job_id: str, state: State[Inputs, Outputs]) -> State[Inputs, Outputs] | None:
        """Return the state as of now; None when the service says that the job is gone."""
        product = self.product
        reader = connection.readers.reader(product.source)
        try:
            job = reader.read(job_id)
            failure = state.outputs.get("failure")
            if job.status == JobStatus.FAILED and not failure:
                failure = product.failure_of(connection, job)
        except NotFoundError:
            workspace = state.outputs.get("workspaceId")
            confirm_gone(reader.listing, job_id, workspace, kind=product.noun, again="pulumi refresh")
            return None
        except ApiError as error:
            raise not_read(error, self._called(job_id), state.outputs.get("status", "unknown")) from error
        report_change(
            connection, self._called(job_id), state, job.status, f", model {job.model_id}" if job.model_id else ""
        )
        return self.state_of(state, state.known_inputs, job, connection.key, failure=failure)

    def diff(
        self, connection: Connection, job_id: str, olds: State[Inputs, Outputs], news: Request[Inputs]
    ) -> DiffResult:
        """Decide what the change from `olds` to `news` means. Without a model there is always something to do.

        Asks the service for the status only when the job will be replaced.
        """
        product = self.product
        change = compare(product, job_id, olds, news)
        status = olds.outputs.get("status")
        if change.replaces:
            connection.run_registry.note_superseded(job_id, news.name)
            status = status_now(connection.readers.reader(product.source), job_id, str(status or "PENDING"))
            pulumi = handling(olds.options, news.options, retained=olds.retained)
            end = consequence(product, job_id, status, on_destroy(product.resource, olds.outputs), pulumi)
            active = status is not None and status not in product.final
            return DiffResult(change.replaces, True, active, f"{', '.join(change.replaces)}: replaces {end}")
        has_model = bool(olds.outputs.get(MODEL))
        connection.run_registry.note_holder(job_id, news.name, unchanged=has_model and not change.updates)
        connection.run_registry.note_kept(job_id, news.nonce or "")
        if has_model:
            return DiffResult((), bool(change.updates), False, None)
        the_job = self._called(job_id)
        if self._is_hopeless(status):
            return DiffResult(
                (), True, False, f"{the_job} is {status} and has no model, so this fails; {_TO_START_ANEW}"
            )
        goes_on = f"{the_job} is {status or 'under way'}: goes on waiting for its model, {product.terms.not_twice}"
        return DiffResult((), True, False, goes_on)

    def _called(self, job_id: str) -> str:
        return subject(self.product.noun, job_id)

    def _is_hopeless(self, status: Any) -> bool:
        return status in self.product.final and status != self.product.succeeded

    def failure_foreseen(
        self, job_id: str, olds: State[Inputs, Outputs], news: Request[Inputs]
    ) -> LifecycleError | None:
        """Why an update is known to fail: the job has ended without a model. None when it is not."""
        status = olds.outputs.get("status")
        if olds.outputs.get(MODEL) or not self._is_hopeless(status):
            return None
        return LifecycleError(
            f"{self._called(job_id)} is {status} and has no {self.product.terms.model}.",
            done="nothing was changed; its record stays in the state.",
            next_step=f"{_TO_START_ANEW}; then run `pulumi up`.",
        )

    def is_local_update(self, olds: State[Inputs, Outputs], news: Request[Inputs]) -> bool:
        """Whether `update` makes no call, so that a preview can tell its outcome."""
        return bool(olds.outputs.get(MODEL))

    def replaced_unasked(
        self, connection: Connection, known: tuple[str, str] | None, olds: Request[Inputs], news: Request[Inputs]
    ) -> str:
        """State what happens when Pulumi replaces the job although this provider did not ask for it."""
        pulumi = handling(olds.options, news.options, retained=olds.retained)
        policy = on_destroy(self.product.resource, olds.inputs)
        return unasked(self.product, olds.inputs, news.inputs, policy, pulumi)

    def update(
        self, connection: Connection, job_id: str, olds: State[Inputs, Outputs], news: Request[Inputs]
    ) -> State[Inputs, Outputs]:
        """Take over inputs that only steer this provider, without a call; wait for the model if it is missing.

        :raises ResourceInitFailedError: there is still none.
        """
        updated = olds.updated(news)
        updated = updated.showing(teardown=self.product.teardown(updated.outputs.get("status"), updated.outputs))
        connection.run_registry.note_kept(job_id, news.nonce or "")
        if updated.outputs.get(MODEL):
            return updated
        try:
            job = self.product.source.get(connection.client, job_id)
        except DashScopeError as error:
            reason = f"{self._called(job_id)}: {error}"
            if isinstance(error, ApiError):
                done, again = "nothing was changed.", "pulumi up"
                reason = str(with_advice(error, self._called(job_id), "wait for", done=done, again=again))
            raise ResourceInitFailedError(job_id, updated, reason) from error
        return self._awaited(connection, news, job)

    def delete(self, connection: Connection, job_id: str, state: State[Inputs, Outputs]) -> None:
        """Tear the job down as the policy in its state says."""
        under_another = "the resource that replaced this one has it"
        if not is_held_by_another(connection, self.product.noun, job_id, state, under_another=under_another):
            self.product.tear_down(connection, job_id, state.outputs)

    def state_of(
        self, carrier: Carrier, inputs: Mapping[str, Any], job: P, key: KeySource | None, failure: Any = None
    ) -> State[Inputs, Outputs]:
        """Return the state to record: inputs as the user wrote them, and what the service chose, without the key.

        :param carrier: the request or the old state.
        """
        chosen = {
            **self.product.outputs(job),
            "failure": failure if job.status == JobStatus.FAILED else None,
            "teardown": self.product.teardown(job.status, inputs),
        }
        return recorded(carrier, inputs, sanitized_outputs(chosen, key))
