"""What a rule sends of a form: all of it, or named sections only."""

from collections.abc import Mapping
from typing import Any

from form_definitions import Page, pages_that_ask
from referral_router.effect_reading import EffectReader
from referral_router.findings import Where

SEND = "send"


class SectionReader(EffectReader):
    """Reads which sections a target is sent; what is wrong goes into `findings`."""

    def sections(self, raw: Mapping[str, Any], where: Where) -> tuple[str, ...]:
        """Return the ids of the pages that are sent, in the form's order; () for all of them."""
        if SEND not in raw:
            return ()
        sent, place = raw[SEND], (*where, SEND)
        known = [page.id for page in pages_that_ask(self.definition)]
        if not isinstance(sent, list) or not sent:
            fix = f'Write "send": ["{known[0] if known else "…"}"], or take it out to send it all'
            self.findings.add(place, "‘send’ has to be a list of the form’s pages", fix)
            return ()
        for index, name in enumerate(sent):
            if name not in known:
                self._unknown(name, (*place, index), known)
            elif name in sent[:index]:
                self.findings.add((*place, index), f"‘{name}’ is sent already", "Keep one of them")
        return tuple(name for name in known if name in sent)

    def _unknown(self, name: object, place: Where, known: list[str]) -> None:
        pages = self.definition.pages
        if any(page.id == name for page in pages):
            message = f"the page ‘{name}’ asks nothing, so there is nothing to send"
            self.findings.add(place, message, "Take it out")
            return
        titled = [page.id for page in pages if page.id in known and _is_called(page, name)]
        if titled:
            fix = f"Write {', '.join(f'“{each}”' for each in titled)}"
            self.findings.add(place, f"‘{name}’ is a title, and a page goes by its id", fix)
            return
        self.findings.add_unknown(place, name, known, "is not a page of this form")

    def without_part(self, fallback: Mapping[str, Any], where: Where) -> dict[str, Any]:
        """Find a fallback that would get a part: then nobody would answer for the rest. Return it
        without that."""
        if SEND in fallback:
            message = "the fallback is always sent everything, because nobody else answers for it"
            self.findings.add((*where, SEND), message, "Take out “send”", at_key=True)
        return {key: value for key, value in fallback.items() if key != SEND}

    def sends_no_part_on_case(self, raw: Mapping[str, Any], where: Where) -> None:
        """Find the teams of a case being sent a part of what they are to work on."""
        if SEND in raw:
            message = "the teams of the case read all that comes to it"
            fix = "Take out “send”, or name a team or a service"
            self.findings.add((*where, SEND), message, fix, at_key=True)


def _is_called(page: Page, name: object) -> bool:
    words = name.casefold() if isinstance(name, str) else ""
    return bool(words) and words in (page.title.casefold(), page.section.casefold())
