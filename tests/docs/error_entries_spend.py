"""Why this exists: the words of the page of errors for what a run costs, and what it may cost."""

from __future__ import annotations

import error_scenes_spend as scenes
from error_entry import Entry, Group

_NOTHING = "It stops in the preview. No call is made."

SPEND = Group(
    "Costs and budgets",
    "costs",
    "What a run costs is estimated before it starts, and a budget can refuse it. What exists is never refused: it is "
    "paid for already.",
    (
        Entry(
            "What a run costs is shown in the plan",
            "A run is about to be started: it is new, or it replaces another one.",
            "It shows the estimate, and goes on.",
            scenes.estimated,
            "`pulumi up`; or set a budget with `max_cost` before.",
        ),
        Entry(
            "A run costs more than `max_cost`",
            "The upper figure of the estimate is above the budget of the job.",
            _NOTHING,
            scenes.over_budget,
            "Change `hyper_parameters` or the data as it says, or raise `max_cost`; then {again}.",
        ),
        Entry(
            "A run costs more than `dashscope-ft:maxCost`",
            "The upper figure of the estimate is above the budget that the stack sets for each run.",
            _NOTHING,
            scenes.over_configured_budget,
            'Change the run as it says, or `pulumi config set dashscope-ft:maxCost "25 CNY"`; then {again}.',
        ),
        Entry(
            "A run trains on more than `max_tokens`",
            "The upper figure of the tokens, all epochs together, is above that number.",
            _NOTHING,
            scenes.too_many_tokens,
            "Change `hyper_parameters` or the data as it says, or raise `max_tokens`; then {again}.",
        ),
        Entry(
            "The runs together cost more than `dashscope-ft:maxCostPerUp`",
            "This run and those that were checked before it are above the budget of one `up` together.",
            _NOTHING,
            scenes.used_up,
            "Start fewer runs at once (`pulumi up --target …`), or raise `dashscope-ft:maxCostPerUp`; then {again}.",
        ),
        Entry(
            "A budget is set, and the cost is not known",
            "There is no price for the model in this region, the data is not uploaded by the same program, or the run "
            "is billed by time.",
            _NOTHING,
            scenes.unknown,
            "Upload the data with a `TrainingFile`, give a price with `dashscope-ft:prices`, or set "
            "`allow_unknown_cost`; then {again}.",
        ),
        Entry(
            "A run turns out to cost more than it may while `up` runs",
            "The preview could not tell which file an id would belong to: in a YAML or TypeScript program whose file "
            "is uploaded by the same `up`.",
            "It stops before the job is started. The file is uploaded, which costs nothing.",
            scenes.found_at_create,
            "Change the run as it says, or raise the budget; then {again}.",
        ),
        Entry(
            "A budget without a currency",
            "`max_cost` is a number alone.",
            _NOTHING,
            scenes.no_currency,
            'Write `max_cost="15 CNY"`, then {again}.',
        ),
        Entry(
            "A budget in another currency than the price",
            "`max_cost` has another currency than the price. Nothing is converted: rates change.",
            _NOTHING,
            scenes.other_currency,
            "Write `max_cost` in the price's currency, or give your prices with `dashscope-ft:prices`; then {again}.",
        ),
        Entry(
            "A budget in the configuration is no amount",
            "`dashscope-ft:maxCost` or `dashscope-ft:maxCostPerUp` is negative, or something else than `40 CNY`.",
            _NOTHING,
            scenes.no_amount,
            '`pulumi config set dashscope-ft:maxCostPerUp "40 CNY"`, then {again}.',
        ),
        Entry(
            "A mistake in a file of prices",
            "`dashscope-ft:prices` names a file that can't be read, or that has a row of another form.",
            _NOTHING,
            scenes.misspelled_price,
            "Correct the file, then {again}.",
        ),
        Entry(
            "A price is old",
            "The date of a price is more than 180 days ago. It is said once.",
            "It warns, and goes on.",
            scenes.old_price,
            "Look the price up, and give it with `dashscope-ft:prices`; or nothing.",
        ),
    ),
)
