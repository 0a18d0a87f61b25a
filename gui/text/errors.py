"""What happened, what it means for money and data, what to do: for every EmbarkError."""

from __future__ import annotations

from functools import singledispatch
from pathlib import Path

from gui.core import errors
from gui.core.plan import Page, PlanProblem, Trouble
from gui.core.plan.typical import card_with
from gui.core.result.check import Check
from gui.core.units import MicroUsd
from gui.format import duration, money, per_hour, size
from gui.text.failures import failure_words
from gui.text.items import duplicate_ids, no_images, no_items
from gui.text.names import check_name, cloud_name, said_changes
from gui.text.plan_files import describe_fault
from gui.text.series import no_series
from gui.text.troubles import describe_trouble
from gui.translate import translate
from remote_worker.protocol import Failure

Words = tuple[str, str, str]


@singledispatch
def describe_error(error: errors.EmbarkError) -> Words:
    """(what happened, what it means for money and data, what to do); the last two may be empty."""
    del error
    return (
        translate("text.errors", "Something did not work."),
        translate("text.errors", "Your items are untouched."),
        translate("text.errors", "Try again. If it happens again, the log in Settings says more."),
    )


# --- the plan and the items -------------------------------------------------------------------------------------------


@describe_error.register
def _plan(error: errors.PlanError) -> Words:
    known = {str(trouble): trouble for trouble in Trouble}
    if error.problem in known:
        return describe_trouble(PlanProblem(Page.REVIEW, known[error.problem], error.hint)), "", ""
    what, todo = describe_fault(error)
    return what, _files_untouched(), todo


@describe_error.register
def _data(error: errors.DataError) -> Words:
    del error
    what = translate("text.errors", "The items cannot be used as they are.")
    return what, _files_untouched(), translate("text.errors", "Choose other files.")


@describe_error.register
def _series_unreadable(error: errors.SeriesUnreadable) -> Words:
    what, todo = no_series(error)
    return what, _files_untouched(), todo


@describe_error.register
def _items_unreadable(error: errors.ItemsUnreadable) -> Words:
    what, todo = no_items(error)
    return what, _files_untouched(), todo


@describe_error.register
def _duplicate_ids(error: errors.DuplicateIds) -> Words:
    return duplicate_ids(error)


@describe_error.register
def _items_changed(error: errors.ItemsChanged) -> Words:
    del error
    return (
        translate("text.errors", "The items are not the ones this run began with."),
        translate("text.errors", "Old and new vectors are not mixed. What was embedded before is kept."),
        translate("text.errors", "Put the old files back and continue, or begin a new run with the new ones."),
    )


@describe_error.register
def _images_unreadable(error: errors.ImagesUnreadable) -> Words:
    what, todo = no_images(error)
    return what, _files_untouched(), todo


# --- keys -------------------------------------------------------------------------------------------------------------


@describe_error.register
def _credential(error: errors.CredentialError) -> Words:
    del error
    what = translate("text.errors", "A key cannot be used.")
    return what, _keys_stay(), translate("text.errors", "Look at the keys in Settings.")


@describe_error.register
def _keyring_missing(error: errors.KeyringMissing) -> Words:
    del error
    return (
        translate("text.errors", "This computer has no safe place for keys that Embark can use."),
        translate("text.errors", "Keys are never written to a plain file. They can be kept until Embark is closed."),
        translate("text.errors", "Set up a keyring (GNOME Keyring or KWallet), or give the key anew each time."),
    )


@describe_error.register
def _keyring_locked(error: errors.KeyringLocked) -> Words:
    what = translate("text.errors", "The keyring of this computer is locked.")
    if error.waited_s:
        what = translate("text.errors", "The keyring of this computer did not answer for {time}.")
        what = what.format(time=duration(error.waited_s))
    return what, _keys_stay(), translate("text.errors", "Unlock it, then try again.")


@describe_error.register
def _key_unusable(error: errors.KeyUnusable) -> Words:
    name = Path(error.path).name or error.path
    what = {
        "not-a-key": translate("text.errors", "{file} is not an SSH key."),
        "wrong-passphrase": translate("text.errors", "The passphrase does not open {file}."),
        "too-long": translate("text.errors", "The key in {file} is too long for a keyring."),
        "unsupported": translate("text.errors", "{file} holds a kind of key that Embark does not use."),
        "public-half": translate("text.errors", "{file} is the public half of a key. The other half is needed."),
        "exists": translate("text.errors", "There is a key already. A key is never overwritten."),
    }.get(error.reason, translate("text.errors", "The key in {file} cannot be used."))
    todo = {
        "wrong-passphrase": translate("text.errors", "Type the passphrase again."),
        "public-half": translate("text.errors", "Choose the file of the same name without .pub."),
        "exists": translate("text.errors", "Keep it, or remove it first."),
    }.get(error.reason, translate("text.errors", "Choose another file, or let Embark make a key."))
    return what.format(file=name), _keys_stay(), todo


# --- clouds -----------------------------------------------------------------------------------------------------------


@describe_error.register
def _cloud(error: errors.CloudError) -> Words:
    del error
    return translate("text.errors", "The cloud could not do that."), _may_be_billed(), _look_at_bill()


@describe_error.register
def _cloud_unreachable(error: errors.CloudUnreachable) -> Words:
    what = translate("text.errors", "{cloud} does not answer.").format(cloud=cloud_name(error.cloud))
    means = translate("text.errors", "What is billed there cannot be told until it answers. Your items are safe.")
    return what, means, translate("text.errors", "Embark keeps asking. Check the network of this computer.")


@describe_error.register
def _offer_gone(error: errors.OfferGone) -> Words:
    what = translate("text.errors", "Somebody else rented this machine first ({cloud}, {offer}).")
    means = translate("text.errors", "It was not rented and costs nothing.")
    return (
        what.format(cloud=cloud_name(error.cloud), offer=error.offer_id),
        means,
        translate("text.errors", "Choose another machine."),
    )


@describe_error.register
def _cloud_refused(error: errors.CloudRefused) -> Words:
    what = {
        "key": translate("text.errors", "{cloud} does not accept the key."),
        "no-key": translate("text.errors", "There is no key for {cloud} on this computer."),
        "permission": translate("text.errors", "{cloud} says that the key may not do this."),
        "quota": translate("text.errors", "{cloud} allows no more of this today."),
        "credit": translate("text.errors", "There is not enough credit at {cloud}."),
        "no-offer": translate("text.errors", "{cloud} has no machine now that fits this plan."),
        "invalid": translate("text.errors", "{cloud} did not understand what was asked."),
    }.get(error.reason, translate("text.errors", "{cloud} said no."))
    todo = {
        "key": translate("text.errors", "Look at the key in Accounts."),
        "no-key": translate("text.errors", "Give the key in Accounts."),
        "permission": translate("text.errors", "Make a new key with the permissions that Accounts names."),
        "quota": translate("text.errors", "Try again tomorrow, after midnight UTC."),
        "credit": translate("text.errors", "Add credit there, then continue."),
        "no-offer": translate(
            "text.errors", "Continue later, or begin a new run with other machines or a higher price."
        ),
    }.get(error.reason, translate("text.errors", "Try again, or choose another machine."))
    means = translate("text.errors", "Nothing new was rented. Your items are safe.")
    return what.format(cloud=cloud_name(error.cloud)), means, todo


@describe_error.register
def _instance_lost(error: errors.InstanceLost) -> Words:
    what = {
        "gone": translate("text.errors", "{cloud} does not list machine #{id} any more."),
        "stuck": translate("text.errors", "Machine #{id} at {cloud} did not come up in time."),
        "stopped": translate("text.errors", "Machine #{id} at {cloud} was stopped."),
        "lost": translate("text.errors", "Machine #{id} is silent, {cloud} says, or can never run."),
    }.get(error.status, translate("text.errors", "Machine #{id} at {cloud} is gone, or will never run."))
    means = translate("text.errors", "What had come home is safe. What was only there must be embedded again.")
    todo = translate("text.errors", "Continue: another machine is rented, and only what is missing is done.")
    if error.status == "stopped":
        means = translate("text.errors", "What had come home is safe. The rest lies on its disk until it is destroyed.")
        todo = translate("text.errors", "Continue: it is started again. If it is gone, another one is rented.")
    return what.format(id=error.instance_id, cloud=cloud_name(error.cloud)), means, todo


@describe_error.register
def _price_changed(error: errors.PriceChanged) -> Words:
    what = translate("text.errors", "The machine costs {rented}, not {shown} as it was shown.")
    what = what.format(rented=per_hour(MicroUsd(error.rented)), shown=per_hour(MicroUsd(error.shown)))
    means = translate("text.errors", "Nothing was sent to it.")
    return what, means, translate("text.errors", "Continue at this price, or choose another machine in a new run.")


@describe_error.register
def _budget_reached(error: errors.BudgetReached) -> Words:
    what = translate("text.errors", "The limit of {limit} is reached.").format(limit=money(MicroUsd(error.limit)))
    means = translate("text.errors", "What is finished is brought to this computer. Nothing more is embedded.")
    return what, means, translate("text.errors", "With a higher limit it goes on: only what is missing is embedded.")


# --- the machine ------------------------------------------------------------------------------------------------------


@describe_error.register
def _machine(error: errors.MachineError) -> Words:
    del error
    return translate("text.errors", "The machine could not do its work."), _home_is_safe(), _continue_elsewhere()


@describe_error.register
def _guard_unproven(error: errors.GuardUnproven) -> Words:
    del error
    what = translate("text.errors", "Nothing on the machine could show that it can end the bill by itself.")
    means = translate(
        "text.errors", "If this computer is closed or offline, the machine is billed until you destroy it."
    )
    return what, means, translate("text.errors", "Destroy it, or continue and keep Embark open.")


@describe_error.register
def _connection_lost(error: errors.ConnectionLost) -> Words:
    what = translate("text.errors", "The connection to the machine broke.")
    means = translate("text.errors", "The machine goes on by itself. Nothing is lost.")
    if error.during == "connect":
        what = translate("text.errors", "The machine cannot be reached now.")
        means = translate(
            "text.errors", "One that has just started takes a while; one that was at work goes on by itself."
        )
    return what, means, translate("text.errors", "Embark connects again by itself.")


@describe_error.register
def _host_key_changed(error: errors.HostKeyChanged) -> Words:
    what = translate("text.errors", "This is not the machine that was rented: its key is another ({found}).")
    means = translate("text.errors", "Nothing was sent to it. What had come home is safe.")
    todo = translate("text.errors", "Destroy the machine and continue with another one.")
    return what.format(found=error.found), means, todo


@describe_error.register
def _login_refused(error: errors.LoginRefused) -> Words:
    what = translate("text.errors", "The machine does not let Embark in yet ({address}).").format(address=error.address)
    means = translate("text.errors", "That is usual for a machine that has just started.")
    return what, means, translate("text.errors", "Embark tries again by itself.")


@describe_error.register
def _machine_disk_full(error: errors.MachineDiskFull) -> Words:
    what = translate("text.errors", "The disk of the machine is full: {free} free, {needed} needed.")
    todo = translate("text.errors", "Continue on a machine with a larger disk.")
    return what.format(free=size(error.free_bytes), needed=size(error.needed_bytes)), _home_is_safe(), todo


@describe_error.register
def _machine_unfit(error: errors.MachineUnfit) -> Words:
    needed, found = size(error.needed), size(error.found)
    what = {
        "no-gpu": translate("text.errors", "The machine was rented with a GPU and shows none."),
        "gpu": translate("text.errors", "The GPU of the machine cannot be used: {detail}."),
        "driver": translate("text.errors", "The GPU driver of the machine is too old: {detail}."),
        "memory": translate("text.errors", "The GPU of the machine has {found} of memory; the model needs {needed}."),
        "disk": translate("text.errors", "The machine has {found} of free disk; this run needs {needed}."),
        "slow": translate("text.errors", "The machine downloads only {found} a second: the model would take too long."),
        "no-network": translate("text.errors", "The machine cannot reach the place that models are fetched from."),
    }.get(error.reason, translate("text.errors", "The machine is not what was rented."))
    todo = translate("text.errors", "Destroy it and continue: another machine is taken.")
    return what.format(detail=error.detail, needed=needed, found=found), _home_is_safe(), todo


@describe_error.register
def _python_missing(error: errors.PythonMissing) -> Words:
    del error
    what = translate("text.errors", "The machine has no Python that Embark can use.")
    return what, _home_is_safe(), _continue_elsewhere()


@describe_error.register
def _packages_missing(error: errors.PackagesMissing) -> Words:
    what = translate("text.errors", "The Python on the machine lacks what the model needs: {packages}.")
    todo = translate("text.errors", "Install them there ({python}), or continue on another machine.")
    return what.format(packages=", ".join(error.missing)), _home_is_safe(), todo.format(python=error.python)


@describe_error.register
def _transfer_corrupt(error: errors.TransferCorrupt) -> Words:
    what = translate("text.errors", "{name} did not arrive as it was sent.").format(name=error.name)
    means = translate("text.errors", "The broken copy is not used. Nothing is lost.")
    return what, means, translate("text.errors", "Embark sends it again by itself.")


@describe_error.register
def _agent_failed(error: errors.AgentFailed) -> Words:
    what = translate("text.errors", "The machine could not do what it was asked ({verb}).").format(verb=error.verb)
    return what, _home_is_safe(), _continue_elsewhere()


# --- the worker -------------------------------------------------------------------------------------------------------


@describe_error.register
def _worker(error: errors.WorkerError) -> Words:
    del error
    return translate("text.errors", "The embedding stopped."), _home_is_safe(), _continue_elsewhere()


@describe_error.register
def _worker_killed(error: errors.WorkerKilled) -> Words:
    what = translate("text.errors", "The embedding was ended from outside.")
    todo = translate("text.errors", "Continue: only what is missing is done.")
    if error.signal == 9:
        what = translate("text.errors", "The machine ended the embedding, mostly because its memory ran out.")
        todo = translate("text.errors", "Close other programs or take a machine with more memory, then continue.")
    return what, _home_is_safe(), todo


@describe_error.register
def _worker_failed(error: errors.WorkerFailed) -> Words:
    what, todo = failure_words(
        _failure(error.reason), error.detail, _continue_elsewhere(), card_with(error.needed_bytes)
    )
    needed, free = size(error.needed_bytes), size(error.free_bytes)
    detail = said_changes(error.detail) if error.reason == Failure.JOB_CHANGED.value else error.detail
    return what.format(detail=detail, needed=needed, free=free), _home_is_safe(), todo


def _failure(reason: str) -> Failure:
    """A reason nobody knows (a newer worker gave it) is a fault of ours."""
    return next((failure for failure in Failure if failure.value == reason), Failure.BUG)


@describe_error.register
def _model_changed(error: errors.ModelChanged) -> Words:
    what = translate("text.errors", "The model {model} is not what it was when this run began.")
    if error.changes:
        what = translate("text.errors", "The model {model} is not what it was when this run began: {changes}.")
    what = what.format(model=error.model, changes=said_changes(error.changes))
    means = translate("text.errors", "Old and new vectors are not mixed. What was embedded before is kept.")
    return what, means, translate("text.errors", "Begin a new run, so that all vectors are of one model.")


@describe_error.register
def _unexpected(error: errors.Unexpected) -> Words:
    what = translate("text.errors", "Embark made a mistake ({kind}).").format(kind=error.detail)
    todo = translate("text.errors", "Continue: only what is missing is done. The log in Settings says more.")
    return what, _home_is_safe(), todo


# --- this computer ----------------------------------------------------------------------------------------------------


@describe_error.register
def _local_disk_full(error: errors.LocalDiskFull) -> Words:
    what = translate("text.errors", "The disk of this computer is full ({path}).").format(path=error.path)
    means = translate("text.errors", "What had come home is safe, the rest is still on the machine.")
    todo = translate("text.errors", "Make room, then continue.")
    if error.needed_bytes:
        todo = translate("text.errors", "Make room ({size} are needed), then continue.")
    return what, means, todo.format(size=size(error.needed_bytes))


@describe_error.register
def _local_file_refused(error: errors.LocalFileRefused) -> Words:
    what = translate("text.errors", "This computer does not let Embark use {path}.").format(path=error.path)
    todo = translate("text.errors", "Check that its drive is there and that you may write to it, then try again.")
    return what, _home_is_safe(), todo


@describe_error.register
def _run_busy(error: errors.RunBusy) -> Words:
    del error
    return (
        translate("text.errors", "Another Embark on this computer is carrying this run out."),
        translate("text.errors", "Nothing was changed."),
        translate("text.errors", "Look at it there, or close that one first."),
    )


@describe_error.register
def _folder_busy(error: errors.FolderBusy) -> Words:
    what = translate("text.errors", "Another run that has not ended writes into {folder}.").format(folder=error.path)
    means = translate("text.errors", "Nothing was started.")
    return what, means, translate("text.errors", "Continue or end that run first, or choose another folder.")


@describe_error.register
def _result(error: errors.ResultError) -> Words:
    del error
    what = translate("text.errors", "The result cannot be used.")
    return what, "", translate("text.errors", "Choose another folder.")


@describe_error.register
def _result_unreadable(error: errors.ResultUnreadable) -> Words:
    what = {
        "missing": translate("text.errors", "The folder {folder} is not there."),
        "not-a-result": translate("text.errors", "In {folder} lies no result of a run."),
        "series": translate("text.errors", "In {folder} lies the result of a time series, which has no items."),
        "items": translate("text.errors", "In {folder} lies the result of items, which is no time series."),
        "damaged": translate("text.errors", "The result in {folder} is damaged."),
    }.get(error.reason, translate("text.errors", "The result in {folder} cannot be read."))
    todo = translate("text.errors", "Choose another folder.")
    if error.reason == "damaged":
        todo = translate("text.errors", "If its run is still in the list, continue it: damaged pieces are made again.")
    return what.format(folder=error.path), "", todo


@describe_error.register
def _export_refused(error: errors.ExportRefused) -> Words:
    what = translate("text.errors", "There is something else in {folder}.").format(folder=Path(error.path).name)
    means = translate("text.errors", "Nothing was written. The result is untouched.")
    return what, means, translate("text.errors", "Choose an empty folder, or a new one.")


@describe_error.register
def _check_failed(error: errors.CheckFailed) -> Words:
    named = [check_name(Check(name)) if name in set(Check) else name for name in error.checks]
    what = translate("text.errors", "The vectors are not what was asked for: {checks}.")
    means = translate("text.errors", "They are kept, but do not use them.")
    todo = translate("text.errors", "Continue: pieces that are wrong are made again.")
    return what.format(checks=", ".join(named)), means, todo


# --- sentences that many need -----------------------------------------------------------------------------------------


def _files_untouched() -> str:
    return translate("text.errors", "Your files were not changed.")


def _keys_stay() -> str:
    return translate("text.errors", "No key was changed.")


def _may_be_billed() -> str:
    return translate("text.errors", "If a machine is rented, it goes on and is billed.")


def _look_at_bill() -> str:
    return translate("text.errors", "Bill shows what is rented now.")


def _home_is_safe() -> str:
    return translate("text.errors", "Your items are safe, and so is every piece that has come home.")


def _continue_elsewhere() -> str:
    return translate("text.errors", "Continue: only what is missing is done, on a new machine if need be.")
