"""From an entry of ``x-form.calculated`` to a function of the answers, and when it is due.

A value is due as soon as the last question that it looks at has had its turn, so that whatever is
asked later may depend on it. It sees shown answers only, as conditions do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from form_definitions import calculations as library
from form_definitions.condition_reading import ConditionError, parse_condition
from form_definitions.conditions import Condition
from form_definitions.definition import FormDefinition, Page, Question

Raw = Mapping[str, Any]
Answers = Mapping[str, Any]
Named = Mapping[str, Condition]
#: From shown answers and today (None if nobody says) to a value; None: there is none.
Calculate = Callable[[Answers, date | None], Any]

TODAY = "today"  # where a calculation takes a date, this word is the day of the answers
#: The key that carries that day among answers: no question can have such a name.
TODAY_KEY = "$today"
_UNITED_KINGDOM = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Calculation:
    """A value that is worked out. ``question`` says how it reads, as if it had been asked."""

    name: str
    question: Question
    section: str
    is_visible: bool  # to whoever fills in the form; staff always see it
    needs_today: bool
    calculate: Calculate = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the library: its arguments, and how it is made of them."""

    needs: tuple[str, ...]
    make: Callable[[Raw, Named], Calculate]
    may: tuple[str, ...] = ()


def on_the_day(definition: FormDefinition, answers: Answers, now: datetime) -> Answers:
    """The answers with the day that calculations take for today: that of ``now`` in the UK.

    ``now`` is aware. What the answers said of it before does not count. Where the form works
    nothing out with today, they are the answers themselves.
    """
    if not definition.plan.needs_today:
        return answers
    return {**answers, TODAY_KEY: now.astimezone(_UNITED_KINGDOM).date().isoformat()}


def day_of(answers: Answers) -> date | None:
    """The day that ``on_the_day`` put there, or None."""
    return library.as_date(answers.get(TODAY_KEY))


# -- answers at a path ----------------------------------------------------------------------------


def values_at(answers: object, path: tuple[str, ...]) -> list[Any]:
    """Every answer at a path: of each item of a repeating group, each box that is ticked."""
    if isinstance(answers, list):
        if path and path[0].isdigit():  # a place of a tuple
            at = int(path[0])
            return values_at(answers[at], path[1:]) if at < len(answers) else []
        items = (item for item in answers if not isinstance(item, list))  # no question nests lists
        return [value for item in items for value in values_at(item, path)]
    if not path:
        return [answers]
    if not isinstance(answers, Mapping) or path[0] not in answers:
        return []
    return values_at(answers[path[0]], path[1:])


def _sources(raw: Raw) -> Callable[[Answers], list[Any]]:
    paths = [tuple(path.split(".")) for path in raw["of"]]
    return lambda answers: [value for path in paths for value in values_at(answers, path)]


def _one(path: str) -> Callable[[Answers], Any]:
    steps = tuple(path.split("."))
    return lambda answers: next(iter(values_at(answers, steps)), None)


def _day(path: str) -> Callable[[Answers, date | None], date | None]:
    if path == TODAY:
        return lambda _answers, today: today
    answer = _one(path)
    return lambda answers, _today: library.as_date(answer(answers))


# -- the functions --------------------------------------------------------------------------------


def _of_values(function: Callable[[list[Any]], Any]) -> Callable[[Raw, Named], Calculate]:
    def make(raw: Raw, _named: Named) -> Calculate:
        values = _sources(raw)
        return lambda answers, _today: function(values(answers))

    return make


def _count(raw: Raw, named: Named) -> Calculate:
    values = _sources(raw)
    if "where" not in raw:
        return lambda answers, _today: library.count(values(answers))
    holds = parse_condition(raw["where"], named).holds
    return lambda answers, _today: library.count(
        [item for item in values(answers) if isinstance(item, dict) and holds(item)]
    )


def _mean(raw: Raw, _named: Named) -> Calculate:
    values, decimals = _sources(raw), raw.get("decimals", 2)
    return lambda answers, _today: library.mean(values(answers), decimals)


def _dates(function: Callable[[date, date], Any], raw: Raw, start: str, end: str) -> Calculate:
    first, last = _day(raw[start]), _day(raw[end])

    def calculate(answers: Answers, today: date | None) -> Any:
        begin, finish = first(answers, today), last(answers, today)
        return function(begin, finish) if begin and finish else None

    return calculate


def _age_on(raw: Raw, _named: Named) -> Calculate:
    return _dates(library.age_on, raw, "born", "on")


def _difference(raw: Raw, _named: Named) -> Calculate:
    unit = raw["unit"]
    return _dates(lambda start, end: library.difference(start, end, unit), raw, "from", "to")


def _points(raw: Raw, named: Named) -> Calculate:
    scored = [(parse_condition(one["when"], named).holds, one["score"]) for one in raw["points"]]
    return lambda answers, _today: sum(score for holds, score in scored if holds(answers))


def _bands(raw: Raw, _named: Named) -> Calculate:
    value = _one(raw["value"])
    bands = [(one["from"], one["label"]) for one in raw["bands"]]
    return lambda answers, _today: library.band(value(answers), bands)


def _grade_roll_up(raw: Raw, _named: Named) -> Calculate:
    values, rule = _sources(raw), raw["rule"]
    if "override" not in raw:
        return lambda answers, _today: library.roll_up(values(answers), rule)
    override, reason = _one(raw["override"]), _one(raw["reason"])

    def calculate(answers: Answers, _today: date | None) -> Any:
        grade = override(answers)
        if library.as_number(grade) is not None and reason(answers):
            return grade
        return library.roll_up(values(answers), rule)

    return calculate


FUNCTIONS: dict[str, Function] = {
    "age_on": Function(("born", "on"), _age_on),
    "sum": Function(("of",), _of_values(library.total)),
    "count": Function(("of",), _count, may=("where",)),
    "mean": Function(("of",), _mean, may=("decimals",)),
    "highest": Function(("of",), _of_values(library.highest)),
    "lowest": Function(("of",), _of_values(library.lowest)),
    "most_frequent": Function(("of",), _of_values(library.most_frequent)),
    "points": Function(("points",), _points),
    "bands": Function(("value", "bands"), _bands),
    "difference": Function(("from", "to", "unit"), _difference),
    "grade_roll_up": Function(("of", "rule"), _grade_roll_up, may=("override", "reason")),
}

#: Arguments that hold the path of one answer.
PATH_ARGUMENTS = ("born", "on", "from", "to", "value", "override", "reason")


# -- what they look at, and when they are due -----------------------------------------------------


def paths_in(raw: Raw) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every path of an answer that an entry names, with its place in the entry."""
    for at, path in enumerate(raw.get("of", ())):
        yield ("of", at), path
    for key in PATH_ARGUMENTS:
        if key in raw and raw[key] != TODAY:
            yield (key,), raw[key]


def needs(raw: Raw, named: Named) -> frozenset[str]:
    """The names of the root questions, and of other calculations, that an entry looks at."""
    roots = {path.split(".")[0] for _place, path in paths_in(raw)}
    for one in raw.get("points", ()):
        try:
            condition = parse_condition(one["when"], named)
        except ConditionError:  # the lint tells of it
            continue
        roots |= {comparison.path[0] for comparison in condition.comparisons()}
    return frozenset(roots)


def due_after(
    asked: Iterable[str], needed: Mapping[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    """After which question each calculation can be worked out, in the order in which to do it."""
    there: set[str] = set()
    waiting = dict(needed)
    due: dict[str, tuple[str, ...]] = {}
    for name in asked:
        there.add(name)
        ready: list[str] = []
        while now := [one for one, needs_of in waiting.items() if needs_of <= there]:
            ready += now
            there.update(now)
            for one in now:
                del waiting[one]
        if ready:
            due[name] = tuple(ready)
    return due


def calculations_due(
    settings: Raw, pages: Iterable[Page], calculated: Mapping[str, Calculation], named: Named
) -> dict[str, tuple[Calculation, ...]]:
    """After which question each value of a form is worked out."""
    needed = {name: needs(raw, named) for name, raw in settings.get("calculated", {}).items()}
    due = due_after((question.name for page in pages for question in page.questions), needed)
    return {name: tuple(calculated[one] for one in ready) for name, ready in due.items()}


def uses_today(raw: Raw) -> bool:
    """Whether an entry looks at today."""
    return any(raw.get(key) == TODAY for key in PATH_ARGUMENTS)
