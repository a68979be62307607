"""What kinds of team are called on public pages, in the language of the page.

A kind is a word of the directory, which is written in English. Those of the shipped directory have
their Welsh here; any other is left out of a page in another language, which then says "a team".
"""

from form_definitions.languages import ENGLISH, N_, words

KINDS = (
    N_("infant feeding"),
    N_("exploitation"),
    N_("youth justice"),
    N_("early help"),
    N_("family support"),
    N_("duty desk"),
    N_("police intelligence"),
)


def kind_in(language: str, kind: str) -> str:
    """The kind of a team in words of the language; "" where it has none."""
    if language == ENGLISH or not kind:
        return kind
    said = words(language).gettext(kind)
    return "" if said == kind else said
