"""Pulumi's dynamic protocol, translated into lifecycle calls and back.

It runs in the provider host only; a program that merely declares resources never loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from pulumi import dynamic

from pulumi_dashscope_ft.api import DashScopeError
from pulumi_dashscope_ft.dynamic import host, secrets
from pulumi_dashscope_ft.dynamic.session import CONFIGURATION_KEYS, NAMESPACE, SESSION
from pulumi_dashscope_ft.dynamic.unknown import from_pulumi, to_pulumi
from pulumi_dashscope_ft.frontend import left_over
from pulumi_dashscope_ft.frontend.defects import defect
from pulumi_dashscope_ft.frontend.meanwhile import stays_meanwhile
from pulumi_dashscope_ft.frontend.replacing import ReplacementWatch, as_compared, as_reported, replaced_unasked
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.hidden import plain_name
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Properties
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest, Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import AnyState, State
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.schema import to_snake_case

T = TypeVar("T")
H = TypeVar("H")
P = ParamSpec("P")


class Handler(Protocol):
    """What serves one kind of resource: the dynamic protocol's verbs (see `pulumi.dynamic.ResourceProvider`)."""

    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult:
        """Check the inputs. The answer has the inputs to record, and all violations."""

    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult:
        """Compare what is recorded with what the program wants."""

    def create(self, props: Properties) -> dynamic.CreateResult:
        """Make the object. The answer has its id and the state to record."""

    def read(self, id_: str, props: Properties) -> dynamic.ReadResult:
        """Read the object as it is now. An answer without an id says that it is gone."""

    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult:
        """Change the object in place."""

    def delete(self, id_: str, props: Properties) -> None:
        """Tear the object down, as the recorded policy says."""


_HOST_KEY = "__provider"


def _of_pulumi(properties: Mapping[str, Any]) -> Properties:
    """Return the properties in our spelling of unknown values, without what belongs to the host."""
    return {name: from_pulumi(value) for name, value in properties.items() if name != _HOST_KEY}


def _request(properties: Mapping[str, Any]) -> AnyRequest:
    return Request.of(_of_pulumi(properties))


def _recorded(id_: str, properties: Mapping[str, Any]) -> AnyState:
    """Return the state of a resource; the run remembers that it has met the resource."""
    state = State.of(_of_pulumi(properties))
    SESSION.run_registry.note_met(id_, state.name)
    return state


def _at_its_resource(verb: Callable[Concatenate[H, P], T]) -> Callable[Concatenate[H, P], T]:
    """Show the lines of a verb at the resource that the engine has called it for."""

    @wraps(verb)
    def serve(handler: H, /, *given: P.args, **named: P.kwargs) -> T:
        first = given[0] if given else None
        with SESSION.lines.serving(host.urn_of_call(), first if isinstance(first, str) else ""):
            return verb(handler, *given, **named)

    return serve


def _tell_once(subject: str, text: str, *, mark: str = "") -> None:
    """Show a line once at the resource of this call; with its subject where that resource can't be named.

    :param mark: `warning: `, or nothing.
    """
    is_placed = SESSION.lines.current and SESSION.lines.log.is_attached
    SESSION.lines.report_once(f"{mark}{text}" if is_placed else f"{mark}{subject}: {text}")


def _connection(inputs: Mapping[str, Any]) -> Connection:
    """Return the connection for a resource with these inputs. It shows its lines at the resource of this call."""
    connection, urn = SESSION.connection(inputs), SESSION.lines.current
    return SESSION.lines.connected(connection, urn) if urn else connection


def _reporting(step: Callable[[], T], given: Mapping[str, Any] | None = None) -> T:
    """Run a step. Whatever fails reaches the user as a message.

    :param given: the properties that the host was sent, of a step that may leave a resource half made.
    """
    try:
        with SESSION.step():
            return step()
    except ResourceInitFailedError as failed:
        of_host = {_HOST_KEY: given[_HOST_KEY]} if given and _HOST_KEY in given else {}
        host.fail_init(
            sanitize_for_python(failed.reason), failed.resource_id, {**secrets.kept(failed.state), **of_host}
        )
    except (LifecycleError, DashScopeError) as error:
        host.fail(sanitize_for_python(str(error)))
    except Exception as error:
        host.fail(sanitize_for_python(defect(error)))


def _check_result(
    kind: str, checked: CheckResult, inputs: Properties, sent: AnyRequest, *, key_is_missing: bool
) -> dynamic.CheckResult:
    """Return the answer to a check.

    :param inputs: the checked inputs, as the engine is to record them.
    :param sent: what the program has sent.
    """
    for warning in checked.warnings:
        _tell_once(f"{kind} {sent.name}", warning.message(to_snake_case), mark="warning: ")
    reasons = [violation.message(to_snake_case) for violation in checked.violations]
    reasons += _settings_problems(sent)
    reasons += _identity_problems(kind, sent, key_is_missing=key_is_missing)
    # Without a property the engine prints the reason alone; with one, it prints the whole value, secrets included.
    failures = [dynamic.CheckFailure("", sanitize_for_python(reason)) for reason in reasons]
    return dynamic.CheckResult(to_pulumi(inputs), failures)


def _settings_problems(request: AnyRequest) -> Iterable[str]:
    try:
        SESSION.settings(request.inputs).check()
    except DashScopeError as error:
        return [str(error)]
    return []


def _identity_problems(kind: str, request: AnyRequest, *, key_is_missing: bool) -> Iterable[str]:
    """Return what is wrong when the stack's identity does not take part in the run.

    The first `up` of a stack makes it. The engine registers it before anything that needs it, and has it checked unless
    `--target` or `--exclude` leaves it out. The engine's own message would then name a resource that the user has never
    declared. Without the identity's key nothing new is made, because its name would reveal too much.
    """
    if SESSION.has_identity or not request.names_an_owner:
        return []
    subject = f"{kind} {plain_name(request.name)}"
    if request.owner_is_unknown:
        return [str(stack_identity.left_out(subject))]
    return [str(stack_identity.key_left_out(subject))] if key_is_missing else []


def _diff_result(planned: DiffResult, request: AnyRequest) -> dynamic.DiffResult:
    if planned.consequence:
        _tell_once(request.name, planned.consequence)
    return dynamic.DiffResult(
        changes=planned.changes,
        replaces=list(planned.replaces),
        delete_before_replace=planned.delete_before_replace,
    )


def _read_result(id_: str, fresh: AnyState | None) -> dynamic.ReadResult:
    return dynamic.ReadResult(id_, secrets.kept(fresh)) if fresh is not None else dynamic.ReadResult(None, {})


class LifecycleHandler:
    """Serves one kind of resource."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._type = kind.type_name
        self._lifecycle = kind.lifecycle
        self._declared: set[str] = set()
        self._watch = ReplacementWatch()

    @_at_its_resource
    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult:
        """Check the inputs, and whether the stack's identity takes part in the run."""
        before, sent = _request(olds), _request(news)
        SESSION.stamp_key.learn(sent.stamp_key)
        # Empty: an earlier release has made the identity.
        key_is_missing = before.is_empty and sent.stamp_key == "" and SESSION.stamp_key.value is None
        sent = sent.without("stamp_key")  # it is of this process, not of the resource
        self._declared.add(sent.name)
        wanted = SESSION.counted_files.completed(secrets.declared(self._type, sent))
        checked = self._lifecycle.check(before, wanted, SESSION.run_registry)
        checked = SESSION.spending.check(self._type, before, checked, SESSION.lines.report_once)
        inputs = secrets.marked(self._type, checked.request.with_fields_of(sent, "secrets"))
        result = _check_result(self._type, checked, inputs, sent, key_is_missing=key_is_missing)
        replaced = self._watch.checked(sent.name, before)
        if replaced is not None and not result.failures:
            consequence = _reporting(
                lambda: replaced_unasked(_connection(replaced.olds.inputs), self._lifecycle, replaced, sent)
            )
            _tell_once(sent.name, consequence)
        return result

    @_at_its_resource
    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult:
        """Compare, and report what the change means for the object as it is now."""
        before, after = _recorded(id_, olds), _request(news)
        connection = _reporting(lambda: _connection(before.known_inputs))
        # The engine compares in a refresh, too, also in that of `destroy --refresh`. Only a resource that was checked
        # is declared by a program; for any other, this must not count as the program's keeping it.
        declared = after.name in self._declared
        if stays_meanwhile(self._kind, after, declared=declared):
            return dynamic.DiffResult(changes=True)
        if not declared:
            connection = replace(connection, run_registry=RunRegistry())
        before, after = secrets.compared(self._type, before, after)
        registered = before.registered_as(self._watch.old_inputs(after.name) or after)
        compared = as_compared(after, declared)
        planned = _reporting(lambda: self._lifecycle.diff(connection, id_, registered, compared))
        if not planned.replaces:
            SESSION.counted_files.note(self._kind, id_, after)
        status = str(before.outputs.get("status", ""))
        self._watch.planned(after.name, id_, status, planned)
        if declared and (left := left_over.explained(planned, connection, self._kind, id_, before)):
            _tell_once(after.name, left)
        return _diff_result(as_reported(planned, after, declared), after)

    @_at_its_resource
    def create(self, props: Properties) -> dynamic.CreateResult:
        """Make the object, and record it even where it did not become what was asked for."""
        request = secrets.declared(self._type, _request(props))
        predecessor = self._watch.predecessor(request.name)

        def made() -> tuple[str, AnyState]:
            connection = _connection(request.inputs)
            with SESSION.spending.starting(self._type, request, connection) as start:
                try:
                    id_, state = self._lifecycle.create(connection, request)
                except ResourceInitFailedError as failed:
                    known = left_over.failed_remembering(self._kind, failed, predecessor, connection)
                    raise start.failed(known) from failed
                return id_, start.recorded(left_over.remembering(self._kind, state, predecessor, connection))

        id_, state = _reporting(made, props)
        return dynamic.CreateResult(id_, secrets.kept(state))

    @_at_its_resource
    def read(self, id_: str, props: Properties) -> dynamic.ReadResult:
        """Read the object as it is now."""
        state = secrets.recorded(self._type, _recorded(id_, props))
        fresh = _reporting(lambda: self._lifecycle.read(_connection(state.known_inputs), id_, state))
        return _read_result(id_, fresh)

    @_at_its_resource
    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult:
        """Change the object in place."""
        before, after = secrets.compared(self._type, _recorded(id_, olds), _request(news))
        state = _reporting(lambda: self._lifecycle.update(_connection(after.inputs), id_, before, after), news)
        return dynamic.UpdateResult(secrets.kept(SESSION.spending.changed(self._type, after, state)))

    @_at_its_resource
    def delete(self, id_: str, props: Properties) -> None:
        """Tear the object down, as the recorded policy says."""
        state = secrets.recorded(self._type, _recorded(id_, props))
        _reporting(lambda: self._lifecycle.delete(_connection(state.known_inputs), id_, state))


class IdentityHandler:
    """Serves `StackIdentity`, which is made once and then only kept."""

    @_at_its_resource
    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult:
        """Note that the identity takes part in the run, and learn its key."""
        SESSION.has_identity = True
        checked = stack_identity.check(Request.of(olds), Request.of(news))
        SESSION.stamp_key.learn(checked.stamp_key)
        return dynamic.CheckResult(checked.properties(), [])

    @_at_its_resource
    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult:
        """Find no change: an identity is made once."""
        return dynamic.DiffResult(changes=False)

    @_at_its_resource
    def create(self, props: Properties) -> dynamic.CreateResult:
        """Make the stack's owner id and its key."""
        owner, state = stack_identity.create(Request.of(props))
        return dynamic.CreateResult(owner, state.properties())

    @_at_its_resource
    def read(self, id_: str, props: Properties) -> dynamic.ReadResult:
        """Return what is recorded: the service knows nothing of it."""
        return dynamic.ReadResult(id_, props)

    @_at_its_resource
    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult:
        """Return what is recorded."""
        return dynamic.UpdateResult(_of_pulumi(olds))

    @_at_its_resource
    def delete(self, id_: str, props: Properties) -> None:
        """Refuse while a job or deployment of the stack is left in an account that the run has used."""
        owner = str(_of_pulumi(props).get(stack_identity.OWNER_ID) or id_)
        for connection in _reporting(SESSION.connections):
            _reporting(partial(stack_identity.delete, connection, owner))


def configure(req: dynamic.ConfigureRequest) -> None:
    """Take over the stack's configuration; another one than before ends the step that brought it."""
    config = {key: req.config.get(f"{NAMESPACE}:{key}") for key in CONFIGURATION_KEYS}
    try:
        SESSION.configure(config)
    except LifecycleError as error:
        host.fail(sanitize_for_python(str(error)))


@cache
def handler(noun: str) -> Handler:
    """Return what serves the kind that a provider class names.

    It is loaded only now: a stack without deployments does without theirs.
    """
    if noun == "identity":
        return IdentityHandler()
    return LifecycleHandler(registry.of_noun(noun))
