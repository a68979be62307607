"""The pages round the questions: start, check your answers, confirmation, end."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from form_definitions import Contact, FormDefinition, Page, PageType
from renderers.documents import Document, Frame, buttons, heading
from renderers.markdown import to_html
from renderers.shapes import component
from renderers.skeleton import Marks, split, tidy

SENDING = """<h2 class="govuk-heading-m">Now send your answers</h2>
<p class="govuk-body">By sending this form you say that, as far as you know,
the answers are correct.</p>
"""
EXITING = (
    "To leave this form quickly at any time, select ‘Exit this page’."
    " It opens another website. It does not clear your browsing history."
)


class Standing:
    """The standing pages of one form, rendered once."""

    def __init__(self, definition: FormDefinition, document: Document, marks: Marks) -> None:
        self._document = document
        self._contact = contact_html(definition.contact)
        self._next = to_html(definition.confirmation_next)
        self._panel = split(_panel(marks.hole("reference")), marks)
        self._start = _start(definition)
        self._start_button = _start_button()
        self._send_button = buttons(("Send", "submit"))
        self._start_frame = document.frame("")
        self._check_frame = document.frame("Check your answers")
        self._sent_frame = document.frame("Form sent")
        self._ends = {
            page.id: self._end(page) for page in definition.pages if page.type is PageType.END
        }

    def start(self, csrf: str, back_url: str) -> str:
        """What the form is for, how long it takes, what is needed, who sees the answers."""
        content = self._start + self._document.form(csrf, self._start_button)
        return self._start_frame.render(content, back=self._document.back(back_url))

    def check_answers(
        self, lists: str, errors: Sequence[tuple[str, str]], csrf: str, back_url: str
    ) -> str:
        """The lists of answers with the button that sends them."""
        document = self._document
        sending = document.form(csrf, SENDING + self._send_button)
        content = (document.errors(errors), heading("Check your answers"), lists, sending)
        back = document.back(back_url)
        return self._check_frame.render("\n".join(content), back=back, in_error=bool(errors))

    def confirmation(self, reference: str, sent_at: str, next_html: str, case_url: str) -> str:
        """The reference, when it was sent, what happens next, whom to ask."""
        following = next_html or self._next
        content = (
            self._panel.fill({"reference": reference}),
            f'<p class="govuk-body">We received your form on {escape(sent_at)}. '
            "Keep a note of your reference number.</p>",
            _back_to_case(case_url) if case_url else "",
            f'<h2 class="govuk-heading-m">What happens next</h2>\n{following}' if following else "",
            self._contact,
        )
        return self._sent_frame.render("\n".join(content))

    def end(self, page: Page, back_url: str) -> str:
        """The words of an end page and whom to call."""
        frame, content = self._ends[page.id]
        return frame.render(content, back=self._document.back(back_url))

    def _end(self, page: Page) -> tuple[Frame, str]:
        words = f"{heading(page.title, page.caption)}\n{to_html(page.body)}"
        names_someone = "(tel:" in page.body or "(mailto:" in page.body
        contact = "" if names_someone else self._contact
        return self._document.frame(page.title), words + contact


def contact_html(contact: Contact | None) -> str:
    """Whom to ask, with links that a phone can call, or nothing."""
    if contact is None:
        return ""
    lines: list[str] = [escape(contact.name)]
    if contact.telephone:
        digits = "".join(sign for sign in contact.telephone if sign.isdigit() or sign == "+")
        link = f'<a class="govuk-link" href="tel:{digits}">{escape(contact.telephone)}</a>'
        lines.append(f"Telephone: {link}")
    if contact.email:
        address = escape(contact.email)
        lines.append(f'Email: <a class="govuk-link" href="mailto:{address}">{address}</a>')
    if contact.hours:
        lines.append(escape(contact.hours))
    words = "<br>\n".join(lines)
    return f'<h2 class="govuk-heading-m">If you need help</h2>\n<p class="govuk-body">{words}</p>'


def _start(definition: FormDefinition) -> str:
    start = definition.start
    html: list[str] = [heading(definition.title), to_html(start.purpose)]
    if start.minutes:
        unit = "minute" if start.minutes == 1 else "minutes"
        html.append(f'<p class="govuk-body">It takes about {start.minutes} {unit}.</p>')
    if definition.exit_this_page:
        html.append(component("inset-text", {"text": EXITING}))
    if start.needed:
        items = "\n".join(f"<li>{escape(thing)}</li>" for thing in start.needed)
        html.append('<h2 class="govuk-heading-m">What you will need</h2>')
        html.append(f'<ul class="govuk-list govuk-list--bullet">\n{items}\n</ul>')
    if start.who_sees:
        html.append('<h2 class="govuk-heading-m">Who sees your answers</h2>')
        html.append(to_html(start.who_sees))
    return tidy("\n".join(html))


def _start_button() -> str:
    params = {"text": "Start now", "isStartButton": True, "name": "action", "value": "continue"}
    return tidy(component("button", params))


def _back_to_case(url: str) -> str:
    link = f'<a class="govuk-link" href="{escape(url)}">Go back to the case</a>'
    return f'<p class="govuk-body">{link}</p>'


def _panel(reference: str) -> str:
    body = f'Your reference number<br><strong class="intake-reference">{reference}</strong>'
    return tidy(component("panel", {"titleText": "Your form has been sent", "html": body}))
