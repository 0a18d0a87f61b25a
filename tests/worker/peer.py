"""sentence-transformers as its users would use it: what the worker is held against, in its vectors and its speed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import transformer as first
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

from tests.worker import tiny

INSTRUCTION = "Represent the user's input."


def seeing(folder: Path, most_pixels: int, **model: Any) -> SentenceTransformer:
    """Of a folder like Qwen3-VL-Embedding's, which is given ``message``s. ``model``: options for its loading."""
    asked = {
        "chat_template": {"add_generation_prompt": True},
        "image": {"size": {"shortest_edge": 4096, "longest_edge": most_pixels}},
    }
    with pytest.MonkeyPatch.context() as patch:
        if importlib.util.find_spec("torchvision") is None:
            patch.setattr(first, "AutoProcessor", _WithoutFilms)
        read = first.Transformer(str(folder), processing_kwargs=asked, model_kwargs=model)
    width = read.config.get_text_config().hidden_size
    return SentenceTransformer(modules=[read, Pooling(width, "lasttoken"), Normalize()])


def message(text: str, picture: Path | None) -> list[dict[str, Any]]:
    """An item; its picture is opened when its turn comes."""
    content: list[dict[str, Any]] = []
    if picture is not None:
        content.append({"type": "image", "image": str(picture)})
    if text:
        content.append({"type": "text", "text": text})
    system = [{"type": "text", "text": INSTRUCTION}]
    return [{"role": "system", "content": system}, {"role": "user", "content": content}]


class _WithoutFilms:
    @staticmethod
    def from_pretrained(folder: str, **_: Any) -> tiny.Processor:
        from transformers import AutoImageProcessor, AutoTokenizer

        words = AutoTokenizer.from_pretrained(folder)
        return tiny.Processor(AutoImageProcessor.from_pretrained(folder), words, words.chat_template)
