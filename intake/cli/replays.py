"""A replay for the terminal: a sentence, a table with a chart, and who would be concerned."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from referral_router import Change, Directory, Load, Replay, Urgency

MOST_SHOWN = 20
WIDEST_BAR = 30


def replay_as_json(replay: Replay, unreadable: int) -> dict[str, Any]:
    """Everything that it found, as plain JSON values."""
    return {
        "referrals": replay.total,
        "not_opened": unreadable,
        "teams": [
            {"team": each.team, "before": each.before, "after": each.after} for each in replay.loads
        ],
        "changed": [
            {
                "reference": each.reference,
                "before": {team: urgency.key for team, urgency in each.before.items()},
                "after": {team: urgency.key for team, urgency in each.after.items()},
                "sections_before": {team: [*of] for team, of in each.sections_before.items()},
                "sections_after": {team: [*of] for team, of in each.sections_after.items()},
            }
            for each in replay.changes
        ],
    }


def replay_as_text(replay: Replay, unreadable: int, directory: Directory, since: date) -> str:
    """What it found, in words, with a bar for each team."""
    changed = len(replay.changes)
    lines = [
        f"{replay.total:,} referrals since {since.day} {since:%B %Y}. "
        f"{changed:,} would go elsewhere, or be more or less urgent."
    ]
    if unreadable:
        lines.append(f"{unreadable:,} more could not be opened, and were left out.")
    lines += ["", *_table(replay.loads, directory)]
    if changed:
        lines += ["", *(_change(each, directory) for each in replay.changes[:MOST_SHOWN])]
    if changed > MOST_SHOWN:
        lines.append(f"… and {changed - MOST_SHOWN:,} more. See all with --json.")
    return "\n".join(lines)


def _table(loads: tuple[Load, ...], directory: Directory) -> list[str]:
    names = {each.team: directory.team_name(each.team) for each in loads}
    width = max(map(len, names.values()), default=0)
    most = max((max(each.before, each.after) for each in loads), default=1)
    lines = []
    for each in loads:
        bars = "".join(
            sign * round(WIDEST_BAR * count / most)
            for sign, count in (("░", min(each.before, each.after)), ("█", abs(each.difference)))
        )
        lines.append(
            f"{names[each.team]:{width}}  {each.before:>7,} → {each.after:>7,}"
            f"  {each.difference:>+7,}  {bars}"
        )
    return lines


def _change(change: Change, directory: Directory) -> str:
    before = _words(change.before, change.sections_before, directory)
    after = _words(change.after, change.sections_after, directory)
    return f"{change.reference}: {before} → {after}"


def _words(
    urgencies: Mapping[str, Urgency], sections: Mapping[str, tuple[str, ...]], directory: Directory
) -> str:
    def one(team: str, urgency: Urgency) -> str:
        only = f", only {' and '.join(sections[team])}" if team in sections else ""
        return f"{directory.team_name(team)} ({urgency.key}{only})"

    return ", ".join(one(team, urgency) for team, urgency in urgencies.items())
