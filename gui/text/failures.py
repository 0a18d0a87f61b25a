"""Why a worker gave up, and what to do."""

from __future__ import annotations

from gui.text.series import prompt_too_long
from gui.translate import translate
from remote_worker.protocol import Failure


def failure_words(failure: Failure, detail: str, elsewhere: str) -> tuple[str, str]:
    """What happened, with {detail}, {needed} and {free} still in it, and what to do.

    ``elsewhere`` is what one does where another machine may do better.
    """
    return {
        Failure.PROMPT_TOO_LONG: prompt_too_long(detail),
        Failure.DISK_FULL: (
            translate("text.failures", "The disk of the machine ran full while embedding."),
            translate("text.failures", "Continue on a machine with a larger disk."),
        ),
        Failure.OUT_OF_MEMORY: (
            translate("text.failures", "The memory of the machine is too small for this model."),
            translate("text.failures", "Begin a new run with more memory or a smaller model."),
        ),
        Failure.MODEL_MISSING: (
            translate("text.failures", "The model could not be found from the machine."),
            translate("text.failures", "Check the name or folder of the model in a new run."),
        ),
        Failure.HUB_SILENT: (
            translate("text.failures", "The machine cannot reach the place that models are fetched from."),
            elsewhere,
        ),
        Failure.HUB_REFUSES: (
            translate("text.failures", "The place that models are fetched from gives nothing now: {detail}."),
            translate("text.failures", "Continue in a few minutes. What was fetched already is kept on the machine."),
        ),
        Failure.GPU_UNUSABLE: (
            translate("text.failures", "The GPU of the machine cannot be used: {detail}."),
            elsewhere,
        ),
        Failure.DRIVER_OLD: (
            translate("text.failures", "The GPU driver of the machine is too old: {detail}."),
            elsewhere,
        ),
        Failure.MODEL_UNUSABLE: (
            translate("text.failures", "This model was found, but Embark cannot run it."),
            translate("text.failures", "Choose another model in a new run."),
        ),
        Failure.PACKAGE_MISSING: (
            translate("text.failures", "The machine lacks a package that the model needs."),
            elsewhere,
        ),
        Failure.JOB_CHANGED: (
            translate("text.failures", "On the machine lies work that was made otherwise: {detail}."),
            elsewhere,
        ),
        Failure.MODEL_TOO_LARGE: (
            translate("text.failures", "This model needs {needed} of memory; the machine has {free} free."),
            translate("text.failures", "Begin a new run with a larger machine or a smaller model."),
        ),
        Failure.VECTORS_DISAGREE: (
            translate("text.failures", "Computed a second time, the slow way, items came out otherwise: {detail}."),
            translate("text.failures", "Continue on another machine. If it happens there too, choose another model."),
        ),
        Failure.VECTORS_ALIKE: (
            translate("text.failures", "Different items came out with the same vector: {detail}."),
            translate("text.failures", "Look at these items. If they do differ, choose another model or precision."),
        ),
        Failure.VECTORS_NOT_FINITE: (
            translate("text.failures", "The model computed something that is no number: {detail}."),
            translate("text.failures", "Begin a new run with the precision fp32, or with another model."),
        ),
        Failure.PICTURES_IGNORED: (
            translate("text.failures", "The pictures change nothing: {detail} came out the same without theirs."),
            translate("text.failures", "Look at these pictures, or choose another model in a new run."),
        ),
        Failure.JOB_UNREADABLE: (
            translate("text.failures", "The machine could not read its work."),
            elsewhere,
        ),
        Failure.BUG: (
            translate("text.failures", "The embedding stopped because of a fault of Embark."),
            elsewhere,
        ),
    }[failure]
