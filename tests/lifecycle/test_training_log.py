"""What is understood of a trainer's log, and that nothing else of it does any harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.job.training_log import TrainingProgress

FIGURES = "{'loss': 0.8312, 'grad_norm': 0.6, 'learning_rate': 1e-05, 'epoch': 1.5}"
BAR = " 50%|#####     | 30/60 [05:00<05:00, 10.00s/it]"


def test_figures_and_bar() -> None:
    seen = TrainingProgress().after(["starting", FIGURES, BAR, "done"])
    assert seen == TrainingProgress(epoch=1.5, step=30, steps=60, loss=0.8312, left=300.0)
    assert seen.described(3) == "epoch 1.50 of 3, step 30 of 60, loss 0.8312"
    assert seen.share(3) == 0.5


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{'eval_loss': 0.9, 'epoch': 2.0}", TrainingProgress(epoch=2.0)),
        ("  {'loss': 1, 'epoch': 0}", TrainingProgress(epoch=0.0, loss=1.0)),
        ("{'loss': nan}", TrainingProgress()),
        ("{'loss': 1e999}", TrainingProgress()),
        ("{'loss': 'low', 'epoch': True}", TrainingProgress()),
        ("{'loss': __import__('os').getpid()}", TrainingProgress()),
        ("{" * 500, TrainingProgress()),
        ("{'loss': 0.5" + " " * 5000 + "}", TrainingProgress()),
        ("  0%| | 0/0 [00:00<?, ?s/it]", TrainingProgress(step=0, steps=0)),
        (
            "10%|# | 1/10 [0:01<1:02:03, 1s/it]\r20%|## | 2/10 [0:02<1:00:00, 1s/it]",
            TrainingProgress(None, 2, 10, None, 3600),
        ),
        ("", TrainingProgress()),
    ],
)
def test_single_lines(line: str, expected: TrainingProgress) -> None:
    assert TrainingProgress().after([line]) == expected


def test_a_share_is_told_only_where_it_is_known() -> None:
    assert TrainingProgress().share(3) is None
    assert TrainingProgress(step=0, steps=0).share() is None
    assert TrainingProgress(epoch=1.0).share() is None
    assert TrainingProgress(epoch=4.0).share(3) == 1.0


@given(st.lists(st.text()))
def test_any_text_is_survived(lines: list[str]) -> None:
    seen = TrainingProgress().after(lines)
    share = seen.share(1)
    assert share is None or 0 <= share <= 1
    assert isinstance(seen.described(), str)
