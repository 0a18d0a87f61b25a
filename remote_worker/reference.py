"""The slow way to a vector: one row, no padding, no packing, no order, each step spelled out; in fp32 where asked.

What ``encode`` makes of many rows at once is held against it, so nothing is shared with it but the model's weights,
its tokenizer and the recipe.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from remote_worker.prompts import CLOSING, OPENING, Mask, Masked
from remote_worker.recipe import Recipe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

_PLAIN_ATTENTION = "sdpa"
_FEWEST_TOKENS = 4  # of a picture
_UNSEEN = -100.0  # is added between a number and a word


@dataclass(frozen=True)
class Sight:
    """What a model that sees wants of a picture."""

    patch: int  # edge, in pixels
    merge: int  # so many patches by so many become one token
    frames: int  # a picture is shown as a film of so many equal frames
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    most_pixels: int
    chat_template: str | None  # None = the tokenizer's own


@runtime_checkable
class HasReference(Protocol):
    """An encoder that can also be read the slow way."""

    @property
    def reference(self) -> Reference: ...


@dataclass(frozen=True)
class Reference:
    """One model, read the slow way."""

    model: Any
    tokenizer: Any
    recipe: Recipe
    dense: tuple[Any, ...]  # layers after the pooling
    end: int | None  # appended to every text; None = the tokenizer does it, or it needs none
    max_tokens: int
    dimensions: int
    device: Any
    sight: Sight | None = None  # None = it reads text alone
    wider: Path | None = None  # the folder of the model's files, where they hold more precise numbers than were loaded

    def vector(self, text: str, picture: Image | None, masked: Masked | None = None) -> NDArray[np.float32] | None:
        """The unit vector [dimensions] of one row, text and picture; None for one that only ``encode`` can cut.

        ``masked``: of the prompt of a time series.
        """
        import torch

        # Not inference_mode: full precision exchanges weights meanwhile, and what is made in that mode cannot be one.
        with torch.no_grad(), self._plainly():
            inputs = self._inputs(text, picture, masked)
            if inputs is None:
                return None
            keeps_cache = hasattr(self.model.config.get_text_config(), "use_cache")
            hidden = self.model(**inputs, **({"use_cache": False} if keeps_cache else {})).last_hidden_state
            states = hidden[0].float()
            pooled = torch.cat([_pool(states, mode) for mode in self.recipe.pooling])[None]
            for layer in self.dense:
                pooled = layer(pooled)
            first = pooled[0, : self.dimensions]
            vector: NDArray[np.float32] = (first / first.norm()).cpu().numpy()
        return vector

    @contextlib.contextmanager
    def full_precision(self) -> Iterator[Reference]:
        """Gives one whose ``vector`` computes in fp32 while inside, and this one likewise.

        Layers are widened one at a time, so that a card needs little more room than for the model itself. Only where
        its files are more precise than what was loaded the model is loaded again. Raises ValueError for a model whose
        weights are not all in the memory of its devices.
        """
        import torch

        if any(one.is_meta for one in self.model.parameters()):
            raise ValueError("some weights lie outside the memory")
        if self.wider is not None:
            yield dataclasses.replace(self, model=_loaded_wide(self.wider, self.device), wider=None)
            return
        words = self.model.get_input_embeddings()
        layers = _layers(self.model)
        inside = {id(one) for layer in layers for one in layer.parameters()} | {id(one) for one in words.parameters()}
        with contextlib.ExitStack() as undo:
            undo.callback(torch.set_float32_matmul_precision, torch.get_float32_matmul_precision())
            torch.set_float32_matmul_precision("highest")
            for one in self.model.parameters():
                if id(one) not in inside:
                    undo.enter_context(_wide(one))
            undo.callback(words.register_forward_hook(_as_wide).remove)
            for layer in layers:
                held: list[contextlib.ExitStack] = []
                before = layer.register_forward_pre_hook(_widen(held))
                after = layer.register_forward_hook(_narrow(held), always_call=True)
                undo.callback(before.remove)
                undo.callback(after.remove)
            yield self

    @contextlib.contextmanager
    def _plainly(self) -> Iterator[None]:
        """As transformers computes it, whatever the quick way uses; but for one product, see ``shortcuts``."""
        import torch

        # A convolution that is one product stays one: the other way takes seconds for each picture on some GPUs.
        used = self.model.config._attn_implementation
        quick = [
            (one, one.__dict__.pop("forward"))
            for one in self.model.modules()
            if "forward" in one.__dict__ and not hasattr(one, "_hf_hook") and type(one) is not torch.nn.Conv3d
        ]
        is_plain = used in ("eager", "sdpa", None)
        if not is_plain:
            self.model.set_attn_implementation(_PLAIN_ATTENTION)
        try:
            yield
        finally:
            for layer, forward in quick:
                layer.forward = forward
            if not is_plain:
                self.model.set_attn_implementation(used)

    def _inputs(self, text: str, picture: Image | None, masked: Masked | None) -> dict[str, Any] | None:
        if masked:
            return self._masked(text, masked)
        return self._seen(text, picture) if self.sight else self._read(text)

    def _tokens(self, written: str, **room: Any) -> list[int]:
        ids = self.tokenizer(written, **room)["input_ids"]
        return [*ids, *([] if self.end is None else [self.end])]

    def _read(self, text: str) -> dict[str, Any]:
        import torch

        written = self.recipe.prompt + text
        room = {"truncation": True, "max_length": self.max_tokens - (self.end is not None)}
        ids = self._tokens(written.lower() if self.recipe.lower_case else written, **room)
        inputs = torch.tensor([ids], device=self.device)
        return {"input_ids": inputs, "attention_mask": torch.ones_like(inputs)}

    def _masked(self, text: str, masked: Masked) -> dict[str, Any]:
        """As TimeKD's tool does it: which tokens are numbers, then which pairs of tokens must not see each other."""
        import torch

        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        inputs = torch.tensor([ids], device=self.device)
        computed_in = self.model.get_input_embeddings()(inputs).dtype
        kinds = self._numbers_in(masked.brackets)[: len(ids)]
        number, word = torch.zeros(len(ids)), torch.zeros(len(ids))
        number[: len(kinds)] = torch.tensor(kinds, dtype=torch.float32)
        word[: len(kinds)] = 1 - number[: len(kinds)]
        mask = _UNSEEN * (torch.outer(number, word) + torch.outer(word, number))
        if masked.mask is not Mask.BOTH_WAYS:
            mask[torch.ones_like(mask).triu(1) > 0] = torch.finfo(computed_in).min
        return {"input_ids": inputs, "attention_mask": mask[None, None].to(self.device, computed_in)}

    def _numbers_in(self, text: str) -> list[bool]:
        """Of each token, whether it stands between brackets, or is one."""
        known = self.tokenizer.get_vocab()
        opening = next(mark for mark in OPENING if mark in known)
        ids, inside, numbers = self.tokenizer(text, add_special_tokens=False)["input_ids"], False, []
        for token in self.tokenizer.convert_ids_to_tokens(ids):
            inside = inside or token == opening
            numbers.append(inside or token == CLOSING)
            inside = inside and token != CLOSING
        return numbers

    def _seen(self, text: str, picture: Image | None) -> dict[str, Any] | None:
        import torch

        assert self.sight is not None
        mark = self._marks()[1]
        if any(special in text for special in (*self.tokenizer.all_special_tokens, *self._marks())):
            return None
        written = self._written(text if text.strip() else "", picture is not None)
        grid: tuple[int, int] | None = None
        extra: dict[str, Any] = {}
        if picture is not None:
            patches, grid = _patches(picture, self.sight)
            written = written.replace(mark, mark * (grid[0] * grid[1] // self.sight.merge**2), 1)
            extra["pixel_values"] = torch.from_numpy(patches).to(self.device)
            extra["image_grid_thw"] = torch.tensor([[1, *grid]], device=self.device)
        ids = self._tokens(written)
        if len(ids) > self.max_tokens:
            return None
        inputs = torch.tensor([ids], device=self.device)
        if grid is not None and "mm_token_type_ids" in inspect.signature(self.model.forward).parameters:
            extra["mm_token_type_ids"] = (inputs == self.model.config.image_token_id).int()
        # Without a mask transformers 4.57 takes the places of a picture's tokens for those of several texts.
        return {"input_ids": inputs, "attention_mask": torch.ones_like(inputs), **extra}

    def _marks(self) -> tuple[str, str, str]:
        """What stands around a picture, and for it."""
        config = self.model.config
        ids = (config.vision_start_token_id, config.image_token_id, config.vision_end_token_id)
        start, image, end = (str(self.tokenizer.convert_ids_to_tokens(one)) for one in ids)
        return start, image, end

    def _written(self, text: str, with_picture: bool) -> str:
        assert self.sight is not None
        if not self.recipe.chat:
            return ("".join(self._marks()) if with_picture else "") + self.recipe.prompt + text
        content = [{"type": "image"}] if with_picture else []
        content += [{"type": "text", "text": text}] if text else []
        system = [{"type": "text", "text": self.recipe.instruction}]
        conversation = [{"role": "system", "content": system}, {"role": "user", "content": content}]
        written: str = self.tokenizer.apply_chat_template(
            conversation, chat_template=self.sight.chat_template, tokenize=False, add_generation_prompt=True
        )
        return written


def _pool(states: Tensor, mode: str) -> Tensor:
    """[tokens, width] to [width]."""
    import torch

    if mode == "cls":
        return states[0]
    if mode == "lasttoken":
        return states[-1]
    if mode == "max":
        return states.max(0).values
    if mode == "mean_sqrt_len_tokens":
        return states.sum(0) / math.sqrt(len(states))
    if mode == "weightedmean":
        weights = torch.arange(1.0, len(states) + 1, device=states.device)[:, None]
        return (states * weights).sum(0) / weights.sum()
    return states.mean(0)


def _fitted(width: int, height: int, sight: Sight) -> tuple[int, int]:
    """The makers' rule: whole tokens, the proportions kept, between the fewest and the most pixels."""
    edge = sight.patch * sight.merge
    fewest = _FEWEST_TOKENS * edge * edge
    high, wide = max(edge, round(height / edge) * edge), max(edge, round(width / edge) * edge)
    if high * wide > sight.most_pixels:
        shrink = math.sqrt(height * width / sight.most_pixels)
        high, wide = (max(edge, math.floor(one / shrink / edge) * edge) for one in (height, width))
    elif high * wide < fewest:
        grow = math.sqrt(fewest / (height * width))
        high, wide = (math.ceil(one * grow / edge) * edge for one in (height, width))
    return wide, high


def _patches(picture: Image, sight: Sight) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Patches [rows * columns, values] in the order of the model, and their (rows, columns)."""
    import numpy as np
    from PIL import Image

    wide, high = _fitted(*picture.size, sight)
    pixels = np.asarray(picture.resize((wide, high), Image.Resampling.BICUBIC), np.float32) / 255
    pixels = (pixels - np.array(sight.mean, np.float32)) / np.array(sight.deviation, np.float32)
    rows, columns = high // sight.patch, wide // sight.patch
    down, across = rows // sight.merge, columns // sight.merge
    blocks = pixels.reshape(down, sight.merge, sight.patch, across, sight.merge, sight.patch, 3)
    # Token by token, within it patch by patch; of a patch each colour in each frame, line by line.
    ordered = blocks.transpose(0, 3, 1, 4, 6, 2, 5).reshape(rows * columns, 3, 1, sight.patch**2)
    films = np.repeat(ordered, sight.frames, axis=2)
    return np.ascontiguousarray(films.reshape(rows * columns, -1)), (rows, columns)


@contextlib.contextmanager
def _wide(weight: Any) -> Iterator[None]:
    """A weight in fp32 while inside, and the very same one as before afterwards."""
    kept = weight.data
    weight.data = kept.float()
    try:
        yield
    finally:
        weight.data = kept


def _loaded_wide(folder: Path, device: Any) -> Any:
    import torch
    import transformers

    model = transformers.AutoModel.from_pretrained(
        folder, dtype=torch.float32, trust_remote_code=False, use_safetensors=True, local_files_only=True
    )
    if getattr(model.config, "is_encoder_decoder", False):
        model = model.get_encoder()
    return model.to(device).eval()


def _as_wide(module: Any, given: Any, made: Tensor) -> Tensor:
    del module, given
    return made.float()


def _widen(held: list[contextlib.ExitStack]) -> Any:
    def hook(layer: Any, given: Any) -> None:
        del given
        wide = contextlib.ExitStack()
        held.append(wide)
        for weight in layer.parameters():
            wide.enter_context(_wide(weight))

    return hook


def _narrow(held: list[contextlib.ExitStack]) -> Any:
    def hook(layer: Any, given: Any, made: Any) -> None:
        del layer, given, made
        while held:
            held.pop().close()

    return hook


def _layers(model: Any) -> list[Any]:
    """The repeated layers that most of the model consists of."""
    import torch

    stacks = [one for one in model.modules() if isinstance(one, torch.nn.ModuleList)]
    return list(max(stacks, key=lambda stack: sum(one.numel() for one in stack.parameters()), default=[]))
