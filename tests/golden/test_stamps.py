"""The stamp of a job says whose it is and what it trains. Old stamps are read, and known by the same inputs."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(900)  # whole stacks, on a machine that may be busy
PARTS = re.compile(
    r"(?P<readable>[a-z0-9_-]*?)(--x(?P<expiry>[0-9a-z]{5,6}))?"
    r"--(?P<mark>[pr]1)-(?P<owner>[0-9a-z]{10})-(?P<digest>[0-9a-f]{8})-(?P<nonce>[0-9a-z]{6})"
)
SERVED = ("FineTunedModel", "ModelDeployment", "ExportedCheckpoint")
UNRECORDED = (
    *("pending-delete", "queuing-delete", "running-delete", "running-cancel", "inside", "datasets", "whole"),
    *("triggered", "expiring", "steered"),
)


def kind_of(resource: dict[str, Any]) -> str:
    return str(resource["type"].rpartition(":")[2])


def stamps(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """What the stamp of each job says, by resource: all but the nonce, the day on which an expiry ends, and the hash,
    which is made with a key that the old states do not have.
    """
    found = {}
    for one in resources:
        if kind_of(one) == "FineTuningJob":
            name = one["outputs"]["jobName"]
            match = PARTS.fullmatch(name)
            parts = match.groupdict() if match else {"name": name}
            expiry = parts.pop("expiry", None)
            found[one["urn"]] = {**parts, "nonce": None, "digest": None, "expires": expiry is not None}
    return found


def test_the_same_inputs_give_the_same_stamps_but_for_the_hash(local_golden: Any, stage: Any) -> None:
    held = local_golden.held
    some = {**held, "jobs": held["jobs"][:1], "deployments": [], "exports": []}
    anew = stage(local_golden, held=some, keep=lambda one: kind_of(one) not in ("FineTuningJob", *SERVED))
    anew.program(served=False)
    anew.stack.up()
    old = stamps(local_golden.state["deployment"]["resources"])
    if local_golden.flavour == "plugin":
        # Since then, native Python classes tell the plugin of `retain_on_delete`, as the default ones always did.
        (optional,) = (parts for urn, parts in old.items() if urn.endswith("::optional"))
        optional["mark"] = "r1"
    assert stamps(anew.stack.resources) == old
    assert len([one for one in old.values() if one.get("owner")]) >= 20


def test_jobs_that_a_killed_run_left_are_known_by_their_stamps(local_golden: Any, stage: Any) -> None:
    def keep(one: dict[str, Any]) -> bool:
        return one["urn"].rpartition("::")[2] not in UNRECORDED

    wanted = {one["urn"]: one["id"] for one in local_golden.state["deployment"]["resources"] if not keep(one)}
    again = stage(local_golden, keep=keep)
    again.stack.up()
    assert {one["urn"]: one["id"] for one in again.stack.resources if one["urn"] in wanted} == wanted
    assert again.changes() == {}, "nothing is bought"
