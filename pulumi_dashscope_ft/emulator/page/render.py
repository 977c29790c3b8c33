"""Renders a snapshot as HTML.

Names on the page come from the emulator's callers, so the template engine escapes everything and nothing is joined by
hand. The sections that change are rendered one by one, so that a viewer is sent only the changed ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from pulumi_dashscope_ft.emulator.errors import CATALOGUE
from pulumi_dashscope_ft.emulator.model.custom.importing import SUCCESSED
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES as DEPLOYMENT_STATUSES
from pulumi_dashscope_ft.emulator.model.faults import KINDS, OPERATIONS
from pulumi_dashscope_ft.emulator.model.machine import STATUSES
from pulumi_dashscope_ft.emulator.wire import BEIJING, plain_time

from .choice import LONGEST
from .choice import STATUSES as CHOOSABLE
from .snapshot import PageSnapshot

LIVE = ("clock", "summary", "found", "jobs", "requests", "quota", "faults", "deployments", "custom", "files")
"""The sections that are kept current; each is a template of that name and an element of that id."""

FAULT_KINDS: Mapping[str, str] = {
    "status": "an error answer",
    "effect_then_status": "done, then an error answer (504)",
    "reset": "connection reset, nothing done",
    "lost": "done, then connection reset",
    "html": "a gateway's page",
    "malformed": "done, then JSON that breaks off",
    "no_output": "done, then an empty answer",
    "not_accepted": "an export that is turned down",
    "code_in_200": "an error inside HTTP 200",
    "latency": "a late answer",
    "hang": "no answer",
    "unknown_status": "an unheard-of job status",
}
"""The kinds of fault in words, in the order of the form."""

# Colour follows meaning: a running deployment is as settled as a job that succeeded.
_DEPLOYMENT_TONES = {
    "PENDING": "pending",
    "RUNNING": "succeeded",
    "UPDATING": "running",
    "DEPLOYING": "running",
    "ARREARS_RECOVERING": "running",
    "DELETING": "canceling",
    "OFFLINING": "canceling",
    "STOPPED": "canceled",
    "DELETED": "canceled",
}
_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86400


def section(name: str, snapshot: PageSnapshot, base_url: str) -> str:
    """Return the inside of one live section."""
    return _templates.get_template(f"{name}.html").render(page=snapshot, base_url=base_url)


def whole(snapshot: PageSnapshot, base_url: str, *, problem: str = "", still: bool = False) -> str:
    """Return the page.

    :param problem: why the last form failed.
    :param still: whether to leave out the reload for browsers without scripts.
    """
    return _templates.get_template("page.html").render(page=snapshot, base_url=base_url, problem=problem, still=still)


def locked() -> str:
    """Return the page that asks for the control token. It says nothing about the emulator."""
    return _templates.get_template("locked.html").render()


def span(seconds: float) -> str:
    """Return a length of time in its two largest units: `8 s`, `10 min`, `1 h 20 min`, `2 d 3 h`."""
    if 0 < seconds < 1:
        return "< 1 s"
    left = int(seconds)
    parts = []
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (_SECOND, "s")):
        count, left = divmod(left, unit)
        if count:
            parts.append((unit, f"{count} {name}"))
    if not parts:
        return "0 s"
    coarse = {_DAY: _HOUR, _HOUR: _MINUTE, _MINUTE: _SECOND, _SECOND: _SECOND}[parts[0][0]]
    return " ".join(text for unit, text in parts if unit >= coarse)


def duration(seconds: float) -> str:
    """Return how long a call took: `< 1 ms`, `3 ms`, `1.2 s`."""
    if seconds < 0.001:
        return "< 1 ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def size(count: float) -> str:
    """Return a number of bytes for people: `812 B`, `4.1 kB`, `1.2 GB`."""
    if count < 1000:
        return f"{count:.0f} B"
    for unit, worth in (("kB", 1e3), ("MB", 1e6)):
        if count < 1000 * worth:
            return f"{count / worth:.1f} {unit}"
    return f"{count / 1e9:.1f} GB"


def time_of_day(at: float) -> str:
    """Return a service time as `HH:MM:SS` in Beijing, as the service's console does."""
    return datetime.fromtimestamp(at, BEIJING).strftime("%H:%M:%S")


def tone(status: str) -> str:
    """Return the colour class of a job status, whatever the kind of job."""
    status = "SUCCEEDED" if status == SUCCESSED else status
    return status.lower() if status in STATUSES or status == "ahead" else "other"


def deployment_tone(status: str) -> str:
    """Return the colour class of a deployment status: red unless the status is an orderly one."""
    return _DEPLOYMENT_TONES.get(status, "failed")


def _environment() -> Environment:
    templates = Environment(
        loader=PackageLoader("pulumi_dashscope_ft.emulator.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (span, duration, size, time_of_day, plain_time, tone, deployment_tone)
    templates.filters.update({function.__name__: function for function in filters})
    templates.globals.update(
        live=LIVE,
        statuses=STATUSES,
        choosable=CHOOSABLE,
        longest=LONGEST,
        deployment_statuses=DEPLOYMENT_STATUSES,
        operations=("*", *OPERATIONS),
        kinds={name: FAULT_KINDS.get(name, "") for name in KINDS},
        errors=sorted(CATALOGUE),
    )
    return templates


_templates = _environment()
