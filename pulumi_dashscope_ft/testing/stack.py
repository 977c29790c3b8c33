"""`LocalStack`: a stack on the local engine.

This is the one object that a test holds. It knows the places (project, program, state, configuration) and passes each
operation to a new `EngineOperation`; only the state file outlives a call.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Unpack

from .engine.operation import EngineOperation, Runtime
from .engine.program import Program
from .project import qualified, read_project, read_stack_config
from .result import OperationResult, require_no_changes
from .state import editing
from .state.resource import ResourceState
from .state.snapshot import Deployment, StateFile
from .state.targeting import Options, TargetOptions
from .values import Secret

Config = Mapping[str, "str | Secret"]


class LocalStack:
    """A stack of the project in `project_dir`, run by the local engine.

    Operations raise `StackOperationFailed`, `StackInUse` or `UnsupportedByLocalEngine`.

    :param config: values by `namespace:key`; `Secret("…")` values are encrypted in the state.
    :param env: added to the environment of program and provider.
    :param on_line: called with every line of output as it comes.
    """

    engine = "local"

    def __init__(
        self,
        project_dir: Path,
        *,
        stack: str = "test",
        state_file: Path | None = None,
        config: Config | None = None,
        env: Mapping[str, str] | None = None,
        parallel: int = 8,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.project_dir = Path(project_dir).resolve()
        self.stack = stack
        self.parallel = parallel
        self.env = dict(env or {})
        self.on_line = on_line
        self._file = StateFile(state_file or self.project_dir / ".local-engine" / f"{stack}.json")
        self._config: dict[str, str | Secret] = dict(config or {})
        self._function: Program | None = None
        self._project: str | None = None
        self._running: EngineOperation | None = None

    @classmethod
    def inline(
        cls, program: Program, *, work_dir: Path, project: str = "project", stack: str = "test", **options: Any
    ) -> LocalStack:
        """Return a stack whose program is a function. Takes the other arguments of the class.

        :param work_dir: holds the state.
        """
        built = cls(work_dir, stack=stack, **options)
        built._function, built._project = program, project
        return built

    def __repr__(self) -> str:
        return f"LocalStack({str(self.project_dir)!r}, stack={self.stack!r})"

    def preview(self, *, expect_no_changes: bool = False, **options: Unpack[TargetOptions]) -> OperationResult:
        """Plan, and change nothing.

        :param expect_no_changes: whether a plan that changes something is a failure.
        """
        result = self._operate("preview", Options(**options))
        if expect_no_changes:
            require_no_changes(result)
        return result

    def up(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Change the resources to what the program says.

        URNs in `replace` are replaced in any case; `target` limits the run to the URNs in it, and with
        `target_dependents` to what needs them, too; `exclude` leaves URNs out.
        """
        return self._operate("up", Options(**options))

    def refresh(
        self, *, clear_pending_creates: bool = False, run_program: bool = False, **options: Unpack[TargetOptions]
    ) -> OperationResult:
        """Update the state from the providers. Needs no program, and keeps the stack's outputs.

        :param run_program: whether to run the program afterwards, which changes no resource and sets the outputs.
        """
        settings = {"clear_pending_creates": clear_pending_creates, "run_program": run_program}
        return self._operate("refresh", Options(**options), **settings)

    def destroy(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Delete everything in the state, or what `target` and `exclude` leave of it. Needs no program."""
        return self._operate("destroy", Options(**options))

    def state_delete(self, urns: Collection[str], *, force: bool = False) -> None:
        """Drop resources from the state and call no provider, like `pulumi state delete`.

        :param force: whether to drop protected ones, too.
        :raises ValueError: a resource does not exist, is protected, or is needed by one that stays.
        """
        with self._edited() as resources:
            editing.delete(resources, urns, force=force)

    def state_move(self, urns: Collection[str], dest: LocalStack) -> None:
        """Move resources to another stack and call no provider, like `pulumi state move`.

        :raises ValueError: there are no such resources, or `dest` has them already.
        """
        with self._edited() as resources, dest._edited() as there:
            editing.move(resources, there, urns, dest.stack, dest._name())

    @contextlib.contextmanager
    def _edited(self) -> Iterator[list[ResourceState]]:
        """Yield the resources in the state, to change in place. They are written if there is no exception."""
        with self._file.lock():
            vault, data = self._file.vault, self._file.read()
            resources = [ResourceState.from_json(item, vault) for item in data["deployment"].get("resources") or []]
            yield resources
            written = {**data["deployment"], "resources": [state.to_json(vault) for state in resources]}
            self._file.write({**data, "deployment": written})

    def export(self) -> Deployment:
        """Return the state in the shape of `pulumi stack export`; secrets are encrypted."""
        return self._file.read()

    def import_state(self, deployment: Deployment) -> None:
        """Replace the state with an export of this stack, or of any other made with plaintext secrets.

        Pending operations are left out, as in the command.
        """
        with self._file.lock():
            vault = self._file.vault
            data = {key: value for key, value in deployment["deployment"].items() if key != "pending_operations"}
            data["resources"] = [
                ResourceState.from_json(item, vault).to_json(vault) for item in data.get("resources") or []
            ]
            self._file.write({**deployment, "deployment": data})

    @property
    def resources(self) -> list[dict[str, Any]]:
        """Return the resources in the state, as in the export."""
        return list(self.export()["deployment"].get("resources") or [])

    def set_config(self, key: str, value: str, secret: bool = False) -> None:
        """Set a configuration value for later operations of this object. To keep it, use `Pulumi.<stack>.yaml`."""
        self._config[key] = Secret(value) if secret else value

    def interrupt(self) -> None:
        """Do what Ctrl-C does, from another thread. Running steps finish, nothing new starts; twice ends the host."""
        if self._running is not None:
            self._running.interrupt()

    def kill_host(self) -> None:
        """End the provider host of the running operation at once, like a crash, from another thread."""
        if self._running is not None:
            self._running.kill_host()

    def _operate(self, kind: str, options: Options, **settings: Any) -> OperationResult:
        with self._lock(kind):
            self._running = EngineOperation(kind, self._runtime(), options)
            try:
                return self._running.run(**settings)
            finally:
                self._running = None

    def _lock(self, kind: str) -> contextlib.AbstractContextManager[None]:
        return self._nothing() if kind == "preview" else self._file.lock()

    @contextlib.contextmanager
    def _nothing(self) -> Iterator[None]:
        yield

    def _name(self) -> str:
        return self._project if self._project is not None else read_project(self.project_dir).name

    def _runtime(self) -> Runtime:
        name, program, config = self._project, self._function, dict(self._config)
        plugins: Mapping[str, Path] = {}
        if name is None:
            project = read_project(self.project_dir)
            name = project.name
            config = {qualified(key, name): value for key, value in config.items()}
            written = read_stack_config(self.project_dir, self.stack, name, given=config)
            config = {**project.defaults, **written, **config}
            place: Path | Program = project.program
            plugins = project.plugins
        else:
            assert program is not None
            place = program
        return Runtime(
            root=self.project_dir,
            project=name,
            stack=self.stack,
            program=place,
            config={qualified(key, name): value for key, value in config.items()},
            env=self.env,
            parallel=self.parallel,
            file=self._file,
            on_line=self.on_line,
            plugins=plugins,
        )
