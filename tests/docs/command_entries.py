"""The entries of the page of the command's errors: what happens, and what to type. Each plays its own scene."""

from __future__ import annotations

import command_scenes as scenes
from command_entries_costs import COSTS
from command_entries_verify import VERIFY
from command_entry import CommandEntry

GROUPS: tuple[tuple[str, tuple[CommandEntry, ...]], ...] = (
    (
        "All commands",
        (
            CommandEntry(
                "There is no key",
                "No key in the environment or in a key file. The command reads no stack configuration.",
                "`export DASHSCOPE_API_KEY=sk-…`, or `--api-key-env NAME`; then the same command.",
                scenes.no_key,
            ),
            CommandEntry(
                "The key is refused",
                "The key is wrong, expired, or of another region than the endpoint.",
                "`dashscope-ft doctor` shows where the key was found and which endpoint is asked.",
                scenes.refused_key,
            ),
            CommandEntry(
                "The service can't be reached",
                "No network, a proxy, or a wrong base URL. It is tried for up to a minute.",
                "`dashscope-ft doctor`, then the same command.",
                scenes.unreachable,
            ),
            CommandEntry(
                "The proxy is not a URL",
                "`HTTPS_PROXY` or `ALL_PROXY` has a slip in it. Nothing was sent. Its value is not repeated: it may "
                "hold a password.",
                "What the message says; then the same command.",
                scenes.broken_proxy,
            ),
            CommandEntry(
                "The certificates are not there",
                "`REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE` names no file. Nothing was sent.",
                "What the message says; then the same command.",
                scenes.no_certificates,
            ),
            CommandEntry(
                "There is no such job",
                "The id is mistyped, or of another workspace or region.",
                "`dashscope-ft jobs` (or `compressions`, or `imports`) lists what this key can see.",
                scenes.nothing_there,
            ),
            CommandEntry(
                "Wrong usage",
                "An option or a value that does not exist. For `sweep` the exit code is 64: there, 2 means that there "
                "is something to do.",
                "What the message says; `--help` has examples.",
                scenes.wrong_usage,
            ),
        ),
    ),
    (
        "`delete`, `cancel` and `wait`",
        (
            CommandEntry(
                "Nobody has confirmed",
                "The id (or, for several, their number) was not typed.",
                "The id; or `--yes` in a pipeline.",
                scenes.not_confirmed,
            ),
            CommandEntry(
                "The service keeps the record",
                "A job has ended, and the service refuses to delete its record. Nothing runs, nothing is billed.",
                "Nothing; `--on-undeletable warn` makes it no failure.",
                scenes.record_kept,
            ),
            CommandEntry(
                "The time was up",
                "The job has not ended within `--timeout`. The cancel goes on at the service.",
                "The same command: it goes on from there; `--timeout 1h` gives it more time.",
                scenes.too_little_time,
            ),
            CommandEntry(
                "An active job reads the file",
                "The file is not deleted, no matter who started the job: nobody documents that a run works without it.",
                "The same command once the job has ended; `--ignore-use` deletes the file all the same.",
                scenes.file_in_use,
            ),
            CommandEntry(
                "The jobs can't be listed before a file is deleted",
                "A job may read the file, and the key may not see it.",
                "A key that may list jobs; or `--ignore-use`, if you know that no active job reads the file.",
                scenes.use_unknown,
            ),
            CommandEntry(
                "A job ended without a model",
                "It has failed, or was cancelled. The message has the end of its log.",
                "`dashscope-ft show JOB` and `dashscope-ft logs JOB`.",
                scenes.no_model,
            ),
            CommandEntry(
                "A compression ended without a model",
                "It has failed, or was cancelled. The message has the reason and the end of its log.",
                "`dashscope-ft show JOB` and `dashscope-ft logs JOB`.",
                scenes.no_compressed_model,
            ),
            CommandEntry(
                "An import ended without a model",
                "It has failed. The message has the service's code.",
                "`dashscope-ft show IMPORT` has the bucket and the folder. `AvailableModelFileNotFound`: the folder "
                "holds no weights that the service can use.",
                scenes.no_imported_model,
            ),
            CommandEntry(
                "An import can't be cancelled",
                "The service has no call for that. Nothing was sent.",
                "What the message says: it waits for the end of the import, and removes the files of its model, too.",
                scenes.no_cancel_of_an_import,
            ),
            CommandEntry(
                "The id is that of an import, and was taken for a file's",
                "Ids of files and of imports have one form. Nothing was deleted.",
                "`dashscope-ft delete --kind import IMPORT`, if it is an import.",
                scenes.an_import_taken_for_a_file,
            ),
            CommandEntry(
                "The model of an import is deployed",
                "Deleting an import removes the files of its model, and the service refuses that while the model is "
                "deployed.",
                "`dashscope-ft delete` with the name of each deployment; then the same command.",
                scenes.imported_model_in_use,
            ),
            CommandEntry(
                "The wait is over, the job goes on",
                "`--timeout` of `wait` was up. The job is not touched.",
                "The same command, or `dashscope-ft logs -f JOB`.",
                scenes.wait_over,
            ),
        ),
    ),
    (
        "`logs`",
        (
            CommandEntry(
                "An import has no log",
                "The service writes none.",
                "`dashscope-ft show IMPORT` has its status and, once it has failed, the service's code.",
                scenes.no_log_of_an_import,
            ),
        ),
    ),
    (
        "`adopt`",
        (
            CommandEntry(
                "The content here is another one",
                "What the service shows of a file (MD5, size) is not that of the file of its name, or of `--path`.",
                "`dashscope-ft adopt ID --path PATH`, with the path of what was uploaded.",
                scenes.another_content,
            ),
            CommandEntry(
                "The content is not here",
                "The file is not on this machine. The program is printed all the same; `pulumi up` will compare.",
                "Put it there; or `--path PATH`; or use the id in `training_file_ids`, without a resource.",
                scenes.no_content,
            ),
        ),
    ),
    ("`verify`", VERIFY),
    (
        "`sweep`: states",
        (
            CommandEntry(
                "No state was given",
                "Without states nothing is an orphan.",
                "`dashscope-ft sweep --state-dir URL`, or the exports of all stacks of the account.",
                scenes.no_state,
            ),
            CommandEntry(
                "A state is not there",
                "Nobody knows whose state it would have been, so nothing is ended.",
                "The right path, or leave it out.",
                scenes.not_there,
            ),
            CommandEntry(
                "A state can't be read",
                "It is torn, of an unknown version, or no state. Nothing is ended.",
                "`pulumi stack export --file FILE`, then the same command.",
                scenes.torn,
            ),
            CommandEntry(
                "The file is old",
                "What a stack has made since is not in it, so nothing of that stack is ended.",
                "`pulumi stack export --file FILE`; or `--max-state-age 7d`, if nothing has changed since.",
                scenes.old_file,
            ),
            CommandEntry(
                "An operation of the stack is under way, or was cut short",
                "What it was making may not be recorded. Nothing of that stack is ended.",
                "Wait for it; if it was killed: `pulumi up` or `pulumi refresh`.",
                scenes.under_way,
            ),
            CommandEntry(
                "The state may be older than a job",
                "It was written before a job was made that has its owner id.",
                "Export it again; where that does not help, `pulumi refresh` first.",
                scenes.stale,
            ),
            CommandEntry(
                "The export is older than the end of a job",
                "`expires_in` or `max_runtime` may have been changed since, so the job is not ended.",
                "Export it again, or give the stack itself: `--state-dir URL`, `--project NAME`.",
                scenes.put_off,
            ),
            CommandEntry(
                "A backend has no stack of the project",
                "The name is wrong, or it is another backend. It is not taken for an account without states: nothing "
                "is ended. Where there really is no stack, sweep without it.",
                "The project's name as `pulumi stack ls --all` shows it; `pulumi whoami --verbose` shows the backend.",
                scenes.no_stack,
            ),
            CommandEntry(
                "A value is empty",
                "A variable that is not set. It is not taken for the folder that you are in.",
                "The value; for a backend the URL that `pulumi whoami --verbose` shows.",
                scenes.empty_backend,
            ),
            CommandEntry(
                "There is no `pulumi` command",
                "Backends that can't be read directly are read through it. The line above says why.",
                "Install it, or what the line names (`pip install 'pulumi-dashscope-ft[sweep]'` where `obstore` is "
                "missing), or give exports: `dashscope-ft sweep FILE...`.",
                scenes.without_pulumi,
            ),
            CommandEntry(
                "The folder of a backend is not there",
                "The folder that `--state-dir` or `PULUMI_BACKEND_URL` names is another one, or is on another machine.",
                "The folder's name; `pulumi whoami --verbose` shows the backend.",
                scenes.no_folder,
            ),
            CommandEntry(
                "A stack is locked",
                "An update of the stack is under way, or its command was killed and has left the lock.",
                "Nothing while the update is under way: the next sweep sees its end. Otherwise the `pulumi cancel` "
                "that the message names, then `pulumi refresh`.",
                scenes.locked,
            ),
            CommandEntry(
                "A stack's file in its backend is damaged",
                "It was cut short, or is not one that Pulumi has written.",
                "`pulumi stack export` shows whether Pulumi can read it; its backup lies beside it, with `.bak` at "
                "the end of its name.",
                scenes.torn_checkpoint,
            ),
        ),
    ),
    (
        "`sweep`: what is judged and ended",
        (
            CommandEntry(
                "The state is on standard input, and somebody is to be asked",
                "`--execute` asks for confirmation, and the standard input is taken.",
                "`--yes`, or give the state as a file.",
                scenes.stdin_and_question,
            ),
            CommandEntry(
                "Nobody has confirmed the sweep",
                "The number of objects was not typed.",
                "The number; or `--yes` in a pipeline.",
                scenes.nobody,
            ),
            CommandEntry(
                "Something could not be ended",
                "The service has refused. The others are ended all the same.",
                "What the message says, then the same command.",
                scenes.could_not_end,
            ),
            CommandEntry(
                "A kind of object can't be listed",
                "The key has no right to it, or the service has a fault. What depends on it is not ended.",
                "Ask for the right, or leave the kind out: `--kind job --kind file`.",
                scenes.unlisted,
            ),
            CommandEntry(
                "Owners that no given state has",
                "Their states were not given, belong to other people, or exist no more.",
                "Give their states, too; for one that is lost: `--lost-state OWNER`.",
                scenes.strangers,
            ),
            CommandEntry(
                "An owner id that is not lost, or that nothing has",
                "`--lost-state` names the owner of a state that was given, or of nothing.",
                "`dashscope-ft jobs` shows the owner ids.",
                scenes.not_lost,
            ),
            CommandEntry(
                "What is no owner id",
                "`--lost-state` takes the id, not the stack's name.",
                "`dashscope-ft jobs` shows the owner ids.",
                scenes.no_owner_id,
            ),
            CommandEntry(
                "The zone of the service's times is not shown",
                "There is no job in a state, and none of this hour, that would show it.",
                "`--utc-offset 8`, if you know that they are Beijing time.",
                scenes.no_zone,
            ),
        ),
    ),
    (
        "`estimate`",
        (
            CommandEntry(
                "The run may cost more than the limit",
                "The greatest cost of the estimate is above `--max-cost`.",
                "Fewer `--epochs` or rows, a cheaper model, or a higher limit.",
                scenes.over_the_limit,
            ),
            CommandEntry(
                "The cost is not known, and there is a limit",
                "No price of the model is known, or what decides it was not given.",
                "What the message says, or `--prices FILE` with a row for the model "
                "([form](how-to/costs.md#what-the-figures-rest-on)).",
                scenes.no_price,
            ),
            CommandEntry(
                "The price file has a mistake",
                "A row lacks a field, has another one, or a value of another form.",
                "The same command, once the named place is correct ([form](how-to/costs.md#what-the-figures-rest-on)).",
                scenes.wrong_prices,
            ),
            CommandEntry(
                "The data can't be trained on",
                "The check that `pulumi preview` makes of a training file has found something.",
                "The same command, once the named lines are correct.",
                scenes.unusable_data,
            ),
        ),
    ),
    ("`costs`", COSTS),
    (
        "`report`",
        (
            CommandEntry(
                "The report can't be read",
                "It is not what a destroy writes.",
                "The file that `DASHSCOPE_FT_REPORT` named.",
                scenes.no_report,
            ),
            CommandEntry(
                "A line of the report can't be read",
                "It was written only in part (the disk was full, say). It may be that of an object that was refused.",
                "`pulumi destroy` once more: what is still in the state gets a line of its own. Take this one out.",
                scenes.torn_report,
            ),
            CommandEntry(
                "An outcome is unknown",
                "A newer version has written the report, or somebody else. It may be that of an object that stayed.",
                "`pip install --upgrade pulumi-dashscope-ft`, then the same command.",
                scenes.unknown_outcome,
            ),
        ),
    ),
)
