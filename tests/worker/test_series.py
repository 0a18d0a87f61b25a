"""Time series on the machine, held against TimeKD's own way: its prompts, its mask, one prompt at a time."""

from __future__ import annotations

import json
from array import array
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from remote_worker.prompts import SERIES_FILE, Kind, Mask, Place, Series, Table, TooLong, read_table
from remote_worker.protocol import HOME_FILE, JOB_FILE, Failure, JobSpec, ModelSpec, to_line
from tests.worker import jobs, tiny

HISTORY, LENGTHS = 6, (2, 3, 5)
TABLE_ROWS = 16


def table(rows: int = TABLE_ROWS, largest: int = 1500, variables: int = 2) -> Table:
    """The first variable has numbers of one digit, the second of up to four, some below zero."""
    rng = np.random.default_rng(3)
    dates = [f"{1 + at // 24:02d}/01/2020 {at % 24:02d}:00" for at in range(rows)]
    columns = [rng.integers(-9, 9, rows), rng.integers(-largest, largest, rows)]
    return Table(dates, [array("q", column.tolist()) for column in columns[-variables:]])


def series(**changes: object) -> Series:
    normal = Series(("T (degC)", "p (mbar)"), TABLE_ROWS, HISTORY, LENGTHS, every="10 minutes", unit="minutes")
    return replace(normal, **changes)  # type: ignore[arg-type]


def make(folder: Path, model: Path, of: Series, numbers: Table, shard_rows: int = 7, **spec: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / SERIES_FILE).write_bytes(b"".join(numbers.lines()))
    job = JobSpec("job", ModelSpec(str(model), recipe="series", **spec), of.rows, shard_rows, series=of)
    (folder / JOB_FILE).write_bytes(to_line(job))
    return folder


def failure(folder: Path) -> tuple[str, str]:
    (failed,) = jobs.events(folder, "failed")
    return failed.failure, failed.detail


class Original:
    """The original's step written out: a prompt by replacing words, kinds token by token, the mask cell by cell."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    def prompt(self, of: Series, numbers: Table, at: Place) -> str:
        start = at.window * of.stride
        end = start + of.history
        template = (
            "From <t1> to <t2>, the values were <value1, ..., valuen> every 10 minutes. "
            + {
                Kind.HISTORY: "Forecast the values for the next <output_len> minutes",
                Kind.TRUTH: "The values for the next <output_len> minutes are <gt1, ..., gtn>",
            }[at.kind]
        )
        column = numbers.columns[at.variable]
        truth = column[end : end + at.output_length]
        text = template.replace("value1, ..., valuen", ", ".join(str(int(value)) for value in column[start:end]))
        text = text.replace("gt1, ..., gtn", ", ".join(str(int(value)) for value in truth))
        text = text.replace("output_len", str(at.output_length))
        return text.replace("t1", numbers.dates[start]).replace("t2", numbers.dates[end - 1])

    def kinds(self, ids: list[int]) -> list[str]:
        capturing, kinds = False, []
        for token in self.tokenizer.convert_ids_to_tokens(ids):
            if token == "Ġ<":
                capturing = True
                kinds.append("time_series")
            elif token == ">":
                capturing = False
                kinds.append("time_series")
            else:
                kinds.append("time_series" if capturing else "language")
        return kinds

    def mask(self, size: int, last: str, causal: bool) -> torch.Tensor:
        """Of a prompt of ``size`` tokens, by the kinds of another's."""
        kinds = self.kinds(self.tokenizer.encode(last))[:size]
        language = [i for i, kind in enumerate(kinds) if kind == "language"]
        time_series = [i for i, kind in enumerate(kinds) if kind == "time_series"]
        mask = torch.zeros(size, size)
        for i in language:
            mask[i, time_series] = -100
            mask[time_series, i] = -100
        if causal:  # GPT-2's own, which stays in force beside the mask that it is given
            mask[torch.ones_like(mask).triu(1) > 0] = torch.finfo(torch.float32).min
        return mask[None, None]

    def vector(self, text: str, causal: bool, last: str = "") -> np.ndarray:
        """``last``: the same prompt of the last variable, whose kinds the original has at hand when it masks."""
        ids = self.tokenizer.encode(text)
        mask = self.mask(len(ids), last or text, causal)
        with torch.no_grad():
            hidden = self.model(torch.tensor([ids]), attention_mask=mask)
        return hidden.last_hidden_state[0, -1].numpy()


@pytest.mark.parametrize("mask", Mask)
def test_every_vector_is_the_original_s(gpt2: Path, tmp_path: Path, mask: Mask) -> None:
    of, numbers, original = series(mask=mask.value), table(), Original(gpt2)
    folder = make(tmp_path / "job", gpt2, of, numbers)
    assert jobs.carry_out(folder) == 0, failure(folder)
    made = jobs.result(folder)
    assert made.rows.tolist() == list(range(of.rows))
    expected = []
    for row in range(of.rows):
        place = of.place(row)
        text = original.prompt(of, numbers, place)
        assert of.prompt(numbers, place) == text
        last = original.prompt(of, numbers, replace(place, variable=1)) if mask is Mask.TIMEKD else ""
        expected.append(original.vector(text, mask is not Mask.BOTH_WAYS, last))
    assert jobs.cosines(made.vectors, np.stack(expected)).min() >= 0.99999
    # Not only their direction: what is made of them later needs the states themselves.
    assert np.allclose(made.vectors, np.stack(expected), rtol=1e-3, atol=1e-3)


def test_the_masks_are_not_the_same_and_all_matter(gpt2: Path) -> None:
    original = Original(gpt2)
    text, last = (original.prompt(series(), table(), Place(0, variable, 5, Kind.TRUTH)) for variable in range(2))
    plain = AutoModel.from_pretrained(gpt2).eval()
    with torch.no_grad():
        unmasked = plain(torch.tensor([original.tokenizer.encode(text)])).last_hidden_state[0, -1].numpy()
    masked = [original.vector(text, True, last), original.vector(text, True), original.vector(text, False)]
    vectors = np.stack([*masked, unmasked])
    for shift in (1, 2):
        assert jobs.cosines(vectors, np.roll(vectors, shift, axis=0)).max() < 0.999


def test_the_order_of_work_and_the_size_of_shards_change_nothing(gpt2: Path, tmp_path: Path) -> None:
    of, numbers = series(), table()
    one, many = (make(tmp_path / str(rows), gpt2, of, numbers, shard_rows=rows) for rows in (of.rows, 1))
    assert jobs.carry_out(one) == jobs.carry_out(many) == 0
    assert jobs.cosines(jobs.result(one).vectors, jobs.result(many).vectors).min() >= 0.99999


def test_what_is_missing_is_made_and_nothing_twice(gpt2: Path, tmp_path: Path) -> None:
    folder = make(tmp_path / "job", gpt2, series(), table())
    assert jobs.carry_out(folder) == 0
    whole = jobs.result(folder)
    damaged = folder / whole.entries[2].file
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert jobs.carry_out(folder) == 0
    made = [event.shard.shard for event in jobs.events(folder, "shard") if event.shard]
    assert sorted(made[:-1]) == list(range(len(whole.entries)))
    assert made[-1] == 2
    assert jobs.cosines(whole.vectors, jobs.result(folder).vectors).min() >= 0.99999


def test_shards_of_another_mask_are_not_mixed(gpt2: Path, tmp_path: Path) -> None:
    folder = make(tmp_path / "job", gpt2, series(), table())
    assert jobs.carry_out(folder) == 0
    make(folder, gpt2, series(mask=Mask.BOTH_WAYS.value), table())
    assert jobs.carry_out(folder) == 1
    assert failure(folder)[0] == Failure.JOB_CHANGED.value


def test_vectors_of_another_machine_must_come_out_here_as_well(gpt2: Path, tmp_path: Path) -> None:
    first = make(tmp_path / "first", gpt2, series(), table())
    assert jobs.carry_out(first) == 0
    made = jobs.result(first)
    for name, vectors, code in (("same", made.vectors, 0), ("other", np.roll(made.vectors, 1, axis=0), 1)):
        folder = make(tmp_path / name, gpt2, series(), table())
        np.savez(folder / HOME_FILE, rows=made.rows[3:60:7], vectors=vectors[3:60:7], has_image=made.has_image[3:60:7])
        assert jobs.carry_out(folder) == code
    assert failure(folder)[0] == Failure.VECTORS_DISAGREE.value


def test_a_prompt_that_is_too_long_is_said_before_anything_is_embedded(gpt2: Path, tmp_path: Path) -> None:
    original, of, numbers = Original(gpt2), series(), table()
    longest = {
        length: max(
            len(original.tokenizer.encode(of.prompt(numbers, Place(window, variable, length, Kind.TRUTH))))
            for variable in range(2)
            for window in range(of.windows(length))
        )
        for length in LENGTHS
    }
    limit = longest[5] - 1
    short = tiny.gpt2(tmp_path / "short", positions=limit)
    folder = make(tmp_path / "job", short, of, numbers)
    assert jobs.carry_out(folder) == 1
    reason, detail = failure(folder)
    assert reason == Failure.PROMPT_TOO_LONG.value
    said = TooLong.parse(detail)
    assert (said.output_length, said.tokens, said.limit) == (5, longest[5], limit)
    assert 2 <= said.fits < 5
    assert jobs.events(folder, "shard") == []
    within = make(tmp_path / "within", short, replace(of, output_lengths=(said.fits,)), numbers)
    assert jobs.carry_out(within) == 0


def test_memory_that_does_not_suffice_makes_smaller_batches_and_the_same_vectors(
    gpt2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from remote_worker.series import SeriesEncoder

    usual = make(tmp_path / "usual", gpt2, series(), table())
    assert jobs.carry_out(usual) == 0
    states, refused = SeriesEncoder.states, []

    def little_memory(encoder: SeriesEncoder, bundles: list, mask: Mask) -> np.ndarray:
        tokens = len(bundles) * max(bundle.tokens for bundle in bundles)
        if tokens > 150:
            refused.append(tokens)
            raise RuntimeError("can't allocate memory")
        return states(encoder, bundles, mask)

    monkeypatch.setattr(SeriesEncoder, "states", little_memory)
    folder = make(tmp_path / "job", gpt2, series(), table())
    assert jobs.carry_out(folder) == 0, failure(folder)
    assert len(refused) > 1
    assert jobs.cosines(jobs.result(folder).vectors, jobs.result(usual).vectors).min() >= 0.99999


def test_another_text_model_may_stand_in(tiny_qwen3: Path, tmp_path: Path) -> None:
    """Its tokenizer has brackets of its own; what it appends to a text is left away."""
    folder = make(tmp_path / "job", tiny_qwen3, series(output_lengths=(2,)), table())
    ended = jobs.carry_out(folder)
    if ended:  # a vocabulary of 700 may not know the bracket after a space
        assert failure(folder)[0] == Failure.MODEL_UNUSABLE.value
    else:
        assert np.isfinite(jobs.result(folder).vectors).all()


def test_a_model_that_does_not_heed_the_mask_is_refused(
    gpt2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import GPT2Model

    forward = GPT2Model.forward
    monkeypatch.setattr(GPT2Model, "forward", lambda model, attention_mask=None, **rest: forward(model, **rest))
    folder = make(tmp_path / "job", gpt2, series(), table())
    assert jobs.carry_out(folder) == 1
    assert failure(folder) == (Failure.MODEL_UNUSABLE.value, failure(folder)[1])
    assert "does not heed the mask" in failure(folder)[1]


def test_the_practice_model_is_not_asked_to_read_a_series(tmp_path: Path) -> None:
    folder = make(tmp_path / "job", Path("practice"), series(), table())
    assert jobs.carry_out(folder) == 1
    assert failure(folder)[0] == Failure.JOB_UNREADABLE.value


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / SERIES_FILE).unlink(),
        lambda folder: (folder / SERIES_FILE).write_bytes((folder / SERIES_FILE).read_bytes()[:-30]),
        lambda folder: (folder / SERIES_FILE).write_bytes(b'["1"]\n[1]\n'),
        lambda folder: (folder / SERIES_FILE).write_text(json.dumps(["x"] * TABLE_ROWS) + "\n" + "[1e9]\n[2]\n"),
        lambda folder: (folder / SERIES_FILE).write_bytes(b"\xff\xfe\n"),
    ],
)
def test_a_damaged_table_ends_the_job_with_a_reason(gpt2: Path, tmp_path: Path, damage) -> None:
    folder = make(tmp_path / "job", gpt2, series(), table())
    damage(folder)
    assert jobs.carry_out(folder) == 1
    assert failure(folder)[0] == Failure.JOB_UNREADABLE.value


def test_a_table_comes_back_as_it_went(tmp_path: Path) -> None:
    (tmp_path / "table").write_bytes(b"".join(table().lines()))
    assert read_table(tmp_path / "table", series()) == table()


@pytest.mark.parametrize("stride", [1, 2, 7])
@pytest.mark.parametrize("lengths", [(2, 3, 5), (1,), (4, 9, 10, 11), (30,)])
def test_rows_are_numbered_so_that_each_prompt_is_there_once(stride: int, lengths: tuple[int, ...]) -> None:
    of = series(stride=stride, output_lengths=lengths)
    places = [of.place(row) for row in range(of.rows)]
    assert len(set(places)) == of.rows == len({of.item_id(place) for place in places})
    assert [of.row(place) for place in places] == list(range(of.rows))
    for place in places:
        assert place.window * stride + HISTORY + place.output_length <= TABLE_ROWS
    for length in lengths:
        assert sum(place.output_length == length for place in places) == 4 * of.windows(length)
    with pytest.raises(IndexError):
        of.place(of.rows)
