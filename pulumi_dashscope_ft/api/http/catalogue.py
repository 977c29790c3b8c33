"""Every error code of the service that can reach this client, as data.

The service documents its errors in a long table, and this is the same table. The classification is therefore a look-up,
the documentation of errors can be generated, and a test can walk every row. Sources: the error tables of the
fine-tuning pages (`create-fine-tuning-job-api` and its siblings), the general page `error-code`, the file page
`model-customization-file-management-service`. Rows marked inferred are our reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pulumi_dashscope_ft.api import errors as e

__all__ = ["CATALOGUE", "PREFIXES", "Entry"]


@dataclass(frozen=True)
class Entry:
    """One code: the HTTP `statuses` it is documented with, the error class, its meaning and what to do about it.

    :param note: distinguishes rows that share a code.
    :param retryable: whether waiting and repeating the same request may help.
    """

    code: str
    statuses: tuple[int, ...]
    error: type[e.ApiStatusError]
    meaning: str
    advice: str = ""
    note: str = ""
    example: str = ""

    @property
    def retryable(self) -> bool:
        """Whether the same call can succeed later without any change."""
        return self.error.retryable


_KEY = e.AuthenticationError.advice
_RIGHTS = e.PermissionDeniedError.advice
_PAY = "Waiting does not help: settle the account's bill in the Alibaba Cloud console, then run the command again."
_BUY = "Waiting does not help: activate Model Studio for this account in its console, then run the command again."
_QUOTA = "Waiting does not help: raise the quota or switch to paid use in the Model Studio console."
_JOBS = (
    "Waiting does not help: running and succeeded jobs count. Delete models and jobs that are no longer needed, "
    "or ask Alibaba Cloud for a higher limit."
)
_BUSY = e.ThrottledError.advice
_SLOWER = "Waiting helps: such limits clear within about a minute."
_INPUT = "Correct the input; the same request will be refused again."
_LATER = "The fault is on the service's side; try again later."
_STORAGE = "Waiting does not help: delete files that are no longer needed."

# fmt: off
CATALOGUE: tuple[Entry, ...] = (
    # The fine-tuning pages.
    Entry("InvalidParameter", (400,), e.InvalidParameterError, "a parameter is missing or malformed", _INPUT,
          example="Missing training files"),
    Entry("InvalidParameter", (400, 404), e.NotFoundError, "the file does not exist",
          note="files only, with the text “File not found.”", example="File not found."),
    Entry("UnsupportedOperation", (400,), e.UnsupportedOperationError, "not possible in the job's present state",
          "The job's state does not allow this; read it again.",
          example="The fine-tune job can not be deleted because it is succeeded,failed or canceled"),
    Entry("NotFound", (404,), e.NotFoundError, "no such job or file", example="Not found!"),
    Entry("NotFound", (404,), e.UnexpectedNotFoundError, "the service has no such path",
          e.UnexpectedNotFoundError.advice, note="path, not resource", example="Request path not found."),
    Entry("Conflict", (409,), e.ConflictError, "something of that name exists already", e.ConflictError.advice,
          example="Model instance xxxxx already exists, please specify a suffix"),
    Entry("Throttling", (429,), e.ThrottledError, "too many requests, or too many jobs in training", _BUSY,
          example="Too many fine-tune job in running, please retry later."),
    Entry("Throttling", (429,), e.QuotaExceededError, "the quota of 20 running or succeeded jobs is used up", _JOBS,
          note="job quota", example="Only 20 fine-tune job in running or succeeded allowed per user."),
    Entry("InternalError", (500,), e.ServerError, "the service failed", _LATER, example="Internal server error!"),
    # The general page: 400.
    Entry("Arrearage", (400,), e.QuotaExceededError, "the account is overdue", _PAY,
          example="Access denied, please make sure your account is in good standing."),
    Entry("DataInspectionFailed", (400,), e.InvalidParameterError, "the content check refused the data",
          "Remove the content that was objected to.", example="Output data may contain inappropriate content."),
    Entry("data_inspection_failed", (400,), e.InvalidParameterError, "the content check refused the data",
          "Remove the content that was objected to.", example="Input data may contain inappropriate content."),
    Entry("BadRequest.EmptyModel", (400,), e.InvalidParameterError, "no model was named", _INPUT,
          example='Required parameter "model" missing from request.'),
    Entry("BadRequest.EmptyInput", (400,), e.InvalidParameterError, "the input is missing", _INPUT,
          example="Required input parameter missing from request."),
    Entry("BadRequest.EmptyParameters", (400,), e.InvalidParameterError, "the parameters are missing", _INPUT,
          example='Required parameter "parameters" missing from request.'),
    Entry("BadRequest.IllegalInput", (400,), e.InvalidParameterError, "the body is not JSON", _INPUT,
          example="The input parameter requires json format."),
    Entry("BadRequest.TooLarge", (400, 413), e.InvalidParameterError, "the body or file is too large",
          "Send a smaller file.", example="Payload Too Large."),
    Entry("BadRequest.TooLarge", (200,), e.QuotaExceededError, "the account's file storage is full", _STORAGE,
          note="inside an upload's answer", example="Out of space, <839> B of <1024> B storage space has been used."),
    Entry("BadRequest.TooMany", (200, 400), e.QuotaExceededError, "the account holds as many files as it may", _STORAGE,
          note="inside an upload's answer", example="Out of number, <10> of <10> files has been uploaded."),
    Entry("BadRequest.UnsupportedFileFormat", (400,), e.InvalidParameterError, "such files are not taken", _INPUT,
          example="File format unsupported."),
    Entry("BadRequest.ResourceNotExist", (400,), e.InvalidParameterError, "something referred to does not exist",
          _INPUT, example="The Required resource not exist."),
    Entry("OperationDenied", (400,), e.UnsupportedOperationError, "not possible in the present state (inferred)",
          "The present state does not allow this; read it again.",
          example="The import job is currently running and cannot be deleted."),
    # 401 and 403.
    Entry("InvalidApiKey", (401,), e.AuthenticationError, "the key is wrong, or of another region", _KEY,
          example="Invalid API-key provided."),
    Entry("invalid_api_key", (401,), e.AuthenticationError, "the key is wrong, or of another region", _KEY,
          example="Incorrect API key provided."),
    Entry("NOT AUTHORIZED", (401,), e.PermissionDeniedError, "no such workspace, or not for this key",
          "Check the workspace id: it must be the one the key belongs to.",
          example="Access denied: Either you are not authorized to access this workspace, or …"),
    Entry("AccessDenied", (403,), e.PermissionDeniedError, "no right to do this", _RIGHTS, example="Access denied."),
    Entry("access_denied", (403,), e.PermissionDeniedError, "no right to do this", _RIGHTS, example="Access denied."),
    Entry("AccessDenied.Unpurchased", (403,), e.PermissionDeniedError, "the service is not activated", _BUY,
          example="Access to model denied. Please make sure you are eligible for using the model."),
    Entry("Model.AccessDenied", (403,), e.PermissionDeniedError, "the workspace may not use this model", _RIGHTS,
          example="Model access denied."),
    Entry("Workspace.AccessDenied", (403,), e.PermissionDeniedError, "the account may not use this workspace", _RIGHTS,
          example="Workspace access denied."),
    Entry("App.AccessDenied", (403,), e.PermissionDeniedError, "no right to the application", _RIGHTS,
          example="App access denied."),
    Entry("BailianGateway.Workspace.NotAuthorised", (200, 403), e.PermissionDeniedError, "no right to the workspace",
          _RIGHTS, note="documented inside HTTP 200"),
    Entry("AllocationQuota.FreeTierOnly", (403,), e.QuotaExceededError, "the free tier is used up", _QUOTA,
          example="The free tier of the model has been exhausted."),
    # 404.
    Entry("ModelNotFound", (404,), e.UnexpectedNotFoundError, "no such model, or no access to it",
          "Check the model's name, and that the key's workspace may use it.", example="Model can not be found."),
    Entry("model_not_found", (404,), e.UnexpectedNotFoundError, "no such model, or no access to it",
          "Check the model's name, and that the key's workspace may use it.",
          example="The model xxx does not exist or you do not have access to it."),
    Entry("WorkSpaceNotFound", (404,), e.UnexpectedNotFoundError, "no such workspace",
          "Check the workspace id; this does not mean that the resource is gone.",
          example="WorkSpace can not be found."),
    # 429.
    Entry("Throttling.RateQuota", (429,), e.ThrottledError, "too many requests", _SLOWER,
          example="You have exceeded your request limit."),
    Entry("LimitRequests", (429,), e.ThrottledError, "too many requests", _SLOWER,
          example="Requests rate limit exceeded, please try again later."),
    Entry("limit_requests", (429,), e.ThrottledError, "too many requests", _SLOWER,
          example="You exceeded your current requests list."),
    Entry("Throttling.BurstRate", (429,), e.ThrottledError, "the rate of requests rose too quickly", _SLOWER,
          example="Request rate increased too quickly."),
    Entry("limit_burst_rate", (429,), e.ThrottledError, "the rate of requests rose too quickly", _SLOWER,
          example="Request rate increased too quickly."),
    Entry("Throttling.AllocationQuota", (400, 429), e.QuotaExceededError, "the allocated quota is used up", _QUOTA,
          example="Allocated quota exceeded, please increase your quota limit."),
    Entry("insufficient_quota", (429,), e.QuotaExceededError, "the allocated quota is used up", _QUOTA,
          example="You exceeded your current quota, please check your plan and billing details."),
    Entry("CommodityNotPurchased", (429,), e.QuotaExceededError, "the service has not been purchased", _BUY,
          example="Commodity has not purchased yet."),
    Entry("PrepaidBillOverdue", (429,), e.QuotaExceededError, "a bill is overdue", _PAY,
          example="The prepaid bill is overdue."),
    Entry("PostpaidBillOverdue", (429,), e.QuotaExceededError, "a bill is overdue", _PAY,
          example="The postpaid bill is overdue."),
    # 5xx.
    Entry("internal_error", (500,), e.ServerError, "the service failed", _LATER,
          example="An internal error has occured, please try again later or contact service support."),
    Entry("InternalError.FileUpload", (500,), e.ServerError, "the service's storage failed", _LATER,
          example="oss upload error."),
    Entry("InternalError.Upload", (500,), e.ServerError, "the service's storage failed", _LATER,
          example="Failed to upload result."),
    Entry("InternalError.Timeout", (500,), e.ServerError, "the service timed out", _LATER,
          example="An internal timeout error has occured during execution, please try again later or …"),
    Entry("SystemError", (500,), e.ServerError, "the service failed", _LATER,
          example="An system error has occured, please try again later."),
    Entry("RequestTimeOut", (500,), e.ServerError, "the service timed out", _LATER,
          example="Request timed out, please try again later."),
    Entry("ResponseTimeout", (500,), e.ServerError, "the service timed out", _LATER,
          example="Request timed out, please try again later."),
    Entry("ModelServingError", (500, 503), e.ServerError, "the service is at capacity", _LATER,
          example="Too many requests. Your requests are being throttled due to system capacity limits."),
    Entry("ModelUnavailable", (503,), e.ServerError, "the model is at capacity", _LATER,
          example="Model is unavailable, please try again later."),
)
# fmt: on

PREFIXES: Mapping[str, type[e.ApiStatusError]] = MappingProxyType(
    {
        "AllocationQuota": e.QuotaExceededError,
        "Throttling.AllocationQuota": e.QuotaExceededError,
        "Throttling": e.ThrottledError,
        "InvalidParameter": e.InvalidParameterError,
        "BadRequest": e.InvalidParameterError,
        "AccessDenied": e.PermissionDeniedError,
        "InvalidApiKey": e.AuthenticationError,
        "InternalError": e.ServerError,
    }
)
"""Codes are dotted, from general to special. An unlisted `Throttling.Something` is read as its family (inferred)."""
