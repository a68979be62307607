"""Check your answers, and the summary that staff read."""

from typing import Any

import pytest

from form_definitions import FieldError, check_answers
from renderers import FormRenderer, Site, compile_form
from tests.form_definitions.factories import checkboxes
from tests.renderers.forms import EVERY_KIND, PEOPLE, form_of, renderer_of
from tests.renderers.html_trees import soup

TEXT: dict[str, Any] = {"type": "string"}


def check(renderer: FormRenderer, answers: dict[str, Any], **others: Any) -> Any:
    """The page "check your answers", parsed."""
    return soup(
        renderer.check_answers(
            answers, csrf="token", change_url=lambda page: f"/form/d/{page}", **others
        )
    )


def rows(html: Any) -> dict[str, str]:
    """Each row's key and value as a person reads them."""
    return {
        row.dt.get_text(strip=True): row.dd.get_text("|", strip=True)
        for row in html.select(".govuk-summary-list__row")
    }


def test_every_answer_is_written_for_people() -> None:
    answers = {name: answer for name, (_, answer) in EVERY_KIND.items()}
    found = rows(check(compile_form(form_of(*EVERY_KIND), Site()), answers))
    assert found['Name of <someone> & "co"'] == 'O\'Neil <b> & "x"'
    assert found["Question story"] == "First line|second </textarea> line"
    assert found["Question nhs_number"] == "999 000 0018"
    assert found["Question rent"] == "£12.50"
    assert found["Question agrees"] == "No"
    assert found["Question trust"] == "Title of northern"
    assert found["Question born_on"] == "7 March 2026"
    assert found["Question home"] == "1 High Street|Belfast|BT1 1AA"
    assert found["First name"] == "Ada"


def test_several_choices_are_a_list() -> None:
    html = check(renderer_of({"signs": checkboxes("a", "b")}), {"signs": ["a", "b"]})
    items = [item.get_text() for item in html.select("dd ul.govuk-list--bullet li")]
    assert items == ["Title of a", "Title of b"]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("A letter from the school", "Change a letter from the school"),
        ("NHS number", "Change NHS number"),
        ("I agree", "Change I agree"),
    ],
)
def test_a_change_link_names_the_question_in_mid_sentence(title: str, said: str) -> None:
    html = check(renderer_of({"name": {**TEXT, "title": title}}), {})
    assert html.select_one(".govuk-summary-list__actions a").get_text() == said


def test_a_change_link_leads_to_the_control_and_says_what_it_changes() -> None:
    html = check(renderer_of({"born_on": {**EVERY_KIND["born_on"][0], "title": "Born on"}}), {})
    link = html.select_one(".govuk-summary-list__actions a")
    assert link["href"] == "/form/d/only#born_on-day"
    assert link.get_text() == "Change born on"
    assert link.select_one(".govuk-visually-hidden")


def test_what_was_not_answered_is_said() -> None:
    found = rows(check(renderer_of({"name": TEXT, "people": PEOPLE}), {}))
    assert found == {"Question name": "Not provided", "People": "None added"}


def test_staff_read_in_one_line_what_was_left_empty() -> None:
    people = [{"first_name": "Ada"}]
    properties = {"name": TEXT, "nickname": {**TEXT, "title": "Any nickname?"}, "people": PEOPLE}
    html = soup(renderer_of(properties).summary({"name": "Ada", "people": people}))
    assert rows(html)["Question name"] == "Ada"
    assert "Any nickname?" not in rows(html)
    left = [line.get_text() for line in html.select("p.intake-not-answered")]
    assert "Not answered: any nickname." in left


def test_what_is_not_shown_is_not_listed() -> None:
    properties = {
        "told": {"type": "boolean"},
        "by_whom": {**TEXT, "x-ui": {"when": {"told": True}}},
    }
    answers = {"told": False, "by_whom": "an old answer"}
    html = check(renderer_of(properties), answers)
    assert list(rows(html)) == ["Question told"]
    assert "an old answer" not in html.get_text()


def test_each_item_of_a_repeating_group_is_a_card_with_its_own_link() -> None:
    people = [{"first_name": "Ada"}, {"first_name": "Zoe"}]
    html = check(renderer_of({"people": PEOPLE}), {"people": people})
    cards = html.select(".govuk-summary-card")
    titles = [card.select_one("h3").get_text(strip=True) for card in cards]
    assert titles == ["Person 1", "Person 2"]
    links = [card.select_one("a")["href"] for card in cards]
    assert links == ["/form/d/only#people-0-first_name", "/form/d/only#people-1-first_name"]


SECTIONS = [
    {"id": "a", "title": "Housing", "section": "Care", "questions": ["housing", "comments"]},
    {"id": "b", "title": "Clothing", "section": "Care", "questions": ["clothing", "remarks"]},
    {"id": "c", "title": "Plan", "questions": ["plan"]},
]
CARE = {
    "housing": {**TEXT, "title": "Grade"},
    "comments": {**TEXT, "title": "Comments"},
    "clothing": {**TEXT, "title": "Grade"},
    "remarks": {**TEXT, "title": "Remarks"},
    "plan": {**TEXT, "title": "Grade"},
}


def test_pages_of_one_section_share_a_heading() -> None:
    html = check(renderer_of(CARE, pages=SECTIONS), {})
    headings = [heading.get_text(strip=True) for heading in html.select("h2.govuk-heading-m")]
    assert headings[:2] == ["Care", "Plan"]


def test_a_section_that_is_taken_up_again_keeps_one_heading() -> None:
    html = check(renderer_of(CARE, pages=[SECTIONS[0], SECTIONS[2], SECTIONS[1]]), {})
    headings = [heading.get_text(strip=True) for heading in html.select("h2.govuk-heading-m")]
    assert headings[:2] == ["Care", "Plan"]
    assert list(rows(html))[-1] == "Grade"


def test_a_page_that_only_informs_does_not_cut_a_section_in_two() -> None:
    news = {"id": "news", "type": "information", "title": "News", "body": "Some."}
    html = check(renderer_of(CARE, pages=[SECTIONS[0], news, *SECTIONS[1:]]), {})
    headings = [heading.get_text(strip=True) for heading in html.select("h2.govuk-heading-m")]
    assert headings[:2] == ["Care", "Plan"]


def test_questions_of_one_name_in_a_section_are_told_apart_by_their_page() -> None:
    html = check(renderer_of(CARE, pages=SECTIONS), {})
    assert list(rows(html)) == ["Housing: Grade", "Comments", "Clothing: Grade", "Remarks", "Grade"]


def test_the_answers_are_sent_by_the_one_form_of_the_page() -> None:
    html = check(renderer_of({"name": TEXT}), {}, back_url="/form/d/only")
    (form,) = html.select("form[method=post]")
    assert form.select_one("input[name=csrf_token]")["value"] == "token"
    button = form.select_one("button[name=action]")
    assert (button["value"], button["data-prevent-double-click"]) == ("submit", "true")
    assert html.select_one(".govuk-back-link")["href"] == "/form/d/only"


def test_errors_link_to_the_pages_that_can_put_them_right() -> None:
    errors = [FieldError("born_on", "required", "Enter it"), FieldError("gone", "x", "Gone")]
    html = check(renderer_of({"born_on": EVERY_KIND["born_on"][0]}), {}, errors=errors)
    links = [link["href"] for link in html.select(".govuk-error-summary a")]
    assert links == ["/form/d/only#born_on-day", "#main-content"]
    assert html.title.get_text().startswith("Error: ")


def test_staff_read_a_fragment_without_links_under_headings_of_the_level_they_ask_for() -> None:
    renderer = renderer_of({"name": TEXT, "people": PEOPLE})
    answers = {"name": "<Ada>", "people": [{"first_name": "Zoe"}]}
    html = soup(renderer.summary(answers, heading_level=4))
    assert rows(html)["Question name"] == "<Ada>"
    assert html.select_one("h5").get_text(strip=True) == "Person 1"
    assert not html.select("a, form, html")


def test_private_use_characters_in_an_answer_mean_nothing_here_either() -> None:
    answer = "\ue000key\ue001\uf8fe0\uf8ff"
    assert rows(check(renderer_of({"name": TEXT}), {"name": answer})) == {"Question name": answer}


CALCULATED = {
    "total": {"function": "sum", "title": "Total", "of": ["a", "b"], "section": "First"},
    "level": {
        "function": "bands",
        "title": "Level",
        "value": "total",
        "visible": True,
        "bands": [{"from": 3, "label": "High"}],
    },
}
SUMMED = {
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "pages": [
        {"id": "one", "title": "First", "questions": ["a"]},
        {"id": "two", "title": "Second", "questions": ["b"]},
    ],
    "calculated": CALCULATED,
}


def test_staff_see_what_was_worked_out_and_others_what_the_author_shows_them() -> None:
    renderer = renderer_of(**SUMMED)
    answers = {"a": 1, "b": 2}
    staff = rows(soup(renderer.summary(answers)))
    assert list(staff.items()) == [
        ("Question a", "1"),
        ("Total", "3"),
        ("Question b", "2"),
        ("Level", "High"),
    ]
    shown = check(renderer, answers)
    assert rows(shown) == {"Question a": "1", "Question b": "2", "Level": "High"}
    assert "Worked out from the answers" in shown.get_text()


def test_staff_see_a_value_as_it_was_stored() -> None:
    assert rows(soup(renderer_of(**SUMMED).summary({"a": 1, "b": 2, "total": 9})))["Total"] == "9"


def test_a_value_that_could_not_be_worked_out_is_left_out() -> None:
    assert "Level" not in rows(soup(renderer_of(**SUMMED).summary({"a": 1})))


def test_an_unusual_police_reference_is_accepted_and_marked() -> None:
    form = form_of("crime")
    usual = rows(check(compile_form(form, Site()), {"crime": "12/AB/12345/26"}))
    assert usual["Question crime"] == "12/AB/12345/26"
    for given in ("crime number 7, Eastmere", "12/AB/1234/26"):
        assert check_answers(form, {"crime": given}).accepted
        [unusual] = rows(check(compile_form(form, Site()), {"crime": given})).values()
        assert unusual.startswith(f"{given}|Check this. A police reference mostly looks like")
    met = rows(check(compile_form(form, Site()), {"crime": "02TJA12345678AB"}))
    assert met["Question crime"] == "02TJA12345678AB"
