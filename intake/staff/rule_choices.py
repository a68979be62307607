"""What one can choose from on the page of a rule, each with the words that the page shows."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from form_definitions import FormDefinition, Kind, pages_that_ask
from intake.services.rule_editing import Draft
from referral_router.calendars import NATIONS
from referral_router.condition_rows import (
    WORDS,
    is_asked_once,
    operators_for,
    options_of,
    subjects,
)
from referral_router.directory import Directory
from referral_router.effect_reading import AREA_KINDS
from referral_router.rule_reading import POSTCODE_KINDS
from referral_router.rule_set import Excluded, Target, ToCaseTeams, ToService, ToTeam, Urgency
from referral_router.rule_words import duration_words, excluded_words, sections_words, target_words

Choices = tuple[tuple[str, str], ...]
TIMES = (
    "PT30M", "PT1H", "PT4H", "4 working hours", "1 working day", "2 working days",
    "5 working days", "10 working days", "P1D", "P3D", "before the next school day",
)  # fmt: skip
URGENCIES: Choices = tuple((each.key, each.label) for each in Urgency)


@dataclass(frozen=True)
class RuleChoices:
    """The choices of one draft's form and directory."""

    definition: FormDefinition
    directory: Directory

    @property
    def subjects(self) -> Choices:
        """What a comparison can be about."""
        return tuple(subjects(self.definition))

    def subject(self, subject: str) -> str:
        """The words of a question or of a named condition."""
        return dict(self.subjects).get(subject, subject)

    def operators(self, subject: str) -> Choices:
        """How it can be compared."""
        return tuple((each, WORDS[each]) for each in operators_for(subject, self.definition))

    def options(self, subject: str) -> Choices:
        """The answers to choose from; none where one types."""
        return options_of(subject, self.definition)

    @property
    def teams(self) -> Choices:
        """Every team, by name."""
        teams = sorted(self.directory.teams.values(), key=lambda team: team.name.casefold())
        return tuple((each.id, f"{each.name} ({each.organisation_name})") for each in teams)

    @property
    def targets(self) -> Choices:
        """The teams as targets, and the case's own where the form is completed on one."""
        teams = tuple((_json({"team": team}), words) for team, words in self.teams)
        on_case = ((_json({"case": "teams"}), "The teams of its case"),)
        return (*on_case, *teams) if self.definition.on_case else teams

    @property
    def services(self) -> Choices:
        """Every service, by name."""
        found = sorted(self.directory.services.values(), key=lambda each: each.name.casefold())
        return tuple((each.id, each.name) for each in found)

    @property
    def places(self) -> tuple[tuple[str, Choices], ...]:
        """Where a service is given: by an answer, or in a fixed area."""
        answers = tuple((f"area_from:{path}", words) for path, words in self._names_area())
        postcodes = tuple(
            (f"area_from_postcode:{path}", words) for path, words in self._of_kind(POSTCODE_KINDS)
        )
        areas = sorted(self.directory.areas.values(), key=lambda each: each.name)
        fixed = tuple((f"area:{each.code}", each.name) for each in areas)
        return (
            ("In the area that an answer names", answers),
            ("Where a postcode is", postcodes),
            ("In a fixed area", fixed),
        )

    @property
    def excludable(self) -> tuple[tuple[str, Choices], ...]:
        """Whom a rule can exclude."""
        organisations = {
            team.organisation: team.organisation_name for team in self.directory.teams.values()
        }
        named = sorted(organisations.items(), key=lambda each: each[1].casefold())
        return (
            (
                "The organisation that an answer names",
                tuple(
                    (_json({"organisation_from": path}), words)
                    for path, words in self._names_area()
                ),
            ),
            ("An organisation", tuple((_json({"organisation": key}), name) for key, name in named)),
            ("A team", tuple((_json({"team": team}), words) for team, words in self.teams)),
        )

    def _names_area(self) -> Iterator[tuple[str, str]]:
        return self._of_kind(AREA_KINDS)

    def _of_kind(self, kinds: Collection[Kind]) -> Iterator[tuple[str, str]]:
        for question in self.definition.questions.values():
            for leaf in question.leaves():
                if leaf.kind in kinds and is_asked_once(leaf.path, self.definition):
                    yield leaf.path, leaf.title

    def target(self, token: str) -> str:
        """The words of somebody who gets it."""
        return _sentence(target_words(_target(token), self.definition, self.directory))

    def sent(self, token: str) -> str:
        """What they are sent: "Everything", or "Only ‘About you’"."""
        words = sections_words(_target(token), self.definition)
        return "Everything" if words == "it" else _sentence(words)

    def sections(self, token: str) -> tuple[tuple[str, str, bool], ...]:
        """The pages that they can be sent, each with whether they are; none for a case's teams."""
        target = _target(token)
        if isinstance(target, ToCaseTeams):
            return ()
        pages = pages_that_ask(self.definition)
        return tuple((page.id, page.title or page.id, page.id in target.send) for page in pages)

    def excluded(self, token: str) -> str:
        """The words of somebody who must not get it."""
        raw = _read(token)
        team, organisation = str(raw.get("team", "")), str(raw.get("organisation", ""))
        who = Excluded(team, organisation, _path(raw, "organisation_from"))
        return _sentence(excluded_words(who, self.definition, self.directory))

    def times(self, chosen: str) -> Choices:
        """Lengths of time, with the one that is chosen."""
        known = TIMES if chosen in TIMES or not chosen else (*TIMES, chosen)
        words = ((each, duration_words(each, self.definition)) for each in known)
        return tuple((each, said[:1].upper() + said[1:]) for each, said in words)

    @property
    def nations(self) -> Choices:
        """Whose bank holidays count."""
        return tuple(
            (each, each.replace("-", " ").title().replace("And", "and")) for each in NATIONS
        )


def _target(token: str) -> Target:
    raw = _read(token)
    send = raw.get("send")
    sections = tuple(str(each) for each in send) if isinstance(send, list) else ()
    if "team" in raw:
        return ToTeam(str(raw["team"]), send=sections)
    if "service" not in raw:
        return ToCaseTeams()
    return ToService(
        str(raw["service"]),
        str(raw.get("area", "")),
        _path(raw, "area_from"),
        _path(raw, "area_from_postcode"),
        send=sections,
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def choices_of(draft: Draft) -> RuleChoices:
    """The choices of a draft."""
    return RuleChoices(draft.definition, draft.directory)


def _json(value: Mapping[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _path(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(raw[key]).split(".")) if key in raw else ()


def _read(token: str) -> dict[str, Any]:
    try:
        value = json.loads(token)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
