"""The visitor's cookie: which drafts this browser may open, and the key of each.

It is not signed, because nothing in it is believed: a key opens its draft or it does not.
"""

from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Iterator, Mapping

from flask import request
from werkzeug.wrappers import Response

from intake.app_state import settings
from intake.services.sealed_drafts import OpenedDraft

MOST_DRAFTS = 8  # 8 × 48 bytes are 512 characters: far below what browsers and proxies take
#: What the cookies of the public pages begin with.
OURS = ("intake-visitor", "intake-framed", "intake-language", "intake-confirm-", "intake-status-")
ID_SIZE = 16
KEY_SIZE = 32
PAIR_SIZE = ID_SIZE + KEY_SIZE


def cookie_name() -> str:
    """The cookie's name for the current application."""
    return name_of_cookie(is_https=settings().is_https)


def name_of_cookie(*, is_https: bool, is_framed: bool = False) -> str:
    """The cookie's name; over plain http (local use only) it cannot have the prefix."""
    name = "intake-framed" if is_framed else "intake-visitor"
    return f"__Host-{name}" if is_https else name


def key_of(draft_id: str) -> bytes | None:
    """The key that this browser has for a draft; None if it has none."""
    return key_among(request.cookies, draft_id, is_https=settings().is_https)


#: By whether it is https: the usual cookie, and the one of a form inside another website's page.
NAMES = {
    is_https: tuple(name_of_cookie(is_https=is_https, is_framed=framed) for framed in (False, True))
    for is_https in (False, True)
}


def kept_keys() -> dict[str, bytes]:
    """Every draft that this browser has a key of, the newest first."""
    names = (cookie_name(), name_of_cookie(is_https=settings().is_https, is_framed=True))
    usual, framed = (_pairs(request.cookies.get(name, "")) for name in names)
    return {**usual, **framed}


def key_among(cookies: Mapping[str, str], draft_id: str, *, is_https: bool) -> bytes | None:
    """The same from any cookies, for who has no request of Flask's."""
    for name in NAMES[is_https]:
        if name in cookies and (key := _key_in(cookies[name], draft_id)):
            return key
    return None


def _key_in(cookie: str, draft_id: str) -> bytes | None:
    return next((key for id_, key in _each(cookie) if id_ == draft_id), None)


def remember(response: Response, opened: OpenedDraft, *, is_framed: bool = False) -> Response:
    """Give the browser a draft's key; only the newest drafts stay.

    A form inside another website's page has a cookie of its own, which the browser keeps for that
    website's pages alone (``Partitioned``): no other site can make use of it.
    """
    name = name_of_cookie(is_https=settings().is_https, is_framed=is_framed)
    pairs = {
        id_: key
        for id_, key in _pairs(request.cookies.get(name, "")).items()
        if id_ != opened.draft_id
    }
    newest = [(opened.draft_id, opened.key), *pairs.items()][:MOST_DRAFTS]
    raw = b"".join(bytes.fromhex(id_) + key for id_, key in newest)
    response.set_cookie(
        name,
        urlsafe_b64encode(raw).decode(),
        path="/",
        secure=settings().is_https or is_framed,
        httponly=True,
        samesite="None" if is_framed else "Lax",  # not Strict: a message's link is another site's
        partitioned=is_framed,
    )
    return response


def forget_all(response: Response) -> Response:
    """Take every cookie of the public pages out of the browser; that of staff stays.

    One by one: ``Clear-Site-Data`` would also end what else is under the same domain.
    """
    is_https = settings().is_https
    for name in request.cookies:
        plain = name.removeprefix("__Host-")
        if plain.startswith(OURS):
            is_framed = plain == "intake-framed"
            response.delete_cookie(
                name,
                path="/",
                secure=is_https or is_framed,
                httponly=True,
                samesite="None" if is_framed else "Lax",
                partitioned=is_framed,
            )
    return response


def _pairs(cookie: str) -> dict[str, bytes]:
    return dict(_each(cookie))


def _each(cookie: str) -> Iterator[tuple[str, bytes]]:
    """Newest first; whatever cannot be read counts as no cookie."""
    try:
        raw = a2b_base64(cookie.replace("-", "+").replace("_", "/"))
    except ValueError:
        return
    for start in range(0, min(len(raw), MOST_DRAFTS * PAIR_SIZE), PAIR_SIZE):
        pair = raw[start : start + PAIR_SIZE]
        if len(pair) == PAIR_SIZE:
            yield pair[:ID_SIZE].hex(), pair[ID_SIZE:]
