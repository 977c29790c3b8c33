"""How a job that makes a model is started once, or an existing job is adopted.

The procedure is the create driver's (`base/creating/driver.py`); this module has what the kinds share. Where the
service accepts each name once, a request that is repeated after a lost answer is refused, and not done twice. Then the
job is looked for once more. Where no stamp proves a job, because the user chose the name, its name does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from pulumi_dashscope_ft.api import ApiError, InvalidParameterError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.base.creating.driver import Creation, Words
from pulumi_dashscope_ft.lifecycle.base.creating.intent import Intent
from pulumi_dashscope_ft.lifecycle.base.ending.policy import outlives_stack
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.base.product.description import NEW_JOB, P, Product, Terms
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE


def intent_of(product: Product[P], request: AnyRequest, *, key: str | None = None) -> Intent:
    """Return the job that these inputs ask for.

    :param key: the stack's key for stamps (see `base.owner.key`).
    """
    inputs = request.inputs
    chosen = inputs.get(product.naming)
    if chosen:
        return Intent(inputs, None, str(chosen))
    made = stamp.make(
        request.name,
        request.owner,
        request.run_nonce,
        product.decisive(inputs),
        key=key,
        retained=outlives_stack(inputs, retained=request.retained),
        longest=product.longest_name,
    )
    return Intent(inputs, made, str(made))


def adopt(product: Product[P], connection: Connection, job_id: str, inputs: Mapping[str, Any], resource_name: str) -> P:
    """Take over the existing job that the user named, after checking that the inputs describe it.

    :raises LifecycleError: no such job, another job, or another resource of this run holds it.
    """
    adoption = Adoption(
        option=product.adopting,
        kind=product.terms.job,
        nothing="nothing was started",
        untouched="nothing was started, the job is untouched.",
        anew="start a new one",
        belongs="the job of",
    )
    job = adoption.found(job_id, lambda object_id: product.source.get(connection.client, object_id))
    wrong = product.mismatches(inputs, job)
    if wrong:
        raise LifecycleError(
            f"{product.adopting}: {subject(product.noun, job_id)} was made with another {' and another '.join(wrong)}.",
            state=f"{job.status}, {product.shown(job)}.",
            done=adoption.untouched,
            next_step=f"write the job's own values, or drop {product.adopting} to start a new one; then run "
            "`pulumi up` again.",
        )
    adoption.claim(connection, job_id, resource_name)
    connection.report(f"{subject(product.noun, job_id)} is {job.status}: adopted")
    return job


def start(product: Product[P], connection: Connection, intent: Intent) -> P:
    """Start the job, or find it already started; never more than one job for one intent.

    :raises AmbiguousCreateError: it is unknown whether a job was started; nothing is lost, the next `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    listing = connection.readers.reader(product.source).listing
    return Creation(connection, listing, _ProductStrategy(product, intent)).run()


def _words(terms: Terms) -> Words:
    return Words(
        make="start",
        making="starting",
        made="started",
        listing=f"the list of {terms.jobs}",
        sought="the job",
        first="the job before it starts one",
        nothing="nothing was started.",
        unsettled="nothing is recorded in the state, and nothing was asked for twice.",
        none_there="the list shows no such job.",
    )


@dataclass(frozen=True, slots=True)
class _ProductStrategy(Generic[P]):
    """What the create driver needs to know; `CreateStrategy` and `Recognition` describe the members."""

    product: Product[P]
    intent: Intent

    @property
    def words(self) -> Words:
        return _words(self.product.terms)

    @property
    def looks(self) -> tuple[float, ...]:
        return CREATE_VISIBLE

    @property
    def subject(self) -> str:
        return f"{self.product.terms.work} {self.short}"

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
    def recognition(self) -> _ProductStrategy[P]:
        return self

    def id_of(self, seen: P) -> str:
        return seen.job_id

    def name_of(self, seen: P) -> str | None:
        return self.product.name_of(seen)

    def stamp_of(self, seen: P) -> Stamp | None:
        return stamp.parse(self.name_of(seen))

    def _called(self, seen: P) -> str:
        return subject(self.product.noun, seen.job_id)

    def usable(self, left_over: list[P]) -> list[P]:
        """Return those that go on or have made the model, which is what the resource stands for.

        :raises LifecycleError: more than one has the name that one was given: the other may be a copy of the request
            that somebody else has sent.
        """
        useful = [job for job in left_over if self._is_useful(job)]
        for job in useful:
            twins = [other for other in left_over if self.name_of(other) == self.name_of(job)]
            if len(twins) > 1:
                raise self._copied(twins)
        return useful

    def _copied(self, twins: list[P]) -> LifecycleError:
        terms = self.product.terms
        return LifecycleError(
            f'this stack gave the name "{self.name_of(twins[0])}" to one {terms.job}, and more than one has it: '
            f"{_listed(twins)}.",
            done="nothing was started, and none of them was touched.",
            next_step=f"find out which one is yours and set {self.product.adopting} to its id; or start a new one: "
            f"{NEW_JOB}. Then run `pulumi up` again.",
        )

    def _is_useful(self, job: P) -> bool:
        return not job.is_final or job.status == self.product.succeeded

    def taken_over(self, seen: P) -> str:
        return (
            f"{self._called(seen)} is {seen.status} and was started by this stack with the same inputs: adopted, "
            f"{self.product.terms.not_twice}. (To start over, add a value to `triggers`.)"
        )

    def require_need(self, creation: Creation[P], left_over: list[P]) -> None:
        """Refuse a name of the user's own that another job has, as far as that job stands in the way."""
        if self.stamp is not None:
            return
        namesakes = (job for job in creation.before.values() if self.name_of(job) == self.name)
        holder = next((job for job in namesakes if self._stands_in_the_way(creation, job)), None)
        if holder is not None:
            raise self._name_taken(holder)

    def _stands_in_the_way(self, creation: Creation[P], job: P) -> bool:
        """Whether the service would refuse the name, or the job may be a lost one that only the user can tell."""
        run_registry = creation.connection.run_registry
        known = run_registry.is_held(job.job_id) or run_registry.met_as(job.job_id) is not None
        return self.product.names_are_unique or (self._is_useful(job) and self.fits(job) and not known)

    def _name_taken(self, holder: P) -> LifecycleError:
        product = self.product
        return LifecycleError(
            f'{product.terms.a_job} named "{self.name}" exists already: {_listed([holder])}.',
            done="nothing was started, and that job is untouched.",
            next_step=f'if it is yours, set {product.adopting} to "{holder.job_id}"; if not, choose another '
            f"{product.naming}, or leave it out. Then run `pulumi up` again.",
        )

    def ask(self, creation: Creation[P]) -> P:
        try:
            return self.product.start(creation.connection.client, self.product.body(self.intent.inputs, self.name))
        except InvalidParameterError as refusal:
            ours = self._made_before(creation, refusal) if creation.lost is not None else None
            if ours is None:
                raise
            return ours

    def _made_before(self, creation: Creation[P], refusal: ApiError) -> P | None:
        """Find the job of an earlier request whose answer was lost, because its name may be why this one is refused."""
        found = creation.recognised(creation.list_again(refusal), refusal)
        later = (creation.recognised(live, refusal) for live in creation.looks(refusal))
        return found or next(filter(None, later), None)

    def is_it(self, seen: P) -> str:
        return f"{self._called(seen)} is it: adopted, {self.product.terms.not_twice}"

    def fits(self, seen: P) -> bool:
        return not self.product.mismatches(self.intent.inputs, seen)

    def is_sure(self, seen: P) -> bool:
        return False

    def doubts(self, seen: P) -> list[str]:
        return self.product.doubts(self.intent.inputs, seen)

    def undecided(self, candidates: list[P], error: ApiError) -> AmbiguousCreateError:
        return AmbiguousCreateError(
            f"the answer to starting {self.subject} was lost, and more than one job could be it: "
            f"{_listed(candidates)}.",
            done=self.words.unsettled,
            next_step=f"find out which one is yours, set {self.product.adopting} to its id and run `pulumi up` again.",
        )

    def asked_again(self, waited: str) -> str:
        return f'no {self.product.terms.work} "{self.name}" has appeared in {waited}: starting it again'


def _listed(jobs: Iterable[P]) -> str:
    return ", ".join(f"{job.job_id} ({job.status}, started {job.create_time or 'at an unknown time'})" for job in jobs)
