"""The command line: the same core without a window.

Exit codes: 0 done; 1 it did not come to its end and can be continued, or a check failed; 2 the command or the plan
cannot be used, or another Embark is at it; 3 something is, or may still be, billed; 130 interrupted (the machine works
on). What is for a program goes to stdout, everything else to stderr; that nobody reads it ends no run.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

import gui
from gui.core import log
from gui.core.cloud.clouds import Clouds
from gui.core.cloud.vast import hold_key_of_environment
from gui.core.credentials import Credentials
from gui.core.dataset import read as read_dataset
from gui.core.errors import EmbarkError
from gui.core.machine.keys import KeyStore
from gui.core.paths import Paths
from gui.core.plan import PRACTICE_CLOUD, Plan, choose, estimate, needs, problems, read_plan, to_toml
from gui.core.result.hdf5 import DEFAULT_SEED, export_hdf5
from gui.core.result.result import VECTORS_FILE
from gui.core.result.series import is_series, open_series
from gui.core.run.runs import Bill, Runs
from gui.core.run.state import Heading, Phase, Snapshot
from gui.core.run.world import World
from gui.format import duration, money, number, per_hour
from gui.text import describe_error, describe_trouble, machine_name, sentence
from gui.text.problems import problem_columns

DONE, INCOMPLETE, UNUSABLE, BILLED, INTERRUPTED = 0, 1, 2, 3, 130
BAR_WIDTH = 24
LOOK_EVERY_S = 0.5


def real_world(paths: Paths, look: bool) -> World:
    """``look`` for keys also in the keyring, which may then want to be unlocked."""
    credentials = Credentials()
    hold_key_of_environment(credentials)
    clouds = Clouds(paths, credentials)
    if look:
        clouds.look()
    return World.of(paths, clouds, KeyStore(credentials), problem_columns)


def main(arguments: Sequence[str], world: Callable[[Paths, bool], World] = real_world) -> int:
    """Run one verb; its exit code."""
    for out in (sys.stdout, sys.stderr):  # a console of another code page must not end a run over a character
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")
    asked = _parser().parse_args(arguments, argparse.Namespace(world=world))
    paths = Paths.default()
    log.start(paths)
    try:
        return int(asked.does(asked, paths))
    except EmbarkError as error:
        _say_error(error)
        return INCOMPLETE if error.temporary else UNUSABLE
    except KeyboardInterrupt:
        _say("\nInterrupted.")
        return INTERRUPTED
    finally:
        log.stop()


def _parser() -> argparse.ArgumentParser:
    about = "Embed items and pictures on a rented GPU. Without a verb, the window opens."
    top = argparse.ArgumentParser(prog="embark", description=about)
    top.add_argument("--version", action="version", version=f"Embark {gui.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, does: Callable[[argparse.Namespace, Paths], int], text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text)
        made.add_argument("--json", action="store_true", help="for a program to read")
        made.set_defaults(does=does)
        return made

    run = verb("run", _run, "carry out a plan; an unfinished run of the same plan and result folder goes on")
    run.add_argument("plan", type=Path, metavar="PLAN.toml")
    run.add_argument("--yes", action="store_true", help="go on, and destroy the machine at the end, without asking")
    run.add_argument("--new", action="store_true", help="begin again instead of going on")
    verb("runs", _runs, "list the runs of this computer")
    verb("bill", _bill, "list what is being billed")
    check = verb("check", _check, "check a result folder")
    check.add_argument("folder", type=Path, metavar="RESULT_FOLDER")
    export = verb("export", _export, "write the HDF5 files that TimeKD's training reads, of a time series' result")
    export.add_argument("folder", type=Path, metavar="RESULT_FOLDER")
    export.add_argument("target", type=Path, metavar="NEW_FOLDER")
    export.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"of the cross-attention layer ({DEFAULT_SEED})")
    neighbours = verb("neighbours", _neighbours, "list the nearest neighbours of an item")
    neighbours.add_argument("folder", type=Path, metavar="RESULT_FOLDER")
    neighbours.add_argument("item_id", metavar="ITEM_ID")
    neighbours.add_argument("-k", type=_positive, default=20, help="how many (20)")
    return top


def _positive(text: str) -> int:
    number_ = int(text)
    if number_ < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number_


# --- run --------------------------------------------------------------------------------------------------------------


def _run(asked: argparse.Namespace, paths: Paths) -> int:
    plan = read_plan(asked.plan)
    world = asked.world(paths, plan.machine.cloud != PRACTICE_CLOUD)
    runs = Runs(world)
    try:
        old = _earlier(runs, plan)
        if old is None or asked.new:
            return _begin(asked, runs, world, plan, old)
        if old.phase is Phase.FINISHED:
            return _told_again(old, asked.json)
        raised = plan.budget.limit != old.plan.budget.limit
        if old.ended and old.limit_is_spent and not raised:
            _say(f"Its limit of {money(old.plan.budget.limit)} is spent. Raise limit_usd in the plan to go on.")
            return UNUSABLE
        if not _agreed(asked, f"Go on with the run {old.run_id}?"):
            return UNUSABLE
        runs.go_on(old.run_id, plan.budget.limit if raised else None, plan.machine.disk_gb)
        return _told(_follow(runs, old.run_id, asked.yes), asked.json)
    except KeyboardInterrupt:
        _say_interrupted(_earlier(runs, plan))
        return INTERRUPTED
    finally:
        runs.close()


def _begin(asked: argparse.Namespace, runs: Runs, world: World, plan: Plan, old: Snapshot | None) -> int:
    """``old`` is ended first; but not before it is sure that the new run can begin."""
    cloud = world.clouds.get(plan.machine.cloud)
    data = read_dataset(plan.data)
    offers = tuple(cloud.offers(needs(plan))) if cloud else ()
    wrong = problems(plan, data.report, offers, clouds=tuple(world.clouds))
    for problem in wrong:
        _say(describe_trouble(problem))
    if wrong:
        return UNUSABLE
    offer = choose(plan, offers, data.report)
    if offer is not None:
        expected = estimate(plan, data.report, offer)
        price = f"{money(expected.total)}{' (pretend: nothing is charged)' if expected.pretend else ''}"
        _say(f"{number(data.report.items)} items on {offer.name}: about {duration(expected.total_s)}, about {price}.")
        _say(f"The limit is {money(plan.budget.limit)}.")
    unfinished = old is not None and not old.ended
    if old is not None and unfinished:
        _say(f"The earlier run {old.run_id} has not ended. It is ended first, and its machine destroyed.")
    if not _agreed(asked, "Start?"):
        return UNUSABLE
    if old is not None and unfinished:
        runs.stop(old.run_id)
        runs.destroy(old.run_id)
        _follow(runs, old.run_id, yes=True)
    run_id = runs.start(plan, data)
    return _told(_follow(runs, run_id, asked.yes), asked.json)


def _say_interrupted(snapshot: Snapshot | None) -> None:
    """What goes on, and what it costs, now that nobody watches."""
    if snapshot is None or not snapshot.billed:
        _say("\nInterrupted. Nothing is being billed.")
    elif snapshot.money.pretend:
        _say("\nInterrupted. The practice machine works on; the same command goes on with the run.")
    else:
        _say("\nInterrupted. The machine works on, and is billed; the same command goes on with the run.")


def _earlier(runs: Runs, plan: Plan) -> Snapshot | None:
    """The newest run of the same plan and result folder, whatever limit and disk it had."""
    wanted = _lasting(plan)
    return next((one for one in runs.all() if _lasting(one.plan) == wanted), None)


def _lasting(plan: Plan) -> str:
    usual = Plan()
    machine = dataclasses.replace(plan.machine, disk_gb=usual.machine.disk_gb)
    budget = dataclasses.replace(plan.budget, limit=usual.budget.limit)
    return to_toml(dataclasses.replace(plan, budget=budget, machine=machine))


def _agreed(asked: argparse.Namespace, question: str) -> bool:
    if asked.yes:
        return True
    if not sys.stdin.isatty():
        _say("Nobody is here to answer. Say --yes to go ahead without questions.")
        return False
    return _answered(question)


def _answered(question: str) -> bool:
    """Whether a person says yes; everything else, and nothing, is a no."""
    _write(sys.stderr, f"{question} [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _follow(runs: Runs, run_id: str, yes: bool) -> Snapshot:
    """Watch a run until it has ended or its machine is kept, and ask the person about Destroy."""
    line = _Line(sys.stderr)
    kept = False
    while True:
        snapshot = runs.wait(run_id, LOOK_EVERY_S)
        if snapshot.ended or (kept and snapshot.phase is Phase.KEPT):
            line.end()
            return snapshot
        line.show(snapshot)
        if snapshot.phase in (Phase.ASKING, Phase.KEPT):
            line.end()
            kept = not (_loss_accepted(snapshot) if yes else _asked_to_destroy(snapshot))
            (runs.keep if kept else runs.destroy)(run_id)


def _loss_accepted(snapshot: Snapshot) -> bool:
    if snapshot.unfetched:
        _say(f"{number(snapshot.unfetched)} finished pieces could not be brought home. They go with the machine.")
    return True


def _asked_to_destroy(snapshot: Snapshot) -> bool:
    if snapshot.error is not None:
        _say_error(snapshot.error)
    if snapshot.unfetched:
        _say(f"{number(snapshot.unfetched)} finished pieces are on the machine alone, and would be lost with it.")
    practice = snapshot.money.pretend
    return _answered("Destroy the practice machine?" if practice else f"Destroy the machine {machine_name(snapshot)}?")


class _Line:
    """Progress: one line that is written over in a terminal, a line a change elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last = ""

    def show(self, snapshot: Snapshot) -> None:
        said = sentence(snapshot)
        if snapshot.error is not None and snapshot.heading is Heading.FINISH:  # the journal cannot be written
            said = describe_error(snapshot.error)[0]
        if self._out.isatty():
            done = snapshot.rows_done / snapshot.rows_total if snapshot.rows_total else 0.0
            filled = round(done * BAR_WIDTH)
            count = f"{number(snapshot.rows_done)} of {number(snapshot.rows_total)}"
            bar = f"[{'█' * filled}{'·' * (BAR_WIDTH - filled)}] {count}  {said}"
            _write(self._out, f"\r\x1b[2K{bar[: shutil.get_terminal_size().columns - 1]}")
        elif said != self._last:
            _write(self._out, f"{said}\n")
        self._last = said

    def end(self) -> None:
        if self._out.isatty():
            _write(self._out, "\n")


def _told(snapshot: Snapshot, as_json: bool) -> int:
    if as_json:
        _print_json(_run_record(snapshot))
    else:
        _say(sentence(snapshot))
        if snapshot.error is not None:
            _say_error(snapshot.error)
        if snapshot.complete:
            _print(str(snapshot.plan.result.folder))
    if snapshot.billed:
        return BILLED
    return DONE if snapshot.phase is Phase.FINISHED else INCOMPLETE


def _told_again(snapshot: Snapshot, as_json: bool) -> int:
    """A run that finished some time ago."""
    if os.path.exists(snapshot.plan.result.folder / VECTORS_FILE) or is_series(snapshot.plan.result.folder):
        return _told(snapshot, as_json)
    _say(
        f"This run finished, but its result is no longer in {snapshot.plan.result.folder}. Say --new to make it again."
    )
    return INCOMPLETE


# --- runs, bill -------------------------------------------------------------------------------------------------------


def _runs(asked: argparse.Namespace, paths: Paths) -> int:
    runs = Runs(asked.world(paths, False))
    try:
        all_of_them = runs.all()
    finally:
        runs.close()
    if asked.json:
        _print_json({"runs": [_run_record(one) for one in all_of_them]})
    else:
        for one in all_of_them:
            day = f"{one.created_at.astimezone():%Y-%m-%d %H:%M}" if one.created_at else ""
            cost = "free" if one.money.pretend else money(one.money.so_far)
            _print(f"{one.run_id}  {day}  {one.phase:<10}  {one.rows_total:>8}  {cost:>8}  {one.plan.name}")
    return DONE


def _run_record(one: Snapshot) -> dict[str, Any]:
    return {
        "run_id": one.run_id,
        "name": one.plan.name,
        "phase": one.phase,
        "created_at": one.created_at.isoformat() if one.created_at else None,
        "items": one.rows_total,
        "shards": one.shards_total,
        "shards_home": len(one.shards_home),
        "skipped": one.skipped,
        "result": str(one.plan.result.folder),
        "spent_micro_usd": one.money.so_far,
        "pretend": one.money.pretend,
        "billed": one.billed,
        "error": type(one.error).__name__ if one.error else None,
    }


def _bill(asked: argparse.Namespace, paths: Paths) -> int:
    runs = Runs(asked.world(paths, True))
    try:
        bills = runs.bill()
    finally:
        runs.close()
    if asked.json:
        _print_json(_bill_record(bills))
    else:
        for bill in bills:
            for line in bill.lines:
                owner = line.run_id or ("no run" if line.ours else "not ours")
                rate = "free" if line.instance.pretend_price else per_hour(line.instance.rate_per_hour)
                _print(f"{bill.cloud}  {line.instance.instance_id}  {line.instance.name}  {rate}  {owner}")
            if bill.error is not None:
                _say(f"{bill.cloud}: cannot tell what is billed.")
                _say_error(bill.error)
        if not any(bill.lines for bill in bills) and not any(bill.error for bill in bills):
            _print("Nothing is being billed.")
    return BILLED if any(bill.error for bill in bills) else DONE


def _bill_record(bills: Sequence[Bill]) -> dict[str, Any]:
    return {
        "instances": [
            {
                "cloud": bill.cloud,
                "instance_id": line.instance.instance_id,
                "name": line.instance.name,
                "status": line.instance.status,
                "price_per_hour_micro_usd": line.instance.price_per_hour,
                "so_far_micro_usd": line.so_far,
                "pretend": line.instance.pretend_price,
                "rented_at": line.instance.rented_at.isoformat(),
                "run_id": line.run_id or None,
                "ours": line.ours,
            }
            for bill in bills
            for line in bill.lines
        ],
        "unknown": [bill.cloud for bill in bills if bill.error is not None],
    }


# --- results ----------------------------------------------------------------------------------------------------------


def _check(asked: argparse.Namespace, _: Paths) -> int:
    from gui.core.result.verify import check_folder
    from gui.text import check_found, check_name

    report = check_folder(asked.folder)
    if asked.json:
        _print_json({**dataclasses.asdict(report), "passed": report.passed})
    else:
        for one in report.lines:
            mark = "ok" if one.passed else ("note" if one.warning else "WRONG")
            _print(f"{mark:<6} {check_name(one.check)}: {check_found(one)}")
    return DONE if report.passed else INCOMPLETE


def _export(asked: argparse.Namespace, _: Paths) -> int:
    result = open_series(asked.folder)
    counted = _Counted(sys.stderr)
    try:
        files = export_hdf5(result, asked.target, asked.seed, counted.show)
    finally:
        counted.end()
    if asked.json:
        _print_json({"folder": str(asked.target), "files": files, "seed": asked.seed})
    else:
        _say(f"{number(files)} windows, joined by a layer of seed {asked.seed}.")
        _print(str(asked.target))
    return DONE


class _Counted:
    """How many of how many, in a terminal; nothing elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, done: int, whole: int) -> None:
        if self._out.isatty() and (done % 100 == 0 or done == whole):
            _write(self._out, f"\r\x1b[2K{number(done)} of {number(whole)}")

    def end(self) -> None:
        if self._out.isatty():
            _write(self._out, "\n")


def _neighbours(asked: argparse.Namespace, _: Paths) -> int:
    from gui.core.result.neighbours import Neighbours
    from gui.core.result.result import open_result

    result = open_result(asked.folder)
    try:
        found = Neighbours(result).of(asked.item_id, asked.k)
    except KeyError:
        _say(f"There is no item {asked.item_id!r} in {asked.folder}.")
        return UNUSABLE
    if asked.json:
        rows = [{"rank": rank, **dataclasses.asdict(one)} for rank, one in enumerate(found, 1)]
        _print_json({"item_id": asked.item_id, "neighbours": rows})
    else:
        for rank, one in enumerate(found, 1):
            _print(f"{rank:>3}  {one.similarity:.4f}  {one.item_id}")
    return DONE


# --- saying -----------------------------------------------------------------------------------------------------------


def _say(text: str) -> None:
    _write(sys.stderr, f"{text}\n")


def _say_error(error: EmbarkError) -> None:
    _say(" ".join(part for part in describe_error(error) if part))


def _print(text: str) -> None:
    _write(sys.stdout, f"{text}\n")


def _print_json(content: Any) -> None:
    _print(json.dumps(content, ensure_ascii=False, indent=1))


def _write(out: TextIO | None, text: str) -> None:
    """At once, so that a pipe that was closed is noticed here and not when the program ends."""
    if out is None:  # closed from the beginning
        return
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError:
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), out.fileno())
