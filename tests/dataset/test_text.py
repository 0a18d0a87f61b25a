"""HTML becomes plain text without hurting formulas, and templates are filled or refused with a hint."""

from __future__ import annotations

import pytest

from gui.core.dataset import check_template, render
from gui.core.dataset.text import plain_text
from gui.core.errors import PlanError


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("plain", "plain"),
        ("두 줄<br>입니다<BR/>셋", "두 줄\n입니다\n셋"),
        ("<p>하나</p><p>둘</p>", "하나\n둘"),
        ("<div><p>하나</p></div>\n<div>둘</div>", "하나\n둘"),
        ("first\nsecond\r\nthird\rfourth", "first\nsecond\nthird\nfourth"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ('<span style="color: red">빨간</span> 글', "빨간 글"),
        ("<ul><li>하나</li><li>둘</li></ul>", "하나\n둘"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("5 &lt; 7 &amp; 7 &gt; 5 &nbsp; &#8451; &#x2103;", "5 < 7 & 7 > 5   ℃ ℃"),
        ("R&D at AT&T costs &pound;5; &unknown;", "R&D at AT&T costs £5; &unknown;"),
        ("&amp;lt; stays &lt;", "&lt; stays <"),
        ("<!-- a comment with <b> in it -->text<!-- -->", "text"),
        ("<script>var a = '<p>';</script><style>p {}</style>text", "text"),
        ("<script>never closed", "never closed"),
        ("10<sup>-3</sup> m, x<sup>n+1</sup>, 1<sup>st</sup>, H<sub>2</sub>O", "10^-3 m, x^(n+1), 1st, H2O"),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "1 2"),
        ("<o:p></o:p>한글", "한글"),
        ("<p class=\"a>b\" title='x'>text</p>", "text"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
    ],
)
def test_html_is_reduced_to_plain_text(html: str, plain: str) -> None:
    assert plain_text(html)[0] == plain


@pytest.mark.parametrize(
    "formula",
    [
        "x < 3 and y > 2",
        "x<3 and y>2",
        "0<x<1, a<b<c 이고 d>0",
        "if a<b and b>c then a<b>c",
        "1 <2> 3",
        "f(x)<p>q",
        r"\( \frac{a}{b} < \sqrt{2} \)",
        "List<String> names",
        "n<m && m>k",
        "<x, y> = 0",
        "A <B> C",
        "a < b",
        "p<q>r",
        "<3",
        "<",
        "5 << 2 >> 1",
        "x<",
    ],
)
def test_formulas_survive(formula: str) -> None:
    assert plain_text(formula) == (formula, [])


@pytest.mark.parametrize(
    ("html", "sources"),
    [
        ('<img src="a.png">', ["a.png"]),
        ("<IMG alt='x > y' SRC='2024/01/02/a.png' />", ["2024/01/02/a.png"]),
        ("<img src=a.png><img width=3 src = b.png >", ["a.png", "b.png"]),
        ('<img src="a.png?w=1&amp;h=2">', ["a.png?w=1&h=2"]),
        ('<img data-src="lazy.png" src="real.png">', ["real.png"]),
        ("<img alt='no source'>", []),
        ("write &lt;img src='x.png'&gt; in HTML", []),
    ],
)
def test_image_sources_are_taken_from_the_text(html: str, sources: list[str]) -> None:
    plain, found = plain_text(html)
    assert found == sources
    assert "png" not in plain or not sources


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\n",
        "\n ",
        "<p>",
        "<",
        "<a ",
        '<a "',
        "<a '",
        "<img",
        "<!--",
        "<sup>",
        "<script>",
        "&",
        "<p",
        "<b>",
        '"<a "',
    ],
)
@pytest.mark.timeout(60)
def test_the_time_for_hostile_text_does_not_grow_with_the_square_of_its_length(piece: str) -> None:
    plain_text("<br>" + piece * 300_000)  # would take hours


def test_the_template_is_filled() -> None:
    filled = render(
        "[{subject}] {id}: {question}{choices}", question="Q?", choices=("a", "b"), subject="수학", item_id="7"
    )
    assert filled == "[수학] 7: Q?\n1. a\n2. b"


def test_braces_in_texts_and_doubled_braces_are_just_braces() -> None:
    assert render("{{x}} {question}", question="{choices} {0}") == "{x} {choices} {0}"


@pytest.mark.parametrize(
    ("template", "hint"),
    [
        ("{qestion}", "{question}"),
        ("{Question}", "{question}"),
        ("{choice}{question}", "{choices}"),
        ("{item}", "{question} {choices}"),
        ("{}", "{question} {choices}"),
        ("{0}", "{question} {choices}"),
        ("{question.__class__}", "{question}"),
        ("{question[0]}", "{question}"),
        ("{question!r}", "{question}"),
        ("{question:>10}", "{question}"),
        ("{question", ""),
        ("question}", ""),
        ("문제:", "{question}{choices}"),
        ("", "{question}{choices}"),
        ("{subject}", "{question}{choices}"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_a_hint(template: str, hint: str) -> None:
    for attempt in (lambda: check_template(template), lambda: render(template, question="Q")):
        with pytest.raises(PlanError) as raised:
            attempt()
        assert raised.value.field == "data.template"
        assert raised.value.problem
        assert raised.value.hint == hint
