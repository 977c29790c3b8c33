"""Why this exists: a deployment is billed while it stands and serves whoever calls it, so it has a story of its own:
the same machinery as that of jobs, other events, and its own promises after every step.
"""

from __future__ import annotations

import json
from typing import Any

from faulty_stack import LONGEST_WAIT
from front_ends import DYNAMIC
from promises import LONGEST_STEP, STEERING, policy_of, words
from records import DEPLOYMENT, Properties, Record
from story import Story

from pulumi_dashscope_ft.emulator.model.deployments import DELETING, FAILED, GONE, EmulatedDeployment
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
from pulumi_dashscope_ft.lifecycle.deployment.request import ADJUSTABLE

TUNED = "qwen3-8b-ft-202511132025-0260"
"""A tuned model. Its first deployment has the model's own name as its id, and so has the next when that is gone."""
BASE = "qwen3-14b"

_SERVES_NOTHING = (GONE, DELETING, FAILED)


class ServingStory(Story):
    """One account, one stack with deployments, and jobs where a schedule adds some.

    :param undeletable: whether a running deployment has to be stopped before it can be deleted.
    """

    most_messages = 4
    longest_step = LONGEST_STEP + LONGEST_WAIT

    def __init__(self, front: str = DYNAMIC, *, undeletable: bool = False, **more: Any) -> None:
        chosen = {"deploying_seconds": 60.0, "updating_seconds": 20.0, "deleting_seconds": 5.0, **more}
        super().__init__(front, running_deployment_undeletable=undeletable, **chosen)
        self.program = {"s": self._deployment(0)}
        self.bought_for: dict[int, str] = {}
        """Our deployments (by identity of the emulator's object) → the work that they were made for."""
        self.kept: list[EmulatedDeployment] = []
        """Deployments that were left on the service on purpose, or that nothing can be known of any more."""
        self.unrecorded_deployments: list[EmulatedDeployment] = []
        """Deployments that were made by a step of which no id came back."""
        self.chosen_names: list[EmulatedDeployment] = []
        """Deployments under a name of the user's own: nothing proves whose they are."""
        self._before_delete: dict[Record, tuple[EmulatedDeployment | None, int]] = {}
        self._given_again: set[str] = set()
        """Ids of what is gone, which the service has given to something new while an old record still has them."""
        self.cloud.train(TUNED, "qwen3-8b")
        # An account that is in use: if the service shows names, it shows this one.
        self.somebody_deploys("qwen3-32b", True)

    # What the user does

    def up(self, *replace: str) -> None:
        super().up(*replace)
        if self.told is None and not self.cut_short:
            missing = [name for name in self.program if self.state.live(name) is None]
            assert not missing, f"up succeeded without {missing}"
            for name, written in self.program.items():
                record = self.state.live(name)
                assert record is not None
                if record.kind == DEPLOYMENT and written.get("waitUntilRunning", True):
                    assert KEYS["is_waiting"] not in record.outputs, f"{name} was to be waited for"
                    assert f"create {name}" not in self.steps or self._is_as_asked(record), f"not awaited: {record}"

    @staticmethod
    def _is_as_asked(record: Record) -> bool:
        """Whether it runs; with capacity 0, which asks to stop it, whether it is stopped. What is billed by token
        (`lora`) has no capacity to take away.
        """
        stops = record.inputs.get("capacity") == 0 and record.inputs["plan"] != "lora"
        return bool(record.outputs["status"] == ("STOPPED" if stops else "RUNNING"))

    def serve(self, name: str, variant: int) -> None:
        self.program.setdefault(name, self._deployment(variant))

    def rename(self, old: str, new: str) -> None:
        record = self.state.live(old)
        if record is not None and old in self.program and new not in self.program:
            self.program[new] = {**self.program.pop(old), "adoptDeployment": record.id}

    def take_advice(self, name: str = "s") -> None:
        """Set adoptDeployment as the last message said."""
        marker = 'set adoptDeployment to "'
        if self.told and marker in self.told and name in self.program:
            self.program[name]["adoptDeployment"] = self.told.split(marker)[1].split('"')[0]

    # What the service and other people do

    def turn(self, status: str) -> None:
        """All our deployments reach this status; but none that failed comes back to life if no state holds it (see
        docs/guarantees.md).
        """
        for deployed_model, one in self.cloud.standing().items():
            if one.status != FAILED or deployed_model in self.state.ids():
                self.cloud.emulator.force_deployment(deployed_model, status)

    def remove_elsewhere(self) -> None:
        """Somebody deletes one of our deployments in the console."""
        standing = sorted(self.cloud.standing())
        if standing:
            self._removed_elsewhere = True
            self.cloud.emulator.remove_deployment(standing[-1])

    def scaled_elsewhere(self, capacity: int) -> None:
        """Somebody scales our deployments in the console."""
        for deployment in self.cloud.standing().values():
            deployment.capacity = capacity

    def somebody_deploys(self, model: str, named: bool) -> None:
        """A colleague deploys a model. Never one whose id a record of ours has, for the service gives that id again and
        nothing tells the two apart (see docs/guarantees.md). Where names are not shown, neither one that ours could be.
        """
        if model in self.state.ids() or (not self.echo and model in (TUNED, BASE)):
            return
        name = {"name": "somebody"} if named else {}
        self.cloud.deployed_past_the_faults({"model_name": model, "plan": "lora", "capacity": 1, **name})

    # The end

    def _to_be_torn_down(self) -> set[Any]:
        standing = self.cloud.standing()
        held = {
            record.id for record in self.state.records if record.kind == DEPLOYMENT and policy_of(record) != "retain"
        }
        return super()._to_be_torn_down() | {id(standing[one]) for one in held if one in standing}

    def _check_the_end(self, believed: set[Any]) -> None:
        super()._check_the_end({one for one in believed if isinstance(one, str)})
        for one in self.cloud.standing().values():
            assert id(one) not in believed, f"{one.deployed_model} was in the state, and still serves"
            if self.echo and one.status not in _SERVES_NOTHING:
                known = (*self.kept, *self.chosen_names)
                assert any(one is other for other in known), f"{one.deployed_model} serves, and nobody was told"

    def _end_what_the_message_names(self) -> None:
        assert self.told is not None
        told = words(self.told)
        standing = {key: one for key, one in self.cloud.standing().items() if key in told}
        if "refuses to delete" in self.told:
            assert standing, f"names nothing that stands: {self.told}"
            assert "stop it" in self.told
            for deployed_model in standing:
                self.cloud.emulator.force_deployment(deployed_model, "STOPPED")
            return
        assert "this state does not hold it" in self.told, f"destroy did not converge: {self.told}"
        assert not any(one.deployed_model in told for one in self.cloud.theirs if one.status != GONE)
        jobs = self.cloud.active() & told
        assert standing or jobs, f"names nothing that runs: {self.told}"
        for deployed_model in standing:
            self.cloud.emulator.remove_deployment(deployed_model)
        for job_id in jobs:
            self.cloud.emulator.force(job_id, "CANCELED")

    # Invariants

    def creating(self, kind: str, name: str, inputs: Properties) -> None:
        if kind != DEPLOYMENT:
            super().creating(kind, name, inputs)
            return
        self.steps.append(f"create {name}")
        self._there = self.cloud.deployed()
        self._removed_elsewhere = False
        purpose = self._purpose(name, inputs)
        live = self.state.live(name)
        if live is not None and name not in self._forced:
            same = self._purpose(name, live.inputs) == purpose and all(
                live.inputs.get(key) == inputs.get(key) for key in ("name", "adoptDeployment")
            )
            failed = FAILED in (live.outputs["status"], self.cloud.deployment_status(live.id))
            assert not same or failed, "deployed again though nothing changed"
        known = (*self.kept, *self.chosen_names)
        self._orphans = [
            one.deployed_model
            for one in self.cloud.standing().values()
            if self.bought_for.get(id(one)) == purpose
            and one.deployed_model not in self.state.ids()
            and one.status not in _SERVES_NOTHING
            and not any(one is other for other in known)
        ]

    def created(self, kind: str, name: str, inputs: Properties, object_id: str | None) -> None:
        if kind != DEPLOYMENT:
            super().created(kind, name, inputs, object_id)
            return
        new = [one for one in self.cloud.deployed() if not any(one is other for other in self._there)]
        for one in new:
            self.bought_for[id(one)] = self._purpose(name, inputs)
            if inputs.get("name"):
                self.chosen_names.append(one)
        self.unrecorded_deployments += new
        if object_id is not None:
            if new and [record.id for record in self.state.records].count(object_id) > 1:
                self._given_again.add(object_id)
            if inputs.get("adoptDeployment") == object_id:
                self.cloud.theirs = [one for one in self.cloud.theirs if one.deployed_model != object_id]
                for one in self.cloud.deployed():
                    if one.deployed_model == object_id:
                        self.bought_for[id(one)] = self._purpose(name, inputs)
            foreign = [one.deployed_model for one in self.cloud.theirs if one.status != GONE]
            assert object_id not in foreign, "took a deployment of somebody else"
            for known in (self.kept, self.unrecorded_deployments):
                known[:] = [one for one in known if one.deployed_model != object_id]
        most = 0 if self._orphans and self.echo and not inputs.get("name") else 1
        if not self._removed_elsewhere:
            assert len(new) <= most, f"made {len(new)} where {most} would do: {new}, {self._orphans}"

    def deleting(self, record: Record) -> None:
        super().deleting(record)
        successor = self.state.live(record.name)
        if record.kind == DEPLOYMENT and record.leaving and not self._destroying and record.name in self.program:
            assert successor is not None
            assert self._is_as_asked(successor) or not self.program[record.name].get("waitUntilRunning", True), (
                f"goes before its successor is as asked: {record}, {successor}"
            )
        held = self.cloud.standing().get(record.id) if record.kind == DEPLOYMENT else None
        # Two destroys may be at it at once, so each record has its own.
        self._before_delete[record] = (held, len(held.transitions) if held is not None else 0)

    def deleted(self, record: Record) -> None:
        if record.kind != DEPLOYMENT:
            super().deleted(record)
            return
        held, steps_before = self._before_delete[record]
        if held is None:
            return
        if self._is_held(record.id) and not self._destroying:
            causes = [step.cause for step in held.transitions[steps_before:]]
            assert "delete" not in causes, "took away a deployment that another resource holds"
        elif policy_of(record) == "retain":
            self.kept.append(held)
        else:
            assert held.status == GONE, f"left the state while {held.status}"

    def gone(self, record: Record) -> None:
        if record.kind != DEPLOYMENT:
            super().gone(record)
            return
        assert self.cloud.deployment_status(record.id) is None, "a refresh dropped a deployment that exists"

    def owner_gone(self) -> None:
        super().owner_gone()
        noted = self.noted()
        self.kept += [one for key, one in self.cloud.standing().items() if key in noted]
        if self.front.takes_a_last_look:
            return
        known = (*self.kept, *self.chosen_names)
        for one in self.cloud.standing().values():
            if one.status not in _SERVES_NOTHING and not any(one is other for other in known):
                lost = any(one is other for other in self.unrecorded_deployments)
                assert lost, f"{one.deployed_model} was in the state, and is forgotten"
                self.kept.append(one)

    def _check(self, took: float, steps: int) -> None:
        if any("note: the list of deployments could not be read" in line for line in self.cloud.lines):
            # A stack that held no deployment goes all the same, and says that one may be left.
            self.kept += [one for key, one in self.cloud.standing().items() if key not in self.state.ids()]
        super()._check(took, steps)
        for one in self.cloud.theirs:
            causes = {step.cause for step in one.transitions}
            assert not causes & {"delete", "scale", "update"}, "touched a deployment of somebody else"

    def _held_twice(self, ids: list[str]) -> set[str]:
        return super()._held_twice(ids) - self._given_again

    def _purpose(self, name: str, inputs: Properties) -> str:
        """What a deployment is made for: the stack, the resource, and all inputs but those that change in place."""
        left_out = (*STEERING, *ADJUSTABLE, "name", "adoptDeployment")
        kept = {key: value for key, value in inputs.items() if key not in left_out and not key.startswith("__")}
        return json.dumps([self.state.owner, name, kept], sort_keys=True)

    def _deployment(self, variant: int) -> dict[str, Any]:
        written: dict[str, Any] = {"modelName": TUNED, "plan": "lora"}
        if variant:
            written = {"modelName": TUNED, "plan": "mu", "deploySpec": "MU1", "capacity": 1, "suffix": "blue"}
        if variant == 2:
            written |= {"modelName": BASE, "suffix": "green"}
        return written
