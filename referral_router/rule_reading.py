"""From a rule file's JSON to a rule set, finding everything that is wrong on the way."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from form_definitions import Condition, Kind, parse_condition
from referral_router.calendars import NATIONS
from referral_router.condition_checks import when_findings
from referral_router.effect_reading import AREA_KINDS, EFFECTS, TIMES
from referral_router.findings import Where
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
from referral_router.section_reading import SEND, SectionReader

FILE_KEYS = ("$schema", "form", "version", "nation", "rules", "fallback")
RULE_KEYS = ("id", "when", "rank", *EFFECTS, "stop", "urgency", *TIMES, "ask", "tags", "why")
AREA_KEYS = ("area", "area_from", "area_from_postcode")
FALLBACK_TARGET_KEYS = ("team", "service", *AREA_KEYS, "case")
TARGET_KEYS = (*FALLBACK_TARGET_KEYS, SEND)
FALLBACK_KEYS = (*FALLBACK_TARGET_KEYS, "instead", "urgency", *TIMES, "why")
RECIPIENTS = ("team", "service", "case")
POSTCODE_KINDS = frozenset({Kind.POSTCODE, Kind.HEALTH_POSTCODE})
_CANNOT = {
    "area_from": "cannot hold the code of an area",
    "area_from_postcode": "is not a postcode",
}


class RuleReader(SectionReader):
    """Reads one rule file for one form; what is wrong goes into `findings`."""

    def rule_set(self, raw: object, content_hash: str, source: str) -> RuleSet:
        """Return the rules. They are complete only if `findings` stayed empty."""
        if not isinstance(raw, dict):
            self.findings.add((), "a rule file is one JSON object", "Write { … }")
            raw = {}
        self.only(FILE_KEYS, raw, ())
        rules = tuple(sorted(self._rules(raw), key=lambda rule: rule.rank))
        self._needs_somebody_instead(rules, raw)
        return RuleSet(
            form=self._form(raw),
            version=self.text("version", raw, ()),
            content_hash=content_hash,
            nation=self._nation(raw),
            rules=rules,
            fallback=self._fallback(raw),
            definition=self.definition,
            source=source,
        )

    def _form(self, raw: Mapping[str, Any]) -> str:
        form = self.text("form", raw, ())
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

    def _needs_somebody_instead(self, rules: tuple[Rule, ...], raw: Mapping[str, Any]) -> None:
        fallback = raw.get("fallback")
        excludes = any(rule.excludes for rule in rules)
        if excludes and isinstance(fallback, dict) and "instead" not in fallback:
            self.findings.add(
                ("fallback",),
                "a rule excludes somebody, and nobody gets the referral if that is the fallback",
                'Add "instead": "…", a team of another organisation',
            )

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
            self.only(RULE_KEYS, rule, where)
            yield self._rule(rule, where, seen)

    def _rule(self, raw: Mapping[str, Any], where: Where, seen: set[str]) -> Rule:
        line, column = self.findings.position(where)
        self.has_an_effect(raw, where)
        acknowledge_within = ""
        if "to" in raw or "acknowledge_within" in raw:
            acknowledge_within = self.within("acknowledge_within", raw, where)
        return Rule(
            id=self._id(raw, where, seen),
            when=self._when(raw, where),
            to=tuple(self._targets(raw, where)) if "to" in raw else (),
            urgency=self.urgency_of(raw, where),
            acknowledge_within=acknowledge_within,
            decide_within=self.decide_within(raw, where),
            why=self.text("why", raw, where),
            rank=self.rank(raw, where),
            stops=self.stops(raw, where),
            excludes=tuple(self.excluded(raw, where)),
            asks=self.text("ask", raw, where) if "ask" in raw else "",
            tags=tuple(self.tags(raw, where)),
            line=line,
            column=column,
        )

    def _id(self, raw: Mapping[str, Any], where: Where, seen: set[str]) -> str:
        name = self.text("id", raw, where)
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
            self.only(TARGET_KEYS, target, place)
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
        fallback = self.without_part(fallback, where)
        self.only(FALLBACK_KEYS, fallback, where)
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
            to=(*self._recipients(fallback, where), *self._instead(fallback, where)),
            urgency=self.urgency("urgency", fallback, where),
            acknowledge_within=self.within("acknowledge_within", fallback, where),
            decide_within=self.decide_within(fallback, where),
            why=self.text("why", fallback, where),
            line=line,
            column=column,
        )

    def _instead(self, raw: Mapping[str, Any], where: Where) -> Iterator[Target]:
        """Who gets it where the fallback itself is excluded."""
        if "instead" in raw:
            yield ToTeam(self.text_like("team", "instead", raw["instead"], (*where, "instead")))

    def _recipients(self, raw: Mapping[str, Any], where: Where) -> Iterator[Target]:
        self._areas_belong_to_services(raw, where)
        if "case" in raw:
            self.sends_no_part_on_case(raw, where)
            if raw["case"] != "teams":
                self.findings.add((*where, "case"), "‘case’ is always “teams”", "Write “teams”")
            yield ToCaseTeams()
        if "team" in raw:
            yield ToTeam(self.text("team", raw, where), send=self.sections(raw, where))
        if "service" in raw:
            yield ToService(
                service=self.text("service", raw, where),
                area=self.text("area", raw, where) if "area" in raw else "",
                area_from=self._area_from("area_from", AREA_KINDS, raw, where),
                postcode_from=self._area_from("area_from_postcode", POSTCODE_KINDS, raw, where),
                send=self.sections(raw, where),
            )

    def _areas_belong_to_services(self, raw: Mapping[str, Any], where: Where) -> None:
        areas = [key for key in AREA_KEYS if key in raw]
        if areas and "service" not in raw:
            self.findings.add(
                (*where, areas[0]), f"‘{areas[0]}’ goes with a service", "Name the service too"
            )
        if "area" in areas and len(areas) > 1:
            message = f"‘area’ and ‘{areas[1]}’ contradict each other"
            self.findings.add((*where, "area"), message, "Keep one of them")

    def _area_from(
        self, key: str, kinds: Collection[Kind], raw: Mapping[str, Any], where: Where
    ) -> tuple[str, ...]:
        if key not in raw:
            return ()
        path = self.text(key, raw, where)
        self.path(path, (*where, key), kinds, _CANNOT[key])
        return tuple(path.split("."))
