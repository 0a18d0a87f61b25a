"""The models Embark knows by name, and what it can find out about one in a folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from gui.core.plan.choices import PRACTICE_MODEL
from gui.core.units import GB

_LARGEST_CONFIG_BYTES = 10**6
_GPT2_WORDS = 50257


@dataclass(frozen=True, slots=True)
class Model:
    """What planning needs to know of a model. Zeros mean "not known"."""

    name: str  # "practice", a hub name, or a folder
    dimensions: int
    fewest_dimensions: int  # a prefix this short is still a vector (Matryoshka); = dimensions: cannot be shortened
    weights_bytes: int  # as downloaded; 0 = comes with the program
    memory_bytes: int  # of one GPU, in half precision
    full_memory_bytes: int  # in fp32, as everything is computed where there is no GPU
    flop_per_token: float  # 2 x the parameters outside the embedding table
    pictures: bool = False
    vision_flop: tuple[float, float] = (0.0, 0.0)  # of one picture of n tokens: first * n + second * n * n
    takes_instruction: bool = False
    from_hub: bool = False
    is_gpt2: bool = False  # reads 1,024 tokens, and counts them as ``dataset.gpt2_numbers`` does
    precision: str = "bf16"  # what it was made in, as far as rounding matters
    overflows_in_fp16: bool = False  # some of its numbers are larger than fp16 can hold: no vector comes of them

    def memory_for(self, precision: str) -> int:
        return self.full_memory_bytes if precision == "fp32" else self.memory_bytes


def _qwen(size: str, dimensions: int, weights_gb: float, memory_gb: float, billions: float) -> Model:
    name = f"Qwen/Qwen3-Embedding-{size}"
    return Model(
        name=name,
        dimensions=dimensions,
        fewest_dimensions=32,
        weights_bytes=int(weights_gb * GB),
        memory_bytes=int(memory_gb * GB),
        full_memory_bytes=int((weights_gb + memory_gb) * GB),
        flop_per_token=billions * 2e9,
        from_hub=True,
        overflows_in_fp16=True,
    )


def _qwen_vl(
    size: str, dimensions: int, weights_gb: float, memory_gb: float, billions: float, vision: tuple[float, float]
) -> Model:
    return Model(
        name=f"Qwen/Qwen3-VL-Embedding-{size}",
        dimensions=dimensions,
        fewest_dimensions=64,
        weights_bytes=int(weights_gb * GB),
        memory_bytes=int(memory_gb * GB),
        full_memory_bytes=int((weights_gb + memory_gb) * GB),
        flop_per_token=billions * 2e9,
        pictures=True,
        vision_flop=vision,
        takes_instruction=True,
        from_hub=True,
    )


PRACTICE = Model(
    name=PRACTICE_MODEL,
    dimensions=1792,  # 512 of the text, 1,280 of the picture
    fewest_dimensions=1792,
    weights_bytes=0,
    memory_bytes=int(1.5 * GB),
    full_memory_bytes=int(1.5 * GB),
    flop_per_token=0.0,  # measured, not reckoned: see ``cost``
    pictures=True,
)

CATALOGUE: tuple[Model, ...] = (
    PRACTICE,
    _qwen("0.6B", 1024, 1.2, 4, 0.44),
    _qwen("4B", 2560, 8.0, 12, 3.63),
    _qwen("8B", 4096, 15.1, 20, 6.95),
    _qwen_vl("2B", 2048, 4.3, 8, 1.41, (2.77e9, 1.40e6)),
    _qwen_vl("8B", 4096, 16.3, 22, 6.95, (3.58e9, 2.03e6)),
)
"""Parameters, weights and picture costs: the model cards; memory: weights and about 5 GB for a full batch."""

GPT2 = Model(
    name="openai-community/gpt2",
    dimensions=768,
    fewest_dimensions=768,
    weights_bytes=int(0.55 * GB),
    memory_bytes=2 * GB,
    full_memory_bytes=2 * GB,
    flop_per_token=0.17e9,
    from_hub=True,
    is_gpt2=True,
    precision="fp32",
)
"""What time series are read with; not good at telling texts apart."""

SERIES_MODELS: tuple[Model, ...] = (GPT2, *(model for model in CATALOGUE if not model.pictures))

LARGEST = CATALOGUE[-1]
"""What a model that nobody knows is taken to be."""


def is_folder_name(name: str) -> bool:
    """Whether ``name`` is written as a path and not as ``owner/model``."""
    return (
        os.path.isabs(name) or name.startswith((".", "~")) or os.sep in name.replace("/", "", 1) or name.count("/") > 1
    )


def is_model_folder(name: str) -> bool:
    """Whether a transformers or sentence-transformers model lies there."""
    return os.path.isfile(os.path.join(os.path.expanduser(name), "config.json"))


def find_model(name: str) -> Model | None:
    """A known model, or what lies in the folder ``name``; None for a hub name or a folder nobody knows."""
    for model in (*CATALOGUE, GPT2):
        if model.name == name:
            return model
    if not is_folder_name(name) or not is_model_folder(name):
        return None
    return _in_folder(name, Path(os.path.expanduser(name)))


def usual_precision(name: str) -> str:
    """What a model is computed in unless the person says otherwise."""
    model = find_model(name)
    return model.precision if model else LARGEST.precision


def _in_folder(name: str, folder: Path) -> Model:
    weights = sum(_size_bytes(path) for path in folder.glob("*.safetensors"))
    config = _read_config(folder / "config.json")
    text_config = config.get("text_config")
    hidden = config.get("hidden_size") or config.get("n_embd")
    hidden = hidden or (text_config.get("hidden_size") if isinstance(text_config, dict) else 0)
    dimensions = hidden if isinstance(hidden, int) and hidden > 0 else 0
    # Two floating-point operations a parameter; half-precision weights would make it twice as many.
    bytes_per_parameter = 2 if config.get("torch_dtype", config.get("dtype")) in ("bfloat16", "float16") else 4
    return Model(
        name=name,
        dimensions=dimensions,
        fewest_dimensions=1,
        weights_bytes=weights,
        memory_bytes=2 * weights + GB,
        full_memory_bytes=2 * weights + GB,
        flop_per_token=2.0 * weights / bytes_per_parameter,
        pictures="vision_config" in config,
        vision_flop=LARGEST.vision_flop if "vision_config" in config else (0.0, 0.0),
        takes_instruction="vision_config" in config,
        is_gpt2=config.get("model_type") == "gpt2" and config.get("vocab_size") == _GPT2_WORDS,
        precision=GPT2.precision if config.get("model_type") == "gpt2" else LARGEST.precision,
        overflows_in_fp16=config.get("model_type") == "qwen3",
    )


def _read_config(path: Path) -> dict[str, object]:
    """An empty one when it is damaged: the worker will say so."""
    try:
        with path.open("rb") as file:
            config = json.loads(file.read(_LARGEST_CONFIG_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
