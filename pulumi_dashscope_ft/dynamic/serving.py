"""Why this exists: Pulumi's dynamic protocol, translated into lifecycle calls and back. It runs in the provider host
only; a program that merely declares resources never loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any, Protocol, TypeVar

from pulumi import dynamic

from pulumi_dashscope_ft.api import DashScopeError
from pulumi_dashscope_ft.dynamic import host, secrets
from pulumi_dashscope_ft.dynamic.session import CONFIGURATION_KEYS, NAMESPACE, SESSION
from pulumi_dashscope_ft.dynamic.unknown import from_pulumi, to_pulumi
from pulumi_dashscope_ft.frontend.defects import defect
from pulumi_dashscope_ft.frontend.meanwhile import stays_meanwhile
from pulumi_dashscope_ft.frontend.replacing import ReplacementWatch, as_shown, replaced_unasked, to_be_compared
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.engine_options import last_registered
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Properties
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.owner.key import STAMP_KEY
from pulumi_dashscope_ft.lifecycle.base.property_bag import NAME, OWNER, SECRETS, plain_name
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.schema import UNKNOWN, to_snake_case

T = TypeVar("T")


class Handler(Protocol):
    """What serves one kind of resource: the dynamic protocol's verbs (see `pulumi.dynamic.ResourceProvider`)."""

    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult: ...
    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult: ...
    def create(self, props: Properties) -> dynamic.CreateResult: ...
    def read(self, id_: str, props: Properties) -> dynamic.ReadResult: ...
    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult: ...
    def delete(self, id_: str, props: Properties) -> None: ...


_HOST_KEY = "__provider"


def _clean(properties: Mapping[str, Any]) -> Properties:
    return {name: from_pulumi(value) for name, value in properties.items() if name != _HOST_KEY}


def _known(id_: str, properties: Mapping[str, Any]) -> Properties:
    """The properties of a resource that the state holds; the run remembers that it has met the resource."""
    clean = _clean(properties)
    SESSION.run_registry.note_met(id_, str(clean.get(NAME, "")))
    return clean


def _told(step: Callable[[], T], given: Mapping[str, Any] | None = None) -> T:
    """Run a step. Whatever fails reaches the user as a message.

    :param given: the properties that the host was sent, of a step that may make a resource by halves.
    """
    try:
        with SESSION.step():
            return step()
    except ResourceInitFailedError as failed:
        of_host = {_HOST_KEY: given[_HOST_KEY]} if given and _HOST_KEY in given else {}
        host.fail_init(
            sanitize_for_python(failed.reason), failed.resource_id, {**secrets.kept(failed.properties), **of_host}
        )
    except (LifecycleError, DashScopeError) as error:
        host.fail(sanitize_for_python(str(error)))
    except Exception as error:
        host.fail(sanitize_for_python(defect(error)))


def _check_result(
    kind: str, checked: CheckResult, properties: Mapping[str, Any], *, key_is_missing: bool
) -> dynamic.CheckResult:
    name = properties.get(NAME, "")
    for warning in checked.warnings:
        SESSION.report_once(f"warning: {kind} {name}: {warning.message(to_snake_case)}")
    reasons = [violation.message(to_snake_case) for violation in checked.violations]
    reasons += _settings_problems(properties)
    reasons += _identity_problems(kind, properties, key_is_missing=key_is_missing)
    # Without a property the engine prints the reason alone; with one, it prints the whole value, secrets included.
    failures = [dynamic.CheckFailure("", sanitize_for_python(reason)) for reason in reasons]
    return dynamic.CheckResult(to_pulumi(checked.inputs), failures)


def _settings_problems(properties: Mapping[str, Any]) -> Iterable[str]:
    try:
        SESSION.settings(_clean(properties)).check()
    except DashScopeError as error:
        return [str(error)]
    return []


def _identity_problems(kind: str, properties: Mapping[str, Any], *, key_is_missing: bool) -> Iterable[str]:
    """The first `up` of a stack makes its identity. The engine registers it before anything that needs it, and has it
    checked unless `--target` or `--exclude` leaves it out. What the engine itself would say then names a resource that
    the user has never declared. Without the identity's key nothing new is made: its name would tell too much.
    """
    if SESSION.has_identity or OWNER not in properties:
        return []
    subject = f"{kind} {plain_name(str(properties.get(NAME, '')))}"
    if properties[OWNER] is UNKNOWN:
        return [str(stack_identity.left_out(subject))]
    return [str(stack_identity.key_left_out(subject))] if key_is_missing else []


def _diff_result(planned: DiffResult, properties: Mapping[str, Any]) -> dynamic.DiffResult:
    if planned.consequence:
        SESSION.report_once(f"{properties.get(NAME, '')}: {planned.consequence}")
    return dynamic.DiffResult(
        changes=planned.changes,
        replaces=list(planned.replaces),
        delete_before_replace=planned.delete_before_replace,
    )


def _read_result(id_: str, fresh: Properties | None) -> dynamic.ReadResult:
    return dynamic.ReadResult(id_, secrets.kept(fresh)) if fresh is not None else dynamic.ReadResult(None, {})


class LifecycleHandler:
    """Serves one kind of resource."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._type = kind.type_name
        self._lifecycle = kind.lifecycle
        self._declared: set[Any] = set()
        self._watch = ReplacementWatch()

    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult:
        before, clean = _clean(olds), _clean(news)
        key = {STAMP_KEY: clean.pop(STAMP_KEY)} if STAMP_KEY in clean else {}  # of this process, not of the resource
        SESSION.stamp_key.learn(key)
        # Empty: an earlier release has made the identity.
        key_is_missing = not before and key == {STAMP_KEY: ""} and SESSION.stamp_key.value is None
        self._declared.add(clean.get(NAME))
        declared = secrets.declared(self._type, clean)
        checked = self._lifecycle.check(before, declared, SESSION.run_registry)
        inputs = secrets.marked(self._type, {**checked.inputs, SECRETS: clean.get(SECRETS)})
        result = _check_result(self._type, replace(checked, inputs=inputs), clean, key_is_missing=key_is_missing)
        replaced = self._watch.checked(str(clean.get(NAME, "")), before)
        if replaced is not None and not result.failures:
            told = _told(lambda: replaced_unasked(SESSION.connection(replaced.olds), self._lifecycle, replaced, clean))
            SESSION.report_once(f"{clean.get(NAME, '')}: {told}")
        return result

    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult:
        before, after = _known(id_, olds), _clean(news)
        connection = _told(lambda: SESSION.connection(before))
        # The engine compares in a refresh, too, also in that of `destroy --refresh`. Only a resource that was checked
        # is declared by a program; for any other, this must not count as the program's keeping it.
        name = str(after.get(NAME, ""))
        declared = after.get(NAME) in self._declared
        if stays_meanwhile(self._kind, after, declared=declared):
            return dynamic.DiffResult(changes=True)
        if not declared:
            connection = replace(connection, run_registry=RunRegistry())
        before, after = secrets.compared(self._type, before, after)
        registered = last_registered(before, self._watch.old_inputs(name) or after)
        planned = _told(lambda: self._lifecycle.diff(connection, id_, registered, to_be_compared(after, declared)))
        self._watch.planned(name, id_, str(before.get("status", "")), replaces=bool(planned.replaces))
        return _diff_result(as_shown(planned, after, declared), after)

    def create(self, props: Properties) -> dynamic.CreateResult:
        inputs = secrets.declared(self._type, _clean(props))
        id_, outputs = _told(lambda: self._lifecycle.create(SESSION.connection(inputs), Request.of(inputs)), props)
        return dynamic.CreateResult(id_, secrets.kept(outputs))

    def read(self, id_: str, props: Properties) -> dynamic.ReadResult:
        before = secrets.recorded(self._type, _known(id_, props))
        return _read_result(id_, _told(lambda: self._lifecycle.read(SESSION.connection(before), id_, before)))

    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult:
        before, after = secrets.compared(self._type, _known(id_, olds), _clean(news))
        outputs = _told(lambda: self._lifecycle.update(SESSION.connection(after), id_, before, after), news)
        return dynamic.UpdateResult(secrets.kept(outputs))

    def delete(self, id_: str, props: Properties) -> None:
        properties = secrets.recorded(self._type, _known(id_, props))
        _told(lambda: self._lifecycle.delete(SESSION.connection(properties), id_, properties))


class IdentityHandler:
    """Serves `StackIdentity`, which is made once and then only kept."""

    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult:
        SESSION.has_identity = True
        inputs = stack_identity.check(olds, news)
        SESSION.stamp_key.learn(inputs)
        return dynamic.CheckResult(inputs, [])

    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult:
        return dynamic.DiffResult(changes=False)

    def create(self, props: Properties) -> dynamic.CreateResult:
        return dynamic.CreateResult(*stack_identity.create(props))

    def read(self, id_: str, props: Properties) -> dynamic.ReadResult:
        return dynamic.ReadResult(id_, props)

    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult:
        return dynamic.UpdateResult(_clean(olds))

    def delete(self, id_: str, props: Properties) -> None:
        owner = str(_clean(props).get(stack_identity.OWNER_ID) or id_)
        for connection in _told(SESSION.connections):
            _told(partial(stack_identity.delete, connection, owner))


def configure(req: dynamic.ConfigureRequest) -> None:
    """Take over the stack's configuration; another one than before ends the step that brought it."""
    config = {key: req.config.get(f"{NAMESPACE}:{key}") for key in CONFIGURATION_KEYS}
    try:
        SESSION.configure(config)
    except LifecycleError as error:
        host.fail(sanitize_for_python(str(error)))


@cache
def handler(noun: str) -> Handler:
    """What serves the kind that a provider class names. It is loaded only now: a stack without deployments does
    without theirs.
    """
    if noun == "identity":
        return IdentityHandler()
    return LifecycleHandler(registry.of_noun(noun))
