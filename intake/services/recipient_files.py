"""The file of a campaign's recipients, read row by row, and what is wrong by row and column.

A row is numbered as a spreadsheet numbers it: the header is row 1.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

LARGEST_FILE = 16 * 1024 * 1024  # bytes; 35,000 households with ten columns are 4 MB
MOST_ROWS = 200_000
MOST_COLUMNS = 100
LONGEST_NAME = 120  # of a column
ADDRESS_COLUMN = "email"
SEPARATORS = (",", ";", "\t")
# a line that some spreadsheets write before the header, read themselves, and do not count
NAMED_SEPARATOR = re.compile(r"sep=(?P<separator>[,;\t])\r?\n", re.IGNORECASE)
SAVE_AGAIN = "Open it in your spreadsheet and save it as ‘CSV UTF-8 (comma delimited)’"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong at one place, and what to do. It never repeats what stands there."""

    row: int
    column: str
    message: str

    def at(self, name: str) -> str:
        """ "people.csv:12:email: …", as editors and compilers write places."""
        place = f"{name}:{self.row}:{self.column}" if self.column else f"{name}:{self.row}"
        return f"{place}: {self.message}"


class FileRefused(Exception):  # noqa: N818
    """Raised if the file cannot be read as a table at all; ``problems`` says why."""

    def __init__(self, *problems: FileProblem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row: its cells by column, spaces around them taken away."""

    row: int
    cells: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecipientFile:
    """A file whose header could be read."""

    content: bytes = field(repr=False)
    encoding: str
    separator: str
    columns: tuple[str, ...]

    def rows(self) -> Iterator[FileRow | FileProblem]:
        """Every row that is not empty, or what keeps it from being one."""
        reader = _reader(self.content, self.encoding, self.separator)
        next(reader)
        row, found = 1, 0
        while True:
            row += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                # from here on it is not known where a row ends
                yield FileProblem(row, "", "A quotation mark is not closed, or stands in a cell")
                return
            if not any(cell.strip() for cell in cells):
                continue
            found += 1
            if found > MOST_ROWS:
                yield FileProblem(row, "", f"Split the file: it has more than {MOST_ROWS:,} rows")
                return
            yield self._row(row, cells)

    def _row(self, row: int, cells: list[str]) -> FileRow | FileProblem:
        count, wanted = len(cells), len(self.columns)
        if count != wanted:
            return FileProblem(
                row,
                "",
                f"The row has {count} cells, but the header has {wanted}. Put a cell that holds "
                f"‘{self.separator}’ into quotation marks",
            )
        stripped = (cell.strip() for cell in cells)
        return FileRow(row, dict(zip(self.columns, stripped, strict=True)))


def read_recipient_file(content: bytes) -> RecipientFile:
    """Read a file of recipients: its header has a column of addresses. Raises FileRefused."""
    table = read_table(content)
    columns = tuple(
        ADDRESS_COLUMN if name.casefold() == ADDRESS_COLUMN else name for name in table.columns
    )
    if ADDRESS_COLUMN not in columns:
        problem = "There is no column ‘email’. Name the column of addresses ‘email’"
        raise FileRefused(FileProblem(1, ADDRESS_COLUMN, problem))
    return replace(table, columns=columns)


def read_table(content: bytes) -> RecipientFile:
    """Read the encoding, the separator and the header of any table. Raises FileRefused.

    UTF-8 with or without a byte order mark, and UTF-16 with one; commas, semicolons or tabs, which
    a line ``sep=;`` before the header may name.
    """
    encoding = _encoding(content)
    text = content.decode(encoding)
    if named := NAMED_SEPARATOR.match(text):
        content, encoding = text[named.end() :].encode(), "utf-8"
        text = text[named.end() :]
    first_line = text.lstrip("\r\n").partition("\n")[0]
    separator = named["separator"] if named else max(SEPARATORS, key=first_line.count)
    try:
        header = next(_reader(content, encoding, separator), [])
    except csv.Error:
        problem = "A quotation mark in the header is not closed, or stands within a name"
        raise FileRefused(FileProblem(1, "", problem)) from None
    columns = tuple(name.strip() for name in header)
    if problems := tuple(_header_problems(columns)):
        raise FileRefused(*problems)
    return RecipientFile(content, encoding, separator, columns)


def _encoding(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        most = LARGEST_FILE // (1024 * 1024)
        raise FileRefused(FileProblem(1, "", f"Split the file: it is larger than {most} MB"))
    if not content.strip():
        raise FileRefused(FileProblem(1, "", "The file is empty"))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileRefused(FileProblem(1, "", f"This is a workbook, not a CSV file. {SAVE_AGAIN}"))
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_wide else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused(_undecodable(content[: error.start])) from None
    if "\0" in text:
        raise FileRefused(FileProblem(1, "", f"This is not a text file. {SAVE_AGAIN}"))
    return encoding


def _undecodable(before: bytes) -> FileProblem:
    """A letter that is not UTF-8, as old spreadsheets write it."""
    row = before.count(b"\n") + 1
    return FileProblem(row, "", f"A letter here is not in the encoding UTF-8. {SAVE_AGAIN}")


def _header_problems(columns: tuple[str, ...]) -> Iterator[FileProblem]:
    if len(columns) > MOST_COLUMNS:
        yield FileProblem(1, "", f"The header has more than {MOST_COLUMNS} columns")
        return
    seen: set[str] = set()
    for number, name in enumerate(columns, start=1):
        if not name:
            yield FileProblem(1, "", f"Column {number} has no name. Name it, or take it out")
        elif len(name) > LONGEST_NAME:
            yield FileProblem(1, "", f"The name of column {number} is too long")
        elif name.casefold() in seen:
            yield FileProblem(1, name, "Two columns have this name. Rename or take out one")
        seen.add(name.casefold())


def _reader(content: bytes, encoding: str, separator: str) -> Iterator[list[str]]:
    """The cells of each row; the text is decoded as it is read, so that it is held only once."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    return csv.reader(text, delimiter=separator, strict=True)
