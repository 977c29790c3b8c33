"""The scenes of the page of the command's errors that `costs` plays."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

from command_stage import STRANGER, CommandStage, Told

from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob

_SAID = "unknown: error: warning: note:"
_BEIJING = {"DASHSCOPE_API_REGION": "cn-beijing"}


def unknown_cost(scene: CommandStage) -> Told:
    scene.job("SUCCEEDED")
    scene.job("CANCELED")
    with mock.patch.object(EmulatedJob, "usage", return_value=None):
        return scene.run("costs", only=_SAID, **_BEIJING)


def stack_without_state(scene: CommandStage) -> Told:
    scene.job("SUCCEEDED", owner=STRANGER)
    scene.state()
    return scene.run("costs", "pr-7.json", only=_SAID, **_BEIJING)


def unreadable_state(scene: CommandStage) -> Told:
    scene.job("SUCCEEDED")
    (scene.folder / "pr-7.json").write_text("{")
    return scene.run("costs", "pr-7.json", only=_SAID, **_BEIJING)


def no_deployments(scene: CommandStage) -> Told:
    scene.job("SUCCEEDED")
    scene.fault("list_deployments", status=403, code="AccessDenied", message="No right to see deployments.")
    return scene.run("costs", only=_SAID, **_BEIJING)


def no_region(scene: CommandStage) -> Told:
    scene.job("SUCCEEDED")
    return scene.run("costs", only=_SAID)


def no_time(scene: CommandStage) -> Told:
    return scene.run("costs", "--since", "2026-02-31")


def wrong_window(scene: CommandStage) -> Told:
    return scene.run("costs", "--since", "2026-11", "--until", "2026-10")


def wrong_prices(scene: CommandStage) -> Told:
    row: dict[str, Any] = {"what": "training", "model": "qwen9-1b", "price": "0.004", "currency": "yuan"}
    row |= {"per": "1000 tokens", "region": "cn-beijing", "date": "2026-11-01", "sources": ["our contract"]}
    (scene.folder / "prices.json").write_text(json.dumps({"rows": [row]}))
    return scene.run("costs", "--prices", "prices.json")
