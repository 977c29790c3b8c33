"""The log as a stream of server-sent events (3.9).

The official SDK can follow a job live, over an endpoint that no page describes. It reads `data:` lines and ignores what
it does not know, so the emulator sends these: one event for each line of the log, then the end of the stream with the
end of the job. The emulator's clock decides when lines appear. It can be moved at any time, so the stream looks often
instead of sleeping long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from pulumi_dashscope_ft.emulator.model import training
from pulumi_dashscope_ft.emulator.model.service import Call, Service

from .answers import Reply

LOOK_SECONDS = 0.05
"""Real seconds between two looks at the log of an active job."""
HEARTBEAT_SECONDS = 15.0
"""Real seconds after which a silent stream sends a sign of life; the SDK gives up after 300."""


def stream(service: Service, call: Call) -> dict[str, Any]:
    """`GET …/stream`: 404 for an unknown job, as everywhere; :func:`followed` makes the answer itself."""
    return {"output": {"job_id": call.job.job_id}}


def followed(service: Service, reply: Reply) -> Response:
    """Send the whole log of a job that has ended, at once; of any other, the present lines and then each new line.

    The stream also ends when the job is deleted.
    """
    headers = {"Cache-Control": "no-cache"}
    events = _events(service, reply.payload["output"]["job_id"])
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _events(service: Service, job_id: str) -> AsyncIterator[str]:
    sent = 0
    heard = time.monotonic()
    while True:
        with service.at_now() as now:
            job = service.jobs().get(job_id)
            if job is None:
                return
            lines = training.log_lines(job, now, service.settings.zone)[sent:]
            ended = job.run.ended_at is not None
        for line in lines:
            sent += 1
            yield f"id:{sent}\nevent:log\ndata:{line}\n\n"
        if ended:
            return
        if lines:
            heard = time.monotonic()
        elif time.monotonic() - heard >= HEARTBEAT_SECONDS:
            heard = time.monotonic()
            yield ":\n\n"
        await asyncio.sleep(LOOK_SECONDS)
