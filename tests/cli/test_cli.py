"""What the command line says and with which code it ends; runs on a stage, without a model."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from gui.cli import main
from gui.core.errors import CloudUnreachable, LocalDiskFull, TransferCorrupt
from gui.core.plan import AtTheEnd, Budget, to_toml
from gui.core.run import events as e
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, Snapshot
from gui.core.units import micro_usd
from tests.fakes import Stage
from tests.result.series_making import make_series
from tests.run.carrying import END_S, assert_whole, scripted, wait_for, wait_until

DONE, INCOMPLETE, UNUSABLE, BILLED, INTERRUPTED = 0, 1, 2, 3, 130


class Person(io.StringIO):
    """Sits at a terminal, with these answers."""

    def isatty(self) -> bool:
        return True


@dataclass
class Command:
    """``embark`` on a stage."""

    stage: Stage
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    out: str = field(default="", init=False)
    err: str = field(default="", init=False)

    def __call__(self, *words: str, answers: str | None = None) -> int:
        self.monkeypatch.setattr(sys, "stdin", io.StringIO() if answers is None else Person(answers))
        code = main(words, lambda paths, look: self.stage.world())
        self.out, self.err = self.capsys.readouterr()
        assert "Traceback" not in self.err
        return code

    def plan(self, limit_usd: float = 5.0) -> str:
        path = self.stage.home / "plan.toml"
        plan = replace(self.stage.plan(), budget=Budget(limit=micro_usd(limit_usd)))
        path.write_text(to_toml(plan), encoding="utf-8")
        return str(path)

    def runs(self) -> list[Snapshot]:
        runs = Runs(self.stage.world())
        try:
            return list(runs.all())
        finally:
            runs.close()


@pytest.fixture
def embark(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("EMBARK_HOME", str(tmp_path / "home"))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what was started in the background ignores Ctrl-C
    return Command(Stage(tmp_path / "stage", items=7, at_the_end=AtTheEnd.ASK), capsys, monkeypatch)


@pytest.fixture
def seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nine hours ahead of UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("only the whole system's time zone counts here")
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        yield
    time.tzset()


def interrupt_at(stage: Stage, verb: str) -> None:
    """Ctrl-C when the machine is asked for this verb for the first time."""
    said = False

    def fault(one: str) -> None:
        nonlocal said
        if one == verb and not said:
            said = True
            os.kill(os.getpid(), signal.SIGINT)

    stage.fault = fault  # type: ignore[method-assign]


# --- a run ---


def test_a_run_says_where_its_result_is_and_nothing_else_to_a_program(embark: Command) -> None:
    assert embark("run", embark.plan(), "--yes") == DONE
    assert embark.out == f"{embark.stage.result}\n"
    assert_whole(embark.stage)
    assert embark("run", embark.plan(), "--json") == DONE
    said = json.loads(embark.out)
    assert said["phase"] == "finished"
    assert not said["billed"]
    assert len(embark.stage.cloud.rented) == 1, "it was done already"


def test_a_result_is_checked_line_by_line_and_is_no_time_series(embark: Command, tmp_path: Path) -> None:
    assert embark("run", embark.plan(), "--yes") == DONE
    assert embark("check", str(embark.stage.result)) == DONE
    for line in ("ok     Number of vectors: 7 of 7", "ok     Each id once: all", "ok     Not a number, infinite: 0"):
        assert line in embark.out.splitlines()
    assert embark("export", str(embark.stage.result), str(tmp_path / "exported")) == UNUSABLE
    assert "the result of items, which is no time series" in embark.err


def test_a_run_whose_limit_is_spent_goes_on_when_the_plan_has_a_higher_one(embark: Command) -> None:
    def fault(verb: str) -> None:
        if verb == "read" and not embark.stage.clock_s:
            embark.stage.clock_s += 24 * 3600.0  # at $0.41 an hour

    embark.stage.fault = fault  # type: ignore[method-assign]
    assert embark("run", embark.plan(), "--yes") != DONE
    assert embark("run", embark.plan(), "--yes") == UNUSABLE
    assert "Its limit of $5.00 is spent. Raise limit_usd in the plan to go on." in embark.err
    assert embark("run", embark.plan(limit_usd=20.0), "--yes") == DONE
    assert_whole(embark.stage)
    assert len(embark.runs()) == 1


def test_at_the_limit_a_machine_with_unfetched_pieces_is_asked_about_again(embark: Command) -> None:
    def fault(verb: str) -> None:
        if verb == "get":  # so there is one already that could be brought home
            embark.stage.clock_s = 24 * 3600.0
            raise TransferCorrupt(name="shard")

    embark.stage.fault = fault  # type: ignore[method-assign]
    assert embark("run", embark.plan(), answers="y\nno\n") == BILLED
    assert embark.stage.cloud.listed
    embark("run", embark.plan(), "--yes")
    assert not embark.stage.cloud.listed, "it is billed as long as nobody can answer"


def test_runs_are_listed_with_the_time_of_this_place(embark: Command, seoul: None) -> None:
    assert embark("run", embark.plan(), "--yes") == DONE
    (run,) = embark.runs()
    assert run.created_at is not None
    assert embark("runs") == DONE
    assert f"{run.created_at + timedelta(hours=9):%Y-%m-%d %H:%M}" in embark.out


def test_a_result_that_is_gone_is_not_called_done_nor_made_again_unasked(embark: Command) -> None:
    assert embark("run", embark.plan(), "--yes") == DONE
    embark.stage.result.rename(embark.stage.home / "elsewhere")
    assert embark("run", embark.plan(), "--yes") == INCOMPLETE
    assert "--new" in embark.err
    assert len(embark.stage.cloud.rented) == 1
    assert embark("run", embark.plan(), "--yes", "--new") == DONE
    assert_whole(embark.stage)


def test_a_folder_that_holds_a_result_is_refused_before_anything_costs(embark: Command) -> None:
    embark.stage.result.mkdir()
    (embark.stage.result / "vectors.npz").write_bytes(b"of somebody")
    assert embark("run", embark.plan(), "--yes") == UNUSABLE
    assert str(embark.stage.result) in embark.err
    assert not embark.stage.cloud.rented


def test_nobody_to_answer_means_no(embark: Command) -> None:
    assert embark("run", embark.plan()) == UNUSABLE
    assert "--yes" in embark.err
    assert not embark.stage.cloud.rented


@pytest.mark.parametrize("answer", ["\n", "", "n\n", "whatever\n"])
def test_a_machine_is_destroyed_at_a_clear_yes_only_and_asked_about_again(embark: Command, answer: str) -> None:
    assert embark("run", embark.plan(), answers=f"y\n{answer}") == BILLED
    assert embark.stage.cloud.listed
    assert "[y/N]" in embark.err
    assert embark("runs") == DONE
    assert "kept" in embark.out
    assert embark("run", embark.plan(), answers="y\ny\n") == DONE
    assert not embark.stage.cloud.listed


def test_a_kept_machine_is_destroyed_by_yes(embark: Command) -> None:
    assert embark("run", embark.plan(), answers="y\nn\n") == BILLED
    assert embark("run", embark.plan(), "--yes") == DONE
    assert not embark.stage.cloud.listed


def test_what_goes_with_the_machine_is_said(embark: Command) -> None:
    stage = embark.stage

    def fault(verb: str) -> None:
        if verb == "get":
            raise LocalDiskFull(path="here")

    stage.fault = fault  # type: ignore[method-assign]
    assert embark("run", embark.plan(), answers="y\nn\n") == BILLED
    assert "would be lost" in embark.err
    assert embark("run", embark.plan(), "--yes") == INCOMPLETE
    assert "could not be brought home" in embark.err
    assert not stage.cloud.listed


@pytest.mark.parametrize("verb", ["probe", "put", "launch", "read", "get"])
def test_ctrl_c_leaves_the_machine_at_work_and_the_same_command_goes_on(embark: Command, verb: str) -> None:
    interrupt_at(embark.stage, verb)
    assert embark("run", embark.plan(), "--yes") == INTERRUPTED
    assert "is billed" in embark.err
    assert embark.stage.cloud.listed
    assert embark("run", embark.plan(), "--yes") == DONE
    assert_whole(embark.stage)
    assert len(embark.stage.cloud.rented) == 1
    assert not embark.stage.cloud.listed


def test_new_ends_the_earlier_run_but_only_when_it_may(embark: Command) -> None:
    interrupt_at(embark.stage, "launch")
    assert embark("run", embark.plan(), "--yes") == INTERRUPTED
    assert embark("run", embark.plan(), "--new", answers="\n") == UNUSABLE
    assert "is ended first" in embark.err
    assert [one.ended for one in embark.runs()] == [False]
    assert embark.stage.cloud.listed
    assert embark("run", embark.plan(), "--new", "--yes") == DONE
    assert [one.phase for one in embark.runs()] == [Phase.FINISHED, Phase.INCOMPLETE]
    assert not embark.stage.cloud.listed
    assert len(embark.stage.cloud.rented) == 2


def test_new_destroys_no_kept_machine_for_a_run_that_cannot_begin(embark: Command) -> None:
    assert embark("run", embark.plan(), answers="y\nn\n") == BILLED
    assert embark("run", embark.plan(), "--new", "--yes") == UNUSABLE, "the folder holds a result"
    assert embark.stage.cloud.listed


def test_a_run_that_another_program_carries_out_is_left_alone(embark: Command) -> None:
    embark.stage.fault = scripted(embark.stage, pause_s=0.2)  # type: ignore[method-assign]
    other = Runs(embark.stage.world())
    run_id = other.start(embark.stage.plan())
    wait_until(other, run_id, lambda snapshot: bool(snapshot.shards_home))
    plan = embark.plan()
    assert embark("run", plan, "--yes") == UNUSABLE
    assert "Another Embark" in embark.err
    assert embark("run", plan, "--new", "--yes") == UNUSABLE
    asking = wait_for(other, run_id, Phase.ASKING)
    assert not any(isinstance(one.event, e.Command) for one in asking.log)
    other.destroy(run_id)
    assert other.wait(run_id, END_S).phase is Phase.FINISHED
    other.close()


def test_a_cloud_that_does_not_answer_is_worth_another_try(embark: Command) -> None:
    embark.stage.cloud.faults["offers"] = [CloudUnreachable(cloud="practice")]
    assert embark("run", embark.plan(), "--yes") == INCOMPLETE
    assert not embark.stage.cloud.rented


# --- bill ---


def test_a_bill_that_cannot_be_had_is_unknown_and_never_nothing(embark: Command) -> None:
    embark.stage.cloud.faults["instances"] = [CloudUnreachable(cloud="practice")] * 2
    assert embark("bill") == BILLED
    assert "Nothing" not in embark.out
    assert embark("bill", "--json") == BILLED
    assert json.loads(embark.out) == {"instances": [], "unknown": ["practice"]}
    assert embark("bill") == DONE
    assert embark.out == "Nothing is being billed.\n"


def test_a_bill_names_machine_rate_and_run(embark: Command) -> None:
    assert embark("run", embark.plan(), answers="y\nn\n") == BILLED
    (run,) = embark.runs()
    assert embark("bill") == DONE
    assert "RTX 4090" in embark.out
    assert "$0.41 an hour" in embark.out
    assert run.run_id in embark.out


# --- words that cannot be used ---


@pytest.mark.parametrize(
    "words",
    [
        ("run", "gone.toml"), ("run", "."), ("run", "items.json"), ("check", "gone"), ("check", "."),
        ("neighbours", "gone", "x"), ("neighbours", ".", "-1"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_a_sentence(embark: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    embark.monkeypatch.chdir(tmp_path)
    (tmp_path / "items.json").write_text("[]")
    assert embark(*words) == UNUSABLE
    assert embark.out == ""
    said = embark.err.strip()
    assert said.endswith(".")
    assert "\n" not in said
    assert words[1] in said or "plan file" in said


@pytest.mark.parametrize("words", [(), ("nonsense",), ("run",), ("neighbours", ".", "x", "-k", "0")])
def test_what_is_no_command_is_refused(embark: Command, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as refused:
        embark(*words)
    assert refused.value.code == UNUSABLE


# --- as a program ---


def program(*words: str, home: Path, **environment: str) -> subprocess.Popen[str]:
    known = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    known.pop("QT_QPA_PLATFORM", None)
    return subprocess.Popen(
        [sys.executable, "-m", "gui", *words], env={**known, "EMBARK_HOME": str(home), **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["runs", "bill"])
def test_a_home_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path, verb: str) -> None:
    (tmp_path / "file").write_text("in the way")
    process = program(verb, home=tmp_path / "file" / "home")
    out, err = process.communicate(timeout=END_S)
    assert (process.returncode, out) == (UNUSABLE, "")
    assert "Traceback" not in err
    assert "does not let Embark use" in err


def test_a_pipe_that_is_closed_ends_nothing_and_says_nothing(tmp_path: Path) -> None:
    process = program("runs", "--json", home=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(END_S) == DONE


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_the_window_without_a_display_says_what_to_do_instead(tmp_path: Path) -> None:
    process = program(home=tmp_path)
    out, err = process.communicate(timeout=END_S)
    assert (process.returncode, out) == (UNUSABLE, "")
    assert "--help" in err


@pytest.mark.parametrize("verb", ["runs", "bill", "run"])
def test_a_home_that_may_not_be_written_is_said(embark: Command, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    plan = embark.plan()
    (embark.stage.home / "file").write_text("in the way")
    monkeypatch.setattr(embark.stage, "state", embark.stage.home / "file" / "state")
    assert embark(verb, *([plan, "--yes"] if verb == "run" else [])) == UNUSABLE
    assert str(embark.stage.home / "file") in embark.err
    assert not embark.stage.cloud.rented


def test_the_result_of_a_time_series_is_checked_and_exported(embark: Command, tmp_path: Path) -> None:
    folder = make_series(tmp_path / "series", tmp_path)
    assert embark("check", str(folder)) == DONE
    assert embark("export", str(folder), str(tmp_path / "out"), "--seed", "3", "--json") == DONE
    told = json.loads(embark.out)
    assert told["seed"] == 3
    assert told["files"] == len(list((tmp_path / "out").rglob("*.h5")))
    assert embark("export", str(folder), str(tmp_path / "out"), "--seed", "4") == UNUSABLE
    assert "something else" in embark.err
    assert embark("neighbours", str(folder), "x") == UNUSABLE
    assert "time series" in embark.err
    assert embark("export", str(tmp_path), str(tmp_path / "other")) == UNUSABLE
