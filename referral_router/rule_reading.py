"""From a rule file's JSON to a rule set, finding everything that is wrong on the way."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions import Condition, FormDefinition, Kind, parse_condition
from referral_router.calendars import NATIONS, DurationError, read_duration
from referral_router.condition_checks import when_findings
from referral_router.findings import Findings, Where
from referral_router.rule_set import (
    FALLBACK,
    Rule,
    RuleSet,
    Target,
    ToCaseTeams,
    ToService,
    ToTeam,
    Urgency,
)

FILE_KEYS = ("$schema", "form", "version", "nation", "rules", "fallback")
RULE_KEYS = ("id", "when", "to", "urgency", "acknowledge_within", "why")
TARGET_KEYS = ("team", "service", "area", "area_from", "case")
FALLBACK_KEYS = (*TARGET_KEYS, "urgency", "acknowledge_within", "why")
RECIPIENTS = ("team", "service", "case")
AREA_KINDS = frozenset({Kind.RADIOS, Kind.SELECT, Kind.CHECKBOXES, Kind.TEXT})
LONGEST_WHY = 300  # it stands in a table and in an email's first lines

_NAME = r"[a-z][a-z0-9-]*"
# what each text has to look like, and what to write instead
_TEXTS = {
    "form": (_NAME, "Write the form's $id, such as “master-referral”"),
    "version": (r"[0-9]+\.[0-9]+\.[0-9]+", "Write it as “1.0.0”"),
    "id": (_NAME, "Write a name in lower case with hyphens, such as “high-risk”"),
    "why": (
        rf"(?=.*\S)(?s:.{{1,{LONGEST_WHY}}})",
        f"Write one sentence, of {LONGEST_WHY} characters at most, for the team that gets it",
    ),
    "team": (_NAME, "Write a team's id, such as “duty-desk”"),
    "service": (_NAME, "Write a service's id, such as “early-help”"),
    "area": (r"\S+", "Write an area's code, or “*” for everywhere"),
    "area_from": (r"\S+", "Write the name of the question whose answer is the area's code"),
}


class RuleReader:
    """Reads one rule file for one form; what is wrong goes into `findings`."""

    def __init__(self, definition: FormDefinition, findings: Findings) -> None:
        self.definition = definition
        self.findings = findings

    def rule_set(self, raw: object, content_hash: str, source: str) -> RuleSet:
        """Return the rules. They are complete only if `findings` stayed empty."""
        if not isinstance(raw, dict):
            self.findings.add((), "a rule file is one JSON object", "Write { … }")
            raw = {}
        self._only(FILE_KEYS, raw, ())
        return RuleSet(
            form=self._form(raw),
            version=self._text("version", raw, ()),
            content_hash=content_hash,
            nation=self._nation(raw),
            rules=tuple(self._rules(raw)),
            fallback=self._fallback(raw),
            definition=self.definition,
            source=source,
        )

    def _form(self, raw: Mapping[str, Any]) -> str:
        form = self._text("form", raw, ())
        if form and form != self.definition.id:
            self.findings.add(
                ("form",),
                f"these rules are for ‘{form}’, and the form is ‘{self.definition.id}’",
                f"Write “{self.definition.id}”, or give the rules to their own form",
            )
        return form

    def _nation(self, raw: Mapping[str, Any]) -> str:
        nation = raw.get("nation", NATIONS[0])
        if nation not in NATIONS:
            self.findings.add_unknown(("nation",), nation, NATIONS, "is not a nation's name here")
            return NATIONS[0]
        return str(nation)

    # -- rules --------------------------------------------------------------------------------

    def _rules(self, raw: Mapping[str, Any]) -> Iterator[Rule]:
        rules = raw.get("rules")
        if not isinstance(rules, list):
            where: Where = ("rules",) if "rules" in raw else ()
            self.findings.add(where, "‘rules’ has to be a list of rules", 'Write "rules": [ … ]')
            return
        seen: set[str] = set()
        for index, rule in enumerate(rules):
            where = ("rules", index)
            if not isinstance(rule, dict):
                self.findings.add(where, "a rule is a JSON object", "Write { … }")
                continue
            self._only(RULE_KEYS, rule, where)
            yield self._rule(rule, where, seen)

    def _rule(self, raw: Mapping[str, Any], where: Where, seen: set[str]) -> Rule:
        line, column = self.findings.position(where)
        return Rule(
            id=self._id(raw, where, seen),
            when=self._when(raw, where),
            to=tuple(self._targets(raw, where)),
            urgency=self._urgency(raw, where),
            acknowledge_within=self._duration(raw, where),
            why=self._text("why", raw, where),
            line=line,
            column=column,
        )

    def _id(self, raw: Mapping[str, Any], where: Where, seen: set[str]) -> str:
        name = self._text("id", raw, where)
        if name == FALLBACK:
            self.findings.add(
                (*where, "id"), "‘fallback’ is the name of the fallback itself", "Choose another id"
            )
        elif name and name in seen:
            self.findings.add(
                (*where, "id"), f"another rule has the id ‘{name}’", "Give each rule its own id"
            )
        seen.add(name)
        return name

    def _when(self, raw: Mapping[str, Any], where: Where) -> Condition | None:
        if "when" not in raw:
            return None
        raw_condition, where = raw["when"], (*where, "when")
        findings = list(when_findings(raw_condition, self.definition))
        for finding in findings:
            place = (*where, *finding.pointer)
            self.findings.add(place, finding.message, finding.fix, at_key=finding.on_key)
        if findings:
            return None
        return parse_condition(raw_condition, self.definition.conditions)

    # -- who gets it --------------------------------------------------------------------------

    def _targets(self, raw: Mapping[str, Any], where: Where) -> Iterator[Target]:
        targets = raw.get("to")
        if not isinstance(targets, list) or not targets:
            where = (*where, "to") if "to" in raw else where
            self.findings.add(where, "‘to’ has to be a list", 'Write "to": [{"team": "duty-desk"}]')
            return
        for index, target in enumerate(targets):
            place = (*where, "to", index)
            if not isinstance(target, dict):
                self.findings.add(place, "who gets it is a JSON object", 'Write {"team": "…"}')
                continue
            self._only(TARGET_KEYS, target, place)
            if len([key for key in RECIPIENTS if key in target]) != 1:
                self.findings.add(
                    place,
                    "this has to name a team, a service or the case's teams",
                    'Write one of {"team": "…"}, {"service": "…", "area_from": "…"} and '
                    '{"case": "teams"}',
                )
                continue
            yield from self._recipients(target, place)

    def _fallback(self, raw: Mapping[str, Any]) -> Rule:
        where: Where = ("fallback",)
        fallback = raw.get("fallback")
        if not isinstance(fallback, dict):
            self.findings.add(
                where if "fallback" in raw else (),
                "there is no fallback, so a referral that no rule sends anywhere would be lost",
                'Add "fallback": {"team": "…", "urgency": "…", "acknowledge_within": "…", '
                '"why": "…"}',
            )
            return Rule(FALLBACK, None, (), Urgency.ROUTINE, "", "")
        self._only(FALLBACK_KEYS, fallback, where)
        if ("team" in fallback) == ("service" in fallback):
            self.findings.add(
                where,
                "the fallback has to name one team or one service",
                'Write "team": "…"; beside "case": "teams" too, for where there is no case',
            )
        line, column = self.findings.position(where)
        return Rule(
            id=FALLBACK,
            when=None,
            to=tuple(self._recipients(fallback, where)),
            urgency=self._urgency(fallback, where),
            acknowledge_within=self._duration(fallback, where),
            why=self._text("why", fallback, where),
            line=line,
            column=column,
        )

    def _recipients(self, raw: Mapping[str, Any], where: Where) -> Iterator[Target]:
        self._areas_belong_to_services(raw, where)
        if "case" in raw:
            if raw["case"] != "teams":
                self.findings.add((*where, "case"), "‘case’ is always “teams”", "Write “teams”")
            yield ToCaseTeams()
        if "team" in raw:
            yield ToTeam(self._text("team", raw, where))
        if "service" in raw:
            yield ToService(
                service=self._text("service", raw, where),
                area=self._text("area", raw, where) if "area" in raw else "",
                area_from=self._area_from(raw, where),
            )

    def _areas_belong_to_services(self, raw: Mapping[str, Any], where: Where) -> None:
        areas = [key for key in ("area", "area_from") if key in raw]
        if areas and "service" not in raw:
            self.findings.add(
                (*where, areas[0]), f"‘{areas[0]}’ goes with a service", "Name the service too"
            )
        if len(areas) > 1:
            self.findings.add(
                (*where, "area"), "‘area’ and ‘area_from’ contradict each other", "Keep one of them"
            )

    def _area_from(self, raw: Mapping[str, Any], where: Where) -> tuple[str, ...]:
        if "area_from" not in raw:
            return ()
        path = self._text("area_from", raw, where)
        steps = tuple(path.split("."))
        place = (*where, "area_from")
        question = self.definition.question_at(path) if path else None
        if path and question is None:
            known = [name for name, each in self._questions() if each in AREA_KINDS]
            self.findings.add_unknown(place, path, known, "is not a question of this form")
        elif question is not None and not self._may_hold_an_area(steps, question.kind):
            self.findings.add(
                place,
                f"‘{question.title}’ cannot hold the code of an area",
                "Name a question whose options are areas' codes",
            )
        return steps

    def _may_hold_an_area(self, steps: tuple[str, ...], kind: Kind) -> bool:
        groups = (self.definition.question_at(".".join(steps[:n])) for n in range(1, len(steps)))
        return kind in AREA_KINDS and all(group and group.kind == Kind.GROUP for group in groups)

    def _questions(self) -> Iterator[tuple[str, Kind]]:
        for question in self.definition.questions.values():
            yield from ((leaf.path, leaf.kind) for leaf in question.leaves())

    # -- values -------------------------------------------------------------------------------

    def _only(self, keys: tuple[str, ...], raw: Mapping[str, Any], where: Where) -> None:
        for key in raw:
            if key not in keys:
                self.findings.add_unknown(
                    (*where, key), key, keys, "is not known here", at_key=True
                )

    def _text(self, key: str, raw: Mapping[str, Any], where: Where) -> str:
        pattern, fix = _TEXTS[key]
        if key not in raw:
            self.findings.add(where, f"‘{key}’ is missing", fix)
            return ""
        value = raw[key]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.findings.add((*where, key), f"this cannot be ‘{key}’", fix)
            return ""
        return value

    def _urgency(self, raw: Mapping[str, Any], where: Where) -> Urgency:
        words = [urgency.key for urgency in Urgency]
        if "urgency" not in raw:
            self.findings.add(where, "‘urgency’ is missing", f"Write one of {', '.join(words)}")
        elif raw["urgency"] not in words:
            self.findings.add_unknown(
                (*where, "urgency"), raw["urgency"], words, "is not how urgent something can be"
            )
        else:
            return Urgency[raw["urgency"].upper()]
        return Urgency.ROUTINE

    def _duration(self, raw: Mapping[str, Any], where: Where) -> str:
        text = raw.get("acknowledge_within")
        try:
            read_duration(text if isinstance(text, str) else "")
        except DurationError as error:
            is_there = "acknowledge_within" in raw
            self.findings.add(
                (*where, "acknowledge_within") if is_there else where,
                f"‘{text}’ is not a length of time"
                if is_there
                else "‘acknowledge_within’ is missing",
                error.fix,
            )
        return str(text)
