"""The entries of the page of errors about data files that can be read, and how they fit their job."""

from __future__ import annotations

import error_scenes_data as scenes
from error_entry import Entry, Group

_PREVIEW = "It stops in the preview. No call is made."
_WARNS = "It warns and goes on: the file can be uploaded."
_COMPARES = (
    "It warns in the plan and goes on. It compares only files that the same program uploads; with the plugin, new "
    "files are compared in `up`, before the job starts."
)

DATA = Group(
    "Look at the training data",
    "training-data",
    "What can't be trained on is refused; after a warning, `up` goes on.",
    (
        Entry(
            "A row breaks a documented rule",
            "The row has a known shape: a question and its label, a tool call, a weight, a prompt. Each line below is "
            "from a file of its own.",
            f"{_PREVIEW} Nothing is uploaded.",
            scenes.documented_rules,
            "Correct the lines that are named, then `pulumi preview`.",
        ),
        Entry(
            "A file that a row names is not in the archive",
            "It was not packed, or is spelled in another way. Rows of image, video and speech models can't be trained "
            "on without it.",
            f"{_PREVIEW} Nothing is uploaded.",
            scenes.file_not_in_archive,
            "Add the file to the archive, or correct the name in the row; then `pulumi preview`.",
        ),
        Entry(
            "A picture of a conversation is not in the archive",
            "No file in the archive has its base name. How the service looks for pictures is not documented.",
            _WARNS,
            scenes.picture_not_in_archive,
            "Add the picture to the archive, or correct the name in the row; then `pulumi preview`.",
        ),
        Entry(
            "The archive holds several data sets",
            "There is no `data.jsonl` in its root, and more than one in its folders.",
            f"{_PREVIEW} Nothing is uploaded.",
            scenes.several_data_sets,
            "Pack one archive per data set, with `data.jsonl` in the root; then `pulumi preview`.",
        ),
        Entry(
            "The archive has one folder around everything",
            "The folder was packed instead of its content. The guide for speech does so itself; the rules for pictures "
            "in conversations forbid it, and such an archive is refused.",
            _WARNS,
            scenes.folder_around_everything,
            "Nothing, if the job takes it. Else pack what is in the folder, then `pulumi preview`.",
        ),
        Entry(
            "A `loss_weight` of 0",
            "The documented range starts above 0; older pages allowed 0.",
            _WARNS,
            scenes.weight_of_zero,
            "Take the message out, or give it a small weight; then `pulumi preview`.",
        ),
        Entry(
            "Fewer rows than a batch",
            "The data is small, or `batch_size` is large.",
            _COMPARES,
            scenes.too_few_rows,
            "Add rows, or make `batch_size` smaller; then `pulumi preview`.",
        ),
        Entry(
            "Too few rows for a part to validate with",
            "The job has no validation data, so the service sets a part of the rows aside (`split`).",
            _COMPARES,
            scenes.too_few_rows_to_split,
            "Add rows, give `validation_file_ids`, or make `batch_size` smaller; then `pulumi preview`.",
        ),
        Entry(
            "A row is longer than `max_length`",
            "Its words and digits alone are more tokens than `max_length`. Training of the kind `sft` drops such rows, "
            "`dpo_full` and `dpo_lora` cut them.",
            _COMPARES,
            scenes.row_too_long,
            "Shorten the row, or raise `max_length`; then `pulumi preview`. Nothing, if that row may be missing.",
        ),
        Entry(
            "The data is for another model",
            "Decision rows are for decision models, and decision models take no other rows.",
            _COMPARES,
            scenes.data_of_another_model,
            "Correct `model` or the data, then `pulumi preview`.",
        ),
    ),
)
