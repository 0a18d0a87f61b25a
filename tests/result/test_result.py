"""A result folder is whole or not there, opens at once, and says plainly when it is damaged."""

from __future__ import annotations

import json
import os
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gui.core.dataset import DataSpec, Duplicates
from gui.core.errors import LocalDiskFull, LocalFileRefused, ResultUnreadable
from gui.core.result.manifest import Manifest, Receipt, ReceiptLine, read_manifest, read_receipt, write_receipt
from gui.core.result.result import VECTORS_FILE, open_result, write
from gui.core.units import MicroUsd
from tests.result.making import ids, make_result, make_shards, unit_vectors

MANIFEST = Manifest(
    name="2026 문항 은행",
    created_at=datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC),
    app_version="0.1.0",
    model="practice",
    recipe="official",
    made_by={"pooling": "mean", "versions": {"torch": "2.13"}},
    data=DataSpec(("/home/somebody/items.json",), ("/home/somebody/pictures.zip",), "{question}", Duplicates.FIRST),
    input_sha256=(("/home/somebody/items.json", "ab12"),),
)


def test_what_was_written_is_what_opens(tmp_path: Path) -> None:
    vectors = unit_vectors(5000, 64)
    has_image = np.arange(5000) % 3 == 0
    item_ids = ids(5000)

    write(tmp_path, make_shards(tmp_path, vectors, has_image=has_image), item_ids, MANIFEST)
    result = open_result(tmp_path)

    assert list(result.item_ids) == item_ids
    assert np.array_equal(result.embeddings, vectors)
    assert np.array_equal(result.has_image, has_image)
    assert result.row_of("문항-04321") == 4321
    assert result.manifest.data == MANIFEST.data
    assert (result.manifest.items, result.manifest.vectors, result.manifest.skipped) == (5000, 5000, 0)
    assert (result.manifest.with_image, result.manifest.dimensions) == (1667, 64)


def test_vectors_are_mapped_from_the_disk_and_cannot_be_changed(tmp_path: Path) -> None:
    result = make_result(tmp_path, unit_vectors(300, 48))

    assert isinstance(result.embeddings, np.memmap)
    assert result.embeddings.flags.aligned
    assert result.embeddings.ctypes.data % 64 == 0
    assert not result.embeddings.flags.writeable


def test_the_file_is_a_plain_npz_that_numpy_reads_without_pickles(tmp_path: Path) -> None:
    vectors = unit_vectors(250, 16)
    write(tmp_path, make_shards(tmp_path, vectors), ids(250), MANIFEST)

    with np.load(tmp_path / VECTORS_FILE, allow_pickle=False) as plain:
        assert set(plain.files) == {"item_ids", "embeddings", "has_image", "metadata"}
        assert np.array_equal(plain["embeddings"], vectors)
        assert plain["item_ids"].tolist() == ids(250)
        metadata = json.loads(str(plain["metadata"]))
    with zipfile.ZipFile(tmp_path / VECTORS_FILE) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert metadata["model"] == "practice"
    assert "somebody" not in json.dumps(metadata), "the file may be passed on: it does not tell this computer's folders"


def test_skipped_rows_have_no_vector_and_keep_the_order_of_the_others(tmp_path: Path) -> None:
    vectors = unit_vectors(120, 8)

    write(tmp_path, make_shards(tmp_path, vectors, shard_rows=50, skipped=[0, 49, 50, 119]), ids(120), MANIFEST)
    result = open_result(tmp_path)

    kept = [row for row in range(120) if row not in (0, 49, 50, 119)]
    assert list(result.item_ids) == [ids(120)[row] for row in kept]
    assert np.array_equal(result.embeddings, vectors[kept])
    assert result.manifest.skipped == 4


def test_shards_are_joined_in_order_however_they_are_handed_over(tmp_path: Path) -> None:
    vectors = unit_vectors(400, 8)
    shards = make_shards(tmp_path, vectors)

    write(tmp_path, list(reversed(shards)), ids(400), MANIFEST)

    assert np.array_equal(open_result(tmp_path).embeddings, vectors)


def test_a_run_that_skipped_everything_still_has_a_result(tmp_path: Path) -> None:
    write(tmp_path, make_shards(tmp_path, unit_vectors(3, 8), skipped=[0, 1, 2]), ids(3), MANIFEST)

    result = open_result(tmp_path)

    assert len(result) == 0
    assert result.dimensions == 8
    assert result.manifest.skipped == 3


def test_writing_again_replaces_the_result(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(30, 8, seed=1))
    later = unit_vectors(60, 8, seed=2)

    result = make_result(tmp_path, later)

    assert np.array_equal(result.embeddings, later)


def test_a_file_that_lost_its_folder_still_says_how_it_was_made(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(30, 8), manifest=MANIFEST)
    (tmp_path / "manifest.json").unlink()

    assert open_result(tmp_path).manifest.name == "2026 문항 은행"


def test_a_manifest_of_garbage_does_not_hide_the_vectors(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(30, 8), manifest=MANIFEST)
    (tmp_path / "manifest.json").write_bytes(b"\xff{not json")

    assert open_result(tmp_path).manifest.model == "practice"


def test_a_receipt_comes_back_as_it_was_and_keeps_money_in_whole_numbers(tmp_path: Path) -> None:
    line = ReceiptLine("embed", 600.0, 612.5, MicroUsd(23_334), MicroUsd(23_820))
    receipt = Receipt(
        lines=(line,), estimate_micro_usd=MicroUsd(40_000), actual_micro_usd=MicroUsd(41_001), pretend=True
    )

    write_receipt(tmp_path, receipt)

    assert read_receipt(tmp_path) == receipt
    kept = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert kept["currency"] == "USD"
    assert kept["lines"][0]["actual_micro_usd"] == 23_820


# --- a full disk ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_leaves_the_old_result_and_no_half_file(tmp_path: Path) -> None:
    vectors = unit_vectors(200, 64)
    make_result(tmp_path, vectors)
    (tmp_path / (VECTORS_FILE + ".part")).symlink_to("/dev/full")

    with pytest.raises(LocalDiskFull) as full:
        write(tmp_path, make_shards(tmp_path, unit_vectors(400, 64)), ids(400), MANIFEST)

    assert full.value.needed_bytes >= 400 * 64 * 4
    assert not list(tmp_path.glob("*.part"))
    assert np.array_equal(open_result(tmp_path).embeddings, vectors)


def test_another_trouble_of_the_disk_is_not_called_full(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")

    with pytest.raises(LocalFileRefused):
        write_receipt(tmp_path / "folder", Receipt())


# --- shards that are not what they say --------------------------------------------------------------------------------


def _refused(tmp_path: Path, spoil: str) -> str:
    shards = make_shards(tmp_path, unit_vectors(300, 16))
    entry, path = shards[1]
    rows, vectors, pictures = np.arange(100, 200), unit_vectors(100, 16), np.zeros(100, np.bool_)
    match spoil:
        case "cut":
            path.write_bytes(path.read_bytes()[:2000])
        case "garbage":
            path.write_bytes(os.urandom(5000))
        case "gone":
            path.unlink()
        case "shorter":
            np.savez(path, rows=rows[:90], vectors=vectors[:90], has_image=pictures[:90])
        case "narrower":
            np.savez(path, rows=rows, vectors=vectors[:, :8], has_image=pictures)
            shards[1] = (replace(entry, dimensions=8), path)
        case "doubles":
            np.savez(path, rows=rows, vectors=vectors.astype(np.float64), has_image=pictures)
        case "rows-beyond":
            np.savez(path, rows=rows + 900, vectors=vectors, has_image=pictures)
        case "no-rows":
            np.savez(path, vectors=vectors, has_image=pictures)
        case "objects":
            np.savez(path, rows=rows.astype(object), vectors=vectors, has_image=pictures)
    with pytest.raises(ResultUnreadable) as refused:
        write(tmp_path, shards, ids(300), MANIFEST)
    assert refused.value.path == str(path)
    assert not (tmp_path / VECTORS_FILE).exists()
    assert not list(tmp_path.glob("*.part"))
    return refused.value.reason


@pytest.mark.parametrize(
    "spoil", ["cut", "garbage", "shorter", "narrower", "doubles", "rows-beyond", "no-rows", "objects"]
)
def test_a_shard_that_is_not_what_its_entry_says_stops_the_writing(tmp_path: Path, spoil: str) -> None:
    assert _refused(tmp_path, spoil) == "damaged"


def test_a_shard_that_is_gone_is_missing(tmp_path: Path) -> None:
    assert _refused(tmp_path, "gone") == "missing"


# --- folders that are no result ---------------------------------------------------------------------------------------


def _why_not(folder: Path) -> str:
    with pytest.raises(ResultUnreadable) as unreadable:
        open_result(folder)
    return unreadable.value.reason


def test_a_folder_that_is_gone_is_missing_and_an_empty_one_is_not_a_result(tmp_path: Path) -> None:
    assert _why_not(tmp_path / "nowhere") == "missing"
    assert _why_not(tmp_path) == "not-a-result"


def test_a_file_cut_anywhere_is_damaged(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(200, 16))
    path = tmp_path / VECTORS_FILE
    whole = path.read_bytes()

    for keep in (0, 1, 100, 5000, len(whole) // 2, len(whole) - 200, len(whole) - 1):
        path.write_bytes(whole[:keep])
        assert _why_not(tmp_path) == "damaged", keep


def test_garbage_anywhere_in_the_file_never_ends_in_a_bug(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(40, 4))
    path = tmp_path / VECTORS_FILE
    whole = path.read_bytes()
    draw = np.random.default_rng(7)

    for _ in range(600):
        spoiled = bytearray(whole)
        at = int(draw.integers(0, len(whole)))
        spoiled[at : at + 8] = draw.bytes(8)
        path.write_bytes(spoiled[: len(whole)])
        with suppress(ResultUnreadable):
            result = open_result(tmp_path)
            assert result.embeddings.shape == (len(result.item_ids), result.dimensions)


@pytest.mark.parametrize(
    "arrays",
    [
        {"item_ids": np.array(["a", "b"]), "embeddings": np.ones((3, 4), np.float32)},
        {"item_ids": np.array(["a", "b"]), "embeddings": np.ones((2, 4, 1), np.float32)},
        {"item_ids": np.array(["a", "b"]), "embeddings": np.ones((2, 4), np.int32)},
        {"item_ids": np.array(["a", "b"], object), "embeddings": np.ones((2, 4), np.float32)},
        {"item_ids": np.array(["a", "b"]), "embeddings": np.ones((2, 4), object)},
        {"item_ids": np.array(["a"]), "embeddings": np.ones((1, 4), np.float32), "has_image": np.ones(2, np.bool_)},
        {"item_ids": np.array(["a"])},
    ],
    ids=["lengths", "shape", "numbers", "object ids", "object vectors", "pictures", "no vectors"],
)
def test_arrays_that_do_not_fit_together_are_damaged(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(tmp_path / VECTORS_FILE, **arrays)

    assert _why_not(tmp_path) == "damaged"


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.abort, ())


def test_a_pickle_inside_a_foreign_file_is_never_run(tmp_path: Path) -> None:
    vectors = unit_vectors(5, 8)
    bomb = np.array([_Bomb()], dtype=object)
    np.savez(tmp_path / VECTORS_FILE, item_ids=np.array(list("abcde")), embeddings=vectors, metadata=bomb)

    result = open_result(tmp_path)

    assert np.array_equal(result.embeddings, vectors)
    assert result.manifest == Manifest()


def test_foreign_files_open_too_compressed_half_precision_or_column_by_column(tmp_path: Path) -> None:
    vectors = unit_vectors(50, 8)
    for save, kept in (
        (np.savez_compressed, vectors),
        (np.savez, vectors.astype(np.float16)),
        (np.savez, np.asfortranarray(vectors)),
    ):
        save(tmp_path / VECTORS_FILE, item_ids=np.array(ids(50)), embeddings=kept)

        result = open_result(tmp_path)

        assert result.embeddings.dtype == np.float32
        assert np.allclose(result.embeddings, vectors, atol=1e-3)
        assert not result.has_image.any()


def test_a_header_that_promises_more_than_the_file_holds_is_damaged(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(20, 4))
    path = tmp_path / VECTORS_FILE
    whole = path.read_bytes()
    assert whole.count(b"(20, 4)") == 1

    path.write_bytes(whole.replace(b"(20, 4), ", b"(2**60,4)"[:9]))

    assert _why_not(tmp_path) == "damaged"


def test_reading_a_manifest_of_a_newer_version_ignores_what_it_does_not_know(tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(20, 4), manifest=MANIFEST)
    path = tmp_path / "manifest.json"
    newer = json.loads(path.read_text(encoding="utf-8")) | {"added_later": [1, 2]}
    path.write_text(json.dumps(newer), encoding="utf-8")

    manifest = read_manifest(tmp_path)

    assert manifest is not None
    assert manifest.created_at == MANIFEST.created_at
