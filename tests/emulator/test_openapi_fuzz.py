"""The emulator held against its own description: calls that fit it, calls that don't, calls without a key.

Every answer has to be one that is described: its status, its content type, its shape, and never a 5xx. What breaks
the description has to be refused. Ids that exist are mixed in, or all a fuzzer would see is 404. Deterministic in
the default profile of hypothesis; `make soak` looks further, and differently each time.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.app import BASE, OPERATIONS
from pulumi_dashscope_ft.emulator.model import deployments, machine
from pulumi_dashscope_ft.emulator.model.custom import importing
from pulumi_dashscope_ft.emulator.openapi.document import DESCRIPTIONS, document

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 8)
KEY = "sk-fuzz-0123456789"
CONFORMANCE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The key is sent by the tests themselves; a scheme in the description would have the fuzzer send keys of its own.
SCHEMA = schemathesis.openapi.from_dict({**document(OPERATIONS, BASE), "security": []})
BY_NAME = {one.name: SCHEMA[one.path][one.method] for one in OPERATIONS}
BASES = {one.name: one.base for one in OPERATIONS}
NAMES = list(BY_NAME)
CHANGING = {one.name for one in OPERATIONS if one.changes}
# An id may be any text: what takes nothing else can't be called wrongly.
BREAKABLE = [one.name for one in OPERATIONS if DESCRIPTIONS[one.name].query or DESCRIPTIONS[one.name].body]
# A multipart field is text, and one of a repeated field is none that is missing: nearly everything fits.
UNREFUSABLE = frozenset({"upload"})


class Target:
    """An emulator whose things, one in every status, are put back after each call that changed one."""

    def __init__(self, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {KEY}"
        self.ids = self._populate()
        ended = [one for one in self.ids["job_id"] if emulator.jobs[one].status in machine.FINAL]
        changeable = [
            one.deployed_model
            for one in emulator.service.deployments().values()
            if one.plan == "mu" and one.status in deployments.CHANGEABLE
        ]
        custom = self._custom()
        self.fitting = {
            # The stream of any other ends only with the job, and the clock stands still.
            "stream": {"job_id": ended},
            # A change of any other is refused, and of the few calls that are made that might be all.
            "update_deployment": {"deployed_model": changeable},
            **{one.name: {"job_id": custom["imports"]} for one in OPERATIONS if one.path.startswith("/custom_models")},
            **{one.name: {"job_id": custom["compressions"]} for one in OPERATIONS if "/compress/" in one.path},
        }
        self.compressible = custom["models"][0]
        self._kept = copy.deepcopy(emulator.service.workspaces)
        self.seen: Counter[tuple[str, int]] = Counter()

    def restore(self) -> None:
        with self.emulator.service.at_now():
            self.emulator.service.workspaces = copy.deepcopy(self._kept)

    def send(self, case: Any, **headers: str) -> Any:
        name = case.operation.definition.raw["operationId"]
        base_url = self.emulator.root_url + BASES[name]
        answer = case.call(base_url=base_url, session=self.session, headers=headers or None)
        self.seen[name, answer.status_code] += 1
        if name in CHANGING and answer.status_code == 200:
            self.restore()
        return answer

    def _populate(self) -> dict[str, list[str]]:
        files = [("files", ("a.jsonl", b"{}"))]
        stored = self._post("/files", files=files)["data"]["uploaded_files"]
        jobs = [self._submit(model) for model in ("qwen3-14b", "wan2.5-i2v-preview", "wan2.7-image-pro")]
        jobs.append(self._submit("cosyvoice-v3-flash"))
        self.emulator.clock.advance(24 * 3600)
        for status in machine.STATUSES:
            jobs.append(self._submit("qwen3-8b"))
            self.emulator.force(jobs[-1], status)
        deployed = []
        for number, status in enumerate(deployments.STATUSES):
            plan = {"plan": "mu", "deploy_spec": "MU1"} if number % 2 else {"plan": "lora"}
            made = self._post(
                "/deployments", json={"model_name": "qwen3-8b", "capacity": 1, "suffix": f"s{number}", **plan}
            )
            deployed.append(made["output"]["deployed_model"])
            self.emulator.force_deployment(deployed[-1], status)
        return {
            "job_id": jobs,
            "file_id": [one["file_id"] for one in stored],
            "checkpoint": ["checkpoint-20", "checkpoint-40", "checkpoint-60"],
            "deployed_model": deployed,
        }

    def _custom(self) -> dict[str, list[str]]:
        """A model that can be compressed, and compression and import jobs, one in every status."""
        base = "qwen3.5-flash-2026-02-23"
        body = {"model": base, "training_file_ids": ["file-1"], "training_type": "sft"}
        job_id = str(self._post("/fine-tunes", json=body)["output"]["job_id"])
        self.emulator.force(job_id, machine.SUCCEEDED)
        model = self.emulator.jobs[job_id].finetuned_output
        place = {"bucket_name": "bucket", "object_key": "weights/"}
        compressions, imports = [], []
        for status in machine.STATUSES:
            made = self._post("/fine-tunes/compress/jobs", json={"model": model, "template_id": "quant-w8a8"})
            compressions.append(made["output"]["job_id"])
            self.emulator.force_compression(compressions[-1], status)
        for status in importing.STATUSES:
            described: dict[str, Any] = {
                "model_name": base,
                "source": "oss",
                "weight_type": "full",
                "storage_info": place,
            }
            imports.append(self._post("/custom_models/import", json=described)["output"]["job_id"])
            self.emulator.force_import(imports[-1], status)
        return {"compressions": compressions, "imports": imports, "models": [model]}

    def _submit(self, model: str) -> str:
        hyper_parameters = {"n_epochs": 3, "save_total_limit": 3}
        body = {"model": model, "training_file_ids": ["file-1"], "hyper_parameters": hyper_parameters}
        if model.startswith(("wan", "cosyvoice")):
            body["training_type"] = "efficient_sft"
        return str(self._post("/fine-tunes", json=body)["output"]["job_id"])

    def _post(self, path: str, **options: Any) -> Any:
        answer = self.session.post(self.emulator.base_url + path, timeout=10, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None, start=1_750_000_000.0) as emulator:
        made = Target(emulator)
        yield made
        made.session.close()


def calls(target: Target, name: str, mode: GenerationMode) -> st.SearchStrategy[Any]:
    """Calls of one operation; where it takes ids, mostly ones that exist."""
    operation = BY_NAME[name]
    free = operation.as_strategy(generation_mode=mode)
    if name == "create_deployment" and mode is GenerationMode.POSITIVE:
        return st.one_of(free, free.map(of_a_model_that_exists))
    if name == "create" and mode is GenerationMode.POSITIVE:
        # Most models that exist take few of the training types.
        return st.one_of(free, free.map(of_an_unknown_type))
    if name == "create_compression" and mode is GenerationMode.POSITIVE:
        return st.one_of(free, free.map(lambda case: of_the_model(case, target.compressible)))
    if name == "create_import" and mode is GenerationMode.POSITIVE:
        return st.one_of(free, free.map(of_a_model_that_exists))
    if name in ("chat_completions", "text_generation") and mode is GenerationMode.POSITIVE:
        running = next(
            one for one in target.ids["deployed_model"] if target.emulator.deployments[one].status == "RUNNING"
        )
        return st.one_of(free, free.map(lambda case: of_the_model(case, running)))
    wanted = [one.name for one in operation.path_parameters]
    if not wanted:
        return free
    ids = {**target.ids, **target.fitting.get(name, {})}
    known = st.fixed_dictionaries({one: st.sampled_from(ids[one]) for one in wanted})
    return st.one_of(
        free,
        *[known.flatmap(lambda real: operation.as_strategy(generation_mode=mode, path_parameters=real))] * 2,
    )


def forgiven(case: Any) -> bool:
    """Whether a query parameter is empty, which is as good as none, or given twice, of which the last one counts. An
    object arrives as either.
    """
    return any(value == "" or isinstance(value, (list, dict)) for value in (case.query or {}).values())


def of_the_model(case: Any, name: str) -> Any:
    case.body["model"] = name
    return case


def of_an_unknown_type(case: Any) -> Any:
    case.body.pop("training_type", None)
    return case


def of_a_model_that_exists(case: Any) -> Any:
    case.body["model_name"] = "qwen3-14b"
    return case


def drive(strategy: st.SearchStrategy[Any], check: Callable[[Any], None], examples: int = EXAMPLES) -> None:
    """``check`` for that many calls. The first that fails is shown with its curl command, not made smaller first."""
    bounds = settings(
        max_examples=examples, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    bounds(given(case=strategy)(lambda case: check(case)))()


@pytest.mark.parametrize("name", NAMES)
def test_what_fits_the_description_is_answered_as_described(target: Any, name: str) -> None:
    def check(case: Any) -> None:
        case.validate_response(target.send(case), checks=CONFORMANCE)

    drive(calls(target, name, GenerationMode.POSITIVE), check)
    assert target.seen[name, 200], f"no call of {name} was ever carried out"


@pytest.mark.parametrize("name", BREAKABLE)
def test_what_breaks_the_description_is_refused_as_described(target: Any, name: str) -> None:
    def check(case: Any) -> None:
        refused = [] if name in UNREFUSABLE or forgiven(case) else [negative_data_rejection]
        case.validate_response(target.send(case), checks=[*CONFORMANCE, *refused])

    drive(calls(target, name, GenerationMode.NEGATIVE), check)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_good_key_there_is_only_401(target: Any, name: str) -> None:
    def check(case: Any) -> None:
        for key in ("", "Bearer", "Bearer wrong", KEY, f"Basic {KEY}", "Bearer sk-sp-0123456789"):
            answer = target.send(case, Authorization=key)
            assert answer.status_code == 401
            told = answer.json()
            assert told.get("code", told.get("error", {}).get("code")) in ("InvalidApiKey", "invalid_api_key")
            case.validate_response(answer, checks=CONFORMANCE)

    drive(calls(target, name, GenerationMode.POSITIVE), check, examples=2)
