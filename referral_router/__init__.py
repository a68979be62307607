"""Where a referral goes: rule files, the directory of teams, and the pure function between."""

from referral_router.calendars import (
    CalendarError,
    WorkingCalendar,
    add_working_time,
    due,
    working_time_between,
)
from referral_router.clock_kinds import (
    ELAPSED,
    FIXED,
    WORKING,
    after_pause,
    clock_kind,
    clock_kinds,
    when_gone,
)
from referral_router.decisions import Decision, Destination, Verdict, decision_from_json
from referral_router.directory import Area, Directory, Service, Team
from referral_router.directory_reading import DirectoryError, load_directory
from referral_router.exclusions import teams_meant
from referral_router.explaining import (
    Row,
    Sent,
    explain,
    kept_words,
    not_found,
    sections_words,
    sent_to,
    story,
    table,
)
from referral_router.extracts import decision_for, parts_sent
from referral_router.pointless_rules import pointless_rules
from referral_router.recipients import NoFallbackTeamError
from referral_router.replaying import Change, Load, PastReferral, Replay
from referral_router.routing import route
from referral_router.rule_changes import RuleChange, rule_changes
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
from referral_router.rule_words import RuleWords, fallback_words, rule_words, rules_in_words
from referral_router.rules import (
    RuleFileError,
    check_rules_against,
    load_rules,
    parse_rules,
    shipped_rules,
    uncovered_areas,
    unread_postcodes,
)

__all__ = [
    "ELAPSED",
    "FALLBACK",
    "FIXED",
    "WORKING",
    "Area",
    "CalendarError",
    "Change",
    "Decision",
    "Destination",
    "Directory",
    "DirectoryError",
    "Load",
    "NoFallbackTeamError",
    "PastReferral",
    "Replay",
    "Row",
    "Rule",
    "RuleChange",
    "RuleFileError",
    "RuleSet",
    "RuleWords",
    "Sent",
    "Service",
    "Target",
    "Team",
    "ToCaseTeams",
    "ToService",
    "ToTeam",
    "Urgency",
    "Verdict",
    "WorkingCalendar",
    "add_working_time",
    "after_pause",
    "check_rules_against",
    "clock_kind",
    "clock_kinds",
    "decision_for",
    "decision_from_json",
    "due",
    "explain",
    "fallback_words",
    "kept_words",
    "load_directory",
    "load_rules",
    "not_found",
    "parse_rules",
    "parts_sent",
    "pointless_rules",
    "route",
    "rule_changes",
    "rule_words",
    "rules_in_words",
    "sections_words",
    "sent_to",
    "shipped_rules",
    "story",
    "table",
    "teams_meant",
    "uncovered_areas",
    "unread_postcodes",
    "when_gone",
    "working_time_between",
]
