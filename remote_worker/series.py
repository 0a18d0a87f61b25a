"""Time series on the machine: prompts from the table, read by a text model under TimeKD's mask, last token each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from remote_worker.alarms import Alarms
from remote_worker.beside import ahead
from remote_worker.encoder import Encoder, Prepared
from remote_worker.failures import JobFailed, give_back_memory, is_out_of_memory
from remote_worker.hub import ModelFiles
from remote_worker.items import Items
from remote_worker.prompts import CLOSING, OPENING, Mask
from remote_worker.protocol import Failure, JobSpec, ModelSpec, RowProblem, SkippedRow
from remote_worker.recipe import SERIES, Recipe
from remote_worker.series_items import SeriesItems
from remote_worker.series_lengths import check_lengths, too_long
from remote_worker.transformer import SAMPLES, TransformerEncoder
from remote_worker.window import FinishedShard, Streak

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from remote_worker.embedding import Desk

_BETWEEN = -100.0  # added where a number would see a word, or a word a number
_WORD, _NUMBER, _NEITHER = 0, 1, 2
_WINDOW_S = 60.0
_SAME = 0.9999


@dataclass(frozen=True)
class Prompt:
    """One prompt as the model reads it: token ids [tokens], and what each is taken for [tokens]: see ``_WORD`` ..."""

    row: int
    ids: NDArray[np.int64]
    kinds: NDArray[np.int8]

    @property
    def read(self) -> int:
        """The same number for prompts of which the last token knows the same, and whose states are equal therefore.

        Under each mask it sees what is of its own kind, and nothing else by way of that.
        """
        import numpy as np

        last = self.kinds[-1]
        seen = np.arange(len(self.ids)) if last == _NEITHER else np.flatnonzero(self.kinds == last)
        digest = hashlib.blake2b(seen.tobytes() + self.ids[seen].tobytes(), digest_size=8).digest()
        return int.from_bytes(digest, "little", signed=True)

    def masked_as(self, other: Prompt) -> Prompt:
        """With the kinds of another's tokens; what lies behind its end is neither."""
        import numpy as np

        kinds = np.full(len(self.ids), _NEITHER, np.int8)
        kinds[: len(other.kinds)] = other.kinds[: len(kinds)]
        return replace(self, kinds=kinds)


@dataclass(frozen=True)
class Bundle:
    """Prompts that begin alike: what they share is read once, and their ends side by side, unseen by each other."""

    prompts: tuple[Prompt, ...]
    shared: int  # tokens

    @property
    def tokens(self) -> int:
        return self.shared + sum(len(one.ids) - self.shared for one in self.prompts)

    def split(self) -> tuple[Bundle, Bundle]:
        half = len(self.prompts) // 2
        return Bundle(self.prompts[:half], self.shared), Bundle(self.prompts[half:], self.shared)


class SeriesEncoder(TransformerEncoder):
    """A text model that reads prompts under the mask. Its vectors are the states themselves, of any length."""

    def __init__(self, files: ModelFiles, recipe: Recipe, spec: ModelSpec) -> None:
        """Raises JobFailed(MODEL_UNUSABLE), also for a model that does not heed the mask."""
        super().__init__(files, recipe, spec)
        self._opening, self._closing = self._brackets()
        self._splits = self._can_split()
        self._check_mask()
        self.loaded = replace(self.loaded, recipe={**self.loaded.recipe, "normalised": False})

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    def read(self, parts: Sequence[tuple[str, str]], rows: Sequence[int]) -> list[Prompt]:
        """Prompts with these numbers of rows, of their beginnings and endings.

        Whatever lies between the brackets, and they themselves, is taken for a number.
        """
        import numpy as np

        prompts = []
        for row, plain in zip(rows, self._ids_of(parts), strict=True):
            ids = np.array(plain, np.int64)
            closes = ids == self._closing
            marks = np.where((ids == self._opening) | closes, np.arange(len(ids)), -1)
            last = np.maximum.accumulate(marks)
            inside = closes | ((last >= 0) & (ids[last] == self._opening))
            prompts.append(Prompt(row, ids, np.where(inside, _NUMBER, _WORD).astype(np.int8)))
        return prompts

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:  # noqa: ARG002
        """For whoever wants to know how long they are; ``states`` takes what ``read`` gives."""
        return [Prepared(tokens, None) for tokens in self.count(texts).tolist()]

    def _samples(self) -> tuple[list[Prepared], list[Any]]:
        return super().prepare(SAMPLES, [None] * len(SAMPLES)), [None] * len(SAMPLES)

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text."""
        import numpy as np

        return np.array([len(ids) for ids in self._plain_ids(texts)], np.int64)

    def states(self, bundles: Sequence[Bundle], mask: Mask) -> NDArray[np.float32]:
        """The last token's state of every prompt [prompts, dimensions], in order.

        Raises whatever ``failures.is_out_of_memory`` recognises when the batch is too large.
        """

        torch = self._torch
        layout = _Layout.of(bundles, self._tokenizer.pad_token_id or 0)
        with torch.inference_mode():
            there = {name: self._there(torch.from_numpy(value)) for name, value in layout.inputs.items()}
            hidden = self._model(
                input_ids=there["ids"],
                position_ids=there["positions"],
                attention_mask=_additive(there["segments"], there["kinds"], mask, self._model.dtype),
                **self._no_cache,
            ).last_hidden_state
            last = hidden[there["last_rows"], there["last_tokens"]].float()
        states: NDArray[np.float32] = last.cpu().numpy()
        return states

    def _can_pack(self, alike: float) -> bool:  # noqa: ARG002
        """Not as other rows are: each bundle is packed here, under a mask of its own."""
        return False

    def _ids_of(self, parts: Sequence[tuple[str, str]]) -> list[list[int]]:
        """A beginning that is there several times is made into tokens once, where that gives the same tokens."""
        if not self._splits:
            return self._plain_ids([beginning + ending for beginning, ending in parts])
        distinct = list(dict.fromkeys(beginning for beginning, _ in parts))
        beginnings = dict(zip(distinct, self._plain_ids(distinct), strict=True))
        endings = self._plain_ids([ending for _, ending in parts])
        return [beginnings[beginning] + ids for (beginning, _), ids in zip(parts, endings, strict=True)]

    def _can_split(self) -> bool:
        """Between the two parts stands always the same: what holds for a few holds for all."""
        parts = [
            (f"From <1> to <2>, the values were <{value}, 4> every {every}.", ending)
            for value in (3, -3)
            for every in ("hour", "10 minutes")
            for ending in (" Forecast the values for the next <9> hours", " The rates for the next <9> days are <-8>")
        ]
        whole = self._plain_ids([beginning + ending for beginning, ending in parts])
        begun, ended = (self._plain_ids(list(column)) for column in zip(*parts, strict=True))
        return whole == [one + other for one, other in zip(begun, ended, strict=True)]

    def _plain_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Without the tokens that a tokenizer adds: an end token would be the last one, and would see no number."""
        with self._tokenising:
            return list(self._tokenizer(list(texts), add_special_tokens=False)["input_ids"]) if texts else []

    def _brackets(self) -> tuple[int, int]:
        known = self._tokenizer.get_vocab()
        opening = next((known[mark] for mark in OPENING if mark in known), None)
        if opening is None or CLOSING not in known:
            raise JobFailed(Failure.MODEL_UNUSABLE, "its tokenizer has no tokens of their own for < and >")
        return opening, known[CLOSING]

    def _check_mask(self) -> None:
        """To a model that heeds the mask, prompts that end in words and differ in numbers alone are the same."""
        import numpy as np

        texts = [f"From <1> to <2>, and <{value}> words of this" for value in ("7, 5, 3", "1, 4, 9")]
        prompts = self.read([(text, "") for text in texts], range(2))
        if len({len(one.ids) for one in prompts}) > 1 or prompts[0].kinds[-1] != _WORD:
            return  # nothing to be learned with this tokenizer
        one, other = self.states([Bundle((prompt,), 0) for prompt in prompts], Mask.CAUSAL)
        cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
        if not cosine > _SAME:
            detail = f"this model does not heed the mask between numbers and words: {cosine:.4f}"
            raise JobFailed(Failure.MODEL_UNUSABLE, detail)


@dataclass(frozen=True)
class _Layout:
    """Bundles as rows of one batch, padded on the right."""

    inputs: dict[str, NDArray[Any]]

    @staticmethod
    def of(bundles: Sequence[Bundle], pad: int) -> _Layout:
        """``segments``: 0 = shared, 1... = the prompt whose end it is, -1 = padding."""
        import numpy as np

        shape = (len(bundles), max(bundle.tokens for bundle in bundles))
        ids, positions = np.full(shape, pad, np.int64), np.zeros(shape, np.int64)
        segments, kinds = np.full(shape, -1, np.int64), np.full(shape, _NEITHER, np.int8)
        last = []
        for at, bundle in enumerate(bundles):
            shared, first = bundle.shared, bundle.prompts[0]
            ids[at, :shared], kinds[at, :shared] = first.ids[:shared], first.kinds[:shared]
            positions[at, :shared], segments[at, :shared] = np.arange(shared), 0
            end = shared
            for segment, prompt in enumerate(bundle.prompts, 1):
                own = slice(end, end + len(prompt.ids) - shared)
                ids[at, own], kinds[at, own] = prompt.ids[shared:], prompt.kinds[shared:]
                positions[at, own], segments[at, own] = np.arange(shared, len(prompt.ids)), segment
                end = own.stop
                last.append((at, end - 1))
        rows, tokens = (np.array(column, np.int64) for column in zip(*last, strict=True))
        named = ("ids", "positions", "segments", "kinds", "last_rows", "last_tokens")
        return _Layout(dict(zip(named, (ids, positions, segments, kinds, rows, tokens), strict=True)))


def _additive(segments: Tensor, kinds: Tensor, mask: Mask, dtype: Any) -> Tensor:
    """What is added to the attention's scores [n, 1, tokens, tokens]."""
    import torch

    own, other = segments[:, :, None], segments[:, None, :]
    seen = ((own == other) | (other == 0)) & (other >= 0)
    if mask is not Mask.BOTH_WAYS:
        seen &= torch.ones(seen.shape[1:], dtype=torch.bool, device=seen.device).tril()
    own_kind, other_kind = kinds[:, :, None], kinds[:, None, :]
    between = (own_kind != other_kind) & (own_kind != _NEITHER) & (other_kind != _NEITHER)
    added = torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill_(between, _BETWEEN)
    return added.masked_fill_(~seen, torch.finfo(dtype).min)[:, None]


def prompts_of(encoder: SeriesEncoder, items: SeriesItems, rows: Sequence[int]) -> list[Prompt]:
    """The prompts of these rows, their tokens' kinds as the series' mask wants them."""
    series, table = items.series, items.table
    places = [series.place(row) for row in rows]
    prompts = encoder.read(series.parts(table, places), rows)
    by = [items.masked_by(place) for place in places]
    if by == places:
        return prompts
    distinct = list(dict.fromkeys(by))
    read = encoder.read(series.parts(table, distinct), range(len(distinct)))
    others = dict(zip(distinct, read, strict=True))
    return [prompt.masked_as(others[place]) for prompt, place in zip(prompts, by, strict=True)]


def bundled(prompts: Sequence[Prompt], groups: Sequence[object], mask: Mask) -> list[Bundle]:
    """Neighbours of one group together. Where tokens see later ones too, nothing can be shared."""
    if mask is Mask.BOTH_WAYS:
        return [Bundle((prompt,), 0) for prompt in prompts]
    pairs = zip(prompts, groups, strict=True)
    neighbours = [tuple(prompt for prompt, _ in same) for _, same in groupby(pairs, key=lambda pair: pair[1])]
    return [Bundle(same, _shared(same)) for same in neighbours]


def _shared(prompts: Sequence[Prompt]) -> int:
    """So many first tokens are the same in all, and at least one of each is its own."""
    import numpy as np

    first = prompts[0]
    shared = min(len(one.ids) for one in prompts) - 1
    for one in prompts[1:]:
        other = np.flatnonzero((one.ids[:shared] != first.ids[:shared]) | (one.kinds[:shared] != first.kinds[:shared]))
        shared = int(other[0]) if len(other) else shared
    return max(0, shared)


def check_prompts(encoder: Encoder, items: Items, stop: Callable[[], None]) -> None:
    """Raises JobFailed (PROMPT_TOO_LONG; JOB_UNREADABLE when the job mixes a series with something else)."""
    check_lengths(*_of_series(encoder, items), stop)


def _of_series(encoder: Encoder, items: Items) -> tuple[SeriesEncoder, SeriesItems]:
    """Raises JobFailed(JOB_UNREADABLE) when the job mixes a series with the recipe of something else."""
    if not (isinstance(encoder, SeriesEncoder) and isinstance(items, SeriesItems)):
        raise JobFailed(Failure.JOB_UNREADABLE, f"a time series is read with the recipe {SERIES}, and nothing else is")
    return encoder, items


def embed_series(encoder: Encoder, job: JobSpec, items: Items, desk: Desk) -> None:
    """Make shards until the desk has no more, the next ones' tokens counted while the model computes.

    Raises JobFailed, OSError, and what the desk raises.
    """
    work = _Work(*_of_series(encoder, items), job, desk)

    def following() -> tuple[list[int], list[Bundle], dict[int, int]] | None:
        numbers = work.take()
        return (numbers, *work.bundles(numbers)) if numbers else None

    for numbers, bundles, read in ahead(following):
        work.embed(numbers, bundles, read)


class _Work:
    """The shards at hand."""

    def __init__(self, encoder: SeriesEncoder, items: SeriesItems, job: JobSpec, desk: Desk) -> None:
        self._encoder, self._job, self._items, self._desk = encoder, job, items, desk
        self._mask = Mask(items.series.mask)
        self._streak = Streak()
        self._alarms = Alarms(encoder, items, desk.alarm)

    def take(self) -> list[int]:
        return self._desk.take(min(self._encoder.window_rows, self._desk.rows_per_s * _WINDOW_S))

    def bundles(self, shards: Sequence[int]) -> tuple[list[Bundle], dict[int, int]]:
        """All prompts of some shards, and by row what each ``read``. Raises JobFailed(PROMPT_TOO_LONG)."""
        rows = [row for shard in shards for row in range(*self._job.shard_range(shard))]
        places = [self._items.series.place(row) for row in rows]
        prompts = prompts_of(self._encoder, self._items, rows)
        for place, prompt in zip(places, prompts, strict=True):
            if len(prompt.ids) > self._encoder.max_tokens:
                raise too_long(place, len(prompt.ids), self._encoder.max_tokens, 0)
        bundles = bundled(prompts, [(place.window, place.variable) for place in places], self._mask)
        return bundles, {prompt.row: prompt.read for prompt in prompts}

    def embed(self, shards: Sequence[int], bundles: list[Bundle], read: dict[int, int]) -> None:
        vectors: dict[int, NDArray[np.float32]] = {}
        bad: dict[int, SkippedRow] = {}
        pending = {shard: set(range(*self._job.shard_range(shard))) for shard in shards}
        queue = sorted(bundles, key=lambda bundle: -bundle.tokens)
        while queue:
            self._desk.check()
            batch = self._batch(queue)
            states = self._states(batch)
            if states is None:
                queue = self._smaller(batch) + queue[len(batch) :]
                continue
            del queue[: len(batch)]
            rows = [prompt.row for bundle in batch for prompt in bundle.prompts]
            self._sort(rows, states, vectors, bad)
            self._desk.settled(rows)
            for shard in self._finished(rows, pending):
                finished = self._shard(shard, vectors, bad, read)
                self._alarms.look(finished)
                self._desk.keep(finished)

    def _batch(self, queue: Sequence[Bundle]) -> list[Bundle]:
        """As many of the longest as the budget holds when they are padded; one always."""
        fitting = max(1, self._encoder.budget_tokens // queue[0].tokens)
        return list(queue[:fitting])

    def _states(self, batch: Sequence[Bundle]) -> NDArray[np.float32] | None:
        """None when the memory does not suffice."""
        try:
            return self._encoder.states(batch, self._mask)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        give_back_memory()
        return None

    def _smaller(self, batch: list[Bundle]) -> list[Bundle]:
        """What did not fit, to be tried again in smaller pieces. Raises JobFailed(OUT_OF_MEMORY)."""
        if len(batch) > 1:
            self._encoder.budget_tokens = max(1, batch[0].tokens * len(batch) // 2)
            return batch
        if len(batch[0].prompts) == 1:
            raise JobFailed(Failure.OUT_OF_MEMORY, f"not even one prompt of {batch[0].tokens} tokens fits into memory")
        return list(batch[0].split())

    def _sort(
        self,
        rows: Sequence[int],
        states: NDArray[np.float32],
        vectors: dict[int, NDArray[np.float32]],
        bad: dict[int, SkippedRow],
    ) -> None:
        """What is no state goes to ``bad``. Its length tells nothing more: each model has lengths of its own."""
        import numpy as np

        good: NDArray[np.bool_] = np.isfinite(states).all(axis=1) & (states != 0).any(axis=1)
        for row, state, is_good in zip(rows, states, good, strict=True):
            if is_good:
                self._streak.good()
                vectors[row] = state
                continue
            item_id = self._items.series.item_id(self._items.series.place(row))
            bad[row] = SkippedRow(row, item_id, RowProblem.BAD_VECTOR.value, False, "not finite, or nothing but zeros")
            self._streak.bad(Failure.VECTORS_NOT_FINITE, item_id)

    def _finished(self, rows: Iterable[int], pending: dict[int, set[int]]) -> list[int]:
        touched = {row // self._job.shard_rows for row in rows}
        for row in rows:
            pending[row // self._job.shard_rows].discard(row)
        return sorted(shard for shard in touched if not pending[shard])

    def _shard(
        self,
        shard: int,
        vectors: dict[int, NDArray[np.float32]],
        bad: dict[int, SkippedRow],
        read: dict[int, int],
    ) -> FinishedShard:
        import numpy as np

        rows = [row for row in range(*self._job.shard_range(shard)) if row in vectors]
        skipped = tuple(bad.pop(row) for row in range(*self._job.shard_range(shard)) if row in bad)
        states = [vectors.pop(row) for row in rows]
        empty = np.zeros((0, self._encoder.loaded.dimensions), np.float32)
        return FinishedShard(
            shard,
            np.array(rows, np.int64),
            np.stack(states) if states else empty,
            np.zeros(len(rows), np.bool_),
            skipped,
            np.array([read[row] for row in rows], np.int64),
        )
