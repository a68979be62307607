"""Routing with 1,000 rules, and how the time grows with them."""

from dataclasses import replace
from datetime import UTC, datetime

from benchmarks.forms import make_answers, make_directory, make_form, make_rules
from benchmarks.measuring import Figure, compare, processor_time, shown
from form_definitions import parse_form
from referral_router import Directory, load_directory, parse_rules, route

# Growth is measured where no rule set fits into the processor's own memory: between 1,000 rules,
# which do, and 2,500, which do not, each rule takes up to twice as long, whatever the algorithm.
FEW, MORE = 2_500, 2  # and so many times them; a file of 10,000 is larger than the reader takes
LOAD = {"team-0": 20}
LINEAR_WITHIN = 1.3  # so many times the rules may take this much more than so many times the time


def measure() -> list[Figure]:
    """Milliseconds for 1,000 rules, with teams that are always there and with teams that have
    hours, capacities and covers; and the growth from 2,500 to 5,000 with the latter."""
    definition = parse_form(make_form(60), "measured.json")
    answers = make_answers(60)
    directory = load_directory(make_directory())
    covering = with_covers(directory)
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    thousand, few, many = (
        parse_rules(make_rules(count), definition, "rules.json")
        for count in (1_000, FEW, MORE * FEW)
    )
    assert route(few, answers, covering, now, load=LOAD).moved
    took, covered = (
        processor_time(lambda: route(thousand, answers, teams, now, load=LOAD), rounds=30, batch=20)  # noqa: B023 — called before the next
        for teams in (directory, covering)
    )
    times = compare(
        lambda: route(few, answers, covering, now, load=LOAD),
        lambda: route(many, answers, covering, now, load=LOAD),
        rounds=30,
        ours_batch=2 * MORE,
        theirs_batch=2,
    )
    growth = times.theirs / times.ours / MORE
    return [
        Figure("Routing with 1,000 rules", shown(took), "–", took * 1000, 1, "ms"),
        Figure("The same with hours and covers", shown(covered), "–", covered * 1000, 1, "ms"),
        Figure(
            "Growth a rule, 2,500 to 5,000",
            shown(times.theirs),
            shown(times.ours),
            growth,
            LINEAR_WITHIN,
            "×",
        ),
    ]


def with_covers(directory: Directory) -> Directory:
    """The same teams with hours of their own; every fourth is paused, and the next one covers."""
    teams = {
        team.id: replace(
            team,
            nation="none",
            hours=(("08:00", "18:00"),) * 7,
            capacity=20,
            is_paused=number % 4 == 0,
            cover=f"team-{(number + 1) % len(directory.teams)}",
        )
        for number, team in enumerate(directory.teams.values())
    }
    return replace(directory, teams=teams)
