"""`intake keys retire`: what ends when a secret key goes, and how to end it at once."""

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from intake.cli.failures import BadInput, json_option, print_json
from intake.services import secret_keys


@click.command()
@click.argument("key_id")
@click.option("--revoke-links", is_flag=True, help="The key may be known to others: end them now.")
@json_option
@with_appcontext
def retire(key_id: str, *, revoke_links: bool, as_json: bool) -> None:
    """Say which live links end when a secret key is taken out of INTAKE_SECRET_KEYS.

    It changes nothing, unless a key is compromised and --revoke-links ends its links at once.

    \b
    Example:
      intake keys retire kR2m8XpQ
    """
    try:
        uses = secret_keys.uses_of(key_id)
    except secret_keys.SecretKeyNotFound as error:
        raise BadInput(f"there is no secret key “{key_id}”. See `intake keys list`.") from error
    place = next(each.place for each in secret_keys.list_secret_keys() if each.id == key_id)
    revoked = secret_keys.revoke_links_of(key_id) if revoke_links else 0
    if as_json:
        links = [asdict(use) for use in uses]
        print_json({"id": key_id, "place": place, "links": links, "revoked": revoked})
        return
    for use in uses:
        click.echo(f"{use.live_links:>7}  {use.form_id}  {use.team_id}")
    click.echo(advice(place, sum(use.live_links for use in uses), revoked), err=True)


def advice(place: str, live: int, revoked: int) -> str:
    """What to do next, in a sentence or two."""
    said = {
        "newest": "It signs new links: put another one in front of it first (`intake keys secrets`)"
        ", and restart every process.",
        "older": "Take it out of INTAKE_SECRET_KEYS, and restart every process.",
        "missing": "It is not in INTAKE_SECRET_KEYS any more.",
    }[place]
    if revoked:
        return f"{revoked} links are revoked. {said}"
    if not live:
        return f"No live link needs this key. {said}"
    return f"{live} live links end without this key. When that is right: {said}"
