"""`dashscope-ft wait`: until a job has a model.

A pipeline that trains and then evaluates has to wait for hours, outside any `pulumi up`. The wait is that of the
provider, so that both say the same and survive the same failures.
"""

from __future__ import annotations

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.output.ages import duration
from pulumi_dashscope_ft.cli.output.failing import INTERRUPTED, CommandError
from pulumi_dashscope_ft.cli.output.rendering import json_option, one_line, print_json, print_lines
from pulumi_dashscope_ft.cli.targets import closeup_of

__all__ = ["wait"]


@click.command(short_help="Wait until a job has a model.")
@click.argument("job_id", metavar="JOB")
@click.option("--timeout", type=duration, default="12h", show_default=True, metavar="SPAN", help="Give up after this.")
@json_option
@account_options
def wait(account: Account, job_id: str, timeout: float, as_json: bool) -> None:
    """Wait until a fine-tuning or compression job or an import has a model, and print the id of its model.

    Progress goes to the standard error. Exit code 1 when the job ends without a model (the message has the end of its
    log), 4 when the time is up. Ctrl-C ends only the wait: the job goes on.

    \b
      MODEL=$(dashscope-ft wait ft-202410291653-1c7f --timeout 6h)
    """
    closeup, connection = closeup_of(job_id), account.connect()
    try:
        job = closeup.wait(connection, job_id, timeout, note)
    except (KeyboardInterrupt, click.Abort):
        way = f" To end it: dashscope-ft cancel {job_id}" if closeup.can_be_cancelled else ""
        raise CommandError(f"stopped waiting; {job_id} goes on.{way}", INTERRUPTED) from None
    if as_json:
        print_json({"jobId": job.job_id, "status": job.status, closeup.product: job.model_id, "usage": job.usage})
    else:
        print_lines(one_line(job.model_id))
