"""The descriptor of the kind `file`."""

from __future__ import annotations

import re

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import SweepRules, Teardown, TeardownOptions
from pulumi_dashscope_ft.lifecycle.base.sources import FILES
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.file import resource
from pulumi_dashscope_ft.lifecycle.file.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.file.takeover import takeover
from pulumi_dashscope_ft.lifecycle.file.view import facts, import_request, live_object


def _name(file: File) -> str | None:
    return file.name


def _tear_down(connection: Connection, file_id: str, name: str, options: TeardownOptions) -> None:
    resource.delete(connection, file_id, State.of({"name": name}), ignore_use=options.ignore_use)


KIND = Kind(
    resource.RESOURCE,
    "file",
    resource,
    import_request,
    derivation=DERIVATION,
    id_property="fileId",
    computed=resource.COMPUTED,
    is_data=True,
    updates=Updates(lasting=("fileId",), keeps=("name",)),
    objects=Listed(FILES, live_object, _name, facts, takeover),
    id_form=re.compile(r"(file-.+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE),
    teardown=Teardown(_tear_down),
    sweep=SweepRules(needed_as=lambda one: one.object_id, unique_stamp=False),
)
