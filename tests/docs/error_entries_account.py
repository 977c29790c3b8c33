"""Why this exists: the words of the page of errors for keys, workspaces, rights and money."""

from __future__ import annotations

import error_entries_quota as quota
import error_scenes as scenes
import error_scenes_program as program
from error_entry import Entry, Group
from error_scenes import answered

_AT_ONCE = "It stops at once: asking again would be refused again."
_STARTED_NOTHING = f"{_AT_ONCE} Nothing was started."
_KEPT = f"{_AT_ONCE} The job stays in the state, and is never taken for gone."
_PAY = "Settle the bill in the Alibaba Cloud console (Expenses), then {again}."
_OWNER = (
    'Ask the owner of the account for the workspace permission "model tuning - operate" for this key\'s user, then '
    "{again}."
)
_PREVIEW = "It stops in the preview. No call is made."

ROOM = Group(
    "Make room, or pay",
    "make-room",
    "Waiting alone does not help here: something has to go first. Nothing has been started, and nothing is lost.",
    (
        Entry(
            "`Throttling`: the quota of 20 jobs",
            "429. An account may have 20 jobs that are running or have succeeded. Same code as “busy”; told apart by "
            "the text.",
            _STARTED_NOTHING,
            answered("create"),
            "`pulumi destroy` in stacks that are no longer needed, or delete old jobs and models in the Model Studio "
            "console; then `pulumi up`. Or set `waitForQuota`, and let it wait until a job is deleted.",
            ("Throttling|job quota",),
        ),
        *quota.ENTRIES,
        Entry(
            "`Throttling.AllocationQuota`, `insufficient_quota`",
            "400 or 429. The quota that is allocated to the account is used up.",
            _STARTED_NOTHING,
            answered("create"),
            "Raise the quota in the Model Studio console, then `pulumi up`.",
            ("Throttling.AllocationQuota", "insufficient_quota"),
        ),
        Entry(
            "`AllocationQuota.FreeTierOnly`",
            "403. The free tier is used up, and the account allows free use only.",
            _STARTED_NOTHING,
            answered("create"),
            "Switch off “free tier only” in the Model Studio console, then `pulumi up`.",
            ("AllocationQuota.FreeTierOnly",),
        ),
        Entry(
            "`Arrearage`, `PrepaidBillOverdue`, `PostpaidBillOverdue`",
            "400 or 429. A bill is overdue.",
            f"{_AT_ONCE} A `destroy` may meet this, too: then the job stays in the state.",
            answered("create"),
            _PAY,
            ("Arrearage", "PrepaidBillOverdue", "PostpaidBillOverdue"),
        ),
        Entry(
            "`CommodityNotPurchased`",
            "429. The account has not bought the service.",
            _STARTED_NOTHING,
            answered("create"),
            "Activate Model Studio in its console, then `pulumi up`.",
            ("CommodityNotPurchased",),
        ),
        Entry(
            "`AccessDenied.Unpurchased`",
            "403. Model Studio is not activated for this account.",
            _STARTED_NOTHING,
            answered("create"),
            "Activate Model Studio in its console, then `pulumi up`.",
            ("AccessDenied.Unpurchased",),
        ),
        Entry(
            "`BadRequest.TooLarge` for an upload: the storage is full",
            "HTTP 200 with a refused file inside. The account's file storage has no room for this file.",
            "It stops at once. Nothing was stored.",
            scenes.storage_full,
            "Delete old files in the Model Studio console, or `pulumi destroy` in stacks that are no longer "
            "needed; then "
            "`pulumi up`.",
            ("BadRequest.TooLarge|inside an upload's answer",),
        ),
        Entry(
            "`BadRequest.TooMany`",
            "HTTP 200 with a refused file inside. The account holds as many files as it may.",
            "It stops at once. Nothing was stored.",
            scenes.too_many_files,
            "Delete old files in the Model Studio console, or `pulumi destroy` in stacks that are no longer "
            "needed; then "
            "`pulumi up`.",
            ("BadRequest.TooMany",),
        ),
    ),
)

KEY = Group(
    "Fix the key, the workspace or the rights",
    "fix-key",
    "A refused key or a missing right never counts as “the job is gone”: what is in the state stays there.",
    (
        Entry(
            "No API key",
            "No key in the configuration, the environment or a key file.",
            _PREVIEW,
            program.no_key,
            "`export DASHSCOPE_API_KEY=sk-…`, or `pulumi config set --secret dashscope-ft:apiKey`; then {again}.",
        ),
        Entry(
            "The key has a line break in it",
            "Mostly from a file or a secret store that adds one.",
            f"{_PREVIEW} The key itself is never shown.",
            program.key_with_line_break,
            "`export DASHSCOPE_API_KEY=\"$(tr -d '\\r\\n' < key.txt)\"`, then {again}.",
        ),
        Entry(
            "The key is of the Coding Plan",
            "Keys that begin with `sk-sp-` are not valid for this API.",
            _PREVIEW,
            program.key_of_other_plan,
            "Make an ordinary key in the Model Studio console, `export DASHSCOPE_API_KEY=sk-…`, then {again}.",
        ),
        Entry(
            "`api_key_env` names a variable that is not set",
            "A job of another account; its key is missing here, for example on a new CI machine.",
            f"{_PREVIEW} Another account's key is never taken instead.",
            program.unset_variable,
            "`export DASHSCOPE_API_KEY_TEAM_B=sk-…` (the name that the message gives), then {again}.",
        ),
        Entry(
            "`api_key_env` names a variable that is not listed",
            "What is in the variable would be sent to the service, so only names that begin with `DASHSCOPE_` are "
            "read, and those that you list. Earlier versions read any name.",
            f"{_PREVIEW} The variable was not read.",
            program.unlisted_variable,
            "`export DASHSCOPE_FT_API_KEY_ENVS=TEAM_B && pulumi config set dashscope-ft:apiKeyEnvs TEAM_B`, then "
            "{again}.",
        ),
        Entry(
            "`api_key_env` names the secret of another system",
            "A name such as `AWS_…`, `GITHUB_…`, `PULUMI_…` or `…PASSWORD` is never read as a key, listed or not.",
            f"{_PREVIEW} The variable was not read.",
            program.foreign_variable,
            "`export DASHSCOPE_API_KEY_TEAM_B=sk-…`, write that name into the program, then {again}.",
        ),
        Entry(
            "A provider process was sent a second configuration",
            "A process takes one configuration, so that nobody else on the machine can have the key sent elsewhere. "
            "Pulumi itself starts a new process for each.",
            "The first configuration holds; nothing of it was changed, and nothing was sent.",
            program.second_configuration,
            "{again}. If it comes up again, find out which other program on this machine talks to the provider's port.",
        ),
        Entry(
            "A region that needs the workspace id",
            "Some regions have no host that all workspaces share.",
            _PREVIEW,
            program.region_without_host,
            "`pulumi config set dashscope-ft:workspaceId llm-…`, then {again}.",
        ),
        Entry(
            "`InvalidApiKey`, `invalid_api_key`",
            "401. The key is wrong or was revoked, or the base URL is of another region: a key is known in its own "
            "region only.",
            _KEPT,
            answered("get"),
            "`export DASHSCOPE_API_KEY=sk-…` with a key of this region, or `pulumi config set dashscope-ft:region …`; "
            "then {again}.",
            ("InvalidApiKey", "invalid_api_key"),
        ),
        Entry(
            "`NOT AUTHORIZED`",
            "401. The workspace does not exist, or is not this key's.",
            _KEPT,
            answered("get"),
            "`pulumi config set dashscope-ft:workspaceId llm-…` with the key's own workspace, then {again}.",
            ("NOT AUTHORIZED",),
        ),
        Entry(
            "`Workspace.AccessDenied`, `BailianGateway.Workspace.NotAuthorised`",
            "403, or HTTP 200 with this code inside. The key's account may not use the workspace.",
            _KEPT,
            answered("cancel"),
            "`pulumi config set dashscope-ft:workspaceId llm-…` with the key's own workspace, or a key of that "
            "workspace; then {again}.",
            ("Workspace.AccessDenied", "BailianGateway.Workspace.NotAuthorised"),
        ),
        Entry(
            "`WorkSpaceNotFound`",
            "404. There is no such workspace. It says nothing about the job.",
            _KEPT,
            answered("get"),
            "`pulumi config set dashscope-ft:workspaceId llm-…`, then {again}.",
            ("WorkSpaceNotFound",),
        ),
        Entry(
            "`NotFound`: the job is of another workspace",
            "404 to a key of another workspace than the job's, such as one that is still in the environment. The same "
            "with a deployment.",
            "It looks at what else the key may see. If all of that is in another workspace than the one in the state, "
            "the job is not taken for gone: it stays in the state. A key that sees nothing proves nothing; then it is "
            "gone.",
            program.other_workspace,
            "`export DASHSCOPE_API_KEY=sk-…` with a key of the job's workspace, then {again}.",
        ),
        Entry(
            "`AccessDenied`, `access_denied`",
            "403. The key is known, but may not do this.",
            _KEPT,
            answered("cancel"),
            _OWNER,
            ("AccessDenied", "access_denied"),
        ),
        Entry(
            "`Model.AccessDenied`",
            "403. The key's workspace may not use this model.",
            _STARTED_NOTHING,
            answered("create"),
            "Ask the owner of the account to grant the model to the workspace, or choose another `model`; then "
            "`pulumi up`.",
            ("Model.AccessDenied",),
        ),
        Entry(
            "`App.AccessDenied`",
            "403. No right to an application. Not expected for jobs; listed because the service shares its table.",
            _STARTED_NOTHING,
            answered("create"),
            _OWNER,
            ("App.AccessDenied",),
        ),
    ),
)
