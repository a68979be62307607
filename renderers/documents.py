"""The document around a form's pages: layout, back link, error summary, buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from markupsafe import escape

from form_definitions import FieldError, FormDefinition
from form_definitions.languages import N_, Words, words
from renderers import groups
from renderers.environment import environment
from renderers.language_switch import FORM_ID, language_switch
from renderers.moments import day_in_words
from renderers.shapes import component
from renderers.site import Site
from renderers.skeleton import Marks, Skeleton, escaped, split, tidy

#: What the button posts that saves the page as it is, to come back later.
SAVE_ACTION = "save"

#: What a script says shortly before the answers are deleted.
TIME_WORDS = {
    "title": N_("Do you need more time?"),
    "text": N_("In less than 5 minutes we delete what you have entered."),
    "stay": N_("Keep my answers"),
    "failed": N_(
        "We could not reach the server. Check your connection and press the button again."
    ),
}


class Document:
    """What all pages of one form share, rendered once."""

    def __init__(
        self, definition: FormDefinition, site: Site, marks: Marks, languages: Sequence[str] = ()
    ) -> None:
        self._marks = marks
        self._encoded: dict[str, bytes] = {}
        self._form_title = definition.title
        self._switch = language_switch(definition.language, languages)
        self._layout = _layout(definition, site, marks, tidy(self._switch))
        self._language = definition.language
        said = words(definition.language).gettext
        service = {"serviceName": definition.title, "ariaLabel": said("Service information")}
        self._navigation = tidy(component("service-navigation", service))
        back = component("back-link", {"href": marks.hole("href"), "text": said("Back")})
        label = said("Previous page")
        nav = f'<nav aria-label="{label}">\n{back}\n</nav>'
        self._back = tidy(nav).split(marks.hole("href"))  # what is before the address, and after
        notice = {"text": marks.hole("text"), "titleText": said("Important")}
        self._notice = self._split(component("notification-banner", notice))
        self._summary = _SummaryOfErrors(marks, said("There is a problem"))
        self._in_error = said("Error:") + " "
        kept = escape(said("We keep your answers until {day}.")).format(day=marks.hole("day"))
        told = "".join(f' data-{name}="{escaped(said(text))}"' for name, text in TIME_WORDS.items())
        self._kept = self._split(
            f'<p class="govuk-body-s intake-kept" id="intake-kept"'
            f' data-until="{marks.hole("until")}"{told}>{kept}</p>'
        )
        identity = f' id="{FORM_ID}"' if self._switch else ""
        self._form = self._split(
            f'<form method="post"{identity}{marks.hole("enctype")} novalidate>\n'
            f'<input type="hidden" name="csrf_token" value="{marks.hole("csrf")}">\n'
            f"{marks.hole('inner')}\n</form>"
        )

    def _split(self, html: str) -> Skeleton:
        return split(tidy(html), self._marks)

    def in_bytes(self, parts: Iterable[str]) -> list[bytes]:
        """Constants of a page in UTF-8; what pages share, they go on sharing."""
        return [self._encoded.setdefault(part, part.encode()) for part in parts]

    def frame(self, title: str) -> Frame:
        """The layout with a page's title in place: what is left varies by request."""
        if title in ("", self._form_title):
            return Frame(self._layout, self._form_title, "", self._in_error)
        whole = f"{title} – {self._form_title}"
        return Frame(self._layout, whole, self._navigation, self._in_error)

    def back(self, url: str) -> str:
        """The link back, or nothing."""
        return escaped(url).join(self._back) if url else ""

    def notice(self, text: str) -> str:
        """A banner with news for the reader, or nothing."""
        return self._notice.fill({"text": text}) if text else ""

    def form_of_switch(self, csrf: str) -> str:
        """What the language switch of a page sends that has nothing else to send."""
        return self.form(csrf, "") if self._switch and csrf else ""

    def kept(self, until: datetime | None) -> str:
        """How long the answers are kept, or nothing."""
        if until is None:
            return ""
        day = day_in_words(until, self._language)
        return self._kept.fill({"day": day, "until": str(int(until.timestamp()))})

    def errors(self, entries: Iterable[tuple[str, str]]) -> str:
        """The error summary for (link, message) pairs, or nothing."""
        return self._summary.render(entries)

    def form(self, csrf: str, inner: str, *, has_files: bool = False) -> str:
        """The page's one form around ``inner``, which is HTML."""
        return "".join(self.form_pieces(csrf, [inner], has_files=has_files))

    def form_pieces(self, csrf: str, inner: list[str], *, has_files: bool = False) -> list[str]:
        """The same in pieces, to be joined with the rest of the page."""
        parts = self._form.parts.copy()
        if has_files:
            parts[self._form.slots["enctype"][0]] = ' enctype="multipart/form-data"'
        parts[self._form.slots["csrf"][0]] = escaped(csrf)
        (slot,) = self._form.slots["inner"]
        parts[slot : slot + 1] = inner
        return parts


class Frame:
    """A layout whose title is in place, with the form's name in the header unless that is it."""

    def __init__(self, layout: Skeleton, title: str, navigation: str, in_error: str) -> None:
        parts = layout.parts.copy()
        for slot in layout.slots["title"]:
            parts[slot] = escape(title)
        (slot,) = layout.slots["navigation"]
        parts[slot] = navigation
        self._parts = parts
        self.in_error = in_error  # what its title begins with
        (self._prefix,) = layout.slots["prefix"]
        (self._back,) = layout.slots["back"]
        (self._content,) = layout.slots["content"]

    def render(self, content: str, *, back: str = "", in_error: bool = False) -> str:
        """The whole document around ``content`` and ``back``, which are HTML."""
        return "".join(self.pieces([content], back, self.in_error if in_error else ""))

    def pieces(self, content: list[str], back: str, prefix: str) -> list[str]:
        """The same in pieces: joined once, a long page is not copied again and again."""
        parts = self._parts.copy()
        parts[self._prefix] = prefix
        parts[self._back] = back
        parts[self._content : self._content + 1] = content
        return parts


class _SummaryOfErrors:
    """The error summary: GOV.UK's macro run once with one entry, which is then repeated."""

    def __init__(self, marks: Marks, title: str) -> None:
        entry = {"href": marks.hole("href"), "text": marks.hole("text")}
        html = tidy(component("error-summary", {"titleText": title, "errorList": [entry]}))
        start, end = html.index("<li>"), html.index("</li>") + len("</li>")
        self._before, self._after = html[:start], html[end:]
        self._entry = split(html[start:end], marks)

    def render(self, entries: Iterable[tuple[str, str]]) -> str:
        items = [self._entry.fill({"href": href, "text": text}) for href, text in entries]
        return "".join((self._before, *items, self._after)) if items else ""


def _layout(definition: FormDefinition, site: Site, marks: Marks, switch: str) -> Skeleton:
    template = environment().get_template("renderers/form.html")
    html = template.render(
        site=site,
        lang=definition.language,
        title=marks.hole("prefix") + marks.hole("title"),
        navigation=marks.hole("navigation"),
        exit_url=definition.exit_this_page,
        exit_path=exit_path(definition),
        switch=switch,
        back=marks.hole("back"),
        content=marks.hole("content"),
    )
    return split(tidy(html), marks)


def exit_path(definition: FormDefinition) -> str:
    """Where the way out leads without scripts: the browser forgets, and goes on from there."""
    return f"/exit/{definition.id}/{definition.version}"


def heading(title: str, caption: str = "") -> str:
    """A page's h1 with its caption."""
    above = f'<span class="govuk-caption-l">{escape(caption)}</span>\n' if caption else ""
    return f'{above}<h1 class="govuk-heading-l">{escape(title)}</h1>'


def paragraph(text: str) -> str:
    """A paragraph of text."""
    return f'<p class="govuk-body">{escape(text)}</p>'


def buttons(said: Words, *pairs: tuple[str, str]) -> str:
    """The form's buttons from (words, action) pairs, and the one that saves for later."""
    later = groups.button(
        {"text": said.gettext("Save and come back later")}, SAVE_ACTION, "govuk-button--secondary"
    )
    html = "\n".join([*(groups.button({"text": text}, action) for text, action in pairs), later])
    return tidy(f'<div class="govuk-button-group">\n{html}\n</div>')


def messages(errors: Sequence[FieldError]) -> Mapping[str, str]:
    """The first message for each control."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(error.control, error.message)
    return found
