"""The unmodified official SDK in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = Path(__file__).with_name("sdk_host.py")


class Answer(dict[str, Any]):
    """What the SDK answered: ``answer.output.job_id`` as well as ``answer["output"]``."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the SDK's object has no {name}, only {', '.join(self)}") from None


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class SdkError(Exception):
    """The SDK raised; the text is its exception's, `status_code` and the rest are there if the exception has them."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.raised)
        self.status_code: int | None = answer.status_code
        self.code: str | None = answer.code
        self.message: str | None = answer.message
        self.request_id: str | None = answer.request_id


class Sdk:
    """``sdk("FineTunes.get", job_id)`` and ``sdk.cli("ft", "get", job_id)``, carried out by :mod:`sdk_host`."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, str(HOST)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment,
            text=True,
        )

    def __call__(self, name: str, *args: object, **kwargs: object) -> Any:
        return self.call({}, name, *args, **kwargs)

    def call(self, options: dict[str, object], name: str, *args: object, **kwargs: object) -> Any:
        """The same, through a client of the second generation that has these options."""
        answer = self._order({"call": name, "args": args, "kwargs": kwargs, "options": options})
        if "raised" in answer:
            raise SdkError(answer)
        return answer.result

    def cli(self, *arguments: str) -> Ended:
        """A command in a fork of the process, which has the SDK imported already."""
        return Ended(**self._order({"cli": arguments}))

    def cold_cli(self, *arguments: str, **variables: str | None) -> Ended:
        """A command in a new process; ``variables`` change its environment, ``None`` takes one away."""
        assert arguments, "without a subcommand the command line starts an interactive agent"
        changed = {**self.environment, **variables}
        done = subprocess.run(
            [sys.executable, "-m", "dashscope.cli", *arguments],
            capture_output=True,
            cwd=self.folder,
            env={name: value for name, value in changed.items() if value is not None},
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def assign(self, **variables: object) -> None:
        """Set variables of the ``dashscope`` module, as a script would."""
        self._order({"set": variables})

    def write(self, name: str, text: str) -> Path:
        """A file in the folder the SDK works in."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _order(self, order: dict[str, object]) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the SDK's process ended (exit code {self._process.wait()})"
        answer: Answer = json.loads(line, object_hook=Answer)
        return answer
