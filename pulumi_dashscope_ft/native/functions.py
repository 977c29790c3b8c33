"""The plugin's functions for Python programs.

Each function uses the account of the provider instance named in the options, or of the default provider. It makes one
or two calls and changes nothing. The functions that end in `_output` take outputs of other resources and wait for their
values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import invoke, invoke_output

from pulumi_dashscope_ft.native.declaring import token
from pulumi_dashscope_ft.schema import to_snake_case

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Checkpoint, Job

Text = pulumi.Input[str] | None
Options = pulumi.InvokeOptions | None
OutputOptions = pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None


def get_job(
    job_id: str, *, workspace_id: str | None = None, api_key_env: str | None = None, opts: Options = None
) -> Job:
    """Return the current state of any job of the account. `finetuned_output` is set once the job has `SUCCEEDED`.

    :param workspace_id: the workspace of the job, when the key may use several.
    :param api_key_env: name of the variable that holds the key, when there are several accounts.
    :raises Exception: the job does not exist, or the service could not be asked; the message says what to do.
    """
    return _job(_asked("getJob", opts, jobId=job_id, workspaceId=workspace_id, apiKeyEnv=api_key_env))


def get_job_output(
    job_id: pulumi.Input[str], *, workspace_id: Text = None, api_key_env: Text = None, opts: OutputOptions = None
) -> pulumi.Output[Job]:
    """Like :func:`get_job`, for a job of the same program."""
    return _output("getJob", opts, jobId=job_id, workspaceId=workspace_id, apiKeyEnv=api_key_env).apply(_job)


def list_jobs(
    *,
    status: str | None = None,
    model: str | None = None,
    workspace_id: str | None = None,
    api_key_env: str | None = None,
    opts: Options = None,
) -> list[Job]:
    """Return the jobs that the key may see, newest first, no matter who started them. Makes one call per hundred jobs.

    :param status: only jobs in this status, such as `RUNNING`.
    :param model: only jobs that tune this model.
    :raises Exception: the service could not be asked; the message says what to do.
    """
    given = {"status": status, "model": model, "workspaceId": workspace_id, "apiKeyEnv": api_key_env}
    return _jobs(_asked("listJobs", opts, **given))


def list_jobs_output(
    *,
    status: Text = None,
    model: Text = None,
    workspace_id: Text = None,
    api_key_env: Text = None,
    opts: OutputOptions = None,
) -> pulumi.Output[list[Job]]:
    """Like :func:`list_jobs`, with outputs of the same program."""
    given = {"status": status, "model": model, "workspaceId": workspace_id, "apiKeyEnv": api_key_env}
    return _output("listJobs", opts, **given).apply(_jobs)


def get_logs(
    job_id: str,
    *,
    lines: int = 1000,
    workspace_id: str | None = None,
    api_key_env: str | None = None,
    opts: Options = None,
) -> list[str]:
    """Return the end of a job's log, oldest line first (get-fine-tuning-job-logs-api).

    :param lines: largest number of lines, 1 to 1000.
    :raises Exception: the job does not exist, or the service could not be asked; the message says what to do.
    """
    given = {"jobId": job_id, "lines": lines, "workspaceId": workspace_id, "apiKeyEnv": api_key_env}
    return _lines(_asked("getLogs", opts, **given))


def get_logs_output(
    job_id: pulumi.Input[str],
    *,
    lines: pulumi.Input[int] = 1000,
    workspace_id: Text = None,
    api_key_env: Text = None,
    opts: OutputOptions = None,
) -> pulumi.Output[list[str]]:
    """Like :func:`get_logs`, for a job of the same program.

    Reads the log at once; for the log of a whole run, pass the id of a `FineTunedModel`.
    """
    given = {"jobId": job_id, "lines": lines, "workspaceId": workspace_id, "apiKeyEnv": api_key_env}
    return _output("getLogs", opts, **given).apply(_lines)


def get_checkpoints(
    job_id: str, *, workspace_id: str | None = None, api_key_env: str | None = None, opts: Options = None
) -> list[Checkpoint]:
    """Return the checkpoints that a job has saved, newest first (list-checkpoints-api).

    :raises Exception: the job does not exist, or the service could not be asked; the message says what to do.
    """
    return _checkpoints(_asked("getCheckpoints", opts, jobId=job_id, workspaceId=workspace_id, apiKeyEnv=api_key_env))


def get_checkpoints_output(
    job_id: pulumi.Input[str], *, workspace_id: Text = None, api_key_env: Text = None, opts: OutputOptions = None
) -> pulumi.Output[list[Checkpoint]]:
    """Like :func:`get_checkpoints`, for a job of the same program."""
    given = {"jobId": job_id, "workspaceId": workspace_id, "apiKeyEnv": api_key_env}
    return _output("getCheckpoints", opts, **given).apply(_checkpoints)


def _asked(name: str, opts: Options, **given: Any) -> Mapping[str, Any]:
    known = {key: value for key, value in given.items() if value is not None}
    answer: Mapping[str, Any] = invoke(token(name), known, opts).value or {}
    return answer


def _output(name: str, opts: OutputOptions, **given: Any) -> pulumi.Output[Any]:
    known = {key: value for key, value in given.items() if value is not None}
    return invoke_output(token(name), known, opts)


def _job(answer: Mapping[str, Any]) -> Job:
    from pulumi_dashscope_ft.api import Job

    return Job.from_json(_spelled(answer))


def _jobs(answer: Mapping[str, Any]) -> list[Job]:
    return [_job(job) for job in answer.get("jobs", ())]


def _lines(answer: Mapping[str, Any]) -> list[str]:
    return list(answer.get("lines", ()))


def _checkpoints(answer: Mapping[str, Any]) -> list[Checkpoint]:
    from pulumi_dashscope_ft.api import Checkpoint

    return [Checkpoint.from_json(_spelled(checkpoint)) for checkpoint in answer.get("checkpoints", ())]


def _spelled(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer in the API's spelling, which is Python's. Whole numbers arrive as floats."""
    whole = {key: int(value) if isinstance(value, float) else value for key, value in answer.items()}
    return {to_snake_case(key): value for key, value in whole.items()}
