"""The staff side as somebody uses it who reads only the pages: sign in, look, find, press."""

import re
from typing import Any

from tests.journeys.html_contract import Page
from tests.journeys.visitors import Transport, Visitor

SHOWS = ("waiting", "accepted", "finished", "declined", "archived")


class StaffMember(Visitor):
    """Somebody signed in."""

    def __init__(self, transport: Transport, base_url: str, person: dict[str, Any]) -> None:
        super().__init__(transport)
        self.base_url = base_url
        self.open(f"{base_url}/staff/sign-in")
        page = self.press_first([("email", person["email"]), ("password", person["password"])])
        assert "/staff/queue" in page.url, f"{person['email']} could not sign in: {page.text[:300]}"

    def press_first(self, fields: list[tuple[str, str]]) -> Page:
        """Press the page's own button, whatever its name is."""
        return self.press(next(filter(None, self.here.buttons), ""), fields)

    def cases(self) -> dict[str, str]:
        """Every case in the queue: its reference and its address."""
        found: dict[str, str] = {}
        for show in SHOWS:
            page = self.open(f"{self.base_url}/staff/queue?show={show}")
            found.update(
                {
                    reference.group(): url
                    for words, url in page.links
                    if "/staff/cases/" in url
                    and (reference := re.search(r"[A-Z0-9]{2,4}-[A-Z0-9]{4}-[A-Z0-9]{4}", words))
                }
            )
        return found

    def find(self, reference: str) -> Page:
        """Look a reference up."""
        page = self.open(f"{self.base_url}/staff/find")
        names = [control.name for control in page.controls]
        assert "reference" in names, names
        return self.press_first([("by", "reference"), ("reference", reference)])

    def start_on_case(self, form_id: str, state: str = "accepted") -> Page:
        """Begin a form on the first case of the queue that this person works on."""
        page = self.open(f"{self.base_url}/staff/queue?show={state}")
        case = next(url for _words, url in page.links if "/staff/cases/" in url)
        self.open(case)
        return self.press_form(f"/forms/{form_id}")
