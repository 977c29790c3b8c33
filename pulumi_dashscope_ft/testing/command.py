"""`CommandStack`: a stack on the real `pulumi` command, with the interface of `LocalStack`.

The local engine is only useful if it behaves like the real one, and only the same tests on both can show that.
Everything that the command keeps (its home, its state) stays in a directory of the stack's own: no account, no network,
nothing shared with the user's Pulumi. This package never downloads the command; it uses one that is on PATH.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Unpack

from .environment import own_environment
from .errors import StackInUse
from .events import EventLog
from .project import qualified, read_project
from .result import OperationResult, Reporter, StackOperationFailed, require_no_changes
from .state.snapshot import Deployment
from .state.targeting import TargetOptions
from .values import Secret

# Protects nothing: the state next to it is a test's. It only has to be the same from run to run.
_PASSPHRASE = "a test's own state"  # noqa: S105


def pulumi_command() -> Path | None:
    """Return the `pulumi` command on PATH, or None. Tests for both engines skip this one by name if it is missing."""
    path = shutil.which("pulumi")
    return Path(path) if path else None


class CommandStack:
    """A stack of the project in `project_dir`, run by the real engine with a state folder of its own.

    Arguments and methods are those of `LocalStack`.

    :param work_dir: holds the command's home and state; default: `.pulumi-command` in the project.
    :raises FileNotFoundError: there is no command.
    """

    engine = "command"

    def __init__(
        self,
        project_dir: Path,
        *,
        stack: str = "test",
        work_dir: Path | None = None,
        config: Mapping[str, str | Secret] | None = None,
        env: Mapping[str, str] | None = None,
        parallel: int = 8,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        command = pulumi_command()
        if command is None:
            raise FileNotFoundError(
                "there is no `pulumi` on PATH. Install it as https://www.pulumi.com/docs/install says, "
                "or use LocalStack, which needs none."
            )
        self.project_dir = Path(project_dir).resolve()
        self.stack = stack
        self.parallel = parallel
        self.env = dict(env or {})
        self.on_line = on_line
        self._command = command
        self._work = Path(work_dir or self.project_dir / ".pulumi-command").resolve()
        self._config = dict(config or {})
        self._ready = False
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"CommandStack({str(self.project_dir)!r}, stack={self.stack!r})"

    def preview(self, *, expect_no_changes: bool = False, **options: Unpack[TargetOptions]) -> OperationResult:
        """Run `pulumi preview`.

        :param expect_no_changes: raise `StackOperationFailed` if the plan changes anything.
        """
        result = self._operate("preview", _flags(options))
        if expect_no_changes:
            require_no_changes(result)
        return result

    def up(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Run `pulumi up` without a question and without a preview before it."""
        return self._operate("up", ["--yes", "--skip-preview", *_flags(options)])

    def refresh(
        self, *, clear_pending_creates: bool = False, run_program: bool = False, **options: Unpack[TargetOptions]
    ) -> OperationResult:
        """Run `pulumi refresh` without a question. It keeps interrupted creates unless told to clear them."""
        pending = "--clear-pending-creates" if clear_pending_creates else "--skip-pending-creates"
        program = ["--run-program"] if run_program else []
        return self._operate("refresh", ["--yes", "--skip-preview", pending, *program, *_flags(options)])

    def destroy(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Run `pulumi destroy` without a question and without a preview before it."""
        return self._operate("destroy", ["--yes", "--skip-preview", *_flags(options)])

    def state_delete(self, urns: Collection[str], *, force: bool = False) -> None:
        """Run `pulumi state delete`: the resources stay at the service.

        :raises StackOperationFailed: the command refused; `force` lets it remove protected resources too.
        """
        self._prepare()
        with _refusal():
            self._ask("state", "delete", "--yes", *(["--force"] if force else []), *urns)

    def state_move(self, urns: Collection[str], dest: CommandStack) -> None:
        """Run `pulumi state move` to the stack `dest`, which is made if needed.

        :raises StackOperationFailed: the command refused.
        """
        self._prepare()
        dest._prepare()
        with _refusal():
            self._ask("state", "move", "--yes", "--source", self.stack, "--dest", dest.stack, *urns, stack=False)

    def export(self) -> Deployment:
        """Return the state as `pulumi stack export` prints it, with secrets encrypted."""
        self._prepare()
        deployment: Deployment = json.loads(self._ask("stack", "export"))
        return deployment

    def import_state(self, deployment: Deployment) -> None:
        """Replace the state, as `pulumi stack import` does."""
        self._prepare()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps(deployment), encoding="utf-8")
            self._ask("stack", "import", "--file", str(file))

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources in the state, as JSON objects."""
        return list(self.export()["deployment"].get("resources") or [])

    def set_config(self, key: str, value: str, secret: bool = False) -> None:
        """Set a configuration value, encrypted if it is a secret."""
        self._config[key] = Secret(value) if secret else value
        if self._ready:
            self._set(key, self._config[key])

    def interrupt(self) -> None:
        """Do what Ctrl-C does. Twice: the command ends at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)

    def kill_host(self) -> None:
        """End the provider host of the running operation at once, as a crash would. Needs `/proc`."""
        for process in self.providers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def providers(self) -> list[int]:
        """Return the ids of the provider processes of the running operation. Needs `/proc`."""
        if self._process is None:
            return []
        return [process for process, command in _descendants(self._process.pid) if _is_provider(command)]

    def kill(self, *, everything: bool = False) -> None:
        """End the running command at once, as the system does when memory runs out.

        The command has no time to unlock the stack: see `unlock`.

        :param everything: whether to end the processes that it started, too, as when a container is stopped.
        """
        if self._process is not None:
            if everything and hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)  # it leads its own session
            else:
                self._process.kill()

    def unlock(self) -> None:
        """Run `pulumi cancel`, the command's own advice for a stack that a killed operation has left locked."""
        self._ask("cancel", "--yes")

    def _operate(self, kind: str, arguments: list[str]) -> OperationResult:
        self._prepare()
        reporter = Reporter(kind, self.on_line)
        reporter.add_secrets(self._config)
        result = reporter.result
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "events"
            events = EventLog(log, reporter)
            code, text = self._run_logged([kind, *arguments, "--parallel", str(self.parallel)], log, events)
        if kind != "preview":
            result.outputs = self._outputs() if code or events.stack_outputs is None else events.stack_outputs
        if code:
            self._fail(kind, result, reporter, text)
        return result

    def _run_logged(self, arguments: list[str], log: Path, events: EventLog) -> tuple[int, str]:
        command = [str(self._command), *arguments, *self._common(), "--event-log", str(log)]
        with tempfile.TemporaryFile() as output:
            self._process = subprocess.Popen(
                command,
                cwd=self.project_dir,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            events.start()
            try:
                code = self._process.wait()
            except KeyboardInterrupt:
                self.interrupt()
                code = self._process.wait()
            finally:
                events.stop()
                self._process = None
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def _fail(self, kind: str, result: OperationResult, reporter: Reporter, text: str) -> None:
        if "currently locked" in text:
            raise StackInUse(f"another operation is using this stack:\n{text.strip()}")
        if not result.errors:
            for line in text.splitlines():
                if line.startswith("error:"):
                    reporter.diagnostic("error", line.removeprefix("error:").strip())
        raise StackOperationFailed(result, f"{kind} failed")

    def _prepare(self) -> None:
        if self._ready:
            return
        for folder in ("home", "state"):
            (self._work / folder).mkdir(parents=True, exist_ok=True)
        self._ask("stack", "select", "--create", self.stack, stack=False)
        self._ready = True
        for key, value in self._config.items():
            self._set(key, value)

    def _set(self, key: str, value: str | Secret) -> None:
        full = qualified(key, read_project(self.project_dir).name)
        kind = "--secret" if isinstance(value, Secret) else "--plaintext"
        text = str(value.value) if isinstance(value, Secret) else value
        self._ask("config", "set", kind, full, given=text)  # on standard input, because everybody can see arguments

    def _outputs(self) -> dict[str, Any]:
        outputs: dict[str, Any] = json.loads(self._ask("stack", "output", "--json") or "{}")
        return outputs

    def _ask(self, *arguments: str, given: str | None = None, stack: bool = True) -> str:
        common = self._common() if stack else ["--non-interactive", "--color", "never"]
        done = subprocess.run(
            [str(self._command), *arguments, *common],
            cwd=self.project_dir,
            env=self._environment(),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"pulumi {' '.join(arguments[:2])} failed:\n{done.stderr.strip()}")
        return done.stdout

    def _common(self) -> list[str]:
        return ["--stack", self.stack, "--non-interactive", "--color", "never"]

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in own_environment().items() if not key.startswith("PULUMI_")}
        here = str(Path(sys.executable).parent)
        mine = {
            "PATH": os.pathsep.join([here, kept.get("PATH", "")]),
            "PULUMI_BACKEND_URL": (self._work / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_DEBUG_COMMANDS": "true",  # enables the event log, as the Automation API does
            "PULUMI_HOME": str(self._work / "home"),
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        return {**kept, **mine, **self.env}


def _flags(options: TargetOptions) -> list[str]:
    """Return the command's flags for the chosen resources."""
    flags = ["--target-dependents"] if options.get("target_dependents") else []
    flags += [part for urn in options.get("replace", ()) for part in ("--replace", urn)]
    flags += [part for urn in options.get("target", ()) for part in ("--target", urn)]
    return flags + [part for urn in options.get("exclude", ()) for part in ("--exclude", urn)]


@contextlib.contextmanager
def _refusal() -> Iterator[None]:
    """Turn the refusal of a command that edits the state into a `ValueError`, as on the local engine."""
    try:
        yield
    except RuntimeError as error:
        raise ValueError(str(error)) from None


def _is_provider(command: str) -> bool:
    """Whether this is the dynamic host or a plugin, and not Pulumi's script that starts the former."""
    return "pulumi.dynamic" in command or ("pulumi-resource-" in command and "pulumi-resource-pulumi-" not in command)


def _descendants(root: int) -> Iterator[tuple[int, str]]:
    """Yield processes below `root` with their command lines, if the system has `/proc`."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(folder.name)] = int(
                folder.joinpath("stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            )
    tree = {root}
    while True:
        more = {process for process, parent in parents.items() if parent in tree} - tree
        if not more:
            break
        tree |= more
    for process in tree - {root}:
        with contextlib.suppress(OSError):
            yield (
                process,
                Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " "),
            )
