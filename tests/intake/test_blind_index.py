"""The blind index finds the same person however they were typed."""

import pytest

from intake.sealing import blind_index
from intake.sealing.blind_index import digest, identifiers

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"nhs_number": "999 000 0018"}, {"nhs_number": "9990000018"}),
        ({"postcode": "bt12 6ba"}, {"postcode": "BT126BA"}),
        ({"telephone": "07700 900123"}, {"telephone": "+44 7700 900 123"}),
        ({"email": " Parent@Example.org"}, {"email": "parent@example.org"}),
        (
            {"name": "Zoë O'Brien", "date_of_birth": "2010-02-03"},
            {"name": "OBRIEN, Zoe", "date_of_birth": "2010-02-03"},
        ),
    ],
)
def test_two_spellings_of_one_identifier_have_one_digest(
    one: dict[str, str], two: dict[str, str]
) -> None:
    (first,), (second,) = identifiers(**one), identifiers(**two)
    assert digest(KEY, first) == digest(KEY, second)


def test_a_name_alone_finds_nobody() -> None:
    assert identifiers(name="Zoë Brien") == ()


def test_a_number_that_is_no_nhs_number_is_left_out() -> None:
    assert identifiers(nhs_number="1234567890") == ()


def test_the_same_text_as_another_kind_has_another_digest() -> None:
    as_postcode = blind_index.Identifier(blind_index.POSTCODE, "BT126BA")
    as_email = blind_index.Identifier(blind_index.EMAIL, "BT126BA")
    assert digest(KEY, as_postcode) != digest(KEY, as_email)


def test_without_the_key_the_digest_cannot_be_guessed_from_the_value() -> None:
    (identifier,) = identifiers(postcode="BT12 6BA")
    assert digest(KEY, identifier) != digest(b"x" * 32, identifier)
