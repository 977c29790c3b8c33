"""Checks the base URL, and whether the key may be sent there.

The base URL decides who receives the API key. A typing slip (`http`, a missing scheme, a pasted login) must not send
the key in clear text or to a stranger, so every doubtful URL is refused before the first request. Hosts: API page
"regions"; the dedicated form and the default region as in the official SDK.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from pulumi_dashscope_ft.api.errors import SettingsError

__all__ = [
    "DEFAULT_REGION",
    "checked_base_url",
    "checked_region",
    "checked_workspace_id",
    "is_loopback",
    "region_of",
    "regional_base_url",
]

DEFAULT_REGION = "cn-beijing"
_API = "/api/v1"
_SHARED_HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "cn-beijing": "dashscope.aliyuncs.com",
        "ap-southeast-1": "dashscope-intl.aliyuncs.com",
        "us-east-1": "dashscope-us.aliyuncs.com",
    }
)
_EXAMPLE = "https://dashscope.aliyuncs.com/api/v1"

_WORKSPACE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_REGION = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")


def checked_base_url(url: str, where: str = "base_url") -> str:
    """Return `url` without trailing slashes. A path other than `/api/v1` is kept, because proxies have their own.

    :param where: the setting that the value came from.
    :raises SettingsError: the URL can't be used. The message quotes it only once it is known to hold no password.
    """

    def refuse(why: str) -> SettingsError:
        return SettingsError(f"the base URL from {where} cannot be used: {why}", field="base_url")

    text = url.strip()
    if not text:
        raise refuse(f"it is empty. Write for example {_EXAMPLE}")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise refuse(f"it has spaces, backslashes, control or non-ASCII characters in it. Write for example {_EXAMPLE}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise refuse(f"it is not a URL. Write for example {_EXAMPLE}") from None
    if "@" in parts.netloc:
        raise refuse(
            "it has a user name or password in it. Remove what stands before the @; the key is set separately."
        )
    if "?" in text or "#" in text:
        raise refuse("it has a query or fragment (? or #) in it. Remove that part.")
    if not text.lower().startswith(("http://", "https://")):
        raise refuse(f"it must start with https://. Write for example {_EXAMPLE}")
    host = parts.hostname or ""
    if port == 0 or not (_is_ip(host) if "[" in parts.netloc else _HOST.fullmatch(host)):
        raise refuse(f"it names no usable host or port. Write for example {_EXAMPLE}")
    if parts.scheme == "http" and not is_loopback(host):
        raise refuse(
            f"plain http would send the API key readable to {host}. Write https:// (http is for 127.0.0.1 only)."
        )
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def checked_workspace_id(value: str, where: str = "workspace_id") -> str:
    """Return a workspace id as the official SDK takes it. It goes into a header and a host name.

    :raises SettingsError: the value can't be a workspace id.
    """
    if not _WORKSPACE_ID.fullmatch(value):
        raise SettingsError(
            f"the workspace id from {where} cannot be used: it must be 1 to 64 letters, digits, - or _, starting with "
            "a letter or digit, such as llm-v71tlv3d.",
            field="workspace_id",
        )
    return value


def checked_region(value: str, where: str = "region") -> str:
    """Return a region id in lower case. Unknown regions are accepted, because new ones appear every year.

    :raises SettingsError: the value can't be a region id.
    """
    region = value.strip().lower()
    if not _REGION.fullmatch(region):
        raise SettingsError(
            f"the region from {where} cannot be used: it must be an id such as cn-beijing or ap-southeast-1.",
            field="region",
        )
    return region


def region_of(base_url: str) -> str | None:
    """Return the region that a base URL belongs to; None where its host does not show it."""
    host = urlsplit(base_url).hostname or ""
    shared = next((region for region, name in _SHARED_HOSTS.items() if name == host), None)
    dedicated = re.fullmatch(r"[^.]+\.([^.]+)\.maas\.aliyuncs\.com", host)
    return shared or (dedicated[1] if dedicated is not None else None)


def regional_base_url(region: str, workspace_id: str | None) -> str:
    """Return the base URL of a (checked) region.

    The default region has its shared host. Any other region gets the dedicated host of the workspace, as in the
    official SDK; without a workspace, its shared host.

    :raises SettingsError: there is no workspace, and the region has no shared host.
    """
    if region != DEFAULT_REGION and workspace_id is not None:
        return f"https://{workspace_id.lower()}.{region}.maas.aliyuncs.com{_API}"
    shared = _SHARED_HOSTS.get(region)
    if shared is None:
        raise SettingsError(
            f"the region {region} has no shared host, so the workspace id must be known to build its URL. "
            "Set dashscope-ft:workspaceId or DASHSCOPE_WORKSPACE_ID, or give the whole URL as dashscope-ft:baseUrl.",
            field="workspace_id",
        )
    return f"https://{shared}{_API}"
