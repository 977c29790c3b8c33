"""The properties of an imported model, as programs of both front ends write and read them."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_dashscope_ft.program.spelling import Spelled


class ImportedModelProperties(Spelled):
    """An imported model: weights in an OSS bucket that the service copies into a custom model, and the wait for it.

    It is created once the model is there. Destroying it removes the model and its files; what is in the bucket stays.
    """

    base_model: pulumi.Output[str]
    weight_type: pulumi.Output[str | None]
    bucket_name: pulumi.Output[str]
    object_key: pulumi.Output[str]
    workspace_id: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_import_id: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    teardown_timeout: pulumi.Output[Any]
    wait_timeout: pulumi.Output[Any]
    job_id: pulumi.Output[str]
    """The service's id of the import; also the Pulumi id."""
    display_name: pulumi.Output[str]
    model_id: pulumi.Output[str]
    """The id of the imported model, used to deploy, to call and to tune it."""
    status: pulumi.Output[str]
    """`SUCCESSED` (as the service spells it) once there is a model; as last read."""
    create_time: pulumi.Output[str | None]
    failure: pulumi.Output[dict[str, Any] | None]
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `delete, with the model's files`, `keep` and the like."""
