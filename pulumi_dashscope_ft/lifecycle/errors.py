"""The errors of a lifecycle step, all in one shape.

A person reads them, often at night, and needs four facts: what happened, how the job stands, what was already done, and
what to type.
"""

from __future__ import annotations


class LifecycleError(Exception):
    """A lifecycle step that could not be finished, described so that a person can act on it.

    Every operation of this package raises it when the service (through
    :class:`~pulumi_dashscope_ft.api.DashScopeError`) or the user's input makes it impossible to go on. Running the
    operation again is always safe.

    :param what: one sentence: what happened, to which job or file.
    :param state: how the object stands now, as far as known.
    :param done: what this provider has done already, and what it left alone.
    :param next_step: what happens by itself, and what to type.
    """

    def __init__(
        self, what: str, *, state: str | None = None, done: str | None = None, next_step: str | None = None
    ) -> None:
        super().__init__(what, state, done, next_step)
        self.what = what
        self.state = state
        self.done = done
        self.next_step = next_step

    def __str__(self) -> str:
        lines = [self.what]
        for label, text in (("state", self.state), ("done", self.done), ("next", self.next_step)):
            if text:
                lines.append(f"  {label + ':':<6} {text}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.what, self.state, self.done, self.next_step))


def _rebuild(what: str, state: str | None, done: str | None, next_step: str | None) -> LifecycleError:
    return LifecycleError(what, state=state, done=done, next_step=next_step)


class TeardownTimeoutError(LifecycleError):
    """The time limit (`teardownTimeout`) ran out before the job was torn down. Running `destroy` again resumes."""


class OperationInterruptedError(LifecycleError):
    """The user has asked to stop (Ctrl-C). Nothing was undone; running the operation again goes on.

    Raised by whatever waits. Who knows what was waited for says so instead.
    """

    def __init__(self) -> None:
        super().__init__(
            "interrupted (Ctrl-C).",
            done="what the service had accepted before that goes on by itself; nothing was undone.",
            next_step="run `pulumi up` or `pulumi destroy` again, whichever it was: it goes on from here.",
        )

    def __reduce__(self) -> tuple[object, ...]:
        return OperationInterruptedError, ()


class InUseError(LifecycleError):
    """Something else uses the object, so it was not deleted. The same command works once that use has ended."""


class AmbiguousCreateError(LifecycleError):
    """A create got no usable answer, and it could not be settled whether it took effect.

    Nothing is recorded, and nothing is bought twice: the next `up` looks for the job before it starts one.
    """
