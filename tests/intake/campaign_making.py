"""Campaigns for tests: a small file, a message, and everything else real."""

import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from intake.services import campaigns
from intake.services.campaign_plans import CampaignPlan, check_plan
from intake.services.campaign_queueing import queue_messages
from intake.worker import run_once

TEXT = """Subject: A form for you

Hello {greeting},

we ask everyone who lives here.

{link}

It works until {expires}.
"""
FORM, TEAM = "visit", "belfast-pumps"


def recipients(count: int, **columns: str) -> bytes:
    """A file of so many people; extra columns have the same cell in every row."""
    lines = [",".join(["email", "greeting", "last_name", *columns])]
    lines += [
        ",".join([f"person-{n}@example.org", f"Person {n}", f"Family {n}", *columns.values()])
        for n in range(1, count + 1)
    ]
    return ("\n".join(lines) + "\n").encode()


def plan_of(content: bytes, text: str = TEXT, **options: Any) -> CampaignPlan:
    return campaigns.prepare(FORM, content, text, team_id=TEAM, **options)


def send(content: bytes, text: str = TEXT, **options: Any) -> CampaignPlan:
    """Prepare, check, begin and queue, as the command does."""
    plan = plan_of(content, text, **options)
    check = check_plan(plan)
    assert check.problems == (), check.problems
    campaigns.begin(plan, check, actor="cli")
    for _ in queue_messages(plan, "cli"):
        pass
    return plan


def work() -> int:
    """Let a worker do all that is due."""
    done = 0
    while some := run_once():
        done += some
    return done


def messages(folder: Path) -> list[EmailMessage]:
    """What lies in the mail folder, by recipient."""
    found = (
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in folder.glob("*.eml")
    )
    return sorted(found, key=lambda message: (str(message["To"]), str(message["Message-ID"])))


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


def link_in(message: EmailMessage) -> str:
    """The path of the weblink in a message; empty if there is none."""
    found = re.search(r"http://localhost(/l/\S+)", text_of(message))
    return found[1] if found else ""


def ways_out(all_messages: Iterable[EmailMessage]) -> list[str]:
    """The paths of the ways out."""
    return [
        str(one["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost")
        for one in all_messages
    ]
