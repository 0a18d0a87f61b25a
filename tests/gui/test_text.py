"""There are words for everything that can happen, and the command line needs no Qt to say them."""

import dataclasses
import re
import subprocess
import sys
import typing
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gui.core import errors
from gui.core.cloud.base import Instance, InstanceStatus
from gui.core.errors import (
    CloudRefused,
    CloudUnreachable,
    ConnectionLost,
    EmbarkError,
    InstanceLost,
    KeyringMissing,
    PriceChanged,
)
from gui.core.plan import AtTheEnd, Estimate, Page, PlanProblem, Trouble
from gui.core.result.check import Check, CheckReport
from gui.core.run import events as e
from gui.core.run.events import Recorded, Step
from gui.core.run.runs import Bill, BillLine
from gui.core.units import MicroUsd
from gui.language import Language
from gui.text import (
    alarm_sentence,
    billing,
    check_name,
    closing_words,
    describe_error,
    describe_trouble,
    golden_sentence,
    log_line,
    money_sentence,
    precision_sentence,
    sentence,
    settled_in_accounts,
    step_name,
    step_note,
    step_title,
)
from remote_worker.protocol import Alarm, Alarmed, Golden, GoldenRow, Notice, PrecisionReport
from tests.gui.scenes import NOON, Story, instance, mixed_bills, practice
from tests.gui.screenshots import moments

SAMPLES = {"str": "something", "int": 3, "float": 2.5, "list[str]": ["one"], "bool": True}


def errors_of(kind: type[EmbarkError] = EmbarkError) -> Iterator[type[EmbarkError]]:
    if kind is not EmbarkError:
        yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from errors_of(below)


def made(kind: type[EmbarkError], **fields: object) -> EmbarkError:
    known = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return kind(**{one.name: fields.get(one.name, SAMPLES[str(one.type)]) for one in known})


def reasons(kind: type[EmbarkError]) -> list[str]:
    """What the docstring of an error says its ``reason`` can be."""
    found = re.search(r"``reason``: (.*?)\.", kind.__doc__ or "", re.DOTALL)
    return [one.strip() for one in found.group(1).split(",")] if found else [""]


@pytest.mark.parametrize("kind", list(errors_of()), ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened_in_plain_words(kind: type[EmbarkError]) -> None:
    said = set()
    for reason in reasons(kind):
        what, means, todo = describe_error(made(kind, reason=reason))
        assert what.endswith((".", "?"))
        said.add(what)
        for part in (what, means, todo):
            assert "{" not in part
            assert kind.__name__ not in part
            assert "uccessful" not in part
    assert len(said) == len(reasons(kind)), "each reason has its own words"


@pytest.mark.parametrize(
    "kind", [one for one in errors_of() if one.__subclasses__() == []], ids=lambda one: one.__name__
)
def test_every_leaf_of_the_tree_of_errors_has_words_of_its_own(kind: type[EmbarkError]) -> None:
    assert describe_error.dispatch(kind) is not describe_error.dispatch(EmbarkError)


def test_an_error_a_newer_embark_wrote_is_worded_too() -> None:
    assert describe_error(EmbarkError.from_record("FromTheFuture", {"x": 1}))[0]


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("detail", ["", "2000000000", "x"])
def test_every_trouble_of_a_plan_says_how_to_mend_it(trouble: Trouble, detail: str) -> None:
    said = describe_trouble(PlanProblem(Page.ITEMS, trouble, detail))
    assert said.endswith((".", "?"))
    assert "{detail}" not in said


def event_samples() -> Iterator[e.AnyEvent]:
    estimate = Estimate((), (), 0.0, MicroUsd(0), True)
    values: dict[object, object] = {
        str: "x",
        int: 2,
        float: 1.5,
        bool: True,
        Step: Step.EMBED,
        MicroUsd: MicroUsd(5),
        Estimate: estimate,
        CheckReport: CheckReport((), 5, 4, 3),
        Golden: Golden(True, (GoldenRow(3, "item-3", "longest", 40, 0.99987),)),
        PrecisionReport: PrecisionReport("bf16", 200, 0, 0.99, 0.995, 0.9993, (10, 150, 199, 200), 10, 0.983, 0.7),
        Alarmed: Alarmed("same-vector", 7, 900, ("item-3", "item-4", "item-5", "item-6")),
        dict[str, typing.Any]: {"during": "read"},
    }
    for kind in typing.get_args(e.AnyEvent):
        hints = typing.get_type_hints(kind)
        fields = {name: values.get(hints[name], NOON) for name in kind.__struct_fields__}
        if "error" in fields:
            fields["error"] = "ConnectionLost"
        yield kind(**fields)


@pytest.mark.parametrize("event", list(event_samples()), ids=lambda event: type(event).__name__)
def test_every_event_is_a_line_in_the_log(event: e.AnyEvent) -> None:
    said = log_line(Recorded(1, NOON, event))
    assert bool(said) or isinstance(event, e.Tick)
    assert "{" not in said
    assert "%n" not in said


def test_every_step_and_check_has_a_name() -> None:
    assert len({step_name(step) for step in Step}) == len(Step)
    assert len({check_name(check) for check in Check}) == len(Check)


def test_every_moment_of_a_run_has_a_sentence_and_notes() -> None:
    for name, snapshot in moments():
        for said in (sentence(snapshot), money_sentence(snapshot)):
            assert said.endswith("."), name
            assert "{" not in said, name
        for step in Step:
            assert step_title(snapshot, step), name
            assert "{" not in step_note(snapshot, step, NOON), name


def test_a_step_that_waits_says_why_and_when_it_is_tried_again() -> None:
    said = sentence(Story().embedding().waiting(ConnectionLost(during="read")).snapshot)
    assert said.startswith("The connection to the machine broke. Tried 3 times; again at ")


def test_practice_is_never_told_to_close_the_lid() -> None:
    assert "lid" in sentence(Story().embedding().snapshot)
    assert "lid" not in sentence(practice().embedding().snapshot)


def test_a_plan_that_destroys_by_itself_is_not_said_to_ask() -> None:
    snapshot = Story().planned().snapshot
    plan = dataclasses.replace(
        snapshot.plan, result=dataclasses.replace(snapshot.plan.result, destroy=AtTheEnd.WHEN_VERIFIED)
    )
    assert step_note(snapshot, Step.RELEASE, NOON) == "asks you"
    assert step_note(dataclasses.replace(snapshot, plan=plan), Step.RELEASE, NOON) == ""


# --- what is billed ---------------------------------------------------------------------------------------------------


def bill(*lines: BillLine, error: EmbarkError | None = None) -> tuple[Bill, ...]:
    return (Bill("vast", NOON, lines, error),)


def line(one: Instance, run_id: str = "", *, ours: bool = True) -> BillLine:
    return BillLine(one, run_id, ours, MicroUsd(310_000))


def test_nothing_is_said_to_be_billed_only_when_every_account_answered() -> None:
    assert billing(bill(), ()).line == "Nothing is being billed"
    unknown = billing(bill(error=CloudUnreachable(cloud="vast")), ())
    assert unknown.line.startswith("Cannot tell: Vast.ai does not answer (since ")
    assert unknown.state == "unknown"
    assert billing(None, ()).state == "unknown"


def test_a_machine_is_named_with_what_it_costs() -> None:
    now = billing(bill(line(instance("7"))), ())
    assert (now.line, now.below) == ("1 machine, $0.14 an hour", "$0.31 so far · RTX\u00a03090")
    assert now.state == "running"


def test_machines_add_up_and_a_silent_account_is_still_said() -> None:
    now = billing(mixed_bills(), (Story().embedding().snapshot,))
    assert now.line == "2 machines, $0.55 an hour"
    assert "Cannot tell: RunPod does not answer" in now.below


def test_machines_of_others_are_not_ours_to_count_and_no_nothing_either() -> None:
    now = billing(bill(line(instance("7", ours=False), ours=False)), ())
    assert now.line == "Embark has nothing that is billed"
    assert now.below == "1 machine that Embark did not rent, $0.14 an hour"
    assert now.state == "calm"


def test_the_credit_is_said_where_there_is_any() -> None:
    assert billing((Bill("vast", NOON, credit=MicroUsd(4_980_000)), Bill("practice", NOON)), ()).credit == (
        "Vast.ai credit: $4.98"
    )
    assert billing(bill(error=CloudUnreachable(cloud="vast")), ()).credit == ""


@pytest.mark.parametrize("error", [KeyringMissing(), CloudRefused(cloud="vast", reason="no-key")])
def test_a_key_that_is_missing_is_said_to_be(error: EmbarkError) -> None:
    assert "the key for Vast.ai is missing" in billing(bill(error=error), ()).line


def test_another_machine_than_the_one_that_was_chosen_is_explained() -> None:
    story = Story().data_read().tell(e.OfferLost("o", "RTX 3090"))
    assert sentence(story.snapshot) == "Renting a machine. Somebody else was faster with RTX 3090."
    story.tell(e.OfferLost("p", "RTX 3080", "MachineUnfit", {"reason": "no-gpu"}))
    assert sentence(story.snapshot).endswith(
        "RTX 3080 was given back: The machine was rented with a GPU and shows none."
    )
    assert "given back" not in sentence(story.tell(e.GoOnWanted()).snapshot)


def test_a_model_on_its_way_is_told_beside_the_upload() -> None:
    story = Story().prepared().tell(e.WeightsProgress(3_100_000_000, 16_300_000_000, 3_100_000_000, 2.1e8))
    assert sentence(story.snapshot) == "RTX 4090 fetches the model while your items are uploaded."
    assert step_title(story.snapshot, Step.PREPARE) == "Prepare 19 %"
    story.tell(e.StepDone(Step.UPLOAD))
    assert sentence(story.snapshot) == "RTX 4090 fetches the model."


def test_a_pretend_price_is_never_shown_as_money() -> None:
    for now in (
        billing((Bill("practice", NOON, (line(instance("p", "practice", pretend=True)),)),), ()),
        billing((), (practice().embedding().snapshot,)),
    ):
        assert (now.line, now.below) == ("1 practice machine, free", "Nothing is being billed")
        assert now.state == "calm"


def test_a_run_counts_before_its_account_is_asked_and_an_old_answer_not_after_its_end() -> None:
    assert billing(bill(), (Story().rented().snapshot,)).line == "1 machine, $0.41 an hour"
    old = bill(line(instance("19905787"), Story().run_id))
    assert billing(old, (Story().finished().snapshot,)).line == "Nothing is being billed"


def test_a_machine_that_is_not_at_work_costs_its_disk_wherever_that_is_said() -> None:
    story = Story().rented().tell(e.RateChanged(MicroUsd(5_000), at_work=False))
    assert billing(bill(), (story.snapshot,)).line == "1 machine, $0.005 an hour"
    stopped = replace(instance("555"), status=InstanceStatus.STOPPED, disk_per_hour=MicroUsd(5_000))
    assert billing(bill(line(stopped)), ()).line == "1 machine, $0.005 an hour"


def test_a_machine_that_was_given_back_is_not_counted_beside_the_next_one() -> None:
    old = bill(line(instance("19905787"), Story().run_id))
    story = Story().rented().tell(e.DestroyIntended("19905787")).tell(e.Destroyed("19905787", MicroUsd(1_000)))
    story.tell(e.Rented("vast", "20", "embark-x-2", "RTX 4090", MicroUsd(410_000), False, NOON))
    assert billing(old, (story.snapshot,)).line == "1 machine, $0.41 an hour"


def test_a_renting_without_an_answer_cannot_be_told() -> None:
    story = Story().data_read()
    estimate = Estimate((), (), 0.0, MicroUsd(0), False)
    story.tell(e.RentIntended("embark-1", "o", "RTX 4090", MicroUsd(410_000), False, estimate))
    assert billing(bill(), (story.snapshot,)).line == "Cannot tell yet: asking Vast.ai"


def test_a_renting_that_was_refused_is_looked_after_without_two_opinions() -> None:
    story = Story().data_read()
    estimate = Estimate((), (), 0.0, MicroUsd(0), False)
    story.tell(e.RentIntended("embark-1", "o", "RTX 4090", MicroUsd(410_000), False, estimate))
    refused = CloudRefused(cloud="vast", reason="credit")
    story.failed(refused, Step.RENT).tell(e.StepStarted(Step.RELEASE))
    assert sentence(story.snapshot) == "It cannot go on. Asking Vast.ai whether a machine was rented."
    assert money_sentence(story.snapshot) == "Embark makes sure that nothing is billed."
    assert settled_in_accounts(refused)


def test_work_that_waits_for_room_on_the_disk_is_not_said_to_need_nothing() -> None:
    story = Story().embedding().tell(e.WorkerNoticed(Notice.DISK_FULL.value, "", None))
    assert "is full" in sentence(story.snapshot)
    story.tell(e.WorkerNoticed(Notice.DISK_HAS_ROOM.value, "", None))
    assert "Embedding on" in sentence(story.snapshot)


def test_nothing_is_said_to_come_home_where_nothing_can() -> None:
    story = Story().rented().failed(PriceChanged(cloud="vast", shown=1, rented=2), Step.RENT)
    assert sentence(story.snapshot) == "It cannot go on. Asking Vast.ai about RTX 4090 #19905787."
    story = Story().embedding().tell(e.StopWanted()).tell(e.StepStarted(Step.FETCH), 0)
    assert "brought home" in sentence(story.snapshot)
    story.tell(e.StepDone(Step.FETCH)).tell(e.StepStarted(Step.RELEASE))
    assert sentence(story.snapshot) == "Stopping. Asking Vast.ai about RTX 4090 #19905787."


@pytest.mark.parametrize(
    ("status", "said"), [("gone", "does not list"), ("stuck", "in time"), ("stopped", "stopped"), ("lost", "silent")]
)
def test_what_became_of_a_lost_machine_is_said(status: str, said: str) -> None:
    assert said in describe_error(InstanceLost(cloud="vast", instance_id="7", status=status))[0]


def test_a_machine_that_was_never_reached_is_not_said_to_have_been_lost() -> None:
    what, means, _ = describe_error(ConnectionLost(during="connect"))
    assert "broke" not in what
    assert "takes a while" in means


def test_closing_asks_only_when_something_goes_on() -> None:
    assert closing_words(()) is None
    assert closing_words((Story().finished().snapshot, practice().asking().snapshot)) is None
    title, text = closing_words((Story().embedding().snapshot,)) or ("", "")
    assert title == "1 machine will go on being billed"
    assert "RTX 4090 #19905787 costs $0.41 an hour" in text
    assert "nobody watches its limit" in text
    guarded = Story().embedding().tell(e.Guarded(True, "proven", 3600.0)).snapshot
    _, text = closing_words((guarded,)) or ("", "")
    assert "nobody watches" not in text
    assert "within 1 h" in text
    stopped = Story().asking().tell(e.RateChanged(MicroUsd(5_000), at_work=False)).snapshot
    assert "and costs $0.005 an hour until destroyed" in (closing_words((stopped,)) or ("", ""))[1]
    assert "A run that is under way" not in (closing_words((stopped,)) or ("", ""))[1]
    title, text = closing_words((practice().embedding().snapshot,)) or ("", "")
    assert "practice" in title
    assert "everything else waits for the next start" in text
    assert "nothing is charged" in text


def test_on_closing_a_machine_that_only_waits_is_not_said_to_work() -> None:
    asking = Story().asking()
    home = "Everything is home. RTX 4090 #19905787 is not needed any more and costs $0.41 an hour until destroyed."
    assert (closing_words((asking.snapshot,)) or ("", ""))[1] == home
    assert (closing_words((asking.tell(e.KeepWanted()).snapshot,)) or ("", ""))[1] == home
    stopped = (
        Story().embedding().tell(e.StopWanted()).tell(e.StepStarted(Step.RELEASE)).tell(e.DestroyAsked(3)).snapshot
    )
    said = "No run is under way there. RTX 4090 #19905787 waits for you and costs $0.41 an hour until destroyed."
    assert (closing_words((stopped,)) or ("", ""))[1] == said
    working = Story("20260129-130000-cc03").embedding().snapshot
    assert "A run that is under way goes on there" in (closing_words((asking.snapshot, working)) or ("", ""))[1]


def test_the_words_need_no_qt() -> None:
    seen = (
        "import sys, gui.text, gui.format; print([one for one in sys.modules if 'PySide' in one or 'shiboken' in one])"
    )
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_bill_that_does_not_end_says_why() -> None:
    story = Story().asking().tell(e.DestroyWanted()).tell(e.DestroyIntended("19905787"))
    story.waiting(CloudRefused(cloud="vast", reason="key"), Step.RELEASE)
    said = sentence(story.snapshot)
    assert "Destroying" in said
    assert "does not accept the key" in said
    assert "again at" in said


# --- what was found out about the vectors ---


def test_the_golden_check_is_told_in_a_sentence_never_better_than_it_was() -> None:
    rows = (GoldenRow(3, "item-3", "longest", 40, 0.99998), GoldenRow(4, "item-4", "korean", 9, 1.0))
    said = golden_sentence(Golden(True, rows, home=(GoldenRow(0, "item-0", "home", 0, 0.9996),)))
    assert said == (
        "Computed a second time, one by one, before the work began: 2 items, 0.9999 alike or more (1 = equal). "
        "Made again here: 1 item of the machine before, 0.9996 alike or more."
    )
    assert "No item" in golden_sentence(Golden(True))


@pytest.mark.parametrize("why_not", ["full", "memory", "time", "few", "of a newer worker"])
def test_a_report_on_the_precision_that_could_not_be_made_says_why(why_not: str) -> None:
    assert precision_sentence(PrecisionReport("bf16", why_not=why_not)).endswith(".")


@pytest.mark.parametrize("alarm", [*(one.value for one in Alarm), "of a newer worker"])
def test_every_alarm_names_items(alarm: str) -> None:
    assert alarm_sentence(Alarmed(alarm, 5, 900, ("a", "b", "c", "d"))).endswith("5 items (a, b, c …).")
    assert alarm_sentence(Alarmed(alarm, 1, 900, ("a",))).endswith("1 item (a).")


def test_a_model_that_is_too_large_is_told_with_the_numbers_and_a_card_that_would_do() -> None:
    error = errors.WorkerFailed(reason="model-too-large", needed_bytes=38_300_000_000, free_bytes=24_000_000_000)
    what, _, todo = describe_error(error)
    assert what == "This model needs 38.3 GB of memory; the machine has 24.0 GB free."
    assert todo == "Begin a new run on a machine with L40S, or with a smaller model."
    _, _, todo = describe_error(errors.WorkerFailed(reason="model-too-large", needed_bytes=10**12))
    assert todo == "Begin a new run with a larger machine or a smaller model."


def test_what_changed_on_a_machine_is_said_in_words_and_libraries_keep_their_names(korean: Language) -> None:
    changed = "precision: bf16 → fp32, transformers: 5.22.0 → 5.23.0, items_sha256: 3f → 9a"
    said = describe_error(errors.WorkerFailed(reason="job-changed", detail=changed))[0]
    assert "정밀도: bf16 → fp32, transformers: 5.22.0 → 5.23.0, 임베딩할 내용: 3f → 9a" in said
    assert "개정판: one → two" in describe_error(made(errors.ModelChanged, changes="revision: one → two"))[0]
