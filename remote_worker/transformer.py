"""Text models of transformers: loading, tokenising, pooling. Qwen3-VL builds on it in ``vision.py``."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remote_worker.encoder import Loaded, Prepared
from remote_worker.failures import JobFailed, is_disk_full, is_out_of_memory, one_line
from remote_worker.hub import ModelFiles
from remote_worker.protocol import Failure, ModelSpec
from remote_worker.recipe import Recipe
from remote_worker.reference import Reference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

_END_TOKEN = "<|endoftext|>"
_BUDGET_TOKENS = {"cpu": 4096, "cuda": 16384}
_PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy", "pillow")


class TransformerEncoder:
    """See ``encoder.Encoder``."""

    window_rows = 2000
    picture_edge = 0

    def __init__(self, files: ModelFiles, recipe: Recipe, spec: ModelSpec) -> None:
        """Raises JobFailed(MODEL_UNUSABLE), ImportError."""
        import torch
        import transformers

        if recipe.overflows_in_fp16 and spec.precision == "fp16":
            raise JobFailed(Failure.MODEL_UNUSABLE, "this model's numbers overflow in fp16: choose bf16 or fp32")
        self._torch, self._recipe = torch, recipe
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.set_num_threads(os.cpu_count() or 1)
        precision, why = _precision(spec.precision, self._device)
        logging.getLogger("transformers").setLevel(logging.ERROR)
        transformers.utils.logging.disable_progress_bar()
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(
                files.folder / recipe.folder, trust_remote_code=False, local_files_only=True
            )
            self._model = self._load(
                files.folder / recipe.folder, {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision)
            )
            self._dense = [self._dense_layer(files.folder / layer.folder, layer) for layer in recipe.dense]
            self._load_more(files, spec)
            self._end = self._end_token()
            self._max_tokens = self._longest(spec)
            own_dimensions = self._dimensions_of_model()
        except Exception as error:
            if isinstance(error, (JobFailed, ImportError)) or is_out_of_memory(error) or is_disk_full(error):
                raise
            detail = f"{spec.name} cannot be loaded: {one_line(error)}"
            raise JobFailed(Failure.MODEL_UNUSABLE, detail) from error
        if not 0 <= spec.dimensions <= own_dimensions:
            raise JobFailed(
                Failure.MODEL_UNUSABLE, f"this model has {own_dimensions} dimensions, not {spec.dimensions}"
            )
        self._dimensions = spec.dimensions or own_dimensions
        self.budget_tokens = _BUDGET_TOKENS[self._device.type]
        self.with_images = recipe.with_images
        gpu = torch.cuda.get_device_properties(0) if self._device.type == "cuda" else None
        self.loaded = Loaded(
            device=gpu.name if gpu else "cpu",
            model=spec.name,
            revision=files.revision,
            dimensions=self._dimensions,
            gpu_uuid=_uuid(gpu) if gpu else "",
            recipe={
                "name": spec.name,
                "revision": files.revision,
                "files_sha256": files.sha256,
                "source": recipe.source,
                "pooling": "+".join(recipe.pooling),
                "template": self._template(),
                "instruction": recipe.instruction or (spec.instruction if recipe.prompt else ""),
                "precision": precision,
                **({"precision_why": why} if why else {}),
                "max_tokens": self._max_tokens,
                "end_token": self._end_said,
                "pixels": spec.max_pixels if recipe.with_images else 0,
                "dimensions_of_model": own_dimensions,
                "dense": [f"{layer.in_features}-{layer.out_features} {layer.activation}" for layer in recipe.dense],
                "normalised": True,
                "versions": _versions(),
            },
        )

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        prompted = [self._recipe.prompt + text for text, _ in zip(texts, sizes, strict=True)]
        ids = self._ids(prompted) if prompted else []
        return [self._prepared(text, one) for text, one in zip(prompted, ids, strict=True)]

    def prepare_image(self, picture: Image) -> Any:
        raise NotImplementedError("a text model is given no pictures")

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> NDArray[np.float32]:
        torch = self._torch
        with torch.inference_mode():
            ids, mask = self._padded([one.content for one in batch])
            hidden = self._hidden(ids, mask, images)
            pooled = torch.cat([_pool(hidden, mask, mode) for mode in self._recipe.pooling], dim=-1)
            for layer in self._dense:
                pooled = layer(pooled)
            unit = torch.nn.functional.normalize(pooled[:, : self._dimensions], dim=-1)
        vectors: NDArray[np.float32] = unit.cpu().numpy()
        return vectors

    @property
    def reference(self) -> Reference:
        return Reference(
            model=self._model,
            tokenizer=self._tokenizer,
            recipe=self._recipe,
            dense=tuple(self._dense),
            end=self._end,
            max_tokens=self._max_tokens,
            dimensions=self._dimensions,
            device=self._device,
        )

    # What a model that also sees does otherwise:

    def _load_more(self, files: ModelFiles, spec: ModelSpec) -> None:
        """Whatever it needs besides tokenizer and model."""

    def _template(self) -> str:
        return f"{self._recipe.prompt}{{text}}"

    def _hidden(self, ids: Tensor, mask: Tensor, images: Sequence[Any]) -> Tensor:  # noqa: ARG002 - see vision.py
        """The last layer's states [n, tokens, width]."""
        return self._model(input_ids=ids, attention_mask=mask, **self._no_cache).last_hidden_state

    # ---

    def _load(self, folder: Path, dtype: Any) -> Any:
        import transformers

        # Without accelerate the weights pass through the computer's memory, which may be smaller than the GPU's.
        can_place = self._device.type == "cuda" and importlib.util.find_spec("accelerate") is not None
        straight_to_gpu = {"device_map": {"": self._device}} if can_place else {}
        model, info = transformers.AutoModel.from_pretrained(
            folder,
            dtype=dtype or self._torch.float32,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            **straight_to_gpu,
        )
        # What is missing would silently be random numbers. A pooler that BERT has on top is not used here.
        missing = sorted(key for key in info["missing_keys"] if not key.startswith("pooler."))
        if missing or info.get("mismatched_keys"):
            raise ValueError(f"weights are missing: {', '.join(missing[:3]) or info['mismatched_keys']}")
        if getattr(model.config, "is_encoder_decoder", False):
            model = model.get_encoder()
        keeps_cache = hasattr(model.config.get_text_config(), "use_cache")
        self._no_cache = {"use_cache": False} if keeps_cache else {}
        return model.to(self._device).eval()

    def _dense_layer(self, folder: Path, layer: Any) -> Any:
        from safetensors.torch import load_file

        torch = self._torch
        weights = load_file(folder / "model.safetensors")
        linear = torch.nn.Linear(layer.in_features, layer.out_features, layer.bias)
        linear.load_state_dict({key.removeprefix("linear."): value.float() for key, value in weights.items()})
        return torch.nn.Sequential(linear, getattr(torch.nn, layer.activation)()).to(self._device).eval()

    def _longest(self, spec: ModelSpec) -> int:
        limits = [self._recipe.max_tokens]
        if not self._recipe.max_tokens:
            config = self._model.config.get_text_config()
            limits = [self._tokenizer.model_max_length, getattr(config, "max_position_embeddings", 0) or 0]
        return int(min(limit for limit in [*limits, spec.max_tokens] if limit > 0))

    def _end_token(self) -> int | None:
        """The token to append; None when the tokenizer does it, or the model needs none."""
        self._end_said = ""
        if not self._recipe.ends_with_token:
            return None
        end = self._tokenizer.convert_tokens_to_ids(_END_TOKEN)
        if end is None or end == self._tokenizer.unk_token_id:
            raise ValueError(f"its tokenizer has no {_END_TOKEN}")
        own = self._tokenizer("a")["input_ids"][-1] == end
        self._end_said = f"{_END_TOKEN}, {'by the tokenizer' if own else 'appended'}"
        return None if own else int(end)

    def _dimensions_of_model(self) -> int:
        if self._recipe.dense:
            return self._recipe.dense[-1].out_features
        return int(self._model.config.get_text_config().hidden_size) * len(self._recipe.pooling)

    def _ids(self, texts: list[str], max_tokens: int = 0) -> list[list[int]]:
        """Token ids; with ``max_tokens`` cut to that many, the end token kept."""
        if self._recipe.lower_case:
            texts = [text.lower() for text in texts]
        room = {"truncation": True, "max_length": max_tokens - (self._end is not None)} if max_tokens else {}
        ids = self._tokenizer(texts, add_special_tokens=True, **room)["input_ids"]
        end = [] if self._end is None else [self._end]
        return [list(one) + end for one in ids]

    def _prepared(self, text: str, ids: list[int]) -> Prepared:
        if len(ids) <= self._max_tokens:
            return Prepared(len(ids), ids)
        cut = f"{len(ids)} tokens, cut to {self._max_tokens}"
        return Prepared(self._max_tokens, self._ids([text], self._max_tokens)[0], cut)

    def _padded(self, rows: list[list[int]]) -> tuple[Tensor, Tensor]:
        """Ids and mask [n, longest], padded on the right."""
        torch = self._torch
        longest = max(1, *(len(row) for row in rows))
        pad = self._tokenizer.pad_token_id or 0
        ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return ids.to(self._device), mask.to(self._device)


def _uuid(gpu: Any) -> str:
    """As nvidia-smi knows it; its number where torch is too old to tell."""
    return f"GPU-{gpu.uuid}" if hasattr(gpu, "uuid") else "0"


def _precision(asked: str, device: Any) -> tuple[str, str]:
    """What is computed in, and why when it is not what was asked for."""
    import torch

    if asked not in ("bf16", "fp16", "fp32"):
        raise JobFailed(Failure.MODEL_UNUSABLE, f"there is no precision {asked!r}; it is bf16, fp16 or fp32")
    if asked != "fp32" and device.type == "cpu":
        return "fp32", f"{asked} was asked for; without a GPU everything is computed in fp32"
    if asked == "bf16" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return "fp32", "bf16 was asked for; this GPU cannot compute in it"
    return asked, ""


def _pool(hidden: Tensor, mask: Tensor, mode: str) -> Tensor:
    """[n, tokens, width] and [n, tokens] to [n, width], in fp32."""
    import torch

    states, there = hidden.float(), mask.unsqueeze(-1).float()
    rows = torch.arange(len(mask), device=mask.device)
    if mode == "cls":
        return states[:, 0]  # padding is on the right
    if mode == "lasttoken":
        return states[rows, mask.sum(1) - 1]
    if mode == "max":
        return states.masked_fill(there == 0, float("-inf")).amax(1)
    weights = there
    if mode == "weightedmean":
        weights = there * torch.arange(1, mask.shape[1] + 1, device=mask.device).view(1, -1, 1)
    total = weights.sum(1).clamp(min=1e-9)
    return (states * weights).sum(1) / (total.sqrt() if mode == "mean_sqrt_len_tokens" else total)


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found
