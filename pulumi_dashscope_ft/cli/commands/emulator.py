"""`dashscope-ft emulator`: the local API from the command line.

A demo, a test in another language or a curious person needs the emulator as a process, with its address printed in a
form that can be pasted into a shell.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import click

from pulumi_dashscope_ft.cli.output.rendering import json_option, print_json
from pulumi_dashscope_ft.frontend.stopping import StopRequest

DEFAULT_PORT = 8765
KEY = "sk-emulator"
"""A key to paste; any key that starts with sk- is accepted."""


@click.command(short_help="Run a local DashScope fine-tuning API.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 takes a free port."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Any other address than loopback opens it to the network."
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Service seconds per real second; 0 stands still until the control API moves the clock.",
)
@click.option("--literal", is_flag=True, help="Refuse to delete finished jobs, as the documentation literally says.")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file of settings.",
)
@click.option(
    "--like",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Behave as this report of `dashscope-ft verify` says. Settings of --settings win.",
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="SQLite file that keeps jobs and files across restarts.",
)
@click.option(
    "--control-token",
    "with_token",
    is_flag=True,
    help="Only requests with a token reach the control API and the page: the token in "
    "$DASHSCOPE_EMULATOR_CONTROL_TOKEN, else a new one that is printed once.",
)
@json_option
def emulator(
    port: int,
    host: str,
    speed: float,
    literal: bool,
    settings_file: Path | None,
    report_file: Path | None,
    state_file: Path | None,
    with_token: bool,
    as_json: bool,
) -> None:
    """Run a local DashScope fine-tuning API until Ctrl-C.

    Prints its address and the two variables that point a client to it, as soon as it is ready; then the address of a
    page that shows jobs, deployments and requests, and how to stop it. Any key that starts with sk- is accepted.

    \b
      dashscope-ft emulator --speed 60
      dashscope-ft emulator --port 0 --json
      dashscope-ft emulator --like report.json
    """
    from pulumi_dashscope_ft.emulator import EmulatorServer, Settings, read_report
    from pulumi_dashscope_ft.emulator.page.token import VARIABLE, new_token

    changes = _settings_from(settings_file)
    if literal:
        changes["literal_reading"] = True
    chosen = os.environ.get(VARIABLE) or None
    new = new_token() if with_token and chosen is None else None
    try:
        like = None if report_file is None else read_report(report_file)
        settings = Settings().changed({**(like.settings if like else {}), **changes})
        server = EmulatorServer(
            settings, speed, host=host, port=port, state=state_file, like=like, control_token=chosen or new
        )
        server.start()
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    except OSError as taken:
        raise click.ClickException(
            f"can't listen on {host} port {port} ({taken.strerror or taken}); choose another with --port, or --port 0"
        ) from None
    # Before the ready line, because a reader of that line may end the process the moment it appears.
    ended = _end_asked_for()
    try:
        for notice in server.notices:
            click.echo(f"warning: {notice}", err=True)
        if like is not None:
            click.echo(f"It behaves {like.summary}.", err=True)
            for note in like.notes:
                click.echo(f"note: {note}", err=True)
        if as_json:
            facts = {"baseUrl": server.base_url, "apiKey": KEY, **({"controlToken": new} if new else {})}
            print_json(facts, line=True, redacted=False)
        else:
            click.echo(f"DashScope emulator ready at {server.base_url}")
            click.echo(f"export DASHSCOPE_HTTP_BASE_URL={server.base_url}")
            click.echo(f"export DASHSCOPE_API_KEY={KEY}")
            if new:
                click.echo(f"export {VARIABLE}={new}")
            asks = " (asks for the control token)" if chosen or new else ""
            click.echo(f"A page to look at: {server.root_url}/{asks}")
            click.echo(f"To stop it: Ctrl-C{'' if os.name == 'nt' else f', or kill {os.getpid()}'}")
        ended.wait()
    finally:
        server.stop()


def _settings_from(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise click.UsageError(f"{path} is not a readable JSON file: {wrong}") from None
    if not isinstance(data, dict):
        raise click.UsageError(f"{path} must hold a JSON object of settings")
    return data


def _end_asked_for() -> StopRequest:
    """Return what Ctrl-C or SIGTERM ask; both are the normal end."""
    ended = StopRequest()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.ask())
    return ended
