"""Rendering a 40-question page, against the same page straight through govuk-frontend-jinja."""

from typing import Any

from benchmarks.forms import make_answers, make_form
from benchmarks.measuring import Figure, compare, shown
from form_definitions import Kind, Question, parse_form
from renderers import Site, compile_form, environment

QUESTIONS = 40

STRAIGHT = """
{%- extends "govuk_frontend_jinja/template.html" -%}
{%- from "govuk_frontend_jinja/components/button/macro.html" import govukButton -%}
{%- from "govuk_frontend_jinja/components/checkboxes/macro.html" import govukCheckboxes -%}
{%- from "govuk_frontend_jinja/components/date-input/macro.html" import govukDateInput -%}
{%- from "govuk_frontend_jinja/components/input/macro.html" import govukInput -%}
{%- from "govuk_frontend_jinja/components/radios/macro.html" import govukRadios -%}
{%- from "govuk_frontend_jinja/components/select/macro.html" import govukSelect -%}
{%- from "govuk_frontend_jinja/components/textarea/macro.html" import govukTextarea -%}
{%- set macros = {"input": govukInput, "textarea": govukTextarea, "select": govukSelect,
    "radios": govukRadios, "checkboxes": govukCheckboxes, "date": govukDateInput} -%}
{%- block content -%}
<h1 class="govuk-heading-l">{{ title }}</h1>
<form method="post" novalidate><input type="hidden" name="csrf_token" value="{{ csrf }}">
{% for macro, params in fields %}{{ macros[macro](params) }}{% endfor %}
{{ govukButton({"text": "Continue", "name": "action", "value": "continue"}) }}
</form>
{%- endblock -%}
"""


def measure() -> list[Figure]:
    """The ratio of the two ways."""
    definition = parse_form(make_form(QUESTIONS), "measured.json")
    answers = make_answers(QUESTIONS)
    page = definition.pages[0]
    renderer = compile_form(definition, Site())
    template = environment().from_string(STRAIGHT)

    def ours() -> str:
        return renderer.page(page.id, answers, csrf="token")

    def straight() -> str:
        fields = [component(question, answers[question.name]) for question in page.questions]
        return template.render(title=page.title, csrf="token", fields=fields)

    assert ours().count("govuk-label") >= QUESTIONS // 2
    assert straight().count("govuk-label") >= QUESTIONS // 2
    times = compare(ours, straight, rounds=20, ours_batch=200)
    return [
        Figure(
            "Rendering of a 40-question page",
            shown(times.ours),
            f"govuk-frontend-jinja {shown(times.theirs)}",
            times.theirs / times.ours,
            200,
            "×",
            more_is_better=True,
        )
    ]


def component(question: Question, value: Any) -> tuple[str, dict[str, Any]]:
    """The macro and its parameters, as somebody would write who had no skeletons."""
    name = question.name
    base = {"id": name, "name": name, "label": {"text": question.title}}
    group = {"idPrefix": name, "name": name, "fieldset": {"legend": {"text": question.title}}}
    if question.kind is Kind.LONG_TEXT:
        return "textarea", {**base, "value": value}
    if question.kind is Kind.SELECT:
        return "select", {**base, "items": items(question, "selected", [value])}
    if question.kind in (Kind.RADIOS, Kind.YES_NO):
        return "radios", {**group, "items": items(question, "checked", [value])}
    if question.kind is Kind.CHECKBOXES:
        return "checkboxes", {**group, "items": items(question, "checked", value)}
    if question.kind is Kind.DATE:
        year, month, day = value.split("-")
        parts = {"day": day, "month": month, "year": year}
        boxes = [{"name": part, "value": typed} for part, typed in parts.items()]
        return "date", {**group, "id": name, "namePrefix": name, "items": boxes}
    return "input", {**base, "value": value}


def items(question: Question, mark: str, chosen: list[Any]) -> list[dict[str, Any]]:
    """The options, the chosen ones marked."""
    return [
        {"value": str(option.value), "text": option.title, mark: option.value in chosen}
        for option in question.options
    ]
