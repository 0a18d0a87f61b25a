"""What stands in the way of a plan, and how to mend it."""

from __future__ import annotations

from gui.core.plan import PlanProblem, Trouble
from gui.core.units import MicroUsd
from gui.format import money, size
from gui.text.names import cloud_name
from gui.text.series import prompt_too_long
from gui.translate import translate


def describe_trouble(problem: PlanProblem) -> str:
    """One or two sentences; also what stands beside a grey Next."""
    detail = problem.detail
    match problem.trouble:
        case Trouble.SERIES_TOO_LONG:
            return " ".join(prompt_too_long(detail))
        case Trouble.TEMPLATE_BROKEN if not detail:
            return translate(
                "text.troubles", "The text template has a lone bracket: write {{ or }} for one that stays."
            )
        case Trouble.MODEL_UNKNOWN if detail:
            return translate("text.troubles", "Nobody knows this model. Did you mean {name}?").format(name=detail)
        case Trouble.DISK_TOO_SMALL | Trouble.LOCAL_DISK_TOO_SMALL if detail.isdigit():
            detail = size(int(detail))
        case Trouble.TOO_LARGE_HERE | Trouble.GPU_TOO_SMALL:
            return _too_large(problem)
        case Trouble.CLOUD_WITHOUT_KEY:
            detail = cloud_name(detail)
        case Trouble.LIMIT_TOO_LOW if detail.isdigit():
            detail = money(MicroUsd(int(detail)))
    return _sentence(problem.trouble).format(detail=detail)


def _too_large(problem: PlanProblem) -> str:
    """What the model needs, and a card that would do."""
    needed, _, card = problem.detail.partition(" ")
    said = {
        Trouble.TOO_LARGE_HERE: translate(
            "text.troubles", "This model needs {memory} of memory, and this computer has less."
        ),
        Trouble.GPU_TOO_SMALL: translate(
            "text.troubles", "This model needs {memory} of memory, and the chosen GPUs have less."
        ),
    }[problem.trouble]
    todo = translate("text.troubles", "Choose a smaller model.")
    if card:
        todo = translate("text.troubles", "Rent a machine with {card}, or choose a smaller model.")
    return f"{said} {todo}".format(memory=size(int(needed)) if needed.isdigit() else needed, card=card)


def _sentence(trouble: Trouble) -> str:
    return {
        Trouble.NO_ITEMS: translate("text.troubles", "Add the files with your items first."),
        Trouble.NOT_READ_YET: translate("text.troubles", "The items are still being read."),
        Trouble.ITEMS_FAILED: translate("text.troubles", "The items could not be read. Mend or take out the file."),
        Trouble.NOTHING_TO_EMBED: translate("text.troubles", "There is not one item with text or a picture in it."),
        Trouble.SERIES_TOO_SHORT: translate(
            "text.troubles",
            "Not one window fits into this part of the file. Use a shorter history or shorter output lengths.",
        ),
        Trouble.MODEL_NOT_FOR_SERIES: translate(
            "text.troubles", "A time series is read by a text model. Choose one of the cards."
        ),
        Trouble.NOT_HEEDED_BY_SERIES: translate(
            "text.troubles", "A time series has its own way of being read: take {detail} out of the plan."
        ),
        Trouble.TEMPLATE_BROKEN: translate("text.troubles", "The text template names {detail}, which no item has."),
        Trouble.TEMPLATE_SAME: translate(
            "text.troubles", "The text template must name {{question}} or {{choices}}, else all items read the same."
        ),
        Trouble.MODEL_UNKNOWN: translate("text.troubles", "Nobody knows this model. Choose one of the cards."),
        Trouble.MODEL_FOLDER_MISSING: translate("text.troubles", "There is no model in {detail}."),
        Trouble.PRECISION_UNKNOWN: translate("text.troubles", "The precision must be one of {detail}."),
        Trouble.PRECISION_OVERFLOWS: translate(
            "text.troubles",
            "In fp16 the numbers of this model overflow, and there are no vectors. Choose one of {detail}.",
        ),
        Trouble.DIMENSIONS_WRONG: translate("text.troubles", "This model makes vectors of {detail} numbers."),
        Trouble.CLOUD_UNKNOWN: translate("text.troubles", "Machines can be rented from: {detail}."),
        Trouble.CLOUD_WITHOUT_KEY: translate("text.troubles", "{detail} needs a key first: give it in Accounts."),
        Trouble.NO_OFFER: translate("text.troubles", "No machine fits. Ask for less, or allow a higher price."),
        Trouble.DISK_TOO_SMALL: translate("text.troubles", "The disk is too small: this run needs {detail}."),
        Trouble.LIMIT_TOO_LOW: translate("text.troubles", "The limit is below what the run will cost, about {detail}."),
        Trouble.LIMIT_NOT_POSITIVE: translate("text.troubles", "Set a limit above zero."),
        Trouble.LEASE_TOO_SHORT: translate(
            "text.troubles", "The machine must be let go on for {detail} minutes or more."
        ),
        Trouble.NO_FOLDER: translate("text.troubles", "Choose a folder for the result."),
        Trouble.FOLDER_NOT_WRITABLE: translate("text.troubles", "Embark may not write in {detail}. Choose another."),
        Trouble.FOLDER_HAS_RESULT: translate("text.troubles", "There is a result in {detail} already. Choose another."),
        Trouble.LOCAL_DISK_TOO_SMALL: translate(
            "text.troubles", "This computer's disk lacks {detail}. Make room first."
        ),
    }[trouble]
