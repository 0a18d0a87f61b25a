"""What is wrong with a plan file."""

from __future__ import annotations

from pathlib import Path

from gui.core.errors import PlanError
from gui.core.plan.toml import Fault
from gui.translate import translate


def describe_fault(error: PlanError) -> tuple[str, str]:
    """(what is wrong, what to do); the second may be empty."""
    parts = {
        "field": error.field,
        "problem": error.problem,
        "hint": error.hint,
        "file": Path(error.hint).name or error.hint,
    }
    what, todo = _words(error)
    return what.format(**parts), todo.format(**parts)


def _words(error: PlanError) -> tuple[str, str]:
    kinds = {
        "text": translate("text.plan_files", "In the plan file, {field} must be a text."),
        "texts": translate("text.plan_files", "In the plan file, {field} must be a list of texts."),
        "whole-number": translate("text.plan_files", "In the plan file, {field} must be a whole number."),
        "whole-numbers": translate("text.plan_files", "In the plan file, {field} must be a list of whole numbers."),
        "number": translate("text.plan_files", "In the plan file, {field} must be a number."),
        "yes-or-no": translate("text.plan_files", "In the plan file, {field} must be true or false."),
        "table": translate("text.plan_files", "In the plan file, {field} must be a table: [{field}]."),
    }
    meant = translate("text.plan_files", "Did you mean {hint}?")
    possible = translate("text.plan_files", "Possible is: {hint}.")
    faults = {
        Fault.UNKNOWN_KEY: (translate("text.plan_files", "The plan file has a key that nobody knows: {field}."), meant),
        Fault.MISSING: (translate("text.plan_files", "The plan file does not say {field}."), ""),
        Fault.WRONG_TYPE: (kinds.get(error.hint, kinds["text"]), ""),
        Fault.WRONG_VALUE: (translate("text.plan_files", "In the plan file, {field} is not possible."), possible),
        Fault.ONE_OF_TWO: (
            translate("text.plan_files", "The plan file has both [{field}] and [{hint}]."),
            translate("text.plan_files", "Take one of the two out."),
        ),
        Fault.NOT_TEXT: (translate("text.plan_files", "{file} is not a plan file: it is not text."), ""),
        Fault.FILE_MISSING: (translate("text.plan_files", "{file} is not there, or may not be read."), ""),
    }
    known = {str(fault): words for fault, words in faults.items()}
    if error.problem in known:
        what, todo = known[error.problem]
        return what, todo if error.hint else ""
    if not error.field:
        return translate("text.plan_files", "The plan file cannot be read: {problem}."), ""
    return translate("text.plan_files", "The plan cannot be used: {field}: {problem}."), meant if error.hint else ""
