"""The provider protocol (`pulumirpc.ResourceProvider`), verb by verb: from the wire to plain values and back.

From Pulumi's SDK this uses the generated messages and the base class of the service (`pulumi.runtime.proto`), which are
the protocol itself. It does not use `pulumi.provider` and its experimental layer: that layer gives `Diff` no old
inputs, can't send an unknown value, puts their parents' types into the names of types, can't compare configurations,
can't report partially created resources, and answers every error with a traceback (seen at 3.272). It does not use the
SDK's marshalling and event loop either: each call here is a plain function in a thread of its own, and there are as
many as the engine asks for.

Secrets are accepted as such: their marks are kept beside the values (`wire`), and put back on the answer. No line and
no error of this process shows a secret text.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.frontend.defects import defect
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.plugin.cancelling import (
    CancellableRequests,
    CancelToken,
    InterruptibleClock,
)
from pulumi_dashscope_ft.plugin.failing import abort, abort_init_failed
from pulumi_dashscope_ft.plugin.package_schema import served_schema
from pulumi_dashscope_ft.plugin.wire import UNKNOWN_TEXT, Bag, decode, encode
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.marks import Marks, is_secret, united

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Clock, Sending
    from pulumi_dashscope_ft.plugin.resources.handler import Resource
    from pulumi_dashscope_ft.plugin.session import PluginSession
    from pulumi_dashscope_ft.schema import Violation

Context: TypeAlias = grpc.ServicerContext


class ProviderServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one provider instance.

    Code that talks to the service is loaded by the first call that needs it, so that a schema is served at once.

    :param token: is cancelled by the engine's `Cancel`; no step that buys or changes something begins after it.
    :param clock: the clock that connections wait by; an interruptible one of the system when None.
    :param send: makes their calls; gives them up after a cancel when None.
    """

    def __init__(
        self, log: EngineLog, token: CancelToken, clock: Clock | None = None, send: Sending | None = None
    ) -> None:
        self._log = log
        self._token = token
        self._clock = clock or InterruptibleClock(token)
        self._send = send or CancellableRequests(token).send
        self._loading = threading.Lock()

    @property
    def _session(self) -> PluginSession:
        with self._loading:
            return self._loaded_session

    @cached_property
    def _loaded_session(self) -> PluginSession:
        from pulumi_dashscope_ft.plugin.session import PluginSession

        return PluginSession(self._log, self._clock, self._send)

    # The plugin

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        self._log.attach(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        self._log.attach(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=__version__)

    def GetSchema(self, request: provider_pb2.GetSchemaRequest, context: Context) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=served_schema())

    def GetMapping(self, request: provider_pb2.GetMappingRequest, context: Context) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    def GetMappings(
        self, request: provider_pb2.GetMappingsRequest, context: Context
    ) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self._token.cancel()
        return empty_pb2.Empty()

    # The provider's configuration

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        olds, news = _settings(request.olds), _settings(request.news)
        with self._answering(context, request.urn, "", olds, news):
            from pulumi_dashscope_ft.plugin import configuration
            from pulumi_dashscope_ft.schema.document import PROVIDER

            failures = self._failures(PROVIDER, configuration.problems(news.values), news)
            # The answer is what the engine records: a key is encrypted in the state, no matter how it was set.
            inputs = configuration.checked(olds.values, news.values)
            marks = united(news.marks, dict.fromkeys(configuration.secrets() & inputs.keys(), True))
            return provider_pb2.CheckResponse(inputs=encode(inputs, marks), failures=failures)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        olds, news = _settings(request.old_inputs or request.olds), _settings(request.news)
        with self._answering(context, request.urn, "", olds, news):
            from pulumi_dashscope_ft.plugin import configuration

            changed = configuration.changed(olds.values, news.values)
            return provider_pb2.DiffResponse(changes=_changes(bool(changed)), diffs=changed)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> provider_pb2.ConfigureResponse:
        given = _settings(request.args)
        with self._answering(context, request.urn, "", given):
            provider_id = request.id if request.id != UNKNOWN_TEXT else ""
            self._session.configure(given.values, provider_id)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True, supportsPreview=True)

    # Functions

    def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> provider_pb2.InvokeResponse:
        given = decode(request.args)
        with self._answering(context, "", "", given):
            from pulumi_dashscope_ft.plugin import functions

            problems = functions.arguments_problems(request.tok, given.values)
            if problems:
                return provider_pb2.InvokeResponse(failures=self._failures("", problems, given))
            answer = functions.answer(self._session, request.tok, given.values)
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(encode(answer))  # `return` is a keyword of Python
            return response

    def List(self, request: provider_pb2.ListRequest, context: Context) -> Iterator[provider_pb2.ListResponse]:
        query = decode(request.query)
        with self._answering(context, "", "", query):
            from pulumi_dashscope_ft.plugin.resources.listing import objects

            for id_, name in objects(self._session, request.token, request.limit, query.values):
                yield provider_pb2.ListResponse(result=provider_pb2.ListResponse.Result(id=id_, name=name))

    # Resources

    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        olds, news = decode(request.olds), decode(request.news)
        with self._answering(context, request.urn, "", olds, news):
            resource = self._resource(request, news)
            inputs, violations = resource.check(olds.values, news.values, request.randomSeed)
            failures = self._failures(resource.kind.type_name, violations, news)
            return provider_pb2.CheckResponse(inputs=encode(inputs, resource.marks), failures=failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        old_inputs, olds, news = decode(request.old_inputs), decode(request.olds), decode(request.news)
        with self._answering(context, request.urn, request.id, olds, news):
            from pulumi_dashscope_ft.lifecycle.base.request import Request
            from pulumi_dashscope_ft.plugin.resources.property_diff import property_diff

            resource = self._resource(request, old_inputs, olds, news)
            planned, before = resource.diff(request.id, old_inputs.values, olds.values, news.values)
            diffs = property_diff(resource.kind.type_name, before, Request.of(news.values).inputs, planned)
            return provider_pb2.DiffResponse(
                changes=_changes(planned.changes),
                replaces=planned.replaces,
                deleteBeforeReplace=planned.delete_before_replace,
                diffs=sorted({path.partition(".")[0].partition("[")[0] for path in diffs}),
                detailedDiff=diffs,
                hasDetailedDiff=bool(diffs),
            )

    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        given = decode(request.properties)
        with self._answering(context, request.urn, "", given):
            resource = self._resource(request, given)
            if request.preview:
                outputs = resource.planned_create(given.values)
                return provider_pb2.CreateResponse(properties=encode(outputs, resource.marks))
            id_, outputs = resource.create(given.values, request.timeout)
            return provider_pb2.CreateResponse(
                id=id_,
                properties=encode(outputs, resource.marks),
                refresh_before_update=resource.kind.is_under_way(outputs),
            )

    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        inputs, outputs = decode(request.inputs), decode(request.properties)
        with self._answering(context, request.urn, request.id, inputs, outputs):
            resource = self._resource(request, inputs, outputs)
            result = resource.read(request.id, inputs.values, outputs.values)
            if result is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=request.id,
                properties=encode(result.outputs, resource.marks),
                inputs=encode(result.inputs, inputs.marks),
                refresh_before_update=resource.kind.is_under_way(result.outputs),
            )

    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        olds, news = decode(request.olds), decode(request.news)
        with self._answering(context, request.urn, request.id, olds, news):
            resource = self._resource(request, news)
            if request.preview:
                outputs = resource.planned_update(request.id, olds.values, news.values)
            else:
                outputs = resource.update(request.id, olds.values, news.values, request.timeout)
            # A file keeps the name that it was uploaded with, even if its path has changed.
            kept = {name: True for name in resource.kind.updates.keeps if is_secret(olds.marks, name)}
            marks = united(resource.marks, kept or False)
            return provider_pb2.UpdateResponse(
                properties=encode(outputs, marks), refresh_before_update=resource.kind.is_under_way(outputs)
            )

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        outputs = decode(request.properties)
        with self._answering(context, request.urn, request.id, outputs):
            self._resource(request, outputs).delete(request.id, outputs.values, request.timeout)
        return empty_pb2.Empty()

    # What they share

    def _resource(self, request: Any, *bags: Bag) -> Resource:
        """Return the resource that the request is about.

        :param bags: the properties whose secrets belong to it.
        """
        from pulumi_dashscope_ft.lifecycle.kinds.derived import texts_of, with_derived
        from pulumi_dashscope_ft.plugin.kinds import kind_of
        from pulumi_dashscope_ft.plugin.resources.handler import Resource

        # Older engines name the type only in the URN, after the types of its parents.
        token = request.type or "".join(request.urn.split("::")[2:3]).rpartition("$")[2]
        kind = kind_of(token)
        marks: Marks = False
        for bag in bags:
            marks = united(marks, bag.marks)
            self._session.add_secrets(texts_of(kind.type_name, bag.values, bag.marks))
        return Resource(kind, request.urn, self._session, self._token, with_derived(kind.type_name, marks))

    @contextlib.contextmanager
    def _answering(self, context: Context, urn: str, resource_id: str, *bags: Bag) -> Iterator[None]:
        """Show lines at that resource until the block ends, and turn every failure into a message for the user."""
        from pulumi_dashscope_ft.api import DashScopeError
        from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, OperationInterruptedError
        from pulumi_dashscope_ft.lifecycle.kinds.derived import texts_of, with_derived

        session = self._session
        for bag in bags:
            session.add_secrets(texts_of("", bag.values, bag.marks))
        try:
            for bag in bags:
                _require_readable(bag.values)
            with session.serving(urn, resource_id):
                yield
        except ResourceInitFailedError as failed:
            given = bags[-1]
            marks = with_derived(urn.split("::")[2].rpartition(":")[2], given.marks)
            abort_init_failed(context, failed, session.sanitize(failed.reason), given.values, marks)
        except (LifecycleError, DashScopeError, LookupError) as error:
            if isinstance(error, (KeyError, IndexError)):
                abort(context, session.sanitize(defect(error)))
            subject = resource_id or urn.rpartition("::")[2]
            abort(
                context,
                session.sanitize(f"{subject}: {error}" if isinstance(error, OperationInterruptedError) else str(error)),
            )
        except Exception as error:
            abort(context, session.sanitize(defect(error)))

    def _failures(self, kind: str, violations: Iterable[Violation], given: Bag) -> list[provider_pb2.CheckFailure]:
        """Report violations at the property that they are about.

        The engine shows that property's whole value beside the reason. If not everybody may see the value, only the
        reason is reported, with the property in it.

        :param kind: the resource's short name, or `Provider`; empty for a function, whose values no engine shows.
        """
        from pulumi_dashscope_ft.schema.convert import open_inputs

        failures = []
        for violation in violations:
            name = violation.property
            named = bool(name) and not is_secret(given.marks, name)
            if kind and named:
                named = name in open_inputs(kind) and self._is_shown_whole(given.values.get(name))
            reason = violation.reason if named and len(violation.path) == 1 else str(violation)
            failures.append(
                provider_pb2.CheckFailure(property=name if named else "", reason=self._session.sanitize(reason))
            )
        return failures

    def _is_shown_whole(self, value: Any) -> bool:
        """Whether the value contains nothing that our lines would hide, such as a key in the wrong place."""
        return self._session.sanitize(str(value)) == str(value)


def _settings(struct: struct_pb2.Struct) -> Bag:
    """Return a provider's configuration.

    The engine marks none of it as secret, even if it was set as such. So everything that the schema calls secret is
    marked here.
    """
    from pulumi_dashscope_ft.plugin import configuration

    bag = decode(struct)
    keys = {name: True for name in configuration.secrets() if bag.values.get(name, UNKNOWN) is not UNKNOWN}
    return Bag(bag.values, united(bag.marks, keys))


def _require_readable(values: Mapping[str, Any]) -> None:
    """Refuse recorded inputs that can't be read: a wrong guess might replace a job.

    :raises LifecycleError: the list of their names is no list.
    """
    from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
    from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

    name_of_list = KEYS["input_names"]
    names = values.get(name_of_list) or []
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise LifecycleError(
            f"the property {name_of_list} must be a list of the names of inputs: somebody has changed it, in the state "
            "or in the program.",
            done="nothing was changed.",
            next_step="take it out of the program; in the state (`pulumi stack export`, `pulumi stack import`) put "
            "back what it was.",
        )


def _changes(changed: bool) -> provider_pb2.DiffResponse.DiffChanges.ValueType:
    return provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
