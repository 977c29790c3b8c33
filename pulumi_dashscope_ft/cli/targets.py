"""What an id on the command line names: a job, a compression, a deployment or a file.

People paste ids. The service's forms differ enough to tell them apart (`ft-202410291653-1c7f` is a job,
`quant-202604111200-a1b2` a compression, a UUID a file, anything else the name of a deployed model:
fine-tuning-job-object-api, model-compression-api-reference, upload-file-api, get-deployment-api); `--kind` overrides
the guess. A wrong guess does no harm, because the service then knows no such object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp
    from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind

__all__ = ["KindChoice", "Target", "closeup_of", "kind_option", "runs_of", "targets_of"]


class KindChoice(click.Choice[str]):
    """The noun of one of the kinds that a command can end or adopt.

    Kinds are loaded only when the option is used, so that the list of commands need not wait for that.
    """

    def __init__(self) -> None:
        super().__init__(())

    @property
    def choices(self) -> tuple[str, ...]:
        """The nouns of all kinds that can be named, read from the registry when asked for."""
        from pulumi_dashscope_ft.lifecycle.kinds import registry

        return tuple(kind.noun for kind in registry.in_teardown_order())

    @choices.setter
    def choices(self, given: Any) -> None:
        """Ignore what the base class sets."""


kind_option = click.option("--kind", type=KindChoice(), help="What the ids are.  [default: by their form]")


@dataclass(frozen=True)
class Target:
    """An object that the user has named.

    :param kind: the noun of its kind.
    :param others: nouns of other kinds whose ids have the same form, where only the form has decided.
    """

    kind: str
    object_id: str
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


def targets_of(ids: tuple[str, ...], kind: str | None) -> list[Target]:
    """Return the objects that these ids name, each once. Raises a usage error for an empty id."""
    targets = []
    for object_id in dict.fromkeys(ids):
        if not object_id.strip():
            raise click.UsageError("an id is empty; is a variable not set?")
        guessed, *others = [kind] if kind else _kinds(object_id)
        targets.append(Target(guessed, object_id, tuple(others)))
    return targets


def runs_of(ids: tuple[str, ...]) -> list[Target]:
    """Return the runs that these ids name, each once: a fine-tuning job where the form of an id says nothing else.

    Raises a usage error for an empty id, and for a run that the service can't end on request.
    """
    runs = []
    for target in targets_of(ids, "job"):
        kind = _run_kind(target.object_id)
        if kind.closeup is not None and not kind.closeup.can_be_cancelled:
            raise click.UsageError(
                f"the service can't cancel {kind.noun} {target.object_id}. To wait for its end and delete it, with its "
                f"model: dashscope-ft delete --kind {kind.noun} {target.object_id}"
            )
        runs.append(Target(kind.noun, target.object_id))
    return runs


def closeup_of(job_id: str) -> CloseUp:
    """Return how to look at the run with this id, by the form of the id (see `runs_of`)."""
    closeup = _run_kind(job_id).closeup
    assert closeup is not None, "it was chosen for having one"
    return closeup


def _run_kind(job_id: str) -> Kind:
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    runs = (kind for kind in registry.in_teardown_order() if kind.closeup is not None)
    by_form = (kind for kind in runs if kind.id_form is not None and kind.id_form.fullmatch(job_id))
    return next(by_form, None) or registry.of_noun("job")


def _kinds(object_id: str) -> list[str]:
    """Return the kinds whose ids have this form, the likeliest first; else the kind whose ids have any form."""
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    kinds = registry.in_teardown_order()
    by_form = [kind for kind in kinds if kind.id_form is not None and kind.id_form.fullmatch(object_id)]
    return [kind.noun for kind in by_form or [kind for kind in kinds if kind.id_form is None][:1]]
