"""What can go wrong with sealed things."""


class SealingError(Exception):
    """Base of everything that this package raises about keys and envelopes."""


class MasterKeyMissing(SealingError):  # noqa: N818
    """Raised if a process without the master key (INTAKE_ROLE=public) asks for a private key."""

    def __init__(self) -> None:
        super().__init__("this process has no master key and can open nothing that is stored")


class WrongMasterKey(SealingError):  # noqa: N818
    """Raised if a stored private key does not open under INTAKE_MASTER_KEY."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the private key {key_id} does not open under INTAKE_MASTER_KEY")
        self.key_id = key_id


class KeyNotFound(SealingError):  # noqa: N818
    """Raised if there is no such key, or none for that owner yet."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"there is no key for {wanted}: run `intake keys init`")
        self.wanted = wanted


class CannotOpen(SealingError):  # noqa: N818
    """Raised if an envelope was altered, is of another place, or is not sealed to this key."""

    def __init__(self, purpose: str) -> None:
        super().__init__(f"this envelope ({purpose}) cannot be opened")
        self.purpose = purpose


class SealedToOthers(CannotOpen):
    """Raised if something has no sealed key for any of the teams that ask."""


class UnknownSuite(SealingError):  # noqa: N818
    """Raised if an envelope names a suite that this version does not know."""

    def __init__(self, suite: str) -> None:
        super().__init__(f"unknown sealing suite: {suite}")
        self.suite = suite
