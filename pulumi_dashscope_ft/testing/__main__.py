"""`python -m pulumi_dashscope_ft.testing up|preview|refresh|destroy|export`: the local engine by hand.

A first try of an example should need nothing but a Python environment. The first line of output says that this is not
Pulumi, so that nobody mistakes it for the tool to run in production.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from .errors import StackInUse, UnsupportedByLocalEngine
from .result import OperationResult, StackOperationFailed
from .stack import LocalStack

NOTICE = "Local test engine, not Pulumi: it runs this program and keeps its state in .local-engine."
_SIGNS = {
    "create": "+",
    "update": "~",
    "delete": "-",
    "replace": "+-",
    "create-replacement": "++",
    "delete-replaced": "--",
    "read": ">",
    "refresh": "~",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Return the exit code: 0, or 1 if the operation failed, or 2 if it could not start."""
    for stream in (sys.stdout, sys.stderr):
        # As in the command `dashscope-ft`: a small character set gets question marks, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.run_program and options.operation != "refresh":
        parser.error("--run-program belongs to refresh")
    stack = LocalStack(options.cwd, stack=options.stack, parallel=options.parallel, on_line=_print_line)
    if options.operation == "export":
        print(json.dumps(stack.export(), indent=4))
        return 0
    print(NOTICE, flush=True)
    try:
        settings = {"run_program": True} if options.run_program else {}
        result, failure = _operate(stack, options.operation, **settings), ""
    except StackOperationFailed as error:
        result, failure = error.result, error.message
    except (StackInUse, UnsupportedByLocalEngine, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for line in render(result):
        print(line)
    if failure:
        print(failure, file=sys.stderr)
    return 1 if failure else 0


def render(result: OperationResult) -> list[str]:
    """Return what was done (or would be), the outputs and the counts, as lines."""
    lines = [""]
    for step in result.steps:
        if step.op in _SIGNS and not step.type.startswith("pulumi:providers:"):
            keys = f"  [{', '.join(step.keys)}]" if step.keys else ""
            lines.append(f" {_SIGNS[step.op]:2} {step.type} {step.name} {step.op} {step.id}{keys}".rstrip())
    if result.outputs:
        lines += ["", "Outputs:", *(f"    {key}: {json.dumps(value)}" for key, value in sorted(result.outputs.items()))]
    counts = ", ".join(f"{count} {op}" for op, count in sorted(result.summary.items())) or "nothing to do"
    return [*lines, "", f"{'Planned' if result.kind == 'preview' else 'Done'}: {counts}"]


def _operate(stack: LocalStack, operation: str, **settings: bool) -> OperationResult:
    """Run the operation in a thread, so that Ctrl-C can ask it to end well instead of tearing it down."""
    outcome: list[OperationResult | BaseException] = []

    def work() -> None:
        try:
            outcome.append(getattr(stack, operation)(**settings))
        except BaseException as error:  # handed to the waiting thread
            outcome.append(error)

    thread = threading.Thread(target=work, name="operation")
    thread.start()
    while thread.is_alive():
        try:
            thread.join()
        except KeyboardInterrupt:
            print(
                "\nStopping: running steps finish, nothing new starts. Again to end the provider at once.", flush=True
            )
            stack.interrupt()
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _print_line(line: str) -> None:
    print(f"    {line}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pulumi_dashscope_ft.testing", description=NOTICE)
    parser.add_argument("operation", choices=["up", "preview", "refresh", "destroy", "export"])
    parser.add_argument("--cwd", type=Path, default=Path(), metavar="DIR", help="the project (default: here)")
    parser.add_argument("--stack", default="test", help="name of the stack (default: test)")
    parser.add_argument("--parallel", type=int, default=8, help="steps at a time (default: 8)")
    parser.add_argument("--run-program", action="store_true", help="with refresh: also bring the outputs up to date")
    return parser


if __name__ == "__main__":
    sys.exit(main())
