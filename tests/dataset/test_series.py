"""A CSV file becomes windows and prompts: which rows, which words, and how long before anything is rented."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gui.core.dataset import Borders, DataSpec, SeriesDataset, SeriesSpec, Split, Wording, gpt2_numbers, read
from gui.core.errors import SeriesUnreadable
from remote_worker.prompts import Kind, Mask, Place
from tests.dataset.making import write_series


def dataset(path: Path, **spec: object) -> SeriesDataset:
    normal = SeriesSpec(str(path), history=4, output_lengths=(2, 3), split=Split.ALL)
    made = read(DataSpec(series=replace(normal, **spec)))  # type: ignore[arg-type]
    assert isinstance(made, SeriesDataset)
    return made


def test_the_two_prompts_are_worded_as_the_original_words_them(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    lines = ["date,T (degC),OT", *(f"2020-01-01 00:{10 * at:02d}:00,{at + 0.9},{-at - 0.5}" for at in range(6))]
    path.write_text("\n".join(lines))
    made = dataset(path, output_lengths=(2,))
    first, second = made.items[0], made.items[1]
    assert first.text == (
        "From <01/01/2020 00:00> to <01/01/2020 00:30>, the values were <0, 1, 2, 3> every 10 minutes. "
        "Forecast the values for the next <2> minutes"
    )
    assert second.text == (
        "From <01/01/2020 00:00> to <01/01/2020 00:30>, the values were <0, 1, 2, 3> every 10 minutes. "
        "The values for the next <2> minutes are <4, 5>"
    )
    assert made.items[2].text.count("<0, -1, -2, -3>") == 1  # cut off, not rounded: -0.5 is 0
    assert [item.item_id for item in made.items] == [
        "0:T (degC):history:2",
        "0:T (degC):truth:2",
        "0:OT:history:2",
        "0:OT:truth:2",
    ]
    assert (first.subject, first.place) == ("T (degC)", "line 2 to 5")


@pytest.mark.parametrize(
    ("step", "every", "unit"),
    [
        (timedelta(hours=1), "hour", "hours"),
        (timedelta(minutes=15), "15 minutes", "minutes"),
        (timedelta(days=1), "day", "days"),
        (timedelta(days=7), "7 days", "days"),
        (timedelta(hours=4), "4 hours", "hours"),
        (timedelta(seconds=30), "30 seconds", "seconds"),
    ],
)
def test_the_step_is_that_of_the_dates(tmp_path: Path, step: timedelta, every: str, unit: str) -> None:
    made = dataset(write_series(tmp_path, rows=12, step=step))
    assert f"every {every}." in made.items[0].text
    assert made.items[0].text.endswith(f"<2> {unit}")


def test_exchange_rates_are_called_so(tmp_path: Path) -> None:
    made = dataset(write_series(tmp_path, rows=12, step=timedelta(days=1)), wording=Wording.RATES)
    assert "the exchange rates were <" in made.items[0].text
    assert "Forecast the rates for the next <2> days" in made.items[0].text
    assert "The rates for the next <2> days are <" in made.items[1].text


def test_a_gap_in_the_dates_does_not_change_the_step(tmp_path: Path) -> None:
    path = write_series(tmp_path, rows=30)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:10] + lines[14:]))
    assert dataset(path).report.series.every == "10 minutes"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("split", "first", "rows"), [(Split.TRAIN, 0, 70), (Split.VAL, 66, 14), (Split.TEST, 76, 24), (Split.ALL, 0, 100)]
)
def test_the_file_is_split_as_the_original_splits_it(tmp_path: Path, split: Split, first: int, rows: int) -> None:
    series = dataset(write_series(tmp_path, rows=100), split=split).data.series
    assert (series.first_row, series.table_rows) == (first, rows)
    assert series.windows(2) == rows - 4 - 2 + 1


def test_the_ett_sets_are_cut_by_months(tmp_path: Path) -> None:
    path = write_series(tmp_path, rows=15_000, variables=1, step=timedelta(hours=1))
    sizes = {
        split: dataset(path, split=split, borders=Borders.ETT_HOURS).data.series
        for split in (Split.TRAIN, Split.VAL, Split.TEST)
    }
    assert [(one.first_row, one.table_rows) for one in sizes.values()] == [(0, 8640), (8636, 2884), (11516, 2884)]


def test_the_ids_of_a_window_stay_whatever_else_is_asked_for(tmp_path: Path) -> None:
    path = write_series(tmp_path, rows=100)
    every = {item.item_id: item.text for item in dataset(path).items}
    for other in ({"split": Split.TEST}, {"stride": 5}, {"output_lengths": (3,)}):
        for item in dataset(path, **other).items:
            assert every[item.item_id] == item.text


def test_gpt2_s_tokens_are_known_without_its_tokenizer() -> None:
    """Counted with the real one."""
    prompt = (
        "From <15/01/2020 00:10> to <16/01/2020 00:00>, the values were <1008, -8, 280, 0, -9999> every 10 minutes. "
    )
    assert gpt2_numbers.count(prompt + "The values for the next <24> minutes are <-3, 5, 1013>") == 61
    assert gpt2_numbers.count(prompt.replace("1008", "-8") + "Forecast the values for the next <24> hours") == 53
    assert [gpt2_numbers.number(text) for text in (" 280", " 1008", "2020", " 362", "9999", " 123456789")] == [
        1,
        2,
        1,
        2,
        1,
        4,
    ]


@pytest.mark.parametrize("largest", [5, 800, 20_000])
def test_the_longest_prompt_of_each_length_is_known(tmp_path: Path, largest: int) -> None:
    made = dataset(write_series(tmp_path, rows=60, largest=largest), history=20, output_lengths=(3, 17, 30))
    series, table = made.data.series, made.data.table
    for length, tokens in made.report.series.gpt2_tokens:  # type: ignore[union-attr]
        assert tokens == max(
            gpt2_numbers.count(series.prompt(table, Place(window, variable, length, Kind.TRUTH)))
            for window in range(series.windows(length))
            for variable in range(len(series.variables))
        )


def test_the_longest_output_length_that_gpt2_can_read_is_known(tmp_path: Path) -> None:
    path = write_series(tmp_path, rows=700, variables=2, largest=20_000)
    fits = dataset(path, history=96, output_lengths=(192,)).report.series.gpt2_fits  # type: ignore[union-attr]
    for length, within in ((fits, True), (fits + 1, False)):
        ((_, tokens),) = dataset(path, history=96, output_lengths=(length,)).report.series.gpt2_tokens  # type: ignore[union-attr]
        assert (tokens <= gpt2_numbers.CONTEXT_TOKENS) is within


def test_the_report_counts_without_making_every_prompt(tmp_path: Path) -> None:
    made = dataset(write_series(tmp_path, rows=30, variables=3), mask=Mask.BOTH_WAYS)
    texts = sum(len(item.text) for item in made.items)
    assert made.report.items == len(made.items) == 2 * 3 * (25 + 24)
    assert 0.8 * texts < made.report.characters < 1.2 * texts
    shared = dataset(write_series(tmp_path, rows=30, variables=3)).report.characters
    assert shared < 0.6 * made.report.characters
    assert [one.items for one in made.report.subjects] == [2 * (25 + 24)] * 3


@pytest.mark.parametrize(
    ("content", "reason", "line", "column"),
    [
        ("", "names", 0, ""),
        ("date\n2020-01-01\n", "names", 0, ""),
        ("date,a,a\n2020-01-01,1,2\n", "names", 0, ""),
        ("date,a,\n2020-01-01,1,2\n", "names", 0, ""),
        ("date,a\n2020-01-01,1\nyesterday,2\n", "date", 3, ""),
        ("date,a\n2020-01-01,1\n2020-01-02,\n", "number", 3, "a"),
        ("date,a\n2020-01-01,nan\n", "number", 2, "a"),
        ("date,a\n2020-01-01,1e300\n", "number", 2, "a"),
        ("date,a\n2020-01-01,1\n2020-01-02\n", "columns", 3, ""),
        ("date,a\n2020-01-01,1\n", "dates", 0, ""),
        ("date,a\n2020-01-01,1\n2020-01-01,1\n", "dates", 0, ""),
        ('date,a\n2020-01-01,"x\n2020-01-02,2\n', "number", 2, "a"),
        ("date,a\n2020-01-01," + "1" * 200_000 + "\n", "broken", 0, ""),
    ],
)
def test_what_is_no_series_says_where(tmp_path: Path, content: str, reason: str, line: int, column: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content)
    with pytest.raises(SeriesUnreadable) as error:
        dataset(path)
    assert (error.value.reason, error.value.line, error.value.column) == (reason, line, column)


def test_a_file_that_is_gone_or_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(SeriesUnreadable, match="missing"):
        dataset(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"date,a\n" + bytes(range(128, 256)) * 3)
    with pytest.raises(SeriesUnreadable):
        dataset(tmp_path / "x.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_names_in_korean_are_read_however_they_were_written(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "날씨.csv"
    lines = ["date,기온", *(f"2020-01-{day:02d},{day}" for day in range(1, 12))]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    assert dataset(path).data.series.variables == ("기온",)


def test_the_date_column_may_stand_anywhere_and_be_written_as_in_the_public_sets(tmp_path: Path) -> None:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M:%S"):
        moments = [datetime.fromisoformat("2020-03-01") + timedelta(hours=at) for at in range(9)]
        path = tmp_path / "x.csv"
        path.write_text("\n".join(["a,Date,b", *(f"1,{moment.strftime(form)},2" for moment in moments)]))
        made = dataset(path)
        assert made.data.series.variables == ("a", "b")
        assert made.items[0].text.startswith("From <01/03/2020 00:00> to <01/03/2020 03:00>")


def test_too_few_rows_give_no_windows_and_no_accident(tmp_path: Path) -> None:
    made = dataset(write_series(tmp_path, rows=5))
    assert (made.report.items, len(made.items)) == (0, 0)
    assert not math.isnan(made.report.characters)
