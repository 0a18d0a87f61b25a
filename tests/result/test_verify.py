"""A check finds each thing that can be wrong with a result, and nothing that is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gui.core.errors import ResultUnreadable
from gui.core.result.check import Check, CheckReport
from gui.core.result.manifest import Manifest
from gui.core.result.result import VECTORS_FILE, open_result, write
from gui.core.result.verify import check, check_folder
from tests.result.making import ids, make_result, make_shards, unit_vectors

ROWS, DIMENSIONS = 600, 32


def wrong(report: CheckReport) -> dict[Check, int]:
    return {line.check: line.found for line in report.lines if not line.passed}


def checked(tmp_path: Path, vectors: np.ndarray, item_ids: list[str] | None = None) -> CheckReport:
    shards = make_shards(tmp_path, vectors)
    write(tmp_path, shards, item_ids or ids(len(vectors)), Manifest())
    return check(tmp_path, item_ids or ids(len(vectors)), shards)


def test_a_good_result_passes_every_question(tmp_path: Path) -> None:
    report = checked(tmp_path, unit_vectors(5000, 64))

    assert wrong(report) == {}
    assert report.passed
    assert [line.check for line in report.lines] == list(Check)
    assert (report.items, report.dimensions, report.with_image) == (5000, 64, 0)


def test_skipped_rows_are_not_missed(tmp_path: Path) -> None:
    shards = make_shards(tmp_path, unit_vectors(ROWS, DIMENSIONS), skipped=[3, 4, 599])
    write(tmp_path, shards, ids(ROWS), Manifest())

    report = check(tmp_path, ids(ROWS), shards)

    assert wrong(report) == {}
    assert report.items == ROWS - 3


def test_a_shard_that_is_missing_is_missed(tmp_path: Path) -> None:
    shards = make_shards(tmp_path, unit_vectors(ROWS, DIMENSIONS))
    write(tmp_path, shards[:2] + shards[3:], ids(ROWS), Manifest())

    report = check(tmp_path, ids(ROWS), shards)

    assert wrong(report) == {Check.COUNT: ROWS - 100}
    assert next(line.expected for line in report.lines if line.check is Check.COUNT) == ROWS
    assert not report.passed


def test_ids_that_nobody_asked_for_or_that_come_twice_are_found(tmp_path: Path) -> None:
    shards = make_shards(tmp_path, unit_vectors(ROWS, DIMENSIONS))
    written = ids(ROWS)
    written[10] = "stranger"
    written[20] = written[19]
    write(tmp_path, shards, written, Manifest())

    assert wrong(check(tmp_path, ids(ROWS), shards)) == {Check.IDS: 2}


def test_another_order_is_found(tmp_path: Path) -> None:
    shards = make_shards(tmp_path, unit_vectors(ROWS, DIMENSIONS))
    written = ids(ROWS)
    written[5], written[6] = written[6], written[5]
    write(tmp_path, shards, written, Manifest())

    assert wrong(check(tmp_path, ids(ROWS), shards)) == {Check.ORDER: 1}


@pytest.mark.parametrize(
    ("spoil", "question"),
    [(np.nan, Check.FINITE), (np.inf, Check.FINITE), (-np.inf, Check.FINITE), (1e30, Check.NORMS)],
)
def test_a_number_that_is_none_is_found_and_one_that_is_only_too_large_is_a_wrong_length(
    tmp_path: Path, spoil: float, question: Check
) -> None:
    vectors = unit_vectors(ROWS, DIMENSIONS)
    vectors[[7, 300, 599], 5] = spoil

    assert wrong(checked(tmp_path, vectors)) == {question: 3}


def test_lengths_are_one_within_a_thousandth(tmp_path: Path) -> None:
    vectors = unit_vectors(ROWS, DIMENSIONS)
    vectors[0] *= 1.0005
    vectors[1] *= 1.01
    vectors[2] = 0

    assert wrong(checked(tmp_path, vectors)) == {Check.NORMS: 2}


def test_vectors_that_are_all_alike_fail(tmp_path: Path) -> None:
    vectors = np.tile(unit_vectors(1, DIMENSIONS), (ROWS, 1))

    assert wrong(checked(tmp_path, vectors)) == {Check.CONSTANT: ROWS, Check.DUPLICATES: ROWS - 1}


def test_equal_vectors_are_counted_but_only_a_warning(tmp_path: Path) -> None:
    vectors = unit_vectors(ROWS, DIMENSIONS)
    vectors[50] = vectors[51] = vectors[3]
    vectors[400] = vectors[399]

    report = checked(tmp_path, vectors)

    assert wrong(report) == {Check.DUPLICATES: 3}
    assert report.passed


def test_vectors_that_agree_in_most_places_are_not_equal(tmp_path: Path) -> None:
    vectors = np.zeros((ROWS, DIMENSIONS), np.float32)
    vectors[:, 0] = 1
    vectors[:, 3] = np.linspace(0, 1e-3, ROWS)  # a place that the quick look does not see

    assert wrong(checked(tmp_path, vectors)) == {}


def test_a_shard_that_changed_after_it_was_written_is_found(tmp_path: Path) -> None:
    shards = make_shards(tmp_path, unit_vectors(ROWS, DIMENSIONS))
    write(tmp_path, shards, ids(ROWS), Manifest())
    flipped = bytearray(shards[2][1].read_bytes())
    flipped[-400] ^= 1
    shards[2][1].write_bytes(flipped)
    shards[4][1].unlink()

    assert wrong(check(tmp_path, ids(ROWS), shards)) == {Check.HASHES: 2}
    assert wrong(check_folder(tmp_path)) == {Check.HASHES: 2}


def test_one_changed_bit_in_the_file_is_found(tmp_path: Path) -> None:
    result = make_result(tmp_path, unit_vectors(ROWS, DIMENSIONS))
    path = tmp_path / VECTORS_FILE
    flipped = bytearray(path.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    path.write_bytes(flipped)

    assert Check.HASHES in wrong(check_folder(open_result(result.folder)))


def test_a_folder_can_be_checked_by_itself(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(ROWS, DIMENSIONS))

    assert wrong(check_folder(tmp_path)) == {}


def test_an_index_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    make_result(tmp_path / "result", unit_vectors(ROWS, DIMENSIONS))
    index = tmp_path / "result" / "shards" / "index.jsonl"
    index.write_bytes(
        index.read_bytes().replace(b"shards/shard_000000.npz", b"../../../../etc/hostname") + b"garbage\n"
    )

    assert wrong(check_folder(tmp_path / "result")) == {Check.HASHES: 1}


def test_one_vector_is_not_called_constant(tmp_path: Path) -> None:
    assert wrong(checked(tmp_path, unit_vectors(1, DIMENSIONS))) == {}


def test_a_folder_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ResultUnreadable):
        check_folder(tmp_path)
