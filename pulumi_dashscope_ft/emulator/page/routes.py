"""The page at `/`: shows the emulator's state, with buttons to change it.

While `pulumi up` runs, one wants to see the job queue, train and end, which call was lost, and how much of the quota is
left, and to move time or inject faults without looking up a command. The server draws everything. A short script
replaces what changed; without it the page still shows and does all.

The page holds names that strangers chose and buttons that need no key, so it is strict: everything is escaped, the
content policy allows only its own style sheet and scripts, no other page may frame it, and it accepts forms only from
the page itself (in addition to the checks of :mod:`..http.guard` for all requests). If there is a control token
(:mod:`.token`), the page asks for it and sends it with each of its requests.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from pulumi_dashscope_ft.emulator.model.service import Service

from . import render as page_render
from .actions import BUTTONS, Button, read_form
from .choice import Choice, choice_of_address
from .snapshot import Snapshotter

PAGE = "/_emulator/page"
"""Path of everything that belongs to the page, except the page itself."""
LOOK_SECONDS = 0.5
"""Real seconds between two redraws of a viewer's sections; only those that changed are sent."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then send their forms with the origin "null", which the guard refuses.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

MOST_VIEWERS = 32
"""Most streams of changes at a time: each draws the page twice a second."""

_PIECES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "unlock.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
OPEN = frozenset(f"{PAGE}/{name}" for name in _PIECES)
"""Paths that need no control token: they hold nothing about anybody."""

RouteHandler = Callable[[Request], Awaitable[Response]]


def page_routes(service: Service) -> list[Route]:
    """Return the routes of the page, its pieces, its stream of changes and its buttons."""
    snapshotter = Snapshotter(service)
    return [
        Route("/", _page(snapshotter), methods=["GET"]),
        Route(PAGE + "/events", _events(snapshotter), methods=["GET"]),
        *(Route(f"{PAGE}/{name}", _piece(name, kind), methods=["GET"]) for name, kind in _PIECES.items()),
        *(Route(PAGE + button.path, _pressed(service, snapshotter, button), methods=["POST"]) for button in BUTTONS),
    ]


def _page(snapshotter: Snapshotter) -> RouteHandler:
    async def endpoint(request: Request) -> Response:
        return await _drawn(snapshotter, request)

    return endpoint


async def _drawn(snapshotter: Snapshotter, request: Request, status: int = 200, problem: str = "") -> Response:
    def draw() -> str:
        still = "still" in request.query_params
        return page_render.whole(snapshotter.take(_choice(request)), _base_url(request), problem=problem, still=still)

    return html(await run_in_threadpool(draw), status)


def html(text: str, status: int = 200, more: Mapping[str, str] | None = None) -> Response:
    """Return a page with the headers of all pages, and `more` headers."""
    # A name may hold half a surrogate pair, which JSON can carry and UTF-8 cannot.
    return Response(text.encode("utf-8", "replace"), status, {**HEADERS, **(more or {})}, media_type="text/html")


def _choice(request: Request) -> Choice:
    """Return what the reader has chosen to see: by the address of the page, also when a form of it was sent."""
    if request.method == "POST":
        return choice_of_address(request.headers.get("referer", ""))
    return Choice.of(request.query_params)


def _base_url(request: Request) -> str:
    """Return the base URL for a client on this machine. The guard has already checked the `Host`."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}/api/v1"


def _piece(name: str, kind: str) -> RouteHandler:
    content = (Path(__file__).parent / "templates" / name).read_bytes()

    async def endpoint(request: Request) -> Response:
        return Response(content, 200, {**HEADERS, "Cache-Control": "no-cache"}, media_type=kind)

    return endpoint


def _pressed(service: Service, snapshotter: Snapshotter, button: Button) -> RouteHandler:
    async def endpoint(request: Request) -> Response:
        if not _is_from_the_page(request):
            said = "The buttons of the page work only on the page; scripts use the calls under /_emulator."
            return await _drawn(snapshotter, request, 403, said)
        try:
            form = await read_form(request)
            await run_in_threadpool(button.press, service, request, form)
        except KeyError as missing:
            return await _drawn(snapshotter, request, 404, f"There is no {missing.args[0]} any more.")
        except (TypeError, ValueError) as wrong:
            return await _drawn(snapshotter, request, 400, str(wrong))
        return RedirectResponse(f"/{_choice(request).query}", 303, HEADERS)

    return endpoint


def _is_from_the_page(request: Request) -> bool:
    """Whether a browser vouches for the form's origin.

    The guard has refused every foreign origin. A request without an origin does not come from a browser, or from a very
    old one.
    """
    return "origin" in request.headers or request.headers.get("sec-fetch-site") == "same-origin"


def _events(snapshotter: Snapshotter) -> RouteHandler:
    viewers: set[object] = set()

    async def endpoint(request: Request) -> Response:
        if len(viewers) >= MOST_VIEWERS:
            return Response(
                f"{MOST_VIEWERS} pages are open already; close one\n", 503, HEADERS, media_type="text/plain"
            )
        headers = {**HEADERS, "X-Accel-Buffering": "no"}
        changes = _counted(viewers, _changes(snapshotter, _base_url(request), _choice(request)))
        return StreamingResponse(changes, 200, headers, media_type="text/event-stream")

    return endpoint


async def _counted(viewers: set[object], changes: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the same changes, and count one more viewer meanwhile."""
    viewer = object()
    viewers.add(viewer)
    try:
        async for change in changes:
            yield change
    finally:
        viewers.discard(viewer)


async def _changes(snapshotter: Snapshotter, base_url: str, choice: Choice) -> AsyncIterator[bytes]:
    """Yield server-sent events `{"id": section, "html": …}`: every section once, then each that has changed."""
    sent: dict[str, str] = {}

    def draw() -> dict[str, str]:
        snapshot = snapshotter.take(choice)
        return {name: page_render.section(name, snapshot, base_url) for name in page_render.LIVE}

    yield b"retry: 1000\n\n"
    while True:
        drawn = await run_in_threadpool(draw)
        for name, html in drawn.items():
            if sent.get(name) != html:
                yield b"data: " + json.dumps({"id": name, "html": html}).encode("ascii") + b"\n\n"
        sent = drawn
        await asyncio.sleep(LOOK_SECONDS)
