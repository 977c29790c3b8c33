"""The page of one emulator, as a reader with a browser uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scene import Caller
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from pulumi_dashscope_ft.emulator import EmulatorServer


class Page:
    """The page of one emulator in the browser."""

    def __init__(self, driver: Any, emulator: EmulatorServer) -> None:
        self.driver = driver
        self.emulator = emulator
        self.call = Caller(emulator)
        self.refused = 0
        """How many refusals the console may tell of."""

    def open(self, path: str = "/") -> None:
        self.driver.get(self.emulator.root_url + path)
        self.until(lambda: self.text("link") == "live")
        self.driver.execute_script("window.loadedOnce = true")

    def until(self, true: Callable[[], object]) -> None:
        """Wait for it. What changes under the reader's hands is looked up again."""
        ignored: list[type[Exception]] = [LookupError, NoSuchElementException, StaleElementReferenceException]
        WebDriverWait(self.driver, 10, 0.05, ignored).until(lambda _: true())

    def __getitem__(self, element_id: str) -> Any:
        return self.driver.find_element(By.ID, element_id)

    def text(self, element_id: str) -> str:
        return str(self[element_id].text)

    def click(self, element_id: str) -> None:
        self[element_id].click()

    def has(self, element_id: str) -> bool:
        return bool(self.driver.find_elements(By.ID, element_id))

    def ran(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def create(self, name: str = "support-triage", **fields: Any) -> str:
        body = {"model": "qwen3-14b", "training_file_ids": ["file-1"], "job_name": name, **fields}
        return str(self.call("POST", "/fine-tunes", json=body)["output"]["job_id"])
