"""Translates what `requests` and `urllib3` raise into `ApiConnectionError` and `ApiTimeoutError`.

Their exceptions name pools and objects, nest four deep, and hold the request with its headers, including the key. The
translation keeps one sentence, and whether the request can have reached the service.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator

import requests
import urllib3.exceptions as u

from pulumi_dashscope_ft.api.errors import ApiConnectionError, ApiError, ApiTimeoutError
from pulumi_dashscope_ft.text import quoted, redact

__all__ = ["translate"]

# Raised before a byte of the request itself is sent. (A read timeout is not among them.)
_BEFORE_SENDING: tuple[type[BaseException], ...] = (
    u.NewConnectionError,
    u.ConnectTimeoutError,
    u.ProxyError,
    socket.gaierror,
    ConnectionRefusedError,
    ssl.SSLCertVerificationError,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    u.LocationValueError,
    u.URLSchemeUnknown,
    u.ProxySchemeUnknown,
)

_EXPECTED = (requests.RequestException, u.HTTPError, http.client.HTTPException, OSError, ValueError)
"""Raised by the libraries on purpose, with a readable text. Any other exception is named by its class, too."""


def translate(
    error: Exception,
    *,
    operation: str,
    resource_id: str | None,
    host: str,
    begun: bool | None,
    connect_timeout: float,
    read_timeout: float,
    redactor: Callable[[str], str] = redact,
) -> ApiError:
    """Return the `ApiError` for an exception of a library.

    The result does not hold `error`, which holds the request and the key.

    :param begun: whether sending of the body had begun; `None` without a body.
    :param redactor: removes keys from quoted text: for a line that is not HTTP, the library quotes it word for word.
    """
    causes = tuple(_causes(error))
    unsent = any(isinstance(cause, _BEFORE_SENDING) for cause in causes)
    sent = (not unsent) if begun is None else begun
    late = any(isinstance(cause, (u.ReadTimeoutError, requests.ReadTimeout)) for cause in causes)
    if late and begun is False:  # the wait was for the proxy's answer to CONNECT or for the TLS handshake
        sentence = _too_slow(host, connect_timeout)
        return ApiConnectionError(sentence, sent=False, operation=operation, resource_id=resource_id)
    if late:
        return ApiTimeoutError(
            f"{host} gave no answer within {read_timeout:g} s.", operation=operation, resource_id=resource_id
        )
    sentence = _sentence(causes, host, sent, connect_timeout, redactor)
    return ApiConnectionError(sentence, sent=sent, operation=operation, resource_id=resource_id)


def _sentence(
    causes: tuple[BaseException, ...], host: str, sent: bool, connect_timeout: float, redactor: Callable[[str], str]
) -> str:
    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    detail = quoted(_detail(causes), redactor, 160)
    if among(u.ProxyError, requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL):
        return f"the proxy did not connect to {host} ({detail}). Check HTTPS_PROXY and NO_PROXY."
    if among(socket.gaierror):
        return f"the name {host} cannot be resolved ({detail}). Check the base URL and the network."
    if among(ssl.SSLError, requests.exceptions.SSLError):
        return f"no secure connection to {host} ({detail}). Check the base URL; behind a proxy set REQUESTS_CA_BUNDLE."
    if among(ConnectionRefusedError):
        return f"{host} refused the connection. Is it the right base URL, and is something running there?"
    # in some versions one is a subclass of the other
    if among(u.ConnectTimeoutError) and not among(u.NewConnectionError):
        return _too_slow(host, connect_timeout)
    if sent:
        return f"the connection to {host} broke before the whole answer was there ({detail})."
    return f"no connection to {host} ({detail})."


def _too_slow(host: str, connect_timeout: float) -> str:
    return f"{host} did not take the connection within {connect_timeout:g} s. Check the base URL and the network."


def _detail(causes: tuple[BaseException, ...]) -> str:
    """Return the innermost reason, without the objects that the libraries print with it."""
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLError):
            return getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    last = causes[-1]
    try:
        words = str(last)
    except Exception:  # foreign exceptions run foreign code in `str`
        words = ""
    name = type(last).__name__
    if not words:
        return name
    return words if isinstance(last, _EXPECTED) else f"{name}: {words}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and everything wrapped in it: libraries put the reason in `args`, in `reason` or in the chain."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        this = waiting.pop(0)
        if not isinstance(this, BaseException) or id(this) in seen:
            continue
        seen.add(id(this))
        yield this
        waiting += [
            getattr(this, "original_error", None),
            getattr(this, "reason", None),
            *this.args,
            this.__cause__,
            this.__context__,
        ]
