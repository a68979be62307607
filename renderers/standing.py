"""The pages round the questions: start, check your answers, confirmation, end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import escape

from form_definitions import Contact, FormDefinition, Page, PageType
from form_definitions.languages import ENGLISH, N_, words
from renderers.documents import Document, Frame, buttons, heading, paragraph
from renderers.markdown import to_html
from renderers.shapes import component
from renderers.skeleton import Marks, split, tidy

SENDING = N_("By sending this form you say that, as far as you know, the answers are correct.")
EXITING = N_(
    "To leave this form quickly at any time, select ‘Exit this page’."
    " It opens another website, and this browser forgets your answers."
    " It does not clear your browsing history."
)


class Standing:
    """The standing pages of one form, rendered once."""

    def __init__(self, definition: FormDefinition, document: Document, marks: Marks) -> None:
        self._document = document
        self._said = said = words(definition.language).gettext
        self._contact = contact_html(definition.contact, definition.language)
        self._next = to_html(definition.confirmation_next)
        self._panel = split(self._sent_panel(marks.hole("reference")), marks)
        self._start = self._about(definition)
        self._start_button = self._starting()
        self._sending = _heading(said("Now send your answers")) + paragraph(said(SENDING))
        self._send_button = buttons(words(definition.language), (said("Send"), "submit"))
        self._start_frame = document.frame("")
        self._check_frame = document.frame(said("Check your answers"))
        self._sent_frame = document.frame(said("Form sent"))
        self._ends = {
            page.id: self._end(page) for page in definition.pages if page.type is PageType.END
        }

    def start(self, csrf: str, back_url: str, shown_html: str) -> str:
        """What the form is for, how long it takes, what is needed, who sees the answers."""
        content = self._start + shown_html + self._document.form(csrf, self._start_button)
        return self._start_frame.render(content, back=self._document.back(back_url))

    def check_answers(
        self,
        lists: str,
        errors: Sequence[tuple[str, str]],
        csrf: str,
        back_url: str,
        kept_until: datetime | None = None,
        copy_html: str = "",
    ) -> str:
        """The lists of answers with the button that sends them."""
        document = self._document
        sending = document.form(csrf, self._sending + self._send_button)
        title = heading(self._said("Check your answers"))
        kept = document.kept(kept_until)
        content = (document.errors(errors), title, lists, sending, copy_html, kept)
        back = document.back(back_url)
        return self._check_frame.render("\n".join(content), back=back, in_error=bool(errors))

    def confirmation(
        self,
        reference: str,
        sent_at: str,
        next_html: str,
        case_url: str,
        csrf: str,
        asks: str = "",
        error: str = "",
        copy_html: str = "",
    ) -> str:
        """The reference, when it was sent, what happens next, whom to ask."""
        following = str(next_html or self._next)  # Markup would escape what is put before it
        received = self._said(
            "We received your form on {moment}. Keep a note of your reference number."
        )
        content = (
            self._document.errors([("#email", error)] if error else ()),
            self._panel.fill({"reference": reference}),
            paragraph(received.format(moment=sent_at)),
            _back_to_case(case_url) if case_url else "",
            _heading(self._said("What happens next")) + following if following else "",
            self._document.form(csrf, asks) if asks else self._document.form_of_switch(csrf),
            copy_html,
            self._contact,
        )
        return self._sent_frame.render("\n".join(content), in_error=bool(error))

    def end(self, page: Page, csrf: str, back_url: str) -> str:
        """The words of an end page and whom to call."""
        frame, content = self._ends[page.id]
        content += self._document.form_of_switch(csrf)
        return frame.render(content, back=self._document.back(back_url))

    def _end(self, page: Page) -> tuple[Frame, str]:
        words = f"{heading(page.title, page.caption)}\n{to_html(page.body)}"
        names_someone = "(tel:" in page.body or "(mailto:" in page.body
        contact = "" if names_someone else self._contact
        return self._document.frame(page.title), words + contact

    def _about(self, definition: FormDefinition) -> str:
        """The words of the start page."""
        start, said = definition.start, words(definition.language)
        html: list[str] = [heading(definition.title), to_html(start.purpose)]
        if start.minutes:
            takes = said.ngettext(
                "It takes about {number} minute.", "It takes about {number} minutes.", start.minutes
            )
            html.append(paragraph(takes.format(number=start.minutes)))
        if definition.exit_this_page:
            html.append(component("inset-text", {"text": said.gettext(EXITING)}))
        if start.needed:
            items = "\n".join(f"<li>{escape(thing)}</li>" for thing in start.needed)
            html.append(_heading(said.gettext("What you will need")))
            html.append(f'<ul class="govuk-list govuk-list--bullet">\n{items}\n</ul>')
        if start.who_sees:
            html.append(_heading(said.gettext("Who sees your answers")))
            html.append(to_html(start.who_sees))
        return tidy("\n".join(html))

    def _starting(self) -> str:
        text = self._said("Start now")
        params = {"text": text, "isStartButton": True, "name": "action", "value": "continue"}
        return tidy(component("button", params))

    def _sent_panel(self, reference: str) -> str:
        title, label = self._said("Your form has been sent"), self._said("Your reference number")
        body = f'{escape(label)}<br><strong class="intake-reference">{reference}</strong>'
        return tidy(component("panel", {"titleText": title, "html": body}))


def contact_html(contact: Contact | None, language: str = ENGLISH) -> str:
    """Whom to ask, with links that a phone can call, or nothing."""
    if contact is None:
        return ""
    said = words(language).gettext
    lines: list[str] = [escape(contact.name)]
    if contact.telephone:
        digits = "".join(sign for sign in contact.telephone if sign.isdigit() or sign == "+")
        link = f'<a class="govuk-link" href="tel:{digits}">{escape(contact.telephone)}</a>'
        label = escape(said("Telephone:"))
        lines.append(f"{label} {link}")
    if contact.email:
        address = escape(contact.email)
        link = f'<a class="govuk-link" href="mailto:{address}">{address}</a>'
        label = escape(said("Email:"))
        lines.append(f"{label} {link}")
    if contact.hours:
        lines.append(escape(contact.hours))
    body = "<br>\n".join(lines)
    return _heading(said("If you need help")) + f'<p class="govuk-body">{body}</p>'


def _heading(text: str) -> str:
    return f'<h2 class="govuk-heading-m">{escape(text)}</h2>\n'


def _back_to_case(url: str) -> str:
    """For staff, who read English."""
    link = f'<a class="govuk-link" href="{escape(url)}">Go back to the case</a>'
    return f'<p class="govuk-body">{link}</p>'
