"""Checks what `requests` takes from the environment to reach a host: the proxy and the certificates.

A slip in `HTTPS_PROXY` or `REQUESTS_CA_BUNDLE` shows up deep in a library, as a fault of the host. Here it is found and
named. A proxy's URL may hold a password, so it is never quoted as a whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from pulumi_dashscope_ft.api.errors import SettingsError
from pulumi_dashscope_ft.text import quoted, redact_value

__all__ = ["proxy_host", "redact_proxy_logins", "require_usable_proxy_and_certificates"]

_EXAMPLE = "http://proxy.example:3128"
_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_SHORTEST_PASSWORD = 4


def proxy_host(base_url: str) -> str | None:
    """Return host and port of the proxy for calls to `base_url`; None if there is no proxy.

    :raises SettingsError: the proxy can't be used.
    """
    proxy = _proxy_of(base_url)
    if proxy is None:
        return None
    variable = _variable_of(base_url, proxy)

    def refuse(why: str) -> SettingsError:
        return SettingsError(f"the proxy from {variable} cannot be used: {why}", field="proxy")

    try:
        parts = parse_url(proxy if "://" in proxy else f"http://{proxy}")
        host = parts.netloc.rpartition("@")[2] if parts.netloc and parts.host else ""
    except (HTTPError, ValueError):
        host = ""
    if not host:
        raise refuse(f"it is not a URL with a host and a port. Write for example {_EXAMPLE}.")
    if parts.scheme not in _SCHEMES:
        raise refuse(f"it must start with http://, https:// or socks5h://. Write for example {_EXAMPLE}.")
    if parts.scheme.startswith("socks") and find_spec("socks") is None:
        raise refuse("Python needs a package for SOCKS proxies. Type: pip install 'requests[socks]'")
    return quoted(host, limit=120)


def require_usable_proxy_and_certificates(base_url: str) -> None:
    """Check the proxy and the certificates for calls to `base_url`.

    :raises SettingsError: one of them can't be used.
    """
    if urlsplit(base_url).scheme.lower() != "https":
        return  # this machine only, which needs neither
    proxy_host(base_url)
    for name in _BUNDLES:
        path = os.environ.get(name)
        if path:
            if not os.path.exists(path):
                raise SettingsError(
                    f"the certificates from {name} cannot be used: there is no {quoted(path)}. "
                    f"Give the path of a file of certificates (PEM), or type: unset {name}",
                    field="ca_bundle",
                )
            return


def redact_proxy_logins(text: str) -> str:
    """Return `text` without the user names and passwords of the environment's proxies, also where they are split."""
    for secret in {*_logins()}:
        text = redact_value(text, secret, mask="***", shortest=_SHORTEST_PASSWORD)
    return text


def _proxy_of(base_url: str) -> str | None:
    try:
        return select_proxy(base_url, get_environ_proxies(base_url, no_proxy=None))
    except ValueError:
        return None


def _variable_of(base_url: str, proxy: str) -> str:
    scheme = urlsplit(base_url).scheme.lower()
    names = [name for kind in (scheme, "all") for name in (f"{kind}_proxy", f"{kind}_proxy".upper())]
    return next((name for name in names if os.environ.get(name) == proxy), "the system's settings")


def _logins() -> Iterator[str]:
    for name, value in os.environ.items():
        if name.lower().endswith("_proxy") and "@" in value:
            login = re.sub(r"^[a-z0-9]*://", "", value.rpartition("@")[0], flags=re.IGNORECASE)
            password = login.partition(":")[2]
            for secret in (login, password):
                yield secret
                with suppress(ValueError):
                    yield unquote(secret)
