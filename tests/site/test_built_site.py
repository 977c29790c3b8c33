"""The site as `make site` has built it: every link leads somewhere, no page loads anything from elsewhere, and the
search works on pages that are opened as files. `make site` runs this (see conftest.py).
"""

from __future__ import annotations

import json
import posixpath
import shutil
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from site_pages import ROOT, SITE

HTML = ROOT / "build" / "site" / "html"
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
DRAWN = """
    const picture = document.querySelector("div.mermaid");
    return !!(picture && picture.getBoundingClientRect().height > 100);
"""
NOT_LOADED = {"canonical", "alternate", "prev", "next"}


class Page(HTMLParser):
    """The anchors of a page, what it links to, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.anchors: set[str] = {"", "__skip"}
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        if tag in LOADED and LOADED[tag] in given and given.get("rel") not in NOT_LOADED:
            self.loaded.add(given[LOADED[tag]])


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    """The pages by their path on the site."""
    return {path.relative_to(HTML).as_posix(): Page(path) for path in sorted(HTML.rglob("*.html"))}


def test_both_languages_have_the_same_pages(pages: dict[str, Page]) -> None:
    chinese = {name.removeprefix("zh/") for name in pages if name.startswith("zh/")}
    assert {name for name in pages if not name.startswith("zh/")} == chinese
    assert len(chinese) > 60


def test_every_link_leads_somewhere(pages: dict[str, Page]) -> None:
    dead = []
    for name, page in pages.items():
        for link in page.links:
            target = link.removeprefix(SITE) if link.startswith(SITE) else link
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue  # other sites are not asked
            start = "" if link.startswith(SITE) else posixpath.dirname(name)
            path = posixpath.normpath(posixpath.join(start, unquote(parts.path))) if parts.path else name
            path = "index.html" if path == "." else path
            if (HTML / path).is_dir():
                path = f"{path}/index.html"
            is_there = path in pages or (HTML / path).is_file()
            if not is_there or (path in pages and unquote(parts.fragment) not in pages[path].anchors):
                dead.append(f"{name}: {link}")
    # The page for unknown addresses may be shown at any address, so its links begin at the site's root.
    assert [one for one in dead if "404.html" not in one] == []


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    foreign = {
        f"{name}: {address}"
        for name, page in pages.items()
        for address in page.loaded
        if urlsplit(address).scheme or address.startswith("//")
    }
    assert foreign == set()


def test_what_pages_load_is_there(pages: dict[str, Page]) -> None:
    missing = [
        f"{name}: {address}"
        for name, page in pages.items()
        for address in page.loaded
        if not name.endswith("404.html")
        and not (HTML / posixpath.dirname(name) / urlsplit(address).path).resolve().is_file()
    ]
    assert missing == []


def test_assistants_find_every_page(pages: dict[str, Page]) -> None:
    listed = (HTML / "llms.txt").read_text(encoding="utf-8").split("\n- [")[1:]
    addresses = {line.split("](", 1)[1].split(")", 1)[0].removeprefix(SITE) for line in listed}
    assert {name for name in addresses if name not in pages} == set()
    assert {"guarantees.html", "api/FineTuningJob.html", "getting-started.html"} <= addresses


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """A browser that can reach no other machine."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("chromium and chromedriver are not on PATH")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    started.set_page_load_timeout(120)
    yield started
    started.quit()


@pytest.mark.parametrize(
    ("page", "words", "found"),
    [("index.html", "teardownTimeout", "api/"), ("zh/index.html", "取消", "getting-started.html")],
)
def test_the_search_works_on_a_page_that_is_opened_as_a_file(
    browser: webdriver.Chrome, page: str, words: str, found: str
) -> None:
    browser.get((HTML / page).as_uri())
    # What the button does; the page reacts to the change.
    browser.execute_script("const one = document.getElementById('__search'); one.checked = true;")
    browser.execute_script("document.getElementById('__search').dispatchEvent(new Event('change'));")
    deadline = time.monotonic() + 60
    results: list[str] = []
    while not any(found in address for address in results) and time.monotonic() < deadline:
        field = browser.find_element(By.CSS_SELECTOR, "[data-md-component=search-query]")
        if field.is_displayed():
            field.clear()
            field.send_keys(words)
        time.sleep(1)
        links = browser.find_elements(By.CSS_SELECTOR, ".md-search-result__link")
        results = [str(link.get_attribute("href")) for link in links]
    assert any(found in address for address in results), logged(browser, "browser")
    assert asked_of_other_machines(browser) == []


def logged(browser: webdriver.Chrome, kind: str) -> list[dict[str, str]]:
    """What the browser has logged since this was last looked at."""
    entries: list[dict[str, str]] = browser.execute("getLog", {"type": kind})["value"]
    return entries


def asked_of_other_machines(browser: webdriver.Chrome) -> list[str]:
    """The addresses that the pages have asked for since this was last looked at."""
    events = [json.loads(entry["message"])["message"] for entry in logged(browser, "performance")]
    asked = [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]
    return [address for address in asked if urlsplit(address).scheme not in ("file", "data", "blob")]


def test_pictures_are_drawn_and_nothing_is_asked_of_other_machines(browser: webdriver.Chrome) -> None:
    if not (HTML / "assets" / "mermaid.js").stat().st_size:
        pytest.skip("no npm packages in docs/assets")
    browser.get((HTML / "lifecycle.html").as_uri())
    deadline = time.monotonic() + 60
    drawn = False
    while not drawn and time.monotonic() < deadline:
        time.sleep(0.5)
        drawn = bool(browser.execute_script(DRAWN))
    assert drawn, logged(browser, "browser")
    assert asked_of_other_machines(browser) == []
