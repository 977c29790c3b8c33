"""Runs steps, in parallel where possible, and stops after a failure or Ctrl-C.

"A failure lets running steps finish and starts nothing new" and "Ctrl-C does the same" are one rule, and everything
that starts a step has to obey it: the program's registrations and the deletions alike. It is written down once, here.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pulumi_dashscope_ft.testing.errors import ProtectedResourceError, ProviderError, StoppedError
from pulumi_dashscope_ft.testing.result import Reporter

from .actions import Action, Refresh, StepContext
from .planner import is_counted


class Executor:
    """Runs chains of steps, at most `parallel` at a time. `failed` says whether any step did not succeed."""

    def __init__(self, run: StepContext, reporter: Reporter, parallel: int) -> None:
        self._run = run
        self._reporter = reporter
        self._parallel = max(parallel, 1)
        self._width = threading.BoundedSemaphore(self._parallel)
        self._stop = threading.Event()
        self.failed = False

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Start nothing new from now on. Running steps finish."""
        self._stop.set()

    def fail(self) -> None:
        """Fail the operation because of something outside the steps, and start nothing new."""
        self.failed = True
        self.stop()

    def chain(self, actions: Sequence[Action]) -> None:
        """Run the steps one after the other.

        :raises StoppedError: a step failed, or none may start.
        """
        with self._width:
            for action in actions:
                if self.is_stopped:
                    raise StoppedError
                self._take(action)

    def wave(self, actions: Sequence[Action]) -> None:
        """Run independent steps in parallel and wait for all of them."""
        with ThreadPoolExecutor(max_workers=self._parallel, thread_name_prefix="steps") as pool:
            try:
                for future in [pool.submit(self._alone, action) for action in actions]:
                    future.result()
            except KeyboardInterrupt:
                self.stop()
                raise
            # for example a test's timeout: the caller can't wait for a provider that never answers
            except BaseException:
                self.stop()
                self._run.providers.kill()
                raise

    def _alone(self, action: Action) -> None:
        try:
            self.chain([action])
        except StoppedError:
            return

    def _take(self, action: Action) -> None:
        try:
            action.apply(self._run)
        except ProtectedResourceError as refusal:
            self.failed = True
            self._reporter.diagnostic("error", str(refusal), action.state.urn)
        except ProviderError as error:
            self.fail()
            self._reporter.diagnostic("error", str(error), action.state.urn)
            raise StoppedError from None
        except BaseException:
            self.fail()
            raise
        else:
            self._reporter.add_secrets(action.state.outputs)
            if isinstance(action, Refresh):
                for warning in action.warnings:
                    self._reporter.diagnostic("warning", warning, action.state.urn)
            counted = action.counted_as if is_counted(action.state.type) else None
            self._reporter.step(action.describe(), counted_as=counted)
