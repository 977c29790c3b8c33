"""Why this exists: the words of the page of errors for faulty inputs and data, a wrong URL, a broken network."""

from __future__ import annotations

import error_scenes_program as program
from error_entry import Entry, Group
from error_scenes import answered, faulty

_AT_ONCE = "It stops at once: asking again would be refused again."
_STARTED_NOTHING = f"{_AT_ONCE} Nothing was started."
_KEPT = "It stops at once. The job stays in the state, and is never taken for gone."
_PREVIEW = "It stops in the preview. No call is made."

PROGRAM = Group(
    "Fix the program or the data",
    "fix-program",
    "The same input is refused each time. Whatever can be known without a call is said in the preview.",
    (
        Entry(
            "Inputs that can't work",
            "An argument is missing, misspelled, or of a value that the service never takes.",
            f"{_PREVIEW} All faults are listed at once, each with its field.",
            program.bad_inputs,
            "Correct the fields that are named, then `pulumi preview`.",
        ),
        Entry(
            "A value that Pulumi can't carry",
            "A Python program gives `bytes`, a `Decimal`, a date, a set or an object: directly, nested, in an output.",
            f"{_PREVIEW} All such values of the resource are listed, each with its field; no value is ever shown.",
            program.not_carried,
            "Change the program as the lines say, then `pulumi preview`.",
        ),
        Entry(
            "`--target` in the first `up` of a stack",
            "In a program with the default Python classes, `--target` or `--exclude` leaves out the stack's identity, "
            "which does not exist yet.",
            f"{_PREVIEW} With `--skip-preview` the engine stops instead, and names the identity: `Resource '…' depends "
            "on '…:StackIdentity::dashscope-ft' which was was not specified in --target list`.",
            program.identity_left_out,
            "`pulumi up` with the target that the message names added, or once without `--target`.",
        ),
        Entry(
            "`--target` in a stack of an older release",
            "In a program with the default Python classes, `--target` or `--exclude` leaves out the stack's identity, "
            "an older release made that identity, and something new is to be made.",
            f"{_PREVIEW} What exists already goes on.",
            program.key_left_out,
            "`pulumi up` with the target that the message names added, or without `--target`.",
        ),
        Entry(
            "Two sources of training data",
            "A job needs exactly one of `training_file_ids` and `training_datasets`.",
            _PREVIEW,
            program.both_sources,
            "Remove one of them, then `pulumi preview`.",
        ),
        Entry(
            "The data file does not exist",
            "The path is wrong, or the file was not checked out.",
            _PREVIEW,
            program.no_file,
            "Correct `path`, then `pulumi preview`.",
        ),
        Entry(
            "The data file has faulty rows",
            "A row is not JSON, or not of a shape that can be trained on.",
            f"{_PREVIEW} The first 20 faults are listed, each with its line. Nothing is uploaded.",
            program.bad_rows,
            "Correct the lines that are named, then `pulumi preview`.",
        ),
        Entry(
            "Messages with `weight` or `name`",
            "The data was made for another vendor. The service documents that it supports neither key.",
            "It warns, for up to 20 lines of each kind, and goes on: the file is uploaded and can be trained on.",
            program.unsupported_keys,
            "Take the keys out, and with them each message that must not be learned; then `pulumi preview`. Nothing, "
            "if all of it is to be trained.",
        ),
        Entry(
            "The data is of another shape than the training type needs",
            "For example chat rows for `dpo_lora`.",
            _PREVIEW,
            program.wrong_shape,
            "Correct `training_type` or the rows, then `pulumi preview`.",
        ),
        Entry(
            "The data file changed while `up` ran",
            "Something wrote to the file between the check and the upload.",
            "It stops: what was checked must be what is trained on. Nothing was uploaded.",
            program.file_changed,
            "Wait until the file is finished, then `pulumi up`.",
        ),
        Entry(
            "The data file changed while it was uploaded",
            "Something wrote to the file during the upload, or replaced it by one of the same size after the check.",
            "It compares what it sends with what was checked, and does not send the end. The service stores nothing.",
            program.file_changed_inside,
            "Wait until nothing writes to the file any more, then `pulumi up`.",
        ),
        Entry(
            "The data file vanished while `up` ran",
            "Something moved or deleted the file between the check and the upload.",
            "It stops. Nothing was uploaded.",
            program.file_vanished,
            "Put the file back, then `pulumi up`.",
        ),
        Entry(
            "`InvalidParameter`",
            "400. A parameter is missing or malformed; the service's text says which.",
            _STARTED_NOTHING,
            answered("create"),
            "Correct what the service names, then `pulumi up`.",
            ("InvalidParameter",),
        ),
        Entry(
            "`BadRequest.EmptyModel`, `BadRequest.EmptyInput`, `BadRequest.EmptyParameters`, `BadRequest.IllegalInput`",
            "400. A part of the request is missing, or is no JSON. The checks of this provider should have found it "
            "before.",
            _STARTED_NOTHING,
            answered("create"),
            "Correct what the service names, then `pulumi up`. If the program looks right, report it as a defect "
            "of this "
            "provider, with the request id.",
            ("BadRequest.EmptyModel", "BadRequest.EmptyInput", "BadRequest.EmptyParameters", "BadRequest.IllegalInput"),
        ),
        Entry(
            "`BadRequest.ResourceNotExist`",
            "400. A file or a model that the job refers to does not exist for this key.",
            _STARTED_NOTHING,
            answered("create"),
            "Correct the ids in the program. If a file was deleted elsewhere: `pulumi refresh`, then `pulumi "
            "up`, which "
            "uploads it again.",
            ("BadRequest.ResourceNotExist",),
        ),
        Entry(
            "`BadRequest.TooLarge`: one file is too large",
            "400 or 413. The file is larger than the service takes.",
            f"{_AT_ONCE} Nothing was stored.",
            answered("upload"),
            "Split the file, give both to the job in `training_file_ids`, then `pulumi up`.",
            ("BadRequest.TooLarge",),
        ),
        Entry(
            "`BadRequest.UnsupportedFileFormat`",
            "400. The service does not take such files.",
            f"{_AT_ONCE} Nothing was stored.",
            answered("upload"),
            "Give the file as `.jsonl`, or as `.zip` with `data.jsonl` in it; then `pulumi up`.",
            ("BadRequest.UnsupportedFileFormat",),
        ),
        Entry(
            "`DataInspectionFailed`, `data_inspection_failed`",
            "400. The service's content check objects to the data.",
            _STARTED_NOTHING,
            answered("create"),
            "Take out what was objected to, then `pulumi up`.",
            ("DataInspectionFailed", "data_inspection_failed"),
        ),
        Entry(
            "`ModelNotFound`, `model_not_found`",
            "404. There is no such model, or the key's workspace may not use it. It says nothing about jobs.",
            _STARTED_NOTHING,
            answered("create"),
            "Correct `model`, then `pulumi up`.",
            ("ModelNotFound", "model_not_found"),
        ),
        Entry(
            "`Conflict`",
            "409. Something of that name exists already.",
            _STARTED_NOTHING,
            answered("create"),
            "Another `finetuned_output_suffix`, then `pulumi up`.",
            ("Conflict",),
        ),
        Entry(
            "A code that these pages don't list",
            "The service's documentation does not list it.",
            "It is read by its family (`Throttling.…`, `BadRequest.…`, `InternalError.…`), else by the HTTP status. An "
            "unknown code never counts as gone.",
            faulty("create", kind="status", status=400, code="BadRequest.Unheard", message="Something is not right."),
            "What the message says, then {again}.",
        ),
    ),
)

NETWORK = Group(
    "Fix the base URL or the network",
    "fix-network",
    "The answer, if there was one, did not come from the fine-tuning API.",
    (
        Entry(
            "`NotFound` with “Request path not found.”",
            "404. The base URL leads to a service that has no such path. It says nothing about the job.",
            _KEPT,
            answered("get"),
            "`pulumi config set dashscope-ft:baseUrl https://dashscope.aliyuncs.com/api/v1` (or that of your region), "
            "then {again}.",
            ("NotFound|path, not resource",),
        ),
        Entry(
            "A 404 page that is not the service's",
            "404 with a page of HTML, from a proxy or a gateway.",
            _KEPT,
            faulty("get", kind="html", status=404, message="Not Found"),
            "Check `echo $DASHSCOPE_HTTP_BASE_URL` and `pulumi config get dashscope-ft:baseUrl`, then {again}.",
        ),
        Entry(
            "A redirect",
            "301 to 308, often to a login page.",
            f"{_KEPT} Redirects are not followed, since the key would go along.",
            faulty("get", kind="html", status=302, headers={"Location": "https://login.example.com/"}),
            "`pulumi config set dashscope-ft:baseUrl https://…/api/v1`, or sign in to the network; then {again}.",
        ),
        Entry(
            "Connection refused",
            "Nothing listens at the base URL: the emulator is not running, or the URL is wrong.",
            "It tries again for up to 60 s. Nothing was sent, so nothing can have been started.",
            program.refused_connection,
            "Check `echo $DASHSCOPE_HTTP_BASE_URL` (for a local emulator: `dashscope-ft emulator`), then {again}.",
        ),
        Entry(
            "A login page or a proxy answers instead",
            "401, 403 or another refusal with a page of HTML: a proxy wants you to sign in.",
            "It stops at once. Before a job is started the job list is read, so nothing was started.",
            faulty("list", kind="html", status=403, message="Sign in"),
            "Sign in to the network or set `NO_PROXY`, then {again}.",
        ),
        Entry(
            "The connection breaks",
            "It was reset before the whole answer was there.",
            "Reads, cancels and deletes are tried again for up to 60 s. After a create it looks for the job instead.",
            faulty("cancel", kind="reset"),
            "Check the network (VPN, proxy), then {again}.",
        ),
        Entry(
            "Plain http",
            "The base URL begins with `http://`, and is not this machine.",
            f"{_PREVIEW} The key would travel readable.",
            program.plain_http,
            "`export DASHSCOPE_HTTP_BASE_URL=https://…/api/v1`, then {again}.",
        ),
        Entry(
            "A user name or password in the base URL",
            "The URL has the form `https://user:password@host`.",
            f"{_PREVIEW} The URL is not repeated.",
            program.password_in_url,
            "`export DASHSCOPE_HTTP_BASE_URL=https://…/api/v1`, then {again}.",
        ),
    ),
)
