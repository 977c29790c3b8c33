"""Why this exists: a create answers while the deployment is still `PENDING`, and deploying takes 5 to 10 minutes (API
page model-deployment-quick-start). Whoever wants to send it requests has to wait until it runs, and to be told why when
it never will.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import ApiError, Deployment, DeploymentStatus, NotFoundError
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment_status import NOT_SERVING, billing
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import explained
from pulumi_dashscope_ft.lifecycle.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.progress import Progress, Report, seconds
from pulumi_dashscope_ft.lifecycle.waiter import DEPLOYMENT_UP


def wait_until_running(
    connection: Connection, deployed_model: str, timeout: float, report: Report | None = None
) -> Deployment:
    """Block until the deployment is `RUNNING`, and return it. Changes nothing; all who wait share one poller.

    :param timeout: seconds.
    :param report: takes the lines that tell how it goes; the connection's when None.
    :raises LifecycleError: it is gone, or in a status that does not lead to RUNNING by itself (FAILED, UPDATING_FAILED,
        STOPPED, ARREARS_DOWN, DELETING); or the time is up, which changes nothing; or it can't be looked at.
    """
    report = connection.report if report is None else report
    try:
        live: Deployment | None = connection.deployments.read(deployed_model)
        if live is not None and not DEPLOYMENT_UP.accepts(live.status):
            report(f"{deployed_model} is {live.status}: waiting until it runs")
            progress = Progress(deployed_model, live.status, report, connection.clock)
            live = connection.deployment_poller.wait(
                deployed_model,
                DEPLOYMENT_UP,
                deadline=connection.clock.monotonic() + timeout,
                observe=progress.observe,
            )
    except NotFoundError:
        live = None
    except WaitTimeoutError as over:
        raise _timed_out(deployed_model, timeout, over) from None
    except ApiError as error:
        raise explained(
            error, deployed_model, "wait for", done="nothing was changed; it goes on by itself.", again="pulumi up"
        ) from error
    if live is None:
        raise LifecycleError(
            f"{deployed_model} is gone: the service knows no such deployment (any more).",
            done="nothing was changed.",
            next_step="run `pulumi refresh` and then `pulumi up` to deploy it again.",
        )
    if live.status != DeploymentStatus.RUNNING:
        raise _will_not_run(live)
    return live


def _will_not_run(live: Deployment) -> LifecycleError:
    why, way_out = NOT_SERVING[live.status]
    return LifecycleError(
        f"{live.deployed_model} is {live.status} and does not come to run by itself: {why}.",
        state=f"{live.status}; billed: {billing(live.status, live.plan, live.capacity)}.",
        done="nothing was changed.",
        next_step=f"{way_out}.",
    )


def _timed_out(deployed_model: str, timeout: float, over: WaitTimeoutError) -> LifecycleError:
    return LifecycleError(
        f"{deployed_model} does not run yet after {seconds(timeout)}.",
        state=over.last_seen(),
        done="nothing was changed: the service goes on deploying it.",
        next_step="run `pulumi up` again to go on waiting, with a longer timeout if need be; `pulumi refresh` shows "
        "how it stands.",
    )
