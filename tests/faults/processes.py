"""Why this exists: one engine, two front ends. A provider process is what the engine speaks to; which protocol it
speaks is its own affair. It dies with `Killed` at any call a test chooses, and a new one remembers nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from inprocess import READ_TIMEOUT, HookedAdapter, InProcessAdapter
from records import Made, Properties, Record
from simulation import Cloud

from pulumi_dashscope_ft.api import Client
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult

CallPoint = Callable[[str, str, str], None]


class Killed(BaseException):
    """SIGKILL, as far as one thread can show it: no handler of the program runs on it."""


class RefusedError(Exception):
    """What a provider has told the engine, in the engine's own form.

    :param made: what is to be recorded all the same.
    """

    def __init__(self, message: str, made: Made | None) -> None:
        super().__init__(message)
        self.made = made


class InvalidInputsError(AssertionError):
    """Inputs that a provider's check refuses, with its reasons. No test here writes any, unless to see that."""


class ProviderProcess(ABC):
    """One provider process. Where the emulator listens, it is reached over a real socket, else in process.

    :param call_point: called around every exchange with the service (see `inprocess.Hook`).
    :param say: takes the lines for the user.
    """

    takes_a_last_look: ClassVar[bool]
    """Whether the owner does not go while something active bears it that no state holds."""
    reads_first: ClassVar[bool]
    """Whether the engine is asked to read what is under way before it plans."""
    hears_of_ctrl_c: ClassVar[bool]

    def __init__(
        self,
        cloud: Cloud,
        *,
        call_point: CallPoint = lambda phase, operation, object_id: None,
        say: Callable[[str], None] | None = None,
        retry_timeout: float = 60.0,
    ) -> None:
        self.cloud = cloud
        self.say = say if say is not None else cloud.lines.append
        self.cancelled = False
        self._call_point = call_point
        self._retry_timeout = retry_timeout

    @staticmethod
    @abstractmethod
    def new_owner() -> str:
        """What the state keeps, and what proves whose a job is."""

    @abstractmethod
    def configure(self, owner: str, stamp_key: str | None = None) -> None:
        """The first thing that the engine says: what the state keeps of this stack."""

    @property
    @abstractmethod
    def connection(self) -> Connection: ...

    @abstractmethod
    def check(self, kind: str, name: str, olds: Properties, news: Mapping[str, Any], seed: bytes) -> Properties: ...

    @abstractmethod
    def diff(self, record: Record, news: Properties) -> DiffResult: ...

    @abstractmethod
    def create(
        self, kind: str, name: str, inputs: Properties, timeout: float = 0, *, preview: bool = False
    ) -> Made: ...

    @abstractmethod
    def read(self, record: Record) -> Made | None: ...

    @abstractmethod
    def update(self, record: Record, inputs: Properties, timeout: float = 0, *, preview: bool = False) -> Made: ...

    @abstractmethod
    def delete(self, record: Record) -> None: ...

    @abstractmethod
    def let_owner_go(self, owner: str) -> None:
        """The state holds nothing else any more."""

    def cancel(self) -> None:
        """Ctrl-C: the engine begins no further step, and tells the provider if that can be told."""
        self.cancelled = True

    @property
    def client(self) -> Client:
        return self.connection.client

    def _wired(self, client: Client) -> Client:
        """The client, on the way to the emulator that these tests use."""
        transport = client._transport  # the one private name that the tests touch
        # A hang on a socket costs real time, so there it is short.
        read_timeout = 0.2 if self.cloud.listening else READ_TIMEOUT
        transport._settings = replace(transport._settings, read_timeout=read_timeout)
        if self.cloud.listening:
            adapter: Any = HookedAdapter(self._call_point)
        else:
            adapter = InProcessAdapter(self.cloud.emulator, self.cloud.clock.sleep, self._call_point)
        transport._session().mount("http://", adapter)
        return client
