"""Why this exists: the classes that a Python program uses. They only name and carry values; everything else happens
in the provider.

Programs spell properties in snake_case. The state, the plan and the schema spell them in camelCase, as with any
Pulumi package.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import dynamic
from pulumi.runtime import get_root_resource

from pulumi_dashscope_ft.dynamic.declaring import Declared, properties, qualified_name
from pulumi_dashscope_ft.dynamic.provider import (
    FineTuningJobProvider,
    StackIdentityProvider,
    TrainingFileProvider,
)

Strings = Sequence[pulumi.Input[str]]
Datasets = Sequence[pulumi.Input[Mapping[str, Any]]]


class StackIdentity(dynamic.Resource, module="dashscope-ft", name="StackIdentity"):
    """A random id that lives in the stack's state and proves which jobs the stack has started. Made by itself."""

    owner_id: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(StackIdentityProvider(), name, {"ownerId": None}, opts)
        self.owner_id = self.__dict__["ownerId"]


_IDENTITY = "_dashscope_ft_identity"


def owner_id() -> pulumi.Output[str]:
    """The owner id of the stack that this program runs for. A process may run many stacks, so it is kept at the
    stack.
    """
    stack = get_root_resource()
    if stack is None:
        raise pulumi.RunError("dashscope-ft resources can only be made in a Pulumi program")
    if _IDENTITY not in stack.__dict__:
        stack.__dict__[_IDENTITY] = StackIdentity("dashscope-ft")
    identity: StackIdentity = stack.__dict__[_IDENTITY]
    return identity.owner_id


_FILE_OF_ID: weakref.WeakKeyDictionary[Any, TrainingFile] = weakref.WeakKeyDictionary()


def _formats(file_ids: Any) -> Any:
    """The shape of the rows of each file that this program uploads itself, None for others: checked against the
    training type.
    """
    if not isinstance(file_ids, (list, tuple)):
        return None
    files = [_FILE_OF_ID.get(item) if isinstance(item, pulumi.Output) else None for item in file_ids]
    return [file.format if file is not None else None for file in files] if any(files) else None


class TrainingFile(Declared, module="dashscope-ft", name="TrainingFile"):
    """A data file on Alibaba Cloud Model Studio, uploaded for fine-tuning and checked before it is."""

    path: pulumi.Output[str]
    description: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    file_id: pulumi.Output[str]
    """The service's id of the file, for `training_file_ids` and `validation_file_ids`."""
    sha256: pulumi.Output[str]
    """SHA-256 of the content, 64 hex digits. Known in a preview."""
    size: pulumi.Output[int]
    """Size in bytes. Known in a preview."""
    name: pulumi.Output[str]
    """The file name as uploaded."""
    format: pulumi.Output[str]
    """The shape of the rows: `chat`, `dpo`, `cpt`, `vl` or `media`. Known in a preview."""

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            path: pulumi.Input[str],
            description: pulumi.Input[str] | None = None,
            workspace_id: pulumi.Input[str] | None = None,
            api_key_env: pulumi.Input[str] | None = None,
            opts: pulumi.ResourceOptions | None = None,
        ) -> None:
            """Upload the file at `path`; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param path: path of the data file, relative to the program.
            :param description: words for people, shown by the service.
            :param workspace_id: the workspace, when the key may use several.
            :param api_key_env: name of the variable that holds the key, when there are several accounts.
            """

    else:
        # Takes any argument: a wrong one is reported by `check`, together with everything else that is wrong.
        def __init__(self, resource_name, *, opts=None, **arguments):
            hidden = {"__name": qualified_name(resource_name, opts), "__owner": owner_id()}
            super().__init__(
                TrainingFileProvider(),
                resource_name,
                properties("TrainingFile", arguments, hidden),
                opts,
            )
            _FILE_OF_ID[self.file_id] = self


class FineTuningJob(Declared, module="dashscope-ft", name="FineTuningJob"):
    """A fine-tuning job on Alibaba Cloud Model Studio. Creating it starts a paid run; destroying it ends the run."""

    model: pulumi.Output[str]
    training_file_ids: pulumi.Output[list[str] | None]
    training_datasets: pulumi.Output[list[dict[str, Any]] | None]
    validation_file_ids: pulumi.Output[list[str] | None]
    validation_datasets: pulumi.Output[list[dict[str, Any]] | None]
    training_type: pulumi.Output[str | None]
    hyper_parameters: pulumi.Output[dict[str, Any] | None]
    model_name: pulumi.Output[str | None]
    finetuned_output_suffix: pulumi.Output[str | None]
    api_key_env: pulumi.Output[str | None]
    triggers: pulumi.Output[list[Any] | None]
    adopt_job_id: pulumi.Output[str | None]
    on_destroy: pulumi.Output[str | None]
    on_undeletable: pulumi.Output[str | None]
    rerun_on: pulumi.Output[list[str] | None]
    teardown_timeout: pulumi.Output[Any]
    expires_in: pulumi.Output[Any]
    max_runtime: pulumi.Output[Any]
    job_id: pulumi.Output[str]
    """The service's id of the job, `ft-…`; also the Pulumi id."""
    job_name: pulumi.Output[str]
    status: pulumi.Output[str]
    """`PENDING`, `QUEUING`, `RUNNING`, `CANCELING`, `SUCCEEDED`, `FAILED` or `CANCELED`, as of the last `up` or
    `refresh`.
    """
    finetuned_output: pulumi.Output[str | None]
    """The id of the trained model, once the job has `SUCCEEDED`."""
    base_model: pulumi.Output[str | None]
    create_time: pulumi.Output[str | None]
    end_time: pulumi.Output[str | None]
    usage: pulumi.Output[int | None]
    """Training tokens used."""
    creator: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    teardown: pulumi.Output[str]
    """What `pulumi destroy` would do now: `cancel, then delete`, `delete`, `wait for cancel, then delete` or
    `keep`."""
    expires: pulumi.Output[str | None]
    """With `expires_in`: the minute from which on `dashscope-ft sweep` ends the job, such as `2026-11-25T10:00Z`."""
    failure: pulumi.Output[dict[str, Any] | None]
    """Why the job `FAILED`: `code` and `message` where the service gives them, and `log_tail`."""

    if TYPE_CHECKING:

        def __init__(
            self,
            resource_name: str,
            *,
            model: pulumi.Input[str],
            training_file_ids: pulumi.Input[Strings] | None = None,
            training_datasets: pulumi.Input[Datasets] | None = None,
            validation_file_ids: pulumi.Input[Strings] | None = None,
            validation_datasets: pulumi.Input[Datasets] | None = None,
            training_type: pulumi.Input[str] | None = None,
            hyper_parameters: pulumi.Input[Mapping[str, Any]] | None = None,
            job_name: pulumi.Input[str] | None = None,
            model_name: pulumi.Input[str] | None = None,
            finetuned_output_suffix: pulumi.Input[str] | None = None,
            workspace_id: pulumi.Input[str] | None = None,
            api_key_env: pulumi.Input[str] | None = None,
            triggers: pulumi.Input[Sequence[Any]] | None = None,
            adopt_job_id: pulumi.Input[str] | None = None,
            on_destroy: pulumi.Input[str] | None = None,
            on_undeletable: pulumi.Input[str] | None = None,
            rerun_on: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
            teardown_timeout: pulumi.Input[str | float] | None = None,
            expires_in: pulumi.Input[str | float] | None = None,
            max_runtime: pulumi.Input[str | float] | None = None,
            opts: pulumi.ResourceOptions | None = None,
        ) -> None:
            """Start a fine-tuning job; see the schema for every property.

            :param resource_name: the resource's name in the stack.
            :param model: the base model, or the model of an earlier job.
            :param training_file_ids: ids of uploaded files; exactly one of this and `training_datasets`.
            :param hyper_parameters: as the API spells them, such as `{"n_epochs": 3}`.
            :param on_destroy: `delete` (default), `cancel` or `retain`.
            :param rerun_on: `["FAILED"]` makes the next `up` after a failure plan a new, paid run; default none.
            :param expires_in: `"72h"` after its start the job has expired, and `dashscope-ft sweep` tears it down.
            :param max_runtime: a job that is still active after `"12h"` has expired, too.
            """

    else:
        # Takes any argument: a wrong one is reported by `check`, together with everything else that is wrong.
        def __init__(self, resource_name, *, opts=None, **arguments):
            hidden = {
                "__name": qualified_name(resource_name, opts),
                "__owner": owner_id(),
                "__formats": _formats(arguments.get("training_file_ids")),
                "__retain": True if opts is not None and opts.retain_on_delete else None,
            }
            super().__init__(
                FineTuningJobProvider(),
                resource_name,
                properties("FineTuningJob", arguments, hidden),
                opts,
            )
            self.remember_account(arguments)

    def wait_for_model(self, timeout: str | float = "12h") -> pulumi.Output[str]:
        """The id of the trained model, once the job has `SUCCEEDED`; an input that takes it waits in the program.

            model = job.wait_for_model(timeout="6h")

        Progress is shown at the job. In a preview this is known if there is a model already, and costs at most one list
        call for all jobs; else it is unknown. If the job ends without a model, or the time is up, the `up` fails and
        says why; the job, if it runs, goes on, and the next `up` waits for it again.

        :param timeout: `"90m"`, `"12h"`, or seconds.
        :raises ValueError: a timeout that is none.
        """
        from pulumi_dashscope_ft.dynamic import waiting

        return waiting.model_of(self, timeout)
