"""What comes home is whole, of one run and of one model; a machine's word is not taken for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from gui.core.errors import LocalFileRefused, ModelChanged, ResultUnreadable, WorkerFailed
from gui.core.result.verify import check_folder
from gui.core.run import events as e
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, Snapshot
from remote_worker.protocol import ShardEntry, to_line
from tests.fakes import Stage, cut
from tests.run.carrying import END_S, assert_whole, carried_out, scripted, wait_for, wait_until


def scripts(stage: Stage, *launches: dict[str, object]) -> Callable[[str], None]:
    """What the worker is to do at its first launch, its second, ..."""
    left = list(launches)

    def fault(verb: str) -> None:
        Stage.fault(stage, verb)
        if verb == "launch":
            path = max((stage.home / "machines").iterdir()) / "job" / "script.json"
            path.write_text(json.dumps(left.pop(0) if left else {}))

    return fault


def twice(stage: Stage) -> tuple[Snapshot, Snapshot]:
    """Carried out until it ends, continued until it ends again."""
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    first = runs.wait(run_id, END_S)
    runs.go_on(run_id)
    second = runs.wait(run_id, END_S)
    runs.close()
    assert not stage.cloud.listed
    return first, second


def test_a_model_that_moved_on_between_two_machines_is_asked_for_as_it_was(stage: Stage) -> None:
    stage.fault = scripts(  # type: ignore[method-assign]
        stage, {"fail_at": 2, "failure": "bug", "revision": "one"}, {"revision": "two"}
    )
    first, second = twice(stage)
    assert first.shards_home == {0, 1}
    assert second.complete, second.error
    assert second.model_loaded is not None
    assert second.model_loaded.revision == "one"
    assert_whole(stage)


def test_vectors_of_two_revisions_of_a_model_are_never_mixed(stage: Stage) -> None:
    stage.fault = scripts(  # type: ignore[method-assign]
        stage, {"fail_at": 2, "failure": "bug", "revision": "one"}, {"force_revision": "two"}
    )
    first, second = twice(stage)
    assert isinstance(second.error, ModelChanged)
    assert second.shards_home == first.shards_home
    assert not (stage.result / "vectors.npz").exists()


def test_shards_that_another_run_left_in_the_folder_are_not_taken_for_ones_own(stage: Stage) -> None:
    stage.fault = scripts(stage, {"fail_at": 2, "failure": "bug"}, {"fail_at": 3, "failure": "bug"})  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    assert runs.wait(run_id, END_S).shards_home == {0, 1}
    items = (stage.home / "items.json").read_text()
    (stage.home / "items.json").write_text(items.replace("What is", "What was"))
    other = runs.start(replace(stage.plan(), name="Another"))
    assert runs.wait(other, END_S).shards_home == {0, 1, 2}
    (stage.home / "items.json").write_text(items)
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert_whole(stage)


def test_what_lay_in_the_folder_before_is_not_counted_as_part_of_the_result(stage: Stage) -> None:
    (stage.result / "shards").mkdir(parents=True)
    stranger = ShardEntry(shard=99, file="shards/shard-000099.npz", rows=5, dimensions=8, size_bytes=4, sha256="ab")
    (stage.result / "shards" / "index.jsonl").write_bytes(to_line(stranger) + b"nonsense\n")
    assert carried_out(stage).complete
    assert check_folder(stage.result).passed


@pytest.mark.parametrize(
    "line",
    [
        "nonsense", "null", "[]", "{}", '{"kind": 3}', '{"kind": "progress", "rows_done": "many"}',
        '{"kind": "sample", "utilisation": "much", "vram_used_bytes": null}', '{"kind": "loaded", "recipe": 3}',
        '{"kind": "shard", "shard": 5}', '{"kind": "shard", "shard": {"shard": "0", "file": 1}}',
        '{"kind": "progress", "rows_per_s": NaN}', '{"kind": "failed", "failure": {}}',
        '{"kind": "loading", "at": "soon"}',
    ],
)  # fmt: skip
def test_what_a_worker_must_not_say_is_not_heard(stage: Stage, line: str) -> None:
    stage.items = 7
    stage.fault = scripted(stage, say=[line])  # type: ignore[method-assign]
    end = carried_out(stage)
    assert end.complete, end.error


def test_a_worker_that_says_done_and_is_not_is_told_once_and_not_asked_for_ever(stage: Stage) -> None:
    stage.fault = scripts(stage, {"leave_out": 2})  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    first = wait_for(runs, run_id, Phase.ASKING)
    runs.go_on(run_id)
    second = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(first.error, WorkerFailed)
    assert first.shards_home == {0, 1, 3, 4}
    assert second.complete
    assert_whole(stage)


def test_a_shard_that_came_as_rubbish_is_made_again_when_the_run_goes_on(stage: Stage) -> None:
    stage.fault = scripts(stage, {"rubbish": 1})  # type: ignore[method-assign]
    first, second = twice(stage)
    assert isinstance(first.error, ResultUnreadable)
    assert second.complete, second.error
    assert_whole(stage)


def test_a_shard_lost_when_nothing_is_rented_any_more_is_made_again_at_the_first_word(stage: Stage) -> None:
    (stage.result / "vectors.npz").mkdir(parents=True)  # what was checked cannot be written there
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    assert isinstance(end.error, LocalFileRefused)
    assert not end.missing_shards
    (stage.result / "vectors.npz").rmdir()
    (stage.result / "shards" / "shard-000001.npz").write_bytes(b"damaged")
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED, end.error
    assert_whole(stage)
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


def test_items_that_were_left_out_are_counted_once_however_often_their_shard_comes(stage: Stage) -> None:
    stage.fault = scripts(stage, {"skip": True, "fail_at": 3, "failure": "bug"}, {"skip": True})  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    assert runs.wait(run_id, END_S).skipped == 3
    (stage.result / "shards" / "shard-000001.npz").unlink()
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.skipped == end.shards_total


# --- progress ---


def test_bytes_that_went_over_are_counted_once(stage: Stage) -> None:
    seen: list[tuple[int, int]] = []
    stage.machine_faults["put"] = [cut("put")]
    runs = Runs(stage.world())
    runs.subscribe(lambda snapshot: seen.append((snapshot.upload_bytes, snapshot.upload_total_bytes)))
    end = runs.wait(runs.start(stage.plan()), END_S)
    runs.close()
    assert end.complete
    assert all(sent <= whole for sent, whole in seen)
    assert any(0 < sent == whole for sent, whole in seen)


def test_what_the_worker_said_is_heard_once_whatever_is_cut(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.1)  # type: ignore[method-assign]
    stage.machine_faults["get"] = [cut("get"), cut("get")]
    runs = Runs(stage.world())
    end = runs.wait(runs.start(stage.plan()), END_S)
    runs.close()
    assert 0 < len(end.rates) <= end.shards_total, "one for each shard was said"
    assert sum(isinstance(one.event, e.Launched) for one in end.log) == 1


def test_charts_are_drawn_again_by_the_machines_own_times_after_the_program_was_closed(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.3)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: len(snapshot.rates) >= 3)
    runs.close()
    again = Runs(stage.world())
    assert again.snapshot(run_id).rows_done > 0
    again.reattach()
    end = again.wait(run_id, END_S)
    again.close()
    times = [one.at for one in end.rates]
    assert len(times) == end.shards_total
    assert len(set(times)) == len(times)
    assert times == sorted(times)


def test_what_the_worker_wants_known_is_written_down_once_and_what_makes_no_sense_never(stage: Stage) -> None:
    at = "2026-11-23T05:00:00.000+00:00"
    said = [
        {"kind": "notice", "notice": "disk-full", "detail": "x" * 1000, "at": at},
        {"kind": "notice", "notice": "of-a-newer-worker", "at": "2026-11-23T06:00:00+00:00"},
        {"kind": "notice", "notice": "disk-has-room", "at": "yesterday"},
    ]
    stage.fault = scripted(stage, say=[json.dumps(one) for one in said])  # type: ignore[method-assign]
    end = carried_out(stage)  # its lines come again with every shard
    assert end.complete
    noticed = [one.event for one in end.log if isinstance(one.event, e.WorkerNoticed)]
    assert [(one.notice, len(one.detail)) for one in noticed] == [("disk-full", 300)]
    assert_whole(stage)
