"""A service, stacks with a history each, and what truly belongs to whom: the world that sweeps are tried on.

What a sweep sees of it is what a real one would: pages that shift while they are read, calls that fail, states that
change between two looks. What it must not do is known here, and noted in `wrong`.
"""

from __future__ import annotations

import builtins
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from nouns import DEPLOYMENT, FILE, JOB

from pulumi_dashscope_ft.api import ApiConnectionError
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState, read

START = 1_795_600_800.0
KINDS = (JOB, JOB, FILE, DEPLOYMENT)
TYPES = {JOB: "FineTuningJob", FILE: "TrainingFile", DEPLOYMENT: "ModelDeployment"}
PREFIX = "pulumi-python:dynamic/dashscope-ft:"
PAGE = 3


def written(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment + 8 * 3600))


def utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


@dataclass
class Stack:
    """A stack and its state; the clock of its machine may be wrong."""

    number: int
    skew: float = 0.0
    held: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    written: float = START
    under_way: bool = False

    @property
    def owner(self) -> str:
        return f"owner0000{self.number}"

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:s{self.number}::p::{PREFIX}{kind}::{name}"

    def document(self) -> str:
        identity = {"urn": self.urn("StackIdentity", "id"), "type": f"{PREFIX}StackIdentity", "id": self.owner}
        resources = [identity]
        for (kind, object_id), resource in self.held.items():
            made = {"urn": self.urn(TYPES[kind], object_id), "type": PREFIX + TYPES[kind], "id": object_id}
            resources.append({**made, **resource})
        deployment: dict[str, Any] = {"manifest": {"time": utc(self.written + self.skew)}, "resources": resources}
        if self.under_way:
            pending = {"urn": self.urn("FineTuningJob", "new"), "type": f"{PREFIX}FineTuningJob"}
            deployment["pending_operations"] = [{"type": "creating", "resource": pending}]
        return json.dumps({"version": 3, "deployment": deployment})


class Universe:
    """The service, the stacks, and what truly belongs to whom."""

    def __init__(self, skews: list[float], *, shows_clocks: bool = True) -> None:
        self.now = START
        self.stacks = [Stack(number, skew) for number, skew in enumerate(skews)]
        self.live: dict[tuple[str, str], LiveObject] = {}
        self.ended: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.events: list[Callable[[], None] | None] = []
        self.trouble: list[bool] = []
        self.unknown: list[Stack] = []
        self.count = 0
        self.born: dict[tuple[str, str], float] = {}
        self.looked = START
        """When the sweep last looked at the object at hand: a use that begins later is beyond any sweep."""
        if shows_clocks:  # every machine has recorded one job when it was made
            for stack in self.stacks:
                self.make(stack, JOB, record=True)

    # What users and the service do

    def make(
        self, stack: Stack | None, kind: str, *, record: bool, span: float | None = None, retained: bool = False
    ) -> None:
        self.now += 11
        self.count += 1
        object_id = f"{kind}-{self.count}"
        owner = stack.owner if stack is not None else "somebodyel"
        expires = None if span is None else self.now + span
        found = stamp.make("x", owner, "nonce6", {"n": self.count}, expires=expires, retained=retained)
        status = None if kind == FILE else "RUNNING"
        one = LiveObject(kind, object_id, "x", found, status, written(self.now), active=kind != FILE)
        one = replace(one, needs=self.used_by(kind))
        self.live[one.key] = one
        self.born[one.key] = self.now
        if stack is not None:
            if record:
                self.record(stack, one, span)
            self.now += 5
            stack.written = self.now

    def used_by(self, kind: str) -> frozenset[str]:
        """A job is given the newest file, and trains the newest model further; a deployment serves a checkpoint."""
        models = [one.model for one in self.live.values() if one.model]
        if kind == JOB:
            return frozenset([key[1] for key in self.live if key[0] == FILE][-1:] + models[-1:])
        return frozenset(f"{model}-c7" for model in models[-1:] if kind == DEPLOYMENT)

    def succeed(self, position: int) -> None:
        running = [one for one in self.live.values() if one.kind == JOB and one.active]
        if running:
            one = running[position % len(running)]
            self.live[one.key] = replace(one, status="SUCCEEDED", active=False, model=f"m-{one.object_id}")

    def record(self, stack: Stack, one: LiveObject, span: float | None = None) -> None:
        outputs: dict[str, Any] = {"createTime": one.create_time} if one.kind == JOB else {}
        stack.held[one.key] = {"outputs": outputs, "created": utc(self.now + 1 + stack.skew)}
        if span is not None and one.kind == JOB:
            self.set_expiry(stack, one.key, span)
        self.now += 5
        stack.written = self.now

    def set_expiry(self, stack: Stack, key: tuple[str, str], span: float | None) -> None:
        """Set at creation or changed in place: the service is told nothing of it."""
        outputs = stack.held[key]["outputs"]
        outputs.pop("expiresIn", None)
        if span is not None:
            outputs.update(expiresIn=f"{span:.0f}s", expires=utc(self.born[key] + span + stack.skew))

    def held_job(self, stack: Stack, position: int) -> tuple[str, str] | None:
        jobs = [key for key in stack.held if key[0] == JOB]
        return jobs[position % len(jobs)] if jobs else None

    def extend(self, stack: Stack, position: int, span: float | None = 1e9) -> None:
        """In time: after the end a sweep may have come first."""
        key = self.held_job(stack, position)
        if key is not None and key in self.live and not self.is_over(stack, self.live[key]):
            self.set_expiry(stack, key, span)
            self.now += 5
            stack.written = self.now

    def retain(self, stack: Stack, position: int) -> None:
        """By one of the ways there are; that changes nothing but the record."""
        key = self.held_job(stack, position)
        if key is not None:
            outputs = stack.held[key]["outputs"]
            ways: list[tuple[dict[str, Any], dict[str, Any]]] = [
                (outputs, {"__retain": True}),
                (outputs, {"onDestroy": "retain"}),
                (stack.held[key], {"protect": True}),
                (stack.held[key], {"retainOnDelete": True}),
                (outputs, {"onDestroy": {"ciphertext": "x"}}),
            ]
            where, what = ways[position % len(ways)]
            where.update(what)
            self.now += 5
            stack.written = self.now

    def is_kept(self, one: LiveObject) -> bool:
        """Whether its record is meant to stay, or nobody can say."""
        for stack in self.holders(one.key):
            resource = stack.held[one.key]
            outputs = resource["outputs"]
            if {"__retain", "onDestroy"} & outputs.keys() or {"protect", "retainOnDelete"} & resource.keys():
                return True
        return not self.holders(one.key) and one.stamp is not None and one.stamp.retained

    def is_over(self, stack: Stack, one: LiveObject) -> bool:
        """Whether it has truly expired, by this holder."""
        span = stack.held[one.key]["outputs"].get("expiresIn")
        return span is not None and self.born[one.key] + float(span[:-1]) <= self.now

    def copies(self) -> list[RecordedState]:
        return [read(stack.document(), f"s{stack.number}", copied=self.now) for stack in self.stacks]

    def adopt(self, stack: Stack, position: int) -> None:
        free = [one for one in self.live.values() if not self.holders(one.key)]
        if free:
            self.record(stack, free[position % len(free)])

    def destroy(self, stack: Stack, position: int) -> None:
        if stack.held:
            key = list(stack.held)[position % len(stack.held)]
            del stack.held[key]
            self.live.pop(key, None)
            self.now += 5
            stack.written = self.now

    def holders(self, key: tuple[str, str]) -> list[Stack]:
        return [stack for stack in self.stacks if key in stack.held]

    def go_on(self) -> None:
        """Something happens, perhaps, while the sweep makes a call."""
        event = self.events.pop(0) if self.events else None
        if event is not None:
            event()
        self.now += 1

    def fail(self, operation: str) -> None:
        if self.trouble and self.trouble.pop():
            raise ApiConnectionError("the connection broke", operation=operation, sent=False)

    # What the sweep sees (an `Account`)

    def list(self, kind: str) -> dict[str, LiveObject]:
        found: dict[str, LiveObject] = {}
        page = 0
        while True:
            self.fail("list")
            newest_first = [one for one in reversed(self.live.values()) if one.kind == kind]
            items = newest_first[page * PAGE : (page + 1) * PAGE]
            if not items:
                return found
            found.update({one.object_id: one for one in items})
            self.go_on()
            page += 1

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        self.fail("get")
        self.looked = self.now
        self.go_on()
        return self.live.get((kind, object_id))

    def confirm(self, kind: str) -> bool:
        return False

    def tear_down(self, one: LiveObject, policy: Any) -> None:
        # What an unknown stack has adopted from a known one can't be told from an orphan (docs/sweep.md).
        holders = [stack for stack in self.holders(one.key) if stack not in self.unknown]
        if any(not self.is_over(stack, one) for stack in holders):
            self.wrong.append(f"{one.object_id} is in use by {[stack.number for stack in holders]}")
        if not holders and one.owner not in {stack.owner for stack in self.stacks if stack not in self.unknown}:
            self.wrong.append(f"{one.object_id} is foreign")
        if self.users(one):
            self.wrong.append(f"{one.object_id} is needed by {self.users(one)}")
        if one.kind == JOB and policy.on_destroy == "delete" and self.is_kept(one):
            self.wrong.append(f"{one.object_id} is meant to stay, and was deleted")
        if any(stack.under_way for stack in self.stacks if stack.owner == one.owner):
            self.wrong.append(f"{one.object_id} was ended though an operation of its stack was under way")
        if self.trouble and self.trouble.pop():
            raise LifecycleError("could not delete it")
        self.ended.append(one.key)
        if one.kind == JOB and policy.on_destroy == "cancel":
            self.live[one.key] = replace(one, status="CANCELED", active=False)
        else:
            self.live.pop(one.key, None)

    def users(self, one: LiveObject) -> builtins.list[str]:
        """The active objects that need it, and did when the sweep looked."""
        names = {one.object_id, one.model, f"{one.model}-c7"}
        return [
            other.object_id
            for other in self.live.values()
            if other.active and names & other.needs and self.born[other.key] <= self.looked
        ]


def happening(universe: Universe, kind: str, stack: int, position: int) -> Callable[[], None]:
    chosen = universe.stacks[stack % len(universe.stacks)]
    sort = KINDS[position % len(KINDS)]
    return {
        "up": lambda: universe.make(chosen, sort, record=True),
        "killed": lambda: universe.make(chosen, sort, record=False),
        "expiring": lambda: universe.make(chosen, JOB, record=True, span=3600.0 * (1 + position)),
        "expiring and killed": lambda: universe.make(
            chosen, JOB, record=False, span=3600.0 * (1 + position), retained=position % 2 == 0
        ),
        "extend": lambda: universe.extend(chosen, position),
        "expire no more": lambda: universe.extend(chosen, position, None),
        "retain": lambda: universe.retain(chosen, position),
        "succeed": lambda: universe.succeed(position),
        "stranger": lambda: universe.make(None, sort, record=False),
        "adopt": lambda: universe.adopt(chosen, position),
        "destroy": lambda: universe.destroy(chosen, position),
        "begin": lambda: setattr(chosen, "under_way", True),
        "end": lambda: setattr(chosen, "under_way", False),
        "wait": lambda: setattr(universe, "now", universe.now + 1000 * position),
    }[kind]


PAST = (
    *("up", "killed", "killed", "killed", "stranger", "adopt", "destroy", "wait", "begin", "end", "end"),
    *("expiring", "expiring", "expiring and killed", "extend", "retain", "succeed", "succeed"),
)
STEPS = st.lists(st.tuples(st.sampled_from(PAST), st.integers(0, 2), st.integers(0, 9)), max_size=25)
MEANWHILE = st.lists(
    st.none()
    | st.tuples(
        st.sampled_from(
            ["up", "killed", "stranger", "adopt", "adopt", "destroy", "begin", "end", "extend", "retain", "succeed"]
        ),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    max_size=80,
)
SPOILED = st.just(["fresh"] * 3) | st.lists(
    st.sampled_from(["fresh", "fresh", "torn", "version", "absent"]), min_size=3, max_size=3
)
