"""The exact count is that of the official SDK, which is not imported for it, and a damaged vocabulary is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import characters, lists, text

sys.path.insert(0, str(Path(__file__).parent))

from corpus import TEXTS

from pulumi_dashscope_ft.lifecycle.training_data.counting import vocabulary as counting

SAMPLES = {
    **TEXTS,
    "template": "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nGood day.<|im_end|>\n",
    "combining": "cafe\u0301 naïve",
    "emoji": "Great 🎉🚀👩‍👩‍👧",
    "long": "word " * 60_000,
    "one run": "我" * 250_000,
    "other scripts": "Ваш заказ ещё в пути. لم يصل طلبي بعد. ご注文はまだ届いていません。",
}


@pytest.fixture(scope="module", autouse=True, params=[10**12, -1], ids=["few", "many"])
def tokenizer(request: pytest.FixtureRequest) -> Iterator[None]:
    """All is true of both tokenizers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "FEW", request.param)
        yield


@pytest.fixture(scope="module")
def official() -> Any:
    from dashscope.tokenizers.qwen_tokenizer import QwenTokenizer

    spec = find_spec("dashscope")
    assert spec is not None
    assert spec.origin is not None
    made: Any = QwenTokenizer
    return made(str(Path(spec.origin).with_name("resources") / "qwen.tiktoken"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_it_counts_as_the_sdk_does(official: Any, sample: str) -> None:
    text = SAMPLES[sample]
    ours = counting.vocabulary().counts([text, text])
    # The SDK cuts a text of more than 100,000 characters, too, at places of its own.
    cuts = len(text) // counting.LONGEST_PIECE
    assert ours == [pytest.approx(len(official.encode(text)), abs=cuts)] * 2


def test_a_blank_of_any_length_is_counted() -> None:
    (tokens,) = counting.vocabulary().counts([" " * 1_500_000])
    assert tokens > 10_000


def test_a_separator_in_a_text_is_one_token() -> None:
    assert counting.vocabulary().counts(["a<|endoftext|>b", "c"]) == [3, 1]


def test_half_a_surrogate_counts_as_a_sign_for_no_character(official: Any) -> None:
    """JSON can spell it (`"\\ud83d"`); no text in UTF-8 can have it."""
    assert counting.vocabulary().counts(["a\ud83db", "c"]) == [len(official.encode("a\ufffdb")), 1]


@given(
    texts=lists(text(alphabet=characters(codec="utf-8")) | text(alphabet="a B1'sſ\n\r\t\u3000…<|>im_start的e\u0301"))
)
def test_it_counts_any_texts_as_the_sdk_does(official: Any, texts: list[str]) -> None:
    assert counting.vocabulary().counts(texts) == [len(official.encode(each)) for each in texts]


def test_the_sdk_is_not_imported() -> None:
    program = (
        "import sys; from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import vocabulary; "
        "vocabulary().counts(['a']); print('dashscope' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not numbered"),
        (b"IQ== 0\nIg== 0\n", "not numbered"),
        (b"IQ== 0\nnot base64 at all\n", "line 2 is no token"),
        (b"IQ== zero\n", "line 1 is no token"),
        (b"x" * (17 * 2**20), "larger than 16 MB"),
        (None, "can't be read"),
    ],
)
def test_a_damaged_vocabulary_is_named(
    content: bytes | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources").mkdir()
    if content is not None:
        (tmp_path / "resources" / "qwen.tiktoken").write_bytes(content)

    def found(name: str) -> ModuleSpec:
        return ModuleSpec(name, None, origin=str(tmp_path / "__init__.py"))

    monkeypatch.setattr(counting, "find_spec", found)
    with pytest.raises(counting.NoVocabularyError, match=said):
        counting.vocabulary.__wrapped__()


def test_without_the_extra_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "find_spec", lambda name: None)
    assert counting.installed() is None
    with pytest.raises(counting.NoVocabularyError, match=r"pip install 'pulumi-dashscope-ft\[spend\]'"):
        counting.vocabulary.__wrapped__()
