"""Some pages of a form: their answers exactly, and no value that tells of others."""

from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    All,
    Comparison,
    answers_in,
    check_answers,
    load_form,
    looks_only_at,
    names_in,
    pages_that_ask,
    section_titles,
    shipped_forms,
)
from form_definitions.sampling import every_sample, sample_answers, sample_for
from tests.examples import examples

FORMS = [load_form(path) for path in shipped_forms().values()]


@st.composite
def parts(draw):
    """A shipped form, answers to it as they would be stored, and some of its pages."""
    form = draw(st.sampled_from(FORMS))
    asking = [page.id for page in pages_that_ask(form)]
    made = draw(st.sampled_from([sample_answers, every_sample, None]))
    page = draw(st.sampled_from(form.pages))
    answers = made(form) if made else sample_for(form, page)
    sections = draw(st.lists(st.sampled_from(asking), min_size=1, unique=True))
    return form, check_answers(form, answers).answers, sections


@examples(60)
@given(parts())
def test_an_extract_has_exactly_what_was_shown_on_its_pages(part):
    form, answers, sections = part
    found = answers_in(form, answers, sections)
    asked = {q.name for page in form.pages if page.id in sections for q in page.questions}
    assert {name for name in found if name in form.questions} == asked & answers.keys()
    assert all(found[name] == answers[name] for name in found)
    # a value that was worked out is there if the part alone is enough to work it out again
    hidden = set(form.questions) - asked
    for name in set(found) & set(form.calculated):
        for other in hidden & answers.keys():
            changed = {each: value for each, value in answers.items() if each != other}
            assert form.calculated[name].calculate(changed, None) == form.calculated[
                name
            ].calculate(answers, None)


@examples(30)
@given(parts())
def test_all_pages_are_everything_and_each_belongs_to_one_of_two_halves(part):
    form, answers, sections = part
    everything = frozenset(page.id for page in pages_that_ask(form))
    named = {name for name in answers if name in form.questions or name in form.calculated}
    assert answers_in(form, answers, everything).keys() == named
    here, there = names_in(form, frozenset(sections)), names_in(form, everything - set(sections))
    assert not here & there & set(form.questions)
    assert (here | there) >= set(form.questions)


def test_a_condition_that_looks_at_one_other_answer_tells_of_it():
    here, other = Comparison(("a", "b"), {"const": 1}), Comparison(("c",), {"const": 1})
    assert looks_only_at(here, {"a"})
    assert not looks_only_at(All((here, other)), {"a"})


def test_sections_are_called_as_their_pages_are():
    form = next(form for form in FORMS if form.id == "police-to-school")
    assert section_titles(form, ["collect", "children"]) == ("The children", "Going home")
