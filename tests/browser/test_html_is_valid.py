"""The Nu HTML checker finds no error on any page: forms, errors, staff pages, mail, refusals."""

import re

import pytest

from tests.browser.checkers import HtmlCollection
from tests.journeys.answers import FOR_WORDS, SIMPLE
from tests.journeys.form_filler import Answers, carry_on, fill, forward
from tests.journeys.staff_rooms import SHOWS, StaffMember
from tests.journeys.visitors import HttpTransport, Visitor
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.html_checker, pytest.mark.slow]

PLAIN = ("/", "/help", "/privacy", "/accessibility", "/links/ask", "/nowhere", "/demo/mail")

TEAM = "teams/eastmere-early-help"
TEAM_PAGES = ("pause", "hours", "closing-days", "capacity", "contact")
STAFF_PATHS = (
    "find",
    "campaigns",
    "campaigns/new",
    "campaigns/opt-outs",
    "messages",
    "teams",
    TEAM,
    *(f"{TEAM}/{page}" for page in TEAM_PAGES),
)
RULES_PAGES = ("rule?number=4", "fallback", "file", "publish", "discard")
LINK_PAGE = re.compile(r"/staff/links/[0-9a-f]{32}$")
SHARED_LINK = [
    ("form_id", "breast-pump-loan"),
    ("kind", "shared"),
    ("language", "en"),
    ("expires", "14"),
    ("uses", "500"),
    ("verify", "form"),
]


def with_errors(visitor: Visitor, answers: Answers) -> None:
    """Through a form, sending each page empty first."""
    for _ in range(80):
        if "submit" in visitor.here.buttons or not visitor.here.has_form:
            return
        if visitor.here.controls:
            address = visitor.here.url
            if not visitor.press(forward(visitor.here), []).errors:
                visitor.open(address)
        visitor.press(forward(visitor.here), fill(visitor.here, answers))


def public_visitors(demo: RunningDemo) -> list[Visitor]:
    visitors = []
    for form_id in ("breast-pump-loan", "master-referral"):
        for way in FOR_WORDS[form_id]:
            visitor = Visitor(HttpTransport())
            visitor.open(f"{demo.base_url}/forms/{form_id}")
            carry_on(visitor, Answers(way, everything=True))
            visitors.append(visitor)
        wrong = Visitor(HttpTransport())
        wrong.open(f"{demo.base_url}/forms/{form_id}")
        with_errors(wrong, SIMPLE[form_id])
        visitors.append(wrong)
    plain = Visitor(HttpTransport())
    for path in PLAIN:
        plain.open(demo.base_url + path)
    plain.open(next(url for _words, url in reversed(plain.here.links) if "/demo/mail/" in url))
    plain.open(demo.link("gcp2"))
    plain.open(demo.link("gcp2")[:-1])
    return [*visitors, plain]


def staff_visitors(demo: RunningDemo) -> list[Visitor]:
    member = StaffMember(HttpTransport(), demo.base_url, demo.staff("eastmere-early-help", "lead"))
    for show in SHOWS:
        queue = member.open(f"{demo.base_url}/staff/queue?show={show}")
        for case in [url for _words, url in queue.links if "/staff/cases/" in url][:1]:
            page = member.open(case)
            for url in sorted(
                {u.split("#")[0] for _w, u in page.links if u.startswith(f"{case}/")}
            ):
                member.open(url)
    for path in STAFF_PATHS:
        member.open(f"{demo.base_url}/staff/{path}")
    member.open(f"{demo.base_url}/staff/links/new")
    issued = member.press_form("/links/new", SHARED_LINK)
    link = next(url for _words, url in issued.links if LINK_PAGE.search(url))
    for path in (link, f"{link}/replace", f"{demo.base_url}/staff/links"):
        member.open(path)
    member.start_on_case("closure")
    with_errors(member, SIMPLE["closure"])
    carry_on(member, SIMPLE["closure"])
    member.start_on_case("gcp2")  # forty pages of radios, whose errors are those of all radios
    carry_on(member, SIMPLE["gcp2"])
    return [member]


def rules_visitor(demo: RunningDemo) -> Visitor:
    """Whoever drafts a change of routing rules, and tries it."""
    keeper = demo.staff("duty-desk", "administrator")
    member = StaffMember(HttpTransport(), demo.base_url, keeper)
    member.open(f"{demo.base_url}/staff/rules")
    member.open(f"{demo.base_url}/staff/rules/master-referral")
    draft = member.press_form("/draft").url
    for path in RULES_PAGES:
        member.open(f"{draft}/{path}")
    for path in ("try", "trial", "rule"):
        member.open(f"{draft}/{path}")
        member.press_first([])
    return member


def test_the_html_checker_finds_no_error_on_any_page(
    demo: RunningDemo, html_checker: HtmlCollection
) -> None:
    for visitor in (*public_visitors(demo), *staff_visitors(demo), rules_visitor(demo)):
        for page in visitor.seen:
            html_checker.add(page.url, page.html)
    assert html_checker.added > 200
    assert html_checker.problems() == []
