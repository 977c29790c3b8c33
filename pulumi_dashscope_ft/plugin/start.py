"""Start the plugin quickly.

A plugin is started for every preview, every `up` and every schema, and the user waits for it. It needs only the
protocol's messages (`pulumi.runtime.proto`) from the SDK; but importing them imports all of `pulumi`, which takes
longer than all the rest together. So the packages above them are entered into the table of modules as bare folders, in
this process only, which is our own.

This relies on the folders' names, not on any interface. Whenever something looks different, all of `pulumi` is imported
after all: slower by some tenths of a second, and otherwise the same.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from types import ModuleType

_MESSAGES = "pulumi.runtime.proto.provider_pb2_grpc"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the plugin; return the exit status."""
    load_protocol()
    from pulumi_dashscope_ft.plugin.server import main as serve

    return serve(arguments)


def load_protocol() -> None:
    """Make the protocol's messages importable at the lowest cost. Does nothing if `pulumi` is already imported."""
    if "pulumi" in sys.modules:
        return
    spec = importlib.util.find_spec("pulumi")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    sys.modules["pulumi"] = _bare("pulumi", places)
    sys.modules["pulumi.runtime"] = _bare("pulumi.runtime", [os.path.join(place, "runtime") for place in places])
    try:
        importlib.import_module(_MESSAGES)
    except (ImportError, AttributeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "pulumi"]:
            del sys.modules[name]


def _bare(name: str, places: list[str]) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = places
    return module
