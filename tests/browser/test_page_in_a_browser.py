"""The page in a real browser: current without a reload, buttons that work, names that stay names.

After each test the browser's console must be silent (a breach of the content policy would be said there) and every
address it asked for must have been the emulator's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests

pytest.importorskip("selenium", reason="selenium is not installed (pip install -e '.[dev]')")

from browser_driver import asked_for, missing, resize
from open_page import Page
from scene import Caller, scene
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")

HOSTILE = '<img src=x onerror="window.taken=1"><script>window.taken=1</script>\'"}}{{7*7}}</title>'


def test_an_empty_page_says_what_to_type(page: Page) -> None:
    assert f"export DASHSCOPE_HTTP_BASE_URL={page.emulator.base_url}" in page.text("jobs")
    assert "pulumi up" in page.text("jobs")
    assert page.emulator.base_url in page.text("requests")
    assert page.driver.title == "DashScope emulator"


def test_changes_arrive_without_a_reload(page: Page) -> None:
    job_id = page.create()
    page.until(lambda: "support-triage" in page.text(f"job-{job_id}"))
    assert "1 of 20 jobs used" in page.text("quota")
    page.emulator.clock.advance(200)
    page.until(lambda: "RUNNING" in page.text(f"job-{job_id}") and "loss" in page.text(f"job-{job_id}"))
    page.call("GET", "/fine-tunes")
    page.until(lambda: "list GET /fine-tunes" in page.text("requests"))
    page.call.upload("train.jsonl", 3)
    page.until(lambda: "train.jsonl" in page.text("files"))
    page.emulator.clock.advance(2000)
    page.until(lambda: "SUCCEEDED" in page.text(f"job-{job_id}"))
    page.call("POST", "/deployments", json={"model_name": page.emulator.jobs[job_id].finetuned_output, "capacity": 1})
    page.until(lambda: "PENDING" in page.text("deployments"))
    page.call("DELETE", f"/fine-tunes/{job_id}")
    page.until(lambda: not page.has(f"job-{job_id}") and "1 deleted job" in page.text("jobs"))
    assert page.ran("return window.loadedOnce") is True


def _is(value: Callable[[], object], wanted: object) -> bool:
    return value() == wanted


def _is_pressed(page: Page, button: str) -> bool:
    return bool(page[button].get_attribute("aria-pressed") == "true")


def test_time_by_button(page: Page) -> None:
    clock = page.emulator.clock
    before = clock.now()
    for button, jump in (("advance-60", 60), ("advance-600", 660), ("advance-3600", 4260)):
        page.click(button)
        page.until(partial(_is, clock.now, before + jump))
    for button, speed in (("pace-real", 1.0), ("pace-60", 60.0), ("pace-600", 600.0), ("pace-manual", None)):
        page.click(button)
        page.until(partial(_is, lambda: clock.speed, speed))
        page.until(partial(_is_pressed, page, button))


def test_a_job_by_button(page: Page) -> None:
    first, second = page.create("one"), page.create("two")
    page.until(lambda: page.has(f"cancel-{second}"))
    page.click(f"cancel-{first}")
    page.until(lambda: page.emulator.jobs[first].status == "CANCELING")
    assert page.emulator.jobs[first].transitions[-1].cause == "cancel"
    page.until(lambda: not page.has(f"cancel-{first}"))
    assert page.ran("return document.activeElement.id") == "jobs"  # its button is gone; the keyboard is not lost
    page[f"more-{second}"].find_element(By.TAG_NAME, "summary").click()
    Select(page[f"force-{second}"]).select_by_visible_text("FAILED")
    page.click(f"set-{second}")
    page.until(lambda: page.emulator.jobs[second].status == "FAILED")
    page.until(lambda: "forced" in page.text(f"job-{second}"))
    page.click(f"remove-{second}")
    page.until(lambda: second not in page.emulator.jobs)


def test_faults_by_form(page: Page) -> None:
    page["add-fault"].find_element(By.TAG_NAME, "summary").click()
    Select(page["fault-operation"]).select_by_visible_text("get")
    Select(page["fault-kind"]).select_by_value("status")
    Select(page["fault-error"]).select_by_visible_text("busy")
    page.driver.find_element(By.CSS_SELECTOR, "input[value=lasting]").click()
    page["add-fault"].find_element(By.CSS_SELECTOR, "button").click()
    page.until(lambda: page.has("fault-1"))
    assert "get · status busy" in page.text("fault-1")
    answer = page.call.session.get(page.emulator.base_url + "/fine-tunes/ft-1", timeout=9)
    assert answer.status_code == 429
    page.until(lambda: "hit 1 of 1 call" in page.text("fault-1"))
    page.click("drop-fault-1")
    page.until(lambda: "None in force" in page.text("faults"))


def test_a_mistake_is_told_and_forgotten(page: Page) -> None:
    page.ran("document.getElementById('pace-60').value = 'soon'")
    page.click("pace-60")
    page.until(lambda: "must be a number, not 'soon'" in page.text("notice"))
    page.click("advance-60")
    page.until(lambda: page.text("notice") == "")
    page.refused = 1


def test_reset_by_button(page: Page) -> None:
    page.create()
    page.emulator.add_fault(FaultRule(operation="list", kind="reset"))
    reset = page.driver.find_element(By.CSS_SELECTOR, "button.danger")
    assert not reset.is_displayed()  # one click is not enough
    page.driver.find_element(By.XPATH, "//summary[.='Reset the emulator']").click()
    reset.click()
    page.until(lambda: "No job yet" in page.text("jobs") and "None in force" in page.text("faults"))
    assert not page.emulator.jobs


def test_names_are_only_names(page: Page) -> None:
    page.call.session.headers["User-Agent"] = HOSTILE
    page.call.session.headers["X-DashScope-WorkSpace"] = HOSTILE
    job_id = page.create(HOSTILE, model=HOSTILE)
    page.create("later")
    page.call.upload(HOSTILE.replace('"', "'"), 1)
    page.emulator.add_fault(FaultRule(operation="logs", job_id=HOSTILE))
    page.call("GET", f"/fine-tunes/{HOSTILE}")
    page.until(lambda: HOSTILE in page.text(f"job-{job_id}") and HOSTILE in page.text("faults"))
    page.until(lambda: "window.taken" in page.text("files"))
    page.open()  # drawn as a whole as well as piece by piece
    assert HOSTILE in page.text(f"name-{job_id}")
    assert page.ran("return window.taken") is None
    assert len(page.driver.find_elements(By.TAG_NAME, "img")) == 1
    assert len(page.driver.find_elements(By.TAG_NAME, "script")) == 1


def test_reading_is_not_disturbed(page: Page) -> None:
    job_id = page.create()
    page.until(lambda: page.has(f"more-{job_id}"))
    page[f"more-{job_id}"].find_element(By.TAG_NAME, "summary").click()
    Select(page[f"force-{job_id}"]).select_by_visible_text("CANCELED")
    page["add-fault"].find_element(By.TAG_NAME, "summary").click()
    page["fault-job"].send_keys("ft-half")
    page[f"set-{job_id}"].send_keys(Keys.SHIFT)  # focus, no press
    page.ran("window.scrollTo(0, 40)")
    page.emulator.clock.advance(300)
    page.create("newer")
    page.until(lambda: "RUNNING" in page.text(f"job-{job_id}") and "newer" in page.text("jobs"))
    assert page[f"more-{job_id}"].get_attribute("open")
    assert Select(page[f"force-{job_id}"]).first_selected_option.text == "CANCELED"
    assert page["fault-job"].get_attribute("value") == "ft-half"
    assert page.ran("return document.activeElement.id") == f"set-{job_id}"
    assert page.ran("return window.scrollY") > 0


def test_it_notices_the_end_and_the_return_of_the_emulator(page: Page) -> None:
    port = int(page.emulator.root_url.rpartition(":")[2])
    page.emulator.stop()
    page.until(lambda: "no answer" in page.text("link"))
    with EmulatorServer(Settings(check_file_ids=False), speed=None, port=port) as again:
        page.call = Caller(again)
        job_id = page.create("after the restart")
        page.until(lambda: page.text("link") == "live")
        page.until(lambda: page.has(f"job-{job_id}"))
        page.driver.get("about:blank")
    page.driver.get_log("browser")  # the refused attempts in between are meant


def test_without_scripts_it_shows_and_does_the_same(page: Page) -> None:
    job_id = page.create()
    page.driver.get("about:blank")
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.driver.get(page.emulator.root_url)
        assert "support-triage" in page.text(f"job-{job_id}")
        assert "Without JavaScript" in page.driver.find_element(By.TAG_NAME, "body").text
        page.driver.get(page.emulator.root_url + "/?still")
        assert "stands still" in page.driver.find_element(By.TAG_NAME, "noscript").text
        page.click("advance-600")
        page.until(lambda: "RUNNING" in page.text(f"job-{job_id}"))
        assert page.driver.current_url == page.emulator.root_url + "/"
        page.click(f"cancel-{job_id}")
        page.until(lambda: "CANCELING" in page.text(f"job-{job_id}"))
    finally:
        page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_another_site_can_not_press_the_buttons(page: Page, driver: Any) -> None:
    job_id = page.create()
    with EmulatorServer(speed=None) as other:
        # Another port of this machine is another site's page in all that matters here: same address, other origin.
        driver.get(other.root_url + "/openapi.json")
        script = (
            "const form = document.createElement('form'); form.method = 'post'; form.action = arguments[0];"
            "document.body.append(form); form.submit();"
        )
        driver.execute_script(script, f"{page.emulator.root_url}/_emulator/page/reset")
        page.until(lambda: "AccessDenied" in driver.page_source)
        asked_for(driver)
    assert job_id in page.emulator.jobs
    driver.get("about:blank")  # the refusal is a page, too: the browser asks for its icon, at some time
    driver.get_log("browser")  # the refusal is meant


def test_it_fits_narrow_screens(driver: Any, page: Page) -> None:
    name = "nobody_would_choose_this_name_" * 4
    page.create(name, model=name)
    page.call("GET", f"/fine-tunes/{name}{name}")
    page.call.upload(name, 1)
    page.until(lambda: "get GET" in page.text("requests"))
    resize(driver, 360, 800)
    page["add-fault"].find_element(By.TAG_NAME, "summary").click()
    page.driver.find_element(By.CSS_SELECTOR, ".more summary").click()
    for width in (360, 600, 820, 1000):
        resize(driver, width, 800, dark=width == 600)
        assert page.ran("return document.documentElement.scrollWidth") <= width


def test_everything_can_be_named_and_reached(driver: Any) -> None:
    with scene() as emulator:
        page = Page(driver, emulator)
        page.open()
        page.ran("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        controls = page.driver.find_elements(By.CSS_SELECTOR, "button, select, input, summary, a")
        assert len(controls) > 40
        nameless = [one.get_attribute("outerHTML") for one in controls if not one.accessible_name]
        assert nameless == []
        names = [one.accessible_name for one in controls if one.accessible_name.startswith("Cancel")]
        assert len(set(names)) == len(names) == 3
        ids = page.ran("return [...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(set(ids)) == len(ids)
        requests.post(f"{emulator.root_url}/_emulator/reset", timeout=9)
        driver.get("about:blank")
