"""Keep quiet about how Pulumi ends a Python program.

When a step fails, or the user presses Ctrl-C, the engine ends the program with an interrupt. Pulumi's host for Python
programs does not expect it, and the interpreter prints some 24 lines of traceback beside the failure that matters, or
does not, by chance (seen with 3.260). Nothing in it is about the program.

So a `KeyboardInterrupt` that has reached the end of that host, through nothing but code of Python and Pulumi, is not
printed. Everything else is printed as before: any other exception, an interrupt of the user's own code, and every
exception of a program that is not run by that host.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from types import TracebackType
from typing import Any

_HOST = "pulumi-language-python-exec"
_PACKAGES = ("pulumi", "grpc")
_PARTS = ("asyncio", "concurrent")
"""The packages of the standard library that the host is in; its other modules lie in the library's own folder."""


@cache
def arrange() -> None:
    """Keep quiet in this process from now on, if Pulumi runs the program in it.

    While a program runs, it is `__main__` itself; only the command line still names the host.
    """
    if any(map(_is_host, sys.orig_argv)):
        _arrange_uncaught()
        _arrange_unraisable()


def _arrange_uncaught() -> None:
    show = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not is_pulumis_ending(error):
            show(kind, error, trace)

    sys.excepthook = hook


def _arrange_unraisable() -> None:
    """Keep quiet about an interrupt that comes while the interpreter waits for its threads: nobody can catch it."""
    show = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        error = unraisable.exc_value
        if error is None or not _is_interrupt_outside(error):
            show(unraisable)

    sys.unraisablehook = hook


def is_pulumis_ending(error: BaseException) -> bool:
    """Whether this is the interrupt that Pulumi ends a program with, and no code of the user's was interrupted."""
    chain = [*_chain(error)]
    return all(_is_interrupt_outside(each) for each in chain) and any(map(_has_left_the_host, chain))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and what was being handled when it came."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_interrupt_outside(error: BaseException) -> bool:
    """Whether this is an interrupt of code that is Python's or Pulumi's."""
    return isinstance(error, KeyboardInterrupt) and all(map(_is_foreign, _files(error)))


def _has_left_the_host(error: BaseException) -> bool:
    return _is_host(next(_files(error), ""))


def _files(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename
        trace = trace.tb_next


def _is_host(file: str) -> bool:
    return os.path.basename(file).startswith(_HOST)


def _is_foreign(file: str) -> bool:
    """Whether a file belongs to Pulumi's host, Python, Pulumi or gRPC."""
    if _is_host(file) or file.startswith(("<frozen ", *_folders())):
        return True
    return os.path.dirname(file) == sysconfig.get_path("stdlib")


@cache
def _folders() -> tuple[str, ...]:
    """Return the folders of those packages, because below the standard library's folder there are others, too."""
    standard = sysconfig.get_path("stdlib")
    packages = [os.path.dirname(str(sys.modules[name].__file__)) for name in _PACKAGES if name in sys.modules]
    parts = [os.path.join(standard, name) for name in _PARTS]
    return tuple(f"{folder}{os.sep}" for folder in (*packages, *parts))
