"""How the staff side says states, urgencies and times."""

from datetime import date, datetime, timedelta

from intake.services.part_clocks import PAUSE_REASONS
from intake.services.queue_filters import MOST_COUNTED
from referral_router.calendars import LONDON

FILTERS = (
    "urgency_word",
    "urgency_colour",
    "part_word",
    "part_colour",
    "case_word",
    "match_word",
    "match_colour",
    "case_colour",
    "rules_word",
    "rules_colour",
    "happening_word",
    "london_time",
    "iso_london",
    "london_date",
    "due_words",
    "is_late",
    "reason_word",
    "related_words",
    "outcome_word",
    "pause_word",
    "count_of",
    "span_words",
    "counted",
    "born_words",
    "nhs_words",
)

URGENCIES = {1: "Routine", 2: "Soon", 3: "Urgent", 4: "Immediate"}
URGENCY_COLOURS = {1: "grey", 2: "blue", 3: "purple", 4: "red"}
PARTS = {
    "delivered": ("New", "blue"),
    "seen": ("Seen", "purple"),
    "more-information": ("Waiting for more information", "yellow"),
    "accepted": ("Accepted", "green"),
    "declined": ("Declined", "red"),
    "done": ("Finished", "grey"),
}
CASES = {
    "new": ("New case", "blue"),
    "open": ("Open", "green"),
    "review": ("In review", "purple"),
    "closed": ("Closed", "grey"),
    "archived": ("Archived", "grey"),
}
MATCHES = {
    "suggested": ("Undecided", "yellow"),
    "same": ("The same person", "green"),
    "not-same": ("Not the same person", "grey"),
    "not-sure": ("Not sure", "blue"),
}
RULES = {
    "draft": ("Draft", "yellow"),
    "waiting": ("Waits for a second person", "purple"),
    "coming": ("Coming", "blue"),
    "in-force": ("In force", "green"),
    "replaced": ("Replaced", "grey"),
    "withdrawn": ("Withdrawn", "red"),
}
HAPPENINGS = {
    "submitted": "Referral received",
    "delivered": "Sent to the team",
    "form-submitted": "Form completed",
    "seen": "Seen",
    "taken": "Taken by a member of the team",
    "assigned": "Given to a member of the team",
    "accepted": "Accepted",
    "declined": "Declined",
    "shared": "Given what came while they had declined",
    "escalated": "Passed on, so that somebody answers for it",
    "overdue": "Not answered in time",
    "told-in-charge": "Somebody in charge was told",
    "decided": "Decision recorded",
    "paused": "Clocks paused",
    "resumed": "Clocks go on",
    "sent-on": "Sent on to another team",
    "came-back": "Came back to the team that sent it on",
    "raised": "Escalated",
    "contact-made": "Contact made",
    "contact-tried": "Nobody reached",
    "part-done": "Finished their part",
    "closed": "Case closed",
    "archived": "Case archived",
    "reopened": "Case reopened",
    "review": "Review begun",
    "more-information": "Asked for more information",
    "more-answered": "Answer to what was asked",
    "form-started": "Form started",
    "link-sent": "Form sent by link",
    "more-sent": "The sender has sent more",
    "withdrawal-asked": "The sender wants to withdraw",
    "named": "Organisation shown to the sender",
    "not-named": "Organisation hidden from the sender",
    "gave-all": "Was given all of it",
    "split": "Split into two cases",
    "split-from": "Made by splitting a case",
    "merged": "Another case was merged into this one",
    "merged-into": "Merged into another case",
    "unmerged": "Merge undone",
    "link-locked": "Link locked after too many wrong answers",
}


RELATED = {
    "split": "Split. The second case is",
    "split-from": "This case was split from",
    "merged": "This case has taken in",
    "merged-into": "This case was merged. It goes on as",
}


def related_words(how: str) -> str:
    """How a page begins the sentence that ends with another case's reference."""
    return RELATED[how]


def urgency_word(urgency: int) -> str:
    """ "Urgent" for 3."""
    return URGENCIES.get(urgency, "Routine")


def urgency_colour(urgency: int) -> str:
    """The badge colour of an urgency; the word beside it says the same."""
    return URGENCY_COLOURS.get(urgency, "grey")


def part_word(state: str) -> str:
    """A team's part in a case, for people."""
    return PARTS.get(state, (plain(state), ""))[0]


def part_colour(state: str) -> str:
    """The tag colour of a team's part."""
    return PARTS.get(state, ("", "grey"))[1]


def case_word(state: str) -> str:
    """The state of a case, for people."""
    return CASES.get(state, (plain(state), ""))[0]


def case_colour(state: str) -> str:
    """The tag colour of a case's state."""
    return CASES.get(state, ("", "grey"))[1]


def match_word(state: str) -> str:
    """What was decided about two people who may be the same."""
    return MATCHES.get(state, (plain(state), ""))[0]


def match_colour(state: str) -> str:
    """The tag colour of that."""
    return MATCHES.get(state, ("", "grey"))[1]


def happening_word(kind: str) -> str:
    """The title of a timeline entry."""
    return HAPPENINGS.get(kind, plain(kind))


def rules_word(standing: str) -> str:
    """Where a version of rules stands, for people."""
    return RULES[standing][0]


def rules_colour(standing: str) -> str:
    """The colour of its tag."""
    return RULES[standing][1]


def reason_word(code: str) -> str:
    """A decline reason, for people."""
    from intake.services.case_decisions import DECLINE_REASONS
    from intake.services.sending_on import SEND_ON_REASONS

    if code in SEND_ON_REASONS:
        return f"Sent on to another team: {SEND_ON_REASONS[code].lower()}"
    return DECLINE_REASONS.get(code, plain(code))


def outcome_word(code: str) -> str:
    """What came of a team's part, for people."""
    from intake.services.case_decisions import OUTCOMES

    return OUTCOMES.get(code, plain(code))


def pause_word(code: str) -> str:
    """Why clocks are paused, for people."""
    return PAUSE_REASONS.get(code, plain(code))


def london_time(moment: datetime) -> str:
    """ "21 November 2026, 5:30pm", in London, as GOV.UK writes times."""
    there = moment.astimezone(LONDON)
    return f"{london_date(there)}, {_clock_time(there)}"


def iso_london(text: str) -> str:
    """The same of a time that is kept as ISO 8601 writes it."""
    return london_time(datetime.fromisoformat(text))


def london_date(moment: datetime | date) -> str:
    """ "21 November 2026"."""
    there = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    return f"{there.day} {there:%B %Y}"


def is_late(due: datetime, now: datetime) -> bool:
    """Whether a due time has passed."""
    return due < now


def due_words(due: datetime, now: datetime) -> str:
    """ "3 hours left", or "Overdue by 2 days": the largest unit only."""
    if is_late(due, now):
        return f"Overdue by {_span(now - due)}"
    return f"{_span(due - now)} left"


def count_of(number: int, one: str, many: str = "") -> str:
    """ "1 case", "2 cases", "1,234 cases"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counted(number: int, one: str = "") -> str:
    """A figure of a queue: "12", "1,000+", "1 case"."""
    if number > MOST_COUNTED:
        return f"{MOST_COUNTED:,}+ {one + 's' if one else ''}".rstrip()
    return count_of(number, one) if one else f"{number:,}"


def born_words(iso: str, now: datetime) -> str:
    """ "27 March 2012, age 14"; what is not a date is shown as it is."""
    try:
        born = date.fromisoformat(iso)
    except ValueError:
        return iso
    today = now.astimezone(LONDON).date()
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{london_date(born)}, age {age}" if age >= 0 else london_date(born)


def nhs_words(number: str) -> str:
    """ "NHS 999 000 0018"; empty for none."""
    return f"NHS {number[:3]} {number[3:6]} {number[6:]}" if number else ""


def wait_words(wait: timedelta) -> str:
    """ "in 5 minutes", rounded up."""
    minutes = -(-int(wait.total_seconds()) // 60)
    return f"in {count_of(max(1, minutes), 'minute')}"


def span_words(length: timedelta) -> str:
    """ "2 hours": the largest unit only."""
    return _span(length)


def _span(length: timedelta) -> str:
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return count_of(minutes, "minute")
    if minutes < 48 * 60:
        return count_of(minutes // 60, "hour")
    return count_of(minutes // (24 * 60), "day")


def _clock_time(there: datetime) -> str:
    if (there.hour, there.minute) in ((0, 0), (12, 0)):
        return "midnight" if there.hour == 0 else "midday"
    hour, half = (there.hour - 1) % 12 + 1, "am" if there.hour < 12 else "pm"
    return f"{hour}:{there:%M}{half}" if there.minute else f"{hour}{half}"


def plain(code: str) -> str:
    """A code that has no words of its own, for people."""
    return code.replace("-", " ").capitalize()
