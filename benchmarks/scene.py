"""One stack to measure: a project, an engine, and an emulator of its own.

Why it exists: both providers must meet the very same circumstances, and what one run leaves behind must not help or
hurt the next. The program differs in the one line that imports the resource class.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import open_stack
from pulumi_dashscope_ft.testing.opening import StackLike

PARALLEL = 32
"""Steps that the engine runs at once: the width that the targets speak of."""

ENGINE_NAMES = {"local": "local engine", "command": "`pulumi`"}

_ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-benchmark-0123456789"
# The plugin is named so that PATH does not matter; who has no use for it does not start it.
_PROJECT = """\
name: benchmark
runtime: python
plugins:
  providers:
    - name: dashscope-ft
      path: {folder}
"""
_PROGRAM = """\
from {module} import FineTuningJob

for number in range({jobs}):
    FineTuningJob(
        f"job-{{number:03}}",
        model="qwen3-8b",
        training_file_ids=["file-ft-benchmark"],
        hyper_parameters={{"n_epochs": 3, "batch_size": 16, "learning_rate": "1e-4"}},
    )
"""


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """A provider to measure: the module that its resource class comes from, and its environment.

    Equal only to itself.
    """

    name: str
    module: str
    environment: Mapping[str, str] = field(default_factory=dict)


OURS = Contestant("this provider", "pulumi_dashscope_ft")
FOUR_THREADS = Contestant("this provider, host not widened", OURS.module, {"DASHSCOPE_FT_PLAIN_HOST": "1"})
PLUGIN = Contestant("this provider, plugin", "pulumi_dashscope_ft.native")
NAIVE = Contestant("naive", "benchmarks.naive_provider")


@dataclass(frozen=True, slots=True)
class Scene:
    """A stack, and the service that it speaks to. Make it with :func:`scenes` or :func:`bare_scene`."""

    contestant: Contestant
    engine: str
    stack: StackLike
    emulator: EmulatorServer

    def calls(self, operation: Callable[[], object]) -> dict[str, int]:
        """The calls that reach the service during `operation`, by name."""
        before = self.emulator.count()
        operation()
        after = self.emulator.count()
        made = {name: after[name] - before.get(name, 0) for name in after}
        return {name: number for name, number in made.items() if number}


@contextmanager
def scenes(
    lanes: Sequence[tuple[Contestant, str]], jobs: int, status: str, *, cancel_seconds: float = 4.0
) -> Iterator[list[Scene]]:
    """One stack for each lane (provider and engine), with so many jobs in this status; gone afterwards.

    They are prepared side by side: creating jobs is not what is measured.

    :param cancel_seconds: how long the service takes to cancel a job.
    """
    with ExitStack() as opened, ThreadPoolExecutor(len(lanes)) as pool:
        waiting = [pool.submit(opened.enter_context, _scene(*lane, jobs, cancel_seconds)) for lane in lanes]
        made = [future.result() for future in waiting]
        for one in made:
            for job_id in one.emulator.jobs:
                one.emulator.force(job_id, status)
        yield made


@contextmanager
def _scene(contestant: Contestant, engine: str, jobs: int, cancel_seconds: float) -> Iterator[Scene]:
    with bare_scene(contestant, engine, jobs, cancel_seconds=cancel_seconds) as scene:
        scene.stack.up()
        require_jobs(scene, jobs)
        yield scene


def require_jobs(scene: Scene, jobs: int) -> None:
    """Check that the service has so many jobs.

    :raises RuntimeError: it has not.
    """
    made = len(scene.emulator.jobs)
    if made != jobs:
        raise RuntimeError(f"{scene.contestant.name} made {made} jobs instead of {jobs}")


@contextmanager
def bare_scene(contestant: Contestant, engine: str, jobs: int, *, cancel_seconds: float = 4.0) -> Iterator[Scene]:
    """A stack whose program declares so many jobs, none of which exists yet; gone afterwards."""
    # Service time is real time, so that times of the emulator's records can be subtracted from each other as seconds.
    settings = Settings(
        pending_seconds=0.1,
        queuing_seconds=0.1,
        running_seconds=100_000,
        canceling_seconds=cancel_seconds,
        runners=1_000,
        quota=1_000,
        check_file_ids=False,
    )
    with TemporaryDirectory(prefix="benchmark-") as folder, EmulatorServer(settings, speed=1.0) as emulator:
        project = Path(folder)
        project.joinpath("Pulumi.yaml").write_text(_PROJECT.format(folder=Path(sys.executable).parent))
        project.joinpath("__main__.py").write_text(_PROGRAM.format(module=contestant.module, jobs=jobs))
        environment = {
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
            "DASHSCOPE_API_KEY": KEY,
            "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            **contestant.environment,
        }
        stack = open_stack(engine, project, env=environment, parallel=PARALLEL)
        yield Scene(contestant, engine, stack, emulator)


def timed(operation: Callable[[], object]) -> float:
    """The seconds that `operation` takes."""
    started = time.perf_counter()
    operation()
    return time.perf_counter() - started
