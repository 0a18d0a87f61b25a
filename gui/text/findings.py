"""What was found out about the vectors themselves: the golden check, the precision, alarms."""

from __future__ import annotations

import math

from gui.format import percent
from gui.translate import translate
from remote_worker.protocol import Alarm, Alarmed, Golden, PrecisionReport

_NAMED = 3


def alike(cosine: float) -> str:
    """0.99987 as ``0.9998``: rounded down, nothing is "1.0000" before it is."""
    return f"{math.floor(cosine * 10_000) / 10_000:.4f}"


def golden_sentence(golden: Golden) -> str:
    """How many items were computed twice, and how alike their vectors are."""
    if not golden.rows:
        return translate("text.findings", "No item could be computed a second time before the work began.")
    lowest = alike(min(one.cosine for one in golden.rows))
    count = len(golden.rows)
    said = translate(
        "text.findings",
        "Computed a second time, one by one, before the work began: %n item(s), {alike} alike or more (1 = equal).",
        "",
        count,
    ).format(alike=lowest)
    if golden.home:
        count = len(golden.home)
        home = translate(
            "text.findings", "Made again here: %n item(s) of the machine before, {alike} alike or more.", "", count
        )
        said += " " + home.format(alike=alike(min(one.cosine for one in golden.home)))
    return said


def precision_sentence(report: PrecisionReport) -> str:
    """What the precision changes, of a sample."""
    if report.why_not:
        why = {
            "full": translate(
                "text.findings", "Everything was computed in full precision: there is nothing to compare."
            ),
            "memory": translate("text.findings", "Full precision did not fit into the memory of the machine."),
            "time": translate("text.findings", "Full precision would have taken too long on this machine."),
        }
        return why.get(report.why_not, translate("text.findings", "There were too few items to compare."))
    count = report.rows
    said = translate(
        "text.findings",
        "Computed in full precision too: %n item(s). In {precision} half of them are {median} alike or more, the least "
        "{lowest}. Of an item's {nearest} nearest, {share} stay.",
        "",
        count,
    )
    return said.format(
        precision=report.precision,
        median=alike(report.median),
        lowest=alike(report.lowest),
        nearest=report.neighbours,
        share=percent(report.overlap, digits=1),
    )


def alarm_sentence(alarmed: Alarmed) -> str:
    """Which items look wrong, and why."""
    count = alarmed.rows
    said = {
        Alarm.NOT_FINITE.value: translate("text.findings", "Without a vector: %n item(s) ({items}).", "", count),
        Alarm.SAME_VECTOR.value: translate(
            "text.findings",
            "With the vector of another item that reads differently: %n item(s) ({items}).",
            "",
            count,
        ),
        Alarm.PICTURE_IGNORED.value: translate(
            "text.findings", "With the same vector as without the picture: %n item(s) ({items}).", "", count
        ),
    }.get(alarmed.alarm, translate("text.findings", "Looking wrong: %n item(s) ({items}).", "", count))
    named = ", ".join(alarmed.item_ids[:_NAMED]) + (" …" if alarmed.rows > _NAMED else "")
    return said.format(items=named)
