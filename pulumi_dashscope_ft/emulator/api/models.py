"""The `/models` endpoint: the existing base models.

No page of the fine-tuning API describes it, but the official command line checks a key with it (`auth whoami`), and
must learn whether the key works.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.model.catalogue import BASE_MODELS
from pulumi_dashscope_ft.emulator.model.service import Call, Service
from pulumi_dashscope_ft.emulator.wire import Page

from .operations import Endpoint


def list_models(service: Service, call: Call) -> dict[str, Any]:
    """`GET /models`: 10 to a page, at most 100 (both inferred); `model` filters by name (SDK).

    The SDK reads `models` and nothing inside it; that an item has its name in `model` is inferred.
    """
    page = Page.of(call.query, default=10, most=100)
    wanted = call.query.get("model")
    names = [model for model in (*BASE_MODELS, *call.settings.base_models) if wanted in (None, "", model)]
    return {
        "output": {
            "page_no": page.number,
            "page_size": page.size,
            "total": len(names),
            "models": [{"model": name} for name in page.cut(names)],
        }
    }


MODEL_OPERATIONS = (Endpoint("models", "GET", "/models", list_models),)
