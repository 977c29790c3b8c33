"""The request for `pulumi import`, which gives only an id: read from the live object, as its kind shows them."""

from __future__ import annotations

from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest


def request_for(kind: Kind, connection: Connection, object_id: str) -> AnyRequest | None:
    """Return the request for the live object; None when there is no such object.

    :raises LifecycleError: it can't be read, or can't be imported from here.
    """
    try:
        return kind.import_request(connection, object_id)
    except NotFoundError:
        return None
    except ApiError as error:
        raise with_advice(error, object_id, "import", done="nothing was changed.", again="pulumi import") from error
