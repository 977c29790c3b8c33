"""What the tests of deployments share: a model, a message, and how a deployment is looked at."""

from __future__ import annotations

from typing import Any

from caller import Caller

MODEL = "qwen3-14b"
CAPACITY = "Invalid capacity ({}), capacity must be larger than or equal to 0 and multiples of {} and less than 1000!"


def shown(call: Caller, name: str) -> dict[str, Any]:
    answer = call("GET", f"/deployments/{name}")
    assert answer.status_code == 200, answer.text
    output: dict[str, Any] = answer.json()["output"]
    return output
