"""A request: the user's inputs, and what the front end knows of the resource.

Front ends and states carry that knowledge in hidden properties beside the inputs (see `property_bag`).
Their names are part of the state format. They are translated here, once per call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    MD5,
    NAME,
    NONCE,
    OWNER,
    RETAIN_OPTION,
    public,
    secret_marks,
)
from pulumi_dashscope_ft.schema.marks import Marks


@dataclass(frozen=True, slots=True)
class Request:
    """One call about one resource.

    :param inputs: what the user wrote, with what `check` has added (a file's digest and the like).
    :param properties: the same with the hidden properties, as the outputs are to keep them.
    :param name: the resource's name, qualified by its parents' types; empty where no front end has set one.
    :param owner: the stack's owner id; empty where no front end has set one.
    :param nonce: made by `check`, once per intended run; None for kinds that have none.
    :param retained: whether the resource has Pulumi's option `retain_on_delete`.
    :param secrets: which parts of the inputs the program has made secret.
    :param content_md5: MD5 of a file's content, 32 hex digits; empty for other kinds.
    """

    inputs: Mapping[str, Any]
    properties: Mapping[str, Any]
    name: str
    owner: str
    nonce: str | None
    retained: bool
    secrets: Marks
    content_md5: str

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> Request:
        """Translate the properties that a front end received."""
        return cls(
            inputs=public(properties),
            properties=properties,
            name=str(properties.get(NAME, "")),
            owner=str(properties.get(OWNER, "")),
            nonce=str(properties[NONCE]) if NONCE in properties else None,
            retained=bool(properties.get(RETAIN_OPTION)),
            secrets=secret_marks(properties),
            content_md5=str(properties.get(MD5, "")),
        )

    @property
    def run_nonce(self) -> str:
        """The nonce of a kind that needs one.

        :raises KeyError: `check` made none.
        """
        if self.nonce is None:
            raise KeyError(NONCE)
        return self.nonce
