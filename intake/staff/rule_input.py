"""One rule as the fields of a page: from the file to the fields, and back."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from form_definitions import FormDefinition, Problem
from form_definitions.condition_reading import ConditionError, parse_condition
from intake.staff.posted_numbers import whole
from referral_router.condition_rows import (
    ALL,
    ANY,
    WITHOUT_VALUES,
    Group,
    Row,
    Rows,
    operators_for,
    raw_condition,
    rows_of,
)

MOST_GROUPS, MOST_ROWS = 20, 50  # more than anybody can read
MOST_LINES = 50  # teams and services of one rule
SENDS, RAISES, EXCLUDES = "send", "raise", "exclude"
EFFECT_KEYS = (
    "to",
    "urgency",
    "acknowledge_within",
    "decide_within",
    "raise_urgency",
    "ask",
    "stop",
)
OWN_KEYS = (*EFFECT_KEYS, "id", "when", "why", "rank", "exclude", "tags")
FIELDS = {"id": "name", "acknowledge_within": "acknowledge", "decide_within": "decide",
          "raise_urgency": "urgency", "to": "add-team", "exclude": "add-exclude"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What the fields of a rule's page hold. ``when_json`` is a condition that has no rows."""

    name: str = ""
    why: str = ""
    rows: Rows = field(default_factory=Rows)
    when_json: str | None = None
    effect: str = SENDS
    to: tuple[str, ...] = ()  # each as JSON
    excludes: tuple[str, ...] = ()
    urgency: str = "routine"
    acknowledge: str = "1 working day"
    decide: str = ""
    rank: str = "50"
    stop: bool = False
    ask: str = ""
    tags: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def from_rule(rule: Mapping[str, Any], definition: FormDefinition) -> RuleInput:
    """The fields of a rule as its file has it."""
    if not rule:
        return RuleInput()
    rows, when_json = _when(rule.get("when"), definition)
    effect = SENDS if "to" in rule else RAISES if "raise_urgency" in rule else EXCLUDES
    return RuleInput(
        name=str(rule.get("id", "")),
        why=str(rule.get("why", "")),
        rows=rows,
        when_json=when_json,
        effect=effect,
        to=tuple(_json(each) for each in _list(rule.get("to"))),
        excludes=tuple(_json(each) for each in _list(rule.get("exclude"))),
        urgency=str(rule.get("urgency", rule.get("raise_urgency", "routine"))),
        acknowledge=str(rule.get("acknowledge_within", "")),
        decide=str(rule.get("decide_within", "")),
        rank=str(rule.get("rank", 50)),
        stop=rule.get("stop") is True,
        ask=str(rule.get("ask", "")),
        tags=", ".join(map(str, _list(rule.get("tags")))),
    )


def _when(raw: Any, definition: FormDefinition) -> tuple[Rows, str | None]:
    if raw is None:
        return Rows(), None
    try:
        rows = rows_of(parse_condition(raw, definition.conditions), definition)
    except ConditionError:
        rows = None
    return (Rows(), json.dumps(raw, ensure_ascii=False, indent=2)) if rows is None else (rows, None)


def from_post(posted: MultiDict[str, str]) -> RuleInput:
    """The fields as they were posted, without what a button asks to take away."""
    return RuleInput(
        name=posted.get("name", "").strip(),
        why=" ".join(posted.get("why", "").split()),
        rows=_posted_rows(posted),
        when_json=posted.get("when_json"),
        effect=posted.get("effect", SENDS),
        to=_posted_lines(posted, "to"),
        excludes=_posted_lines(posted, "exclude"),
        urgency=posted.get("urgency", "routine"),
        acknowledge=_time(posted, "acknowledge"),
        decide=_time(posted, "decide"),
        rank=posted.get("rank", "").strip() or "50",
        stop="stop" in posted,
        ask=" ".join(posted.get("ask", "").split()),
        tags=posted.get("tags", "").strip(),
    )


def _time(posted: MultiDict[str, str], name: str) -> str:
    return posted.get(f"{name}_other", "").strip() or posted.get(name, "")


def _posted_rows(posted: MultiDict[str, str]) -> Rows:
    groups = []
    for at in range(MOST_GROUPS):
        if f"g{at}-joint" not in posted:
            break
        rows = tuple(_posted_group(posted, at))
        if rows:
            groups.append(Group(_joint(posted.get(f"g{at}-joint")), rows))
    if added := posted.get("add-subject-new"):
        groups.append(Group(ALL, (Row(added, ""),)))
    return Rows(_joint(posted.get("joint")), tuple(groups))


def _posted_group(posted: MultiDict[str, str], at: int) -> Iterator[Row]:
    for row in range(MOST_ROWS):
        name = f"g{at}-r{row}"
        if f"{name}-subject" not in posted:
            break
        if posted.get("action") != f"remove-{name}":
            values = tuple(
                each.strip() for each in posted.getlist(f"{name}-values") if each.strip()
            )
            yield Row(posted[f"{name}-subject"], posted.get(f"{name}-operator", ""), values)
    if added := posted.get(f"add-subject-{at}"):
        yield Row(added, "")


def _joint(value: str | None) -> str:
    return ANY if value == ANY else ALL


def _posted_lines(posted: MultiDict[str, str], name: str) -> tuple[str, ...]:
    lines = posted.getlist(name)[:MOST_LINES]
    if name == "to":
        lines = [_with_sections(each, posted, at) for at, each in enumerate(lines)]
    kept = [each for at, each in enumerate(lines) if posted.get("action") != f"remove-{name}-{at}"]
    added = _added_target(posted) if name == "to" else [posted.get("add-exclude", "")]
    return tuple(dict.fromkeys([*kept, *filter(None, added)]))


def _with_sections(line: str, posted: MultiDict[str, str], at: int) -> str:
    """A target with the sections that were ticked; with none or all of them, it gets everything."""
    target, offered = _read(line), posted.get(f"to-{at}-sections", "")
    if not isinstance(target, dict) or not offered:
        return line
    ticked = posted.getlist(f"to-{at}-send")
    everything = not ticked or set(ticked) >= set(offered.split())
    plain = {key: value for key, value in target.items() if key != "send"}
    return _json(plain if everything else {**plain, "send": ticked})


def _added_target(posted: MultiDict[str, str]) -> Iterator[str]:
    yield posted.get("add-team", "")
    if service := posted.get("add-service"):
        kind, _, where = posted.get("add-where", "").partition(":")
        place = {kind: where} if kind in ("area", "area_from", "area_from_postcode") else {}
        yield _json({"service": service, **place})


# -- back to the file ------------------------------------------------------------------------------


def checked(given: RuleInput, definition: FormDefinition) -> RuleInput:
    """The same with what a person has to complete first; the language's own checks come later."""
    errors: dict[str, list[str]] = {}
    if not given.name:
        errors["name"] = ["Enter a short name, like “High risk”"]
    if not given.why:
        errors["why"] = ["Enter why, in one sentence for the team that gets it"]
    for at, group in enumerate(given.rows.groups):
        for place, row in enumerate(group.rows):
            if row.operator not in WITHOUT_VALUES and not row.values:
                errors[f"g{at}-r{place}"] = ["Select or enter the answer that is compared"]
            elif row.operator not in operators_for(row.subject, definition):
                errors[f"g{at}-r{place}"] = ["Select how it is compared"]
    if given.effect == SENDS and not given.to:
        errors["add-team"] = ["Select who gets it"]
    if given.effect == EXCLUDES and not given.excludes:
        errors["add-exclude"] = ["Select who must not get it"]
    if given.when_json is not None and _read(given.when_json) is None:
        errors["when_json"] = ["This is no JSON. Look for a missing bracket or comma"]
    return replace(given, errors=errors)


def to_rule(
    given: RuleInput, before: Mapping[str, Any], definition: FormDefinition
) -> dict[str, Any]:
    """The rule as its file has it. What these fields do not show stays as it was."""
    rule: dict[str, Any] = {"id": slug(given.name)}
    when = raw_condition(given.rows, definition)
    if given.when_json is not None:
        when = _read(given.when_json)
    if when is not None:
        rule["when"] = when
    rule |= {key: value for key, value in before.items() if key not in OWN_KEYS}
    rule |= _effect(given)
    if given.excludes:
        rule["exclude"] = [_read(each) for each in given.excludes]
    if given.rank != "50":
        rank = whole(given.rank)
        rule["rank"] = given.rank if rank is None else rank
    if given.tags:
        rule["tags"] = [slug(each) for each in given.tags.split(",") if each.strip()]
    return rule | {"why": given.why}


def _effect(given: RuleInput) -> dict[str, Any]:
    if given.effect == EXCLUDES:
        return {}
    times = {"acknowledge_within": given.acknowledge, "decide_within": given.decide}
    written = {key: value for key, value in times.items() if value}
    if given.effect == RAISES:
        return {"raise_urgency": given.urgency, **written}
    effect: dict[str, Any] = {
        "to": [_read(each) for each in given.to],
        "urgency": given.urgency,
        **written,
    }
    if given.stop:
        effect["stop"] = True
    if given.ask:
        effect["ask"] = given.ask
    return effect


def with_problems(given: RuleInput, problems: tuple[Problem, ...], depth: int = 2) -> RuleInput:
    """The fields with what the language's checks found, each at its field."""
    errors: dict[str, list[str]] = {}
    for each in problems:
        parts = each.where.split(".")
        key = parts[depth] if len(parts) > depth else "name"
        name = FIELDS.get(key, key)
        if key == "when":
            name = "when_json" if given.when_json is not None else "when"
        message = f"{each.message[:1].upper()}{each.message[1:]}. {each.fix}"
        errors.setdefault(name, []).append(message)
    return replace(given, errors=errors)


def slug(text: str) -> str:
    """ "High risk" as "high-risk"."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
