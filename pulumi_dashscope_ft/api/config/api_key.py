"""The source of the API key, which never keeps the key itself.

The key must stay out of states, logs, tracebacks and pickles. So the program passes a `KeySource` around, which knows
where to look and reads the key when a request is signed. A key that is rotated during a long teardown is therefore
picked up.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api.errors import SettingsError
from pulumi_dashscope_ft.bounded.files import TooLargeError, read_file
from pulumi_dashscope_ft.text import Sought, in_texts, redact, redact_value, watch

from .key_variables import LIST_VARIABLE, is_foreign, is_meant_for_keys, is_variable_name, listed_names

__all__ = ["KEY_FILE_VARIABLE", "KEY_VARIABLE", "KeySource"]

KEY_VARIABLE = "DASHSCOPE_API_KEY"
KEY_FILE_VARIABLE = "DASHSCOPE_API_KEY_FILE_PATH"
DEFAULT_KEY_FILE = Path(".dashscope") / "api_key"

_OWN = f"{KEY_VARIABLE}_TEAM_B"
_PLAIN = re.compile(r"[!-~]+")
_LARGEST_KEY_FILE = 16 * 1024
_HOW_TO = f"Get a key from the Model Studio console, then type: export {KEY_VARIABLE}=sk-…"


@dataclass(frozen=True, repr=False)
class KeySource:
    """The places to look for the key, in order: `literal` (given as `origin`), `variable`, then the SDK's own places.

    With `variable` set, no other place is used: it names one account of several, and another account's key would create
    jobs where nobody looks for them. The variable is read only if its name is meant for keys: `DASHSCOPE_…`, or a name
    in `listed` or in `DASHSCOPE_FT_API_KEY_ENVS` (see `key_variables`). The SDK's places: `DASHSCOPE_API_KEY`, the file
    named by `DASHSCOPE_API_KEY_FILE_PATH`, `~/.dashscope/api_key`. `environ` and `home` default to those of the
    process, looked up on each read.
    """

    literal: str | None = None
    origin: str = "the argument api_key"
    variable: str | None = None
    environ: Mapping[str, str] | None = field(default=None, hash=False)
    home: Path | None = None
    listed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # From now on this key is searched for in all text that leaves this process, no matter who wrote it.
        watch(self)

    def read(self) -> str:
        """Return the key, checked.

        :raises SettingsError: there is no key, or the value can't be one. The message never quotes it.
        """
        key = self._find()
        if isinstance(key, SettingsError):
            raise key
        return key

    def _find(self) -> str | SettingsError:
        """Return the key or the error.

        The error is not raised where the key, or all variables, are at hand: a crash reporter keeps the variables of
        every frame that an exception has passed.
        """
        try:
            return self._look()
        except SettingsError as error:
            return error.with_traceback(None)

    def _look(self) -> str:
        if self.literal is not None:
            return _checked(self.literal, self.origin, empty="is empty")
        environ = os.environ if self.environ is None else self.environ
        if self.variable is not None:
            return self._from_named_variable(self.variable, environ)
        if environ.get(KEY_VARIABLE):
            return _checked(environ[KEY_VARIABLE], f"the environment variable {KEY_VARIABLE}", empty="is blank")
        if environ.get(KEY_FILE_VARIABLE):
            path = Path(environ[KEY_FILE_VARIABLE]).expanduser()
            return _from_file(path, f"the key file {path} (named by {KEY_FILE_VARIABLE})")
        default = self._home() / DEFAULT_KEY_FILE
        if default.is_file():
            return _from_file(default, f"the key file {default}")
        raise SettingsError(
            "no API key. Looked at the configuration key dashscope-ft:apiKey, the environment variables "
            f"{KEY_VARIABLE} and {KEY_FILE_VARIABLE}, and the file {default}. {_HOW_TO}",
            field="api_key",
        )

    def redact(self, text: str) -> str:
        """Return `text` without this key and without anything else that looks like a key. Never raises."""
        try:
            return redact(text, self.read())
        except SettingsError:
            return redact(text)

    def redact_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return `values` without this key in any of their texts, at any depth.

        Everything else stays: ids and names that are sent on must not change. Never raises.
        """
        try:
            key = self.read()
        except SettingsError:
            return dict(values)
        without_key = partial(redact_value, secret=Sought(key))
        return {name: in_texts(value, without_key) for name, value in values.items()}

    def describe(self) -> str:
        """Return where the key would come from first, for messages."""
        if self.literal is not None:
            return self.origin
        if self.variable is not None:
            return f"the environment variable {self.variable}"
        return f"{KEY_VARIABLE}, {KEY_FILE_VARIABLE} or ~/{DEFAULT_KEY_FILE.as_posix()}"

    def _from_named_variable(self, name: str, environ: Mapping[str, str]) -> str:
        """Return the key in the variable `name`.

        The messages spell the input as the schema does, like those of the lifecycle. Front ends for Python respell
        them.
        """
        if not is_variable_name(name):
            # Users often give the key itself here by mistake, so the value is not repeated.
            raise SettingsError(
                "apiKeyEnv must be the name of an environment variable (letters, digits and underscores), "
                f"such as {_OWN}; it must not be the key itself.",
                field="api_key_env",
            )
        listed = (*self.listed, *listed_names(environ.get(LIST_VARIABLE, "")))
        if not is_meant_for_keys(name, listed):
            raise SettingsError(_not_meant_for_keys(name, listed), field="api_key_env")
        if not environ.get(name):
            raise SettingsError(
                f"no API key: apiKeyEnv names the environment variable {name}, which is not set. "
                f"Type: export {name}=sk-…",
                field="api_key_env",
            )
        return _checked(environ[name], f"the environment variable {name}", empty="is blank")

    def _home(self) -> Path:
        if self.home is not None:
            return self.home
        try:
            return Path.home()
        except RuntimeError:  # no HOME and no entry for the user
            return Path("~")

    def __repr__(self) -> str:
        return f"KeySource({self.describe()})"

    def __copy__(self) -> KeySource:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> KeySource:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self.literal is not None or self.environ is not None:
            # pickle and its callers expect a TypeError for something that cannot be pickled.
            raise TypeError(
                "refusing to pickle settings that hold an API key; give it by environment variable or key file instead"
            )
        return KeySource, (None, self.origin, self.variable, None, self.home, self.listed)


def _not_meant_for_keys(name: str, listed: tuple[str, ...]) -> str:
    """Return what to say and to type when the name of a variable does not say that it holds a key."""
    if is_foreign(name):
        return (
            f"no API key: apiKeyEnv names the environment variable {name}, which by its name holds a secret of another "
            "system. It was not read, nothing was sent, and no setting allows it. Give the key of DashScope a "
            f"variable of its own and name that one: export {_OWN}=sk-…"
        )
    names = ",".join(sorted({*listed, name}))
    return (
        f"no API key: apiKeyEnv names the environment variable {name}, which is not listed as one that holds a key of "
        "DashScope. It was not read, and nothing was sent. If it holds one, type: "
        f"export {LIST_VARIABLE}={names} && pulumi config set dashscope-ft:apiKeyEnvs {names}, and run the same "
        "command again. The first counts at once, also for a destroy; the second keeps it in the stack from the next "
        "`pulumi up` on (for a provider of the program's own, set its apiKeyEnvs). A name that begins with DASHSCOPE_, "
        f"such as {_OWN}, needs neither."
    )


def _from_file(path: Path, where: str) -> str:
    try:
        content = read_file(path, _LARGEST_KEY_FILE)
    except TooLargeError:
        raise SettingsError(f"{where} is too large to hold just a key.", field="api_key") from None
    except OSError as error:
        raise SettingsError(f"cannot read {where}: {error.strerror or 'unreadable'}.", field="api_key") from None
    # A file ends in a line break, and editors add byte order marks. Neither is part of the key.
    return _checked(content.decode("utf-8-sig", errors="replace").strip(), where, empty="is empty")


def _checked(value: str, where: str, *, empty: str) -> str:
    problem = _problem(value, empty)
    if problem:
        raise SettingsError(f"the API key from {where} cannot be used: it {problem}.", field="api_key")
    return value.strip()


def _problem(value: str, empty: str) -> str | None:
    """Return what is wrong with `value` as a key, as the end of a sentence; `None` if nothing is."""
    key = value.strip()
    if not key:
        return f"{empty}. {_HOW_TO}"
    if "\n" in value or "\r" in value:
        return "has a line break in it; paste the key as one line, without a final line break"
    if key[0] in "\"'" or key[-1] in "\"'":
        return "is wrapped in quotation marks, which are not part of a key; remove them"
    if key.lower().startswith("bearer "):
        return "starts with 'Bearer '; give only what follows it"
    # The usual key first: it is read, and so checked, for each line that is logged and each answer.
    for place, char in enumerate("" if _PLAIN.fullmatch(key) else key, start=1):
        if char.isspace():
            return f"has a space in it, at character {place}"
        if not char.isprintable() or ord(char) == 0x7F:
            return f"has a control character in it, at character {place}"
        if not char.isascii():
            return (
                f"has a character in it, at character {place}, that no key has (only plain letters, digits and signs)"
            )
    if key.startswith("sk-sp-"):
        return (
            "is a key of the Coding Plan (sk-sp-…), which is not valid for fine-tuning; "
            "make an ordinary key in the Model Studio console"
        )
    return None
