"""A secret is found in every spelling, in time that grows with the text only, and nothing else is changed."""

from __future__ import annotations

import base64
import gc
import html
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.api import ApiError, Client, KeySource, Settings
from pulumi_dashscope_ft.cli.sweeping.backends.opening import Backend
from pulumi_dashscope_ft.cli.sweeping.backends.stack import UnreadableBackendError
from pulumi_dashscope_ft.frontend.lines import sanitize_lines
from pulumi_dashscope_ft.text import MASK, redact, redact_logins, redact_value, without_login

sys.path.insert(0, str(Path(__file__).parent))

from raw_peer import RawPeer, as_json

SHAPED = "sk-0a1B2c3D4e5F6g7H8i9J"
UNSHAPED = "Zq9secret_KEY-0123456789"
KEYS = [SHAPED, UNSHAPED]


def _each(form: str) -> Callable[[str], str]:
    return lambda key: "".join(form.format(ord(char)) for char in key)


def _between(sign: str) -> Callable[[str], str]:
    return lambda key: sign.join(key)


def _base64(before: bytes, after: bytes = b"", *, safe: bool = False, padded: bool = True) -> Callable[[str], str]:
    def spelled(key: str) -> str:
        encode = base64.urlsafe_b64encode if safe else base64.b64encode
        text = encode(before + key.encode() + after).decode()
        return text if padded else text.rstrip("=")

    return spelled


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "lower case": str.lower,
    **{f"base64 at {len(before)}": _base64(before, b"}") for before in (b"", b"a", b"ab", b"user:")},
    **{f"base64 without padding at {n}": _base64(b"x" * n, padded=False) for n in range(3)},
    **{f"base64 for URLs at {n}": _base64(b"\xff" * n, b"\xff\xfe", safe=True) for n in range(3)},
    "base64 on lines": lambda key: "\r\n".join(_wrapped(base64.b64encode(b"x" * 5 + key.encode() * 2).decode())),
    "base64 in a URL": lambda key: quote(base64.b64encode(b"?>" + key.encode()).decode(), safe=""),
    "hexadecimal": lambda key: key.encode().hex(),
    "hexadecimal in upper case": lambda key: key.encode().hex().upper(),
    "percent": _each("%{:02x}"),
    "percent in upper case": _each("%{:02X}"),
    "percent twice": _each("%25{:02x}"),
    "percent where it must be": lambda key: quote(key, safe=""),
    "JSON": _each("\\u{:04x}"),
    "JSON in JSON": lambda key: json.dumps(_each("\\u{:04x}")(key)),
    "JavaScript": _each("\\u{{{:x}}}"),
    "Python": _each("\\x{:02x}"),
    "Python, long": _each("\\U{:08x}"),
    "octal": _each("\\{:03o}"),
    "HTML": _each("&#{};"),
    "HTML, hexadecimal": _each("&#x{:X};"),
    "HTML with zeros": _each("&#00{};"),
    "HTML twice": lambda key: html.escape(_each("&#{};")(key)),
    "HTML by name": lambda key: key.replace("-", "&hyphen;").replace("_", "&lowbar;"),
    "full width": lambda key: "".join(chr(ord(char) + 0xFEE0) for char in key),
    "colour codes": _between("\x1b[31m"),
    "links of the terminal": _between("\x1b]8;;http://x\x07"),
    "spaces": _between(" "),
    "lines": _between("\n"),
    "lines, escaped": _between("\\n"),
    "continued lines": _between("\\\r\n"),
    "lines of a mail": _between("=\r\n"),
    "zero width": _between("\u200b"),
    "soft hyphens": _between("\u00ad"),
    "bidi": _between("\u202e"),
    "backspaces": _between("\b"),
    "tags": _between("<wbr>"),
    "tags with attributes": _between('<span class="k">'),
    "half of it": lambda key: "%73" + _between("\u200b")(key[1:]) if key.startswith("s") else key,
}


def _wrapped(text: str) -> list[str]:
    return [text[at : at + 7] for at in range(0, len(text), 7)]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("key", KEYS, ids=["shaped", "unshaped"])
def test_every_spelling_is_found(spelling: str, key: str) -> None:
    told = redact_value(f"before, {SPELLINGS[spelling](key)}, after", key)
    assert MASK in told
    assert told.startswith("before, ")
    assert told.endswith(", after")
    rest = told.replace(MASK, "")
    # What is left beside it (of longer base64) gives nothing away.
    assert not any(key[at : at + 6].lower() in rest.lower() for at in range(len(key) - 5))
    if spelling.startswith("base64"):
        assert len(rest) <= len("before, , after") + 24
    else:
        assert rest.strip('"').replace('"', "") == "before, , after"


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_was_cut_off_is_found(key: str) -> None:
    """By a gateway that quotes the first hundred characters."""
    assert redact_value(f"wrong key {key[:-4]}", key) == f"wrong key {MASK}"


@given(st.text(max_size=200))
@settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")))
def test_nothing_else_is_changed(text: str) -> None:
    assert redact_value(text, UNSHAPED) == text


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(sorted(SPELLINGS)), st.sampled_from(KEYS))
@settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")))
def test_no_text_around_it_hides_it(before: str, after: str, spelling: str, key: str) -> None:
    """What stands before may end in the beginning of an escape, which takes a letter of the key with it at most."""
    told = sanitize_lines(redact_value(f"{before} {SPELLINGS[spelling](key)} {after}", key))
    for sign in (key, key.lower(), key.upper(), base64.b64encode(key.encode()).decode()[:-4]):
        assert sign not in told


LONG = 120_000
BAD_TEXTS = [
    "%2",
    "\x1b]",
    "&amp;",
    "\\u007",
    SHAPED[:-1],
    " \u200b",
    "://@",
    "<b",
    "bearer ",
    "&#",
    "\\",
    "%25",
    "a" * 99,
]


@pytest.mark.parametrize("piece", BAD_TEXTS)
def test_the_time_grows_with_the_text_only(piece: str) -> None:
    def took(length: int) -> float:
        text = piece * (length // len(piece))
        times = []
        for _ in range(3):
            started = time.thread_time()
            redact(text, SHAPED)
            times.append(time.thread_time() - started)
        return min(times)

    # Four times the text: quadratic would be sixteen times the time. A few milliseconds measure nothing.
    assert took(LONG) < 10 * took(LONG // 4) + 0.02


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("open postgres://me:hunter2@db/states", "open postgres://***@db/states"),
        ("open 'postgres://me:hun/te?r@2@db/states'", "open 'postgres://***@db/states'"),
        ("(https://token@git.example/x)", "(https://***@git.example/x)"),
        ("http://127.0.0.1:8000/a@b", "http://127.0.0.1:8000/a@b"),
        ("https://github.com/@user and me@mail.example", "https://github.com/@user and me@mail.example"),
        ('{"url":"https://a/b","m":"x@y"}', '{"url":"https://a/b","m":"x@y"}'),
    ],
)
def test_the_login_of_a_url_is_hidden(text: str, shown: str) -> None:
    assert redact_logins(text) == shown


@pytest.mark.parametrize(
    "url",
    ["postgres://me:hunter2pass@db/x?token=hunter2pass", "s3://hunter2pass@b", "postgres://u:h?hunter2pass@db:1/x"],
)
def test_a_url_without_its_login(url: str) -> None:
    assert "hunter2" not in without_login(url)


BACKENDS = [
    "postgres://me:hunter2pass@db.example/states",
    "postgres://me:hun%2Fter2pass@db.example/states",
    "s3://bucket?token=hunter2pass99",
    "postgres://me:hun?ter2pass@db.example:x/states",
]


@pytest.mark.parametrize("quoting", ["{url}", '"{url}"', "{password}", "{escaped}", "{upper}", "{encoded}"])
@pytest.mark.parametrize("url", BACKENDS)
def test_what_pulumi_echoes_of_a_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, quoting: str
) -> None:
    """A stand-in for the command, which quotes the URL in its error: whole, in parts, as Go's `%q`, respelled."""
    password = url.partition("token=")[2] or url.partition("://me:")[2].rpartition("@")[0]
    said = quoting.format(
        url=url,
        password=password,
        escaped=quote(password, safe=""),
        upper=url.upper(),
        encoded=base64.b64encode(url.encode()).decode(),
    )
    (tmp_path / "pulumi").write_text(f"#!{sys.executable}\nimport sys\nsys.exit({f'error: parse {said}: no'!r})\n")
    (tmp_path / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(UnreadableBackendError) as caught:
        Backend(url, None).stacks()
    told = sanitize_lines(str(caught.value))
    for secret in (password, password.upper(), quote(password, safe=""), "ter2pass", "TER2PASS"):
        assert secret not in told
    at = url.index(password)
    assert base64.b64encode(url.encode()).decode()[at * 4 // 3 + 2 : (at + len(password)) * 4 // 3 - 2] not in told
    assert "failed: error: parse " in told


@pytest.mark.parametrize("where", ["message", "code", "request id", "header", "page", "success", "job name"])
@pytest.mark.parametrize("spelling", ["plain", "upper case", "base64 at 1", "percent", "JSON", "HTML", "colour codes"])
@pytest.mark.parametrize("key", KEYS, ids=["shaped", "unshaped"])
def test_an_answer_that_repeats_the_key(
    key: str, spelling: str, where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    said = SPELLINGS[spelling](key)
    line = said.encode("latin-1", errors="replace").replace(b"\n", b" ")
    answers = {
        "message": as_json(json.dumps({"code": "X", "message": f"no {said}"}).encode(), 400),
        "code": as_json(json.dumps({"code": said, "message": "no"}).encode(), 400),
        "request id": as_json(json.dumps({"code": "X", "message": "no", "request_id": said}).encode(), 400),
        "header": as_json(b'{"code": "X", "message": "no"}', 400, b"x-request-id: " + line + b"\r\n"),
        "page": as_json(f"<html><title>No {said}</title>".encode(), 403),
        "success": as_json(json.dumps({"output": f"no {said}"}).encode()),
        "job name": as_json(json.dumps({"output": {"job_id": "ft-1", "job_name": said, "status": said}}).encode()),
    }
    with RawPeer(lambda connection, _: connection.sendall(answers[where])) as peer:
        client = Client(Settings(f"http://127.0.0.1:{peer.port}/api/v1", retry_timeout=0))
        try:
            job = client.fine_tunes.get("ft-1")
            told = sanitize_lines(f"{job.status} {job.job_name}")
        except ApiError as error:
            told = sanitize_lines(f"{error}\n{error!r}\n{error.args}\n{vars(error)}")
    assert "sk-***" in told
    for sign in (key, key.upper(), key.lower(), said, base64.b64encode(b"a" + key.encode()).decode()[4:-4]):
        assert sign not in told


def test_a_key_that_is_no_longer_in_use_is_forgotten() -> None:
    source = KeySource(literal=UNSHAPED)
    assert UNSHAPED not in redact(f"x {UNSHAPED}")
    del source
    gc.collect()
    assert UNSHAPED in redact(f"x {UNSHAPED}")


def test_a_defect_of_the_command_shows_no_key(tmp_path: Path) -> None:
    """Its traceback goes out redacted and without control characters, too."""
    broken = (
        "import pulumi_dashscope_ft.cli.group as c, sys\n"
        "from pulumi_dashscope_ft.api import KeySource\n"
        "keep = KeySource(); keep.read()\n"
        f"def broken(*a, **k): raise RuntimeError('x \\x1b]0;y\\x07 {UNSHAPED}')\n"
        "c.cli.main = broken\n"
        "from pulumi_dashscope_ft.cli import main\nmain(['jobs'])\n"
    )
    path = tmp_path / "broken.py"
    path.write_text(broken)
    environment = {**os.environ, "DASHSCOPE_API_KEY": UNSHAPED}
    done = subprocess.run([sys.executable, str(path)], capture_output=True, env=environment, check=False, timeout=60)
    assert done.returncode == 1
    assert b"RuntimeError: x \\x1b]0;y\\x07 sk-***" in done.stderr
    assert UNSHAPED.encode() not in done.stderr
