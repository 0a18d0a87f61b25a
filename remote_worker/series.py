"""Time series on the machine: prompts from the table, read by a text model under TimeKD's mask, last token each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remote_worker.encoder import Encoder
from remote_worker.failures import JobFailed, is_out_of_memory
from remote_worker.golden import HOME_LOWEST, read_home
from remote_worker.hub import ModelFiles
from remote_worker.items import Items, Source
from remote_worker.prompts import SERIES_FILE, Kind, Mask, Series, read_table
from remote_worker.protocol import Failure, JobSpec, ModelSpec, Row, RowProblem, SkippedRow, to_line
from remote_worker.recipe import SERIES, Recipe
from remote_worker.series_lengths import check_lengths, too_long
from remote_worker.transformer import TransformerEncoder
from remote_worker.window import FinishedShard, Streak

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from remote_worker.embedding import Desk

_BETWEEN = -100.0  # added where a number would see a word, or a word a number
_OPENING = ("Ġ<", "▁<", "<")  # how tokenizers write a bracket after a space; the first one that a tokenizer knows
_CLOSING = ">"
_WORD, _NUMBER, _NEITHER = 0, 1, 2
_WINDOW_S = 60.0
_AGREE = 0.999  # what is quick and what is slow
_SAME = 0.9999


class SeriesItems(Items):
    """The prompts of a series, by row number, in place of ``items.jsonl``."""

    def __init__(self, folder: Path, job: JobSpec, series: Series) -> None:
        """Raises JobFailed(JOB_UNREADABLE)."""
        self.series = series
        try:
            self.table = read_table(folder / SERIES_FILE, series)
            if series.rows != job.rows:
                raise ValueError(f"the series has {series.rows} prompts, the job says {job.rows}")
        except (OSError, ValueError, RecursionError) as unreadable:
            raise JobFailed(Failure.JOB_UNREADABLE, f"{SERIES_FILE}: {unreadable}") from unreadable
        self.sha256 = hashlib.sha256(to_line(series) + self.table.sha256.encode()).hexdigest()
        # A history prompt costs only its last words: what it begins with is read once for all of a window.
        self._work = {
            (length, kind): (10 + (kind is Kind.TRUTH) * length, 0) for length in series.output_lengths for kind in Kind
        }

    def work(self, row: int) -> tuple[int, int]:
        place = self.series.place(row)
        return self._work[place.output_length, place.kind]

    def lines(self, rows: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        for row in rows:
            source = self._at(row)
            yield row, to_line(Row(source.item_id, source.text))

    def read(self, first: int, end: int, with_images: bool) -> tuple[list[Source], list[SkippedRow]]:  # noqa: ARG002
        return [self._at(row) for row in range(first, end)], []

    def _at(self, row: int) -> Source:
        place = self.series.place(row)
        return Source(row, self.series.item_id(place), self.series.prompt(self.table, place))


@dataclass(frozen=True)
class Prompt:
    """One prompt as the model reads it: token ids [tokens], and what each is taken for [tokens]: see ``_WORD`` ..."""

    row: int
    ids: NDArray[np.int64]
    kinds: NDArray[np.int8]

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
        opening = next((known[mark] for mark in _OPENING if mark in known), None)
        if opening is None or _CLOSING not in known:
            raise JobFailed(Failure.MODEL_UNUSABLE, "its tokenizer has no tokens of their own for < and >")
        return opening, known[_CLOSING]

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
    if Mask(series.mask) is not Mask.TIMEKD:
        return prompts
    # TimeKD's tool keeps the kinds that it found last, and masks all variables of a window by those.
    last = [replace(place, variable=len(series.variables) - 1) for place in places]
    distinct = list(dict.fromkeys(last))
    read = encoder.read(series.parts(table, distinct), range(len(distinct)))
    others = dict(zip(distinct, read, strict=True))
    return [prompt.masked_as(others[place]) for prompt, place in zip(prompts, last, strict=True)]


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


def assure_series(encoder: Encoder, items: Items, job: JobSpec, folder: Path) -> None:
    """What is made sure of before anything is embedded: every prompt is read whole, sharing changes no state, and what
    another machine made comes out here as well.

    Raises JobFailed (PROMPT_TOO_LONG, VECTORS_DISAGREE).
    """
    import numpy as np

    reader, of_series = _of_series(encoder, items)
    check_lengths(reader, of_series)
    series = of_series.series
    rows = sorted({row for first in (0, series.rows // 2, series.rows - 1) for row in _together(series, first)})
    places = [series.place(row) for row in rows]
    prompts = prompts_of(reader, of_series, rows)
    mask = Mask(series.mask)
    quick = reader.states(bundled(prompts, [(place.window, place.variable) for place in places], mask), mask)
    slow = np.concatenate([reader.states([Bundle((prompt,), 0)], mask) for prompt in prompts])
    _agree(series, rows, quick, slow, _AGREE)
    home = read_home(folder, job, reader.loaded.dimensions)
    if home:
        again = reader.states([Bundle((prompt,), 0) for prompt in prompts_of(reader, of_series, [*home])], mask)
        _agree(series, [*home], again, np.stack([one.vector for one in home.values()]), HOME_LOWEST)


def _agree(
    series: Series, rows: Sequence[int], one: NDArray[np.float32], other: NDArray[np.float32], least: float
) -> None:
    """Raises JobFailed(VECTORS_DISAGREE) with the row that agrees least."""
    import numpy as np

    cosines = (one * other).sum(1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))
    if not cosines.min() >= least:
        worst = series.item_id(series.place(rows[int(cosines.argmin())]))
        raise JobFailed(Failure.VECTORS_DISAGREE, f"{worst}, cosine {cosines.min():.4f}")


def _together(series: Series, row: int) -> range:
    """The rows of the same window and variable."""
    place = series.place(row)
    first = series.row(replace(place, output_length=series.output_lengths[0], kind=Kind.HISTORY))
    lengths = sum(place.window < series.windows(length) for length in series.output_lengths)
    return range(first, first + lengths * len(Kind))


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
    with ThreadPoolExecutor(1, "tokens") as ahead:
        numbers = work.take()
        coming = ahead.submit(work.bundles, numbers)
        while numbers:
            bundles, taken = coming.result(), numbers
            numbers = work.take()
            coming = ahead.submit(work.bundles, numbers)
            work.embed(taken, bundles)


class _Work:
    """The shards at hand."""

    def __init__(self, encoder: SeriesEncoder, items: SeriesItems, job: JobSpec, desk: Desk) -> None:
        self._encoder, self._job, self._items, self._desk = encoder, job, items, desk
        self._mask = Mask(items.series.mask)
        self._streak = Streak()

    def take(self) -> list[int]:
        return self._desk.take(min(self._encoder.window_rows, self._desk.rows_per_s * _WINDOW_S))

    def bundles(self, shards: Sequence[int]) -> list[Bundle]:
        """All prompts of some shards. Raises JobFailed(PROMPT_TOO_LONG)."""
        rows = [row for shard in shards for row in range(*self._job.shard_range(shard))]
        places = [self._items.series.place(row) for row in rows]
        prompts = prompts_of(self._encoder, self._items, rows)
        for place, prompt in zip(places, prompts, strict=True):
            if len(prompt.ids) > self._encoder.max_tokens:
                raise too_long(place, len(prompt.ids), self._encoder.max_tokens, 0)
        return bundled(prompts, [(place.window, place.variable) for place in places], self._mask)

    def embed(self, shards: Sequence[int], bundles: list[Bundle]) -> None:
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
                self._desk.keep(self._shard(shard, vectors, bad))

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
        import numpy as np

        for row, state in zip(rows, states, strict=True):
            if np.isfinite(state).all():
                self._streak.good()
                vectors[row] = state
                continue
            item_id = self._items.series.item_id(self._items.series.place(row))
            bad[row] = SkippedRow(row, item_id, RowProblem.BAD_VECTOR.value, False, "not finite")
            self._streak.bad(Failure.VECTORS_NOT_FINITE, item_id)

    def _finished(self, rows: Iterable[int], pending: dict[int, set[int]]) -> list[int]:
        touched = {row // self._job.shard_rows for row in rows}
        for row in rows:
            pending[row // self._job.shard_rows].discard(row)
        return sorted(shard for shard in touched if not pending[shard])

    def _shard(self, shard: int, vectors: dict[int, NDArray[np.float32]], bad: dict[int, SkippedRow]) -> FinishedShard:
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
        )
