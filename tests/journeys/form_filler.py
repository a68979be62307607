"""Completes any form from its HTML alone, as a person would who reads the questions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.journeys.html_contract import Control, Page
from tests.journeys.visitors import Fields, Visitor

MOST_PAGES = 80  # more than any form has; a journey that goes in circles stops here

# The first rule whose pattern is found in "name label autocomplete" decides what is typed.
TYPED = (
    (r"-day$", "27"),
    (r"-month$", "3"),
    (r"-year$", "2012"),
    (r"nhs|health and care number|h&c", "999 000 0018"),
    (r"postcode|postal-code", "BT12 6BA"),
    (r"email", "somebody@example.org"),
    (r"phone|\btel\b|mobile|number to call", "07700 900123"),
    (r"weeks", "34"),
    (r"grams|weight", "2100"),
    (r"percent|how many|number of|gestation|days|age\b", "3"),
    (r"£|amount|money|cost", "12.50"),
)
DEFAULT_TEXT = "Alex Example"


@dataclass(frozen=True)
class Answers:
    """How to answer: by control name where it is said, else by what the label asks.

    A chosen value for a name is an option's value; several for checkboxes. ``text`` is typed into
    every question that takes free words, ``choose`` says which option is taken otherwise.
    """

    by_name: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    text: str = DEFAULT_TEXT
    everything: bool = False  # ticks every checkbox that goes with others
    words_everywhere: bool = False  # types ``text`` wherever a control does not say what it wants

    def for_control(self, control: Control) -> list[str]:
        """The values that this control sends."""
        short = re.sub(r"-\d+-", "-0-", control.name)
        said = self.by_name.get(control.name, self.by_name.get(short))
        if said is not None:
            return [said] if isinstance(said, str) else list(said)
        if control.kind in ("radio", "select"):
            return [option.value for option in control.options if option.value][:1]
        if control.kind == "checkbox":
            together = [option.value for option in control.options if not option.is_exclusive]
            return together[: None if self.everything else 1]
        return [self.typed(control)]

    def typed(self, control: Control) -> str:
        """What is typed into a control that is not a choice."""
        plain = control.kind in ("text", "textarea") and not (
            control.inputmode or control.autocomplete
        )
        if self.words_everywhere and plain and not re.search(r"-(day|month|year)$", control.name):
            return self.text
        hints = f"{control.label} {control.autocomplete} {control.name}".lower()
        for pattern, text in TYPED:
            if re.search(pattern, hints) and control.kind != "textarea":
                return text
        return "4" if control.inputmode in ("numeric", "decimal") else self.text


def fill(page: Page, answers: Answers) -> Fields:
    """What is sent for a page."""
    return [
        (control.name, value) for control in page.controls for value in answers.for_control(control)
    ]


def complete(visitor: Visitor, link: str, answers: Answers) -> Page:
    """Follow a link, fill in every page and submit; returns the confirmation page.

    Raises AssertionError with the page's errors if a page does not take the answers.
    """
    visitor.open(link)
    return carry_on(visitor, answers)


def carry_on(visitor: Visitor, answers: Answers) -> Page:
    """From wherever the visitor is, to the confirmation page or an end page."""
    for _ in range(MOST_PAGES):
        page = visitor.here
        assert page.status == 200, f"{page.url} answered {page.status}: {page.text[:300]}"
        assert not page.errors, f"{page.url}: {page.errors}"
        if page.reference or not page.has_form:
            return page
        visitor.press(forward(page), fill(page, answers))
    raise AssertionError(f"the journey does not end: {[page.url for page in visitor.seen]}")


def forward(page: Page) -> str:
    """The button that goes on."""
    for button in ("submit", "continue", ""):
        if button in page.buttons:
            return button
    raise AssertionError(f"{page.url} has no button that goes on: {page.buttons}")
