"""Why this exists: the words of the page of errors for imported models."""

from __future__ import annotations

import error_scenes_imported as scenes
from error_entry import Entry, Group

_RECORDED = "The import is recorded, and the next `up` waits for that same import."

IMPORTED = Group(
    "Imported models",
    "imported-models",
    "An import is started once. It can't be cancelled, and goes on when a wait for it ends. Deleting an import removes "
    "the files of its model; what is in the bucket stays.",
    (
        Entry(
            "Import: the answer to a create was lost",
            "The connection broke, or a gateway answered, after the request had been sent.",
            "It looks for the import by the stamp in its display name for five minutes, and adopts it. Only when the "
            "list shows none, it asks again. With a `display_name` of your own, the import is recognised by that name, "
            "the base model and the folder; where more than one fits, it stops and lists them.",
            scenes.lost,
            "Nothing.",
        ),
        Entry(
            "Import: an `up` was killed after it had started one",
            "The process died before the import was in the state.",
            "The next `up` with the same inputs finds it by its stamp and adopts it.",
            scenes.killed,
            "Nothing.",
        ),
        Entry(
            "Import: two have the name that was given to one",
            "An `up` was killed after it had started an import, or `--replace` was given, and somebody has sent the "
            "request once more, name included: a gateway, say.",
            "It stops before anything is asked for: the other import may not be yours, and it would be deleted with "
            "the stack.",
            scenes.copied,
            'The id of yours as `adopt_import_id="…"`; or another value in `triggers`. Then `pulumi up`.',
        ),
        Entry(
            "Import: unknown whether it was started",
            "The answer to the create was lost, and the list can't be read either.",
            "It stops, and asks for nothing twice. The next `up` looks for the import first.",
            scenes.in_doubt,
            "`pulumi up` again, after what the message names.",
        ),
        Entry(
            "Import: one of that name exists",
            "The program sets `display_name`, and an import of that name from the same folder goes on or has a model, "
            "and is not in the state. It may be one whose answer was lost, or somebody else's.",
            "It stops before anything is asked for.",
            scenes.name_taken,
            'To take it over: `adopt_import_id="…"`. Otherwise choose another `display_name`, or leave it out. Then '
            "`pulumi up`.",
        ),
        Entry(
            "Import: 400 `InvalidParameter`, refused",
            "The service does not take weights for this base model, or does not accept another input.",
            "It stops at once: asking again would be refused again. Nothing was started.",
            scenes.unknown_base,
            "Correct the input that the service names, then `pulumi up`.",
        ),
        Entry(
            "Import: no such import to adopt",
            "No import with the id in `adopt_import_id` exists for this key.",
            "It stops. Nothing was started.",
            scenes.none_to_adopt,
            "Correct `adopt_import_id` or the key, then `pulumi up`.",
        ),
        Entry(
            "Import: the one to adopt is another",
            "The import in `adopt_import_id` was made for another base model, or from another bucket or folder.",
            "It stops. Nothing was started, and the import is untouched.",
            scenes.another_to_adopt,
            "Write the import's own values, or drop `adopt_import_id`; then `pulumi up`.",
        ),
        Entry(
            "Import: a new one needs `weight_type`",
            "An import was taken over without `weight_type`, and a changed input asks for a new one.",
            "It stops. Nothing was started.",
            scenes.no_type,
            'Add `weight_type="full"` or `"lora"`, then `pulumi up`.',
        ),
        Entry(
            "Import: no model within the timeout",
            "It takes longer than `wait_timeout`.",
            _RECORDED,
            scenes.too_slow,
            "`pulumi up` again.",
        ),
        Entry(
            "Import: Ctrl-C while there is no model yet",
            "The wait ends, nothing else does.",
            _RECORDED,
            scenes.interrupted,
            "`pulumi up` again.",
        ),
        Entry(
            "Import: `AvailableModelFileNotFound`, no usable weights",
            "The import is `FAILED`, because the folder in the bucket holds no weights that the service can use.",
            "`up` fails and records the import with the code.",
            scenes.no_weights,
            "Put the right files into the folder, or correct `bucket_name`, `object_key`, `base_model` or "
            "`weight_type`; add a value to `triggers` where no input has changed. Then `pulumi up`.",
        ),
        Entry(
            "Import: it failed",
            "The import is `FAILED` with another code.",
            "`up` fails and records the import with the code. Imports have no log.",
            scenes.failed,
            "Fix the cause, add a value to `triggers`, then `pulumi up`.",
        ),
        Entry(
            "Import: it is gone while there is no model yet",
            "Somebody deleted it while `up` was waiting for the model.",
            "`up` fails. `refresh` drops the import from the state.",
            scenes.vanished,
            "`pulumi refresh`, then `pulumi up`.",
        ),
        Entry(
            "Import: it is gone already",
            "Somebody deleted it, or an earlier `destroy` did before it was cut short.",
            "`destroy` counts it as done; `refresh` drops it from the state.",
            scenes.gone,
            "Nothing.",
        ),
        Entry(
            "Import: its model is deployed",
            "The service refuses the delete (400 `OperationDenied`), and a deployment of the model stays. A deployment "
            "that is being deleted is awaited.",
            "It stops. The import stays in the state, and its model is untouched.",
            scenes.deployed,
            "Take the deployment down where it was made, then `pulumi destroy`. To keep the model: "
            '`on_destroy="retain"` and `pulumi up` first.',
        ),
        Entry(
            "Import: the service refuses to delete it",
            "The delete is refused (400 `OperationDenied`) three times, and no deployment of the model is seen: it may "
            "belong to another workspace.",
            "It stops. The import stays in the state, and its model is untouched.",
            scenes.still_refused,
            "Look for the model's deployments in the console, then `pulumi destroy`.",
        ),
        Entry(
            "Import: it does not end in time",
            "An import under way can't be cancelled, and does not end within `teardown_timeout`.",
            "It stops. The import goes on, and stays in the state.",
            scenes.too_slow_an_end,
            "`pulumi destroy` again: it goes on from there.",
        ),
    ),
)
