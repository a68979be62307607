"""How made-up people answer the shipped forms, by control name; the rest is guessed."""

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

# Ways through each form that together show every question that takes words.
FOR_WORDS = {
    "more-information": ({},),
    "breast-pump-loan": (
        {
            "applying_as": "professional",
            "baby_now": "in-hospital",
            "interpreter_needed": "yes",
            "collect_or_deliver": "deliver-elsewhere",
        },
    ),
    "master-referral": (
        {
            **FULL_REFERRAL,
            "location": "placement",
            "safe_to_contact": "only-some-ways",
            "young_person_aware": "no",
            "carer_aware": "no",
            "consent_given": "no",
            "no_consent_reason": "other",
            "gender": "another",
        },
        DANGER,
        INTELLIGENCE,
    ),
    "gcp2": (
        {
            **GCP2,
            "carer_seen": "no",
            **{
                f"grade_{part}": "not-scored"
                for part in (
                    "nutrition",
                    "housing",
                    "clothing",
                    "hygiene",
                    "health",
                    "in_presence",
                    "in_absence",
                    "carer",
                    "mutual_engagement",
                    "stimulation",
                    "approval",
                    "disapproval",
                    "acceptance",
                )
            },
        },
        {**GCP2, "plan_needed": "no"},
    ),
    "closure": (
        {**CLOSURE, "reason": "other", "discussed_with_family": "no", "discussed_with_child": "no"},
        {**CLOSURE, "reason": "family-withdrew"},
    ),
}
