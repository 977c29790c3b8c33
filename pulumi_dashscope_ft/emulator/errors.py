"""Every refusal of the emulator, word for word.

Clients are tested against these codes and messages, so they are collected in one catalogue, spelled exactly as the
documentation quotes them (API reference section 8, grammar slips included). Text that is not known to come from a
server is marked "inferred". Fault rules can name an entry, so that tests need not spell it again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer: HTTP status, `code` and `message` of the documented envelope."""

    status: int
    code: str
    message: str


class NothingThereError(Exception):
    """Raised inside the service where a missing object is answered with HTTP 200 and an empty `output`."""


class ApiProblemError(Exception):
    """Raised inside the service; the HTTP layer turns it into the error envelope."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


CATALOGUE: dict[str, Refusal] = {
    # Jobs (fine-tune error table).
    "missing_files": Refusal(400, "InvalidParameter", "Missing training files"),
    "empty_model": Refusal(400, "BadRequest.EmptyModel", 'Required parameter "model" missing from request.'),
    "illegal_input": Refusal(400, "BadRequest.IllegalInput", "The input parameter requires json format."),
    "invalid_body": Refusal(400, "InvalidParameter", "Required body invalid, please check the request body format."),
    "not_found": Refusal(404, "NotFound", "Not found!"),
    "not_cancellable": Refusal(
        400,
        "UnsupportedOperation",
        "The fine-tuning job cannot be canceled because it has already succeeded, failed, or been canceled.",
    ),
    # The Chinese pages quote this one; they leave API strings untranslated, so it is the closest to the real text.
    "not_deletable_final": Refusal(
        400,
        "UnsupportedOperation",
        "The fine-tune job can not be deleted because it is succeeded,failed or canceled",
    ),
    # Inferred: the guide says in words that a job in training can't be deleted; the message is not known.
    "not_deletable_active": Refusal(
        400, "UnsupportedOperation", "The fine-tune job can not be deleted because it is running"
    ),
    "unsupported_training_type": Refusal(400, "InvalidParameter", "The model xxx does not support training_type: yyy"),
    "bad_teacher": Refusal(400, "InvalidParameter", "teacher_model must be a valid model ID"),
    "busy": Refusal(429, "Throttling", "Too many fine-tune job in running, please retry later."),
    "conflict": Refusal(409, "Conflict", "Model instance xxxxx already exists, please specify a suffix"),
    # Files.
    "file_not_found": Refusal(404, "NotFound", "File not found."),
    "file_not_found_400": Refusal(400, "InvalidParameter", "File not found."),
    # Deployments. The page lists codes and messages without HTTP statuses (inferred from the general table).
    "model_not_found": Refusal(404, "NotFound", "Model: xxx not found!"),
    # Documented for model calls. That a deployment that does not run (yet) gets the same is inferred.
    "model_not_callable": Refusal(
        404, "ModelNotFound", "The model xxx does not exist or you do not have access to it."
    ),
    "empty_input": Refusal(400, "BadRequest.EmptyInput", "Required input parameter missing from request."),
    "not_deployable": Refusal(400, "InvalidParameter", "The model xxx does not exist or is not deployable"),
    "deployment_gone": Refusal(404, "NotFound", "Not found."),
    "instance_exists": Refusal(409, "Conflict", "Model instance xxx already exists, please specify a suffix."),
    "suffix_taken": Refusal(409, "Conflict", "Deployed model xxx already exists, please specify a suffix."),
    "bad_capacity": Refusal(
        400,
        "InvalidParameter",
        "Invalid capacity (xx), capacity must be larger than or equal to 0 and multiples of 1 and less than 1000!",
    ),
    "no_ptu_capacity": Refusal(400, "InvalidParameter", "Miss ptu capacity info"),  # the code is not stated
    "no_deployment_privilege": Refusal(
        403, "AccessDenied", "Workspace xxx does not have deployment privilege for model xxxx"
    ),
    "unsupported": Refusal(400, "UnsupportedOperation", "The operation is unsupported on the referee object."),
    # Inferred: the vendor's own tool says that the service wants STOPPED or FAILED first; the message is not known.
    "deployment_not_deletable": Refusal(
        400, "UnsupportedOperation", "The deployed model can not be deleted because it is running"
    ),
    # Compression and import jobs. The wording is inferred unless noted.
    "compression_not_found": Refusal(404, "ResourceNotFound", "The quantization job does not exist."),
    "compression_not_cancellable": Refusal(
        400, "UnsupportedOperation", "The quantization job can not be canceled in its current status."
    ),
    "compression_not_deletable": Refusal(
        400, "UnsupportedOperation", "The quantization job can not be deleted before it has ended."
    ),
    "compression_quota": Refusal(429, "QuotaExceeded", "The quota of quantization jobs is exceeded."),
    "base_not_compressible": Refusal(
        400, "InvalidParameter", "The specified model 'xxx' is a base model and not supported for quantization."
    ),
    # Quoted by the page.
    "lora_not_compressible": Refusal(
        400, "InvalidParameter", "The specified model 'xxx' is a LoRA model and not supported for quantization."
    ),
    "not_compressible": Refusal(
        400, "InvalidParameter", "The specified model 'xxx' is not supported for quantization."
    ),
    "no_such_model": Refusal(400, "InvalidParameter", "Model not exist."),  # quoted in the general table
    "missing_parameter": Refusal(400, "MissingParameter", "A required parameter is missing."),
    # Quoted by the page, without an HTTP status.
    "import_running": Refusal(400, "OperationDenied", "The import job is currently running and cannot be deleted."),
    "import_deployed": Refusal(400, "OperationDenied", "The model is deployed and cannot be deleted."),
    # Keys and workspaces.
    "invalid_key": Refusal(401, "InvalidApiKey", "Invalid API-key provided."),
    "workspace_denied": Refusal(403, "Workspace.AccessDenied", "Workspace access denied."),
    "access_denied": Refusal(403, "AccessDenied", "Access denied."),
    "too_large": Refusal(400, "BadRequest.TooLarge", "Payload Too Large."),
    # What a gateway refuses before it is a valid request (inferred: no page says how the service does it).
    "bad_request": Refusal(400, "InvalidParameter", "The request is not valid HTTP, please check the request."),
    "bad_host": Refusal(400, "InvalidParameter", "The Host header is not valid, please check the request headers."),
    "head_too_large": Refusal(431, "BadRequest.TooLarge", "Request headers too large."),
    "too_slow": Refusal(408, "RequestTimeOut", "The request did not arrive in time."),
    # Paths.
    "no_such_path": Refusal(404, "NotFound", "Request path not found."),
    # Only used by fault rules.
    "rate": Refusal(429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later."),
    "burst": Refusal(
        429,
        "Throttling.BurstRate",
        "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale "
        "requests more smoothly over time.",
    ),
    "throttled": Refusal(429, "Throttling", "Requests throttling triggered."),
    "arrears": Refusal(400, "Arrearage", "Access denied, please make sure your account is in good standing."),
    "allocation_quota": Refusal(
        429, "Throttling.AllocationQuota", "Allocated quota exceeded, please increase your quota limit."
    ),
    # The only code that the tables list inside HTTP 200; its message is not quoted anywhere (inferred).
    "gateway": Refusal(200, "BailianGateway.Workspace.NotAuthorised", "Workspace not authorised."),
    "internal": Refusal(500, "InternalError", "Internal server error!"),
    "unavailable": Refusal(503, "ModelUnavailable", "Model is unavailable, please try again later."),
    # Inferred: no page quotes a 504 of the service itself.
    "timeout": Refusal(504, "InternalError.Timeout", "Request timed out, please try again later."),
    "quota": Refusal(429, "Throttling", "Only 20 fine-tune job in running or succeeded allowed per user."),
}

# The meaning of a bare status when a fault rule gives no code of its own.
BY_STATUS: dict[int, str] = {
    200: "gateway",
    400: "invalid_body",
    401: "invalid_key",
    403: "access_denied",
    404: "not_found",
    409: "conflict",
    429: "rate",
    500: "internal",
    503: "unavailable",
    504: "timeout",
}


def problem(name: str) -> ApiProblemError:
    """Return the catalogue's entry as an exception."""
    return ApiProblemError(CATALOGUE[name])


def recoded(refused: ApiProblemError, form: str) -> ApiProblemError:
    """Return the refusal under another code.

    :param form: the code, with or without its HTTP status (`409_Conflict`); without, it is that of the code elsewhere.
    """
    entry = refused.refusal
    stated, _, named = form.partition("_") if form[0].isdigit() else ("", "", form)
    usual = next((known.status for known in CATALOGUE.values() if known.code == named), entry.status)
    status = int(stated) if stated else entry.status if named == entry.code else usual
    return ApiProblemError(Refusal(status, named, entry.message))


def problem_called(name: str, code: str) -> ApiProblemError:
    """Return the catalogue's entry under another code."""
    return recoded(problem(name), code)


def quota_exceeded(limit: int) -> ApiProblemError:
    """Return 429 of the job quota (documented with 20)."""
    entry = CATALOGUE["quota"]
    return ApiProblemError(Refusal(entry.status, entry.code, entry.message.replace("20", str(limit))))


def about(name: str, subject: str) -> ApiProblemError:
    """Return the catalogue's entry with its `xxx` filled in."""
    entry = CATALOGUE[name]
    return ApiProblemError(Refusal(entry.status, entry.code, entry.message.replace("xxx", subject, 1)))


def gone(form: str, refused: ApiProblemError) -> Exception:
    """Return the answer for what does not exist.

    :param form: HTTP status and code, such as the documented `404_NotFound`; or `200_empty`.
    :param refused: the usual answer.
    """
    return NothingThereError() if form == "200_empty" else recoded(refused, form)


def unsupported_training_type(model: str, training_type: str) -> ApiProblemError:
    """Return 400 of a model that can't be trained so (documented)."""
    entry = CATALOGUE["unsupported_training_type"]
    before, between, _ = re.split("xxx|yyy", entry.message)
    return ApiProblemError(Refusal(entry.status, entry.code, f"{before}{model}{between}{training_type}"))


def bad_capacity(capacity: object, base_capacity: int) -> ApiProblemError:
    """Return 400 of a capacity that is out of range or no multiple (documented with a base capacity of 1)."""
    entry = CATALOGUE["bad_capacity"]
    message = entry.message.replace("multiples of 1 ", f"multiples of {base_capacity} ").replace("xx", str(capacity))
    return ApiProblemError(Refusal(entry.status, entry.code, message))


def invalid(message: str) -> ApiProblemError:
    """Return 400 `InvalidParameter` with a message of its own (inferred wording)."""
    return ApiProblemError(Refusal(400, "InvalidParameter", message))


def invalid_parameter(name: str) -> ApiProblemError:
    """Return 400 `InvalidParameter` in the documented wording for a missing or unusable parameter."""
    return invalid(f"Required parameter({name}) missing or invalid, please check the request parameters.")


def wrong_verb(method: str) -> ApiProblemError:
    """Return 400 `InvalidParameter` for a path that exists with another verb (documented wording)."""
    return invalid(f"Request method '{method}' is not supported.")
