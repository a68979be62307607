"""What becomes of a referral is decided, and recorded: that stops the clock for deciding."""

from intake.access import CasePart, User
from intake.services.deciding import NotNow, deciding_on

DECIDED = "decided"


def record_decision(user: User, part: CasePart, words: str, *, address: str) -> None:
    """Put what was decided on the timeline, sealed, and stop the team's clock for deciding.

    For a team that has accepted: declining and finishing decide by themselves. Raises NotNow if
    no decision is due, or one was recorded.
    """
    with deciding_on(user, "case.conclude", part, address) as deciding:
        if deciding.part.concluded_at is not None:
            raise NotNow("Your team has recorded a decision already. It is on the timeline.")
        if deciding.part.decide_by is None:
            raise NotNow("No decision is due on this case.")
        deciding.part.concluded_at = deciding.now
        deciding.tell(DECIDED, words)
