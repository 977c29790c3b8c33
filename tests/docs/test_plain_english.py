"""Public texts are plain: none of the avoided phrases, and no test names on a page for users."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from plain_english import findings

ROOT = Path(__file__).parents[2]
GENERATED = re.compile(r"docs/errors(?:\.md|-command\.md|/)")
"""Made of messages that a run of the provider gave."""
TEXTS = re.compile(
    r"[^/]+\.md|(?:docs|tests|benchmarks|skills|templates)/.*\.md|docs/assets/llms\.txt"
    r"|\.github/.*|examples/.*(?:\.(?:md|py|sh|ts|ya?ml)|Dockerfile)"
)
FOR_CONTRIBUTORS = re.compile(r"docs/contributing/|docs/architecture\.md")


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split() if (ROOT / name).is_file()]


PUBLIC = [name for name in tracked() if TEXTS.fullmatch(name) and not GENERATED.match(name)]
USERS = [name for name in tracked() if re.fullmatch(r"README\.md|docs/.*\.md|examples/.*\.md", name)]


def test_the_pages_are_found() -> None:
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/guarantees.md"} <= set(PUBLIC)
    assert {"examples/serve/README.md", "examples/pr-environments/ci/up.sh"} <= set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_text_is_plain(name: str) -> None:
    assert findings((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", [name for name in USERS if not FOR_CONTRIBUTORS.match(name)])
def test_a_page_for_users_names_no_test(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"\btest_\w+|\btests/\w+/\w+\.py", prose) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mend the key.", 1),
        ("The job bears\na stamp.", 1),
        ("Of this it was told\n  of.", 1),
        ("This is what is to be done, whoever does it.", 2),
        ("It is cancelled, for it holds the slot.", 1),
        ("It is in a status nobody has heard of.", 1),
        ("Send a Bearer token; amend it, for example.", 0),
        ("Two rows: for the first, add a value.", 0),
    ],
)
def test_what_is_found(text: str, found: int) -> None:
    assert len(findings(text)) == found
