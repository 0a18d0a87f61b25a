"""Qwen3-VL-Embedding: text and picture in one vector, by the recipe of its authors."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from remote_worker.encoder import Prepared
from remote_worker.hub import ModelFiles
from remote_worker.protocol import ModelSpec
from remote_worker.reference import Reference, Sight
from remote_worker.transformer import TransformerEncoder

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

_FEWEST_TOKENS = 4  # a smaller picture is enlarged to this


class VisionEncoder(TransformerEncoder):
    """See ``encoder.Encoder``."""

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        return [self._row(text, size) for text, size in zip(texts, sizes, strict=True)]

    def prepare_image(self, picture: Image) -> tuple[Any, tuple[int, int]]:
        """Patches [rows * columns, values] and their (rows, columns)."""
        from PIL import Image

        width, height = self._fitted(picture.size)
        fitted = picture.resize((width, height), Image.Resampling.BICUBIC)
        patches = self._image_processor(images=[fitted], do_resize=False, return_tensors="pt")["pixel_values"]
        return patches.to(self._model.dtype), (height // self._patch, width // self._patch)

    @property
    def reference(self) -> Reference:
        seen = self._image_processor
        sight = Sight(
            patch=self._patch,
            merge=self._factor // self._patch,
            frames=int(self._model.config.vision_config.temporal_patch_size),
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
        self._most_pixels = max(spec.max_pixels, _FEWEST_TOKENS * self._factor**2)
        self._chat_template = _chat_template(files, self._tokenizer)
        ids = (config.image_token_id, config.video_token_id, config.vision_start_token_id, config.vision_end_token_id)
        image, _, start, end = vision = [self._tokenizer.convert_ids_to_tokens(one) for one in ids]
        self._image_token, self._picture_mark = image, start + image + end
        self._special = sorted({*self._tokenizer.all_special_tokens, *vision}, key=len, reverse=True)
        # Older versions work the kinds of tokens out themselves.
        self._wants_kinds = "mm_token_type_ids" in inspect.signature(self._model.forward).parameters

    def _template(self) -> str:
        mark = self._picture_mark.replace(self._image_token, self._image_token * _FEWEST_TOKENS)
        return self._written("{text}", (2 * self._factor, 2 * self._factor)).replace(mark, "{picture}")

    def _longest(self, spec: ModelSpec) -> int:
        longest = super()._longest(spec)
        needed = self._most_pixels // self._factor**2 + len(self._ids([self._written("", None)])[0]) + 3
        if needed > longest:
            raise ValueError(f"pictures of {self._most_pixels} pixels need {needed} tokens, it may read {longest}")
        return longest

    def _hidden(self, ids: Tensor, mask: Tensor, images: Sequence[Any]) -> Tensor:
        torch = self._torch
        seen = [image for image in images if image is not None]
        extra: dict[str, Any] = {}
        if seen:
            extra["pixel_values"] = torch.cat([patches for patches, _ in seen]).to(self._device)
            grid = [[1, rows, columns] for _, (rows, columns) in seen]
            extra["image_grid_thw"] = torch.tensor(grid, device=self._device)
            if self._wants_kinds:
                extra["mm_token_type_ids"] = (ids == self._model.config.image_token_id).int()
        return self._model(input_ids=ids, attention_mask=mask, **extra, **self._no_cache).last_hidden_state

    def _row(self, text: str, size: tuple[int, int] | None) -> Prepared:
        text = self._harmless(text) if text.strip() else ""
        ids = self._ids([self._written(text, size)])[0]
        if len(ids) <= self._max_tokens:
            return Prepared(len(ids), ids)
        cut = f"{len(ids)} tokens, cut to {self._max_tokens}"
        # The template's end must stay, so it is the text that is cut, before the template is put around it.
        ends = [
            end
            for _, end in self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
        ]
        kept = max(0, len(ends) - (len(ids) - self._max_tokens))
        while len(ids) > self._max_tokens and kept:
            ids = self._ids([self._written(text[: ends[kept - 1]], size)])[0]
            kept -= 1
        return Prepared(len(ids), ids, cut)

    def _written(self, text: str, size: tuple[int, int] | None) -> str:
        """The row as the model reads it, every part of its picture one token."""
        picture = ""
        if size is not None:
            width, height = self._fitted(size)
            tokens = (width // self._factor) * (height // self._factor)
            picture = self._picture_mark.replace(self._image_token, self._image_token * tokens)
        if not self._recipe.chat:
            return picture + self._recipe.prompt + text
        content = [{"type": "image"}] if size is not None else []
        conversation = [
            {"role": "system", "content": [{"type": "text", "text": self._recipe.instruction}]},
            {"role": "user", "content": content + ([{"type": "text", "text": text}] if text else [])},
        ]
        written: str = self._tokenizer.apply_chat_template(
            conversation, chat_template=self._chat_template, tokenize=False, add_generation_prompt=True
        )
        return written.replace(self._picture_mark, picture, 1) if picture else written

    def _harmless(self, text: str) -> str:
        """A person's text must not speak the template's language: its marks are broken up."""
        for mark in self._special:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
        return text

    def _fitted(self, size: tuple[int, int]) -> tuple[int, int]:
        """Width and height that the model sees: whole tokens, within the pixels allowed, the same proportions."""
        width, height = size
        factor, fewest = self._factor, _FEWEST_TOKENS * self._factor**2
        columns, rows = (max(1, round(edge / factor)) for edge in size)
        if columns * rows * factor**2 > self._most_pixels:
            shrink = math.sqrt(width * height / self._most_pixels)
            columns, rows = (max(1, math.floor(edge / shrink / factor)) for edge in size)
        elif columns * rows * factor**2 < fewest:
            grow = math.sqrt(fewest / (width * height))
            columns, rows = (math.ceil(edge * grow / factor) for edge in size)
        return columns * factor, rows * factor


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
