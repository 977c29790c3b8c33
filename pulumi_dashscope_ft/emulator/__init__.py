"""A local DashScope fine-tuning API, for tests, demos and development without an account.

Fine-tuning runs cost money and take hours, and the real service can't lose an answer on request. The emulator can. It
shares no code with the client side of the package, so that the same bug can't be on both sides.

    with EmulatorServer(Settings(running_seconds=60), speed=None) as emulator:
        ...  # point DASHSCOPE_HTTP_BASE_URL at emulator.base_url
        emulator.clock.advance(30)

Needs the extra `emulator`.
"""

from __future__ import annotations

try:
    from .server import EmulatorServer
except ModuleNotFoundError as missing:
    libraries = ("starlette", "uvicorn", "python_multipart", "h11", "jinja2", "markupsafe")
    if (missing.name or "").partition(".")[0] not in libraries:
        raise
    raise ModuleNotFoundError(
        f"the emulator needs {missing.name}: pip install 'pulumi-dashscope-ft[emulator]'", name=missing.name
    ) from None

from .clock import Clock
from .likeness.reading import read_report
from .model.board import Transition
from .model.faults import FaultRule
from .model.settings import Settings
from .model.views import DeploymentView, JobView
from .records import RequestRecord

__all__ = [
    "Clock",
    "DeploymentView",
    "EmulatorServer",
    "FaultRule",
    "JobView",
    "RequestRecord",
    "Settings",
    "Transition",
    "read_report",
]
