"""Text models of transformers: loading, tokenising, pooling. Qwen3-VL builds on it in ``vision.py``."""

from __future__ import annotations

import importlib.util
import inspect
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remote_worker import packed, placement, shortcuts
from remote_worker.cores import cores
from remote_worker.cuda import CudaFlight, CudaMeter, to_device
from remote_worker.encoder import Flight, Loaded, Prepared
from remote_worker.failures import JobFailed, gpu_error, is_disk_full, is_out_of_memory, one_line
from remote_worker.gpu import computes_in
from remote_worker.hub import ModelFiles
from remote_worker.processor import quicken
from remote_worker.protocol import Failure, ModelSpec
from remote_worker.recipe import Recipe
from remote_worker.reference import Reference
from remote_worker.tuner import Meter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

_END_TOKEN = "<|endoftext|>"
_BUDGET_TOKENS = {"cpu": 2048, "cuda": 16384}
# Of a row's first token, by type of model; those that begin behind their padding token have a 1.
_FIRST_POSITIONS = {"qwen3": 0, "qwen3_vl_text": 0, "bert": 0, "roberta": 1, "xlm-roberta": 1}
_SEES_NOTHING_LATER = "qwen"  # how the types of those models begin in which a token sees those before it alone
_ALIKE = {
    "fp32": 0.9999,
    "bf16": 0.99,
    "fp16": 0.99,
}  # cosine below which rows side by side are not what they should be
_ALIKE_TEXT = "one and two and three"
# Of several lengths that begin alike, two of them equal.
SAMPLES = (_ALIKE_TEXT, f"{_ALIKE_TEXT} and four", _ALIKE_TEXT, " ".join([_ALIKE_TEXT, *map(str, range(40))]))
_PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy", "pillow")


class TransformerEncoder:
    """See ``encoder.Encoder``."""

    window_rows = 2000
    picture_edge = 0

    def __init__(
        self, files: ModelFiles, recipe: Recipe, spec: ModelSpec, room: dict[int | str, int] | None = None
    ) -> None:
        """``room``: see ``placement.here``, which is asked where it is None.

        Raises JobFailed (MODEL_UNUSABLE, MODEL_TOO_LARGE), ImportError.
        """
        import torch
        import transformers

        if recipe.overflows_in_fp16 and spec.precision == "fp16":
            raise JobFailed(Failure.MODEL_UNUSABLE, "this model's numbers overflow in fp16: choose bf16 or fp32")
        self._torch, self._recipe = torch, recipe
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.set_num_threads(cores())
        precision, why = _precision(spec.precision, self._device)
        self._told = ("", "")
        logging.getLogger("transformers").setLevel(logging.ERROR)
        transformers.utils.logging.disable_progress_bar()
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(
                files.folder / recipe.folder, trust_remote_code=False, local_files_only=True
            )
            folder = files.folder / recipe.folder
            room = placement.here(folder, precision) if room is None else room
            self._model = self._load(folder, {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision), room)
            self._wider = folder if placement.is_wider(folder, precision) else None
            self._dense = [self._dense_layer(files.folder / layer.folder, layer) for layer in recipe.dense]
            self._load_more(files, spec)
            self._end = self._end_token()
            self._max_tokens = self._longest(spec)
            own_dimensions = self._dimensions_of_model()
        except Exception as error:
            if isinstance(error, (JobFailed, ImportError)):
                raise
            if is_out_of_memory(error) or is_disk_full(error) or gpu_error(error):
                raise
            detail = f"{spec.name} cannot be loaded: {one_line(error)}"
            raise JobFailed(Failure.MODEL_UNUSABLE, detail) from error
        if not 0 <= spec.dimensions <= own_dimensions:
            raise JobFailed(
                Failure.MODEL_UNUSABLE, f"this model has {own_dimensions} dimensions, not {spec.dimensions}"
            )
        self._dimensions = spec.dimensions or own_dimensions
        self.budget_tokens = _BUDGET_TOKENS[self._device.type]
        self.meter: Meter | None = CudaMeter(self._device) if self._device.type == "cuda" else None
        self._tokenising = threading.Lock()  # its settings are the tokenizer's own, and change with every call
        self._before: Any = None
        if self._device.type == "cpu" and not hasattr(self._model, "hf_device_map"):
            quicken(self._model)
        self._cost = self._costs()
        # Of a model whose parts are brought together as they are needed, by way of what would be replaced, none.
        if not any(hasattr(one, "_hf_hook") for one in self._model.modules()):
            shortcuts.take(self._shortcuts(), lambda: self._units(*self._samples(), pads=True), precision)
        self.pads = not self._can_pack(_ALIKE[precision])
        self.with_images = recipe.with_images
        gpu = torch.cuda.get_device_properties(0) if self._device.type == "cuda" else None
        self.loaded = Loaded(
            device=gpu.name if gpu else "cpu",
            model=spec.name,
            revision=files.revision,
            dimensions=self._dimensions,
            gpu_uuid=",".join(_uuid(torch.cuda.get_device_properties(card)) for card in room if card != "cpu")
            or (_uuid(gpu) if gpu else ""),
            told=self._told,
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
        with self._tokenising:
            ids = self._ids(prompted) if prompted else []
            return [self._prepared(text, one) for text, one in zip(prompted, ids, strict=True)]

    def prepare_image(self, picture: Image) -> Any:
        raise NotImplementedError("a text model is given no pictures")

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> NDArray[np.float32]:
        return self.launch(batch, images).vectors()

    def launch(self, batch: Sequence[Prepared], images: Sequence[Any]) -> Flight:
        if self._device.type == "cpu":
            self._before = _HereFlight(lambda: self._units(batch, images, self.pads), self._before)
        else:
            self._before = CudaFlight(lambda: self._units(batch, images, self.pads), self._before)
        flight: Flight = self._before
        return flight

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
            wider=self._wider,
        )

    # What a model that also sees does otherwise:

    def _load_more(self, files: ModelFiles, spec: ModelSpec) -> None:
        """Whatever it needs besides tokenizer and model."""

    def _template(self) -> str:
        return f"{self._recipe.prompt}{{text}}"

    def _shortcuts(self) -> Iterator[shortcuts.Forwards]:
        return shortcuts.of_text(self._model)

    def _seen(self, ids: Tensor, images: Sequence[Any]) -> dict[str, Any]:  # noqa: ARG002 - see vision.py
        """What the model's forward takes for the pictures of these ids."""
        return {}

    def _shared(self, rows: Sequence[list[int]]) -> int:
        """How many tokens all of several rows begin with that are computed once."""
        return packed.shared_by(rows) if self._shares else 0

    def _positions(self, row: Prepared, image: Any) -> Tensor:  # noqa: ARG002 - see vision.py
        """Of a row's tokens [tokens], or [axes, tokens]."""
        return self._torch.arange(self._first_position, self._first_position + len(row.content))

    def _cost_of(self, ids: Sequence[int]) -> float:
        """FLOPs of one row."""
        linear, quadratic = self._cost
        return linear * len(ids) + quadratic * len(ids) ** 2

    # ---

    def _units(self, batch: Sequence[Prepared], images: Sequence[Any], pads: bool) -> Tensor:
        """Unit vectors [n, dimensions] in fp32, on the device."""
        torch = self._torch
        with torch.inference_mode():
            pooled = self._padded_states(batch, images) if pads else self._packed_states(batch, images)
            for layer in self._dense:
                pooled = layer(pooled)
            return torch.nn.functional.normalize(pooled[:, : self._dimensions].float(), dim=-1)

    def _padded_states(self, batch: Sequence[Prepared], images: Sequence[Any]) -> Tensor:
        """Pooled [n, width]."""
        ids, mask = self._padded([one.content for one in batch])
        hidden = self._model(input_ids=ids, attention_mask=mask, **self._seen(ids, images), **self._no_cache)[0]
        mask = mask.to(hidden.device)
        return self._torch.cat([_pool(hidden, mask, mode) for mode in self._recipe.pooling], dim=-1)

    def _packed_states(self, batch: Sequence[Prepared], images: Sequence[Any]) -> Tensor:
        """Pooled [n, width]."""
        torch = self._torch
        rows = [one.content for one in batch]
        shared = self._shared(rows) if len(rows) > 1 else 0
        packing = packed.Packing(tuple(len(row) - shared for row in rows), shared)
        ids = self._there(torch.tensor([*rows[0][:shared], *(token for row in rows for token in row[shared:])])[None])
        places = [self._positions(*one) for one in zip(batch, images, strict=True)]
        positions = torch.cat([places[0][..., :shared], *(place[..., shared:] for place in places)], dim=-1)
        hidden = self._model(
            input_ids=ids,
            position_ids=self._there(positions.unsqueeze(-2)),
            **packing.options(self._device),
            **({"token_type_ids": torch.zeros_like(ids)} if self._has_types else {}),
            **self._seen(ids, images),
            **self._no_cache,
        )[0]
        if self._recipe.pooling == ("lasttoken",):
            last = self._there(torch.tensor(packing.ends[1:]) - 1)
            return hidden[0, last.to(hidden.device)].float()
        pooled, first = [], shared
        for many, rest in packing.runs:
            own = hidden[0, first : first + many * rest].unflatten(0, (many, rest))
            states = torch.cat([hidden[:, :shared].expand(many, -1, -1), own], dim=1)
            mask = torch.ones(states.shape[:2], dtype=torch.long, device=hidden.device)
            pooled.append(torch.cat([_pool(states, mask, mode) for mode in self._recipe.pooling], dim=-1))
            first += many * rest
        return torch.cat(pooled)

    def _can_pack(self, alike: float) -> bool:
        """Whether rows side by side gain anything here, and give what padded rows give: found out by trying."""
        text = self._model.config.get_text_config()
        first = _FIRST_POSITIONS.get(text.model_type)
        if first is None or not packed.gains(self._device, self._model.dtype) or not packed.register():
            return False
        self._first_position = first + (text.pad_token_id if first else 0)
        self._has_types = "token_type_ids" in inspect.signature(self._model.forward).parameters
        usual, text._attn_implementation = text._attn_implementation, packed.ATTENTION
        self._shares = False
        if not self._packs_alike(alike):
            text._attn_implementation = usual
            return False
        self._shares = text.model_type.startswith(_SEES_NOTHING_LATER)
        self._shares = self._shares and self._packs_alike(alike)
        return True

    def _packs_alike(self, alike: float) -> bool:
        rows, images = self._samples()
        try:
            side_by_side = self._units(rows, images, pads=False)
        except (ImportError, TypeError, ValueError, AttributeError, RuntimeError) as unfit:
            if is_out_of_memory(unfit):
                raise
            logging.getLogger(__name__).warning("rows cannot lie side by side: %s", one_line(unfit))
            return False
        lowest = float((side_by_side * self._units(rows, images, pads=True)).sum(1).min())
        if not lowest >= alike:
            logging.getLogger(__name__).warning("rows side by side are other vectors: %s", lowest)
        return lowest >= alike

    def _samples(self) -> tuple[list[Prepared], list[Any]]:
        """To try things with."""
        return self.prepare(SAMPLES, [None] * len(SAMPLES)), [None] * len(SAMPLES)

    def _there(self, here: Tensor) -> Tensor:
        return here if self._device.type == "cpu" else to_device(here, self._device)

    def _costs(self) -> tuple[float, float]:
        """FLOPs per token, and per token squared."""
        text = self._model.config.get_text_config()
        layers = max((one for one in self._model.modules() if isinstance(one, self._torch.nn.ModuleList)), key=size_of)
        heads = getattr(text, "num_attention_heads", 1)
        width = heads * (getattr(text, "head_dim", 0) or text.hidden_size // heads)
        seen = (
            0.5 if text.model_type.startswith(_SEES_NOTHING_LATER) else 1.0
        )  # of the tokens, by each: those before it, or all
        return 2.0 * size_of(layers), 4.0 * len(layers) * width * seen

    def _load(self, folder: Path, dtype: Any, room: dict[int | str, int]) -> Any:
        import transformers

        # Without accelerate the weights pass through the computer's memory, which may be smaller than the GPU's.
        can_place = self._device.type == "cuda" and importlib.util.find_spec("accelerate") is not None
        where: dict[str, Any] = {"device_map": {"": self._device}} if can_place else {}
        if room:
            where = {"device_map": "auto", "max_memory": room}
        model, info = transformers.AutoModel.from_pretrained(
            folder,
            dtype=dtype or self._torch.float32,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            **where,
        )
        # What is missing would silently be random numbers. A pooler that BERT has on top is not used here.
        missing = sorted(key for key in info["missing_keys"] if not key.startswith("pooler."))
        if missing or info.get("mismatched_keys"):
            raise ValueError(f"weights are missing: {', '.join(missing[:3]) or info['mismatched_keys']}")
        if getattr(model.config, "is_encoder_decoder", False):
            model = model.get_encoder()
        keeps_cache = hasattr(model.config.get_text_config(), "use_cache")
        self._no_cache = {"use_cache": False} if keeps_cache else {}
        if room:
            self._told = placement.told(model.hf_device_map)
            return model.eval()  # every part stays where it was put, and what it computes with is brought to it
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
            return Prepared(len(ids), ids, flops=self._cost_of(ids))
        cut = f"{len(ids)} tokens, cut to {self._max_tokens}"
        ids = self._ids([text], self._max_tokens)[0]
        return Prepared(len(ids), ids, cut, self._cost_of(ids))

    def _padded(self, rows: list[list[int]]) -> tuple[Tensor, Tensor]:
        """Ids and mask [n, longest], padded on the right."""
        torch = self._torch
        longest = max(1, *(len(row) for row in rows))
        pad = self._tokenizer.pad_token_id or 0
        ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return self._there(ids), self._there(mask)


class _HereFlight:
    """A batch of the processor's: over when it is launched."""

    def __init__(self, work: Callable[[], Tensor], before: _HereFlight | None) -> None:
        began = time.monotonic()
        self.idle_s = began - before.ended if before is not None else 0.0
        self._vectors: NDArray[np.float32] = work().numpy()
        self.ended: float = time.monotonic()
        self.busy_s = self.ended - began

    def landed(self) -> bool:
        return True

    def vectors(self) -> NDArray[np.float32]:
        return self._vectors


def size_of(module: Any) -> int:
    """Numbers in its weights."""
    return sum(weight.numel() for weight in module.parameters())


def _uuid(gpu: Any) -> str:
    """As nvidia-smi knows it; its number where torch is too old to tell."""
    return f"GPU-{gpu.uuid}" if hasattr(gpu, "uuid") else "0"


def _precision(asked: str, device: Any) -> tuple[str, str]:
    """What is computed in, and why when it is not what was asked for. A GPU that was rented has been tried before."""
    if asked not in ("bf16", "fp16", "fp32"):
        raise JobFailed(Failure.MODEL_UNUSABLE, f"there is no precision {asked!r}; it is bf16, fp16 or fp32")
    if asked != "fp32" and device.type == "cpu":
        return "fp32", f"{asked} was asked for; without a GPU everything is computed in fp32"
    if not computes_in(asked):
        return "fp32", f"{asked} was asked for; this GPU cannot compute in it"
    return asked, ""


def _pool(hidden: Tensor, mask: Tensor, mode: str) -> Tensor:
    """[n, tokens, width] and [n, tokens] to [n, width], in fp32."""
    import torch

    if mode == "cls":
        return hidden[:, 0].float()  # padding is on the right
    if mode == "lasttoken":
        return hidden[torch.arange(len(mask), device=mask.device), mask.sum(1) - 1].float()
    states, there = hidden.float(), mask.unsqueeze(-1).float()
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
