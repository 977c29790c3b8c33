"""Each sample body of the API reference, written as a resource: the service gets a request that means the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from reference_samples import COMPRESSIBLE, COMPRESSIONS, DEPLOYMENTS, JOBS, RESERVATIONS, Body

from pulumi_dashscope_ft.api import Client, resolve_settings

PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import CompressedModel, FineTuningJob, ModelDeployment

for number, (kind, given) in enumerate(json.loads(pulumi.Config().require("settings"))["resources"]):
    globals()[kind](f"r{number}", **given)
"""
DATA = ("training", "validation")
RESERVED = ("charge_type", "service_tier", "pre_paid_info")
"""Fields of a reservation that have no input of their own: they are written as `extra`."""


def meaning(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a request asks for, in whatever spelling."""
    meant = {name: _value(value) for name, value in body.items()}
    for purpose in DATA:
        ids = [{"data_source_type": "file_id", "file_id": one} for one in meant.pop(f"{purpose}_file_ids", [])]
        meant[purpose] = ids + meant.pop(f"{purpose}_datasets", [])
    return meant


def _value(value: Any) -> Any:
    """Numbers by value, also those that are written as text."""
    if isinstance(value, Mapping):
        return {name: _value(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            return Decimal(str(value)).normalize()
        except InvalidOperation:
            return value
    return value


def numbers(value: Any) -> Iterator[int | float]:
    """All numbers in a body."""
    if isinstance(value, (list, Mapping)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from numbers(inner)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def received(stage: Any, operation: str) -> list[Body]:
    return [json.loads(record.body) for record in stage.emulator.requests if record.operation == operation]


class Shop:
    """Samples as a program's resources, and what the service has received of them."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        stage.write(PROGRAM)
        stage.emulator.configure(check_file_ids=False, quota=1000, compressing_seconds=2)
        settings = resolve_settings(base_url=stage.emulator.base_url, api_key=stage.key, environ={})
        self._client = Client(settings)

    def tuned(self, base_model: str, training_type: str) -> str:
        """The id of a model that goes back to this one."""
        body = {"model": base_model, "training_file_ids": ["f"], "training_type": training_type}
        job_id = self._client.fine_tunes.create(body).job_id
        self.stage.emulator.force(job_id, "SUCCEEDED")
        return str(self.stage.emulator.jobs[job_id].finetuned_output)

    def asked(self, kind: str, operation: str, samples: Mapping[str, Body], own: str, **more: Any) -> dict[str, Any]:
        """Bring the samples up; for each of them, by its name, what the service was asked for.

        :param own: the field with a name, which the provider fills in where a sample has none.
        :param more: inputs that only steer the provider.
        """
        before = len(received(self.stage, operation))
        self.stage.program(resources=[[kind, {**written(body), **more}] for body in samples.values()])
        self.stage.stack.up()
        bodies = received(self.stage, operation)[before:]
        assert len(bodies) == len(samples)
        for number in numbers(bodies):
            assert isinstance(number, int) or not number.is_integer(), "a service may refuse 3.0 where it wants 3"
        # Resources are made in any order. A name of the provider's own begins with that of the resource.
        named = {body[own]: name for name, body in samples.items() if own in body}
        made = {f"r{number}": name for number, name in enumerate(samples)}
        asked = {}
        for body in bodies:
            name = body[own]
            if name in named:
                asked[named[name]] = meaning(body)
            else:
                asked[made[name.partition("-")[0]]] = meaning({**body, own: None})
        return asked


def written(body: Body) -> Body:
    """The inputs of a resource: named as the fields of the body are."""
    extra = {name: body[name] for name in RESERVED if name in body}
    return {name: value for name, value in body.items() if name not in extra} | ({"extra": extra} if extra else {})


def wanted(samples: Mapping[str, Body], own: str) -> dict[str, Any]:
    return {name: meaning({own: None, **body}) for name, body in samples.items()}


def test_jobs(stage: Any) -> None:
    assert Shop(stage).asked("FineTuningJob", "create", JOBS, "job_name") == wanted(JOBS, "job_name")


def test_deployments(stage: Any) -> None:
    shop = Shop(stage)
    tuned = {
        name: {"model_name": shop.tuned(base_model, "efficient_sft"), **body}
        for name, (base_model, body) in DEPLOYMENTS.items()
    }
    samples = {**tuned, **RESERVATIONS}
    asked = shop.asked("ModelDeployment", "create_deployment", samples, "name", wait_until_running=False)
    assert asked == wanted(samples, "name")


def test_compressions(stage: Any) -> None:
    shop = Shop(stage)
    samples = {name: {"model": shop.tuned(COMPRESSIBLE, "sft"), **body} for name, body in COMPRESSIONS.items()}
    assert shop.asked("CompressedModel", "create_compression", samples, "job_name") == wanted(samples, "job_name")
