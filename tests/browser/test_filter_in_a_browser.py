"""The page's filter in a real browser: by keyboard, live, kept by buttons and reloads, readable to everybody."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (pip install -e '.[dev]')")

from browser_driver import asked_for, missing, resize
from open_page import Page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")

TOKEN = "a-control-token-that-nobody-guesses"
STAMP = "--p1-k7m2x9qd4t-9c41f0e2-h3v8wz"


def names(page: Page) -> list[str]:
    return [one.text for one in page.driver.find_elements(By.CSS_SELECTOR, ".job h3")]


def test_by_keyboard_alone(page: Page) -> None:
    for name in ("triage", "tone", "tone-of-voice"):
        page.create(name + STAMP)
    page.until(lambda: len(names(page)) == 3)
    for _ in range(20):
        if page.ran("return document.activeElement.id") == "filter-text":
            break
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
    page.driver.switch_to.active_element.send_keys("TONE")
    page.until(lambda: names(page) == ["tone-of-voice", "tone"])
    assert "2 of 3 jobs" in page.text("found")
    assert page["found"].get_attribute("role") == "status"
    assert page.driver.current_url.endswith("/?text=TONE")
    assert page.ran("return document.activeElement.id") == "filter-text", "the keyboard stays where it is"
    newest = page.create("tone-again" + STAMP)
    page.until(lambda: names(page) == ["tone-again", "tone-of-voice", "tone"])
    page.emulator.force(newest, "FAILED")
    page.driver.switch_to.active_element.send_keys(Keys.TAB)
    Select(page["filter-status"]).select_by_visible_text("FAILED")
    page.until(lambda: names(page) == ["tone-again"])
    page["show-all"].send_keys(Keys.ENTER)
    page.until(lambda: len(names(page)) == 4)
    assert page.text("found") == ""
    assert page.ran("return document.activeElement.id") == "filter-text"
    assert page.ran("return window.loadedOnce") is True


def test_buttons_and_a_reload_keep_it(page: Page) -> None:
    first = page.create("triage" + STAMP)
    page.create("tone" + STAMP)
    page["filter-text"].send_keys("triage", Keys.ENTER)
    page.until(lambda: names(page) == ["triage"])
    page.click("advance-60")
    page.until(lambda: "RUNNING" in page.text(f"job-{first}"))
    assert names(page) == ["triage"]
    page.click(f"cancel-{first}")
    page.until(lambda: "CANCELING" in page.text(f"job-{first}"))
    assert names(page) == ["triage"]
    page.driver.refresh()
    page.until(lambda: page.text("link") == "live")
    assert names(page) == ["triage"]
    assert page["filter-text"].get_attribute("value") == "triage"


def test_without_scripts(page: Page) -> None:
    page.create("triage" + STAMP)
    page.create("tone" + STAMP)
    page.driver.get("about:blank")
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.driver.get(page.emulator.root_url)
        page["filter-text"].send_keys("triage", Keys.ENTER)
        page.until(lambda: names(page) == ["triage"])
        page.click("advance-60")
        page.until(lambda: "RUNNING" in page.text("jobs"))
        assert names(page) == ["triage"]
    finally:
        page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_behind_a_token(driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_dashscope_ft.emulator.page.routes.LOOK_SECONDS", 0.1)
    with EmulatorServer(Settings(check_file_ids=False), speed=None, control_token=TOKEN) as emulator:
        page = Page(driver, emulator)
        page.create("triage" + STAMP)
        page.create("tone" + STAMP)
        driver.get(emulator.root_url + "/?text=triage")
        page.until(lambda: page["token"].is_displayed())
        page["token"].send_keys(TOKEN, Keys.ENTER)
        page.until(lambda: names(page) == ["triage"])
        assert page["filter-text"].get_attribute("value") == "triage"
        page["filter-text"].send_keys(Keys.CONTROL, "a")
        page["filter-text"].send_keys("tone")
        page.until(lambda: names(page) == ["tone"])
        driver.get("about:blank")
        asked_for(driver)
        page.call.session.close()
    driver.get_log("browser")  # the page without the token was refused, as is meant


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(page: Page, driver: Any, dark: bool) -> None:
    page.create("a_very_long_name_without_a_place_to_break" + STAMP)
    page["filter-text"].send_keys("long")
    page.until(lambda: "1 of 1 jobs" in page.text("found"))
    for width in (320, 400):
        resize(driver, width, 900, dark=dark)
        assert page.ran("return document.documentElement.scrollWidth") <= width
        assert page["filter-text"].size["width"] >= 150
        assert page["filter-status"].is_displayed()
