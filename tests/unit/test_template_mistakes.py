"""What people write who know no Jinja, and what they are told: the line, and what to write instead."""

import re

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain.record_variables import EXAMPLES
from letterbook.domain.templates import SpoiltValue, TemplateFault, Variable
from letterbook.use_cases.admin.template_examples import fault_at, line_of
from tests.support.builders import template

renderer = TemplateRenderer()


def told(source: str) -> tuple[str, int | None, str]:
    """Code, line and words of what is wrong with a body."""
    draft = template(subject="S", body=source, variables=(Variable(name="what"),))
    try:
        used = renderer.variables_in(source)
        renderer.render(draft, {name: EXAMPLES.get(name, name) for name in used}, html=True)
    except TemplateFault as wrong:
        fault = fault_at(wrong.field, wrong, draft)
        return fault.code, fault.line, fault.message
    return "", None, ""


NAMES = [
    ("{{ party.name }}", 1, "there is no party.name. Did you mean party_name? Write {{ party_name }}."),
    ("Dear\n{{ Party Name }}", 2, "there is no Party Name. Did you mean party_name? Write {{ party_name }}."),
    ("{{ party-name }}", 1, "there is no party-name. Did you mean party_name? Write {{ party_name }}."),
    ("{{ party['name'] }}", 1, "there is no party.name. Did you mean party_name? Write {{ party_name }}."),
    ("{{ Case Reference | upper }}", 1, "Write {{ case_reference }}."),
    ("\n\n{{ subject.amount }}", 3, "Write {{ subject_amount | money }}."),
    ("{{ Due Date }}", 1, "Write {{ subject_due_date | date }}."),
    ("{% if party name %}x{% endif %}", 1, "Write {{ party_name }}."),
    ("{{ Wh at }}", 1, "Did you mean what? Write {{ what }}."),
    ("{{ Shoe Size }}", 1, "there is no Shoe Size. A name has no blanks or signs. Write {{ shoe_size }}."),
]
FILTERS = [
    ("a\nb {{ total | currency }}", 2, "there is no filter currency. Did you mean money? Write {{ total | money }}."),
    ("{{ today | dat }}", 1, "Did you mean date? Write {{ today | date }}."),
    ("{{ party_name | uppercase }}", 1, "Write {{ party_name | upper }}."),
    (
        "{{ total | zzz }}",
        1,
        "There are upper, lower, title, capitalize, trim, default, truncate, date, money, number, table.",
    ),
    ("{{ total money }}", 1, "| is missing. Write {{ total | money }}."),
    ("{{ total | }}", 1, "behind | stands how it is written: upper,"),
    ("{{ | money }}", 1, "before | stands a variable"),
    ("{{ today | date: 'short' }}", 1, "Write {{ today | date('short') }}."),
    ("{{ today | date(length='short') }}", 1, "leave out length=."),
    ("{{ money(total) }}", 1, "Write {{ total | money }}."),
    ("{{ party_name.upper() }}", 1, "Write {{ party_name | upper }}."),
    ("{{ today() }}", 1, "Write {{ today }}."),
]
BRACES = [
    ("{{ what }", 1, "a variable ends with two braces. Write }} behind the name, such as {{ what }}."),
    ("a\nb {{ what\nc {{ what }}", 2, "{{ is not closed. Write }} behind the name, such as {{ what }}."),
    ("see {{", 1, "{{ is not closed. Write }} behind the name, or leave it out."),
    ("{{{ what }}}", 1, "two braces, not three. Write {{ what }}."),
    ("{{ }}", 1, "{{ }} names no variable."),
    ("{{ what, what }}", 1, "one variable stands in each pair of braces"),
    ("{{ 1st }}", 1, "a name begins with a letter, and 1st does not."),
    ("{{ what | default(\u2018x\u2019) }}", 1, "quotes are straight"),
    ("{{ what | default('x }}", 1, "a quote is missing"),
    ("{{ what | default('x' }}", 1, "a parenthesis is missing"),
    ("{# note", 1, "{# begins a note that nobody is shown, and it has no end."),
    ("{{ total + 1 }}", 1, "a template does not reckon."),
    ("{{ what ?? 'x' }}", 1, "{{ what ?? 'x' }} cannot be read."),
    ("{% raw %}{{ a b }}{% endraw %}\n{{ what }", 2, "a variable ends with two braces."),
]
CONDITIONS = [
    ("a\n{% if what %}b\n\nc", 2, "{% if … %} is not closed. Write {% endif %} behind the words that depend on it."),
    ("{% if what %}a{% endif %}\n{% endif %}", 2, "{% endif %} follows no {% if … %}."),
    ("{% else %}", 1, "{% else %} follows no {% if … %}."),
    ("{% if what %}a{% end if %}", 1, "Write {% endif %}."),
    ("{% if what %}a{% else if total %}b{% endif %}", 1, "Write {% elif total %}"),
    ("{% if what = 'x' %}a{% endif %}", 1, "two things are compared by ==. Write {% if what == 'x' %}."),
    ("{% if what && total %}a{% endif %}", 1, "joined by the words and, or, not."),
    ("{% if %}a{% endif %}", 1, "if asks nothing."),
    ("{% if what }}a", 1, "{% is not closed. Write %} behind it"),
    ("{{ if what }}a{{ endif }}", 1, "a condition stands in {% and %}. Write {% if what %}."),
    ("{% if what %}a{{ endif }}", 1, "Write {% endif %}."),
    ("{{#if what}}", 1, "{% if contact_name %} … {% endif %}"),
    ("{{ #what }}", 1, "{% if contact_name %} … {% endif %}"),
    ("x\n{% for one in invoices %}{{ one }}{% endfor %}", 2, "Rows are written by {{ invoices | table }}"),
    ("{% foreach invoices %}", 1, "a template repeats nothing."),
    ("{% set a = 1 %}", 1, "there is no {% set %}. There are {% if … %}"),
    ("{% include 'other' %}", 1, "there is no {% include %}."),
    ("{% if total > 1000 %}a{% endif %}", 1, "Conditions ask for equal texts"),
]
ROWS = [
    ("a\n{{ invoices }}", 2, "invoices are rows, not words. Write {{ invoices | table }}, on a line alone."),
    ("{{ party_name | table }}", 1, "party_name is text"),
    ("These: {{ invoices | table }}", 1, "a table stands on a line of its own"),
    ("{{ invoices | table('numbre') }}", 1, "Did you mean number?"),
]


@pytest.mark.covers("I3")
@pytest.mark.parametrize(("source", "line", "words"), [*NAMES, *FILTERS, *BRACES, *CONDITIONS, *ROWS])
def test_a_mistake_is_told_with_its_line_and_what_to_write(source: str, line: int, words: str) -> None:
    _, where, said = told(source)
    assert words in said
    assert said.startswith(f"Line {line}: ")
    assert where == line


@pytest.mark.parametrize("source", [one[0] for one in NAMES])
def test_a_name_that_can_be_none_has_a_code_of_its_own(source: str) -> None:
    assert told(source)[0] == "unknown_variable"


@pytest.mark.parametrize(
    "source",
    [
        "{{ what }}",
        "{ what } {what}",
        "} }} %}",
        "{% if what == 'x' or not total %}a{% elif what %}b{% else %}c{% endif %}",
    ],
)
def test_what_is_right_is_not_found_fault_with(source: str) -> None:
    assert told(source) == ("", None, "")


def test_a_value_that_is_spoilt_says_where_it_is_used() -> None:
    with pytest.raises(SpoiltValue, match="soon is no date") as wrong:
        renderer.render(template(subject="S", body="a\n\n{{ what | date }}"), {"what": "soon"}, html=True)
    assert (wrong.value.line, wrong.value.variable) == (3, "what")


@given(st.text(alphabet="{}%# abif_|.'\"()=\n-", max_size=60))
def test_whatever_is_written_is_read_or_told_of(source: str) -> None:
    said = told(source)[2]
    line = re.match(r"Line (\d+): ", said)
    assert not said or (line and 1 <= int(line[1]) <= source.count("\n") + 1)
    assert "jinja" not in said.lower()


def test_where_a_variable_is_first_used() -> None:
    assert line_of("what is\n{{ it }}\n{% if what %}x{% endif %}\n{{ what }}", "what") == 3
    assert line_of("a", "what") is None
