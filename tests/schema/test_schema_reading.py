"""The schema is read once, also when a provider's first calls come on many threads."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_dashscope_ft.schema import document


def test_many_threads_at_once_read_one_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    real, together = json.loads, threading.Barrier(16)

    def loads(text: str) -> Any:
        parsed.append(text[:1])
        time.sleep(0.05)  # long enough for the others to come
        return real(text)

    def load() -> Any:
        together.wait(10)
        return document.load()

    document._read.cache_clear()
    monkeypatch.setattr(json, "loads", loads)
    with ThreadPoolExecutor(16) as pool:
        copies = list(pool.map(lambda _: load(), range(16)))
    assert len(parsed) == 1
    assert all(copy is copies[0] for copy in copies)
