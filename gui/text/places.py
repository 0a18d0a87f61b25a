"""Countries by name, as far as machines stand there; another keeps its two letters."""

from __future__ import annotations

from gui.translate import translate


def country_name(code: str) -> str:
    """``KR`` as South Korea."""
    return {
        "AR": translate("text.places", "Argentina"),
        "AT": translate("text.places", "Austria"),
        "AU": translate("text.places", "Australia"),
        "BE": translate("text.places", "Belgium"),
        "BG": translate("text.places", "Bulgaria"),
        "BR": translate("text.places", "Brazil"),
        "CA": translate("text.places", "Canada"),
        "CH": translate("text.places", "Switzerland"),
        "CN": translate("text.places", "China"),
        "CZ": translate("text.places", "Czechia"),
        "DE": translate("text.places", "Germany"),
        "DK": translate("text.places", "Denmark"),
        "EE": translate("text.places", "Estonia"),
        "ES": translate("text.places", "Spain"),
        "FI": translate("text.places", "Finland"),
        "FR": translate("text.places", "France"),
        "GB": translate("text.places", "United Kingdom"),
        "HK": translate("text.places", "Hong Kong"),
        "HU": translate("text.places", "Hungary"),
        "IN": translate("text.places", "India"),
        "IS": translate("text.places", "Iceland"),
        "IT": translate("text.places", "Italy"),
        "JP": translate("text.places", "Japan"),
        "KR": translate("text.places", "South Korea"),
        "MY": translate("text.places", "Malaysia"),
        "NL": translate("text.places", "Netherlands"),
        "NO": translate("text.places", "Norway"),
        "PL": translate("text.places", "Poland"),
        "PT": translate("text.places", "Portugal"),
        "RO": translate("text.places", "Romania"),
        "SE": translate("text.places", "Sweden"),
        "SG": translate("text.places", "Singapore"),
        "SI": translate("text.places", "Slovenia"),
        "TH": translate("text.places", "Thailand"),
        "TW": translate("text.places", "Taiwan"),
        "UA": translate("text.places", "Ukraine"),
        "US": translate("text.places", "United States"),
        "VN": translate("text.places", "Vietnam"),
        "ZA": translate("text.places", "South Africa"),
    }.get(code, code)
