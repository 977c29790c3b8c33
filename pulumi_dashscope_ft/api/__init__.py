"""The DashScope REST API for fine-tuning, and nothing else: a typed client, its errors, its settings.

Everything that must be learned from the service's documentation, or the hard way, is in this package, so that the rest
of the program can talk about jobs. It knows nothing of resources, states or plans, and does not import Pulumi.

    from pulumi_dashscope_ft.api import Client, resolve_settings

    client = Client(resolve_settings())
    for job in client.fine_tunes.list().jobs:
        print(job.job_id, job.status)
"""

from __future__ import annotations

from .client import Client
from .clock import SYSTEM_CLOCK, Clock, ServiceTime, time_in_header
from .config.api_key import KeySource
from .config.base_url import DEFAULT_REGION, region_of
from .config.key_variables import LIST_VARIABLE, is_meant_for_keys, listed_names
from .config.settings import Settings, resolve_settings
from .errors import (
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiStatusError,
    ApiTimeoutError,
    AuthenticationError,
    ConflictError,
    DashScopeError,
    FileChangedError,
    InvalidParameterError,
    InvalidRequestError,
    NotFoundError,
    PauseError,
    PermissionDeniedError,
    QuotaExceededError,
    ServerError,
    SettingsError,
    ThrottledError,
    UnexpectedNotFoundError,
    UnsupportedOperationError,
)
from .http.catalogue import CATALOGUE, Entry
from .http.ratelimit import RateLimiter
from .http.retry import OnRetry
from .http.transport import Sending
from .models.compressions import Compression, CompressionPage
from .models.deployments import Deployment, DeploymentPage, DeploymentStatus
from .models.imports import Import, ImportPage, ImportStatus
from .models.jobs import Checkpoint, File, FilePage, Job, JobPage, JobStatus, LogPage, UploadedFile
from .operations import OPERATIONS

__all__ = [
    "CATALOGUE",
    "DEFAULT_REGION",
    "LIST_VARIABLE",
    "OPERATIONS",
    "SYSTEM_CLOCK",
    "ApiConnectionError",
    "ApiError",
    "ApiResponseError",
    "ApiStatusError",
    "ApiTimeoutError",
    "AuthenticationError",
    "Checkpoint",
    "Client",
    "Clock",
    "Compression",
    "CompressionPage",
    "ConflictError",
    "DashScopeError",
    "Deployment",
    "DeploymentPage",
    "DeploymentStatus",
    "Entry",
    "File",
    "FileChangedError",
    "FilePage",
    "Import",
    "ImportPage",
    "ImportStatus",
    "InvalidParameterError",
    "InvalidRequestError",
    "Job",
    "JobPage",
    "JobStatus",
    "KeySource",
    "LogPage",
    "NotFoundError",
    "OnRetry",
    "PauseError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimiter",
    "Sending",
    "ServerError",
    "ServiceTime",
    "Settings",
    "SettingsError",
    "ThrottledError",
    "UnexpectedNotFoundError",
    "UnsupportedOperationError",
    "UploadedFile",
    "is_meant_for_keys",
    "listed_names",
    "region_of",
    "resolve_settings",
    "time_in_header",
]
