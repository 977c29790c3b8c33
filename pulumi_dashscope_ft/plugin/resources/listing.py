"""Why this exists: an engine that can list (`pulumi import` of many, `pulumi package` tools) asks for the objects there
are of a type, whether a state holds them or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.plugin.kinds import kind_of
from pulumi_dashscope_ft.plugin.session import PluginSession


def objects(session: PluginSession, token: str, limit: int, query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Id and name of the account's objects of this type, at most `limit` of them if that is more than 0.

    :param query: what else they are to be; a filter that was left out unsaid would pass for one that holds.
    :raises LookupError: there is no such type, or the service can't list its objects, or not by a query.
    :raises ApiError: the service could not be asked.
    """
    kind = kind_of(token).name
    if query:
        raise LookupError(f"{kind} can't be listed by {', '.join(sorted(query))}: list all, and choose among them.")
    found = _found(session.accounts.connection({}), kind)
    return islice(found, limit) if limit > 0 else found


def _found(connection: Connection, kind: str) -> Iterator[tuple[str, str]]:
    if kind in ("FineTuningJob", "FineTunedModel"):
        jobs = connection.jobs.listing.all().values()
        return ((job.job_id, job.job_name or job.job_id) for job in jobs)
    if kind == "TrainingFile":
        files = connection.files.listing.all().values()
        return ((file.file_id, file.name or file.file_id) for file in files)
    if kind == "ModelDeployment":
        live = connection.deployments.listing.all().values()
        return ((one.deployed_model, one.name or one.deployed_model) for one in live)
    raise LookupError(f"the service can't list what {kind} is about: checkpoints are listed job by job.")
