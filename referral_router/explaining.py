"""Decisions in words: a short story for staff, a table of every rule, and both as plain text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import NamedTuple

from form_definitions import FormDefinition, section_titles
from referral_router.cover import steps_to
from referral_router.decisions import Decision, Destination, Verdict
from referral_router.directory import Directory
from referral_router.time_words import clock_words

APPLIES, BECAUSE, SENDS_TO = 7, 56, 28  # characters, the widths of columns


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in the table of a decision; `sends_to` is empty if it did not match. `moved` says
    step by step why another team than the one it names got the referral."""

    rule: str
    matched: bool
    because: str
    sends_to: tuple[str, ...]
    why: str
    unresolved: str
    overruled: str = ""
    sends: bool = True
    moved: tuple[str, ...] = ()


class Reason(NamedTuple):
    """A rule's sentence, and the answers by which it applies that no reason before it told."""

    why: str
    because: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Why a referral went to one team: the rules' sentences, the answers, by when to act, and
    what a person has to decide. `reasons` has each sentence with its answers. `reckoned` says how
    the time was counted, `moved` for whom the team covers and why. `sections` are the pages that
    it was sent; None for everything."""

    team: str
    name: str
    why: tuple[str, ...]
    because: str
    urgency: str
    asks: tuple[str, ...] = ()
    reckoned: str = ""
    moved: tuple[str, ...] = ()
    sections: tuple[str, ...] | None = None
    reasons: tuple[Reason, ...] = ()


def sent_to(decision: Decision, directory: Directory) -> tuple[Sent, ...]:
    """Say for each team why the referral went there; the most pressing comes first."""
    verdicts = {verdict.rule: verdict for verdict in decision.verdicts}
    return tuple(_sent(each, verdicts, directory, decision) for each in decision.destinations)


def _sent(
    destination: Destination,
    verdicts: Mapping[str, Verdict],
    directory: Directory,
    decision: Decision,
) -> Sent:
    reasons = dict.fromkeys(verdicts[rule].because for rule in destination.rules)
    said = (reason for reason in reasons if not _is_part_of_another(reason, reasons))
    return Sent(
        team=destination.team,
        name=_full_name(destination.team, directory),
        why=tuple(_sentence(why) for why in destination.why),
        because=_sentence(f"because {', and because '.join(said)}"),
        urgency=_urgency_words(destination),
        asks=destination.asks,
        reckoned=_reckoned_words(destination, decision),
        moved=tuple(dict.fromkeys(_steps(destination, verdicts))),
        sections=destination.sections,
        reasons=tuple(_reasons(destination, verdicts)),
    )


def _reasons(destination: Destination, verdicts: Mapping[str, Verdict]) -> Iterator[Reason]:
    told: list[str] = []
    said: set[str] = set()
    for rule in destination.rules:
        verdict = verdicts[rule]
        because = verdict.because
        new = "" if because in told else because
        for other in sorted(told, key=len, reverse=True):
            if because.startswith(f"{other} and "):
                new = because.removeprefix(f"{other} and ")
                break
        told.append(because)
        if verdict.why not in said or new:
            yield Reason(_sentence(verdict.why), _sentence(new) if new else "")
        said.add(verdict.why)


def _steps(destination: Destination, verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    for rule in destination.rules:
        for step in steps_to(destination.team, verdicts[rule].moved):
            yield _sentence(step.words)


def _reckoned_words(destination: Destination, decision: Decision) -> str:
    reckoned = f"That is {destination.reckoned}." if destination.reckoned else ""
    if destination.acknowledge_by < decision.decided_at:
        return f"{reckoned} It was late when it arrived.".strip()
    return reckoned


def sections_words(
    sections: tuple[str, ...] | None, definition: FormDefinition | None = None
) -> str:
    """Say which sections a team was sent, with a definition by their titles; "" for everything."""
    if sections is None:
        return ""
    titles = section_titles(definition, sections) if definition else sections
    *most, last = (f"‘{title}’" for title in titles)
    return (
        f"It was sent only {', '.join(most)} and {last}." if most else f"It was sent only {last}."
    )


def kept_words(decision: Decision, directory: Directory) -> str:
    """Say who keeps the whole of what everybody was sent a part of; "" for nobody."""
    if not decision.kept_for:
        return ""
    names = " and ".join(_full_name(team, directory) for team in decision.kept_for)
    return f"Nobody was sent all of it: the key to the whole is kept for {names}."


def _urgency_words(destination: Destination) -> str:
    acknowledge = f"acknowledge it by {clock_words(destination.acknowledge_by)}"
    if destination.decide_by is None:
        return f"{destination.urgency.label}: someone should {acknowledge}."
    decide = f"decide by {clock_words(destination.decide_by)}"
    return f"{destination.urgency.label}: someone should {acknowledge}, and {decide}."


def _is_part_of_another(reason: str, reasons: Iterable[str]) -> bool:
    """Whether another reason already says this one: “A and B” says “A”."""
    return any(
        f" and {reason} and " in f" and {other} and " for other in reasons if other != reason
    )


def not_found(decision: Decision) -> tuple[str, ...]:
    """Say which rules could not find each of their teams, which were overruled by what, and which
    teams that are away were passed over."""
    return tuple(
        _sentence(f"The rule ‘{verdict.rule}’ {words}")
        for verdict in decision.verdicts
        for words in _in_the_way(verdict)
    )


def _in_the_way(verdict: Verdict) -> Iterator[str]:
    if verdict.unresolved:
        yield f"did not find everyone: {verdict.unresolved}"
    if verdict.overruled:
        yield f"was overruled: {verdict.overruled}"
    for step in verdict.moved:
        if not step.to_team:
            yield f"passed a team over: {step.words}"


def story(
    decision: Decision, directory: Directory, definition: FormDefinition | None = None
) -> list[str]:
    """Say in short sentences where a referral went, because of what, how urgent it is, what each
    team was sent of it if not everything (with a definition by titles), and what could not be
    found. The most pressing destination comes first."""
    sentences = []
    for sent in sent_to(decision, directory):
        sentences += [f"It went to {sent.name} {sent.because}", *sent.moved, *sent.why]
        sentences += [words for words in (sent.urgency, sent.reckoned) if words]
        sentences += [f"Someone of this team has to decide: {question}" for question in sent.asks]
        sentences.append(sections_words(sent.sections, definition))
    sentences.append(kept_words(decision, directory))
    return [*filter(None, sentences), *not_found(decision)]


def _full_name(team: str, directory: Directory) -> str:
    known = directory.teams.get(team)
    return f"{known.name} ({known.organisation_name})" if known else team


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."


def table(decision: Decision, directory: Directory | None = None) -> tuple[Row, ...]:
    """Return a row for every rule, the fallback last; with a directory, teams by their names."""
    return tuple(
        Row(
            rule=verdict.rule,
            matched=verdict.matched,
            because=verdict.because,
            sends_to=_names(verdict.teams, directory),
            why=verdict.why,
            unresolved=verdict.unresolved,
            overruled=verdict.overruled,
            sends=verdict.sends,
            moved=tuple(step.words for step in verdict.moved),
        )
        for verdict in decision.verdicts
    )


def _names(teams: Iterable[str], directory: Directory | None) -> tuple[str, ...]:
    return tuple(directory.team_name(team) if directory else team for team in teams)


def explain(
    decision: Decision, directory: Directory, definition: FormDefinition | None = None
) -> str:
    """Return the story and the table as plain text, for a terminal."""
    return "\n".join(
        [*story(decision, directory, definition), "", *_lines_of_table(decision, directory)]
    )


def _lines_of_table(decision: Decision, directory: Directory) -> Iterator[str]:
    """The rules in columns: whether each applies, its name, what decided that, whom it sends to."""
    rows = table(decision, directory)
    width = max(len("Rule"), *(len(row.rule) for row in rows))
    yield f"{'Applies':{APPLIES}}  {'Rule':{width}}  {'Because':{BECAUSE}}  Sends to"
    yield f"{'─' * APPLIES}  {'─' * width}  {'─' * BECAUSE}  {'─' * SENDS_TO}"
    for row in rows:
        told = [row.because, *filter(None, (*row.moved, row.unresolved, row.overruled))]
        because = [line for words in told for line in wrap(words, BECAUSE)]
        teams = [line for team in row.sends_to for line in wrap(team, SENDS_TO)]
        cells = zip_longest(
            ("yes" if row.matched else "no",), (row.rule,), because, teams, fillvalue=""
        )
        for applies, rule, words, team in cells:
            yield f"{applies:{APPLIES}}  {rule:{width}}  {words:{BECAUSE}}  {team}".rstrip()
