"""The two front ends, by the name that tests have for them."""

from __future__ import annotations

from dynamic_process import DynamicProcess
from plugin_process import PluginProcess
from processes import ProviderProcess

DYNAMIC, PLUGIN = "dynamic", "plugin"

FRONT_ENDS: dict[str, type[ProviderProcess]] = {DYNAMIC: DynamicProcess, PLUGIN: PluginProcess}
