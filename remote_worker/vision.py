"""Qwen3-VL-Embedding: text and picture in one vector, by the recipe of its authors."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from remote_worker import shortcuts
from remote_worker.encoder import Prepared
from remote_worker.hub import ModelFiles
from remote_worker.packed import Packing
from remote_worker.protocol import ModelSpec
from remote_worker.reference import Reference, Sight
from remote_worker.transformer import TransformerEncoder, size_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

_FEWEST_TOKENS = 4  # a smaller picture is enlarged to this


class VisionEncoder(TransformerEncoder):
    """See ``encoder.Encoder``."""

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        texts = [self._harmless(text) if text.strip() else "" for text in texts]
        with self._tokenising:
            ids = self._read(texts, sizes) if texts else []
            return [self._row(*one) for one in zip(texts, sizes, ids, strict=True)]

    def prepare_image(self, picture: Image) -> tuple[Tensor, tuple[int, int]]:
        """What the device is given, and how many (rows, columns) of patches it is.

        That is the pixels as bytes [height, width, 3], a fourth of what the model's own processor would send, unless
        that one does more with them than is done here.
        """
        from PIL import Image

        width, height = fitted(picture.size, self._factor, self._most_pixels)
        resized = picture.resize((width, height), Image.Resampling.BICUBIC)
        grid = height // self._patch, width // self._patch
        return (_pixels(resized) if self._sends_bytes else self._processed(resized)), grid

    @property
    def reference(self) -> Reference:
        seen = self._image_processor
        sight = Sight(
            patch=self._patch,
            merge=self._merge,
            frames=self._frames,
            mean=tuple(seen.image_mean),
            deviation=tuple(seen.image_std),
            most_pixels=self._most_pixels,
            chat_template=self._chat_template,
        )
        return dataclasses.replace(super().reference, sight=sight)

    def _load_more(self, files: ModelFiles, spec: ModelSpec) -> None:
        import transformers

        self._image_processor = transformers.AutoImageProcessor.from_pretrained(
            files.folder, trust_remote_code=False, local_files_only=True
        )
        config = self._model.config
        self._patch = int(config.vision_config.patch_size)
        self._factor = self._patch * int(config.vision_config.spatial_merge_size)
        self._merge = self._factor // self._patch
        self._most_pixels = max(spec.max_pixels, _FEWEST_TOKENS * self._factor**2)
        self._chat_template = _chat_template(files, self._tokenizer)
        ids = (config.image_token_id, config.video_token_id, config.vision_start_token_id, config.vision_end_token_id)
        image, _, start, end = vision = [self._tokenizer.convert_ids_to_tokens(one) for one in ids]
        self._image_token, self._picture_mark = image, start + image + end
        self._special = sorted({*self._tokenizer.all_special_tokens, *vision}, key=len, reverse=True)
        # Older versions work the kinds of tokens out themselves.
        self._wants_kinds = "mm_token_type_ids" in inspect.signature(self._model.forward).parameters
        self._image_id = int(config.image_token_id)
        self._frames = int(config.vision_config.temporal_patch_size)
        sight = self._model.visual
        width = int(config.vision_config.hidden_size)
        # Its mergers see tokens, of which each is several patches; the rest sees patches.
        mergers = size_of(sight.merger) + size_of(sight.deepstack_merger_list)
        by_patch = size_of(sight.patch_embed) + size_of(sight.blocks) + mergers / self._merge**2
        self._sight_cost = 2.0 * by_patch, 4.0 * int(config.vision_config.depth) * width
        self._sends_bytes = self._can_send_bytes()
        self._under_way: Mapping[str, Any] = {}

    def _template(self) -> str:
        return self._written("{text}", with_picture=True).replace(self._picture_mark, "{picture}")

    def _shortcuts(self) -> Iterator[shortcuts.Forwards]:
        yield from super()._shortcuts()
        yield from shortcuts.of_sight(self._model.visual, lambda: self._under_way)

    def _longest(self, spec: ModelSpec) -> int:
        longest = super()._longest(spec)
        needed = self._most_pixels // self._factor**2 + len(self._ids([self._written("", False)])[0]) + 3
        if needed > longest:
            raise ValueError(f"pictures of {self._most_pixels} pixels need {needed} tokens, it may read {longest}")
        return longest

    def _seen(self, ids: Tensor, images: Sequence[Any]) -> dict[str, Any]:
        torch = self._torch
        seen = [image for image in images if image is not None]
        if not seen:
            return {}
        grids = [grid for _, grid in seen]
        self._under_way = Packing(tuple(rows * columns for rows, columns in grids)).options(self._device)
        if self._sends_bytes:
            patches = self._patches(self._there(torch.cat([pixels.flatten() for pixels, _ in seen])), grids)
        else:
            patches = self._there(torch.cat([patches for patches, _ in seen]))
        return {
            "pixel_values": patches.to(self._model.dtype),
            "image_grid_thw": self._there(torch.tensor([[1, *grid] for grid in grids])),
            **({"mm_token_type_ids": (ids == self._image_id).int()} if self._wants_kinds else {}),
        }

    def _shared(self, rows: Sequence[list[int]]) -> int:
        shared = super()._shared(rows)
        beginning = rows[0][:shared]
        # Pictures are equal numbers here, whatever is to be seen on them.
        return beginning.index(self._image_id) if self._image_id in beginning else shared

    def _positions(self, row: Prepared, image: Any) -> Tensor:
        """One after the other on all three axes; of a picture's tokens, by their place in it."""
        torch = self._torch
        if image is None:
            return torch.arange(len(row.content)).expand(3, -1)
        start = row.content.index(self._image_id)
        down, across = (edge // self._merge for edge in image[1])
        place = torch.stack(torch.meshgrid(*map(torch.arange, (1, down, across)), indexing="ij"))
        rest = len(row.content) - start - down * across
        before, after = (torch.arange(count).expand(3, -1) for count in (start, rest))
        return torch.cat([before, place.reshape(3, -1) + start, after + start + max(down, across)], dim=1)

    def _samples(self) -> tuple[list[Prepared], list[Any]]:
        from PIL import Image

        pictures = [Image.new("RGB", (self._factor * wide, self._factor * 3), "red") for wide in (2, 3, 2)]
        sizes = [picture.size for picture in pictures]
        rows, images = super()._samples()
        seen = self.prepare(["one", "two", ""], sizes)
        return [*seen, *rows], [*map(self.prepare_image, pictures), *images]

    def _cost_of(self, ids: Sequence[int]) -> float:
        patches = ids.count(self._image_id) * self._merge**2
        linear, quadratic = self._sight_cost
        return super()._cost_of(ids) + linear * patches + quadratic * patches**2

    def _row(self, text: str, size: tuple[int, int] | None, ids: list[int]) -> Prepared:
        if len(ids) <= self._max_tokens:
            return Prepared(len(ids), ids, flops=self._cost_of(ids))
        cut = f"{len(ids)} tokens, cut to {self._max_tokens}"
        # The template's end must stay, so it is the text that is cut, before the template is put around it.
        ends = [
            end
            for _, end in self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
        ]
        kept = max(0, len(ends) - (len(ids) - self._max_tokens))
        while len(ids) > self._max_tokens and kept:
            (ids,) = self._read([text[: ends[kept - 1]]], [size])
            kept -= 1
        return Prepared(len(ids), ids, cut, self._cost_of(ids))

    def _read(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[list[int]]:
        """The ids of rows, every part of a picture one token."""
        rows = self._ids([self._written(text, size is not None) for text, size in zip(texts, sizes, strict=True)])
        for ids, size in zip(rows, sizes, strict=True):
            if size is not None:
                width, height = fitted(size, self._factor, self._most_pixels)
                at = ids.index(self._image_id)
                ids[at : at + 1] = [self._image_id] * ((width // self._factor) * (height // self._factor))
        return rows

    def _written(self, text: str, with_picture: bool) -> str:
        """The row as the model reads it, its picture one token."""
        if not self._recipe.chat:
            return (self._picture_mark if with_picture else "") + self._recipe.prompt + text
        content = [{"type": "image"}] if with_picture else []
        conversation = [
            {"role": "system", "content": [{"type": "text", "text": self._recipe.instruction}]},
            {"role": "user", "content": content + ([{"type": "text", "text": text}] if text else [])},
        ]
        written: str = self._tokenizer.apply_chat_template(
            conversation, chat_template=self._chat_template, tokenize=False, add_generation_prompt=True
        )
        return written

    def _processed(self, fitted: Image) -> Tensor:
        """Patches [rows * columns, values] as the model's own processor makes them."""
        patches: Tensor = self._image_processor(images=[fitted], do_resize=False, return_tensors="pt")["pixel_values"]
        return patches

    def _patches(self, pixels: Tensor, grids: Sequence[tuple[int, int]]) -> Tensor:
        """The same [patches, values] of several pictures from their bytes, one picture after the other."""
        torch = self._torch
        patch, merge, processor = self._patch, self._merge, self._image_processor
        parts = []
        for part, (rows, columns) in zip(pixels.split([r * c * patch**2 * 3 for r, c in grids]), grids, strict=True):
            blocks = part.view(rows // merge, merge, patch, columns // merge, merge, patch, 3)
            # Token by token, within it patch by patch; of a patch each colour, line by line.
            parts.append(blocks.permute(0, 3, 1, 4, 6, 2, 5).reshape(rows * columns, 3, 1, patch**2))
        mean, deviation = (
            torch.tensor(one, device=pixels.device).view(1, 3, 1, 1)
            for one in (processor.image_mean, processor.image_std)
        )
        values = (torch.cat(parts).float() / 255 - mean) / deviation
        return values.expand(-1, -1, self._frames, -1).flatten(1)

    def _can_send_bytes(self) -> bool:
        from PIL import Image

        shades = bytes(at * 37 % 256 for at in range(6 * self._factor**2 * 3))
        picture = Image.frombytes("RGB", (3 * self._factor, 2 * self._factor), shades)
        ours = self._patches(_pixels(picture).flatten(), [(2 * self._merge, 3 * self._merge)])
        theirs = self._processed(picture)
        return ours.shape == theirs.shape and bool((ours - theirs).abs().max() < 1e-5)

    def _harmless(self, text: str) -> str:
        """A person's text must not speak the template's language: its marks are broken up."""
        for mark in self._special:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
        return text


def fitted(size: tuple[int, int], factor: int, most_pixels: int) -> tuple[int, int]:
    """Width and height that the model sees: whole tokens, within the pixels allowed, the same proportions.

    ``factor``: the edge of a token in pixels. The app reckons a run's price by the same arithmetic, from sizes alone.
    """
    width, height = size
    fewest = _FEWEST_TOKENS * factor**2
    columns, rows = (max(1, round(edge / factor)) for edge in size)
    if columns * rows * factor**2 > most_pixels:
        shrink = math.sqrt(width * height / most_pixels)
        columns, rows = (max(1, math.floor(edge / shrink / factor)) for edge in size)
    elif columns * rows * factor**2 < fewest:
        grow = math.sqrt(fewest / (width * height))
        columns, rows = (math.ceil(edge * grow / factor) for edge in size)
    return columns * factor, rows * factor


def _pixels(picture: Image) -> Tensor:
    """[height, width, 3] bytes."""
    import numpy as np
    import torch

    return torch.from_numpy(np.array(picture))


def _chat_template(files: ModelFiles, tokenizer: Any) -> str | None:
    """The processor's template before the tokenizer's; None = the tokenizer's."""
    written = files.folder / "chat_template.jinja"
    if written.is_file():
        return written.read_text("utf-8")
    packed = files.folder / "chat_template.json"
    if packed.is_file():
        return str(json.loads(packed.read_text("utf-8"))["chat_template"])
    if tokenizer.chat_template is None:
        raise ValueError("it has no chat template")
    return None
