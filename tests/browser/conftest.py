"""A browser and the emulator's page for the tests here, and the sibling modules on the path.

Selenium may not be installed: then the tests are skipped, and nothing here needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from browser_driver import asked_for, browser

    with browser(tmp_path_factory.mktemp("profile")) as one:
        one.set_page_load_timeout(20)
        one.get("about:blank")
        asked_for(one)  # the browser's own start page
        yield one


@pytest.fixture
def page(driver: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The page of an emulator of its own. Afterwards the browser's console must be silent, and must have asked for
    nothing of others.
    """
    from browser_driver import asked_for, resize
    from open_page import Page

    monkeypatch.setattr("pulumi_dashscope_ft.emulator.page.routes.LOOK_SECONDS", 0.1)
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as emulator:
        resize(driver, 1240, 1000)
        one = Page(driver, emulator)
        one.open()
        yield one
        # The page is left before its log is read: what a button set off may still be asked for in between, and would
        # stand in the next test's log.
        driver.get("about:blank")
        console = [line for line in driver.get_log("browser") if line["level"] != "INFO"]
        foreign = [address for address in asked_for(driver) if not address.startswith(emulator.root_url + "/")]
        one.call.session.close()
        assert len(console) == one.refused, console
        assert foreign == []
