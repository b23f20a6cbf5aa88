"""Sample facts, with which every letter can be written and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.config.facts import PERSONAL

if TYPE_CHECKING:
    from mailbot.core.letter import Fact

_GENERAL: dict[str, Fact] = {
    "dear": "Jane",
    "reference": "IM-000123",
    "inside": True,
    "first": True,
    "out_of_hours": True,
    "password_shown": True,
    "next_open": "Tuesday 7 April at 9am",
    "product": "NHSmail",
    "team": "Independent midwives administration team",
    "team_phone": "01632 960123",
    "hours": "Monday to Friday, 9am to 5pm",
    "national_phone": "0333 200 1133",
    "national_helpdesk": "national.helpdesk@nhs.net",
    "lead_address": "england.indmidwives@nhs.net",
    "csp_address": "customer.support@nhs.net",
    "helpdesk_address": "helpdesk@nhs.net",
    "calendar_until": "Monday 27 December 2027",
    "today": "Thursday 2 April 2026",
}
_OF_A_CASE: dict[str, Fact] = {
    "name": "Jane Sample",
    "account": "jane.sample@nhs.net",
    "leaver_date": "Monday 16 March 2026",
    "last_day": "Friday 13 March 2026",
    "absence_from": "Saturday 14 March 2026",
    "return_on": "Monday 1 February 2027",
    "deletion_date": "Wednesday 15 April 2026",
    "act_by": "Friday 10 April at 5pm",
    "restore_until": "Friday 15 May 2026",
    "days_left": "13 days",
    "assumed": True,
    "past": True,
    "old_organisation": "Barchester Hospitals",
    "new_organisation": "Casterbridge Maternity Trust",
    "missing": ("the date on which the account was marked as a leaver", "the name of the old organisation"),
    "not_told": ("the regional maternity lead", "the Customer Service Portal"),
    "status": "Your old organisation has marked your account as a leaver.",
    "waits_for": "the regional maternity lead",
    "asked": "moving your account to the independent midwives group",
    "note": "Your old organisation has not closed your record yet.\nPlease ask it to do so.",
    "title": "mark the account as a joiner",
    "workflow": "joiner",
    "link": "https://queue.example/cases/IM-000123",
}
_OF_ADMINS: dict[str, Fact] = {
    "evidence": ("the email came from the account itself",),
    "tasks": ("mark the account as a joiner, due Friday 3 April at 5pm",),
    "due": ("IM-000123: mark the account as a joiner",),
    "late": ("IM-000101: check the identity of the caller",),
    "waiting": ("IM-000117: waits for the lead since Monday 30 March",),
    "sent": ("IM-000121: reminder to the midwife",),
    "failed": ("IM-000119: the mailbox of the midwife is full",),
    "spam": ("IM-000118: a mail about prizes",),
    "other_lines": ("The backup of last night is in order.",),
}


def sample_facts(inside: bool) -> dict[str, Fact]:
    """Every fact there is; for an address outside NHSmail without the personal ones."""
    facts = _GENERAL | _OF_A_CASE | _OF_ADMINS
    if inside:
        return facts
    return facts | {"inside": False, "dear": "colleague"} | dict.fromkeys(PERSONAL)
