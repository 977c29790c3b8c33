"""The official SDK and its command line in a process of their own, taking orders on standard input.

Why it exists: the SDK reads the address and its key when it is imported, keeps both in module variables, and takes
more than a second to import. One process that imports it once, unmodified and with nothing but environment
variables to steer it, is what a user's script is; a command of the command line is run in a fork of it, which is
`python -m dashscope.cli …` without paying for the import again.

Orders are JSON, one a line: ``{"call": "FineTunes.get", "args": […], "kwargs": {…}}`` answers ``{"result": …}`` or
``{"raised": …}``; ``{"cli": ["ft", "get", "ft-…"]}`` answers ``{"code": 0, "out": "…", "err": "…"}``;
``{"set": {"base_http_api_url": …}}`` assigns module variables.

``Client.fine_tunes.get`` and ``AsyncClient.fine_tunes.get`` go to the second generation, `dashscope.v2`. The process
has one client of each kind, made without arguments; ``"options": {"max_retries": 0}`` derives another for one call.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import runpy
import signal
import sys
import tempfile
import traceback
from typing import Any, TextIO

import dashscope
import dashscope.cli  # preloaded for the forks; what it is called with is the module's own business
import httpx

COMMAND_SECONDS = 20
_LOOP = asyncio.new_event_loop()
"""An asynchronous client keeps its connections with the loop that made them, so there is one loop for all calls."""
_CLIENTS: dict[str, Any] = {}
"""Clients of the second generation, by the name of their class."""


def serve(orders: TextIO, answers: TextIO) -> None:
    """Answer each order until the input ends."""
    for line in orders:
        order = json.loads(line)
        if "cli" in order:
            answer = command(order["cli"])
        elif "set" in order:
            for name, value in order["set"].items():
                setattr(dashscope, name, value)
            answer = {}
        else:
            answer = call(order["call"], order["args"], order["kwargs"], order["options"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def call(name: str, args: list[Any], kwargs: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """One call of the Python API; an iterator is read to its end."""
    try:
        first, *rest = name.split(".")
        target = client(first, options) if first in ("Client", "AsyncClient") else getattr(dashscope, first)
        for part in rest:
            target = getattr(target, part)
        return {"result": plain(finished(target(*args, **kwargs)))}
    except Exception as error:  # whatever it is, the test wants to read it
        details = {key: getattr(error, key, None) for key in ("status_code", "code", "message", "request_id")}
        return {"raised": f"{type(error).__name__}: {error}", **details}


def client(kind: str, options: dict[str, Any]) -> Any:
    """The process's client of this class, or one derived from it."""
    if kind not in _CLIENTS:
        _CLIENTS[kind] = getattr(dashscope, kind)()
    return _CLIENTS[kind].with_options(**options) if options else _CLIENTS[kind]


def finished(result: Any) -> Any:
    """What a call came to: awaited, or iterated to the end."""
    if inspect.isawaitable(result):
        return _LOOP.run_until_complete(_awaited(result))
    if hasattr(result, "__anext__"):
        return _LOOP.run_until_complete(_listed(result))
    return list(result) if hasattr(result, "__next__") else result


async def _awaited(result: Any) -> Any:
    return await result


async def _listed(result: Any) -> list[Any]:
    return [item async for item in result]


def plain(value: Any) -> Any:
    """An SDK object as JSON, read through its attributes as a script would; HTTP headers are left out."""
    if value is None or isinstance(value, (str, int, float)):  # an HTTP status is an int, too
        return value
    if isinstance(value, httpx.Response):
        return {"status_code": value.status_code, "body": value.json()}
    if hasattr(value, "model_dump"):  # the second generation's objects; fields it does not know are among them
        return plain(value.model_dump())
    if isinstance(value, dict):
        return {key: plain(getattr(value, key, one)) for key, one in value.items() if key != "headers"}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if hasattr(value, "__dict__"):
        return {key: plain(getattr(value, key)) for key in vars(value)}
    return value


def command(arguments: list[str]) -> dict[str, Any]:
    """``python -m dashscope.cli`` with these arguments, in a fork."""
    if not arguments or arguments[0] == "expert":
        raise ValueError("without a subcommand the command line starts an interactive agent")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _become(arguments, out.fileno(), err.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return {"code": code, "out": _text(out), "err": _text(err)}


def _become(arguments: list[str], out: int, err: int) -> None:
    """In the child: run the command and never come back."""
    code = 1
    try:
        signal.alarm(COMMAND_SECONDS)  # a command that polls for ever is ended by the signal
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # lives as long as the process
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["dashscope", *arguments]
        runpy.run_module("dashscope.cli", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode())


if __name__ == "__main__":
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the SDK prints must not mix with the answers
    serve(sys.stdin, channel)
