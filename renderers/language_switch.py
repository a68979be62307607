"""The language switch of a page: buttons of its form, so that what was just typed is kept."""

from __future__ import annotations

from collections.abc import Sequence

from form_definitions.languages import LANGUAGES, words
from renderers.skeleton import escaped

#: The page's one form, which the buttons belong to wherever they stand; no control has that id.
FORM_ID = "intake:form"

#: What a button of the switch posts: ``language-cy``.
LANGUAGE_ACTION = "language-"

# Enter in a text box presses the first button of the form in the document: not the switch. An
# empty action goes on, and sends nothing from where there is a button that sends.
_BEFORE = (
    '<button type="submit" form="{form}" name="action" value="" tabindex="-1"'
    ' class="govuk-visually-hidden" aria-hidden="true">{words}</button>\n'
)


def language_switch(language: str, languages: Sequence[str]) -> str:
    """The switch of a page in ``language``, where its form has more than one; else nothing."""
    if len(languages) < 2:
        return ""
    said = words(language).gettext
    before = _BEFORE.format(form=FORM_ID, words=escaped(said("Continue")))
    label = escaped(said("Choose a language"))
    items = "\n".join(_item(each, is_current=each == language) for each in languages)
    return (
        f'{before}<nav class="intake-languages" aria-label="{label}">\n'
        f'<ul class="govuk-list intake-languages__list">\n{items}\n</ul>\n</nav>\n'
    )


def _item(language: str, *, is_current: bool) -> str:
    name = escaped(LANGUAGES.get(language, language))
    shown = f'<span lang="{language}" aria-current="true">{name}</span>'
    if not is_current:
        shown = (
            f'<button type="submit" form="{FORM_ID}" name="action"'
            f' value="{LANGUAGE_ACTION}{language}" class="intake-link-button"'
            f' lang="{language}">{name}</button>'
        )
    return f'<li class="intake-languages__language">{shown}</li>'
