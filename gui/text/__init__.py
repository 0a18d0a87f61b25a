"""Every sentence about a state, an event, an error or a problem of a plan, without Qt."""

from gui.text.errors import describe_error
from gui.text.findings import alarm_sentence, alike, golden_sentence, precision_sentence
from gui.text.log import log_line
from gui.text.names import check_found, check_name, cloud_name, step_name
from gui.text.states import (
    Billing,
    billing,
    closing_words,
    continue_words,
    is_practice,
    machine_name,
    money_sentence,
    needs_key,
    run_name,
    sentence,
    settled_in_accounts,
    step_fraction,
    step_note,
    step_title,
    waiting_reason,
    waiting_run,
)
from gui.text.troubles import describe_trouble

__all__ = [
    "Billing",
    "alarm_sentence",
    "alike",
    "billing",
    "check_found",
    "check_name",
    "closing_words",
    "cloud_name",
    "continue_words",
    "describe_error",
    "describe_trouble",
    "golden_sentence",
    "is_practice",
    "log_line",
    "machine_name",
    "money_sentence",
    "needs_key",
    "precision_sentence",
    "run_name",
    "sentence",
    "settled_in_accounts",
    "step_fraction",
    "step_name",
    "step_note",
    "step_title",
    "waiting_reason",
    "waiting_run",
]
