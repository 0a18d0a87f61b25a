"""Why the first machine of the table is recommended, in words."""

from __future__ import annotations

from gui.core.plan import FirstPlace, Why
from gui.format import duration, money, per_hour
from gui.translate import translate


def recommendation(place: FirstPlace) -> str:
    """A sentence or two."""
    parts = {
        "time": duration(place.expected.total_s),
        "price": per_hour(place.offer.price_per_hour),
        "other": place.other.name if place.other else "",
        "saves": money(place.saves),
    }
    return _words(place).format(**parts)


def _words(place: FirstPlace) -> str:
    match place.why:
        case Why.FREE:
            return translate("pages.new_run.recommended", "Recommended: it is free and done in about {time}.")
        case Why.ONLY:
            return translate("pages.new_run.recommended", "The only one that fits: {time} at {price}.")
        case Why.FASTER:
            return _faster(place)
        case Why.FASTER_LINE:
            return translate(
                "pages.new_run.recommended",
                "Recommended: cheapest in all. Another {other} costs less an hour, but takes much longer to download "
                "the model.",
            )
        case Why.LESS_TRAFFIC:
            return translate(
                "pages.new_run.recommended",
                "Recommended: cheapest in all. A {other} costs less an hour, but more for what is sent and downloaded.",
            )
        case Why.SOONER:
            return translate(
                "pages.new_run.recommended", "Recommended: no other is cheaper, and this one is done first."
            )
    if not place.saves:
        return translate("pages.new_run.recommended", "Recommended: no other is cheaper. It takes {time} at {price}.")
    return translate(
        "pages.new_run.recommended",
        "Recommended: cheapest in all, {time} at {price}. The next would cost {saves} more.",
    )


def _faster(place: FirstPlace) -> str:
    if place.slower >= 3:
        return translate(
            "pages.new_run.recommended",
            "Recommended: cheapest in all. It costs more an hour than the {other}, but is done in less than a third of "
            "the time.",
        )
    if place.slower >= 2:
        return translate(
            "pages.new_run.recommended",
            "Recommended: cheapest in all. It costs more an hour than the {other}, but is done in less than half the "
            "time.",
        )
    return translate(
        "pages.new_run.recommended",
        "Recommended: cheapest in all. It costs more an hour than the {other}, but is done sooner.",
    )
