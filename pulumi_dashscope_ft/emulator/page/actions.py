"""The page's buttons: each form becomes a call of the control API.

A form has text fields, the control API takes JSON. This table translates one into the other. The control API
(:mod:`..http.control`) does the work and the refusing, so that a button can never do what a script can't. The control
API has no cancel, because clients have one in the service's own API; only the page adds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from pulumi_dashscope_ft.emulator.http.control import ACTIONS
from pulumi_dashscope_ft.emulator.model.service import Service

FORM_LIMIT = 10_000
"""Largest form in bytes; the page's own forms are far smaller."""
_FIELDS = 20

Form = Mapping[str, str]
Deed = Callable[[Service, Request, Form], None]


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `path` is relative to the page's own; `press` raises `KeyError` or `ValueError` in plain words."""

    path: str
    press: Deed


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields that were filled in.

    :raises ValueError: no form of the page sends this.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > FORM_LIMIT:
            raise ValueError("that is more than a form of this page holds")
    pairs = parse_qsl(raw.decode("utf-8", "replace"), max_num_fields=_FIELDS)
    return {name: value.strip() for name, value in pairs if value.strip()}


def _control(method: str, path: str, body_of: Callable[[Form], Any] = lambda form: None) -> Deed:
    (action,) = [action for verb, where, action in ACTIONS if (verb, where) == (method, path)]

    def press(service: Service, request: Request, form: Form) -> None:
        action(service, request, body_of(form))

    return press


def _clock(form: Form) -> dict[str, object]:
    if "advance" in form:
        return {"advance": _number(form, "advance")}
    pace = form.get("pace", "accelerated")
    if pace in ("real", "manual"):
        return {"mode": pace}
    factor = _number(form, "factor" if pace == "accelerated" else "pace")
    return {"mode": "accelerated", "factor": factor}


def _fault(form: Form) -> dict[str, object]:
    rule: dict[str, object] = {name: form[name] for name in ("operation", "kind", "job_id", "error") if name in form}
    if form.get("times") != "lasting":
        rule["count"] = 1
    if form.get("kind") in ("latency", "hang") and "seconds" in form:
        rule["seconds"] = _number(form, "seconds")
    return rule


def _nothing(form: Form) -> None:
    """Return no body."""


def _status(form: Form) -> dict[str, object]:
    return {"status": form.get("status", "")}


def _number(form: Form, name: str) -> float:
    text = form.get(name, "")
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number, not {text[:40]!r}") from None


def _cancel(service: Service, request: Request, form: Form) -> None:
    job_id = request.path_params["job_id"]
    with service.at_now() as now:
        if job_id not in service.jobs():
            raise KeyError(f"job {job_id}")
        if not service.home_of(job_id).board.cancel(job_id, now):
            raise ValueError(f"{job_id} has ended: there is nothing left to cancel")
        service.on_change()


BUTTONS: tuple[Button, ...] = (
    Button("/clock", _control("POST", "/clock", _clock)),
    Button("/faults", _control("POST", "/faults", _fault)),
    Button("/faults/clear", _control("DELETE", "/faults")),
    Button("/faults/{rule_id}/remove", _control("DELETE", "/faults/{rule_id}")),
    Button("/jobs/{job_id}/cancel", _cancel),
    Button("/jobs/{job_id}/status", _control("POST", "/jobs/{job_id}", _status)),
    Button("/jobs/{job_id}/remove", _control("DELETE", "/jobs/{job_id}")),
    Button("/deployments/{deployed_model}/status", _control("POST", "/deployments/{deployed_model}", _status)),
    *(
        Button(f"/{kind}/{{job_id}}/{what}", _control(verb, f"/{kind}/{{job_id}}", body))
        for kind in ("compressions", "imports")
        for what, verb, body in (("status", "POST", _status), ("remove", "DELETE", _nothing))
    ),
    Button("/requests/clear", _control("DELETE", "/requests")),
    Button("/reset", _control("POST", "/reset")),
)
