"""What holds for any two people compared."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from intake.matching.blocking import blocks
from intake.matching.comparing import compare, suggested
from intake.matching.people import person
from intake.matching.weights import shipped_weights

WEIGHTS = shipped_weights()
WORDS = """Ada Zoë Muhammad Mohamed Bill William J O’Brien Okafor Smith-Jones Smith Al-Sayed Zhang
王 Baby Dr Nguyen Wójcik Le"""
NAMES = st.sampled_from(WORDS.split())
NAME = st.one_of(st.lists(NAMES, max_size=3).map(" ".join), st.text(max_size=12))
DATES = st.one_of(
    st.just(""),
    st.dates(date(1930, 1, 1), date(2027, 6, 30)).map(str),
    st.sampled_from(["1990-03-04", "1990-04-03", "1990-01-01", "1990-03-05", "2026-12-20", "x"]),
)
PEOPLE = st.builds(
    lambda names, **fields: person(names, told_on=date(2026, 11, 23), **fields),
    st.lists(NAME, max_size=3),
    date_of_birth=DATES,
    postcode=st.sampled_from(["", "BT12 6BA", "BT12 6BB", "N1 9GU", "BT12"]),
    first_lines=st.sampled_from(["", "12 High Street", "Flat 2, 12 High St", "The Lodge"]),
    nhs_number=st.sampled_from(["", "9990000018", "9990000026"]),
    telephone=st.sampled_from(["", "+447700900123", "+447700900124"]),
    email=st.sampled_from(["", "a@example.org", "b@example.org"]),
)
FIELDS = {
    "nhs_number": lambda who: who.nhs_number,
    "birth": lambda who: who.birth,
    "given": lambda who: who.name.given or who.name.family,  # crossed names use both
    "family": lambda who: who.name.family or who.name.given,
    "home": lambda who: who.home.postcode or who.home.street,
    "telephone": lambda who: who.telephone,
    "email": lambda who: who.email,
}


@given(PEOPLE, PEOPLE)
def test_the_order_does_not_matter(one, two):
    assert compare(one, two, WEIGHTS) == compare(two, one, WEIGHTS)


@given(PEOPLE, PEOPLE)
def test_nobody_is_more_like_someone_than_they_are_themselves(one, two):
    assert compare(one, two, WEIGHTS).score <= compare(one, one, WEIGHTS).score + 1e-9


@given(PEOPLE, PEOPLE)
def test_only_what_both_gave_is_evidence(one, two):
    for code in compare(one, two, WEIGHTS).evidence:
        has = FIELDS[code.partition(".")[0]]
        assert has(one)
        assert has(two)


@given(PEOPLE, PEOPLE)
def test_the_short_way_suggests_what_the_long_way_does(one, two):
    found = compare(one, two, WEIGHTS)
    assert suggested(one, two, WEIGHTS) == (found if found.is_suggested else None)


@given(PEOPLE)
def test_somebody_is_looked_up_by_what_they_are_looked_up_by(who):
    assert blocks(who) == blocks(who)
    assert len(blocks(who)) <= 60
