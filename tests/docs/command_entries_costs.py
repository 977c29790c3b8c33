"""The entries of the page of the command's errors that are about `costs`."""

from __future__ import annotations

import command_scenes_costs as scenes
from command_entry import CommandEntry

_FORM = "([form](how-to/costs.md#what-the-figures-rest-on))"

COSTS: tuple[CommandEntry, ...] = (
    CommandEntry(
        "What a job has cost is unknown",
        "The service shows no count for it, or no price of its model is known. It is counted, and never as zero.",
        f"`--prices FILE` with a row for the model, where the price is missing {_FORM}.",
        scenes.unknown_cost,
    ),
    CommandEntry(
        "The stack of a job is not known",
        "Its name has the owner id of a stack, and no state that was given has that id.",
        "The states of all stacks: `--state FILE`, or `--state-dir URL` for a whole backend.",
        scenes.stack_without_state,
    ),
    CommandEntry(
        "A state can't be read for the costs",
        "A file is damaged or no export. What is known without it is shown.",
        "The same command, after `pulumi stack export` has written the file again.",
        scenes.unreadable_state,
    ),
    CommandEntry(
        "The deployments can't be listed for the costs",
        "The key may not list them. What jobs have cost is shown.",
        "The same command, with a key that may list deployments.",
        scenes.no_deployments,
    ),
    CommandEntry(
        "The region whose prices count is not known",
        "The address is that of a proxy or of the emulator, so it does not show the region.",
        "`DASHSCOPE_API_REGION` beside `DASHSCOPE_HTTP_BASE_URL`, or `--region` beside `--base-url`.",
        scenes.no_region,
    ),
    CommandEntry(
        "A point in time that does not exist",
        "`--since` or `--until` names a day, a month or an hour that the calendar lacks.",
        "The same command with another day. `--since 30d` needs no calendar.",
        scenes.no_time,
    ),
    CommandEntry(
        "The window of time is empty",
        "`--since` is after `--until`.",
        "The same command with the two exchanged.",
        scenes.wrong_window,
    ),
    CommandEntry(
        "The price file has a mistake, and nothing is added up",
        "A row lacks a field, has another one, or a value of another form. Nobody was asked.",
        f"The same command, once the named place is correct {_FORM}.",
        scenes.wrong_prices,
    ),
)
