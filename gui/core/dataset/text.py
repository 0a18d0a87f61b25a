"""How an item becomes text: HTML reduced to plain text, and the template that the model reads."""

from __future__ import annotations

import difflib
import html
import re
import string
import unicodedata
from functools import lru_cache

from gui.core.errors import PlanError

DEFAULT_TEMPLATE = "문제: {question}{choices}"
FIELDS = ("question", "choices", "subject", "id")

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\ud800-\udfff\u200b\u2028\u2029\u2060\ufeff]")
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:]*+)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""")
_LETTER_CLOSED = re.compile(r"</([A-Za-z])\s*>")
_SOURCE = re.compile(r"""(?<![\w-])src\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_EDGES = re.compile(r" ?\n ?")
_MANY_LINES = re.compile(r"\n{3,}")


_BLOCKS = """address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section table tbody tfoot thead tr ul"""
_CELLS = "td th math mi mn mo mtext ms mrow mfrac msqrt mroot msup msub msubsup mover munder mtr mtd"
_INLINE = """a abbr b big button cite code col colgroup del dfn em embed font head i iframe img input ins kbd label link
    mark meta o:p q s samp select small span strike strong sub sup svg textarea title tt u var video wbr"""
_BLOCK = "\0"  # stands for a line break where blocks meet, until they are tidied
_HIDDEN = frozenset(("script", "style"))
_STAND_INS = {
    **dict.fromkeys(_BLOCKS.split(), _BLOCK),
    **dict.fromkeys(_CELLS.split(), " "),
    **dict.fromkeys((*_INLINE.split(), *_HIDDEN), ""),
    "br": "\n",
}
"""What is written in the place of a tag. Any other name in angle brackets is not HTML."""
_ORDINALS = frozenset(("st", "nd", "rd", "th"))


def clean(value: str) -> str:
    """NFC, with ``\\n`` line ends and without control characters, half surrogates and invisible marks."""
    if _ODD.search(value):
        value = _ODD.sub(_tame, value.replace("\r\n", "\n"))
    return value.strip() if value.isascii() else unicodedata.normalize("NFC", value).strip()


def _tame(odd: re.Match[str]) -> str:
    character = odd.group()
    if character in "\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if character == "\xa0":
        return " "
    return "\ufffd" if "\ud800" <= character <= "\udfff" else ""


def plain_text(value: str) -> tuple[str, list[str]]:
    """Text without HTML, and the ``src`` of its images in order. "x < 3 and y > 2" is not HTML and stays."""
    if "<" not in value and "&" not in value:
        return clean(value), []
    sources: list[str] = []
    if "<" in value:
        value = _without_tags(_without_comments(value), sources)
    if "&" in value:
        value = _ENTITY.sub(lambda entity: html.unescape(entity.group()), value)
    return clean(value), sources


def _without_comments(value: str) -> str:
    parts, at = [], 0
    while (start := value.find("<!--", at)) >= 0 and (end := value.find("-->", start + 4)) >= 0:
        parts.append(value[at:start])
        at = end + 3
    parts.append(value[at:])
    return "".join(parts)


def _without_tags(value: str, sources: list[str]) -> str:
    parts: list[str] = []
    closed = set(_LETTER_CLOSED.findall(value))
    at, hidden, raised = 0, "", -1  # raised: where in parts a superscript began
    for tag in _TAG.finditer(value):
        closing, name, rest = tag.groups()
        name = name.lower()
        if hidden:
            if closing and name == hidden:
                at, hidden = tag.end(), ""
            continue
        stand_in = _STAND_INS.get(name)
        if stand_in is None or (len(name) == 1 and not closing and not _is_letter_tag(value, tag, closed)):
            continue
        parts.append(value[at : tag.start()])
        parts.append(stand_in)
        at = tag.end()
        if name in _HIDDEN:
            hidden = "" if closing else name
        elif name == "sup":
            if closing and raised >= 0:
                parts[raised:] = [_superscript("".join(parts[raised:]))]
            raised = -1 if closing else len(parts)
        elif name == "img" and (source := _SOURCE.search(rest)):
            sources.append(html.unescape(source.group(1) or source.group(2) or source.group(3) or "").strip())
    if not parts:
        return value
    parts.append(value[at:])
    return _tidy("".join(parts))


def _is_letter_tag(value: str, tag: re.Match[str], closed: set[str]) -> bool:
    """Whether ``<b>``, ``<i>`` ... is HTML; "a<b>c" and "if a<b and b>c" are not."""
    rest = tag.group(3).strip(" \t\r\n/")
    if rest:
        return "=" in rest
    if tag.group(2) in closed:
        return True
    before = value[tag.start() - 1] if tag.start() else ""
    return tag.group(2) in "pP" and not (before.isalnum() or before == ")")  # often left open


def _superscript(inner: str) -> str:
    inner = inner.strip()
    if not inner or inner in _ORDINALS:
        return inner
    return f"^{inner}" if re.fullmatch(r"[+-]?\w+", inner) else f"^({inner})"


def _tidy(value: str) -> str:
    """One line break where blocks meet, blanks and empty lines no more than needed."""
    lines = "\n".join(filter(None, (piece.strip(" \t\r\n") for piece in value.split(_BLOCK))))
    return _MANY_LINES.sub("\n\n", _EDGES.sub("\n", _BLANKS.sub(" ", lines)))


def check_template(template: str) -> None:
    """Raises PlanError (field "data.template"; hint = the nearest known field) when it cannot be filled."""
    _parts(template)


def render(template: str, *, question: str, choices: tuple[str, ...] = (), subject: str = "", item_id: str = "") -> str:
    """The item as the model reads it. ``{choices}`` becomes lines ``"\\n1. ..."``.

    Raises PlanError as ``check_template`` does.
    """
    filled: list[str] = []
    for literal, name in _parts(template):
        filled.append(literal)
        if name == "question":
            filled.append(question)
        elif name == "choices":
            filled.extend(f"\n{number}. {choice}" for number, choice in enumerate(choices, 1))
        elif name == "subject":
            filled.append(subject)
        elif name == "id":
            filled.append(item_id)
    return "".join(filled).strip()


@lru_cache(maxsize=64)
def _parts(template: str) -> tuple[tuple[str, str], ...]:
    """(text before, field or "") pieces."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as broken:
        raise PlanError(field="data.template", problem=str(broken)) from broken
    for _, name, form, conversion in parsed:
        if name is None:
            continue
        if name not in FIELDS:
            near = difflib.get_close_matches(name.strip().lower(), FIELDS, n=1, cutoff=0.5)
            known = near or FIELDS[:2]
            raise PlanError(
                field="data.template",
                problem=f"unknown field {{{name}}}",
                hint=" ".join(f"{{{field}}}" for field in known),
            )
        if form or conversion:
            raise PlanError(field="data.template", problem=f"{{{name}}} takes no format", hint=f"{{{name}}}")
    if not {"question", "choices"} & {name for _, name, _, _ in parsed}:
        raise PlanError(field="data.template", problem="every item would read the same", hint="{question}{choices}")
    return tuple((unicodedata.normalize("NFC", literal), name or "") for literal, name, _, _ in parsed)
