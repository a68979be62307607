"""A link after it was issued: more time, its message again, another one in its place, lists."""

import itertools
import re
from datetime import timedelta

import pytest

from intake import outbox
from intake.app_state import clock as now_of
from intake.database import db, transaction
from intake.models import AuditEntry, Link, OutboxMessage
from intake.services.case_decisions import accept
from intake.services.link_care import Replacement, extend_link, replace_link
from intake.services.link_lists import STATES, LinkFilter, wanted_links
from intake.services.link_opening import LinkState, exchange, link_state, open_link
from intake.services.links import LinkNotIssued, issue_link, revoke_link
from tests.intake.campaign_making import recipients
from tests.intake.campaign_making import send as send_campaign
from tests.intake.case_making import PUMPS, Browser, make_case, make_staff, part

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("robin")]

HOLDER = "parent@example.org"
FIELDS = {"team": PUMPS, "form_id": "visit", "expires": "14", "uses": "1"}


@pytest.fixture
def browser(app):
    return Browser(app, "robin")


def issue(**options):
    given = {"recipient": HOLDER, "actor": "cli", "team_id": PUMPS, "purpose": "First visit"}
    return issue_link("visit", **given | options)


def state_of(link_id):
    return link_state(db.session.get_one(Link, link_id, populate_existing=True), now_of())


def token_of(issued):
    return issued.url.rpartition("/")[2]


def test_an_expired_link_opens_again_when_it_is_given_more_time(app, clock):
    with app.app_context():
        issued = issue()
        clock.advance(days=40)
        assert open_link(token_of(issued)).state is LinkState.EXPIRED
    page, browser = f"/staff/links/{issued.id}", Browser(app, "robin")
    browser.get(page)
    assert browser.post(f"{page}/extend", expires="14").status_code == 303
    with app.app_context():
        assert open_link(token_of(issued)).state is LinkState.ISSUED
    text = browser.get(page).text
    assert "Given more time" in text
    assert "Robin" in text


def test_a_link_is_never_given_less_time(app, browser):
    with app.app_context():
        issued = issue(expires_at=now_of() + timedelta(days=60))
    answer = browser.post(f"/staff/links/{issued.id}/extend", expires="7")
    assert answer.status_code == 422
    assert "The new end must be later" in answer.text


def test_only_a_shared_link_is_given_more_uses(app, robin):
    with app.app_context():
        later = now_of() + timedelta(days=90)
        shared = issue(kind="shared", recipient="", uses=3)
        extend_link(robin, shared.id, later, uses=500)
        assert db.session.get(Link, shared.id).uses_allowed == 500
        with pytest.raises(LinkNotIssued, match="Only a shared link"):
            extend_link(robin, issue().id, later, uses=2)
        with pytest.raises(LinkNotIssued, match="from 500 to"):
            extend_link(robin, shared.id, later + timedelta(days=1), uses=1)


def test_a_link_in_place_of_another_goes_to_the_same_person_and_ends_that_one(app, browser):
    with app.app_context():
        old = issue(language="", uses=1)
    page = browser.get(f"/staff/links/{old.id}/replace").text
    assert f'value="{HOLDER}"' in page
    assert "First visit" in page
    answer = browser.post(
        f"/staff/links/{old.id}/replace", recipient=HOLDER, expires="14", purpose="First visit"
    )
    assert answer.status_code == 303
    new_id = answer.location.rpartition("/")[2]
    with app.app_context():
        assert state_of(old.id) is LinkState.REVOKED
        assert state_of(new_id) is LinkState.ISSUED
        messages = db.session.query(OutboxMessage).filter_by(kind="email").all()
        assert {(each.link_id, each.state) for each in messages} == {
            (old.id, outbox.DONE),  # the message with the dead link does not go out
            (new_id, outbox.WAITING),
        }
    assert new_id in browser.get(f"/staff/links/{old.id}").text
    again = browser.post(f"/staff/links/{old.id}/replace", recipient=HOLDER, expires="14")
    assert again.status_code == 422, "pressed twice, there is one new link"


def test_a_link_that_was_used_is_not_replaced(app, robin):
    with app.app_context():
        issued = issue()
        with transaction() as session:
            session.get(Link, issued.id).uses_count = 1
        wanted = Replacement(HOLDER, now_of() + timedelta(days=1))
        with pytest.raises(LinkNotIssued):
            replace_link(robin, issued.id, wanted)


def test_a_task_is_not_prolonged_or_replaced_for_a_team_that_left_the_case(app, robin, browser):
    with app.app_context():
        case_id = make_case()
        accept(robin, part(case_id), address="")
        issued = issue_link("closure", recipient=HOLDER, actor="cli", case_id=case_id)
    page = f"/staff/links/{issued.id}"
    assert "Send a new link in its place" in browser.get(page).text
    browser.get(f"/staff/cases/{case_id}")
    browser.post(f"/staff/cases/{case_id}/close", outcome="helped", words="They moved away.")
    text = browser.get(page).text
    assert "Send a new link in its place" not in text
    assert "Give more time" not in text
    assert browser.post(f"{page}/extend", expires="90").status_code == 422
    answer = browser.post(f"{page}/replace", recipient=HOLDER, expires="90")
    assert answer.status_code == 422


def test_a_message_that_was_given_up_is_sent_again_from_the_page_of_its_link(app, browser):
    with app.app_context():
        issued = issue()
        with transaction():
            message = db.session.query(OutboxMessage).filter_by(kind="email").one()
            message.state, message.last_problem = outbox.DEAD, "refused"
            db.session.get(Link, issued.id).delivery_failed_at = now_of()
    page = f"/staff/links/{issued.id}"
    text = browser.get(page).text
    assert "Send the same message again" in text
    assert "Message could not be delivered" in text
    assert browser.post(f"{page}/resend").status_code == 303
    with app.app_context():
        assert db.session.query(OutboxMessage).one().state == outbox.WAITING
    text = browser.get(page).text
    assert "Send the same message again" not in text
    assert "Message sent again" in text


def test_a_sent_message_is_not_there_to_be_sent_again_and_that_is_said(app, browser):
    with app.app_context():
        issued = issue()
    answer = browser.post(f"/staff/links/{issued.id}/resend")
    assert "not there any more" in browser.get(answer.location).text


def test_a_message_of_a_revoked_link_does_not_go_out(app):
    with app.app_context():
        issued = issue()
        revoke_link(None, issued.id)
        message = db.session.query(OutboxMessage).one()
        assert (message.state, message.sealed_payload) == (outbox.DONE, None)


def test_the_timeline_says_what_happened_in_order_and_who_of_the_staff_did_it(app, clock, browser):
    browser.get("/staff/links/new")
    answer = browser.post("/staff/links/new", **FIELDS, recipient=HOLDER, purpose="For Monday")
    link_id = answer.location.rpartition("/")[2]
    with app.app_context():
        clock.advance(minutes=5)
        with transaction() as session:
            session.get(Link, link_id).sent_at = now_of()
        clock.advance(minutes=5)
    browser.post(f"/staff/links/{link_id}/revoke")
    text = browser.get(f"/staff/links/{link_id}").text
    titles = re.findall(r'moj-timeline__title">([^<]+)', text)
    assert titles == ["Revoked", "Message handed over to the mail server", "Issued"]
    assert text.count("by Robin") == 2
    assert "For Monday" in text


# -- shared links on paper ------------------------------------------------------------------------


def shared_page(browser):
    browser.get("/staff/links/new")
    return browser.post("/staff/links/new", **FIELDS | {"uses": "5,000"}, kind="shared")


def test_the_address_of_a_shared_link_is_shown_once_with_its_code(app, browser):
    answer = shared_page(browser)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<svg" in answer.text
    token = re.search(r'name="token" value="([^"]+)"', answer.text)[1]
    with app.app_context():
        link = db.session.query(Link).one()
        assert (link.kind, link.uses_allowed) == ("shared", 5000)
        link_id = link.id
        assert exchange(token)
    assert token not in browser.get(f"/staff/links/{link_id}").text


@pytest.mark.parametrize(
    ("paper", "start"),
    [("poster", b"%PDF"), ("letter", b"%PDF"), ("svg", b"<svg"), ("png", b"\x89PNG")],
)
def test_a_shared_link_is_saved_as_a_file(browser, paper, start):
    page = shared_page(browser)
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    address = re.search(r'action="(/staff/links/\w+/paper)"', page.text)[1]
    fields = {"csrf_token": browser.token, "token": token, "paper": paper}
    answer = browser.client.post(address, data=fields)
    assert answer.status_code == 200
    assert answer.data.startswith(start)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=visit-")


def test_no_paper_is_made_of_another_links_address(app, browser):
    page = shared_page(browser)
    address = re.search(r'action="(/staff/links/\w+/paper)"', page.text)[1]
    with app.app_context():
        other = token_of(issue())
    assert browser.post(address, token=other, paper="svg").status_code == 400
    assert browser.post(address, token="x", paper="svg").status_code == 400


def test_a_shared_link_verifies_nobody_and_that_is_said(browser):
    browser.get("/staff/links/new")
    answer = browser.post("/staff/links/new", **FIELDS, kind="shared", verify="code")
    assert answer.status_code == 422
    assert 'href="#verify"' in answer.text


def test_a_passphrase_is_asked_for_where_it_is_to_be_shown(app, browser):
    browser.get("/staff/links/new")
    fields = FIELDS | {"recipient": HOLDER, "verify": "passphrase"}
    assert 'href="#answer"' in browser.post("/staff/links/new", **fields).text
    answer = browser.post("/staff/links/new", **fields, answer="three blue boats")
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.query(Link).one().verify == "passphrase"


# -- lists ----------------------------------------------------------------------------------------


def test_a_state_is_the_same_in_a_list_and_on_a_page(app):
    """Every combination of what a state is made of."""
    past, future = timedelta(days=-1), timedelta(days=1)
    with app.app_context():
        now = now_of()
        template = db.session.get(Link, issue().id)
        copied = {c.key: getattr(template, c.key) for c in Link.__table__.columns}
        flags = itertools.product([True, False], repeat=5)
        with transaction() as session:
            session.query(OutboxMessage).delete()
            session.query(Link).delete()
            for number, (revoked, used, expired, locked, opened) in enumerate(flags):
                for sent in (True, False):
                    moments = {
                        "id": f"{number * 2 + sent:032x}",
                        "revoked_at": now if revoked else None,
                        "uses_count": 1 if used else 0,
                        "expires_at": now + (past if expired else future),
                        "locked_at": now if locked else None,
                        "opened_at": now if opened else None,
                        "sent_at": now if sent else None,
                    }
                    session.add(Link(**copied | moments))
        found = {state: wanted_links(LinkFilter(state=state), limit=100) for state in STATES}
        assert sum(map(len, found.values())) == 64
        for state, lines in found.items():
            assert {line.state for line in lines} == {state}


def test_a_list_is_narrowed_by_its_address_and_the_address_is_kept_from_page_to_page(app, clock):
    with app.app_context():
        old = issue()
        clock.advance(days=30)
        for _ in range(51):
            issue()
    browser = Browser(app, "robin")
    text = browser.get("/staff/links?state=issued").text
    assert "51 links, page 1 of 2" in text
    assert old.id not in text
    following = re.search(r'href="([^"]+)" rel="next"', text)[1].replace("&amp;", "&")
    assert "state=issued" in following
    assert "page 2 of 2" in browser.get(following).text
    assert old.id in browser.get("/staff/links?state=expired").text
    assert "No link of your teams is like this" in browser.get("/staff/links?state=used").text
    assert browser.get("/staff/links?page=999999").status_code == 200
    assert browser.get("/staff/links?page=-1&state=zebra&case=x").status_code == 200


def test_a_list_is_narrowed_to_ones_own_to_a_case_and_to_what_did_not_arrive(app, robin, browser):
    with app.app_context():
        own, other = issue(actor=robin.actor), issue()
        case_id = make_case()
        task = issue_link("closure", recipient=HOLDER, actor="cli", case_id=case_id)
        reference = db.session.get(Link, task.id) and _reference(case_id)
        with transaction():
            db.session.get(Link, other.id).delivery_failed_at = now_of()
    expected = {
        "who=mine": own.id,
        f"case={reference.lower()}": task.id,
        "delivery=failed": other.id,
    }
    for query, link_id in expected.items():
        listed = set(
            re.findall(r"/staff/links/(\w{32})", browser.get(f"/staff/links?{query}").text)
        )
        assert listed == {link_id}, query


def _reference(case_id):
    from intake.models import Case

    return db.session.get(Case, case_id).reference


def test_the_links_of_a_campaign_are_for_those_who_lead_its_team(app, browser):
    with app.app_context():
        campaign_id = send_campaign(recipients(2)).id
        make_staff("lee", PUMPS, role="lead")
    from tests.intake.campaign_making import work

    with app.app_context():
        work()
    address = f"/staff/links?campaign={campaign_id}"
    assert "2 links" in Browser(app, "lee").get(address).text
    assert "No link of your teams is like this" in browser.get(address).text


# -- the command line -----------------------------------------------------------------------------


def run(app, *arguments):
    from intake.cli.link_care import links

    answer = app.test_cli_runner().invoke(links, arguments)
    return answer.exit_code, answer.output


def test_the_command_line_gives_time_replaces_and_shows(app):
    with app.app_context():
        issued = issue()
    assert run(app, "extend", issued.id, "--expires", "P60D")[0] == 0
    code, said = run(app, "replace", issued.id, "--to", HOLDER)
    assert code == 0, said
    assert "/l/" in said
    code, said = run(app, "show", issued.id)
    assert "revoked" in said
    assert "replaced by" in said
    assert "link.extend  the command line" in said
    assert HOLDER not in said
    assert run(app, "replace", issued.id, "--to", HOLDER)[0] == 2
    assert run(app, "show", "0" * 32)[0] == 2
    assert issued.id in run(app, "list", "--state", "revoked")[1]
    assert issued.id not in run(app, "list", "--state", "issued")[1]


def test_the_command_line_writes_posters_and_codes(app, tmp_path):
    files = [tmp_path / name for name in ("poster.pdf", "code.svg", "code.png")]
    papers = [part for file in files for part in ("--paper", str(file))]
    shared = ("issue", "--form", "visit", "--kind", "shared", "--uses", "9")
    code, said = run(app, *shared, *papers)
    assert code == 0, said
    assert all(file.stat().st_size for file in files)
    assert run(app, *shared, "--paper", str(tmp_path / "poster.doc"))[0] == 2
    with app.app_context():
        assert db.session.query(Link).count() == 1, "a wrong name leaves no link behind"
    open_form = tmp_path / "open.pdf"
    code, said = run(app, "paper", "--form", "visit", "--out", str(open_form), "--letter")
    assert code == 0, said
    assert open_form.read_bytes().startswith(b"%PDF")
    assert run(app, "paper", "--form", "closure", "--out", str(open_form))[0] == 2


def test_every_change_to_a_link_is_audited(app, robin):
    with app.app_context():
        issued = issue()
        extend_link(robin, issued.id, now_of() + timedelta(days=90))
        wanted = Replacement(HOLDER, now_of() + timedelta(days=9))
        new = replace_link(robin, issued.id, wanted)
        entries = db.session.query(AuditEntry).order_by(AuditEntry.position).all()
        told = [(each.action, each.thing_id) for each in entries if each.thing_type == "link"]
        assert told == [
            ("link.issue", issued.id),
            ("link.extend", issued.id),
            ("link.replace", issued.id),
            ("link.issue", new.id),
        ]
