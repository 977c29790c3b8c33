"""One preview, up, refresh or destroy from beginning to end.

Everything that an operation holds (the host process, the snapshot, the plan, the report) lives exactly as long as the
operation, and is released however it ends. The four operations differ only in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.testing.errors import (
    InvalidGoalError,
    ProviderError,
    StoppedError,
    UnsupportedByLocalEngine,
)
from pulumi_dashscope_ft.testing.providers.pool import Launcher, Providers
from pulumi_dashscope_ft.testing.result import OperationResult, Reporter, StackOperationFailed
from pulumi_dashscope_ft.testing.state.graph import prune
from pulumi_dashscope_ft.testing.state.resource import STACK_TYPE, ResourceState
from pulumi_dashscope_ft.testing.state.snapshot import Snapshot, StateFile
from pulumi_dashscope_ft.testing.state.targeting import Options
from pulumi_dashscope_ft.testing.values import Properties, Secret, redact, unwrap

from .actions import Action, Refresh, StepContext
from .address import EngineServer
from .executor import Executor
from .goal import Address
from .monitor import Log, Monitor
from .planner import Planner
from .program import Program, ProgramFailedError, ProgramRun, Setting


@dataclass(frozen=True, slots=True)
class Runtime:
    """What all operations on a stack share."""

    root: Path
    project: str
    stack: str
    program: Path | Program
    config: Mapping[str, str | Secret]
    env: Mapping[str, str]
    parallel: int
    file: StateFile
    on_line: Callable[[str], None] | None
    plugins: Mapping[str, Path] = field(default_factory=dict)


class EngineOperation:
    """One operation. Use once.

    :param kind: preview, up, refresh or destroy.
    """

    def __init__(self, kind: str, runtime: Runtime, options: Options | None = None) -> None:
        self.kind = kind
        self._runtime = runtime
        self._dry_run = kind == "preview"
        self._reporter = Reporter(kind, runtime.on_line)
        self._reporter.add_secrets(dict(runtime.config))
        self._snapshot = self._load()
        self._engine = EngineServer(self)
        launcher = Launcher(
            project=runtime.project,
            cwd=runtime.root,
            env=runtime.env,
            on_line=self._reporter.line,
            engine_address=self._engine.address,
            folders=runtime.plugins,
        )
        self._providers = Providers(launcher, self._provider_state)
        self._executor = Executor(
            StepContext(self._providers, self._snapshot, self._dry_run), self._reporter, runtime.parallel
        )
        self._log = Log(self._reporter, self._executor)
        self._options = options or Options()
        self._planner = Planner(
            self._snapshot, self._providers, self._reporter.diagnostic, self._options, self._dry_run
        )
        self._interrupted = False
        self._program: ProgramRun | None = None
        self._exports: Properties = {}

    def interrupt(self) -> None:
        """First call: let running steps finish, start nothing new. Second call: end the provider host too."""
        if self._interrupted:
            self.kill_host()
        self._interrupted = True
        self._executor.stop()
        if self._program is not None:
            self._program.interrupt()
        self._providers.cancel()

    def kill_host(self) -> None:
        """End the provider processes at once, like a crash."""
        self._providers.kill()

    def Log(self, request: Any) -> Any:
        """Receive a plugin's message."""
        return self._log.Log(request)

    def run(self, **options: Any) -> OperationResult:
        """Run the operation.

        :raises StackOperationFailed: it failed.
        """
        result = self._reporter.result
        try:
            self._warn_about_pending()
            if self.kind != "refresh":
                self._refresh_what_is_stale()
            {"refresh": self._refresh, "destroy": self._destroy}.get(self.kind, self._update)(**options)
        except (ProviderError, UnsupportedByLocalEngine) as error:
            self._executor.fail()
            self._reporter.diagnostic("error", str(error))
        except InvalidGoalError:
            self._executor.fail()  # it has reported why
        except StoppedError:
            pass
        finally:
            self._providers.stop()
            self._engine.stop()
        result.outputs = self._stack_outputs()
        if self._interrupted:
            raise StackOperationFailed(result, f"{self.kind} was interrupted; run it again to go on from here")
        if self._executor.failed:
            raise StackOperationFailed(result, f"{self.kind} failed")
        return result

    def _update(self) -> None:
        monitor = self._run_program()
        if not self._executor.failed and not self._executor.is_stopped:
            self._delete()
        self._take_outputs(monitor)

    def _run_program(self) -> Monitor:
        runtime = self._runtime
        monitor = Monitor(
            address=Address(runtime.stack, runtime.project),
            planner=self._planner,
            executor=self._executor,
            reporter=self._reporter,
            snapshot=self._snapshot,
            providers=self._providers,
            config=runtime.config,
        )
        try:
            self._program = ProgramRun(self._setting(monitor))
            if self._interrupted:
                self._program.interrupt()
            self._program.run()
        except ProgramFailedError as failure:
            if not self._executor.failed and not self._executor.is_stopped:
                self._reporter.diagnostic("error", str(failure))
            self._executor.fail()
        return monitor

    def _take_outputs(self, monitor: Monitor) -> None:
        monitor.finish_stack(failed=self._executor.failed or self._executor.is_stopped)
        self._exports = monitor.stack_outputs

    def _setting(self, monitor: Monitor) -> Setting:
        runtime = self._runtime
        return Setting(
            program=runtime.program,
            root=runtime.root,
            project=runtime.project,
            stack=runtime.stack,
            dry_run=self._dry_run,
            parallel=runtime.parallel,
            config={key: str(unwrap(value)) for key, value in runtime.config.items()},
            secret_keys=[key for key, value in runtime.config.items() if isinstance(value, Secret)],
            env=runtime.env,
            monitor=monitor,
            engine=self._log,
            on_line=self._reporter.line,
        )

    def _destroy(self) -> None:
        waves = self._planner.plan_deletions()
        if self._options.target or self._options.exclude:
            self._executor.chain(self._planner.left_alone())
        self._carry_out(waves)

    def _delete(self) -> None:
        self._carry_out(self._planner.plan_deletions())

    def _carry_out(self, waves: Sequence[Sequence[Action]]) -> None:
        for wave in waves:
            if self._executor.failed or self._executor.is_stopped:
                return
            self._executor.wave(wave)

    def _refresh(self, *, clear_pending_creates: bool = False, run_program: bool = False) -> None:
        self._snapshot.drop_pending(lambda item: item["type"] == "creating" and not clear_pending_creates)
        self._look_at([state for state in self._snapshot.base if self._options.looks_at(state)])
        if run_program and not self._executor.failed and not self._executor.is_stopped:
            self._planner.options = Options(nothing=True)
            self._take_outputs(self._run_program())

    def _refresh_what_is_stale(self) -> None:
        """Refresh resources that their provider has marked as stale. This counts as no change of this operation."""
        stale = [
            state for state in self._snapshot.base if state.refresh_before_update and self._options.looks_at(state)
        ]
        if stale:
            self._look_at(stale, counted=False)
            if self._executor.failed or self._executor.is_stopped:
                raise StoppedError

    def _look_at(self, states: Sequence[ResourceState], *, counted: bool = True) -> None:
        actions = {id(state): Refresh("refresh", state, counted=counted) for state in states}
        self._executor.wave(list(actions.values()))
        fresh = [actions[id(state)].outcome if id(state) in actions else state for state in self._snapshot.base]
        self._snapshot.rebuild(prune([state for state in fresh if state is not None]))

    def _warn_about_pending(self) -> None:
        pending = self._snapshot.pending_before
        if not pending or self._dry_run or self.kind == "refresh":
            return
        listed = "\n".join(f"  * {item['resource']['urn']}, while {item['type']}" for item in pending)
        self._reporter.diagnostic(
            "warning",
            f"an earlier run was cut off during {len(pending)} operation(s); "
            f"whether they took effect is not known:\n{listed}\n"
            "`refresh` looks up what exists. A creation that was cut off has no id to look up: check with the service "
            "itself, then clear it with `refresh` and clear_pending_creates.",
        )
        self._snapshot.drop_pending(lambda item: item["type"] == "creating")

    def _load(self) -> Snapshot:
        runtime = self._runtime
        deployment = runtime.file.read()["deployment"]
        vault = runtime.file.vault
        base = [ResourceState.from_json(item, vault) for item in deployment.get("resources") or []]
        for state in base:
            self._reporter.add_secrets(state.inputs)
            self._reporter.add_secrets(state.outputs)
        save = None if self._dry_run else lambda snapshot: runtime.file.write(snapshot.to_json(vault))
        return Snapshot(base, list(deployment.get("pending_operations") or []), save)

    def _provider_state(self, reference: str) -> ResourceState | None:
        urn, _, resource_id = reference.rpartition("::")
        return self._snapshot.find(urn, resource_id)

    def _stack_outputs(self) -> dict[str, Any]:
        if self._dry_run:
            exports: dict[str, Any] = redact(self._exports)
            return exports
        for state in self._snapshot.resources():
            if state.type == STACK_TYPE:
                outputs: dict[str, Any] = redact(state.outputs)
                return outputs
        return {}
