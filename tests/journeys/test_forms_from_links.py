"""Each form is completed from its link, with JavaScript off, by reading only the HTML."""

from collections.abc import Callable

import pytest

from tests.journeys.answers import SIMPLE
from tests.journeys.form_filler import complete, fill, forward
from tests.journeys.html_contract import Page
from tests.journeys.staff_rooms import StaffMember
from tests.journeys.visitors import HttpTransport, Visitor
from tests.running_demo import RunningDemo

# the form, and a team that must find it; another that must not
RIGHT_TEAMS = {
    "breast-pump-loan": ("belfast-infant-feeding", "duty-desk"),
    "master-referral": ("north-west-london-exploitation", "belfast-infant-feeding"),
}
FORMS = sorted(SIMPLE)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own_demo(start_another_demo: Callable[[], RunningDemo]) -> RunningDemo:
    return start_another_demo()


def a_visitor() -> Visitor:
    return Visitor(HttpTransport())


def has_sent_back(page: Page) -> None:
    """A page with errors says so in its title, and each error leads to its control."""
    assert page.errors, f"{page.url} takes anything"
    assert page.title.startswith("Error: "), page.title
    for error in page.errors:
        assert error.href.startswith("#"), error
        assert error.href[1:] in page.ids, f"{page.url}: {error} leads nowhere"


@pytest.mark.parametrize("form_id", FORMS)
def test_a_form_is_completed_from_its_link_and_found_by_the_right_team_only(
    own_demo: RunningDemo, form_id: str
) -> None:
    visitor = a_visitor()
    done = complete(visitor, own_demo.link(form_id), SIMPLE[form_id])
    assert done.reference, done.text[:500]
    assert all("/l/" not in page.url for page in visitor.seen[1:]), "the token stays in addresses"
    if form_id in RIGHT_TEAMS:
        right, wrong = RIGHT_TEAMS[form_id]
        assert done.reference in queue_of(own_demo, right)
        assert done.reference not in queue_of(own_demo, wrong)
    else:
        finders = {
            person["team"]
            for person in own_demo.ready["staff"]
            if finds(own_demo, person, done.reference)
        }
        assert finders, f"nobody finds {done.reference}"
        assert finders < {person["team"] for person in own_demo.ready["staff"]}


def queue_of(demo: RunningDemo, team: str) -> dict[str, str]:
    return StaffMember(HttpTransport(), demo.base_url, demo.staff(team)).cases()


def finds(demo: RunningDemo, person: dict[str, str], reference: str) -> bool:
    """Whether somebody finds a reference with the search of the staff side."""
    member = StaffMember(HttpTransport(), demo.base_url, person)
    page = member.find(reference)
    return any("/staff/cases/" in url for _words, url in page.links)


@pytest.mark.parametrize("form_id", FORMS)
def test_an_empty_page_comes_back_with_a_summary_that_links_to_the_questions(
    demo: RunningDemo, form_id: str
) -> None:
    visitor = a_visitor()
    visitor.open(demo.link(form_id))
    sent_back = 0
    for _ in range(80):
        page = visitor.here
        if "submit" in page.buttons or not page.has_form:
            break
        if page.controls:
            answer = visitor.press(forward(page), [])
            if answer.controls and answer.errors:
                has_sent_back(answer)
                sent_back += 1
            else:  # nothing on the page was required: back to it
                visitor.open(page.url)
        visitor.press(forward(visitor.here), fill(visitor.here, SIMPLE[form_id]))
    assert "submit" in visitor.here.buttons, visitor.here.text[:300]
    assert sent_back >= 5


def test_wrong_answers_come_back_as_they_were_typed(demo: RunningDemo) -> None:
    visitor = a_visitor()
    visitor.open(f"{demo.base_url}/forms/breast-pump-loan")
    wrong = {"telephone": "12", "email": "not an address"}
    for _ in range(40):
        page = visitor.here
        fields = fill(page, SIMPLE["breast-pump-loan"])
        if any(control.name == "telephone" for control in page.controls):
            break
        visitor.press(forward(page), fields)
    page = visitor.press(forward(page), [(name, wrong.get(name, value)) for name, value in fields])
    has_sent_back(page)
    assert {error.href for error in page.errors} >= {"#telephone", "#email"}
    assert page.control("telephone").value == "12"
    assert page.control("email").value == "not an address"


def test_looking_at_a_link_a_hundred_times_consumes_nothing(demo: RunningDemo) -> None:
    visitor = a_visitor()
    for _ in range(100):
        assert visitor.open(demo.link("closure")).status == 200
        assert visitor.transport.fetch("HEAD", demo.link("closure"))[1] == 200


def test_a_link_with_a_changed_character_gets_a_helpful_page(demo: RunningDemo) -> None:
    link = demo.link("breast-pump-loan")
    changed = link[:-1] + ("A" if link[-1] != "A" else "B")
    page = a_visitor().open(changed)
    assert page.status == 404
    assert page.heading
    assert any("/links/ask" in url for _words, url in page.links) or page.has_form
