"""What a rule does beside sending: rank, urgency for all, exclusions, tags."""

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions import Kind
from referral_router.findings import Where
from referral_router.rule_set import MIDDLE_RANK, Excluded, Urgency
from referral_router.value_reading import ValueReader

TIMES = ("acknowledge_within", "decide_within")
EFFECTS = ("to", "raise_urgency", "exclude")  # a rule has at least one of them
# what says something of what a rule sends, and so nothing without it
OF_SENDING = ("urgency", "stop", "ask")
EXCLUDED_KEYS = ("team", "organisation", "organisation_from")
RANKS = range(1, 100)
AREA_KINDS = frozenset({Kind.RADIOS, Kind.SELECT, Kind.CHECKBOXES, Kind.TEXT})


class EffectReader(ValueReader):
    """Reads what a rule does; what is wrong goes into `findings`."""

    def has_an_effect(self, raw: Mapping[str, Any], where: Where) -> None:
        """Find a rule that does nothing, and parts of a rule that cannot go together."""
        if not any(effect in raw for effect in EFFECTS):
            fix = 'Write "to": [{"team": "duty-desk"}], "raise_urgency": "…" or "exclude": [ … ]'
            self.findings.add(where, "this rule sends nothing, and changes nothing", fix)
        if "to" in raw and "raise_urgency" in raw:
            self.findings.add(
                (*where, "raise_urgency"),
                "a rule either sends a referral or makes it more urgent",
                "Write “urgency” for what this rule sends, and another rule for all the others",
            )
        for key in OF_SENDING:
            if key in raw and "to" not in raw:
                message = f"‘{key}’ is about what a rule sends, and this one sends nothing"
                self.findings.add((*where, key), message, "Add “to”, or take it out", at_key=True)
        for key in TIMES:
            if key in raw and "to" not in raw and "raise_urgency" not in raw:
                message = f"‘{key}’ is about a referral, and this rule only excludes"
                self.findings.add((*where, key), message, "Take it out", at_key=True)

    def urgency_of(self, raw: Mapping[str, Any], where: Where) -> Urgency:
        """Return how urgent the rule finds what it sends, or makes what others send."""
        if "to" in raw:
            return self.urgency("urgency", raw, where)
        if "raise_urgency" not in raw:
            return Urgency.ROUTINE
        raised = self.urgency("raise_urgency", raw, where)
        if raw["raise_urgency"] == Urgency.ROUTINE.key:
            fix = "Write soon, urgent or immediate"
            self.findings.add((*where, "raise_urgency"), "nothing is less urgent than that", fix)
        return raised

    def decide_within(self, raw: Mapping[str, Any], where: Where) -> str:
        """Return by when somebody has to decide, or ""."""
        return self.within("decide_within", raw, where) if "decide_within" in raw else ""

    def rank(self, raw: Mapping[str, Any], where: Where) -> int:
        """Return the rule's place among the others: a lower one goes first."""
        rank = raw.get("rank", MIDDLE_RANK)
        if type(rank) is int and rank in RANKS:
            return rank
        fix = f"Write a number from {RANKS[0]} (first) to {RANKS[-1]}"
        self.findings.add((*where, "rank"), f"‘{rank}’ is no rank", fix)
        return MIDDLE_RANK

    def stops(self, raw: Mapping[str, Any], where: Where) -> bool:
        """Return whether rules of a later rank are not followed."""
        stop = raw.get("stop", False)
        if not isinstance(stop, bool):
            self.findings.add((*where, "stop"), "‘stop’ is yes or no", "Write true or false")
        return stop is True

    def tags(self, raw: Mapping[str, Any], where: Where) -> Iterator[str]:
        """Yield the rule's tags."""
        tags = raw.get("tags", [])
        if not isinstance(tags, list):
            self.findings.add((*where, "tags"), "‘tags’ has to be a list", 'Write "tags": ["…"]')
            return
        for index, tag in enumerate(tags):
            yield self.text_like("tag", "tag", tag, (*where, "tags", index))

    def excluded(self, raw: Mapping[str, Any], where: Where) -> Iterator[Excluded]:
        """Yield whom the rule excludes."""
        excluded = raw.get("exclude", [])
        fix = 'Write "exclude": [{"organisation_from": "…"}], or a team or an organisation'
        if not isinstance(excluded, list) or ("exclude" in raw and not excluded):
            self.findings.add((*where, "exclude"), "‘exclude’ has to be a list", fix)
            return
        for index, each in enumerate(excluded):
            place = (*where, "exclude", index)
            if not isinstance(each, dict) or len(each) != 1:
                self.findings.add(place, "this has to name one team or one organisation", fix)
                continue
            self.only(EXCLUDED_KEYS, each, place)
            for key in each.keys() & set(EXCLUDED_KEYS):
                yield self._who(key, each, place)

    def _who(self, key: str, raw: Mapping[str, Any], place: Where) -> Excluded:
        name = self.text(key, raw, place)
        if key != "organisation_from":
            return Excluded(team=name) if key == "team" else Excluded(organisation=name)
        self.path(name, (*place, key), AREA_KINDS, "cannot name an organisation")
        return Excluded(organisation_from=tuple(name.split(".")))
