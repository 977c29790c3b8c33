"""What the reader of a sweep's report must know besides the verdicts.

A sweep that finds nothing to end looks the same if all is well, if half of the states were not passed, or if an owner
id was mistyped. Each of these is a sentence here, with what to type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.cli.output.ages import age_text

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key
    from pulumi_dashscope_ft.lifecycle.sweep.verdicts import Outcome, Survey

__all__ = ["before_the_end", "remarks"]

_AT_MOST = 5
"""Owner ids that a remark lists."""
_AGED = 120
"""The age in seconds up to which the copy of a state needs no remark."""
_CLOCK = 120
"""The error of this machine's clock, in seconds, up to which it needs no remark."""


def remarks(survey: Survey, outcomes: Mapping[Key, Outcome] | None, clock_ahead: float | None) -> list[str]:
    """Yield the remarks, one sentence each.

    :param outcomes: what was done; None when the sweep only reported.
    :param clock_ahead: seconds by which this machine's clock is ahead of the service's, None when unknown.
    """
    return [
        *(f"error: {failure}" for failure in survey.failures),
        *_about_states(survey),
        *_about_owners(survey),
        *_about_times(survey, clock_ahead),
        *_about_left_overs(survey),
        *_about_outcomes(survey, outcomes or {}),
    ]


def before_the_end(survey: Survey) -> list[str]:
    """Return what the person who is asked to confirm must know first."""
    return [*_about_states(survey), *_about_owners(survey)]


def _about_states(survey: Survey) -> Iterator[str]:
    for state in survey.states:
        if state.problem:
            yield f"warning: the state {state.name} proves nothing about what it does not hold: {state.problem}"
    copies = [state for state in survey.states if state.copied is not None and not state.problem]
    oldest = min(copies, key=lambda state: state.copied or 0.0, default=None)
    if oldest is not None and oldest.copied is not None and survey.time.now - oldest.copied > _AGED:
        age = age_text(survey.time.now - oldest.copied)
        which = "is" if len(copies) == 1 else f"is the oldest of {len(copies)}, and"
        yield f"note: the copy of the state {oldest.name} {which} {age} old: what its stack has done since is not in it"
    for reason in survey.unlisted:
        yield f"warning: {reason}; what depends on it was not checked"
    if not survey.states and survey.lost:
        yield (
            "warning: no state was given, so what a stack has adopted from a lost one looks lost too. Pass the "
            "existing states (--state, --state-dir)"
        )
    elif not survey.states:
        yield "note: no state was given, so nothing can be proven to be an orphan (--state, --state-dir)"


def _about_owners(survey: Survey) -> Iterator[str]:
    for owner in sorted(survey.lost):
        knowing = [state.name for state in survey.states if owner in state.owners]
        if knowing:
            yield f"note: the owner id {owner} is not lost: {knowing[0]} has it, and that state decides"
        elif owner not in survey.strangers:
            yield f"note: nothing on the service has the owner id {owner}"
    strangers = {owner: count for owner, count in survey.strangers.items() if owner not in survey.lost}
    if survey.states and strangers:
        count, ids = sum(strangers.values()), sorted(strangers, key=lambda owner: -strangers[owner])
        more = f" and {len(ids) - _AT_MOST} more" if len(ids) > _AT_MOST else ""
        yield (
            f"note: {count} of all objects {'has' if count == 1 else 'have'} an owner id that no given state has "
            f"({', '.join(ids[:_AT_MOST])}{more}). Pass those states too; for one that no longer exists: "
            "--lost-state OWNER"
        )


def _about_times(survey: Survey, clock_ahead: float | None) -> Iterator[str]:
    if not survey.time.zone_is_shown:
        yield (
            "note: nothing shows the zone of the service's times, so every object counts as up to a day younger "
            "than it looks. If you know that they are Beijing time: --utc-offset 8"
        )
    if clock_ahead is None:
        yield "note: the service has not sent its time, so this machine's clock is used"
    elif abs(clock_ahead) > _CLOCK:
        way = "ahead of" if clock_ahead > 0 else "behind"
        yield f"note: this machine's clock is {age_text(abs(clock_ahead))} {way} the service's, which is used"


def _about_left_overs(survey: Survey) -> Iterator[str]:
    from pulumi_dashscope_ft.lifecycle.sweep.ownership import FINISHED

    left = sum(finding.verdict.label == FINISHED and not finding.verdict.action for finding in survey.findings)
    if left:
        jobs = (
            "1 finished job that no state holds counts"
            if left == 1
            else f"{left} finished jobs that no state holds count"
        )
        yield f"note: {jobs} toward the quota; --finished deletes such"


def _about_outcomes(survey: Survey, outcomes: Mapping[Key, Outcome]) -> Iterator[str]:
    for outcome in outcomes.values():
        live, stacks = outcome.finding.live, outcome.finding.verdict.stacks
        if outcome.detail and outcome.result == "failed":
            yield f"error: {live.object_id}: {outcome.detail.splitlines()[0]}"
        if outcome.result == "done" and any(live.key in state.held for state in survey.states):
            yield (
                f"note: {live.object_id} is still in the state of {stacks[0]}: `pulumi destroy` finishes the "
                "teardown there; after `pulumi refresh` the next `pulumi up` starts, and pays for, a new run"
            )
