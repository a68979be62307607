"""A campaign before it is sent: who would get what, and what is wrong, by row and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from form_definitions import FormDefinition
from intake.app_state import keys
from intake.sealing import derive
from intake.sealing.blind_index import Identifier, digest, normal_name
from intake.services.campaign_texts import UNPRINTABLE, CampaignText
from intake.services.forms import Runnable
from intake.services.link_rules import ADDRESS, LONGEST_ADDRESS
from intake.services.link_terms import LinkKind, Verification, required_verification
from intake.services.opting_out import address_digest, address_key, all_opted_out
from intake.services.prefilling import PrefillRefused, read_prefill
from intake.services.recipient_files import ADDRESS_COLUMN, FileProblem, FileRow, RecipientFile

LONGEST_WORD = 200  # characters of a cell that the message uses
MOST_PROBLEMS = 100  # more than that is one mistake made many times


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who gets a message: a row that is in order, and the first with its address."""

    row: int
    key: bytes = field(repr=False)  # the same for the same address or household, in one campaign
    address: str = field(repr=False)
    address_digest: bytes = field(repr=False)
    words: Mapping[str, str] = field(repr=False)
    prefill: Mapping[str, Any] = field(repr=False)
    has_opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that is left out, because an earlier one is the same."""

    row: int
    first_row: int
    by: str  # "address" or "household"


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What is to be sent."""

    id: str
    name: str
    form: Runnable
    team_id: str
    organisation_id: str
    file: RecipientFile
    text: CampaignText
    expires_at: datetime
    household: str = ""
    language: str = ""  # of the message around the text, and of the form to begin with
    per_minute: int = 0

    @property
    def definition(self) -> FormDefinition:
        """The form."""
        return self.form.definition

    @property
    def verification(self) -> Verification:
        """How each holder is verified: as the form asks for."""
        return required_verification(self.definition, LinkKind.PERSONAL)

    @property
    def prefilled(self) -> tuple[str, ...]:
        """The columns that fill in questions of the same name."""
        return tuple(one for one in self.file.columns if self.definition.question_at(one))

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns that nobody needs: better not in the file at all."""
        used = {ADDRESS_COLUMN, self.household, *self.prefilled, *self.text.columns}
        return tuple(one for one in self.file.columns if one not in used)


@dataclass(frozen=True, slots=True)
class CampaignCheck:
    """What would happen, and what keeps it from happening."""

    recipients: int
    duplicates: tuple[Duplicate, ...]
    opted_out: int
    problems: tuple[FileProblem, ...]


def check_plan(plan: CampaignPlan) -> CampaignCheck:
    """Read every row once; nothing is stored. Raises MasterKeyMissing in a public process."""
    problems: list[FileProblem] = []
    duplicates: list[Duplicate] = []
    count = opted_out = 0
    for found in read_rows(plan):
        if isinstance(found, Duplicate):
            duplicates.append(found)
        elif isinstance(found, Recipient):
            count += 1
            opted_out += found.has_opted_out
        else:
            problems.append(found)
            if len(problems) == MOST_PROBLEMS:
                break
    if not count and not problems:
        problems.append(FileProblem(2, "", "The file has a header and no row below it"))
    return CampaignCheck(
        recipients=count,
        duplicates=tuple(duplicates),
        opted_out=opted_out,
        problems=tuple(problems),
    )


def read_rows(plan: CampaignPlan) -> Iterator[Recipient | Duplicate | FileProblem]:
    """Each row: a recipient, a duplicate of an earlier one, or what is wrong with it."""
    reading = _Reading(plan)
    for row in plan.file.rows():
        if isinstance(row, FileProblem):
            yield row
        else:
            yield from reading.read(row)


def row_key(campaign_id: str) -> bytes:
    """The key that a campaign's rows are hashed under, to know them again. Raises
    MasterKeyMissing."""
    return derive(keys().index_key(), "campaign-rows", campaign_id)


class _Reading:
    """One pass over the rows; it remembers addresses and households as hashes."""

    def __init__(self, plan: CampaignPlan) -> None:
        self.plan = plan
        self.row_key = row_key(plan.id)
        self.address_key = address_key(plan.organisation_id)
        self.opted_out = all_opted_out(plan.organisation_id)
        self.definition = plan.definition
        self.prefilled = plan.prefilled
        self.words = plan.text.columns
        self.seen: dict[bytes, int] = {}

    def read(self, row: FileRow) -> Iterator[Recipient | Duplicate | FileProblem]:
        problems = [*self._problems(row)]
        if problems:
            yield from problems
            return
        try:
            prefill = self._prefill(row)
        except PrefillRefused as error:
            yield FileProblem(row.row, self._wrong_column(row), str(error))
            return
        yield self._recipient(row, prefill)

    def _recipient(self, row: FileRow, prefill: Mapping[str, Any]) -> Recipient | Duplicate:
        address = row.cells[ADDRESS_COLUMN]
        of_address = address_digest(self.address_key, address)
        has_opted_out = of_address in self.opted_out
        # whoever wants no messages does not keep them from the rest of the household
        household = row.cells[self.plan.household] if self.plan.household else ""
        household = "" if has_opted_out else household
        of_household = (
            digest(self.row_key, Identifier("household", normal_name(household)))
            if household
            else b""
        )
        for found, by in ((of_household, "household"), (of_address, "address")):
            if found and (first := self.seen.setdefault(found, row.row)) != row.row:
                return Duplicate(row.row, first, by)
        return Recipient(
            row=row.row,
            key=of_household or digest(self.row_key, Identifier("row", of_address.hex())),
            address=address,
            address_digest=of_address,
            words={name: row.cells[name] for name in self.words},
            prefill=prefill,
            has_opted_out=has_opted_out,
        )

    def _problems(self, row: FileRow) -> Iterator[FileProblem]:
        address = row.cells[ADDRESS_COLUMN]
        if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
            yield FileProblem(
                row.row, ADDRESS_COLUMN, "Enter an email address, like name@example.org"
            )
        for name in self.words:
            word = row.cells[name]
            if not word:
                message = "The message uses this column: fill it in, or take the row out"
                yield FileProblem(row.row, name, message)
            elif len(word) > LONGEST_WORD or UNPRINTABLE.search(word):
                message = f"Write it on one line, in at most {LONGEST_WORD} characters"
                yield FileProblem(row.row, name, message)

    def _prefill(self, row: FileRow) -> Mapping[str, Any]:
        pairs = [(name, row.cells[name]) for name in self.prefilled if row.cells[name]]
        return read_prefill(self.definition, pairs) if pairs else {}

    def _wrong_column(self, row: FileRow) -> str:
        """The first column whose cell cannot be filled in beforehand."""
        for name in self.prefilled:
            try:
                if row.cells[name]:
                    read_prefill(self.definition, [(name, row.cells[name])])
            except PrefillRefused:
                return name
        return ""
