"""Takes the picture in the docs: ``python tests/browser/screenshot.py`` writes docs/images/emulator.png.

With a folder as argument it writes there instead, in light, dark and narrow: for looking at after a change of the page.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browser_driver import browser, missing, resize
from scene import PORT, scene
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "emulator.png"
WIDTH, HEIGHT = 1240, 1200


def main(arguments: list[str]) -> None:
    reason = missing()
    if reason:
        raise SystemExit(reason)
    folder = Path(arguments[0]) if arguments else None
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        scene(port=PORT) as emulator,
        browser(Path(profile), scale=1) as driver,
    ):
        driver.get(emulator.root_url)
        WebDriverWait(driver, 10).until(lambda _: driver.find_element(By.ID, "link").text == "live")
        if folder is None:
            resize(driver, WIDTH, HEIGHT)
            driver.save_screenshot(str(PICTURE))
            print(f"{PICTURE.relative_to(Path.cwd())}: {PICTURE.stat().st_size // 1000} kB")
            return
        for name, width, height, dark in (
            ("light", WIDTH, 1400, False),
            ("dark", WIDTH, 1400, True),
            ("narrow", 360, 2600, False),
            ("narrow-dark", 360, 2600, True),
        ):
            resize(driver, width, height, dark=dark)
            driver.save_screenshot(str(folder / f"{name}.png"))


if __name__ == "__main__":
    main(sys.argv[1:])
