"""Decides which steps a resource needs.

This is the heart of an engine, and the part in which a test engine must not differ from the real one: when Check and
Diff are called and with what, what counts as a change, when a change means replacement, the order of the halves of a
replacement, and what else a replacement replaces. One resource is planned at a time.

Source: engine facts, and watching the real engine with the same programs (`tests/testing` keeps the comparison).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from pulumi_dashscope_ft.testing.errors import InvalidGoalError
from pulumi_dashscope_ft.testing.providers.outcomes import DiffOutcome
from pulumi_dashscope_ft.testing.providers.pool import Providers
from pulumi_dashscope_ft.testing.state.graph import deletion_waves, dependents
from pulumi_dashscope_ft.testing.state.resource import STACK_TYPE, ResourceState
from pulumi_dashscope_ft.testing.state.snapshot import Snapshot
from pulumi_dashscope_ft.testing.state.targeting import Options
from pulumi_dashscope_ft.testing.values import UNKNOWN, Properties, changed_keys, contains_unknown, redact, unwrap

from . import paths
from .actions import Action, Create, Delete, Forget, Read, Replace, Same, Update
from .goal import Goal, ReadGoal

Report = Callable[[str, str, str], None]  # severity, message, urn


@dataclass(slots=True)
class Planner:
    """Plans against one snapshot. Not thread-safe: the caller plans one resource at a time."""

    snapshot: Snapshot
    providers: Providers
    report: Report
    options: Options
    dry_run: bool
    decided: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    going: set[str] = field(default_factory=set)
    """Resources that are deleted in this run and not created again after their deletion for another resource."""

    def plan(self, goal: Goal, provider: str) -> list[Action]:
        """Return the steps for one registration, in order.

        :raises InvalidGoalError: the resource can't be planned; the reason was reported.
        """
        if goal.urn in self.decided and goal.urn not in self.deleted:
            raise self._invalid(goal.urn, "two resources of this type have this name. Give one of them another name.")
        old = self._find_old(goal)
        new = goal.new_state(provider, old)
        if not self.options.includes(new):
            return self._leave_alone(new, old)
        self._require_created(new)
        recreate = goal.urn in self.deleted
        forced = old is not None and goal.urn in self.options.replace
        fresh = recreate or forced or old is None or old.external
        if old is not None:
            for text in goal.ignore_changes:
                new.inputs = paths.reset(paths.parse(text), old.inputs, new.inputs)
        if goal.custom:
            olds = {} if fresh or old is None else old.inputs
            new.inputs = self._check(goal, new, olds, goal.inputs if fresh else new.inputs)
        if old is None:
            return [self._decide("create", Create("create", new, "create"))]
        if recreate:
            self.deleted.discard(goal.urn)
            self.going.discard(goal.urn)
            self.replaced.add(goal.urn)
            return [
                self._decide("replace", Replace("replace", new, "replace")),
                Create("create-replacement", new, None, self.reasons.get(goal.urn, ()), old=old),
            ]
        if old.external:
            self._decide("create", Create("create", new))
            return [
                Create("create-replacement", new, old=old, delete_old_later=True),
                Replace("replace", new, "replace"),
            ]
        return self._compare(goal, old, new, forced)

    def plan_read(self, goal: ReadGoal, provider: str) -> list[Action]:
        """Return the steps for a resource that is only read. A resource of ours under its name is let go."""
        old = self._current(goal.urn)
        state = ResourceState(
            urn=goal.urn,
            type=goal.type,
            custom=True,
            id="" if goal.id == UNKNOWN else goal.id,
            inputs=goal.inputs,
            parent=goal.parent,
            provider=provider,
            external=True,
            dependencies=goal.dependencies,
            additional_secret_outputs=goal.additional_secret_outputs,
            created=old.created if old is not None else "",
            modified=old.modified if old is not None else "",
        )
        if old is not None and not old.external and old.id != goal.id:
            self.replaced.add(goal.urn)
            read = self._decide("read", Read("read-replacement", state, old=old))
            return [read, Replace("replace", state, "replace")]
        return [self._decide("read", Read("read", state, old=old))]

    def plan_deletions(self) -> list[list[Action]]:
        """Return steps for everything no longer wanted, in waves: a wave starts when the one before has ended."""
        steps: dict[int, Action] = {}
        allowed = self.options.may_delete(self.snapshot.base)
        for state in self.snapshot.base if self.options.target else ():
            if state.urn in allowed:
                self._replaced_with(state)  # asks the providers, as the real engine does; they depend on it anyway
        for state in self.snapshot.base:
            if self.snapshot.is_done(state) or state.urn not in allowed:
                continue
            if state.delete:
                op = "discard-replaced" if state.external else "delete-replaced"
                steps[id(state)] = Delete(op, state, being_deleted=self.going)
            elif self.decided.get(state.urn, "delete") != "delete":
                continue
            elif state.pending_replacement:
                steps[id(state)] = Forget("remove-pending-replace", state)
            else:
                op = "discard" if state.external else "delete"
                steps[id(state)] = Delete(op, state, op, being_deleted=self.going)
            self.deleted.add(state.urn)
            self.going.add(state.urn)
        condemned = [state for state in self.snapshot.base if id(state) in steps]
        self._require_asked_for(condemned)
        waves = deletion_waves(condemned, self.snapshot.base)
        return [[steps[id(state)] for state in wave] for wave in waves]

    def left_alone(self) -> list[Action]:
        """Return a line of the report for everything that a targeted destroy leaves, as the real engine does."""
        left = (state for state in self.snapshot.base if state.urn not in self.going and not state.is_provider)
        return [Same("same", state, "same") for state in left]

    def _compare(self, goal: Goal, old: ResourceState, new: ResourceState, forced: bool) -> list[Action]:
        if contains_unknown(new.replacement_trigger) and not self.dry_run:
            raise self._invalid(
                goal.urn, "the replacement trigger is not known, though all that it needs has been made."
            )
        triggered = _is_triggered(old.replacement_trigger, new.replacement_trigger)
        diff = DiffOutcome(True) if triggered else self._diff(goal, old, new, forced)
        diff = _with_replace_on_changes(diff, goal.replace_on_changes, bool(old.init_errors))
        if triggered or old.pending_replacement or (diff.changes and diff.replaces):
            return self._replace(goal, old, new, diff, forced)
        if diff.changes or old.init_errors:
            return [self._decide("update", Update("update", new, "update", old=old))]
        return [self._decide("same", Same("same", new, "same", old=old))]

    def _diff(self, goal: Goal, old: ResourceState, new: ResourceState, forced: bool) -> DiffOutcome:
        if forced:
            return DiffOutcome(True, ["id"])
        if any(urn in self.replaced for urn in new.replace_with):
            return DiffOutcome(True, ["replaceWith"])
        if new.deleted_with and new.deleted_with in self.replaced:
            return DiffOutcome(True, ["deletedWith"])
        if new.custom and not new.is_provider:
            return self.providers.of(new).diff(
                goal.urn, old.id, old_inputs=old.inputs, old_outputs=old.outputs, news=new.inputs
            )
        if new.is_provider:
            return self.providers.diff_config(goal.urn, goal.type, old.inputs, new.inputs)
        keys = changed_keys(old.inputs, new.inputs)
        return DiffOutcome(bool(keys), keys=keys)

    def _replace(
        self, goal: Goal, old: ResourceState, new: ResourceState, diff: DiffOutcome, forced: bool
    ) -> list[Action]:
        if new.protect and old.protect:
            message = (
                "the change needs a replacement, and this resource is protected. "
                "Take `protect` off its options and run `up`, or undo the change."
            )
            self.report("error", message, goal.urn)
            if not self.dry_run:
                raise InvalidGoalError(message)
        self.replaced.add(goal.urn)
        self.decided[goal.urn] = "replace"
        if not forced:  # what the old resource contributed to the inputs does not hold for its successor
            new.inputs = self._check(goal, new, {}, goal.inputs)
        keys = tuple(sorted(diff.replaces))
        marker = Replace("replace", new, "replace", keys)
        delete_first = diff.delete_before_replace
        if goal.delete_before_replace is not None:
            delete_first = goal.delete_before_replace
        if not delete_first:
            successor = Create("create-replacement", new, None, keys, old=old, delete_old_later=True)
            return [successor, marker]
        steps = self._delete_dependents(old)
        if not old.pending_replacement:
            self.going.add(old.urn)
            steps.append(Delete("delete-replaced", old, being_deleted=self.going, then_recreate=True))
        return [*steps, marker, Create("create-replacement", new, None, keys, old=old)]

    def _replaced_with(self, root: ResourceState) -> list[ResourceState]:
        """Return the resources that deleting the root would force to be replaced, in dependency order."""
        affected: list[ResourceState] = []
        urns = {root.urn}
        for state in dependents(root, self.snapshot.base, ignoring=self.decided):
            if state.delete or self.snapshot.is_done(state):
                continue
            keys = self._forces_replacement(state, urns)
            if keys is not None:
                affected.append(state)
                urns.add(state.urn)
                self.reasons[state.urn] = keys
        return affected

    def _delete_dependents(self, root: ResourceState) -> list[Action]:
        """Return deletions of what the root's own deletion would force to be replaced, last dependents first."""
        condemned = self._replaced_with(root)
        with_root = [
            state
            for state in self.snapshot.base
            if (root.urn in state.replace_with or state.deleted_with == root.urn)
            and not (state.delete or self.snapshot.is_done(state) or state.urn in self.decided)
        ]
        for state in with_root:
            self.reasons[state.urn] = ()
        condemned = [state for state in condemned if state not in with_root] + with_root
        for state in condemned:
            if state.protect:
                message = (
                    f"replacing this needs {state.urn} to be deleted first, and that is protected. "
                    "Take `protect` off its options and run `up`, or undo the change."
                )
                raise self._invalid(root.urn, message)
            self.deleted.add(state.urn)
            self.going.add(state.urn)
            self.decided[state.urn] = "delete"
        return [
            Delete("delete-replaced", state, being_deleted=self.going, then_recreate=True)
            for state in reversed(condemned)
            if not state.pending_replacement
        ]

    def _forces_replacement(self, state: ResourceState, gone: Collection[str]) -> tuple[str, ...] | None:
        """Return the keys that would replace `state` if what it takes from `gone` changed, or None.

        The provider is asked, with unknowns for what may change. Merely depending on something forces nothing.
        """
        if not state.custom or state.external or state.is_provider:
            return None
        if state.deleted_with in gone:
            return ()
        touched = {
            key: UNKNOWN
            for key, urns in state.property_dependencies.items()
            if key in state.inputs and any(urn in gone for urn in urns)
        }
        if not touched:
            return None
        diff = self.providers.of(state).diff(
            state.urn,
            state.id,
            old_inputs=state.inputs,
            old_outputs=state.outputs,
            news={**state.inputs, **touched},
        )
        return tuple(_with_replace_on_changes(diff, state.replace_on_changes, False).replaces) or None

    def _check(self, goal: Goal, new: ResourceState, olds: Properties, news: Properties) -> Properties:
        if not goal.custom:
            return news
        if new.is_provider:
            outcome = self.providers.check_config(goal.urn, goal.type, olds, news)
        else:
            outcome = self.providers.of(new).check(goal.urn, olds, news)
        for name, reason in outcome.failures:
            # In the words of the real engine: a provider has to be careful about the values it reports with a property.
            where = f"property {name} value {_in_braces(news.get(name))}" if name else ""
            subject = f"{goal.type} resource '{goal.name}'"
            self.report("error", f"{subject}: {where} has a problem: {reason}" if name else reason, goal.urn)
        if outcome.failures:
            raise InvalidGoalError(goal.urn)
        return outcome.inputs

    def _require_created(self, new: ResourceState) -> None:
        """Refuse a resource that needs one which the user has left out and which does not exist."""
        missing = sorted(new.depends_on() & self.skipped) if self.options.target or self.options.replace else []
        for urn in missing:
            self.report("error", f"it depends on {urn}, which does not exist yet and is no target.", new.urn)
        if missing and not self.dry_run:
            raise InvalidGoalError(new.urn)

    def _require_asked_for(self, condemned: list[ResourceState]) -> None:
        """Refuse deletions that only follow from a target."""
        unwanted = self.options.unwanted(condemned)
        for state in unwanted:
            message = "it would be deleted and is no target. Make it one, or pass target_dependents."
            self.report("error", message, state.urn)
        if unwanted and not self.dry_run:
            raise InvalidGoalError(unwanted[0].urn)

    def _leave_alone(self, new: ResourceState, old: ResourceState | None) -> list[Action]:
        if old is None:
            self.skipped.add(new.urn)
            return [self._decide("same", Same("same", new, "same"))]
        kept = old.copy()
        return [self._decide("same", Same("same", kept, "same", old=old))]

    def _find_old(self, goal: Goal) -> ResourceState | None:
        """Return the state of this resource, under its present name or an earlier one."""
        states = (self._current(urn) for urn in (goal.urn, *goal.aliases))
        return next((state for state in states if state is not None), None)

    def _current(self, urn: str) -> ResourceState | None:
        for state in self.snapshot.base:
            if state.urn == urn and not state.delete and not self.snapshot.is_done(state):
                return state
        return None

    def _decide(self, op: str, action: Action) -> Action:
        self.decided[action.state.urn] = op
        return action

    def _invalid(self, urn: str, message: str) -> InvalidGoalError:
        self.report("error", message, urn)
        return InvalidGoalError(message)


def _with_replace_on_changes(diff: DiffOutcome, wanted: list[str], has_init_errors: bool) -> DiffOutcome:
    """Turn changes at the paths in `wanted` into replacements. `initErrors` in it means: if it came up unhealthy."""
    outer = [paths.parse(text) for text in wanted]
    forced = [key for key in diff.keys if any(paths.contains(path, (key,)) for path in outer)] if diff.changes else []
    if has_init_errors and any(paths.contains(path, ("#initerror",)) for path in outer):
        forced.append("#initerror")
    if not forced:
        return diff
    return DiffOutcome(True, sorted({*diff.replaces, *forced}), diff.delete_before_replace, diff.keys)


def _is_triggered(old: Any, new: Any) -> bool:
    """Whether a replacement trigger has changed. A new or removed trigger replaces nothing."""
    before, after = unwrap(old), unwrap(new)
    if contains_unknown(before) or contains_unknown(after):
        return True
    return None not in (before, after) and before != after


def _in_braces(value: Any) -> str:
    """Return a value as the real engine prints it: its language's notation, in braces."""
    plain = redact(value)
    if plain is None:
        return "{<nil>}"
    if isinstance(plain, list):
        return "{[" + " ".join(map(_in_braces, plain)) + "]}"
    if isinstance(plain, dict):
        return "{map[" + " ".join(f"{key}:{_in_braces(item)}" for key, item in plain.items()) + "]}"
    return "{" + (str(plain).lower() if isinstance(plain, bool) else str(plain)) + "}"


def is_counted(type_: str) -> bool:
    """Whether the change summary counts the type: not default providers, which the engine makes itself."""
    return type_ == STACK_TYPE or not type_.startswith("pulumi:providers:")
