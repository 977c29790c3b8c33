"""Why this exists: the faults that this provider promises to survive, as data, so that no test can forget one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.emulator import FaultRule


@dataclass(frozen=True)
class Fault:
    """One way in which a call goes wrong.

    :param rule: fields of the emulator's fault rule, when the service answers (or not).
    :param wire: `refused` or `unsent`, when the request does not get there.
    :param passes: whether the same call may succeed later, so that waiting is right. Otherwise it must fail at once.
    """

    rule: Mapping[str, Any] = field(default_factory=dict)
    wire: str | None = None
    passes: bool = True

    def arm(self, operation: str, count: int | None) -> FaultRule:
        return FaultRule(operation=operation, count=count, **self.rule)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "connection refused": Fault(wire="refused"),
        "reset before the request was sent": Fault(wire="unsent"),
        "reset after the request was sent": Fault({"kind": "reset"}),
        "answer lost after it took effect": Fault({"kind": "lost"}),
        "504 after it took effect": Fault({"kind": "effect_then_status", "status": 504}),
        "500": Fault({"kind": "status", "status": 500}),
        "503": Fault({"kind": "status", "status": 503}),
        "gateway page 502": Fault({"kind": "html", "status": 502}),
        "gateway page 504 after it took effect": Fault({"kind": "html", "status": 504, "after_effect": True}),
        "gateway page 404": Fault({"kind": "html", "status": 404}, passes=False),
        "rate": Fault({"kind": "status", "error": "rate"}),
        "rate with Retry-After": Fault({"kind": "status", "error": "rate", "headers": {"Retry-After": "7"}}),
        "busy": Fault({"kind": "status", "error": "busy"}),
        "job quota": Fault({"kind": "status", "error": "quota"}, passes=False),
        "unpaid account": Fault({"kind": "status", "error": "arrears"}, passes=False),
        "401": Fault({"kind": "status", "status": 401}, passes=False),
        "403": Fault({"kind": "status", "status": 403}, passes=False),
        "200 with an error code": Fault({"kind": "code_in_200"}, passes=False),
        "malformed JSON": Fault({"kind": "malformed"}),
        "no output": Fault({"kind": "no_output"}),
        "hang past the read timeout": Fault({"kind": "hang"}),
        "hang after it took effect": Fault({"kind": "hang", "after_effect": True}),
        "unknown status": Fault({"kind": "unknown_status"}),
    }
)

OPERATIONS = ("create", "get", "list", "cancel", "delete", "upload", "delete_file", "list_files", "get_file")
DEPLOYMENT_OPERATIONS = (
    *("create_deployment", "get_deployment", "list_deployments"),
    *("scale_deployment", "update_deployment", "delete_deployment"),
)
COMPRESSION_OPERATIONS = (
    *("create_compression", "get_compression", "list_compressions"),
    *("cancel_compression", "delete_compression"),
)
IMPORT_OPERATIONS = ("create_import", "get_import", "list_imports", "delete_import")
EXPORT_OPERATIONS = ("checkpoints", "export")
EXPORT_FAULTS = {**FAULTS, "not accepted": Fault({"kind": "not_accepted"})}
"""Of all calls, only an export may answer with a plain no."""
