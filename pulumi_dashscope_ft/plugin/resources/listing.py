"""List the objects of a type, whether or not a state holds them.

Engines that can list use it (`pulumi import` of many, `pulumi package` tools).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pulumi_dashscope_ft.plugin.kinds import kind_of
from pulumi_dashscope_ft.plugin.session import PluginSession


def objects(session: PluginSession, token: str, limit: int, query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield id and name of the account's objects of this type, at most `limit` of them if that is more than 0.

    :param query: further conditions. They are refused, because a silently ignored filter would look as if it applied.
    :raises LookupError: there is no such type, or the service can't list its objects, or not by a query.
    :raises ApiError: the service could not be asked.
    """
    kind = kind_of(token)
    if query:
        listed_by = ", ".join(sorted(query))
        raise LookupError(f"{kind.type_name} can't be listed by {listed_by}: list all, and choose among them.")
    connection = session.accounts.connection({})
    if kind.objects is None:
        raise LookupError(f"the service can't list what {kind.type_name} is about: {kind.unlisted}.")
    named = kind.objects.named(connection)
    return islice(named, limit) if limit > 0 else named
