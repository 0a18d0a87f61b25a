"""Qwen3-Embedding and Qwen3-VL-Embedding in miniature: random weights, but the real classes, templates and files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    GPT2Config,
    GPT2Model,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3Model,
    Qwen3VLConfig,
    Qwen3VLModel,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor
from transformers.processing_utils import ProcessorMixin

VISION = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "vision_start_token": "<|vision_start|>",
    "vision_end_token": "<|vision_end|>",
}
CHAT_TEMPLATE = (
    "{%- for message in messages -%}{{ '<|im_start|>' + message.role + '\n' }}"
    "{%- for part in message.content -%}"
    "{%- if part.type == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>{%- else -%}{{ part.text }}{%- endif -%}"
    "{%- endfor -%}{{ '<|im_end|>\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\n' }}{%- endif -%}"
)
LINES = [
    "The area of a triangle is half its base times its height.",
    "삼각형의 넓이는 밑변과 높이를 곱해서 둘로 나눈 것이다.",
    "Which of these vectors is perpendicular to the plane? 다음 중 옳은 것을 고르시오.",
    "system user assistant Represent the user's input.",
]


def tokenizer(appends_end: bool = True, lines: Sequence[str] = LINES, words: int = 700) -> PreTrainedTokenizerFast:
    """Byte-level BPE that ends every text with <|endoftext|>, as the big models' does."""
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *VISION.values()]
    byte_pairs = Tokenizer(models.BPE())
    byte_pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_pairs.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=words,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    byte_pairs.train_from_iterator(lines, trainer)
    if appends_end:
        end = ("<|endoftext|>", byte_pairs.token_to_id("<|endoftext|>"))
        byte_pairs.post_processor = processors.TemplateProcessing(single="$A <|endoftext|>", special_tokens=[end])
    return PreTrainedTokenizerFast(
        tokenizer_object=byte_pairs,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=VISION,
        chat_template=CHAT_TEMPLATE,
        model_max_length=32768,
    )


def qwen3(folder: Path, appends_end: bool = True, words: PreTrainedTokenizerFast | None = None, **shape: int) -> Path:
    """A folder like Qwen3-Embedding's, 64 dimensions unless ``shape`` says more; sentence-transformers loads it too."""
    torch.manual_seed(7)
    words = words or tokenizer(appends_end)
    small = {
        "vocab_size": len(words),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": 32768,
    }
    Qwen3Model(Qwen3Config(**small | shape)).save_pretrained(folder)
    words.save_pretrained(folder)
    sentence_transformers = "sentence_transformers.models."
    modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    listed = [
        {"idx": at, "name": str(at), "path": path, "type": sentence_transformers + kind}
        for at, (kind, path) in enumerate(modules)
    ]
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "1_Pooling").mkdir()
    pooling = {
        "word_embedding_dimension": shape.get("hidden_size", 64),
        "pooling_mode_lasttoken": True,
        "include_prompt": True,
    }
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    prompts = {"query": "Instruct: Find what answers\nQuery:", "document": ""}
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    return folder


def qwen3_vl(
    folder: Path,
    words: PreTrainedTokenizerFast | None = None,
    text_shape: Mapping[str, Any] = MappingProxyType({}),
    vision_shape: Mapping[str, Any] = MappingProxyType({}),
) -> Path:
    """A folder like Qwen3-VL-Embedding's, 64 dimensions unless the shapes say more."""
    torch.manual_seed(11)
    words = words or tokenizer()
    text = {
        "vocab_size": len(words),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": 32768,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 5e6,
            "mrope_section": [4, 2, 2],
            "mrope_interleaved": True,
        },
        **text_shape,
    }
    vision = {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": 64,
        "num_position_embeddings": 256,
        "deepstack_visual_indexes": [0, 1],
        **vision_shape,
    }
    ids = {f"{name}_id": words.convert_tokens_to_ids(token) for name, token in VISION.items()}
    Qwen3VLModel(Qwen3VLConfig(text_config=text, vision_config=vision, **ids)).save_pretrained(folder)
    words.save_pretrained(folder)
    image_processor().save_pretrained(folder)
    return folder


def image_processor() -> Qwen2VLImageProcessorPil:
    # The sizes of the plain Qwen3-VL: far larger than the recipe allows, so that a worker that trusted them would fail
    return Qwen2VLImageProcessorPil(
        patch_size=16,
        merge_size=2,
        temporal_patch_size=2,
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
        size={"shortest_edge": 65536, "longest_edge": 16777216},
    )


class Processor(Qwen3VLProcessor):
    """The authors' processor without its part for films, which needs torchvision: the reference for the worker."""

    def __init__(self, image_processor=None, tokenizer=None, chat_template=None) -> None:
        for name, token in VISION.items():
            setattr(self, name, token)
            setattr(self, f"{name}_id", tokenizer.convert_tokens_to_ids(token))
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)


def gpt2(folder: Path, positions: int = 1024, **shape: int) -> Path:
    """A folder like GPT-2's, 48 dimensions unless ``shape`` says more: its byte-level tokenizer writes " <", ">" and
    ">," as one token each.
    """
    torch.manual_seed(5)
    byte_pairs = Tokenizer(models.BPE())
    byte_pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_pairs.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    line = "From <{0}/01/2020 {0}:00> to <{1}/02/2021 {1}:00>, the values were <{0}, -{1}, {1}> every 10 minutes."
    byte_pairs.train_from_iterator([line.format(n, n * 7) for n in range(60)], trainer)
    words = PreTrainedTokenizerFast(
        tokenizer_object=byte_pairs, eos_token="<|endoftext|>", bos_token="<|endoftext|>", model_max_length=positions
    )
    small = {"n_embd": 48, "n_layer": 3, "n_head": 4}
    config = GPT2Config(vocab_size=len(words), n_positions=positions, **small | shape)
    model = GPT2Model(config)
    with torch.no_grad():
        for weight in model.parameters():  # as large as trained ones, so that every token counts
            weight.add_(0.3 * math.sqrt(48 / config.n_embd) * torch.randn_like(weight))
    model.eval().save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
