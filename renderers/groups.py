"""Groups as GOV.UK markup: a fieldset, the items of a repeating group, and the buttons."""

from __future__ import annotations

from markupsafe import escape

from form_definitions import Question
from form_definitions.languages import words
from renderers import shapes
from renderers.markup import Ask, Params, legend


def group(ask: Ask, inner: str) -> str:
    """A fieldset around the questions of a group or an address."""
    above, described = _above(ask)
    fieldset = ask.component(
        "fieldset",
        {
            "legend": legend(ask),
            "describedBy": described,
            "role": "group",
            "classes": "intake-group",
            "html": above + inner,
        },
    )
    return _form_group(ask, fieldset)


def repeating(ask: Ask, items: str, add: str) -> str:
    """The items of a repeating group under its title, with the button that adds one."""
    above, _ = _above(ask)
    is_heading = ask.heading.value[1]
    title = "" if is_heading else f'<h2 class="govuk-heading-m">{escape(ask.question.title)}</h2>'
    return _form_group(ask, f"{title}\n{above}\n{items}\n{add}")


def item(question: Question, number: str, inner: str) -> str:
    """One item of a repeating group: a fieldset with its number."""
    words = {
        "text": item_title(question, number),
        "classes": "govuk-fieldset__legend--m",
    }
    return shapes.component("fieldset", {"legend": words, "classes": "intake-item", "html": inner})


def item_title(question: Question, number: str) -> str:
    """What an item is called: ``Person 2``."""
    return f"{noun(question)[:1].upper()}{noun(question)[1:]} {number}"


def remove_button(question: Question, number: str, index: str, inside: str = "") -> str:
    """The button that takes one item away; ``inside`` as for ``add_button``."""
    hidden = f'<span class="govuk-visually-hidden"> {escape(noun(question))} {number}</span>'
    action = f"remove-{inside}-{index}" if inside else f"remove-{index}"
    text = words(question.language).gettext("Remove")
    return button({"html": f"{escape(text)}{hidden}"}, action, "govuk-button--secondary")


def add_button(question: Question, inside: str = "") -> str:
    """The button that adds an empty item.

    A repeating group ``inside`` another group is named by its control: ``add-people-0-pets``.
    """
    text = words(question.language).gettext("Add another {thing}").format(thing=noun(question))
    return button({"text": text}, f"add-{inside}" if inside else "add", "govuk-button--secondary")


def first_button(question: Question) -> str:
    """The button that adds an item where there is none yet."""
    text = words(question.language).gettext("Add a first {thing}").format(thing=noun(question))
    return button({"text": text}, "add", "govuk-button--secondary")


def noun(question: Question) -> str:
    """What one item of a repeating group is called."""
    return question.item or words(question.language).gettext("entry")


def button(says: Params, action: str, classes: str = "") -> str:
    """A button of the page's form: its name is ``action``, its value says which."""
    once = {"preventDoubleClick": True} if action in ("continue", "submit") else {}
    return shapes.component(
        "button", {**says, "name": "action", "value": action, "classes": classes} | once
    )


def _above(ask: Ask) -> tuple[str, str]:
    """The hint and the error of a group, and their ids for ``aria-describedby``."""
    parts = [("hint", "hint", ask.question.hint), ("error", "error-message", ask.error)]
    given = [(f"{ask.id}-{part}", macro, text) for part, macro, text in parts if text]
    # the macro of a hint leaves out what it does not know
    said = {"visuallyHiddenText": words(ask.question.language).gettext("Error")}
    html = "\n".join(
        ask.component(macro, {"id": identity, "text": text} | said)
        for identity, macro, text in given
    )
    return html, " ".join(identity for identity, _, _ in given)


def _form_group(ask: Ask, html: str) -> str:
    css_class = "govuk-form-group" + " govuk-form-group--error" * bool(ask.error)
    return f'<div class="{css_class}">\n{html}\n</div>'
