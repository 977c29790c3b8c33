"""The steps of a plan, each of which can carry itself out.

A plan is data first (a preview shows it) and work second. A step knows its name, its effect on the provider, and its
effect on the state; it does not know when it runs. Names and effects are the real engine's.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from pulumi_dashscope_ft.testing.errors import ProtectedResourceError, ProviderError
from pulumi_dashscope_ft.testing.providers.client import mark_outputs
from pulumi_dashscope_ft.testing.providers.outcomes import CreateOutcome, PartialFailureError
from pulumi_dashscope_ft.testing.providers.pool import Providers
from pulumi_dashscope_ft.testing.result import Step
from pulumi_dashscope_ft.testing.state.resource import ResourceState, now
from pulumi_dashscope_ft.testing.state.snapshot import Snapshot
from pulumi_dashscope_ft.testing.values import UNKNOWN, Properties, changed_keys


@dataclass(frozen=True, slots=True)
class StepContext:
    """What every step needs."""

    providers: Providers
    snapshot: Snapshot
    dry_run: bool


@dataclass(slots=True)
class Action:
    """A step. `counted_as` is its name in the change summary, None if it does not count."""

    op: str
    state: ResourceState
    counted_as: str | None = None
    keys: tuple[str, ...] = ()

    def apply(self, context: StepContext) -> None:
        """Carry out the step. The snapshot is right in every case.

        :raises ProviderError: the provider refused.
        :raises ProtectedResourceError: the resource is protected.
        """

    def describe(self) -> Step:
        """Return the line of the report that this step makes."""
        state = self.state
        return Step(self.op, state.urn, state.type, state.name, state.id, self.keys)


@dataclass(slots=True)
class Same(Action):
    """Nothing changed; id and outputs carry over. If `old` is None, `target` left it out, so it does not exist."""

    old: ResourceState | None = None

    def apply(self, context: StepContext) -> None:
        """Carry over id and outputs."""
        if self.old is None:
            return
        self.state.id = self.old.id
        self.state.outputs = self.old.outputs
        context.snapshot.end(None, done=self.old, new=self.state)


@dataclass(slots=True)
class Create(Action):
    """Create the resource, new or in place of `old`, which waits for its deletion if `delete_old_later`."""

    old: ResourceState | None = None
    delete_old_later: bool = False

    def apply(self, context: StepContext) -> None:
        """Create the resource. One that was created in part is in the state all the same."""
        state = self.state
        if not state.custom:
            self._finish(context, None)
        elif state.is_provider:
            state.outputs = dict(state.inputs)
            state.id = UNKNOWN if context.dry_run else str(uuid.uuid4())
            self._finish(context, None)
        elif context.dry_run:
            state.outputs = _foreseen(context, state)
            self._finish(context, None)
        else:
            self._call_provider(context)

    def _call_provider(self, context: StepContext) -> None:
        state = self.state
        context.snapshot.begin("creating", state)
        try:
            timeout = seconds(state.custom_timeouts.get("create"))
            outcome = context.providers.of(state).create(state.urn, state.inputs, timeout)
            state.id = outcome.id
            _take(state, outcome)
        except PartialFailureError as failure:
            state.init_errors = failure.reasons
            state.id = failure.id
            _take(state, failure.outcome)
            self._finish(context, state)
            raise
        except BaseException:
            context.snapshot.end(state)
            raise
        self._finish(context, state)

    def _finish(self, context: StepContext, started: ResourceState | None) -> None:
        self.state.created = self.state.modified = now()
        if self.old is not None and self.delete_old_later:
            self.old.delete = True
        replaced = self.old if self.old is not None and self.old.pending_replacement else None
        context.snapshot.end(started, done=replaced, new=self.state)


@dataclass(slots=True)
class Update(Action):
    """Change the resource in place."""

    old: ResourceState = field(kw_only=True)

    def apply(self, context: StepContext) -> None:
        """Update the resource in place."""
        state, old = self.state, self.old
        state.id = old.id
        if not state.custom or state.is_provider:
            state.outputs = dict(state.inputs) if state.custom else old.outputs
            context.snapshot.end(None, done=old, new=state)
            return
        if context.dry_run:
            state.outputs = _foreseen(context, state, old)
            context.snapshot.end(None, done=old, new=state)
            return
        context.snapshot.begin("updating", state)
        try:
            outcome = context.providers.of(state).update(
                state.urn,
                state.id,
                old_inputs=old.inputs,
                old_outputs=old.outputs,
                news=state.inputs,
                timeout=seconds(state.custom_timeouts.get("update")),
            )
        except PartialFailureError as failure:
            state.init_errors = failure.reasons
            _take(state, failure.outcome)
            state.inputs = old.inputs  # the new inputs took no effect, so the next plan must see the old ones
            state.modified = now()
            context.snapshot.end(state, done=old, new=state)
            raise
        except BaseException:
            context.snapshot.end(state)
            raise
        _take(state, outcome)
        state.modified = now()
        context.snapshot.end(state, done=old, new=state)


@dataclass(slots=True)
class Replace(Action):
    """Marks in the plan that a creation and a deletion together are one replacement."""


@dataclass(slots=True)
class Delete(Action):
    """Delete `state`.

    `being_deleted` are the URNs that go in this run; `then_recreate` keeps a place for the successor.
    """

    being_deleted: Collection[str] = ()
    then_recreate: bool = False

    def apply(self, context: StepContext) -> None:
        """Delete the resource, unless an option says to keep it."""
        state = self.state
        if state.protect and self.counted_as is not None:
            raise ProtectedResourceError(
                f"{state.urn} is protected and was not deleted. Take `protect` off its options "
                "and run `up`, then try again."
            )
        if context.dry_run or not self._is_ours():
            self._finish(context, None)
            return
        context.snapshot.begin("deleting", state)
        try:
            timeout = seconds(state.custom_timeouts.get("delete"))
            context.providers.of(state).delete(
                state.urn, state.id, inputs=state.inputs, outputs=state.outputs, timeout=timeout
            )
        except BaseException:
            context.snapshot.end(state)
            raise
        self._finish(context, state)

    def _is_ours(self) -> bool:
        """Whether to call the provider: not for a resource that we don't own, keep, or lose with something else."""
        state = self.state
        if not state.custom or state.is_provider or state.external or state.retain_on_delete:
            return False
        return not (state.deleted_with and state.deleted_with in self.being_deleted)

    def _finish(self, context: StepContext, started: ResourceState | None) -> None:
        self.state.pending_replacement = self.then_recreate
        context.snapshot.end(started, done=None if self.then_recreate else self.state)


@dataclass(slots=True)
class Forget(Action):
    """Drop a place kept for a replacement that is no longer wanted."""

    def apply(self, context: StepContext) -> None:
        """Drop the place from the state. The provider is not asked."""
        context.snapshot.end(None, done=self.state)


@dataclass(slots=True)
class Read(Action):
    """Read a resource that is not ours."""

    old: ResourceState | None = None

    def apply(self, context: StepContext) -> None:
        """Read a resource that the program only refers to."""
        state = self.state
        if state.id:
            context.snapshot.begin("reading", state)
            try:
                reply = context.providers.of(state).read(state.urn, state.id, inputs=state.inputs, outputs=state.inputs)
                if not reply.id:
                    raise ProviderError(f"there is no resource with the id {state.id!r}")
            except BaseException:
                context.snapshot.end(state)
                raise
            state.id = reply.id
            state.outputs = mark_outputs(reply.outputs, state.additional_secret_outputs)
        if self.op == "read-replacement" and self.old is not None:
            self.old.delete = True
        elif self.old is not None and changed_keys(self.old.outputs, state.outputs):
            self.counted_as = "read"
        taken_over = self.old if self.old is not None and not self.old.delete else None
        context.snapshot.end(state, done=taken_over, new=state)


@dataclass(slots=True)
class Refresh(Action):
    """Read the present state of a resource from its provider.

    `outcome` is the state from then on, None if the resource is gone. It is the old state until the provider has
    answered.
    """

    counted: bool = True
    warnings: tuple[str, ...] = ()
    outcome: ResourceState | None = field(init=False)

    def __post_init__(self) -> None:
        self.outcome = self.state

    def apply(self, context: StepContext) -> None:
        """Read the resource, and take over what is there; drop it from the state if it is gone."""
        self.outcome, operation = self._looked_at(context)
        self.counted_as = operation if self.counted else None

    def _looked_at(self, context: StepContext) -> tuple[ResourceState | None, str]:
        state = self.state
        if not state.custom or state.is_provider or state.pending_replacement:
            return state, "same"
        fresh = state.copy()
        fresh.init_errors = []
        try:
            reply = context.providers.of(state).read(state.urn, state.id, inputs=state.inputs, outputs=state.outputs)
        except PartialFailureError as failure:  # it exists but is unhealthy: worth a warning, not a failed refresh
            fresh.id, fresh.init_errors, outputs, inputs = failure.id, failure.reasons, failure.outcome.outputs, None
            self.warnings = (f"the resource is there, but not well:\n{failure}",)
        else:
            fresh.id, outputs, inputs = reply.id, reply.outputs, reply.inputs
            fresh.refresh_before_update = reply.stale_soon
        if not fresh.id:
            return None, "delete"
        fresh.inputs = state.inputs if inputs is None else inputs
        fresh.outputs = mark_outputs(outputs, state.additional_secret_outputs)
        if changed_keys(state.outputs, fresh.outputs) or changed_keys(state.inputs, fresh.inputs):
            fresh.modified = now()
        if state.external:
            changed = bool(changed_keys(state.outputs, fresh.outputs))
        else:
            changed = (
                context.providers.of(state)
                .diff(state.urn, fresh.id, old_inputs=fresh.inputs, old_outputs=fresh.outputs, news=state.inputs)
                .changes
            )
        return fresh, "update" if changed else "same"


def _foreseen(context: StepContext, state: ResourceState, old: ResourceState | None = None) -> Properties:
    """Return the outputs for a preview. A provider without previews leaves only the inputs."""
    provider = context.providers.of(state)
    if not provider.previews:
        return dict(state.inputs)
    if old is None:
        outcome = provider.create(state.urn, state.inputs, 0, preview=True)
    else:
        outcome = provider.update(
            state.urn,
            state.id,
            old_inputs=old.inputs,
            old_outputs=old.outputs,
            news=state.inputs,
            timeout=0,
            preview=True,
        )
    return mark_outputs(outcome.outputs, state.additional_secret_outputs)


def _take(state: ResourceState, outcome: CreateOutcome) -> None:
    """Record the provider's result in the resource's state."""
    state.outputs = mark_outputs(outcome.outputs, state.additional_secret_outputs)
    state.refresh_before_update = outcome.stale_soon


_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds(duration: str | None) -> float:
    """Return a custom timeout such as `1h30m` in seconds; 0 if none was set."""
    return sum(float(amount) * _UNITS[unit] for amount, unit in _DURATION.findall(duration or ""))
