"""``LocalStack``: a stack on the local engine.

Why it exists: the one object a test holds. It knows where things are (project, program, state,
configuration) and hands each operation on to a fresh ``Operation``; nothing but the state file outlives a
call.
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
    """A stack of the project in ``project_dir``, run by the local engine.

    ``config`` keys are ``namespace:key``; ``Secret("…")`` values are encrypted in the state. ``env`` is added to the
    environment of program and provider. ``on_line`` gets every line of output as it comes.
    Operations raise ``StackOperationFailed``, ``StackInUse`` or ``UnsupportedByLocalEngine``.
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
        """A stack whose program is a function; ``work_dir`` holds the state. Takes the other arguments of the class."""
        built = cls(work_dir, stack=stack, **options)
        built._function, built._project = program, project
        return built

    def __repr__(self) -> str:
        return f"LocalStack({str(self.project_dir)!r}, stack={self.stack!r})"

    def preview(self, *, expect_no_changes: bool = False, **options: Unpack[TargetOptions]) -> OperationResult:
        """Plan, change nothing. With ``expect_no_changes`` a plan that changes something is a failure."""
        result = self._operate("preview", Options(**options))
        if expect_no_changes:
            require_no_changes(result)
        return result

    def up(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Make the world as the program says.

        URNs in ``replace`` are replaced in any case; ``target`` confines the run to the URNs in it, and with
        ``target_dependents`` to what needs them, too; ``exclude`` leaves URNs out.
        """
        return self._operate("up", Options(**options))

    def refresh(
        self, *, clear_pending_creates: bool = False, run_program: bool = False, **options: Unpack[TargetOptions]
    ) -> OperationResult:
        """Make the state as the world is. Needs no program, and leaves the stack's outputs as they are; with
        ``run_program`` the program is run afterwards, changes no resource, and sets the outputs.
        """
        settings = {"clear_pending_creates": clear_pending_creates, "run_program": run_program}
        return self._operate("refresh", Options(**options), **settings)

    def destroy(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Delete everything in the state, or what ``target`` and ``exclude`` leave of it. Needs no program."""
        return self._operate("destroy", Options(**options))

    def state_delete(self, urns: Collection[str], *, force: bool = False) -> None:
        """Drop resources from the state and call no provider, as ``pulumi state delete`` does.

        :param force: whether protected ones go, too.
        :raises ValueError: there is no such resource, one is protected, or another that stays depends on one.
        """
        with self._edited() as resources:
            editing.delete(resources, urns, force=force)

    def state_move(self, urns: Collection[str], dest: LocalStack) -> None:
        """Move resources to another stack and call no provider, as ``pulumi state move`` does.

        :raises ValueError: there are no such resources, or ``dest`` has them already.
        """
        with self._edited() as resources, dest._edited() as there:
            editing.move(resources, there, urns, dest.stack, dest._name())

    @contextlib.contextmanager
    def _edited(self) -> Iterator[list[ResourceState]]:
        """The resources in the state, to be changed in place; they are written when that has gone well."""
        with self._file.lock():
            vault, data = self._file.vault, self._file.read()
            resources = [ResourceState.from_json(item, vault) for item in data["deployment"].get("resources") or []]
            yield resources
            written = {**data["deployment"], "resources": [state.to_json(vault) for state in resources]}
            self._file.write({**data, "deployment": written})

    def export(self) -> Deployment:
        """The state in the shape of ``pulumi stack export``; secrets encrypted."""
        return self._file.read()

    def import_state(self, deployment: Deployment) -> None:
        """Replace the state with an export of this stack, or of any other made with secrets shown.

        Operations that were pending in it are left out, as the command leaves them out.
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
        """What is in the state, as the export shows it."""
        return list(self.export()["deployment"].get("resources") or [])

    def set_config(self, key: str, value: str, secret: bool = False) -> None:
        """Set a configuration value for this object's coming operations. To keep it, use ``Pulumi.<stack>.yaml``."""
        self._config[key] = Secret(value) if secret else value

    def interrupt(self) -> None:
        """From another thread: what Ctrl-C does. Running steps finish, nothing new starts; twice ends the host."""
        if self._running is not None:
            self._running.interrupt()

    def kill_host(self) -> None:
        """From another thread: end the provider host of the running operation at once, as a crash would."""
        if self._running is not None:
            self._running.kill_host()

    def _operate(self, kind: str, options: Options, **settings: Any) -> OperationResult:
        with self._lock(kind):
            self._running = EngineOperation(kind, self._surroundings(), options)
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

    def _surroundings(self) -> Runtime:
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
