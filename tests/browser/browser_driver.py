"""A headless Chromium that talks to loopback and to nobody else.

Why it exists: tests and the screenshot want the same browser, started the same way: Debian's own, with an explicit
driver (so that nothing is looked up or downloaded), a fresh profile, and a log of what it asked for.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps"),
    *("--disable-dev-shm-usage", "--no-proxy-server", "--hide-scrollbars", "--force-device-scale-factor=1"),
)


def missing() -> str | None:
    """Why there can be no browser here, or ``None``."""
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return (
        f"no {' and no '.join(absent)} on PATH (Debian: apt-get install chromium chromium-driver)" if absent else None
    )


@contextmanager
def browser(profile: Path, *, scale: float = 1) -> Iterator[webdriver.Chrome]:
    """A browser with ``profile`` as its own new folder; ``scale`` is device pixels per CSS pixel."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag.replace("factor=1", f"factor={scale:g}"))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def resize(driver: webdriver.Chrome, width: int, height: int, *, dark: bool = False) -> None:
    """The size of the viewport (narrower than any window may be), and the colours the reader prefers."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 0, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    wishes = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
    features = [{"name": name, "value": value} for name, value in wishes.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def asked_for(driver: webdriver.Chrome) -> list[str]:
    """The addresses that pages asked for since the last look."""
    chrome: Any = driver
    events: list[dict[str, Any]] = [json.loads(one["message"])["message"] for one in chrome.get_log("performance")]
    return [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]
