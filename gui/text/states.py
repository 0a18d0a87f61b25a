"""What a run is doing and what, if anything, is wanted of the person; and what is billed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from gui.core.cloud.base import total_per_hour
from gui.core.errors import CloudRefused, CredentialError, EmbarkError, KeyringMissing
from gui.core.plan import PRACTICE_CLOUD, AtTheEnd
from gui.core.run.events import Destroyed, GoOnWanted, Launched, OfferLost, ShardHome, Step, WorkerNoticed
from gui.core.run.going_on import going_on
from gui.core.run.spend import elapsed_s
from gui.core.run.state import Heading, Phase, Snapshot, StepState, StepStatus
from gui.core.units import GB, MicroUsd
from gui.format import clock, duration, moment, money, number, per_hour, percent, size
from gui.text.errors import describe_error
from gui.text.names import cloud_name, step_name
from gui.translate import translate
from remote_worker.protocol import Notice

if TYPE_CHECKING:
    from gui.core.run.runs import Bill, BillLine


def run_name(snapshot: Snapshot) -> str:
    """The plan's name, or one by its date."""
    if snapshot.plan.name:
        return snapshot.plan.name
    if snapshot.created_at is None:
        return translate("text.states", "Run")
    return translate("text.states", "Run of {moment}").format(moment=moment(snapshot.created_at))


def is_practice(snapshot: Snapshot) -> bool:
    return snapshot.plan.machine.cloud == PRACTICE_CLOUD


def machine_name(snapshot: Snapshot) -> str:
    """``RTX 4090 #19905787``; empty without a machine."""
    rental = snapshot.rental
    return f"{rental.name} #{rental.instance_id}" if rental else ""


def sentence(snapshot: Snapshot) -> str:
    """What is happening and what is wanted, in a sentence or two."""
    match snapshot.phase:
        case Phase.PAUSED:
            return _paused(snapshot)
        case Phase.ASKING:
            return _asking(snapshot)
        case Phase.KEPT:
            return _kept(snapshot)
        case Phase.FINISHED:
            said = translate("text.states", "Finished: all {items} vectors are on this computer and checked.")
            return said.format(items=number(vectors(snapshot))) + " " + nothing_billed()
        case Phase.INCOMPLETE:
            return _incomplete(snapshot)
    return _going(snapshot)


def vectors(snapshot: Snapshot) -> int:
    """How many vectors the finished result has."""
    return snapshot.verified.items if snapshot.verified else snapshot.rows_total


def nothing_billed() -> str:
    return translate("text.states", "Nothing is being billed.")


def _paused(snapshot: Snapshot) -> str:
    if is_practice(snapshot) or snapshot.rental is None:
        return translate("text.states", "Paused. What is done is kept; continue when you like.")
    said = translate("text.states", "Paused. What is done is kept, and {machine} still costs {rate}.")
    return said.format(machine=machine_name(snapshot), rate=per_hour(snapshot.money.per_hour))


def _asking(snapshot: Snapshot) -> str:
    if snapshot.unfetched:
        return translate("text.states", "Not everything is on this computer. Look before you destroy the machine.")
    if snapshot.complete:
        return translate("text.states", "Everything is on this computer and checked. One thing is left: the machine.")
    return translate("text.states", "All that is finished is on this computer. One thing is left: the machine.")


def _kept(snapshot: Snapshot) -> str:
    if is_practice(snapshot):
        return translate(
            "text.states", "The practice machine is kept. It is free, and takes room on this computer's disk."
        )
    said = translate("text.states", "{machine} is kept and costs {rate} until you destroy it.")
    return said.format(machine=machine_name(snapshot), rate=per_hour(snapshot.money.per_hour))


def continue_words(snapshot: Snapshot) -> str:
    """For the button: what a run that is incomplete needs besides, so that it can go on."""
    more = going_on(snapshot)
    if more.limit is not None:
        return translate("text.states", "Continue with up to {money} in all").format(money=money(more.limit))
    if more.disk_gb is not None:
        return translate("text.states", "Continue with a disk of {size}").format(size=size(int(more.disk_gb * GB)))
    return translate("text.states", "Continue")


def _incomplete(snapshot: Snapshot) -> str:
    said = translate("text.states", "Not complete; it can be continued.")
    if snapshot.limit_is_spent:
        said = translate("text.states", "Not complete: its limit is spent. With a higher one it can be continued.")
    return f"{said} {nothing_billed()}"


def _going(snapshot: Snapshot) -> str:
    waiting = next((state for _, state in snapshot.steps if state.status is StepStatus.WAITING), None)
    reason = waiting_reason(waiting) if waiting else ""
    if snapshot.destroy_intended:
        said = translate("text.states", "Destroying {machine}, and waiting until {cloud} confirms it.")
        cloud = snapshot.rental.cloud if snapshot.rental else snapshot.plan.machine.cloud
        return f"{said.format(machine=machine_name(snapshot), cloud=cloud_name(cloud))} {reason}".strip()
    if reason:
        return reason
    if snapshot.closing:
        said = translate("text.states", "{cloud} is asked for its bill; you need not wait for it.")
        return f"{nothing_billed()} {said.format(cloud=cloud_name(snapshot.plan.machine.cloud))}"
    if snapshot.heading is Heading.PAUSE:
        return translate("text.states", "Pausing: what is under way is finished first.")
    if snapshot.heading in (Heading.STOP, Heading.FAILED):
        return _winding_up(snapshot)
    return _step_sentence(snapshot)


def _winding_up(snapshot: Snapshot) -> str:
    """Stopped or failed: what there is comes home, then the machine is seen to."""
    stopping = snapshot.heading is Heading.STOP
    if snapshot.holds_shards and snapshot.step(Step.RELEASE).status is StepStatus.AHEAD:
        if stopping:
            return translate(
                "text.states", "Stopping: what is finished is brought home, then you are asked about the machine."
            )
        return translate("text.states", "It cannot go on. What is finished is being brought home.")
    said = translate("text.states", "Stopping.") if stopping else translate("text.states", "It cannot go on.")
    return f"{said} {_seeing_to_the_machine(snapshot)}".strip()


def _seeing_to_the_machine(snapshot: Snapshot) -> str:
    cloud = cloud_name(snapshot.plan.machine.cloud)
    if snapshot.rental is not None and not is_practice(snapshot):
        return translate("text.states", "Asking {cloud} about {machine}.").format(
            cloud=cloud, machine=machine_name(snapshot)
        )
    if snapshot.intended_label:
        return translate("text.states", "Asking {cloud} whether a machine was rented.").format(cloud=cloud)
    return ""


def waiting_reason(state: StepState) -> str:
    """Why a step waits, and when it is tried again."""
    what = describe_error(state.error)[0] if state.error else translate("text.states", "Waiting.")
    if state.retry_at is None:
        return what
    tries = state.tries
    again = translate("text.states", "Tried %n time(s); again at {clock}.", "", tries)
    return f"{what} {again.format(clock=clock(state.retry_at, seconds=True))}"


def _step_sentence(snapshot: Snapshot) -> str:
    machine = snapshot.rental.name if snapshot.rental else ""
    match snapshot.active:
        case None:
            return translate("text.states", "Starting.")
        case Step.RENT if not snapshot.rows_sha256:
            return translate("text.states", "Reading your items.")
        case Step.RENT:
            said = translate("text.states", "Renting a machine.")
            return f"{said} {_why_another(snapshot)}".strip()
        case Step.CONNECT:
            said = translate("text.states", "Waiting until {machine} is up, then connecting.").format(machine=machine)
            return f"{said} {_why_another(snapshot)}".strip()
        case Step.PREPARE | Step.UPLOAD if snapshot.weights_bytes < snapshot.weights_total_bytes:
            if snapshot.step(Step.UPLOAD).status is StepStatus.DONE:
                return translate("text.states", "{machine} fetches the model.").format(machine=machine)
            said = translate("text.states", "{machine} fetches the model while your items are uploaded.")
            return said.format(machine=machine)
        case Step.PREPARE if snapshot.step(Step.UPLOAD).status is StepStatus.DONE:
            return translate("text.states", "Preparing {machine}: what the model needs is set up.").format(
                machine=machine
            )
        case Step.PREPARE | Step.UPLOAD:
            return translate("text.states", "Preparing {machine} and uploading your items.").format(machine=machine)
        case Step.EMBED if snapshot.loading_since is not None and snapshot.model_loaded is None:
            return translate("text.states", "Loading the model on {machine}.").format(machine=machine)
        case Step.EMBED if _waits_for_room(snapshot):
            said = translate(
                "text.states", "The disk of {machine} is full: the work waits for room, and the machine is billed."
            )
            return said.format(machine=machine)
        case Step.EMBED:
            said = translate("text.states", "Embedding on {machine}.").format(machine=machine)
            if snapshot.shards_home:
                said += " " + translate("text.states", "Finished pieces are already coming home.")
            return f"{said} {_nothing_to_do(snapshot)}"
        case Step.FETCH:
            return translate("text.states", "Bringing the last pieces home.")
        case Step.VERIFY:
            return translate("text.states", "Checking every vector.")
        case Step.RELEASE:
            return _seeing_to_the_machine(snapshot) or translate("text.states", "Looking after the machine.")


def _waits_for_room(snapshot: Snapshot) -> bool:
    """Whether the last that this machine's worker said of its disk is that it is full."""
    for one in reversed(snapshot.log if snapshot.notices else ()):
        if isinstance(one.event, WorkerNoticed) and one.event.notice in (Notice.DISK_FULL, Notice.DISK_HAS_ROOM):
            return one.event.notice == Notice.DISK_FULL
        if isinstance(one.event, Launched):
            break
    return False


def _why_another(snapshot: Snapshot) -> str:
    """Why this is not the machine that was chosen; empty for the first."""
    lost = next((one.event for one in reversed(snapshot.log) if isinstance(one.event, OfferLost | GoOnWanted)), None)
    if not isinstance(lost, OfferLost):
        return ""
    if not lost.error:
        return translate("text.states", "Somebody else was faster with {machine}.").format(machine=lost.name)
    said = translate("text.states", "{machine} was given back: {why}")
    return said.format(machine=lost.name, why=describe_error(EmbarkError.from_record(lost.error, lost.fields))[0])


def _nothing_to_do(snapshot: Snapshot) -> str:
    if is_practice(snapshot):
        return translate("text.states", "Nothing to do.")
    return translate("text.states", "Nothing to do; you may close the lid.")


def money_sentence(snapshot: Snapshot) -> str:
    """What a run that went wrong has cost, and whether it still costs."""
    spent = snapshot.money.so_far
    if snapshot.money.pretend or is_practice(snapshot):
        return translate("text.states", "Practice: nothing was charged.")
    if (rental := snapshot.rental) is not None:
        said = translate("text.states", "{money} was spent so far, and {machine} still costs {rate}.")
        if rental.rate_per_hour < rental.price_per_hour:
            said = translate("text.states", "{money} was spent so far. {machine} costs {rate} at work, {disk} now.")
        return said.format(
            money=money(spent),
            machine=machine_name(snapshot),
            rate=per_hour(rental.price_per_hour),
            disk=per_hour(rental.rate_per_hour),
        )
    if snapshot.intended_label and isinstance(snapshot.error, CloudRefused):
        return translate("text.states", "Embark makes sure that nothing is billed.")
    if snapshot.intended_label:
        return translate("text.states", "Whether a machine was rented is not known yet; Embark is finding out.")
    return translate("text.states", "{money} was spent, and nothing is being billed now.").format(money=money(spent))


# --- steps ------------------------------------------------------------------------------------------------------------


def step_title(snapshot: Snapshot, step: Step) -> str:
    """``Embed 41 %``"""
    state = snapshot.step(step)
    counted = (Step.UPLOAD, Step.EMBED, Step.FETCH, *((Step.PREPARE,) if snapshot.weights_total_bytes else ()))
    if state.status not in (StepStatus.ACTIVE, StepStatus.WAITING) or step not in counted:
        return step_name(step)
    return f"{step_name(step)} {percent(step_fraction(snapshot, step))}"


def step_fraction(snapshot: Snapshot, step: Step) -> float:
    """How much of a step is done, 0 to 1; 0 where that cannot be known."""
    done, whole = {
        Step.PREPARE: (snapshot.weights_bytes, snapshot.weights_total_bytes),
        Step.UPLOAD: (snapshot.upload_bytes, snapshot.upload_total_bytes),
        Step.EMBED: (snapshot.rows_done, snapshot.rows_total),
        Step.FETCH: (len(snapshot.shards_home), snapshot.shards_total),
    }.get(step, (0, 0))
    return min(1.0, done / whole) if whole else 0.0


def step_note(snapshot: Snapshot, step: Step, now: datetime) -> str:
    """What stands below a step: how long it took, or why it waits."""
    state = snapshot.step(step)
    match state.status:
        case StepStatus.AHEAD:
            asks = step is Step.RELEASE and snapshot.plan.result.destroy is AtTheEnd.ASK
            return translate("text.states", "asks you") if asks else ""
        case StepStatus.WAITING:
            again = translate("text.states", "waits until {clock}")
            return again.format(clock=clock(state.retry_at, seconds=True)) if state.retry_at else ""
        case StepStatus.FAILED:
            return translate("text.states", "did not work")
        case StepStatus.SKIPPED:
            return translate("text.states", "left out")
        case StepStatus.DONE if step is Step.VERIFY and snapshot.verified is not None:
            return translate("text.states", "all green") if snapshot.complete else translate("text.states", "see below")
        case StepStatus.DONE if step is Step.FETCH:
            return size(sum(one.event.size_bytes for one in snapshot.log if isinstance(one.event, ShardHome)))
        case StepStatus.DONE:
            return duration(elapsed_s(state, now))
        case StepStatus.ACTIVE if step is Step.FETCH and snapshot.step(Step.EMBED).status is StepStatus.ACTIVE:
            return translate("text.states", "as it goes")
    if step is Step.RELEASE and snapshot.phase is Phase.ASKING:
        return translate("text.states", "waits for you")
    if step is Step.RELEASE and snapshot.phase is Phase.KEPT:
        return translate("text.states", "kept")
    if snapshot.phase is Phase.PAUSED:
        return translate("text.states", "paused")
    if state.ended_at is not None:
        return duration(elapsed_s(state, now))
    return translate("text.states", "{time} so far").format(time=duration(elapsed_s(state, now)))


# --- what is billed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Billing:
    """What is being billed now: a line for the foot of the side bar and what stands below it."""

    line: str
    below: str
    state: Literal["calm", "running", "unknown"]
    credit: str = ""  # on the accounts that have any; empty = none, or not known


@dataclass(frozen=True, slots=True)
class _Running:
    name: str
    per_hour: MicroUsd
    so_far: MicroUsd
    pretend: bool


def billing(
    bills: tuple[Bill, ...] | None, runs: tuple[Snapshot, ...], silent_since: datetime | None = None
) -> Billing:
    """From the accounts as they answered last (None = not asked yet), since when they are silent, and the runs as they
    are now.

    A machine of a run counts from the moment it is rented, before any account is asked again. Pretend prices are
    never shown as money, and what is not known is never shown as nothing.
    """
    running = {
        (one.rental.cloud, one.rental.instance_id): _Running(
            one.rental.name, one.rental.rate_per_hour, one.money.so_far, one.rental.pretend_price
        )
        for one in runs
        if one.rental is not None
    }
    known_runs = {one.run_id: one for one in runs}
    for bill in bills or ():
        for line in bill.lines:
            one = line.instance
            if line.ours and not _is_over(line, known_runs.get(line.run_id)):
                known = _Running(one.name, one.rate_per_hour, line.so_far, one.pretend_price)
                running.setdefault((one.cloud, one.instance_id), known)
    others = [line.instance for bill in bills or () for line in bill.lines if not line.ours]
    said = _worded(list(running.values()), _unknown(bills, runs, silent_since), total_per_hour(others), len(others))
    return replace(said, credit=_credit(bills))


def _is_over(line: BillLine, run: Snapshot | None) -> bool:
    """Whether a bill is older than the end of this machine: its run has none any more, or has destroyed it."""
    if run is None:
        return False
    gone = (one.event.instance_id for one in run.log if isinstance(one.event, Destroyed))
    return run.rental is None or line.instance.instance_id in gone


def _credit(bills: tuple[Bill, ...] | None) -> str:
    said = translate("text.states", "{cloud} credit: {money}")
    return "\n".join(
        said.format(cloud=cloud_name(bill.cloud), money=money(bill.credit))
        for bill in bills or ()
        if bill.credit is not None
    )


def needs_key(error: EmbarkError | None) -> bool:
    """Whether the person has to give a key (again)."""
    return isinstance(error, KeyringMissing) or (isinstance(error, CloudRefused) and error.reason == "no-key")


def settled_in_accounts(error: EmbarkError | None) -> bool:
    """Whether the Accounts page is where the person can do something about it."""
    return needs_key(error) or (isinstance(error, CloudRefused) and error.reason in ("key", "permission", "credit"))


def _unknown(bills: tuple[Bill, ...] | None, runs: tuple[Snapshot, ...], silent_since: datetime | None) -> str:
    """Why it cannot be told; empty when it can."""
    if silent_since is not None:
        said = translate("text.states", "Cannot tell: no answer (since {clock})")
        return said.format(clock=clock(silent_since))
    for bill in bills or ():
        if bill.error is not None:
            said = translate("text.states", "Cannot tell: {cloud} does not answer (since {clock})")
            if needs_key(bill.error):
                said = translate("text.states", "Cannot tell: the key for {cloud} is missing (since {clock})")
            elif isinstance(bill.error, CloudRefused):
                said = translate("text.states", "Cannot tell: {cloud} does not accept the key (since {clock})")
            elif isinstance(bill.error, CredentialError):
                said = translate("text.states", "Cannot tell: the key for {cloud} is locked away (since {clock})")
            return said.format(cloud=cloud_name(bill.cloud), clock=clock(bill.asked_at))
    for one in runs:
        if one.intended_label and one.rental is None and not is_practice(one):
            said = translate("text.states", "Cannot tell yet: asking {cloud}")
            return said.format(cloud=cloud_name(one.plan.machine.cloud))
    return translate("text.states", "Asking what is being billed...") if bills is None else ""


def _worded(running: list[_Running], unknown: str, others_per_hour: MicroUsd, others: int) -> Billing:
    real = [one for one in running if not one.pretend]
    machines, pretend = len(real), len(running) - len(real)
    practice = translate("text.states", "%n practice machine(s), free", "", pretend) if pretend else ""
    elsewhere = ""
    if others:
        elsewhere = translate("text.states", "%n machine(s) that Embark did not rent, {rate}", "", others)
        elsewhere = elsewhere.format(rate=per_hour(others_per_hour))
    if real:
        rate = per_hour(MicroUsd(sum(one.per_hour for one in real)))
        line = translate("text.states", "%n machine(s), {rate}", "", machines).format(rate=rate)
        so_far = money(MicroUsd(sum(one.so_far for one in real)))
        below = translate("text.states", "{money} so far").format(money=so_far)
        if len(real) == 1:
            below += " · " + real[0].name.replace(" ", "\u00a0")  # it goes to the next line as a whole
        return Billing(line, _lines(below, practice, elsewhere, unknown), "running")
    if unknown:
        return Billing(unknown, _lines(practice, elsewhere), "unknown")
    nothing = translate("text.states", "Nothing is being billed")
    if others:
        nothing = translate("text.states", "Embark has nothing that is billed")
    return Billing(practice or nothing, _lines(nothing if practice else "", elsewhere), "calm")


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def waiting_run(runs: tuple[Snapshot, ...]) -> str:
    """The newest run whose machine is billed and only waits for a word about Destroy; empty when another one works."""
    real = [one for one in runs if one.rental is not None and not one.rental.pretend_price]
    if any(one.phase not in (Phase.ASKING, Phase.KEPT) for one in real):
        return ""
    return max((one.run_id for one in real), default="")


def closing_words(runs: tuple[Snapshot, ...]) -> tuple[str, str] | None:
    """The question when the window is closed: what goes on, and what that costs. None when nothing does."""
    rented = [(one, one.rental) for one in runs if one.rental is not None and not one.rental.pretend_price]
    real = [rental for _, rental in rented]
    if real:
        machines = len(real)
        title = translate("text.states", "%n machine(s) will go on being billed", "", machines)
        said = translate(
            "text.states",
            "{machines} costs {rate} while Embark is closed. A run that is under way goes on there, and Embark takes "
            "it up again at its next start; until then nobody watches its limit.",
        )
        leases = [run.guarded.lease_s for run, _ in rented if run.guarded is not None and run.guarded.proven]
        if len(leases) == machines:
            said = translate(
                "text.states",
                "{machines} costs {rate} while Embark is closed. A run that is under way goes on there, and Embark "
                "takes it up again at its next start. If that is not within {time}, or the limit is reached before, "
                "the guard on the machine stops it.",
            ).replace("{time}", duration(min(leases)))
        rates = (one.price_per_hour if run.goes_on else one.rate_per_hour for run, one in rented)
        rate = per_hour(MicroUsd(sum(rates)))
        if waiting_run(runs):
            said = translate(
                "text.states", "No run is under way there. {machines} waits for you and costs {rate} until destroyed."
            )
            if all(run.complete and not run.unfetched for run, _ in rented):
                said = translate(
                    "text.states",
                    "Everything is home. {machines} is not needed any more and costs {rate} until destroyed.",
                )
        return title, said.format(machines=", ".join(f"{one.name} #{one.instance_id}" for one in real), rate=rate)
    if any(one.phase is Phase.GOING and is_practice(one) for one in runs):
        return (
            translate("text.states", "A practice run is under way"),
            translate(
                "text.states",
                "The embedding goes on while Embark is closed; everything else waits for the next start. Nothing is "
                "lost and nothing is charged.",
            ),
        )
    return None
