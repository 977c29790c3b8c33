"""How a compression is started once, or an existing job is adopted.

The procedure is the create driver's (`base/creating/driver.py`); this module has what is particular to a compression.
The service accepts each name once, so a request that is repeated after a lost answer is refused, and not done twice.
Then the job is looked for once more. Where no stamp proves a job, because the user chose the name, its name does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import ApiError, Compression, InvalidParameterError, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.base.creating.driver import Creation, Words
from pulumi_dashscope_ft.lifecycle.base.creating.intent import Intent
from pulumi_dashscope_ft.lifecycle.base.ending.policy import outlives_stack
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.compression import request as compression_request
from pulumi_dashscope_ft.lifecycle.compression.properties import CompressionRequest
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE

_LONGEST_NAME = 50
"""Characters in a name (model-compression-api-reference); a stamp has up to 55, of which the readable part is free."""

_ADOPTION = Adoption(
    option="adoptJobId",
    kind="compression job",
    nothing="nothing was started",
    untouched="nothing was started, the job is untouched.",
    anew="start a new one",
    belongs="the job of",
)
_WORDS = Words(
    make="start",
    making="starting",
    made="started",
    listing="the list of compression jobs",
    sought="the job",
    first="the job before it starts one",
    nothing="nothing was started.",
    unsettled="nothing is recorded in the state, and nothing was asked for twice.",
    none_there="the list shows no such job.",
)


def intent_of(request: CompressionRequest, *, key: str | None = None) -> Intent:
    """Return the compression that these inputs ask for.

    :param key: the stack's key for stamps (see `base.owner.key`).
    """
    inputs = request.inputs
    chosen = inputs.get("jobName")
    if chosen:
        return Intent(inputs, None, str(chosen))
    made = stamp.make(
        request.name,
        request.owner,
        request.run_nonce,
        compression_request.decisive(inputs),
        key=key,
        retained=outlives_stack(inputs, retained=request.retained),
        longest=_LONGEST_NAME,
    )
    return Intent(inputs, made, str(made))


def adopt(connection: Connection, job_id: str, inputs: Mapping[str, Any], resource_name: str) -> Compression:
    """Take over the existing job that the user named, after checking that the inputs describe it.

    :raises LifecycleError: no such job, another model or template, or another resource of this run holds it.
    """
    job = _ADOPTION.found(job_id, connection.client.compressions.get)
    wrong = compression_request.mismatches(inputs, job)
    if wrong:
        raise LifecycleError(
            f"adoptJobId: {job_id} was made with another {' and another '.join(wrong)}.",
            state=f"{job.status}, model {job.model or 'unknown'}, template {job.template_id or 'unknown'}.",
            done=_ADOPTION.untouched,
            next_step="write the job's own values, or drop adoptJobId to start a new one; then run `pulumi up` again.",
        )
    _ADOPTION.claim(connection, job_id, resource_name)
    connection.report(f"{job_id} is {job.status}: adopted")
    return job


def start(connection: Connection, intent: Intent) -> Compression:
    """Start the compression, or find it already started; never more than one job for one intent.

    :raises AmbiguousCreateError: it is unknown whether a job was started; nothing is lost, the next `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    listing = connection.readers.reader(COMPRESSIONS).listing
    return Creation(connection, listing, _CompressionStrategy(intent)).run()


@dataclass(frozen=True, slots=True)
class _CompressionStrategy:
    """What the create driver needs to know; `CreateStrategy` and `Recognition` describe the members."""

    intent: Intent

    words: ClassVar[Words] = _WORDS
    looks: ClassVar[tuple[float, ...]] = CREATE_VISIBLE

    @property
    def subject(self) -> str:
        return f"compression {self.short}"

    @property
    def short(self) -> str:
        return f'"{self.name}"'

    @property
    def stamp(self) -> Stamp | None:
        return self.intent.stamp

    @property
    def name(self) -> str:
        return self.intent.name

    @property
    def recognition(self) -> _CompressionStrategy:
        return self

    def id_of(self, seen: Compression) -> str:
        return seen.job_id

    def name_of(self, seen: Compression) -> str | None:
        return None if seen.job_name == seen.job_id else seen.job_name

    def stamp_of(self, seen: Compression) -> Stamp | None:
        return stamp.parse(self.name_of(seen))

    def usable(self, left_over: list[Compression]) -> list[Compression]:
        """Return those that go on or have produced the model, which is what the resource stands for."""
        return [job for job in left_over if not job.is_final or job.status == JobStatus.SUCCEEDED]

    def taken_over(self, seen: Compression) -> str:
        return (
            f"{seen.job_id} is {seen.status} and was started by this stack with the same inputs: adopted, nothing is "
            "compressed twice. (To start over, add a value to `triggers`.)"
        )

    def require_need(self, creation: Creation[Compression], left_over: list[Compression]) -> None:
        """Refuse a name of the user's own that another job has: the service accepts each name once."""
        if self.stamp is None:
            holder = next((job for job in creation.before.values() if job.job_name == self.name), None)
            if holder is not None:
                raise self._name_taken(holder)

    def _name_taken(self, holder: Compression) -> LifecycleError:
        return LifecycleError(
            f'a compression job named "{self.name}" exists already: {_listed([holder])}.',
            done="nothing was started, and that job is untouched.",
            next_step=f'if it is yours, set adoptJobId to "{holder.job_id}"; if not, choose another jobName, or leave '
            "it out. Then run `pulumi up` again.",
        )

    def ask(self, creation: Creation[Compression]) -> Compression:
        sent = compression_request.body(self.intent.inputs, self.name)
        try:
            return creation.connection.client.compressions.create(sent)
        except InvalidParameterError as refusal:
            ours = self._made_before(creation, refusal) if creation.lost is not None else None
            if ours is None:
                raise
            return ours

    def _made_before(self, creation: Creation[Compression], refusal: ApiError) -> Compression | None:
        """Find the job of an earlier request whose answer was lost, because its name may be why this one is refused."""
        live = creation.list_again(refusal)
        return creation.proven(live, refusal) or creation.only_candidate(live, refusal)

    def is_it(self, seen: Compression) -> str:
        return f"{seen.job_id} is it: adopted, nothing is compressed twice"

    def fits(self, seen: Compression) -> bool:
        return not compression_request.mismatches(self.intent.inputs, seen)

    def is_sure(self, seen: Compression) -> bool:
        return False

    def doubts(self, seen: Compression) -> list[str]:
        return compression_request.doubts(self.intent.inputs, seen)

    def undecided(self, candidates: list[Compression], error: ApiError) -> AmbiguousCreateError:
        return AmbiguousCreateError(
            f"the answer to starting {self.subject} was lost, and more than one job could be it: "
            f"{_listed(candidates)}.",
            done=_WORDS.unsettled,
            next_step="find out which one is yours, set adoptJobId to its id and run `pulumi up` again.",
        )

    def asked_again(self, waited: str) -> str:
        return f'no compression "{self.name}" has appeared in {waited}: starting it again'


def _listed(jobs: list[Compression]) -> str:
    return ", ".join(f"{job.job_id} ({job.status}, started {job.create_time or 'at an unknown time'})" for job in jobs)
