"""Why this exists: the words of the page of errors for compressed models."""

from __future__ import annotations

import error_scenes_compressed as scenes
from error_entry import Entry, Group

_AT_ONCE = "It stops at once: asking again would be refused again. Nothing was started."
_RECORDED = "The job is recorded, and the next `up` waits for that same job."

COMPRESSED = Group(
    "Compressed models",
    "compressed-models",
    "A compression is started once. It goes on when a wait for it ends. A compressed model stays, no matter what "
    "becomes of its job.",
    (
        Entry(
            "Compression: the answer to a create was lost",
            "The connection broke, or a gateway answered, after the request had been sent.",
            "It looks for the job by the stamp in its name for five minutes, and adopts it. Only when the list shows "
            "none, it asks again. The service accepts a name once, so a repeated request can't start a second job.",
            scenes.lost,
            "Nothing.",
        ),
        Entry(
            "Compression: an `up` was killed after it had started one",
            "The process died before the job was in the state.",
            "The next `up` with the same inputs finds it by its stamp and adopts it.",
            scenes.killed,
            "Nothing.",
        ),
        Entry(
            "Compression: unknown whether it was started",
            "The answer to the create was lost, and the list can't be read either.",
            "It stops, and asks for nothing twice. The next `up` looks for the job first.",
            scenes.in_doubt,
            "`pulumi up` again, after what the message names.",
        ),
        Entry(
            "Compression: the name is taken",
            "The program sets `job_name`, and a compression job of that name exists. The service accepts a name once.",
            "It stops before anything is asked for.",
            scenes.name_taken,
            'To take it over: `adopt_job_id="quant-…"`. Otherwise choose another `job_name`, or leave it out. Then '
            "`pulumi up`.",
        ),
        Entry(
            "Compression: 400 `InvalidParameter`, refused",
            "The model can't be compressed (a base model, a LoRA result, another base), or a template, hyper-parameter "
            "or suffix is not accepted.",
            _AT_ONCE,
            scenes.not_compressible,
            "Correct the input that the service names, then `pulumi up`.",
        ),
        Entry(
            "Compression: 429 `QuotaExceeded`",
            "As many compression jobs are under way as the account may have.",
            _AT_ONCE,
            scenes.refused_by("QuotaExceeded"),
            "`dashscope-ft compressions` lists the jobs, `dashscope-ft delete <id>` ends one; then `pulumi up`.",
            ("QuotaExceeded",),
        ),
        Entry(
            "Compression: no such job to adopt",
            "No compression job with the id in `adopt_job_id` exists for this key.",
            "It stops. Nothing was started.",
            scenes.none_to_adopt,
            "Correct `adopt_job_id` or the key, then `pulumi up`.",
        ),
        Entry(
            "Compression: the job to adopt is another",
            "The job in `adopt_job_id` was made with another model or template.",
            "It stops. Nothing was started, and the job is untouched.",
            scenes.another_to_adopt,
            "Write the job's own values, or drop `adopt_job_id`; then `pulumi up`.",
        ),
        Entry(
            "Compression: no model within the timeout",
            "It takes longer than `wait_timeout`.",
            _RECORDED,
            scenes.too_slow,
            "`pulumi up` again.",
        ),
        Entry(
            "Compression: Ctrl-C while there is no model yet",
            "The wait ends, nothing else does.",
            _RECORDED,
            scenes.interrupted,
            "`pulumi up` again.",
        ),
        Entry(
            "Compression: it ended without a model",
            "The job is `FAILED`, or somebody has cancelled it.",
            "`up` fails and records the job, with the reason and the end of its log.",
            scenes.failed,
            "Fix the cause, add a value to `triggers`, then `pulumi up`.",
        ),
        Entry(
            "Compression: the job is gone",
            "Somebody deleted it while `up` was waiting for the model.",
            "`up` fails. `refresh` drops the job from the state.",
            scenes.vanished,
            "`pulumi refresh`, then `pulumi up`.",
        ),
        Entry(
            "Compression: 404 `ResourceNotFound`, it is gone",
            "Somebody deleted the job, or an earlier `destroy` did before it was cut short.",
            "`destroy` counts it as done; `refresh` drops it from the state.",
            scenes.gone(),
            "Nothing.",
            ("ResourceNotFound",),
        ),
        Entry(
            "Compression: the service keeps the record",
            "The delete of an ended job is refused (400), and `on_undeletable` is `error`. With `warn`, the default, "
            "the job is dropped from the state with a warning.",
            "It stops; nothing runs. The job stays in the state.",
            scenes.kept_by_the_service,
            '`on_undeletable="warn"`, then `pulumi up` and `pulumi destroy`.',
        ),
        Entry(
            "Compression: the job does not end in time",
            "The cancel was accepted, and the job is not final within `teardown_timeout`.",
            "It stops. The job stays in the state.",
            scenes.too_slow_an_end,
            "`pulumi destroy` again: it goes on from there.",
        ),
    ),
)
