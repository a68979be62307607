"""What handing a message over has in common, whoever takes it."""

from intake.outbox import WorkFailed

TIMEOUT = 30  # seconds for each step of the conversation; four of them are within the lease


class DeliveryFailed(WorkFailed):
    """Raised if a message could not be handed over; it never holds an address or a word of it."""
