"""The provider classes that Pulumi stores in the state.

The engine keeps a provider as a pickle. A class of an installed package is pickled by reference, so **the names and the
import path of these classes are part of the state format**: never move or rename them. Their instances hold nothing.

A program that declares resources needs these classes only to name them. Their work is done in `serving`, which is
loaded by the first call of the provider host: that keeps the import of the package cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pulumi import dynamic

if TYPE_CHECKING:
    from pulumi_dashscope_ft.dynamic.serving import Handler

Properties = dict[str, Any]


class _Provider(dynamic.ResourceProvider):
    # Nothing but a reference is pickled, so there is nothing to hide; a readable `__provider` keeps states comparable.
    serialize_as_secret_always = False
    kind: ClassVar[str]

    def _handler(self) -> Handler:
        from pulumi_dashscope_ft.dynamic import serving

        return serving.handler(self.kind)

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        from pulumi_dashscope_ft.dynamic import serving

        serving.configure(req)

    def check(self, olds: Properties, news: Properties) -> dynamic.CheckResult:
        return self._handler().check(olds, news)

    def diff(self, id_: str, olds: Properties, news: Properties) -> dynamic.DiffResult:
        return self._handler().diff(id_, olds, news)

    def create(self, props: Properties) -> dynamic.CreateResult:
        return self._handler().create(props)

    def read(self, id_: str, props: Properties) -> dynamic.ReadResult:
        return self._handler().read(id_, props)

    def update(self, id_: str, olds: Properties, news: Properties) -> dynamic.UpdateResult:
        return self._handler().update(id_, olds, news)

    def delete(self, id_: str, props: Properties) -> None:
        self._handler().delete(id_, props)


class FineTuningJobProvider(_Provider):
    """Serves `FineTuningJob`."""

    kind = "job"


class TrainingFileProvider(_Provider):
    """Serves `TrainingFile`."""

    kind = "file"


class ExportedCheckpointProvider(_Provider):
    """Serves `ExportedCheckpoint`."""

    kind = "checkpoint"


class ModelDeploymentProvider(_Provider):
    """Serves `ModelDeployment`."""

    kind = "deployment"


class CompressedModelProvider(_Provider):
    """Serves `CompressedModel`."""

    kind = "compression"


class ImportedModelProvider(_Provider):
    """Serves `ImportedModel`."""

    kind = "import"


class StackIdentityProvider(_Provider):
    """Serves `StackIdentity`."""

    kind = "identity"
