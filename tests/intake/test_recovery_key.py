"""The recovery key on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.sealing.keypairs import generate_pair
from intake.sealing.recovery_key import BadRecoveryKey, from_paper, to_paper
from tests.examples import examples

PUBLIC, PRIVATE = generate_pair()
PAPER = to_paper(PRIVATE)
TYPED = [line for line in PAPER.splitlines() if not line.startswith("#")]


def test_what_was_printed_can_be_typed_again() -> None:
    assert from_paper(PAPER) == PRIVATE


def test_case_spaces_line_numbers_and_look_alikes_do_not_matter() -> None:
    typed = "\n\n".join(line[3:].lower().replace(" ", "-").replace("o", "0") for line in TYPED)
    assert from_paper(typed) == PRIVATE


def test_the_paper_names_its_key() -> None:
    assert PUBLIC.key_id in PAPER.splitlines()[0]


@examples(20)
@given(st.integers(1, 8), st.integers(0, 23), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_slip_of_the_pen_is_found_in_its_line(number: int, place: int, letter: str) -> None:
    groups = TYPED[number - 1][3:].replace(" ", "")
    if groups[place] == letter:
        return
    lines = list(TYPED)
    lines[number - 1] = groups[:place] + letter + groups[place + 1 :]
    with pytest.raises(BadRecoveryKey) as caught:
        from_paper("\n".join(lines))
    assert caught.value.line == number


def test_lines_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(BadRecoveryKey) as caught:
        from_paper("\n".join(line[3:] for line in (TYPED[1], TYPED[0], *TYPED[2:])))
    assert caught.value.line == 1


@pytest.mark.parametrize("text", ["", "hello", "\n".join(TYPED[:7]), "\n".join([*TYPED, "x"])])
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(BadRecoveryKey):
        from_paper(text)
