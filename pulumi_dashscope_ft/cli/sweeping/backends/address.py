"""From a backend's URL to its folder or bucket, as Pulumi reads the URL and finds credentials.

The parameters of an S3 URL are those of Go CDK, which Pulumi opens buckets with. Only those are followed here whose
effect is certain; for all others the `pulumi` command reads the backend. So a bucket is never opened in another place,
or as somebody else, than Pulumi would.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pulumi_dashscope_ft.bounded.files import read_file

from .bucket import Bucket
from .folder import Folder
from .stack import NotDirectError
from .store import Store

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ClientConfig, RetryConfig, S3Config

__all__ = ["EXTRA", "is_self_managed", "open_store"]

EXTRA = "pip install 'pulumi-dashscope-ft[sweep]'"

_SCHEMES = ("file", "s3", "gs", "azblob")
_FILE_PARAMETERS = ("no_tmp_dir", "metadata")
_S3_PARAMETERS = (
    *("awssdk", "region", "endpoint", "disableSSL", "disable_https", "s3ForcePathStyle", "use_path_style", "anonymous"),
    *("ssetype", "kmskeyid", "request_checksum_calculation", "response_checksum_validation"),
)
"""Parameters that are followed here, or that only concern writing."""
_ELSEWHERE = ("endpoint", "services", "ca_bundle")
"""Words in the AWS command's settings that may lead to another place: endpoint_url, use_fips_endpoint and others."""
_LARGEST_SETTINGS = 2**20
_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")

_CLIENT: ClientConfig = {"connect_timeout": "10s", "timeout": "60s"}
_RETRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=60)}


def is_self_managed(url: str) -> bool:
    """Whether the URL is one of a folder or bucket that can be read directly."""
    return url.partition("://")[0] in _SCHEMES


def open_store(url: str, environment: Mapping[str, str]) -> Store:
    """Return the folder or bucket of a backend; makes no call yet.

    :raises NotDirectError: only the `pulumi` command can open it.
    """
    scheme = url.partition("://")[0]
    if scheme == "file":
        return _folder(url)
    parts = urlsplit(url)
    if parts.fragment or parts.username is not None or not parts.hostname:
        raise NotDirectError("its URL has parts that only the command understands")
    given = parse_qsl(parts.query, keep_blank_values=True)
    query = dict(given)
    if len(query) < len(given):
        raise NotDirectError("its URL has a parameter twice")
    opener = {"s3": _s3, "gs": _gs, "azblob": _azblob}[scheme]
    try:
        import obstore.store  # noqa: F401 - whether it is there
    except ImportError:
        raise NotDirectError(f"`obstore` is not installed: {EXTRA}") from None
    prefix = unquote(parts.path).strip("/") or None
    try:
        return Bucket(opener(parts.netloc, prefix, query, environment))
    except NotDirectError:
        raise
    except Exception as error:  # whatever a library says about a configuration
        raise NotDirectError(f"it can't be opened directly ({type(error).__name__})") from None


def _folder(url: str) -> Folder:
    path, _, query = url.removeprefix("file://").partition("?")
    unknown = {name for name, _ in parse_qsl(query, keep_blank_values=True)} - {*_FILE_PARAMETERS}
    if unknown or "#" in path or os.sep != "/":
        raise NotDirectError("its URL has parts that only the command understands")
    try:
        return Folder(Path(unquote(path)).expanduser().resolve())
    except (RuntimeError, OSError, ValueError):
        raise NotDirectError("its folder can't be found from here") from None


def _s3(bucket: str, prefix: str | None, query: Mapping[str, str], environment: Mapping[str, str]) -> Any:
    from obstore.store import S3Store

    _only(query, _S3_PARAMETERS)
    anonymous = _flag(query, "anonymous")
    path_style = [_flag(query, name) for name in ("s3ForcePathStyle", "use_path_style")]
    plain = True in [_flag(query, name) for name in ("disableSSL", "disable_https")]
    _require_settings_of_environment(environment, anonymous)
    for name in ("AWS_ENDPOINT", "AWS_SKIP_SIGNATURE"):  # `obstore` heeds them, Pulumi does not
        if environment.get(name):
            raise NotDirectError(f"the variable {name} would be heeded here, and not by Pulumi")
    region = query.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    config: S3Config = {"region": region or "us-east-1", "virtual_hosted_style_request": False}
    client: ClientConfig = {**_CLIENT}
    endpoint = query.get("endpoint") or environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    if endpoint:
        if "://" not in endpoint:
            endpoint = f"{'http' if plain else 'https'}://{endpoint}"
        scheme, _, host = endpoint.rstrip("/").partition("://")
        if True not in path_style:
            config["virtual_hosted_style_request"] = True
            host = f"{bucket}.{host}"
        config["endpoint"] = f"{scheme}://{host}"
        plain = client["allow_http"] = scheme == "http"
    elif plain:
        raise NotDirectError("its URL asks for plain HTTP without an endpoint")
    if environment.get("AWS_CA_BUNDLE") and not plain:
        raise NotDirectError("only the command heeds the variable AWS_CA_BUNDLE")
    if anonymous:
        config["skip_signature"] = True
    return S3Store(bucket, prefix=prefix, config=config, client_options=client, retry_config=_RETRIES)


def _require_settings_of_environment(environment: Mapping[str, str], anonymous: bool) -> None:
    """Refuse what only an AWS SDK understands: profiles, logins and settings in the files of the AWS command."""
    for name in () if anonymous else ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if environment.get(name):
            raise NotDirectError(f"{name} names a profile, which only the command reads")
    given = [
        environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY"),
        environment.get("AWS_WEB_IDENTITY_TOKEN_FILE") and environment.get("AWS_ROLE_ARN"),
    ]
    home = Path(environment.get("HOME", "/"), ".aws")
    logins = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials")
    settings = Path(environment.get("AWS_CONFIG_FILE") or home / "config")
    if not anonymous and not any(given) and (logins.is_file() or settings.is_file()):
        raise NotDirectError("its credentials are in files of AWS's own command, which only `pulumi` reads")
    try:
        text = read_file(settings, _LARGEST_SETTINGS).decode(errors="replace") if settings.is_file() else ""
    except (OSError, ValueError):
        text = _ELSEWHERE[0]
    if any(word in text for word in _ELSEWHERE):
        raise NotDirectError(f"{settings} has settings that only the command heeds")


def _gs(bucket: str, prefix: str | None, query: Mapping[str, str], environment: Mapping[str, str]) -> Any:
    from obstore.store import GCSStore

    _only(query, ())
    for name in ("GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "STORAGE_EMULATOR_HOST"):
        if environment.get(name):
            raise NotDirectError(f"only the command heeds the variable {name}")
    return GCSStore(bucket, prefix=prefix, client_options=_CLIENT, retry_config=_RETRIES)


def _azblob(container: str, prefix: str | None, query: Mapping[str, str], environment: Mapping[str, str]) -> Any:
    from obstore.store import AzureStore

    _only(query, ("storage_account",))
    for name in ("AZURE_STORAGE_DOMAIN", "AZURE_STORAGE_PROTOCOL", "AZURE_STORAGE_CONNECTION_STRING"):
        if environment.get(name):
            raise NotDirectError(f"only the command heeds the variable {name}")
    account = query.get("storage_account") or environment.get("AZURE_STORAGE_ACCOUNT")
    key, signature = environment.get("AZURE_STORAGE_KEY"), environment.get("AZURE_STORAGE_SAS_TOKEN")
    if not account or not (key or signature):
        raise NotDirectError("it needs a login of Azure, which only the command uses")
    config: AzureConfig = {"account_name": account}
    if key:
        config["account_key"] = key
    elif signature:
        config["sas_key"] = signature.removeprefix("?")
    return AzureStore(container, prefix=prefix, config=config, client_options=_CLIENT, retry_config=_RETRIES)


def _only(query: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in query:
        if name not in known:
            raise NotDirectError(f"only the command understands the parameter {name} of its URL")


def _flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "false")
    if value not in (*_TRUE, *_FALSE):
        raise NotDirectError(f"the parameter {name} of its URL is neither true nor false")
    return value in _TRUE
