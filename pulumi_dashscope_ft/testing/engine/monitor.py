"""The engine's side of the conversation with the program.

The SDK talks to a resource monitor and an engine, normally over gRPC. In process, two plain objects with the same
methods are enough. They translate: requests into goals, goals into planned and executed steps, states into answers.
Calls arrive on many threads; planning happens one resource at a time, steps run in parallel.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2

from pulumi_dashscope_ft.testing.errors import InvalidGoalError, ProviderError, StoppedError, UnsupportedByLocalEngine
from pulumi_dashscope_ft.testing.providers.pool import Providers, package_of, settings_of
from pulumi_dashscope_ft.testing.result import Reporter
from pulumi_dashscope_ft.testing.state.resource import PROVIDER_PREFIX, STACK_TYPE, ResourceState
from pulumi_dashscope_ft.testing.state.snapshot import Snapshot
from pulumi_dashscope_ft.testing.values import UNKNOWN, Properties, from_struct, to_struct

from .actions import Action, Same
from .executor import Executor
from .goal import Address, Goal, default_provider, from_read, from_registration
from .planner import Planner

T = TypeVar("T")

# Older SDKs have one message for both ends.
_INVOKE_RESPONSE: Any = getattr(resource_pb2, "ResourceInvokeResponse", provider_pb2.InvokeResponse)

_FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
]
_FEATURE_NAMES = frozenset({"secrets", "aliasSpecs", "deletedWith", "replaceWith"})


class MonitorClosedError(grpc.RpcError):  # type: ignore[misc]  # grpc has no type information
    """The program's answer once the operation has failed: its SDK then stops waiting."""

    def code(self) -> grpc.StatusCode:
        """Return the gRPC status by which the SDK knows that the engine has ended."""
        return grpc.StatusCode.UNAVAILABLE

    def details(self) -> str:
        """Return the text that the SDK prints."""
        return "the operation has ended"


class CallFailedError(grpc.RpcError):  # type: ignore[misc]  # grpc has no type information
    """The program's answer when a function fails."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self._message = message

    def code(self) -> grpc.StatusCode:
        """Return the gRPC status of a call that has failed."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """Return the text that the SDK prints."""
        return self._message


class Monitor:
    """Answers the program's registrations. `stack_outputs` are its exports, once it has set them."""

    def __init__(
        self,
        *,
        address: Address,
        planner: Planner,
        executor: Executor,
        reporter: Reporter,
        snapshot: Snapshot,
        providers: Providers,
        config: Mapping[str, Any],
    ) -> None:
        self._address = address
        self._planner = planner
        self._executor = executor
        self._reporter = reporter
        self._snapshot = snapshot
        self._providers = providers
        self._config = dict(config)
        self._planning = threading.RLock()
        self._defaults: dict[str, str] = {}
        self._goals: dict[str, Goal] = {}
        self._registered: dict[str, ResourceState] = {}
        self.stack_outputs: Properties = {}
        self._stack: tuple[ResourceState, Properties] | None = None

    def RegisterResource(self, request: Any) -> Any:
        """Plan and carry out the steps for one resource, and answer with its outputs."""
        states = self._act(lambda: self._plan(request))
        state = states[-1].state
        unknown = isinstance(states[-1], Same) and states[-1].old is None
        if state.type == STACK_TYPE:
            self._stack = (state, state.outputs)
        self._registered[state.urn] = state
        return resource_pb2.RegisterResourceResponse(
            urn=state.urn,
            id="" if state.id == UNKNOWN else state.id,
            object=to_struct(state.outputs if state.custom else {}, keep_secrets=True),
            unknown=unknown,
        )

    def ReadResource(self, request: Any) -> Any:
        """Read a resource that the program only refers to."""
        state = self._act(lambda: self._plan_read(request))[0].state
        properties = to_struct(state.outputs, keep_secrets=True)
        return resource_pb2.ReadResourceResponse(urn=state.urn, id=state.id, properties=properties)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Record the outputs of a component, or the stack's exports."""
        outputs = from_struct(request.outputs)
        self._reporter.add_secrets(outputs)
        state = self._registered.get(request.urn)
        if state is not None and state.type == STACK_TYPE:
            self.stack_outputs = outputs
        elif state is not None:
            state.outputs = outputs
            self._snapshot.save()
        return empty_pb2.Empty()

    def finish_stack(self, *, failed: bool) -> None:
        """Record the exports. After a failure a missing one proves nothing, so the old ones stay."""
        if self._stack is None:
            return
        state, before = self._stack
        state.outputs = {**before, **self.stack_outputs} if failed else self.stack_outputs
        self._snapshot.save()

    def Invoke(self, request: Any) -> Any:
        """Call a function of a plugin. The program handles its answer or its error."""

        def reference() -> str:
            return request.provider or self._default_provider(package_of(request.tok))

        arguments = from_struct(request.args)
        self._reporter.add_secrets(arguments)
        provider = self._providers.at(self._report_failure(reference))
        try:
            answer, failures = provider.invoke(request.tok, arguments)
        except ProviderError as error:
            raise CallFailedError(str(error)) from None
        response = _INVOKE_RESPONSE(
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures]
        )
        getattr(response, "return").CopyFrom(to_struct(answer, keep_secrets=True))  # a keyword of Python
        return response

    def Call(self, request: Any) -> Any:
        """Refuse a method call, and fail the operation: this engine has none."""
        self._executor.fail()
        message = f"the local engine has no methods ({request.tok}). Run this program with the pulumi command."
        self._reporter.diagnostic("error", message)
        raise MonitorClosedError

    def GetDeploymentInfo(self, request: Any) -> Any:
        """Say what this engine supports."""
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def SupportsFeature(self, request: Any) -> Any:
        """Answer the question of older SDKs."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURE_NAMES)

    def SignalAndWaitForShutdown(self, request: Any) -> Any:
        """Answer at once: nothing runs after the program."""
        return empty_pb2.Empty()

    def _act(self, plan: Callable[[], list[Action]]) -> list[Action]:
        def acted() -> list[Action]:
            with self._planning:
                if self._executor.is_stopped:
                    raise StoppedError
                actions = plan()
            self._executor.chain(actions)
            return actions

        return self._report_failure(acted)

    def _report_failure(self, step: Callable[[], T]) -> T:
        """Run a step. An exception ends the operation after it was reported to the user."""
        try:
            return step()
        except StoppedError:
            raise MonitorClosedError from None
        except InvalidGoalError:
            self._executor.fail()
            raise MonitorClosedError from None
        except ProviderError as error:
            self._executor.fail()
            self._reporter.diagnostic("error", str(error), error.urn)
            raise MonitorClosedError from None
        except UnsupportedByLocalEngine as error:
            self._executor.fail()
            self._reporter.diagnostic("error", str(error))
            raise MonitorClosedError from None
        except BaseException:
            self._executor.fail()
            raise

    def _plan(self, request: Any) -> list[Action]:
        goal = from_registration(request, self._address)
        parent = self._goals.get(goal.parent)
        if parent is not None:
            goal.inherit(parent)
        self._goals[goal.urn] = goal
        self._reporter.add_secrets(goal.inputs)
        if goal.type == STACK_TYPE or not goal.custom or goal.type.startswith(PROVIDER_PREFIX):
            provider = ""
        else:
            provider = goal.provider or self._default_provider(package_of(goal.type))
        try:
            return self._planner.plan(goal, provider)
        except ProviderError as error:
            error.urn = goal.urn
            raise

    def _plan_read(self, request: Any) -> list[Action]:
        goal = from_read(request, self._address)
        self._reporter.add_secrets(goal.inputs)
        return self._planner.plan_read(goal, goal.provider or self._default_provider(package_of(goal.type)))

    def _default_provider(self, package: str) -> str:
        """Return the reference to the default provider of a package; registered with the first of its resources."""
        with self._planning:
            if package not in self._defaults:
                goal = default_provider(package, settings_of(package, self._config), self._address)
                actions = self._planner.plan(goal, "")
                self._executor.chain(actions)
                state = actions[-1].state
                self._defaults[package] = f"{state.urn}::{state.id}"
            return self._defaults[package]


_SEVERITIES = {engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class Log:
    """Receives `pulumi.log` and the SDK's own messages."""

    def __init__(self, reporter: Reporter, executor: Executor) -> None:
        self._reporter = reporter
        self._executor = executor

    def Log(self, request: Any) -> Any:
        """Report a message of the program or a provider. An error fails the operation; debug messages are dropped."""
        if request.severity in _SEVERITIES:
            self._reporter.diagnostic(_SEVERITIES[request.severity], request.message, request.urn)
            if request.severity == engine_pb2.ERROR:
                self._executor.failed = True
        elif request.severity == engine_pb2.INFO:
            self._reporter.message(request.message, request.urn, ephemeral=request.ephemeral)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any) -> Any:
        """Accept every version: there is no Pulumi here."""
        return empty_pb2.Empty()
