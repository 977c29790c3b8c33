"""The control API under `/_emulator`: look inside, move time, inject faults.

Tests in other languages, demos and people with `curl` need what Python tests do through
:class:`~..server.EmulatorServer`. The control API takes no key, because only this machine can reach it (:mod:`.guard`),
and it never shows a key. Errors are `{"error": text}` with 400 or 404.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pulumi_dashscope_ft.emulator.api.answers import json_response
from pulumi_dashscope_ft.emulator.clock import speed_of
from pulumi_dashscope_ft.emulator.errors import ApiProblemError
from pulumi_dashscope_ft.emulator.limits import CONTROL_BYTES
from pulumi_dashscope_ft.emulator.model.board import Transition
from pulumi_dashscope_ft.emulator.model.custom.compression import CompressionJob
from pulumi_dashscope_ft.emulator.model.custom.importing import ImportJob
from pulumi_dashscope_ft.emulator.model.custom.steering import Item, Steering
from pulumi_dashscope_ft.emulator.model.deployments import EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.faults import FaultRule
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob
from pulumi_dashscope_ft.emulator.model.service import Service
from pulumi_dashscope_ft.emulator.wire import plain_time

from .bodies import decoded, raw_body

Action = Callable[[Service, Request, Any], object]


def control_routes(service: Service) -> list[Route]:
    """Return the routes, one per path and verb of :data:`ACTIONS`."""
    return [
        Route("/_emulator" + path, _endpoint(service, action), methods=[method]) for method, path, action in ACTIONS
    ]


def _endpoint(service: Service, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await decoded(await raw_body(request, CONTROL_BYTES))
            return json_response(200, action(service, request, body))
        except ApiProblemError as refused:
            return json_response(refused.refusal.status, {"error": refused.refusal.message})
        except KeyError as missing:
            return json_response(404, {"error": f"there is no {missing.args[0]}"})
        except (TypeError, ValueError) as wrong:
            return json_response(400, {"error": str(wrong)})

    return endpoint


def _state(service: Service, request: Request, body: Any) -> object:
    with service.at_now() as now:
        return {
            "clock": service.clock.to_json(),
            "now": plain_time(now),
            "settings": service.settings.to_json(),
            **_like(service),
            "jobs": [_job(service, job) for job in service.jobs().values()],
            "gone": [_job(service, job) for job in service.gone.values()],
            "deployments": [_deployment(deployment) for deployment in service.deployments().values()],
            "gone_deployments": [_deployment(deployment) for deployment in service.gone_deployments().values()],
            "compressions": [_compression(job) for job in service.compressions.all().values()],
            "gone_compressions": [_compression(job) for job in service.compressions.gone().values()],
            "imports": [_import(job) for job in service.imports.all().values()],
            "gone_imports": [_import(job) for job in service.imports.gone().values()],
            "files": [asdict(file) for file in service.files().values()],
            "faults": [rule.to_json() for rule in service.faults.rules],
            "requests": dict(service.log.counts),
        }


def _job(service: Service, job: EmulatedJob) -> dict[str, Any]:
    return {
        **job.to_payload(service.settings),
        "exports": dict(job.export_calls),
        "transitions": _history(job.run.transitions),
    }


def _deployment(deployment: EmulatedDeployment) -> dict[str, Any]:
    return {**deployment.to_payload(with_name=True), "transitions": _history(deployment.transitions)}


def _compression(job: CompressionJob) -> dict[str, Any]:
    return {**job.to_payload(in_full=True), "transitions": _history(job.history)}


def _import(job: ImportJob) -> dict[str, Any]:
    return {**job.to_payload(created=True), "transitions": _history(job.history)}


def _history(transitions: list[Transition]) -> list[dict[str, Any]]:
    return [
        {"at": plain_time(step.at), "time": step.at, "status": step.status, "cause": step.cause} for step in transitions
    ]


def _settings(service: Service, request: Request, body: Any) -> object:
    return {**service.settings.to_json(), **_like(service)}


def _change_settings(service: Service, request: Request, body: Any) -> object:
    return {**service.configure(_object(body)).to_json(), **_like(service)}


def _like(service: Service) -> dict[str, object]:
    """Return the report that the settings follow, under `like`, if there is one."""
    return {} if service.likeness is None else {"like": service.likeness.to_json()}


def _clock(service: Service, request: Request, body: Any) -> object:
    return service.clock.to_json()


def _change_clock(service: Service, request: Request, body: Any) -> object:
    data = _object(body)
    unknown = sorted(set(data) - {"mode", "factor", "advance"})
    if unknown or not data:
        raise ValueError('the clock takes {"mode", "factor"} and {"advance": seconds}')
    with service.at_now():
        if "mode" in data or "factor" in data:
            service.clock.set_speed(speed_of(data.get("mode", "accelerated"), data.get("factor")))
        if "advance" in data:
            service.clock.advance(data["advance"])
        return service.clock.to_json()


def _faults(service: Service, request: Request, body: Any) -> object:
    with service.at_now():
        return {"faults": [rule.to_json() for rule in service.faults.rules]}


def _add_fault(service: Service, request: Request, body: Any) -> object:
    rule = FaultRule.from_json(body)
    with service.at_now():
        return service.faults.add(rule).to_json()


def _clear_faults(service: Service, request: Request, body: Any) -> object:
    with service.at_now():
        service.faults.clear()
    return {}


def _remove_fault(service: Service, request: Request, body: Any) -> object:
    rule_id = request.path_params["rule_id"]
    with service.at_now():
        if not service.faults.remove(rule_id):
            raise KeyError(f"fault rule {rule_id}")
    return {}


def _requests(service: Service, request: Request, body: Any) -> object:
    with service.at_now():
        return {
            "counts": dict(service.log.counts),
            "requests": [record.to_json() for record in service.log.records],
        }


def _clear_requests(service: Service, request: Request, body: Any) -> object:
    with service.at_now():
        service.log.clear()
    return {}


def _plan_next(service: Service, request: Request, body: Any) -> object:
    service.plan_next(_object(body))
    return {"planned": len(service.planned)}


def _next_ids(service: Service, request: Request, body: Any) -> object:
    return {"waiting": service.next_ids(_object(body))}


def _plan_next_deployment(service: Service, request: Request, body: Any) -> object:
    service.plan_next_deployment(_object(body))
    return {"planned": len(service.planned_deployments)}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of object that can be steered: how to find and show its objects, and what can be done to one of them."""

    noun: str
    parameter: str
    all: Callable[[Service], Mapping[str, Any]]
    render: Callable[[Service, Any], dict[str, Any]]
    replan: Callable[[Service, str, Mapping[str, object]], None]
    force: Callable[[Service, str, Any], None]
    take_away: Callable[[Service, str], None]

    def change(self, service: Service, request: Request, body: Any) -> object:
        """Change one object: `{"status": …}` forces a status; any field of a plan changes its further course."""
        changes = dict(_object(body))
        status = changes.pop("status", None)
        with service.at_now():
            object_id = self._known(service, request)
            if changes:
                self.replan(service, object_id, changes)
            if status is not None:
                self.force(service, object_id, status)
            return self.render(service, self.all(service)[object_id])

    def remove(self, service: Service, request: Request, body: Any) -> object:
        with service.at_now():
            self.take_away(service, self._known(service, request))
        return {}

    def _known(self, service: Service, request: Request) -> str:
        object_id = str(request.path_params[self.parameter])
        if object_id not in self.all(service):
            raise KeyError(f"{self.noun} {object_id}")
        return object_id


_JOBS = _Kind("job", "job_id", Service.jobs, _job, Service.replan, Service.force, Service.remove)
_DEPLOYMENTS = _Kind(
    "deployment",
    "deployed_model",
    Service.deployments,
    lambda service, deployment: _deployment(deployment),
    Service.replan_deployment,
    Service.force_deployment,
    Service.remove_deployment,
)


def _steered(
    noun: str, steering: Callable[[Service], Steering[Item]], render: Callable[[Item], dict[str, Any]]
) -> _Kind:
    return _Kind(
        noun,
        "job_id",
        lambda service: steering(service).all(),
        lambda service, job: render(job),
        lambda service, job_id, changes: steering(service).replan(job_id, changes),
        lambda service, job_id, status: steering(service).force(job_id, status),
        lambda service, job_id: steering(service).remove(job_id),
    )


_COMPRESSIONS = _steered("compression job", lambda service: service.compressions, _compression)
_IMPORTS = _steered("import job", lambda service: service.imports, _import)


def _plan_next_compression(service: Service, request: Request, body: Any) -> object:
    service.compressions.plan_next(_object(body))
    return {"planned": len(service.compressions.planned)}


def _plan_next_import(service: Service, request: Request, body: Any) -> object:
    service.imports.plan_next(_object(body))
    return {"planned": len(service.imports.planned)}


def _reset(service: Service, request: Request, body: Any) -> object:
    service.reset()
    return {}


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError("send a JSON object")
    return body


ACTIONS: tuple[tuple[str, str, Action], ...] = (
    ("GET", "/state", _state),
    ("GET", "/settings", _settings),
    ("PATCH", "/settings", _change_settings),
    ("GET", "/clock", _clock),
    ("POST", "/clock", _change_clock),
    ("GET", "/faults", _faults),
    ("POST", "/faults", _add_fault),
    ("DELETE", "/faults", _clear_faults),
    ("DELETE", "/faults/{rule_id}", _remove_fault),
    ("GET", "/requests", _requests),
    ("DELETE", "/requests", _clear_requests),
    ("POST", "/plans", _plan_next),
    ("POST", "/jobs/{job_id}", _JOBS.change),
    ("DELETE", "/jobs/{job_id}", _JOBS.remove),
    ("POST", "/ids", _next_ids),
    ("POST", "/deployment-plans", _plan_next_deployment),
    ("POST", "/deployments/{deployed_model}", _DEPLOYMENTS.change),
    ("DELETE", "/deployments/{deployed_model}", _DEPLOYMENTS.remove),
    ("POST", "/compression-plans", _plan_next_compression),
    ("POST", "/compressions/{job_id}", _COMPRESSIONS.change),
    ("DELETE", "/compressions/{job_id}", _COMPRESSIONS.remove),
    ("POST", "/import-plans", _plan_next_import),
    ("POST", "/imports/{job_id}", _IMPORTS.change),
    ("DELETE", "/imports/{job_id}", _IMPORTS.remove),
    ("POST", "/reset", _reset),
)
