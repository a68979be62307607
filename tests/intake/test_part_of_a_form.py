"""A team that is sent only sections of a form gets to nothing else of it."""

import json

import pytest
import sqlalchemy as sa
from flask import g

from intake.access import CasePair
from intake.app_state import keys
from intake.database import db
from intake.models import (
    Destination,
    ExtractKeyCopy,
    Key,
    SealedKeyCopy,
    SubmissionExtract,
    SubmittedFile,
)
from intake.sealing import SealedKey, SealedToOthers, SealingError, open_key
from intake.sealing.extracts import extract_key, extract_key_context, open_extract
from intake.sealing.keystore import TEAM
from intake.sealing.submissions import data_key_context, open_submission
from intake.services import case_decisions
from intake.services.case_decisions import NotNow
from intake.services.cases import find_case, open_for_part
from intake.services.finding import Search, find_cases
from intake.services.following import follow
from intake.services.giving_all import give_all, teams_with_part
from intake.services.hearing import send_more
from intake.services.indexing import index_submission
from intake.services.key_care import new_key
from intake.services.merging import look_at_merge, merge
from intake.services.possible_matches import matches_on_case
from intake.services.resealing import count_copies, reseal_everything, retired_keys
from intake.services.safe_contact import is_unsafe, somebody_is_unsafe
from intake.services.sending_on import send_on
from intake.services.unattended import find_unattended
from intake.services.unmerging import unmerge
from intake.worker import run_once
from tests.intake import part_of_a_form as form
from tests.intake import photo_album
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, Browser, make_staff, part, prepare, send
from tests.intake.case_reading import read_as

SECRETS = (form.HIDDEN, form.NUMBER, "07700 900123", form.HIDDEN_EMAIL, "quicksilver")
ELSEWHERE = ("A photograph", "Other people", "The incident", "What happened?", "photo.jpg")


class InContext(Browser):
    """In a context that stays pushed, flask.g outlives a request: forgotten before the next."""

    def get(self, address):
        return self._afresh(super().get, address)

    def post(self, address, **fields):
        if not self.token:
            self.get("/staff/find")
        return self._afresh(super().post, address, **fields)

    def _afresh(self, send, *given, **fields):
        for name in list(g):
            g.pop(name)
        return send(*given, **fields)


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)
    monkeypatch.setattr("intake.services.files.sanitise", photo_album.clean_once)
    form.publish()


def parts(case_id):
    rows = sa.select(Destination.team_id).where(Destination.case_id == case_id)
    return set(db.session.scalars(rows))


def whole(submission):
    rows = sa.select(SealedKeyCopy.team_id).where(SealedKeyCopy.submission_id == submission.id)
    return set(db.session.scalars(rows)) - {None}


def in_part(submission):
    rows = sa.select(ExtractKeyCopy.team_id).join(SubmissionExtract)
    rows = rows.where(SubmissionExtract.submission_id == submission.id)
    return set(db.session.scalars(rows)) - {None}


def assert_tells_nothing(text):
    for secret in (*SECRETS, *ELSEWHERE):
        assert secret not in text, secret


@pytest.mark.database("sqlite")
def test_the_pages_show_what_was_sent_and_nothing_of_the_rest(app):
    sent = form.send_notice()
    run_once()
    make_staff("robin", PUMPS)
    browser, case = InContext(app, "robin"), f"/staff/cases/{sent.case_id}"
    shown = browser.get(case).text
    assert form.CHILD in shown
    assert "Keep an eye on them." in shown
    assert "letter.jpg" in shown
    assert "Your team was sent only ‘The child’ and ‘For the school’." in shown
    assert "ask Duty desk" in shown
    assert "Age on the day" in shown  # worked out from what was sent, unlike the severity
    assert_tells_nothing(shown)
    decision = browser.get(f"{case}/decision/{sent.id}").text
    assert "answers that this team was not sent" in decision
    assert "Who talks to the child?" in shown
    assert_tells_nothing(decision)
    letter, photo = files_of(sent)
    assert browser.client.get(f"{case}/files/{sent.id}/{letter}", buffered=True).status_code == 200
    assert browser.client.get(f"{case}/files/{sent.id}/{photo}", buffered=True).status_code == 404
    assert browser.post(f"{case}/accept", team=PUMPS).status_code == 303
    link = browser.get(f"{case}/links/new?team={PUMPS}").text
    assert "Keep an eye on them." in link
    assert_tells_nothing(link)
    assert_tells_nothing(browser.get("/staff/queue").text)


def files_of(sent):
    """The ids of the letter and of the photograph."""
    answers = open_submission(sent, keys()).answers
    ids = answers["letter"], answers["photo"]
    assert set(ids) == set(db.session.scalars(sa.select(SubmittedFile.id)))
    return ids


def test_the_teams_keys_open_nothing_else_in_the_database():
    sent = form.send_notice(harms=5)
    form.send_notice(harms=3)
    assert (whole(sent), in_part(sent)) == ({NORTHERN}, {PUMPS})
    private = [
        keys().private_key(key)
        for key in db.session.scalars(sa.select(Key.id).filter_by(team_id=PUMPS))
    ]
    opened = 0
    for copy in [
        *db.session.scalars(sa.select(SealedKeyCopy)),
        *db.session.scalars(sa.select(ExtractKeyCopy)),
    ]:
        contexts = [data_key_context(sent)]
        extracts = db.session.scalars(sa.select(SubmissionExtract).filter_by(submission_id=sent.id))
        contexts += [extract_key_context(extract, sent) for extract in extracts]
        for key in private:
            for context in contexts:
                try:
                    open_key(SealedKey(copy.suite, copy.key_id, copy.sealed_key), key, context)
                except SealingError:
                    continue
                opened += 1
                assert isinstance(copy, ExtractKeyCopy)
    assert opened == 1
    with pytest.raises(SealedToOthers):
        open_submission(sent, keys(), as_teams=[PUMPS])
    extract = db.session.scalars(
        sa.select(SubmissionExtract).filter_by(submission_id=sent.id)
    ).one()
    copies = db.session.scalars(sa.select(ExtractKeyCopy).filter_by(extract_id=extract.id)).all()
    own = extract_key(extract, sent, [each for each in copies if each.team_id], keys())
    body = open_extract(extract, sent, own)
    assert set(body.answers) == {"child", "born", "own_email", "note", "letter", "age"} & set(
        open_submission(sent, keys()).answers
    )
    assert_tells_nothing(json.dumps([body.answers, body.decision]))
    extract.sections = [*extract.sections, "people"]  # whoever writes in the database gets no more
    with pytest.raises(SealingError):
        extract_key(extract, sent, copies, keys())
    db.session.rollback()


def test_it_is_found_by_what_was_sent_and_by_nothing_else():
    sent = form.send_notice()
    run_once()
    robin = make_staff("robin", PUMPS)

    def finds(**search):
        return [row.case_id for row in find_cases(robin, Search(**search), address="")]

    assert finds(by="reference", reference=sent.reference) == [sent.case_id]
    born = {"name": form.CHILD, "date_of_birth": "2016-03-27"}
    assert finds(by="name-and-birth", **born) == [sent.case_id]
    assert finds(by="email", email=form.OWN_EMAIL) == [sent.case_id]
    assert finds(by="nhs-number", nhs_number=form.NUMBER) == []
    assert finds(by="telephone", telephone=form.PHONE) == []
    assert finds(by="email", email=form.HIDDEN_EMAIL) == []
    # that an email could be a danger is told whoever could send one, and of no other address
    assert is_unsafe(form.OWN_EMAIL, PUMPS)
    assert not is_unsafe(form.HIDDEN_EMAIL, PUMPS)
    form.send_notice()  # the same people again: suggested to those who read all of it
    run_once()
    shown = read_as(robin, sent.case_id)
    assert not matches_on_case(robin, shown).is_shown
    assert {person.name for person in shown.referral.people} == {form.CHILD}
    assert not any((each.nhs_number, each.telephone) != ("", "") for each in shown.referral.people)


@pytest.mark.database("sqlite")
def test_it_shares_no_more_than_it_has_and_the_fallback_gets_everything():
    sent = form.send_notice()
    robin, dana, nona = (make_staff(*who) for who in WHO)
    assert parts(sent.case_id) == {PUMPS}
    assert (whole(sent), in_part(sent)) == ({DUTY}, {PUMPS})
    assert not find_unattended()
    case_decisions.accept(robin, part(sent.case_id), address="")
    opened = open_for_part(robin, part(sent.case_id), address="", for_all=True)
    assert set(opened[0].answers) <= {"child", "born", "own_email", "note", "letter", "age"}
    assert somebody_is_unsafe(opened)
    words = "They know the child."
    send_on(robin, part(sent.case_id), NORTHERN, "sent-other", words, address="")
    assert (whole(sent), in_part(sent)) == ({DUTY}, {PUMPS, NORTHERN})
    theirs = read_as(nona, sent.case_id)
    assert theirs.referral.sections == ("child", "school")
    assert words in [each.words for each in theirs.timeline]
    case_decisions.decline(nona, part(sent.case_id, NORTHERN), "other", "No.", address="")
    case_decisions.accept(robin, part(sent.case_id), address="")
    assert (whole(sent), in_part(sent)) == ({DUTY}, {PUMPS, NORTHERN})
    case_decisions.close(robin, part(sent.case_id), "Done.", address="")
    case_decisions.reopen(robin, part(sent.case_id), address="")
    case_id = form.send_notice().case_id
    case_decisions.decline(robin, part(case_id), "other", "Not ours.", address="")
    whole_of_it = read_as(dana, case_id)
    assert whole_of_it.referral.sections is None
    assert whole_of_it.referral.answers["suspect"] == "Quicksilver Smith"
    assert any(each.words == "Not ours." for each in whole_of_it.timeline)
    assert "It was sent only" in whole_of_it.referral.sections_words(
        whole_of_it.referral.sent_to[0]
    )


WHO = (("robin", PUMPS), ("dana", DUTY), ("nona", NORTHERN))


@pytest.mark.database("sqlite")
def test_words_of_those_who_read_all_of_it_stay_among_them_and_the_sender_is_heard_by_somebody(app):
    both = form.send_notice(harms=5)
    robin, nona = make_staff("robin", PUMPS), make_staff("nona", NORTHERN)
    for user, team in ((robin, PUMPS), (nona, NORTHERN)):
        case_decisions.accept(user, part(both.case_id, team), address="")
    case_decisions.close(nona, part(both.case_id, NORTHERN), "Quicksilver left.", address="")
    seen = [each.words for each in read_as(robin, both.case_id).timeline]
    assert "Quicksilver left." not in seen
    assert None in seen
    case_decisions.reopen(nona, part(both.case_id, NORTHERN), address="")
    address = f"/staff/cases/{both.case_id}/give-all"
    assert teams_with_part(part(both.case_id)) == ()  # who has a part gives nobody the rest
    browser = InContext(app, "nona")
    assert address in browser.get(f"/staff/cases/{both.case_id}").text
    assert "Belfast pumps" in browser.get(f"{address}?team={NORTHERN}").text
    given = {"team": NORTHERN, "to_team": PUMPS}
    assert "Enter why they need it" in browser.post(address, **given).text
    assert browser.post(address, **given, words="They see the child daily.").status_code == 303
    assert read_as(robin, both.case_id).referral.sections is None
    assert "reads as much of it" in browser.post(address, **given, words="Again.").text
    with pytest.raises(NotNow):  # somebody was quicker
        give_all(nona, part(both.case_id, NORTHERN), PUMPS, "Again.", address="")


def test_a_rotated_key_opens_the_extract_and_the_old_one_nothing():
    sent = form.send_notice()
    for kind, team in ((TEAM, PUMPS), ("recovery", None)):
        new_key(kind, team)
        assert sum(reseal_everything(kind, team)) > 0
    assert count_copies(retired_keys()) == 0
    robin = make_staff("robin", PUMPS)
    assert read_as(robin, sent.case_id).referral.answers["child"] == form.CHILD


def test_what_the_sender_adds_is_for_somebody_who_reads_all_of_it(public_app):
    sent, token = form.send_and_follow()
    robin, dana = make_staff("robin", PUMPS), make_staff("dana", DUTY)
    case_decisions.accept(robin, part(sent.case_id), address="")
    with public_app.app_context():  # which can open nothing
        send_more(follow(token), "Quicksilver has moved.")
    words = {
        user.name: [each.words for each in read_as(user, sent.case_id).timeline]
        for user in (robin, dana)
    }
    assert "Quicksilver has moved." in words["Dana"]
    assert "Quicksilver has moved." not in words["Robin"]
    assert read_as(dana, sent.case_id).referral.answers["suspect"] == "Quicksilver Smith"
    assert parts(sent.case_id) == {PUMPS, DUTY}


def test_a_form_on_the_case_goes_to_those_who_read_all_of_it_and_to_its_author(context):
    sent = form.send_notice(harms=5)
    robin, nona = make_staff("robin", PUMPS), make_staff("nona", NORTHERN)
    for user, team in ((robin, PUMPS), (nona, NORTHERN)):
        case_decisions.accept(user, part(sent.case_id, team), address="")
    theirs = send("closure", {"outcome": "Secret."}, case_id=sent.case_id, staff_id=nona.staff_id)
    own = send("closure", {"outcome": "Seen."}, case_id=sent.case_id, staff_id=robin.staff_id)
    shown = read_as(robin, sent.case_id)
    assert {each.reference for each in shown.submissions} == {sent.reference, own}
    assert theirs not in {each.reference for each in shown.timeline}
    opened = {each.reference for each in read_as(nona, sent.case_id).submissions if each.is_open}
    assert opened == {sent.reference, theirs, own}


def test_whoever_merges_gives_no_more_than_the_sections_that_they_were_sent_and_that_is_undone():
    """Two cases of the school: the other team of one newly reads the other's sections."""
    one, two = form.send_notice(harms=5), form.send_notice(harms=3)
    robin, nona = make_staff("robin", PUMPS), make_staff("nona", NORTHERN)
    for case_id in (one.case_id, two.case_id):
        case_decisions.accept(robin, part(case_id), address="")
    db.session.rollback()
    pair = CasePair(find_case(one.case_id), find_case(two.case_id))
    (reader,) = look_at_merge(robin, pair).readers
    assert (reader.team_id, reader.forms) == (NORTHERN, ("Tell a school (some sections)",))
    merge(robin, pair, "The same.", [reader.token], address="")
    assert (whole(two), in_part(two)) == ({DUTY}, {PUMPS, NORTHERN})
    read = {each.id: each.sections for each in read_as(nona, one.case_id).submissions}
    assert read == {one.id: None, two.id: ("child", "school")}
    unmerge(robin, CasePair(find_case(one.case_id), find_case(two.case_id)), "No.", address="")
    assert (whole(two), in_part(two)) == ({DUTY}, {PUMPS})


def test_what_is_erased_is_erased_for_those_who_have_a_part_and_a_lost_whole_is_told_of():
    sent, _robin = form.send_notice(), make_staff("robin", PUMPS)
    copies = sa.delete(SealedKeyCopy).where(SealedKeyCopy.team_id.is_not(None))
    db.session.execute(copies.where(SealedKeyCopy.submission_id == sent.id))
    db.session.commit()
    assert [each.kind for each in find_unattended()] == ["kept-in-part"]
    index_submission(sent.id)  # the worker's next look at it
    assert in_part(sent) == set()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SubmissionExtract)) == 0


@pytest.mark.database("sqlite")
def test_what_the_only_team_with_all_of_it_declines_goes_to_the_fallback_team():
    nona, dana = make_staff("nona", NORTHERN), make_staff("dana", DUTY)
    sent = form.send_notice(harms=5)
    to = case_decisions.decline(nona, part(sent.case_id, NORTHERN), "other", "No.", address="")
    assert to == DUTY, "whoever was told what they have to know does not answer for the child"
    assert read_as(dana, sent.case_id).referral.sections is None
    with pytest.raises(NotNow, match="every case comes back"):
        case_decisions.decline(dana, part(sent.case_id, DUTY), "other", "No.", address="")
