"""Whatever edit is called safe: no answer of an unfinished form is lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from form_definitions import (
    FormDefinition,
    FormFileError,
    Safety,
    check_page,
    compare,
    parse_form,
    prune,
    visible,
)
from tests.examples import examples
from tests.form_definitions.test_answers_property import (
    ANSWERS,
    CONDITIONS,
    GROUPS,
    LEAVES,
    forms,
    names_in,
)

Form = dict[str, Any]
Mutation = Callable[[st.DrawFn, Form], None]


def a_question(draw: st.DrawFn, form: Form) -> dict[str, Any]:
    """A question of the form, or one inside it."""
    raw: dict[str, Any] = draw(st.sampled_from(list(form["properties"].values())))
    holder = raw.get("items", raw)
    children = list(holder.get("properties", {}).values()) if isinstance(holder, dict) else []
    return draw(st.sampled_from([raw, *children]))


def a_page(draw: st.DrawFn, form: Form) -> dict[str, Any]:
    return draw(st.sampled_from(form["x-form"]["pages"]))


def reword(draw: st.DrawFn, form: Form) -> None:
    a_question(draw, form)["title"] = draw(st.sampled_from(["Other words", "More words?"]))


def limit(draw: st.DrawFn, form: Form) -> None:
    raw = a_question(draw, form)
    names = ["minimum", "maximum", "maxLength", "minLength", "maxItems", "minItems", "multipleOf"]
    name = draw(st.sampled_from(names))
    value = draw(st.sampled_from([None, 0, 1, 2, 4, 12, 20]))
    raw.pop(name, None)
    if value is not None:
        raw[name] = value


def change_kind(draw: st.DrawFn, form: Form) -> None:
    raw = a_question(draw, form)
    ui = raw.setdefault("x-ui", {})
    widget = draw(st.sampled_from([None, "textarea", "select", "text"]))
    ui.pop("widget", None)
    if widget:
        ui["widget"] = widget


def change_pattern(draw: st.DrawFn, form: Form) -> None:
    raw = a_question(draw, form)
    raw.pop("pattern", None)
    if draw(st.booleans()):
        raw["pattern"] = draw(st.sampled_from(["^[A-Z]+$", "^.", "^A"]))


def change_options(draw: st.DrawFn, form: Form) -> None:
    raw = a_question(draw, form)
    holder = raw.get("items", raw)
    values: list[Any] = holder.get("oneOf", []) if isinstance(holder, dict) else []
    if not all("const" in value for value in values) or not values:
        return  # not a choice of options: there are variants too
    how = draw(st.sampled_from(["add", "remove", "reverse"]))
    if how == "add":
        values.append({"const": "z" if isinstance(values[0]["const"], str) else 9, "title": "Z"})
    elif how == "remove" and len(values) > 1:
        values.pop(draw(st.integers(0, len(values) - 1)))
    else:
        values.reverse()


def change_exclusive(draw: st.DrawFn, form: Form) -> None:
    ui = a_question(draw, form).setdefault("x-ui", {})
    ui["exclusive"] = draw(st.sampled_from(["a", "b", "none"]))
    if draw(st.booleans()):
        del ui["exclusive"]


def require(draw: st.DrawFn, form: Form) -> None:
    ui = a_question(draw, form).setdefault("x-ui", {})
    ui["required"] = draw(st.booleans())


def a_condition(draw: st.DrawFn, form: Form) -> Any:
    usable = [each for each in CONDITIONS if names_in(each) <= set(form["properties"])]
    return draw(st.sampled_from([None, *usable]))


def change_when(draw: st.DrawFn, form: Form) -> None:
    ui = a_question(draw, form).setdefault("x-ui", {})
    ui.pop("when", None)
    condition = a_condition(draw, form)
    if condition:
        ui["when"] = condition


def change_page_when(draw: st.DrawFn, form: Form) -> None:
    page = a_page(draw, form)
    page.pop("when", None)
    condition = a_condition(draw, form)
    if condition:
        page["when"] = condition


def add_question(draw: st.DrawFn, form: Form) -> None:
    names = [name for name in (*LEAVES, *GROUPS) if name not in form["properties"]]
    if names:
        name = draw(st.sampled_from(names))
        raw = json.loads(json.dumps({**LEAVES, **GROUPS}[name]))
        form["properties"][name] = {"title": f"Question {name}", **raw}
        a_page(draw, form).setdefault("questions", []).append(name)


def remove_question(draw: st.DrawFn, form: Form) -> None:
    if len(form["properties"]) == 1:
        return
    name = draw(st.sampled_from(list(form["properties"])))
    del form["properties"][name]
    form["required"] = [each for each in form["required"] if each != name]
    for page in form["x-form"]["pages"]:
        page["questions"] = [each for each in page.get("questions", []) if each != name]


def move_question(draw: st.DrawFn, form: Form) -> None:
    name = draw(st.sampled_from(list(form["properties"])))
    for page in form["x-form"]["pages"]:
        page["questions"] = [each for each in page.get("questions", []) if each != name]
    page = a_page(draw, form)
    page["questions"].insert(draw(st.integers(0, len(page["questions"]))), name)


def move_page(draw: st.DrawFn, form: Form) -> None:
    pages = form["x-form"]["pages"]
    page = pages.pop(draw(st.integers(0, len(pages) - 1)))
    pages.insert(draw(st.integers(0, len(pages))), page)


def rename_page(draw: st.DrawFn, form: Form) -> None:
    a_page(draw, form)["id"] = "another-name"


def add_end(draw: st.DrawFn, form: Form) -> None:
    condition = a_condition(draw, form)
    if condition:
        end = {"id": "new-end", "type": "end", "body": "Stop.", "when": condition}
        form["x-form"]["pages"].insert(draw(st.integers(0, 8)), end)


def remove_end(_draw: st.DrawFn, form: Form) -> None:
    pages = form["x-form"]["pages"]
    form["x-form"]["pages"] = [page for page in pages if page.get("type") != "end"]


MUTATIONS: list[Mutation] = [
    reword,
    limit,
    change_kind,
    change_pattern,
    change_options,
    change_exclusive,
    require,
    change_when,
    change_page_when,
    add_question,
    remove_question,
    move_question,
    move_page,
    rename_page,
    add_end,
    remove_end,
]


def tidied(form: Form) -> Form:
    """The form as the dialect wants it: no empty pages, required said in the right place."""
    pages = form["x-form"]["pages"]
    for page in pages:
        if page.get("type") == "end":
            page.pop("questions", None)
    form["x-form"]["pages"] = [page for page in pages if page.get("type") or page.get("questions")]
    conditional = {
        name
        for page in form["x-form"]["pages"]
        for name in page.get("questions", [])
        if "when" in page or "when" in form["properties"][name].get("x-ui", {})
    }
    for name in conditional & set(form["required"]):
        form["properties"][name].setdefault("x-ui", {})["required"] = True
    form["required"] = [name for name in form["required"] if name not in conditional]
    for name, raw in form["properties"].items():
        if name not in conditional and raw.get("x-ui", {}).get("required"):
            del raw["x-ui"]["required"]
            form["required"] = [*dict.fromkeys([*form["required"], name])]
    return form


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """A form file and what became of it; both load."""
    before = draw(forms())
    edited = json.loads(before)
    for mutation in draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3)):
        mutation(draw, edited)
    edited["x-form"]["version"] = "1.1.0"
    try:
        parse_form(after := json.dumps(tidied(edited)))
    except FormFileError:
        return before, before
    return before, after


def under_way(definition: FormDefinition, answers: dict[str, Any]) -> dict[str, Any]:
    """Answers that were accepted so far: what was refused was never given; some may be hidden."""
    kept = {name: value for name, value in answers.items() if name in definition.questions}
    for _ in range(len(kept) + 1):
        wrong = {error.path.split(".")[0] for error in refused(definition, kept)}
        if not wrong:
            break
        kept = {name: value for name, value in kept.items() if name not in wrong}
    return kept | prune(definition, kept)


def refused(definition: FormDefinition, answers: dict[str, Any]) -> list[Any]:
    """What is wrong with what was answered; that something is missing is not."""
    return [
        error
        for page in visible(definition, answers).pages
        for error in check_page(definition, page, answers).errors
        if error.code != "required"
    ]


@examples(80)
@given(edits(), ANSWERS)
def test_a_safe_edit_keeps_every_answer_that_was_accepted(
    edit: tuple[str, str], answers: dict[str, Any]
) -> None:
    before, after = map(parse_form, edit)
    safety = compare(before, after).safety
    event(f"the edit is {safety}")
    if safety is Safety.BREAKING:
        return
    given_so_far = under_way(before, answers)
    kept = prune(before, given_so_far)
    now = prune(after, given_so_far)
    assert {name: now.get(name) for name in kept} == kept
    wrong = {error.path.split(".")[0] for error in refused(after, given_so_far)}
    assert wrong.isdisjoint(kept)


@examples(50)
@given(forms())
def test_a_form_is_the_same_as_itself_whatever_its_version(form: str) -> None:
    newer = json.loads(form)
    newer["x-form"]["version"] = "2.0.0"
    edit = compare(parse_form(form), parse_form(json.dumps(newer)))
    assert edit.safety is Safety.SAME
    assert edit.changes == ()
