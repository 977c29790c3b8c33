"""The functions of the package: questions that a program asks the service.

Each uses the account of the provider instance that the program names, costs a call or two, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api import Checkpoint, Job
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.plugin.session import PluginSession
from pulumi_dashscope_ft.schema import Violation, load, to_camel_case

Arguments = Mapping[str, Any]
Answer = dict[str, Any]

_TYPES = {"string": str, "integer": int}


def arguments_problems(token: str, arguments: Arguments) -> list[Violation]:
    """Check the arguments of a function against the schema.

    :raises LookupError: there is no such function; the message lists those that exist.
    """
    spec = _spec(token)
    properties = spec["properties"]
    problems = [
        Violation((name,), "must be given") for name in spec.get("required", ()) if arguments.get(name) in (None, "")
    ]
    for name, value in arguments.items():
        if name not in properties:
            problems.append(Violation((name,), f"is no argument; there are {', '.join(properties)}"))
        elif value is not None and not isinstance(value, _TYPES[properties[name]["type"]]):
            problems.append(Violation((name,), f"must be of type {properties[name]['type']}"))
    return problems


def answer(session: PluginSession, token: str, arguments: Arguments) -> Answer:
    """Return the function's result, with the key removed if the service repeats it: a program may export the result.

    :raises ApiError: the service could not be asked, or knows no such object.
    """
    defaults = {name: spec["default"] for name, spec in _spec(token)["properties"].items() if "default" in spec}
    given = {**defaults, **{name: value for name, value in arguments.items() if value is not None}}
    connection = session.accounts.connection(given)
    return connection.key.redact_values(_FUNCTIONS[_name(token)](connection, given))


def _name(token: str) -> str:
    return token.rpartition(":")[2]


def _spec(token: str) -> Mapping[str, Any]:
    functions = load()["functions"]
    known = {_name(full_name): spec for full_name, spec in functions.items()}
    if not token.startswith("dashscope-ft:") or _name(token) not in known:
        raise LookupError(f"there is no function {token!r} in this package; it has {', '.join(sorted(known))}.")
    inputs: Mapping[str, Any] = known[_name(token)]["inputs"]
    return inputs


def _get_checkpoints(connection: Connection, given: Arguments) -> Answer:
    return {
        "checkpoints": [
            _as_output(checkpoint, _CHECKPOINT)
            for checkpoint in connection.client.fine_tunes.checkpoints(given["jobId"])
        ]
    }


def _get_logs(connection: Connection, given: Arguments) -> Answer:
    return {"lines": list(connection.client.fine_tunes.tail(given["jobId"], given["lines"]))}


def _get_job(connection: Connection, given: Arguments) -> Answer:
    return job_facts(connection.client.fine_tunes.get(given["jobId"]))


def _list_jobs(connection: Connection, given: Arguments) -> Answer:
    jobs = connection.jobs.listing.all().values()
    status, model = given.get("status"), given.get("model")
    wanted = [job for job in jobs if status in (None, job.status) and model in (None, job.model)]
    return {"jobs": [job_facts(job) for job in wanted]}


def job_facts(job: Job) -> Answer:
    """Return the job as the schema's type `Job`."""
    facts = {**_as_output(job, _JOB), "trainingFileIds": data_sources.training_files(job)}
    if job.model_id:
        facts["finetunedOutput"] = job.model_id
    return facts


_JOB = (
    *("job_id", "job_name", "status", "model", "base_model", "training_type"),
    *("hyper_parameters", "create_time", "end_time", "usage", "creator", "workspace_id"),
)
_CHECKPOINT = (
    *("checkpoint", "status", "job_id", "full_name", "model_name", "model_display_name"),
    *("create_time", "expire_time", "step"),
)


def _as_output(thing: Job | Checkpoint, attributes: tuple[str, ...]) -> Answer:
    facts = {to_camel_case(name): getattr(thing, name) for name in attributes}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in facts.items() if value is not None
    }


_FUNCTIONS: dict[str, Callable[[Connection, Arguments], Answer]] = {
    "getCheckpoints": _get_checkpoints,
    "getJob": _get_job,
    "getLogs": _get_logs,
    "listJobs": _list_jobs,
}
