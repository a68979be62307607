"""Set a PDF in a process of its own: Typst keeps 60 MiB, which a serving process is not to have.

Run as a script it is that process: a template and its data come in as JSON, the PDF goes out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: When a file says that it was made: always the same, so that the same form gives the same file.
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
TIME_LIMIT = 30  # seconds; the longest form takes a tenth of one


class NotSet(Exception):  # noqa: N818 - reads as what is the matter
    """Raised if the process failed, or took too long."""


def set_pdf_apart(template: Path, data: Mapping[str, Any]) -> bytes:
    """As ``renderers.print.set_pdf``, beside the process that asks. Raises NotSet."""
    order = json.dumps({"template": template.read_text("utf-8"), "data": data}, ensure_ascii=False)
    try:
        done = subprocess.run(  # noqa: S603 — our own script, the order goes in as data
            [sys.executable, "-I", __file__],
            input=order.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a message could quote what somebody wrote
            env={},
            cwd="/",
            timeout=TIME_LIMIT,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise NotSet(type(error).__name__) from None
    return done.stdout


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """A Typst template set with data, which it reads from ``sys.inputs.data``.

    Raises ImportError where Typst is not installed.
    """
    import typst

    # tagged as ISO 14289-1 (PDF/UA-1) asks, so that a screen reader can read it
    made: bytes = typst.compile(
        template.encode(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(MADE_AT.timestamp()),
    )
    return made


def main() -> None:
    """Read an order, write the PDF."""
    order = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(order["template"], order["data"]))


if __name__ == "__main__":
    main()
