"""One HTTP exchange: signed, limited in time and size. No retries, no verdict on the answer.

The defaults of `requests` are made for browsing, not for a key that is worth money. It follows redirects, it lets a
`.netrc` entry replace the `Authorization` header, it keeps cookies, it reads bodies of any size as slowly as they come,
and it sends local traffic through a proxy. Each of these is turned off here, with the reason next to it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ReadTimeoutError

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.api.clock import Clock, ServiceTime
from pulumi_dashscope_ft.api.config.api_key import KeySource
from pulumi_dashscope_ft.api.config.settings import Settings
from pulumi_dashscope_ft.api.errors import (
    ApiError,
    ApiResponseError,
    ApiTimeoutError,
    DashScopeError,
    FileChangedError,
    InvalidRequestError,
    SettingsError,
)
from pulumi_dashscope_ft.api.operations import OPERATIONS
from pulumi_dashscope_ft.text import sanitize

from .answer import Answer
from .body import Body, BodyWithheldError
from .connections import PunctualAdapter
from .failures import translate
from .proxies import redact_proxy_logins, require_usable_proxy_and_certificates

__all__ = ["LARGEST_ANSWER", "POOL_SIZE", "Sending", "Transport"]

POOL_SIZE = 64
"""Connections kept open: as many as the callers that the widened provider host runs at once initially."""
LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes after decompression. A full page of 100 jobs has some 200 KiB."""
_PIECE = 64 * 1024

E = TypeVar("E", bound=BaseException)
Outcome = Answer | DashScopeError
Sending = Callable[[Callable[[], Outcome], bool], Outcome]
"""Makes a call, given whether it only reads, and returns its outcome. Or raises without making the call."""

_log = logging.getLogger("pulumi_dashscope_ft.api")


class _Bearer(AuthBase):
    """Signs a request. Reads the key while doing so, so that neither a frame's variable nor the session holds it.

    Its presence also keeps `requests` from looking into `.netrc`.
    """

    def __init__(self, source: KeySource) -> None:
        self._source = source

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "Bearer " + self._source.read()
        return request


class _Session(requests.Session):
    """A session that treats no answer as a redirect.

    `allow_redirects=False` alone reads a redirect's body whole, of whatever size, and fails on a `Location` that is no
    URL.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request that brings everything itself, its login too: only the session's headers are added.

        `requests` would merge parameters, cookies and hooks of the session as well. There are none, and merging them
        takes a tenth of the time of a call.
        """
        return requests.Request(
            request.method,
            request.url,
            headers={**self.headers, **request.headers},
            params=request.params,
            data=request.data,
            auth=request.auth,
        ).prepare()


class Transport:
    """Sends requests to the base URL of `settings`. Safe to use from many threads, and after a fork.

    :param sending: makes the calls. Callers that must be able to abandon a call, or not to start it, pass their own.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        sending: Sending = lambda ask, only_reads: ask(),
    ) -> None:
        self._settings = settings
        self._sending = sending
        self._clock = clock
        self.service_time = ServiceTime(clock)
        self._auth = _Bearer(settings.key)
        self._host = urlsplit(settings.base_url).netloc
        self._session_of: tuple[int, requests.Session] | None = None

    def send(
        self,
        operation: str,
        resource_id: str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> Answer:
        """Make the call `operation` once. An answer that says no is returned like any other.

        :raises SettingsError: there is no usable key.
        :raises ApiError: `InvalidRequestError`, `ApiConnectionError`, `ApiTimeoutError`, or `ApiResponseError` (the
            answer is too large).
        """
        call = OPERATIONS[operation]
        try:
            url = call.url(self._settings.base_url, resource_id)
        except ValueError as error:
            raise InvalidRequestError(f"{error}.", operation=operation, resource_id=resource_id) from None
        started = self._clock.monotonic()
        exchange = partial(self._exchange, call.method, url, operation, resource_id, query, body)
        outcome = self._sending(exchange, call.only_reads)
        took = self._clock.monotonic() - started
        if isinstance(outcome, DashScopeError):
            _log.debug("%s %s: %s after %.3f s", operation, sanitize(resource_id or "-"), type(outcome).__name__, took)
            # Raised outside any `except`: the library's exception holds the request, and the request holds the key.
            raise outcome
        self.service_time.note(outcome.headers.get("date"))
        if _log.isEnabledFor(logging.DEBUG):  # redacting reads the key, which may be a file
            request_id = sanitize(self._settings.key.redact(outcome.request_id or "-"), 80)
            name = sanitize(resource_id or "-")
            _log.debug("%s %s: HTTP %d after %.3f s, request id %s", operation, name, outcome.status, took, request_id)
        return outcome

    def close(self) -> None:
        """Close the connections. The transport can still be used; it opens new ones."""
        held, self._session_of = self._session_of, None
        if held is not None and held[0] == os.getpid():
            held[1].close()

    def _exchange(
        self,
        method: str,
        url: str,
        operation: str,
        resource_id: str | None,
        query: Mapping[str, str] | None,
        body: Body | None,
    ) -> Outcome:
        settings = self._settings
        try:
            with self._session().request(
                method,
                url,
                params=query,
                data=body,
                headers=self._headers(body),
                auth=self._auth,
                timeout=(settings.connect_timeout, settings.read_timeout),
                # A redirect would carry the key to wherever it points. The service has none.
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._read(response, operation, resource_id)
        except BodyWithheldError as error:
            reason = f"{error}. Its end was not sent, so nothing was stored."
            return FileChangedError(reason, operation=operation, resource_id=resource_id)
        except DashScopeError as error:  # there is no usable key
            return _bare(error)
        except Exception as error:  # any exception of the libraries: their frames hold the request, and so the key
            return self._proxy_or_certificate_error() or translate(
                error,
                operation=operation,
                resource_id=resource_id,
                host=self._host,
                begun=None if body is None else body.begun,
                connect_timeout=settings.connect_timeout,
                read_timeout=settings.read_timeout,
                redactor=lambda text: settings.key.redact(redact_proxy_logins(text)),
            )
        except BaseException as error:  # Ctrl-C
            interruption = _bare(error)
        raise interruption

    def _proxy_or_certificate_error(self) -> SettingsError | None:
        try:
            require_usable_proxy_and_certificates(self._settings.base_url)
        except SettingsError as error:
            return _bare(error)
        return None

    def _headers(self, body: Body | None) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = body.content_type
        if self._settings.workspace_id is not None:
            headers["X-DashScope-WorkSpace"] = self._settings.workspace_id
        return headers

    def _read(self, response: requests.Response, operation: str, resource_id: str | None) -> Answer | ApiError:
        """Return the whole answer, or an error if it is too large or too slow (see `connections`)."""
        content = bytearray()
        while True:
            try:
                piece = response.raw.read(_PIECE, decode_content=True)
            except ReadTimeoutError:
                return ApiTimeoutError(
                    f"{self._host} had not finished its answer after {self._settings.read_timeout:g} s.",
                    operation=operation,
                    resource_id=resource_id,
                )
            if not piece:
                break
            content += piece
            if len(content) > LARGEST_ANSWER:
                return ApiResponseError(
                    f"the answer of {self._host} is larger than {LARGEST_ANSWER // 2**20} MiB; it was not read whole.",
                    operation=operation,
                    resource_id=resource_id,
                    status=response.status_code,
                )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, body=bytes(content), headers=headers)

    def _session(self) -> requests.Session:
        """Return the session of this process. A forked child makes its own: two processes garble one TLS connection.

        No lock: a fork could copy it while it is held. Two threads that come first at once make one session too many.
        """
        held = self._session_of
        if held is None or held[0] != os.getpid():
            held = self._session_of = (os.getpid(), self._new_session())
        return held[1]

    def _new_session(self) -> requests.Session:
        session = _Session()
        adapter = PunctualAdapter(pool_connections=4, pool_maxsize=POOL_SIZE, max_retries=0)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.headers["User-Agent"] = f"pulumi-dashscope-ft/{__version__}"
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Plain http is for this machine only (see base_url). A proxy from the environment would read the key on the
        # way.
        session.trust_env = urlsplit(self._settings.base_url).scheme.lower() == "https"
        return session


def _bare(error: E) -> E:
    """Return `error` without the frames and the exceptions that it came through."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
