"""Why this exists: a resource that is a job and the model of that job is waited for, whatever the job does. Stories of
such resources share what a wait promises; `compression_story` and `import_story` have the calls.
"""

from __future__ import annotations

from abc import abstractmethod

from faulty_stack import LONGEST_WAIT
from promises import LONGEST_STEP, STEERING
from records import Properties
from story import Story


class ProductStory(Story):
    """One account, one stack with models that jobs make."""

    longest_step = LONGEST_STEP + LONGEST_WAIT
    kind: str
    """The type of these resources."""
    succeeded: str
    """The status of a job that has made its model."""

    # What the user does

    def up(self, *replace: str) -> None:
        super().up(*replace)
        if self.told is None and not self.cut_short:
            for name in self.program:
                record = self.state.live(name)
                assert record is not None, f"up succeeded without {name}"
                assert record.outputs.get("modelId"), "created without a model"
                assert not record.unfinished

    def respell(self, name: str) -> None:
        """There is one spelling."""

    # Invariants

    def owner_gone(self) -> None:
        """Nobody looks for lost jobs when the stack ends: they end by themselves, and are not billed."""
        forgotten = self.cloud.active() - self.let_go
        assert forgotten <= self.unrecorded, f"was in the state, and is forgotten: {forgotten - self.unrecorded}"
        self.let_go |= forgotten

    def _check(self, took: float, steps: int) -> None:
        super()._check(took, steps)
        for record in self.state.records:
            if record.kind == self.kind:
                model = record.outputs.get("modelId")
                assert model or record.outputs["status"] != self.succeeded, f"without its model: {record}"
                assert not model or self._is_its_model(record.id, str(model)), f"another job's model: {record}"

    @abstractmethod
    def _is_its_model(self, job_id: str, model: str) -> bool:
        """Whether that job of ours, which may be gone, makes this model."""

    def _work(self, name: str, inputs: Properties) -> str:
        kept = {key: value for key, value in inputs.items() if key not in (*STEERING, self.naming)}
        return super()._work(name, kept)
