"""A consistent copy of everything that the page shows.

A page that reads the service piece by piece could show a job as running next to a quota that counts it as ended. So
everything is copied under the service's lock, which is held only for the copy; templates then work on the copy. It
contains no keys: callers are `account-1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pulumi_dashscope_ft.emulator.model import training
from pulumi_dashscope_ft.emulator.model.board import Transition
from pulumi_dashscope_ft.emulator.model.custom.importing import STATUSES as IMPORT_STATUSES
from pulumi_dashscope_ft.emulator.model.deployments import EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.faults import FaultRule
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob
from pulumi_dashscope_ft.emulator.model.machine import ACTIVE, CANCELING, FINAL, RUNNING, STATUSES, SUCCEEDED
from pulumi_dashscope_ft.emulator.model.service import Service, StoredFile

from .chart import Curve, Segment, curve, losses, timeline
from .choice import Choice
from .naming import described_name, resource_name

JOBS_SHOWN = 40
FILES_SHOWN = 20
DEPLOYMENTS_SHOWN = 20
CUSTOM_SHOWN = 20
GONE_SHOWN = 10
REQUESTS_SHOWN = 60
LOG_LINES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Traces:
    """The results of a run so far: the end of its log, and its loss."""

    log: tuple[str, ...]
    log_total: int
    loss: Curve | None


@dataclass(frozen=True, slots=True)
class JobCard:
    """One job; times are service seconds, `progress` is the share of the training that is done, 0 to 1."""

    job_id: str
    name: str
    full_name: str
    model: str
    training_type: str
    status: str
    workspace: str
    steps: tuple[Transition, ...]
    bar: tuple[Segment, ...]
    traces: Traces
    progress: float
    tokens: int
    """Usage: of a metered job training units × minutes."""
    metered: bool
    finetuned_output: str | None
    cancellable: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of its jobs a workspace has used up."""

    scope: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A deployment that is served, or soon will be."""

    deployed_model: str
    name: str | None
    full_name: str | None
    status: str
    since: float
    capacity: int
    ready: int


@dataclass(frozen=True, slots=True)
class CustomRow:
    """A compression or import job. `kind` is the noun in the control API's paths, `model` what it makes."""

    kind: str
    job_id: str
    name: str
    full_name: str
    model: str
    status: str
    since: float
    statuses: tuple[str, ...]
    """Those it can be forced to."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """An uploaded file. `title` is the resource's name where the description tells it, else the file's."""

    file_id: str
    title: str
    name: str
    purpose: str
    size: int


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A rule in force, in words."""

    rule_id: str
    operation: str
    kind: str
    when: str
    what: str
    spent: bool
    fired: int
    seen: int


@dataclass(frozen=True, slots=True)
class GoneJob:
    """A deleted job."""

    job_id: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class PageSnapshot:
    """The page's data. Lists are newest first, of what fits the choice, and cut; `…_found` and `…_total` are not.

    `…_found` counts what fits the choice, `…_total` everything.
    """

    choice: Choice
    now: float
    mode: str
    factor: float | None
    keys: int
    like: str
    """What the settings follow, in words; empty if no report was given."""
    quotas: tuple[Quota, ...]
    jobs: tuple[JobCard, ...]
    job_found: int
    job_total: int
    running: int
    waiting: int
    gone: tuple[GoneJob, ...]
    gone_total: int
    files: tuple[FileRow, ...]
    file_found: int
    file_total: int
    deployments: tuple[DeploymentRow, ...]
    deployment_found: int
    deployment_total: int
    custom: tuple[CustomRow, ...]
    custom_found: int
    custom_total: int
    faults: tuple[FaultRow, ...]
    requests: tuple[dict[str, Any], ...]
    request_total: int
    latest: tuple[float, str, str] | None
    """The newest step of any job: its time, job and status."""


EVERYTHING = Choice()


class Snapshotter:
    """Takes snapshots of one service. The results of a job that has ended are read once, not for every snapshot."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._ended: dict[str, tuple[int, Traces]] = {}

    def take(self, choice: Choice = EVERYTHING) -> PageSnapshot:
        """Return what fits the choice, as it is now."""
        service = self._service
        with service.at_now() as now:
            jobs = list(reversed(service.jobs().values()))
            found_jobs = [job for job in jobs if choice.fits(job.run.status, job.job_id, job.job_name, job.model)]
            latest_jobs = found_jobs[:JOBS_SHOWN]
            all_files = [_file(file) for file in reversed(service.files().values())]
            files = [row for row in all_files if choice.fits(None, row.file_id, row.title, row.name)]
            all_deployments = [_deployment(deployment) for deployment in reversed(service.deployments().values())]
            deployments = [row for row in all_deployments if choice.fits(row.status, row.deployed_model, row.full_name)]
            all_custom = [row for _, row in sorted(_custom(service), key=lambda row: row[0], reverse=True)]
            custom = [row for row in all_custom if choice.fits(row.status, row.job_id, row.full_name, row.model)]
            statuses = [job.run.status for job in jobs]
            snapshot = PageSnapshot(
                choice=choice,
                now=now,
                mode=service.clock.mode,
                factor=service.clock.speed,
                keys=len(service.settings.keys),
                like="" if service.likeness is None else service.likeness.summary,
                quotas=tuple(_quotas(service)),
                jobs=tuple(_card(job, self._traces(job, now), now) for job in latest_jobs),
                job_found=len(found_jobs),
                job_total=len(jobs),
                running=statuses.count(RUNNING),
                waiting=sum(status in ACTIVE for status in statuses) - statuses.count(RUNNING),
                gone=tuple(_gone(job) for job in islice(reversed(service.gone.values()), GONE_SHOWN)),
                gone_total=len(service.gone),
                files=tuple(files[:FILES_SHOWN]),
                file_found=len(files),
                file_total=len(all_files),
                deployments=tuple(deployments[:DEPLOYMENTS_SHOWN]),
                deployment_found=len(deployments),
                deployment_total=len(all_deployments),
                custom=tuple(custom[:CUSTOM_SHOWN]),
                custom_found=len(custom),
                custom_total=len(all_custom),
                faults=tuple(_fault(rule) for rule in service.faults.rules),
                requests=tuple(record.to_json() for record in islice(reversed(service.log.records), REQUESTS_SHOWN)),
                request_total=service.log.counts.total(),
                latest=_latest(jobs),
            )
            kept = {job.job_id for job in (*jobs[:JOBS_SHOWN], *latest_jobs)}
            self._ended = {job_id: end for job_id, end in self._ended.items() if job_id in kept}
            return snapshot

    def _traces(self, job: EmulatedJob, now: float) -> Traces:
        steps = len(job.run.transitions)
        known = self._ended.get(job.job_id)
        # A job that was forced back to life has more steps than the remembered one.
        if known is not None and known[0] == steps:
            return known[1]
        log = training.log_lines(job, now)
        share = job.trained_share(now) if job.run.status == RUNNING else 1.0
        traces = Traces(tuple(log[-LOG_LINES_SHOWN:]), len(log), curve(losses(log), share))
        if job.run.status in FINAL:
            self._ended[job.job_id] = steps, traces
        return traces


def _card(job: EmulatedJob, traces: Traces, now: float) -> JobCard:
    run = job.run
    return JobCard(
        job_id=job.job_id,
        name=resource_name(job.job_name or job.job_id),
        full_name=job.job_name or job.job_id,
        model=job.model,
        training_type=job.training_type,
        status=run.status,
        workspace=job.workspace_id,
        steps=tuple(run.transitions),
        bar=tuple(timeline(run.transitions, run.plan, now)),
        traces=traces,
        progress=1.0 if run.status == SUCCEEDED else job.trained_share(now),
        tokens=job.usage(),
        metered=job.is_metered,
        finetuned_output=job.finetuned_output if run.status == SUCCEEDED else None,
        cancellable=run.status in ACTIVE and run.status != CANCELING,
    )


def _gone(job: EmulatedJob) -> GoneJob:
    return GoneJob(job.job_id, resource_name(job.job_name or job.job_id), job.run.status)


def _file(file: StoredFile) -> FileRow:
    return FileRow(file.file_id, described_name(file.description) or file.name, file.name, file.purpose, file.size)


def _quotas(service: Service) -> Iterable[Quota]:
    for workspace in service.workspaces.values():
        counted = [job.run.status == SUCCEEDED or job.run.status not in FINAL for job in workspace.jobs.values()]
        yield Quota(workspace.scope, sum(counted), service.settings.quota)


def _deployment(deployment: EmulatedDeployment) -> DeploymentRow:
    return DeploymentRow(
        deployment.deployed_model,
        deployment.name and resource_name(deployment.name),
        deployment.name,
        deployment.status,
        deployment.since,
        deployment.capacity,
        deployment.ready_capacity,
    )


def _custom(service: Service) -> Iterable[tuple[float, CustomRow]]:
    """Yield the time of creation and the row of each compression and import job."""
    for compression in service.compressions.all().values():
        run = compression.run
        yield (
            run.created_at,
            CustomRow(
                "compressions",
                compression.job_id,
                resource_name(compression.job_name or compression.job_id),
                compression.job_name or compression.job_id,
                compression.quantized_output,
                run.status,
                run.since,
                STATUSES,
            ),
        )
    for imported in service.imports.all().values():
        yield (
            imported.created_at,
            CustomRow(
                "imports",
                imported.job_id,
                resource_name(imported.display_name or imported.model_name),
                imported.display_name or imported.model_name,
                imported.model_name,
                imported.status,
                imported.since,
                IMPORT_STATUSES,
            ),
        )


def _fault(rule: FaultRule) -> FaultRow:
    when = []
    if rule.nth is not None:
        when.append(f"call {rule.nth} only")
    if rule.count is not None:
        when.append("once" if rule.count == 1 else f"{rule.count} times")
    if rule.probability < 1:
        when.append(f"{rule.probability:.0%} of calls")
    if rule.job_id is not None:
        when.append(f"job {rule.job_id}")
    what = [str(part) for part in (rule.error, rule.status, rule.code) if part is not None]
    if rule.seconds is not None:
        what.append(f"{rule.seconds:g} s")
    return FaultRow(
        rule_id=rule.rule_id,
        operation=rule.operation,
        kind=rule.kind,
        when=", ".join(when) or "lasting",
        what=", ".join(what),
        spent=rule.count is not None and rule.fired >= rule.count,
        fired=rule.fired,
        seen=rule.seen,
    )


def _latest(jobs: Iterable[EmulatedJob]) -> tuple[float, str, str] | None:
    steps = [(job.run.since, job.run.sequence, job.job_name or job.job_id, job.run.status) for job in jobs]
    if not steps:
        return None
    at, _, name, status = max(steps)
    return at, resource_name(name), status
