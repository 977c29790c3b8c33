"""Runs the user's program in this process, as the language host would in its own.

A program talks to the engine through the SDK's process-wide settings, its own event loop, the current directory,
`sys.path` and standard output. All of these are set up here and put back afterwards, so that programs can run again and
again, from any thread, and leave nothing behind. The SDK keeps its settings in context variables, so each program gets
a thread with an empty context. Directory, environment, arguments and modules belong to the process as a whole and can
only be lent to one program at a time, hence the lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import io
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import run_in_stack, settings
from pulumi.runtime.config import set_all_config

from pulumi_dashscope_ft.testing.environment import lent
from pulumi_dashscope_ft.testing.result import SHOWING

Program = Callable[[], Any]

_ONE_PROGRAM = threading.Lock()


class ProgramFailedError(Exception):
    """The program raised an exception; `str()` is what the language host would show."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and as what a program runs. `program` is a file, a directory with `__main__.py`, or a function."""

    program: Path | Program
    root: Path
    project: str
    stack: str
    dry_run: bool
    parallel: int
    config: Mapping[str, str]
    secret_keys: list[str]
    env: Mapping[str, str]
    monitor: Any
    engine: Any
    on_line: Callable[[str], None]


class ProgramRun:
    """One run of a program. `interrupt` may be called from any thread, at any time."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._lock = threading.Lock()
        self._cancel: Callable[[], object] | None = None
        self._interrupted = False

    def run(self) -> None:
        """Run the program to its end, including all its registrations.

        :raises ProgramFailedError: the program raised an exception.
        """
        failure: list[BaseException] = []

        def clean_room() -> None:
            try:
                # On some interpreters threads inherit a context.
                contextvars.Context().run(_run, self._setting, self._started)
            except BaseException as error:  # carried to the caller's thread
                failure.append(error)

        with _ONE_PROGRAM:
            thread = threading.Thread(target=clean_room, name="pulumi-program", daemon=True)
            thread.start()
            thread.join()
        if failure:
            raise failure[0]

    def interrupt(self) -> None:
        """End the program where it waits, as the language host does on Ctrl-C."""
        with self._lock:
            self._interrupted = True
            cancel = self._cancel
        if cancel is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself, and its loop with it
                cancel()

    def _started(self, cancel: Callable[[], object]) -> None:
        with self._lock:
            self._cancel = cancel
            interrupted = self._interrupted
        if interrupted:
            cancel()


def _run(setting: Setting, started: Callable[[Callable[[], object]], None]) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda _loop, _context: None)  # a failed program leaves futures that nobody awaits
    workers = ThreadPoolExecutor(max_workers=max(setting.parallel, 1) * 4, thread_name_prefix="pulumi-program")
    loop.set_default_executor(workers)
    set_all_config(dict(setting.config), list(setting.secret_keys))
    settings.configure(
        settings.Settings(
            project=setting.project,
            stack=setting.stack,
            monitor=setting.monitor,
            engine=setting.engine,
            parallel=setting.parallel,
            dry_run=setting.dry_run,
            organization="organization",
            root_directory=str(setting.root),
        )
    )
    try:
        with _borrowed_process(setting):
            try:
                main = loop.create_task(_whole(setting.program))
                started(lambda: loop.call_soon_threadsafe(main.cancel))
                loop.run_until_complete(main)
            finally:
                _cancel_what_waits(loop)
    except asyncio.CancelledError:
        raise ProgramFailedError("interrupted") from None
    except pulumi.RunError as error:
        raise ProgramFailedError(str(error)) from None
    except SystemExit as error:
        if error.code not in (None, 0):
            raise ProgramFailedError(f"the program ended itself with exit code {error.code}") from None
    except Exception as error:
        raise ProgramFailedError(_explain(error, setting.program)) from None
    finally:
        _wind_up(loop, workers)


def _body(program: Path | Program) -> Any:
    if isinstance(program, Path):
        runpy.run_path(str(program), run_name="__main__")
        return None
    return program()


async def _whole(program: Path | Program) -> None:
    await run_in_stack(lambda: _body(program))


def _cancel_what_waits(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the tasks of a program that has failed or was interrupted; they may still print something."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with contextlib.suppress(BaseException):
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _wind_up(loop: asyncio.AbstractEventLoop, workers: ThreadPoolExecutor) -> None:
    workers.shutdown(wait=True)  # running steps finish, and are never abandoned
    _cancel_what_waits(loop)
    asyncio.set_event_loop(None)
    loop.close()


def _explain(error: BaseException, program: Path | Program) -> str:
    """Return the traceback from the program's own first line on, without the engine's frames."""
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(program, Path):
        own = program / "__main__.py" if program.is_dir() else program
        first = next((at for at, frame in enumerate(frames) if Path(frame.filename) == own), 0)
    else:
        first = next((at for at, frame in enumerate(frames) if frame.name == program.__name__), 0)
    formatted = traceback.format_list(frames[first:]) + traceback.format_exception_only(type(error), error)
    return "Program failed with an unhandled exception:\nTraceback (most recent call last):\n" + "".join(formatted)


@contextlib.contextmanager
def _borrowed_process(setting: Setting) -> Iterator[None]:
    """Lend the program what the process has only one of, and take it back."""
    directory, arguments, search = os.getcwd(), sys.argv[:], sys.path[:]
    writes_nothing = sys.dont_write_bytecode
    modules = set(sys.modules)
    # Python tells compiled files apart by size and whole seconds: a program that was just edited would run as before.
    sys.dont_write_bytecode = True
    os.chdir(setting.root)
    if isinstance(setting.program, Path):
        sys.argv = [str(setting.program)]
        sys.path[:0] = [str(setting.program if setting.program.is_dir() else setting.program.parent)]
    sys.path[:0] = [part for part in setting.env.get("PYTHONPATH", "").split(os.pathsep) if part]
    output = _Lines(setting.on_line, sys.stdout)
    try:
        with lent(setting.env), contextlib.redirect_stdout(output):
            yield
    finally:
        output.finish()
        os.chdir(directory)
        sys.argv, sys.path[:] = arguments, search
        sys.dont_write_bytecode = writes_nothing
        for name in set(sys.modules) - modules:
            if _lives_in(sys.modules[name], setting.root):
                del sys.modules[name]  # the next program may have a module of the same name


def _lives_in(module: Any, root: Path) -> bool:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or "site-packages" in Path(file).parts:
        return False
    return root.resolve() in Path(file).resolve().parents


class _Lines(io.TextIOBase):
    """Standard output while a program runs: its lines go to the engine, those of other threads pass through."""

    def __init__(self, on_line: Callable[[str], None], others: Any) -> None:
        self._on_line = on_line
        self._others = others
        self._rest = ""

    def write(self, text: str) -> int:
        if SHOWING.now or not threading.current_thread().name.startswith("pulumi-program"):
            self._others.write(text)
            return len(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._on_line(line)
        return len(text)

    def finish(self) -> None:
        if self._rest:
            self._on_line(self._rest)
            self._rest = ""
