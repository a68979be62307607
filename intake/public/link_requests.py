"""Ask for a new link, for whoever holds one that no longer works."""

import re

from flask import request

from intake.public.blueprint import page, public, refuse_other_sites
from intake.services.link_requests import ask_for_new_link

TOKEN = re.compile(r"(?:.*/l/)?\s*([^\s/?#]+)", re.DOTALL)  # the whole address is fine too


@public.get("/links/ask")
def how_to_ask() -> tuple[str, int]:
    """Where to put the old link. It is never in the address of this page."""
    return page("ask_for_link")


@public.post("/links/ask")
def ask() -> tuple[str, int]:
    """Pass the wish on. The answer is the same for every link, so that it tells nobody anything."""
    refuse_other_sites()
    given = TOKEN.match(request.form.get("token", "").strip())
    if given is None:
        return page("ask_for_link", 200, is_missing=True)
    ask_for_new_link(given[1])
    return page("asked_for_link")
