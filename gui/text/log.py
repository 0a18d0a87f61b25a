"""One plain line for every event of a run."""

from __future__ import annotations

from functools import singledispatch

from gui.core.errors import EmbarkError
from gui.core.run import events as e
from gui.format import duration, money, number, part_of, part_of_size, per_hour, percent, rate, size
from gui.text.errors import describe_error
from gui.text.findings import alarm_sentence, golden_sentence, precision_sentence
from gui.text.names import check_name, cloud_name, step_name
from gui.translate import translate
from remote_worker.protocol import Notice


def log_line(recorded: e.Recorded) -> str:
    """What happened, in a sentence or two."""
    return _line(recorded.event)


@singledispatch
def _line(event: object) -> str:
    raise TypeError(type(event))


@_line.register
def _planned(event: e.Planned) -> str:
    del event
    return translate("text.log", "The run begins.")


@_line.register
def _data_read(event: e.DataRead) -> str:
    said = translate("text.log", "{items} items with {images} pictures will be embedded, in {pieces} pieces.")
    said = said.format(items=number(event.items), images=number(event.images), pieces=number(event.shards_total))
    if event.problems:
        problems = event.problems
        said += " " + translate("text.log", "%n thing(s) worth a look: listed in problems.csv.", "", problems)
    return said


@_line.register
def _step_started(event: e.StepStarted) -> str:
    return {
        e.Step.RENT: translate("text.log", "Looking for a machine."),
        e.Step.CONNECT: translate("text.log", "Connecting to the machine."),
        e.Step.PREPARE: translate("text.log", "Preparing the machine."),
        e.Step.UPLOAD: translate("text.log", "Uploading items and pictures."),
        e.Step.EMBED: translate("text.log", "Embedding."),
        e.Step.FETCH: translate("text.log", "Bringing finished pieces home."),
        e.Step.VERIFY: translate("text.log", "Checking the vectors."),
        e.Step.RELEASE: translate("text.log", "Seeing to the machine and its bill."),
    }[event.step]


@_line.register
def _step_done(event: e.StepDone) -> str:
    return {
        e.Step.RENT: translate("text.log", "A machine is rented."),
        e.Step.CONNECT: translate("text.log", "The connection stands."),
        e.Step.PREPARE: translate("text.log", "The machine is ready."),
        e.Step.UPLOAD: translate("text.log", "Everything is uploaded."),
        e.Step.EMBED: translate("text.log", "Everything is embedded."),
        e.Step.FETCH: translate("text.log", "Every finished piece is home."),
        e.Step.VERIFY: translate("text.log", "The check is over."),
        e.Step.RELEASE: translate("text.log", "Nothing of this run is rented any more."),
    }[event.step]


@_line.register
def _step_waiting(event: e.StepWaiting) -> str:
    what, means, _ = describe_error(EmbarkError.from_record(event.error, event.fields))
    tries = event.tries
    again = translate("text.log", "{step}: tried %n time(s), again in {time}.", "", tries)
    return f"{what} {means} {again.format(step=step_name(event.step), time=duration(event.pause_s))}"


@_line.register
def _step_failed(event: e.StepFailed) -> str:
    what, means, _ = describe_error(EmbarkError.from_record(event.error, event.fields))
    return f"{what} {means}".strip()


@_line.register
def _rent_intended(event: e.RentIntended) -> str:
    if event.pretend_price:
        return translate("text.log", "Asking for {machine} (free).").format(machine=event.name)
    said = translate("text.log", "Asking for {machine} at {rate}.")
    return said.format(machine=event.name, rate=per_hour(event.price_per_hour))


@_line.register
def _offer_lost(event: e.OfferLost) -> str:
    if event.error:
        why = describe_error(EmbarkError.from_record(event.error, event.fields))[0]
        said = translate("text.log", "{machine} goes back: {why} The next best is taken.")
        return said.format(machine=event.name, why=why)
    said = translate("text.log", "Somebody else rented {machine} first. The next best is taken.")
    return said.format(machine=event.name)


@_line.register
def _rent_unanswered(event: e.RentUnanswered) -> str:
    del event
    return translate("text.log", "The cloud lists no such machine: nothing was rented.")


@_line.register
def _rented(event: e.Rented) -> str:
    machine = f"{event.name} #{event.instance_id}"
    if event.pretend_price:
        return translate("text.log", "{machine} is ours, for practice: nothing is charged.").format(machine=machine)
    said = translate("text.log", "{machine} is rented from {cloud}: {rate} from now on.")
    return said.format(machine=machine, cloud=cloud_name(event.cloud), rate=per_hour(event.price_per_hour))


@_line.register
def _rate_changed(event: e.RateChanged) -> str:
    said = translate("text.log", "The machine is not at work: its disk alone costs {rate}.")
    if event.at_work:
        said = translate("text.log", "The machine now costs {rate}.")
    return said.format(rate=per_hour(event.per_hour))


@_line.register
def _charged(event: e.Charged) -> str:
    return translate("text.log", "The cloud's own account says {money} so far.").format(money=money(event.amount))


@_line.register
def _billed(event: e.Billed) -> str:
    return translate("text.log", "The cloud's own account says {money} in all.").format(money=money(event.amount))


@_line.register
def _guarded(event: e.Guarded) -> str:
    if event.proven:
        said = translate(
            "text.log", "The guard can end the bill, and has shown it: {time} after it last heard of Embark."
        )
        return said.format(time=duration(event.lease_s))
    return translate("text.log", "The guard could not show that it can end the bill by itself.")


@_line.register
def _budget_warned(event: e.BudgetWarned) -> str:
    del event
    return translate("text.log", "Four fifths of the limit are spent.")


@_line.register
def _limit_reached(event: e.LimitReached) -> str:
    said = translate("text.log", "The limit is reached: {money}. What is finished comes home, then the bill ends.")
    return said.format(money=money(event.spent))


@_line.register
def _connected(event: e.Connected) -> str:
    if event.vouched:
        return translate("text.log", "Connected. The cloud vouches for the machine's key.")
    return translate("text.log", "Connected. The machine's key is trusted from now on and may not change.")


@_line.register
def _probed(event: e.MachineProbed) -> str:
    what = translate("text.log", "The machine has {cores} cores, {memory} of memory and {disk} of free disk.")
    said = what.format(cores=event.cores, memory=size(event.memory_bytes), disk=size(event.disk_free_bytes))
    if event.gpu:
        said += " " + translate("text.log", "GPU: {gpu}, {memory}.").format(
            gpu=event.gpu, memory=size(event.vram_bytes)
        )
    return said


@_line.register
def _weights_there(event: e.WeightsThere) -> str:
    if not event.came_bytes:
        return translate("text.log", "The model was on the machine already: {size}.").format(
            size=size(event.size_bytes)
        )
    return translate("text.log", "The model is on the machine, whole: {size}.").format(size=size(event.size_bytes))


@_line.register
def _upload_planned(event: e.UploadPlanned) -> str:
    return translate("text.log", "{size} to upload.").format(size=size(event.size_bytes))


@_line.register
def _uploaded(event: e.Uploaded) -> str:
    return translate("text.log", "{size} arrived, and are checked.").format(size=size(event.size_bytes))


@_line.register
def _launched(event: e.Launched) -> str:
    del event
    return translate("text.log", "The embedding has begun on the machine.")


@_line.register
def _loading(event: e.ModelLoading) -> str:
    del event
    return translate("text.log", "Loading the model.")


@_line.register
def _loaded(event: e.ModelLoaded) -> str:
    said = translate("text.log", "The model {model} is loaded ({time}): vectors of {dimensions} numbers.")
    return said.format(model=event.model, time=duration(event.load_s), dimensions=event.dimensions)


@_line.register
def _golden_checked(event: e.GoldenChecked) -> str:
    return golden_sentence(event.report)


@_line.register
def _precision_reported(event: e.PrecisionReported) -> str:
    return precision_sentence(event.report)


@_line.register
def _alarm_raised(event: e.AlarmRaised) -> str:
    return alarm_sentence(event.report)


@_line.register
def _worker_noticed(event: e.WorkerNoticed) -> str:
    words = {
        Notice.DISK_FULL: translate(
            "text.log",
            "The disk of the machine is full. The work waits up to ten minutes for room; the machine costs money "
            "meanwhile.",
        ),
        Notice.DISK_HAS_ROOM: translate("text.log", "There is room on the machine's disk again: the work goes on."),
        Notice.SPREAD: translate(
            "text.log",
            "The model is larger than one card of this machine. It lies on several, of which one works at a time.",
        ),
        Notice.OFFLOADED: translate(
            "text.log",
            "A part of the model does not fit on the card and is brought in for every step: that is 10 to 50 times "
            "slower. A card with more memory, or a smaller model, would cost less.",
        ),
        Notice.PROCESS_DIED: translate(
            "text.log", "One of the processes that embed ended by itself. Another makes its pieces; nothing is lost."
        ),
        Notice.CARD_GIVEN_UP: translate(
            "text.log", "One card of the machine failed again and again. The others go on without it, more slowly."
        ),
    }
    known = next((said for notice, said in words.items() if notice.value == event.notice), "")
    return known or translate("text.log", "The worker on the machine says: {words}").format(words=event.detail)


@_line.register
def _shard_home(event: e.ShardHome) -> str:
    said = translate("text.log", "Piece {number} is home and checked: {rows} vectors.")
    said = said.format(number=event.shard + 1, rows=number(event.rows))
    if event.skipped:
        skipped = event.skipped
        said += " " + translate("text.log", "%n item(s) left out or without picture: see problems.csv.", "", skipped)
    return said


@_line.register
def _shard_lost(event: e.ShardLost) -> str:
    said = translate("text.log", "Piece {number} is damaged or gone on this computer. It is brought or made again.")
    return said.format(number=event.shard + 1)


@_line.register
def _verified(event: e.Verified) -> str:
    wrong = [check_name(line.check) for line in event.report.lines if not line.passed and not line.warning]
    if wrong:
        return translate("text.log", "The check found something wrong: {checks}.").format(checks=", ".join(wrong))
    said = translate("text.log", "Checked: {items} vectors of {dimensions} numbers, all in order.")
    return said.format(items=number(event.report.items), dimensions=event.report.dimensions)


@_line.register
def _pause_wanted(event: e.PauseWanted) -> str:
    del event
    return translate("text.log", "You asked to pause.")


@_line.register
def _paused(event: e.Paused) -> str:
    del event
    return translate("text.log", "Paused. The machine is kept.")


@_line.register
def _go_on_wanted(event: e.GoOnWanted) -> str:
    del event
    return translate("text.log", "You asked to continue.")


@_line.register
def _stop_wanted(event: e.StopWanted) -> str:
    del event
    return translate("text.log", "You asked to stop.")


@_line.register
def _destroy_asked(event: e.DestroyAsked) -> str:
    if event.unfetched:
        unfetched = event.unfetched
        return translate("text.log", "Waiting for your word. %n piece(s): only on the machine.", "", unfetched)
    return translate("text.log", "Waiting for your word about the machine.")


@_line.register
def _destroy_wanted(event: e.DestroyWanted) -> str:
    del event
    return translate("text.log", "You asked to destroy the machine.")


@_line.register
def _keep_wanted(event: e.KeepWanted) -> str:
    del event
    return translate("text.log", "You keep the machine.")


@_line.register
def _destroy_intended(event: e.DestroyIntended) -> str:
    return translate("text.log", "Machine #{id} is being destroyed.").format(id=event.instance_id)


@_line.register
def _destroyed(event: e.Destroyed) -> str:
    return translate("text.log", "Machine #{id} is destroyed; the cloud confirms it.").format(id=event.instance_id)


@_line.register
def _ended(event: e.Ended) -> str:
    if event.complete:
        return translate("text.log", "The run is finished. Nothing is being billed.")
    return translate("text.log", "The run ended before it was complete. Nothing is being billed.")


# --- events that are shown while they last and not kept: the command line prints them ---------------------------------


@_line.register
def _upload_progress(event: e.UploadProgress) -> str:
    return translate("text.log", "{size} uploaded.").format(size=size(event.sent_bytes))


@_line.register
def _weights_progress(event: e.WeightsProgress) -> str:
    said = translate("text.log", "{part} of the model are on the machine.")
    return said.format(part=part_of_size(event.done_bytes, event.total_bytes))


@_line.register
def _progress(event: e.Progress) -> str:
    said = translate("text.log", "{part} items embedded, {rate}.")
    return said.format(part=part_of(event.rows_done, event.rows_total), rate=rate(event.rows_per_s))


@_line.register
def _sample(event: e.Sample) -> str:
    said = translate("text.log", "Memory {memory}, at work {percent}.")
    used = event.vram_used_bytes if event.vram_total_bytes else event.memory_used_bytes
    return said.format(memory=size(used), percent=percent(max(0.0, event.utilisation)))


@_line.register
def _tick(event: e.Tick) -> str:
    del event
    return ""
