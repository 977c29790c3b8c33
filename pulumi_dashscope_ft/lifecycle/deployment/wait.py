"""Wait until a deployment runs, and say why if it can't.

A create is answered while the deployment is still `PENDING`, and deploying takes 5 to 10 minutes (API page
model-deployment-quick-start). Until it is `RUNNING`, every request to it fails. A wait changes nothing: it can be ended
and begun again at any moment.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import ApiError, Deployment, DeploymentStatus, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment.status import NOT_SERVING, billing
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Failure, Waiter, WaitFailedError, growing

_GOES_ON = "nothing was changed: the service goes on deploying it."


def _reaching(target: str) -> Waiter:
    """Wait until it is in this status, or can't get there by itself any more.

    Deploying takes 5 to 10 minutes (API page model-deployment-quick-start), so the first looks need not be frequent.
    """
    runs_instead = Failure(
        f"was to be {target}", "run `pulumi refresh`, which shows its capacity, and then `pulumi up` again"
    )
    ends = {DeploymentStatus.RUNNING: runs_instead, **NOT_SERVING}
    failure = {status: failed for status, failed in ends.items() if status != target}
    return Waiter(success=frozenset({target}), failure=failure, delays=growing(2.0, 0.1, 10.0))


DEPLOYMENT_UP = _reaching(DeploymentStatus.RUNNING)


def wait_until_running(connection: Connection, deployed_model: str, timeout: float) -> Deployment:
    """Block until the deployment is `RUNNING`, and return it. Changes nothing; all waits share one poller.

    :param timeout: seconds.
    :raises LifecycleError: it is gone, or in a status that does not lead to RUNNING by itself (FAILED, UPDATING_FAILED,
        STOPPED, ARREARS_DOWN, DELETING); or the time is up, which changes nothing; or it can't be read.
    """
    return RunningWait(connection, deployed_model, timeout).run()


def running_at_a_glance(connection: Connection, deployed_model: str) -> Deployment | None:
    """Return the deployment if it runs now; None while it may still come to run.

    :raises LifecycleError: a wait for it would fail at once.
    :raises ApiError: it can't be read.
    """
    try:
        live = connection.deployments.read(deployed_model)
    except NotFoundError:
        raise DeploymentGoneError(deployed_model) from None
    if not DEPLOYMENT_UP.decides(live.status):
        return None
    return RunningWait(connection, deployed_model, 0.0, last=live).run()


class DeploymentGoneError(LifecycleError):
    """The deployment that was waited for does not exist any more."""

    def __init__(self, deployed_model: str) -> None:
        super().__init__(
            f"{deployed_model} is gone: the service knows no such deployment (any more).",
            done="nothing was changed.",
            next_step="run `pulumi refresh` and then `pulumi up` to deploy it again.",
        )
        self.deployed_model = deployed_model

    def __reduce__(self) -> tuple[object, ...]:
        return DeploymentGoneError, (self.deployed_model,)


class RunningWait:
    """One wait for one deployment.

    :param timeout: seconds.
    :param last: the deployment as an answer has just shown it, which saves the first look; None: look.
    :param target: the status to wait for. Any other status that does not lead there by itself fails the wait.
    :param longer: what gives the next wait more time, for the message that the time is up.
    :param kept: added to what was done, in the message of every failure.
    :param way_out: added to the advice if the deployment is in a status that does not lead to the target.
    """

    def __init__(
        self,
        connection: Connection,
        deployed_model: str,
        timeout: float,
        *,
        last: Deployment | None = None,
        target: str = DeploymentStatus.RUNNING,
        longer: str = "with a longer timeout",
        kept: str = "",
        way_out: str = "",
    ) -> None:
        self._connection = connection
        self._deployed_model = deployed_model
        self._timeout = timeout
        self._target = target
        self._longer = longer
        self._kept = kept
        self._way_out = way_out
        self.last = last
        """The deployment as last seen."""

    def run(self) -> Deployment:
        """Block until the deployment is in the target status, and return it.

        :raises DeploymentGoneError: it does not exist any more.
        :raises LifecycleError: it will not get there by itself, the time is up, or it can't be read.
        """
        try:
            live = self._awaited()
        except NotFoundError:
            live = None
        except WaitFailedError as failed:
            raise self._will_not_run(failed.seen, failed.failure) from None
        except WaitTimeoutError as over:
            raise self._timed_out(over) from None
        except OperationInterruptedError:
            raise self._interrupted() from None
        except ApiError as error:
            raise with_advice(
                error,
                self._deployed_model,
                "wait for",
                done=f"nothing was changed; it goes on by itself.{self._kept}",
                again="pulumi up",
            ) from error
        if live is None:
            raise DeploymentGoneError(self._deployed_model)
        return live

    def _awaited(self) -> Deployment | None:
        connection, deployed_model = self._connection, self._deployed_model
        live = self.last if self.last is not None else connection.deployments.read(deployed_model)
        self.last = live
        waiter = _reaching(self._target)
        if waiter.is_over(live, connection.clock.monotonic()):
            return live
        connection.report(f"{deployed_model} is {live.status}: waiting until it {self._word}")
        deadline = connection.clock.monotonic() + self._timeout
        progress = connection.progress(deployed_model, live.status, deadline)

        def observe(seen: Deployment) -> None:
            self.last = seen
            progress.observe(seen)

        return connection.deployment_poller.wait(
            deployed_model,
            waiter,
            deadline=deadline,
            observe=observe,
            interrupted=connection.interrupted,
            tick=progress.tick,
        )

    @property
    def _word(self) -> str:
        return "runs" if self._target == DeploymentStatus.RUNNING else f"is {self._target}"

    def _will_not_run(self, live: Deployment, failure: Failure) -> LifecycleError:
        why, way_out = failure
        if live.status == DeploymentStatus.RUNNING:
            return LifecycleError(
                f"{live.deployed_model} is RUNNING, and {why}.",
                state=f"RUNNING; billed: {billing(live.status, live.plan, live.capacity)}.",
                done="nothing was changed.",
                next_step=f"{way_out}.",
            )
        return LifecycleError(
            f"{live.deployed_model} is {live.status} and does not come to run by itself: {why}.",
            state=f"{live.status}; billed: {billing(live.status, live.plan, live.capacity)}.",
            done=f"nothing was changed.{self._kept}",
            next_step=f"{way_out}{self._way_out if live.status != DeploymentStatus.FAILED else ''}.",
        )

    def _timed_out(self, over: WaitTimeoutError) -> LifecycleError:
        return LifecycleError(
            f"{self._deployed_model} does not run yet after {seconds(self._timeout)}.",
            state=over.last_seen(),
            done=f"{_GOES_ON}{self._kept}",
            next_step=f"run `pulumi up` again to go on waiting for it, {self._longer} if need be; nothing is deployed "
            "twice. `pulumi refresh` shows how it stands.",
        )

    def _interrupted(self) -> LifecycleError:
        status = self.last.status if self.last is not None else "unknown"
        return LifecycleError(
            f"{self._deployed_model}: interrupted (Ctrl-C) while waiting until it {self._word}.",
            state=f"last seen {status}.",
            done=f"{_GOES_ON}{self._kept}",
            next_step="run `pulumi up` again to go on waiting for it; nothing is deployed twice.",
        )
