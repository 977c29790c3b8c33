"""The entries about `verify` on the page of the command's errors. Each plays its own scene."""

from __future__ import annotations

import command_scenes as scenes
from command_entry import CommandEntry

VERIFY: tuple[CommandEntry, ...] = (
    CommandEntry(
        "The verification was not confirmed",
        "`verify` was not typed, or nobody could be asked. Nothing was made.",
        "`verify`; or `--yes` in a pipeline.",
        scenes.verify_not_confirmed,
    ),
    CommandEntry(
        "The quota is too full for experiments",
        "Fewer than 4 of the 20 places for active and succeeded jobs are free. Nothing was made.",
        "`dashscope-ft jobs --status SUCCEEDED` shows what can go; `dashscope-ft delete` makes room.",
        scenes.verify_full,
    ),
    CommandEntry(
        "Another training is active",
        "One job runs at a time: the experiments would wait for it, or delay it. Nothing was made.",
        "The same command once it has ended; or `--beside-others`.",
        scenes.verify_beside_others,
    ),
    CommandEntry(
        "The account may not train",
        "The key is known and may not submit jobs. What was uploaded is deleted again.",
        "The same command once the owner of the account has given the right to tune models.",
        scenes.verify_no_right,
    ),
    CommandEntry(
        "The service answers in another form",
        "A gateway, a proxy or a login page answers in its place, or the service has a fault.",
        "`dashscope-ft doctor`, then the same command.",
        scenes.verify_third_form,
    ),
    CommandEntry(
        "A verification was cut short, and something is left",
        "The service could not be asked while the run was cleaning up. The ids of what is left are shown.",
        "`dashscope-ft verify`: it finds what is left and ends it before anything else.",
        scenes.verify_left,
    ),
    CommandEntry(
        "The report can't be written",
        "The folder is not there, or must not be written to. Nothing was done, and nothing was paid for.",
        "The same command with another `--report FILE`.",
        scenes.verify_no_folder,
    ),
)
