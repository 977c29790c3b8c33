"""The settings of one provider instance: checked and compared like a resource's inputs.

They decide which account all resources of the provider belong to. A change of them never replaces anything: a replaced
provider would replace all its jobs, and buy them again. Objects of another account or region can't be found there any
more, and the next `pulumi refresh` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.api import listed_names
from pulumi_dashscope_ft.frontend.accounts import KEY_VARIABLES
from pulumi_dashscope_ft.lifecycle.base.comparison import differences
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS, is_hidden
from pulumi_dashscope_ft.lifecycle.base.owner.key import lasting_stamp_key
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.schema import Violation
from pulumi_dashscope_ft.schema.document import PROVIDER, definition

_ENGINES = ("version", "pluginDownloadURL")
"""What the engine keeps for itself among a provider's inputs."""


def secrets() -> frozenset[str]:
    """Return the settings that are secret, no matter how they were set, and the key for stamps."""
    settings = definition(PROVIDER)["inputProperties"]
    return frozenset(name for name, spec in settings.items() if spec.get("secret")) | {KEYS["stamp_key"]}


def settings_in(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that are ours.

    A list of variables may arrive as text: stack configuration is text, and generated SDKs send a list as JSON.
    """
    ours = {name: value for name, value in inputs.items() if not (name in _ENGINES or is_hidden(name))}
    if isinstance(ours.get(KEY_VARIABLES), str):
        ours[KEY_VARIABLES] = list(listed_names(ours[KEY_VARIABLES]))
    return ours


def checked(olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs to record: with the key that this provider's stamps are made with.

    The key is made once and is not a setting, so a state that has none yet shows no difference. When such a state gets
    its key, the engine (3.260) configures the provider once more without it: what that `up` starts has the hash of
    earlier releases, which is always recognised.
    """
    key = lasting_stamp_key(Request.of(olds).stamp_key)
    return Request.of(news).knowing(stamp_key=key).properties()


def problems(inputs: Mapping[str, Any]) -> list[Violation]:
    """Return what is wrong with a provider's inputs. A missing key is no error: a preview may not need one."""
    return list(schema.validate(PROVIDER, settings_in(inputs)).violations)


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Return the settings that differ."""
    return list(differences(settings_in(olds), settings_in(news)))
