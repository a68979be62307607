"""The bank holidays of the UK's nations, from GOV.UK's list as it was packaged."""

import json
from datetime import date
from functools import cache
from importlib.resources import files

NATIONS = ("england-and-wales", "northern-ireland", "scotland")


def bank_holidays(nation: str) -> frozenset[date]:
    """Return the known bank holidays of one of NATIONS. Raises KeyError for another name."""
    return _every_nations_holidays()[nation]


def known_until(nation: str) -> date:
    """Return the last bank holiday that is known: later ones count as working days until the
    package govuk-bank-holidays is updated."""
    return max(bank_holidays(nation))


@cache
def _every_nations_holidays() -> dict[str, frozenset[date]]:
    # the package's data file, not its class: importing that loads an HTTP client, and a
    # referral's due time must never wait for, or depend on, the network
    data = json.loads((files("govuk_bank_holidays") / "bank-holidays.json").read_bytes())
    return {
        nation: frozenset(date.fromisoformat(event["date"]) for event in data[nation]["events"])
        for nation in NATIONS
    }
