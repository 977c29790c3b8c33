"""The official SDK's three clients behind one set of verbs, so that the same steps run through each of them.

The first generation (`dashscope.FineTunes`, …) returns refusals; the second (`dashscope.Client` and
`dashscope.AsyncClient`) raises them, has other names for some fields, and no `output` around its answers. Nothing else
is evened out: the calls, their defaults and what they read from an answer are the SDK's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from sdk_process import Answer, Sdk, SdkError


class RefusedError(Exception):
    """The service refused, and the SDK understood it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Page:
    """One page of a list: the ids (of files: the names) on it, and the number of all entries."""

    ids: list[str]
    total: int


class SdkClient(ABC):
    """The verbs; `who` takes the `api_key` and the `workspace` that each call of the SDK accepts."""

    agent: str
    """How the client's User-Agent begins."""

    def __init__(self, sdk: Sdk) -> None:
        self.sdk = sdk

    @abstractmethod
    def ask(self, group: str, verb: str, *args: object, **kwargs: object) -> Any:
        """One call, by its name in the second generation; the answer without its envelope.

        :raises RefusedError: the service answered with an error.
        """

    @abstractmethod
    def upload(self, name: str, **more: object) -> str:
        """The id of the new file."""

    @abstractmethod
    def files(self, page: int, size: int) -> Page: ...

    @abstractmethod
    def start(self, files: str | list[str], *, mode: str = "sft", **more: object) -> Any:
        """A new job of `qwen3-14b`."""

    @abstractmethod
    def jobs(self, page: int = 1, size: int = 10, **who: object) -> Page: ...

    @abstractmethod
    def product(self, job: Answer) -> str | None:
        """The name of the model that the job has made."""

    @abstractmethod
    def log(self, job_id: str, **lines: int) -> list[str]: ...

    @abstractmethod
    def events(self, job_id: str) -> list[str]:
        """The job's stream, read to its end."""

    @abstractmethod
    def wait(self, job_id: str) -> str:
        """The status in which the job ended."""

    @abstractmethod
    def deploy(self, model: str, **more: object) -> Any:
        """A new deployment with capacity 1, by token."""

    @abstractmethod
    def deployments(self) -> Page: ...

    @abstractmethod
    def scale(self, name: str, capacity: int) -> Any: ...

    def job(self, job_id: str, **who: object) -> Any:
        return self.ask("fine_tunes", "get", job_id, **who)

    def deployment(self, name: str) -> Any:
        return self.ask("deployments", "get", name)


class FirstClient(SdkClient):
    """`dashscope.FineTunes`, `dashscope.Files`, `dashscope.Deployments`."""

    agent = "dashscope/"

    def ask(self, group: str, verb: str, *args: object, **kwargs: object) -> Any:
        group = {"fine_tunes": "FineTunes", "files": "Files", "deployments": "Deployments"}[group]
        return self._read(self.sdk(f"{group}.{verb}", *args, **kwargs))

    @staticmethod
    def _read(answer: Answer) -> Any:
        assert answer.request_id
        if answer.status_code != 200:
            assert answer.output is None
            raise RefusedError(answer.status_code, answer.code, answer.message)
        return answer.output

    def upload(self, name: str, **more: object) -> str:
        uploaded = self.ask("files", "upload", name, **more)
        assert uploaded.failed_uploads == []
        return str(uploaded.uploaded_files[0].file_id)

    def files(self, page: int, size: int) -> Page:
        answer = self.ask("files", "list", page=page, page_size=size)
        return Page([file.name for file in answer.files], answer.total)

    def start(self, files: str | list[str], *, mode: str = "sft", **more: object) -> Any:
        return self.ask("fine_tunes", "call", model="qwen3-14b", training_file_ids=files, mode=mode, **more)

    def jobs(self, page: int = 1, size: int = 10, **who: object) -> Page:
        answer = self.ask("fine_tunes", "list", page_no=page, page_size=size, **who)
        assert (answer.page_no, answer.page_size) == (page, size)
        return Page([job.job_id for job in answer.jobs], answer.total)

    def product(self, job: Answer) -> str | None:
        name: str | None = job.finetuned_output
        return name

    def log(self, job_id: str, **lines: int) -> list[str]:
        if "lines" in lines:
            lines["line"] = lines.pop("lines")
        return list(self.ask("fine_tunes", "logs", job_id, **lines).logs)

    def events(self, job_id: str) -> list[str]:
        events = self.sdk("FineTunes.stream_events", job_id)
        return [event.output if event.status_code == 200 else self._read(event) for event in events]

    def wait(self, job_id: str) -> str:
        return str(self.ask("fine_tunes", "wait", job_id).status)

    def deploy(self, model: str, **more: object) -> Any:
        return self.ask("deployments", "call", model=model, capacity=1, plan="lora", **more)

    def deployments(self) -> Page:
        answer = self.ask("deployments", "list")
        return Page([one.deployed_model for one in answer.deployments], answer.total)

    def scale(self, name: str, capacity: int) -> Any:
        return self.ask("deployments", "scale", name, capacity)


class SecondClient(SdkClient):
    """`dashscope.Client`."""

    agent = "dashscope-v2-python/"
    kind = "Client"

    def ask(self, group: str, verb: str, *args: object, **kwargs: object) -> Any:
        try:
            answer = self.sdk(f"{self.kind}.{group}.{verb}", *args, **kwargs)
        except SdkError as error:
            if error.status_code is None or not error.request_id:  # no answer, or none that it could read
                raise
            raise RefusedError(error.status_code, str(error.code), str(error.message)) from error
        if isinstance(answer, Answer):
            assert answer.request_id
            assert not answer.is_error
        return answer

    def upload(self, name: str, **more: object) -> str:
        return str(self.ask("files", "upload", file_path=name, **more).file_id)

    def files(self, page: int, size: int) -> Page:
        answer = self.ask("files", "list", page_no=page, page_size=size)
        return Page([file.name for file in answer.files], answer.total_count)

    def start(self, files: str | list[str], *, mode: str = "sft", **more: object) -> Any:
        return self.ask("fine_tunes", "create", model="qwen3-14b", training_file_ids=files, mode=mode, **more)

    def jobs(self, page: int = 1, size: int = 10, **who: object) -> Page:
        answer = self.ask("fine_tunes", "list", page_no=page, page_size=size, **who)
        assert (answer.page_no, answer.page_size) == (page, size)
        assert not any(job.is_error for job in answer.jobs)
        return Page([job.job_id for job in answer.jobs], answer.total_count)

    def product(self, job: Answer) -> str | None:
        name: str | None = job.finetuned_model
        return name

    def log(self, job_id: str, **lines: int) -> list[str]:
        content = self.ask("fine_tunes", "logs", job_id, **lines).content
        return str(content).split("\n") if content else []

    def events(self, job_id: str) -> list[str]:
        events = self.ask("fine_tunes", "stream_events", job_id)
        assert not any(event.is_error for event in events)
        return [event.output for event in events]

    def wait(self, job_id: str) -> str:
        try:
            return str(self.ask("fine_tunes", "wait", job_id).status)
        except SdkError as error:
            if "was canceled while waiting" in str(error):
                return "CANCELED"
            raise

    def deploy(self, model: str, **more: object) -> Any:
        return self.ask("deployments", "create", model=model, capacity=1, plan="lora", **more)

    def deployments(self) -> Page:
        answer = self.ask("deployments", "list")
        return Page([one.deployed_model for one in answer.deployments], answer.total_count)

    def scale(self, name: str, capacity: int) -> Any:
        return self.ask("deployments", "scale", name, capacity=capacity)


class AsynchronousClient(SecondClient):
    """`dashscope.AsyncClient`."""

    kind = "AsyncClient"


CLIENTS: dict[str, type[SdkClient]] = {"first": FirstClient, "v2": SecondClient, "v2 async": AsynchronousClient}
