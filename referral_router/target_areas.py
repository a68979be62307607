"""The areas in which a rule looks for whoever gives a service: fixed, answered, or by postcode."""

from collections.abc import Mapping
from typing import Any

from form_definitions import FormDefinition
from referral_router.calendars import value_at
from referral_router.directory import EVERYWHERE, Directory
from referral_router.postcodes import postcode_areas
from referral_router.rule_set import ToService

Answers = Mapping[str, Any]


def areas_of(target: ToService, answers: Answers, directory: Directory) -> tuple[str, ...]:
    """Return the areas to look in; where an answer is missing, only "everywhere" is left.

    A target with both an answer and a postcode looks where the postcode is only if the answer is
    no area of the directory ("I do not know").
    """
    if not target.area_from and not target.postcode_from:
        return (target.area or EVERYWHERE,)
    if not is_by_answer(target, answers, directory) and (area := _by_postcode(target, answers)):
        return (area,)
    return _answered(target, answers) or (EVERYWHERE,)


def is_by_answer(target: ToService, answers: Answers, directory: Directory) -> bool:
    """Whether an answer names the area, so that no postcode has to."""
    return any(area in directory.areas for area in _answered(target, answers))


def _answered(target: ToService, answers: Answers) -> tuple[str, ...]:
    value = value_at(answers, target.area_from) if target.area_from else None
    if isinstance(value, str):
        return (value,)
    # checkboxes of areas: the referral goes to each of them
    return tuple(value) if isinstance(value, list) else ()


def _by_postcode(target: ToService, answers: Answers) -> str:
    if not target.postcode_from:
        return ""
    postcode, areas = value_at(answers, target.postcode_from), postcode_areas()
    return areas.area_of(postcode) if areas and isinstance(postcode, str) else ""


def postcode_words(target: ToService, answers: Answers, directory: Directory) -> str:
    """Say in which area a target's postcode is, or why nobody knows; not the postcode itself."""
    if not value_at(answers, target.postcode_from):
        return "the form gives no postcode"
    if postcode_areas() is None:
        return "the list of postcodes is not installed"
    area = _by_postcode(target, answers)
    where = f"is in ‘{directory.area_name(area)}’" if area else "is unknown"
    return f"the postcode {where}"


def area_words(
    target: ToService, area: str, directory: Directory, definition: FormDefinition
) -> str:
    """Name an area as the directory does, or else (“I do not know”) as the form does."""
    if area == EVERYWHERE:
        return "everywhere"
    question = definition.question_at(".".join(target.area_from)) if target.area_from else None
    option = question.option(area) if question and area not in directory.areas else None
    return f"in ‘{option.title if option else directory.area_name(area)}’"
