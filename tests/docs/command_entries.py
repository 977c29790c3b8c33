"""The entries of the page of the command's errors: what happens, and what to type. Each plays its own scene."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from command_stage import OWNER, STRANGER, CommandStage, Told

REMARKS = "error: warning: note:"


@dataclass(frozen=True)
class CommandEntry:
    """One thing that can go wrong. `play` brings it about and returns what was said."""

    title: str
    when: str
    next_step: str
    play: Callable[[CommandStage], Told]


# The account


def _no_key(scene: CommandStage) -> Told:
    return scene.run("jobs", DASHSCOPE_API_KEY="")


def _refused_key(scene: CommandStage) -> Told:
    scene.fault("list", kind="status", status=401, code="InvalidApiKey", message="Invalid API-key provided.")
    return scene.run("jobs")


def _unreachable(scene: CommandStage) -> Told:
    return scene.run("jobs", "--base-url", "http://127.0.0.1:9/api/v1")


def _broken_proxy(scene: CommandStage) -> Told:
    return scene.run("jobs", "--region", "cn-beijing", HTTPS_PROXY="http://[", DASHSCOPE_HTTP_BASE_URL="")


def _no_certificates(scene: CommandStage) -> Told:
    return scene.run(
        "jobs", "--region", "cn-beijing", REQUESTS_CA_BUNDLE="/etc/ssl/company.pem", DASHSCOPE_HTTP_BASE_URL=""
    )


def _nothing_there(scene: CommandStage) -> Told:
    return scene.run("show", "ft-202410291653-1c7f")


def _wrong_usage(scene: CommandStage) -> Told:
    return scene.run("jobs", "--older-than", "soon")


# Ending


def _not_confirmed(scene: CommandStage) -> Told:
    return scene.run("delete", scene.job())


def _record_kept(scene: CommandStage) -> Told:
    scene.emulator.configure(literal_reading=True)
    return scene.run("delete", "--yes", scene.job("SUCCEEDED"))


def _too_little_time(scene: CommandStage) -> Told:
    scene.emulator.configure(canceling_seconds=1e6)
    return scene.run("delete", "--yes", "--timeout", "20s", scene.job())


def _file_in_use(scene: CommandStage) -> Told:
    file_id = scene.file()
    scene.job(file_id=file_id)
    return scene.run("delete", "--yes", "--kind", "file", file_id)


def _use_unknown(scene: CommandStage) -> Told:
    file_id = scene.file()
    scene.fault("list", kind="status", status=403, code="AccessDenied", message="No right.")
    return scene.run("delete", "--yes", "--kind", "file", file_id)


def _no_model(scene: CommandStage) -> Told:
    return scene.run("wait", scene.job("CANCELED"))


def _wait_over(scene: CommandStage) -> Told:
    return scene.run("wait", "--timeout", "30s", scene.job())


# Adopting


def _another_content(scene: CommandStage) -> Told:
    file_id = scene.file()
    (scene.folder / "train.jsonl").write_text("{}\n")
    return scene.run("adopt", file_id)


def _no_content(scene: CommandStage) -> Told:
    file_id = scene.file()
    (scene.folder / "train.jsonl").unlink()
    return scene.run("adopt", file_id)


# Sweeping


def _no_state(scene: CommandStage) -> Told:
    scene.job()
    return scene.run("sweep", "--utc-offset", "8", only=REMARKS)


def _not_there(scene: CommandStage) -> Told:
    scene.job()
    scene.later()
    scene.state()
    return scene.run("sweep", "pr-7.json", "pr-8.json", "--execute", "--yes", only=REMARKS)


def _torn(scene: CommandStage) -> Told:
    scene.state()
    path = scene.folder / "pr-7.json"
    path.write_text(path.read_text()[:200])
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def _old_file(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.state()
    path = scene.folder / "pr-7.json"
    os.utime(path, (time.time() - 3 * 86400.0,) * 2)
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def _under_way(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.interrupted()
    scene.state()
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def _stale(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.state()
    scene.later()
    scene.job()
    scene.later()
    return scene.run("sweep", "pr-7.json", "--name", "pr-7", only="job")


def _put_off(scene: CommandStage) -> Told:
    scene.holds(scene.job(), expiresIn="1h")
    scene.state()
    path = scene.folder / "pr-7.json"
    os.utime(path, (time.time() - 5400.0,) * 2)
    scene.later()
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", only="job")


def _without_pulumi(scene: CommandStage) -> Told:
    return scene.run("sweep", "--state-dir", "s3://my-states")


def _no_stack(scene: CommandStage) -> Told:
    pulumi = scene.folder / "pulumi"
    pulumi.write_text("""#!/bin/sh\necho '[{"name": "organization/previews/pr-7"}]'\n""")
    pulumi.chmod(0o755)
    return scene.run("sweep", "--project", "preview", "--utc-offset", "8", "--execute", "--yes", only=REMARKS)


def _empty_backend(scene: CommandStage) -> Told:
    return scene.run("sweep", "--state-dir", "")


def _stdin_and_question(scene: CommandStage) -> Told:
    return scene.run("sweep", "-", "--execute", stdin="{}")


def _nobody(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.job()
    scene.later(600)
    scene.state()
    scene.later()
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", "--execute")


def _could_not_end(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.job()
    scene.later(600)
    scene.state()
    scene.later()
    scene.fault("cancel", kind="status", status=403, code="AccessDenied", message="Access denied.")
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", "--execute", "--yes", only=REMARKS)


def _unlisted(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.later(600)
    scene.state()
    scene.fault("list_deployments", kind="status", status=403, code="AccessDenied", message="Access denied.")
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", only=REMARKS)


def _strangers(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.job(owner=STRANGER)
    scene.later(600)
    scene.state()
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", only=REMARKS)


def _not_lost(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.later(600)
    scene.state()
    arguments = ("--utc-offset", "8", "--lost-state", OWNER, "--lost-state", STRANGER)
    return scene.run("sweep", "pr-7.json", *arguments, only=REMARKS)


def _no_owner_id(scene: CommandStage) -> Told:
    return scene.run("sweep", "--lost-state", "previews/pr-7")


def _no_zone(scene: CommandStage) -> Told:
    scene.job()
    scene.later(20 * 3600.0)
    scene.state()
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def _no_report(scene: CommandStage) -> Told:
    (scene.folder / "destroy.jsonl").write_bytes(b"\xff\xfe")
    return scene.run("report", "destroy.jsonl")


def _unknown_outcome(scene: CommandStage) -> Told:
    (scene.folder / "destroy.jsonl").write_text('{"kind": "job", "id": "ft-1", "outcome": "parked"}\n')
    return scene.run("report", "destroy.jsonl", only="nothing")


def _torn_report(scene: CommandStage) -> Told:
    (scene.folder / "destroy.jsonl").write_text('{"kind": "job", "id": "ft-202410291653-1c7f", "outcome": "refu')
    return scene.run("report", "destroy.jsonl")


GROUPS: tuple[tuple[str, tuple[CommandEntry, ...]], ...] = (
    (
        "All commands",
        (
            CommandEntry(
                "There is no key",
                "No key in the environment or in a key file. The command reads no stack configuration.",
                "`export DASHSCOPE_API_KEY=sk-…`, or `--api-key-env NAME`; then the same command.",
                _no_key,
            ),
            CommandEntry(
                "The key is refused",
                "The key is wrong, expired, or of another region than the endpoint.",
                "`dashscope-ft doctor` shows where the key was found and which endpoint is asked.",
                _refused_key,
            ),
            CommandEntry(
                "The service can't be reached",
                "No network, a proxy, or a wrong base URL. It is tried for up to a minute.",
                "`dashscope-ft doctor`, then the same command.",
                _unreachable,
            ),
            CommandEntry(
                "The proxy is not a URL",
                "`HTTPS_PROXY` or `ALL_PROXY` has a slip in it. Nothing was sent. Its value is not repeated: it may "
                "hold a password.",
                "What the message says; then the same command.",
                _broken_proxy,
            ),
            CommandEntry(
                "The certificates are not there",
                "`REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE` names no file. Nothing was sent.",
                "What the message says; then the same command.",
                _no_certificates,
            ),
            CommandEntry(
                "There is no such job",
                "The id is mistyped, or of another workspace or region.",
                "`dashscope-ft jobs` lists what this key can see.",
                _nothing_there,
            ),
            CommandEntry(
                "Wrong usage",
                "An option or a value that does not exist. For `sweep` the exit code is 64: there, 2 means that there "
                "is something to do.",
                "What the message says; `--help` has examples.",
                _wrong_usage,
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
                _not_confirmed,
            ),
            CommandEntry(
                "The service keeps the record",
                "A job has ended, and the service refuses to delete its record. Nothing runs, nothing is billed.",
                "Nothing; `--on-undeletable warn` makes it no failure.",
                _record_kept,
            ),
            CommandEntry(
                "The time was up",
                "The job has not ended within `--timeout`. The cancel goes on at the service.",
                "The same command: it goes on from there; `--timeout 1h` gives it more time.",
                _too_little_time,
            ),
            CommandEntry(
                "An active job reads the file",
                "The file is not deleted, no matter who started the job: nobody documents that a run works without it.",
                "The same command once the job has ended; `--ignore-use` deletes the file all the same.",
                _file_in_use,
            ),
            CommandEntry(
                "The jobs can't be listed before a file is deleted",
                "A job may read the file, and the key may not see it.",
                "A key that may list jobs; or `--ignore-use`, if you know that no active job reads the file.",
                _use_unknown,
            ),
            CommandEntry(
                "A job ended without a model",
                "It has failed, or was cancelled. The message has the end of its log.",
                "`dashscope-ft show JOB` and `dashscope-ft logs JOB`.",
                _no_model,
            ),
            CommandEntry(
                "The wait is over, the job goes on",
                "`--timeout` of `wait` was up. The job is not touched.",
                "The same command, or `dashscope-ft logs -f JOB`.",
                _wait_over,
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
                _another_content,
            ),
            CommandEntry(
                "The content is not here",
                "The file is not on this machine. The program is printed all the same; `pulumi up` will compare.",
                "Put it there; or `--path PATH`; or use the id in `training_file_ids`, without a resource.",
                _no_content,
            ),
        ),
    ),
    (
        "`sweep`: states",
        (
            CommandEntry(
                "No state was given",
                "Without states nothing is an orphan.",
                "`dashscope-ft sweep --state-dir URL`, or the exports of all stacks of the account.",
                _no_state,
            ),
            CommandEntry(
                "A state is not there",
                "Nobody knows whose state it would have been, so nothing is ended.",
                "The right path, or leave it out.",
                _not_there,
            ),
            CommandEntry(
                "A state can't be read",
                "It is torn, of an unknown version, or no state. Nothing is ended.",
                "`pulumi stack export --file FILE`, then the same command.",
                _torn,
            ),
            CommandEntry(
                "The file is old",
                "What a stack has made since is not in it, so nothing of that stack is ended.",
                "`pulumi stack export --file FILE`; or `--max-state-age 7d`, if nothing has changed since.",
                _old_file,
            ),
            CommandEntry(
                "An operation of the stack is under way, or was cut short",
                "What it was making may not be recorded. Nothing of that stack is ended.",
                "Wait for it; if it was killed: `pulumi up` or `pulumi refresh`.",
                _under_way,
            ),
            CommandEntry(
                "The state may be older than a job",
                "It was written before a job was made that has its owner id.",
                "Export it again; where that does not help, `pulumi refresh` first.",
                _stale,
            ),
            CommandEntry(
                "The export is older than the end of a job",
                "`expires_in` or `max_runtime` may have been changed since, so the job is not ended.",
                "Export it again, or give the stack itself: `--state-dir URL`, `--project NAME`.",
                _put_off,
            ),
            CommandEntry(
                "A backend has no stack of the project",
                "The name is wrong, or it is another backend. It is not taken for an account without states: nothing "
                "is ended. Where there really is no stack, sweep without it.",
                "The project's name as `pulumi stack ls --all` shows it; `pulumi whoami --verbose` shows the backend.",
                _no_stack,
            ),
            CommandEntry(
                "A value is empty",
                "A variable that is not set. It is not taken for the folder that you are in.",
                "The value; for a backend the URL that `pulumi whoami --verbose` shows.",
                _empty_backend,
            ),
            CommandEntry(
                "There is no `pulumi` command",
                "Backends are read through it.",
                "Install it, or give exports: `dashscope-ft sweep FILE...`.",
                _without_pulumi,
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
                _stdin_and_question,
            ),
            CommandEntry(
                "Nobody has confirmed the sweep",
                "The number of objects was not typed.",
                "The number; or `--yes` in a pipeline.",
                _nobody,
            ),
            CommandEntry(
                "Something could not be ended",
                "The service has refused. The others are ended all the same.",
                "What the message says, then the same command.",
                _could_not_end,
            ),
            CommandEntry(
                "A kind of object can't be listed",
                "The key has no right to it, or the service has a fault. What depends on it is not ended.",
                "Ask for the right, or leave the kind out: `--kind job --kind file`.",
                _unlisted,
            ),
            CommandEntry(
                "Owners that no given state has",
                "Their states were not given, belong to other people, or exist no more.",
                "Give their states, too; for one that is lost: `--lost-state OWNER`.",
                _strangers,
            ),
            CommandEntry(
                "An owner id that is not lost, or that nothing has",
                "`--lost-state` names the owner of a state that was given, or of nothing.",
                "`dashscope-ft jobs` shows the owner ids.",
                _not_lost,
            ),
            CommandEntry(
                "What is no owner id",
                "`--lost-state` takes the id, not the stack's name.",
                "`dashscope-ft jobs` shows the owner ids.",
                _no_owner_id,
            ),
            CommandEntry(
                "The zone of the service's times is not shown",
                "There is no job in a state, and none of this hour, that would show it.",
                "`--utc-offset 8`, if you know that they are Beijing time.",
                _no_zone,
            ),
        ),
    ),
    (
        "`report`",
        (
            CommandEntry(
                "The report can't be read",
                "It is not what a destroy writes.",
                "The file that `DASHSCOPE_FT_REPORT` named.",
                _no_report,
            ),
            CommandEntry(
                "A line of the report can't be read",
                "It was written only in part (the disk was full, say). It may be that of an object that was refused.",
                "`pulumi destroy` once more: what is still in the state gets a line of its own. Take this one out.",
                _torn_report,
            ),
            CommandEntry(
                "An outcome is unknown",
                "A newer version has written the report, or somebody else. It may be that of an object that stayed.",
                "`pip install --upgrade pulumi-dashscope-ft`, then the same command.",
                _unknown_outcome,
            ),
        ),
    ),
)
