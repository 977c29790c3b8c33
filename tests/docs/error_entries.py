"""Why this exists: the words of the page of errors, for whatever is no question of key, workspace, money or network.

Grouped by what the reader has to do. Facts: the API pages named in `api/http/catalogue.py`, and what the code does.
"""

from __future__ import annotations

import error_scenes as scenes
import error_scenes_choice as choice
from error_entry import Entry, Group
from error_scenes import answered, faulty

_TRIED = (
    "It tries again for up to 60 s for each call, with growing pauses; all calls of the process slow down together."
)
_NOTHING = "Nothing."

NOTHING_TO_DO = Group(
    "Nothing to do",
    "nothing-to-do",
    "The provider has dealt with it. You see lines like these, and the command goes on.",
    (
        Entry(
            "`NotFound`: the job is gone",
            "404. Somebody deleted the job, or an earlier `destroy` did before it was cut short.",
            "`destroy` counts it as done. `refresh` drops it from the state, and the next `up` starts a new, paid run. "
            "Only this answer, from the service itself, counts as gone.",
            scenes.gone,
            "Nothing. Before an `up` that would start the run again: `pulumi preview`.",
            ("NotFound",),
        ),
        Entry(
            "`InvalidParameter` with “File not found.”: the file is gone",
            "400 or 404, for training files only.",
            "`destroy` counts it as done; `refresh` drops the file from the state.",
            scenes.file_gone,
            _NOTHING,
            ("InvalidParameter|files only, with the text “File not found.”",),
        ),
        Entry(
            "`UnsupportedOperation`: the job ended just before the cancel",
            "400. The job was running when it was read, and finished before the cancel arrived.",
            "It reads the job again and deletes it.",
            scenes.ended_before_cancel,
            _NOTHING,
            ("UnsupportedOperation",),
        ),
        Entry(
            "`UnsupportedOperation`: the record of a finished job can't be deleted",
            "400, for a delete. The documentation contradicts itself on whether finished jobs can be deleted.",
            "It reads the job again. If it is finished, nothing runs and nothing is billed: it warns, and drops "
            "the job "
            'from the state. With `on_undeletable="error"` it stops with an error.',
            scenes.undeletable,
            "Nothing. If the warning says that the job counts toward the 20 jobs, and you need the room, delete its "
            "model in the Model Studio console.",
        ),
        Entry(
            "`UnsupportedOperation`: the job to be deleted is still active",
            "400, for a delete. The job looked finished, and is not.",
            "It starts over: cancel, wait, delete.",
            scenes.deleted_while_active,
            _NOTHING,
        ),
        Entry(
            "The answer to a create was lost",
            "The connection broke, or a gateway answered, after the request to start a job had been sent.",
            "It looks for the job by the stamp in its name for five minutes and adopts it. Only when the list shows "
            "none, it asks again, three times at most. So a run is bought twice only if the list hides it for longer "
            "than that.",
            scenes.lost_and_found,
            _NOTHING,
        ),
        Entry(
            "An `up` was killed after it had started a job",
            "The process died (power, `SIGKILL`) before the job was in the state.",
            "The next `up` with the same inputs finds the active job by its stamp and adopts it.",
            scenes.killed,
            "Nothing. To start a second run on purpose, add a value to `triggers` and type `pulumi up`.",
        ),
    ),
)

WAIT = Group(
    "Wait, then run the command again",
    "wait",
    "The fault is on the service's side or on the way to it. It has been retried already; the same command goes "
    "on from "
    "where it stopped.",
    (
        Entry(
            "`Throttling`: busy",
            "429. Too many requests, or too many jobs in training.",
            f"{_TRIED} A create that was refused has not taken effect, so asking again buys nothing twice.",
            answered("create"),
            "Wait a few minutes, then `pulumi up`. To see what is running: `pulumi refresh` in your stacks, or the "
            "Model Studio console.",
            ("Throttling",),
        ),
        Entry(
            "`Throttling.RateQuota`, `LimitRequests`, `limit_requests`",
            "429. Too many requests a minute, from all programs of the account together.",
            f"{_TRIED} It waits as long as a `Retry-After` says, within that limit.",
            answered("create"),
            "Wait a minute, then {again}. If it comes often: `pulumi up --parallel 4`.",
            ("Throttling.RateQuota", "LimitRequests", "limit_requests"),
        ),
        Entry(
            "`Throttling.BurstRate`, `limit_burst_rate`",
            "429. The rate of requests rose too quickly.",
            _TRIED,
            answered("create"),
            "Wait a minute, then {again}. If it comes often: `pulumi up --parallel 4`.",
            ("Throttling.BurstRate", "limit_burst_rate"),
        ),
        Entry(
            "`InternalError`, `internal_error`, `SystemError`",
            "500. The service failed.",
            f"{_TRIED} A create is not simply repeated: it looks for the job first.",
            answered("delete"),
            "Wait a few minutes, then {again}. If it stays, open a ticket with Alibaba Cloud and quote the request id.",
            ("InternalError", "internal_error", "SystemError"),
        ),
        Entry(
            "`InternalError.Timeout`, `RequestTimeOut`, `ResponseTimeout`",
            "500. The service did not finish in its own time. The job may have been started or cancelled all the same.",
            f"{_TRIED} What is asked next is how the job stands, so nothing is done twice.",
            answered("cancel"),
            "Wait a few minutes, then {again}.",
            ("InternalError.Timeout", "RequestTimeOut", "ResponseTimeout"),
        ),
        Entry(
            "`InternalError.FileUpload`, `InternalError.Upload`",
            "500. The service's own storage failed while it took a file.",
            "It looks for the file, and uploads it again only when the list shows none; three times at most.",
            answered("upload"),
            "Wait a few minutes, then `pulumi up`.",
            ("InternalError.FileUpload", "InternalError.Upload"),
        ),
        Entry(
            "A pause that other calls were asked for",
            "429 with a `Retry-After`, one after the other, to other calls of the same process.",
            "All calls pause together. One that would have to wait longer than 60 s for such pauses is not sent.",
            scenes.paused,
            "Wait a few minutes, then {again}. If it comes often: fewer at once (`--parallel 4`).",
        ),
        Entry(
            "`ModelServingError`, `ModelUnavailable`",
            "500 or 503. The service is at capacity.",
            _TRIED,
            answered("get", 503),
            "Wait a few minutes, then {again}.",
            ("ModelServingError", "ModelUnavailable"),
        ),
        Entry(
            "No answer in time",
            "The request was sent, and no whole answer came back within 60 s, however slowly it dripped.",
            "Such a wait uses up the minute that a call may take, so a read, cancel or delete is not tried again. "
            "After a create it looks for the job instead.",
            scenes.no_answer,
            "Check that the network is up, then {again}.",
        ),
        Entry(
            "Interrupted with Ctrl-C",
            "Ctrl-C while a step waits, in YAML programs and other languages, which use the plugin. The steps of a "
            "Python program end what they have begun before the command ends.",
            "It ends all waits at once. What the service had accepted goes on; nothing is undone, nothing new begun.",
            scenes.interrupted,
            "{again}.",
        ),
        Entry(
            "Wait: Ctrl-C while the job has no model yet",
            "Ctrl-C during the wait of a `FineTunedModel`, in YAML programs and other languages, which use the plugin.",
            "It ends the wait and records the job, which goes on and is billed. The next `up` waits for the same job.",
            scenes.model_interrupted,
            "`pulumi up` again, or `pulumi destroy`, which ends the job.",
        ),
        Entry(
            "Teardown: Ctrl-C before its end (plugin)",
            "Ctrl-C while a teardown waits, in YAML programs and other languages, which use the plugin.",
            "It ends the wait at once and undoes nothing. What it had asked for goes on: a job that is being cancelled "
            "ends by itself. The resource stays in the state.",
            scenes.teardown_interrupted,
            "{again}: it goes on from there.",
        ),
        Entry(
            "Teardown: Ctrl-C in a Python program",
            "Ctrl-C while a teardown of the default Python classes waits.",
            "Pulumi waits for such a step, and the provider can't end it early. So a line says what it waits for and "
            "for how long at most; then the command stops. A second Ctrl-C ends it at once.",
            scenes.interruption_awaited,
            "Nothing: wait. After a second Ctrl-C `pulumi destroy` again.",
        ),
        Entry(
            "A gateway's error page",
            "502, 503 or 504 with a page of HTML: something before the service failed.",
            f"{_TRIED} After a create it looks for the job instead.",
            faulty("delete", kind="html", status=502),
            "Wait a few minutes, then {again}.",
        ),
        Entry(
            "An answer that can't be used",
            "The service says success, but its answer breaks off or holds no job.",
            f"{_TRIED} After a create it looks for the job instead.",
            faulty("get", kind="malformed"),
            "Wait a few minutes, then {again}. If it stays, open a ticket with Alibaba Cloud.",
        ),
        Entry(
            "A create was answered in no usable way, three times",
            "Each request broke off, and the job list shows that none of them took effect.",
            "It has asked three times, and looked for five minutes after each. Nothing was bought.",
            faulty("create", kind="reset"),
            "Wait a few minutes, then `pulumi up`: it looks for the job before it starts one.",
        ),
        Entry(
            "Whether a job was started is not known",
            "The answer to the create was lost, and then the job list could not be read either.",
            "It stops, since asking again might buy a second run. The next `up` looks for the job and adopts it.",
            scenes.in_doubt,
            "Wait a few minutes, then `pulumi up`, with the same inputs. Do not change them before: the job is "
            "found by "
            "them.",
        ),
        Entry(
            "`OperationDenied`",
            "400. Documented for a neighbouring API only; read like `UnsupportedOperation` (inferred).",
            "It reads the job again and goes on from its present state. If the job does not change, it asks again "
            "until `teardown_timeout` is over.",
            answered("cancel"),
            "`pulumi destroy` again. If the message stays the same, cancel the job in the Model Studio console first.",
            ("OperationDenied",),
        ),
        Entry(
            "The teardown ran out of time",
            "The job was not gone within `teardown_timeout` (10 minutes if not set), usually because the service takes "
            "long to cancel.",
            "It stops; the cancel goes on at the service. The job stays in the state.",
            scenes.slow_cancel,
            '`pulumi destroy` again. For more patience: `teardown_timeout="30m"` in the program, `pulumi up`, then '
            "`pulumi destroy`.",
        ),
    ),
)

DECIDE = Group(
    "Decide: only you can know",
    "decide",
    "Going on by itself might buy a run twice, or take something that is not yours. So the provider stops and "
    "lists what "
    "it found.",
    (
        Entry(
            "The run was made already",
            "An `up` was killed, its job has succeeded since, and the job is not in the state.",
            "It never takes a finished job silently, and never pays for the same run silently either.",
            choice.trained_already,
            'To keep the result: `adopt_job_id="ft-…"` in the program, then `pulumi up`. To pay for another run: a new '
            "value in `triggers`, then `pulumi up`.",
        ),
        Entry(
            "More than one job could be the lost one",
            "Only with a `job_name` of your own: the answer to a create was lost, and two new jobs have that name.",
            "It stops. Without `job_name` this can't happen: then each job has a stamp.",
            choice.two_candidates,
            'Look at both in the Model Studio console. `adopt_job_id="ft-…"` in the program, then `pulumi up`; cancel '
            "the other one in the console if nobody needs it.",
        ),
        Entry(
            "A job of the same name is active",
            "Only with a `job_name` of your own: an active job has that name, model and data already.",
            "It stops before anything is started.",
            choice.same_name,
            'If it is yours: `adopt_job_id="ft-…"` in the program, then `pulumi up`. If not: another `job_name`, or '
            "none.",
        ),
        Entry(
            "The job to adopt does not exist",
            "`adopt_job_id` names a job that this key can't see.",
            "It stops before anything is started.",
            choice.nothing_to_adopt,
            "Correct the id, the key or the workspace, then `pulumi up`.",
        ),
        Entry(
            "The job to adopt is another one",
            "`adopt_job_id` names a job of another model or other data than the program says.",
            "It stops; the job is left alone.",
            choice.adopt_another,
            "Write the job's own model and files into the program, or remove `adopt_job_id`; then `pulumi up`.",
        ),
        Entry(
            "The job to adopt is held by another resource",
            "`adopt_job_id` names a job that another resource of the program has.",
            "It stops; the job is left alone.",
            choice.adopt_a_held_job,
            "Remove the other resource, or use its `job_id` instead of this one; then `pulumi up`.",
        ),
        Entry(
            "The file to adopt does not exist",
            "`adopt_file_id` names a file that this key can't see.",
            "It stops before anything is uploaded.",
            choice.no_file_to_adopt,
            "Correct the id, the key or the workspace, then `pulumi up`. Without `adopt_file_id` the file at `path` is "
            "uploaded.",
        ),
        Entry(
            "The file to adopt has another content",
            "What the service shows of the file that `adopt_file_id` names (MD5, size) is not that of the file at "
            "`path`.",
            "It stops; the file on the service is left alone.",
            choice.adopt_another_content,
            "Give the `path` of the content that was uploaded, or remove `adopt_file_id`; then `pulumi up`.",
        ),
        Entry(
            "The file to adopt is held by another resource",
            "`adopt_file_id` names a file that another resource of the program has.",
            "It stops; the file is left alone.",
            choice.adopt_what_is_held,
            "Remove the other resource, or use its `file_id` instead of this one; then `pulumi up`.",
        ),
        Entry(
            "This stack has started a job that its state does not hold",
            "An `up` was killed, and `destroy` followed instead of another `up`. Or `pulumi state move` has put the "
            "job into another stack.",
            "The stack's identity is the last thing that `destroy` removes. Before it goes, it looks for active jobs "
            "that have it.",
            choice.nobody_holds_it,
            "After a kill: `pulumi up`, then `pulumi destroy`; or `dashscope-ft cancel ft-…`, then `pulumi destroy`. "
            "Don't cancel a job that was moved: `pulumi state delete <urn of the StackIdentity>`.",
        ),
        Entry(
            "The file is read by an active job that stays",
            "The program replaces or removes a `TrainingFile`, and keeps a job that reads it: the job has "
            '`ignore_changes=["training_file_ids"]`, or names the file by its id.',
            "Before a file is deleted, all active jobs that the key can see are searched for it, in one listing. A job "
            "that is being cancelled is waited for. The new file is there already; the old one is deleted by the next "
            "run after the job has ended.",
            choice.file_of_a_job_that_stays,
            "{again} once the job has ended; or `dashscope-ft cancel ft-…` first.",
        ),
        Entry(
            "The file is read by an active job that no resource of this run is about",
            "`up --target` (or `--exclude`) replaces a file and leaves out the job that trains on it; or an `up` was "
            "killed, and `destroy` followed instead of another `up`; or `pulumi state move` has put the job, and not "
            "its file, into another stack; or, in a YAML program or another language, the job has Pulumi's option "
            "`retainOnDelete`, which a plugin does not see.",
            "The file stays. A lost job whose data is no file of the stack is not found this way; `dashscope-ft sweep` "
            "finds it.",
            choice.file_of_a_lost_job,
            "The same command without `--target`. After a kill: `pulumi up`, then `pulumi destroy`; or "
            "`dashscope-ft cancel ft-…`, then `pulumi destroy`. Don't cancel a job that was moved, or that is meant to "
            "go on: `pulumi state delete <urn of the file>`.",
        ),
        Entry(
            "The file is read by an active job of somebody else",
            "Another stack's job reads a `TrainingFile` of this stack (through a stack reference, for example), or a "
            "job that was started by hand.",
            "The file stays. The message has the owner id of the other stack (`dashscope-ft jobs --owner`), or what "
            "the service says of who started the job.",
            choice.file_of_another_stacks_job,
            "{again} once the job has ended; or `pulumi state delete <urn of the file>`, which leaves the file to the "
            "job.",
        ),
        Entry(
            "The file is kept for a job that outlives the stack",
            'A job with `on_destroy="retain"` or `retain_on_delete` goes on, and reads a `TrainingFile` of the stack.',
            "No error: the file stays on the service and leaves the state.",
            choice.file_of_a_retained_job,
            "Once the job has ended: `dashscope-ft delete FILE --kind file`.",
        ),
        Entry(
            "The jobs can't be listed before a file is deleted",
            "The key may not list jobs, or the list can't be read for another reason.",
            "What can't be seen is not assumed to be absent: the file stays, and so does its resource.",
            choice.file_and_no_job_list,
            "Use a key that may list jobs, then {again}. Where there is none: `pulumi state delete <urn of the file>`; "
            "once no job reads the file, `dashscope-ft delete FILE --kind file --ignore-use`.",
        ),
        Entry(
            "The record can't be deleted, and you asked for an error",
            '`on_undeletable="error"`, and the service answers a delete of a finished job with `UnsupportedOperation`.',
            "It stops. Nothing runs and nothing is billed; the job stays in the state.",
            scenes.undeletable_error,
            '`on_undeletable="warn"` in the program, `pulumi up`, then `pulumi destroy`. Or `pulumi stack '
            "--show-urns`, "
            "then `pulumi state delete` with the urn that it shows.",
        ),
    ),
)
