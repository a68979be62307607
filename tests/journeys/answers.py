"""How made-up people answer the four shipped forms, by control name; the rest is guessed."""

from tests.journeys.form_filler import Answers

MARK = "Zebedia Quillfeather"  # a name that nobody has, to be looked for afterwards

PUMP = {"applying_as": "parent", "baby_now": "in-hospital", "trust": "belfast-hsct"}
DANGER = {"immediate_danger": "yes", "called_999": "called", "borough": "E09000005"}
FULL_REFERRAL = {
    "immediate_danger": "no",
    "referral_type": "intervention",
    "borough": "E09000005",
    "more_detail_now": "full",
    "household_known": "yes",
    "professionals_known": "yes",
}
INTELLIGENCE = {
    "immediate_danger": "no",
    "referral_type": "intelligence",
    "borough": "E09000012",
    "people_known": "yes",
    "source_at_risk": "yes",
}
GCP2 = {"consent_recorded": "yes", "has_targets": "yes", "plan_needed": "yes"}
CLOSURE = {"reason": "needs-met", "support_continues": "yes"}

SIMPLE = {
    "breast-pump-loan": Answers(PUMP),
    "master-referral": Answers(FULL_REFERRAL),
    "gcp2": Answers(GCP2),
    "closure": Answers(CLOSURE),
}
