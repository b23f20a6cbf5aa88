"""The pages show every case, in plain words, to nobody but this machine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise

import httpx
import pytest

from mailbot.core.account import Clock
from mailbot.core.calendar import Calendar
from mailbot.core.letter import Delivery, Letter, Role, Sort
from mailbot.core.ticket import Entry, Request, Step, Task, Ticket
from mailbot.web.pages import create_app

NOW = datetime(2026, 8, 6, 9, 30, tzinfo=UTC)  # 10:30 in London
DAY = timedelta(days=1)

MARK = Task(
    "mark_joiner",
    NOW - 2 * DAY,
    NOW + DAY,
    missing=("old_organisation",),
    evidence=("the regional lead asked from her own address",),
)
CHECKED = replace(
    MARK,
    name="check_identity",
    missing=(),
    ended=NOW - DAY,
    ended_by="admin.one@nhs.net",
    outcome="done",
    due=NOW - DAY,
)

JOINER = Request(
    workflow="joiner",
    labels=("joiner_request",),
    state="requested",
    since=NOW - 2 * DAY,
    opened=NOW - 3 * DAY,
    claimant="hannah.okafor2@nhs.net",
    claimant_name="Hannah Okafor",
    own=True,
    claims={"leaver_date": "2026-08-03", "mobile": "07700 900318", "email": "hannah.okafor2@nhs.net"},
    confirmed=("leaver_date",),
    tasks=(MARK, CHECKED),
    clocks=(
        Clock("leaver", date(2026, 8, 3), date(2026, 9, 2), assumed=True, evidence="her mail", learned=NOW),
    ),
    steps=(
        Step(NOW - 3 * DAY, None, "advised", "she asked how to bring her account"),
        Step(NOW - 2 * DAY, "advised", "requested", "the regional lead asked for the joiner"),
    ),
)

CASE = Ticket(
    number=123,
    subject="Bringing my NHSmail with me",
    opened=NOW - 3 * DAY,
    mailbox="helpdesk",
    participants=("hannah.okafor2@nhs.net",),
    requests=(JOINER,),
    entries=(
        Entry(
            NOW - 3 * DAY,
            "mail",
            "hannah.okafor2@nhs.net",
            "Dear team,\n\nCould you tell me what I need to do?\n\nHannah",
            subject="Bringing my NHSmail with me",
            intents=("joiner",),
            trust="internal",
            because=("joiner: “moved across” (4)",),
        ),
    ),
    possibly=(7,),
)

UNSORTED = Ticket(
    number=124,
    subject="A baby's results",
    opened=NOW - DAY,
    mailbox="helpdesk",
    participants=("josie.trevelyan@nhs.net",),
    tasks=(Task("triage", NOW - DAY, NOW - timedelta(hours=1), taken_by="admin.one@nhs.net"),),
    clocks=(replace(JOINER.clocks[0], deadline=date(2026, 9, 1)),),
    flags=("patient_details",),
)

RECORD = Ticket(
    number=122,
    subject="LAST CHANCE",
    opened=NOW - DAY,
    mailbox="regional",
    participants=("deals@cpd-unlimited.example",),
    entries=(Entry(NOW - DAY, "mail", "deals@cpd-unlimited.example", "Buy now", intents=("spam",)),),
    closed=NOW - DAY,
    closed_because="spam",
)

LETTER = Letter(
    id="IM-000123-1",
    ticket=123,
    template="joiner",
    role=Role.PERSON,
    to="hannah.okafor2@nhs.net",
    to_name="Hannah Okafor",
    sort=Sort.ANSWER,
    parts=("joiner/advice",),
    facts={},
    decided=NOW - 3 * DAY,
    not_before=NOW - 3 * DAY,
    subject="Re: Bringing my NHSmail with me [IM-000123]",
    text="Dear Hannah,\n\nWe have your mail.\n\nYours sincerely,\nThe team",
    state=Delivery.SENT,
    sent=NOW - 3 * DAY,
)
FAILED = replace(
    LETTER, id="IM-000123-2", state=Delivery.FAILED, sent=None, because="550 no such user", text="Dear lead,"
)
QUEUED = replace(LETTER, id="IM-000123-3", state=Delivery.QUEUED, sent=None)

TICKETS = (RECORD, CASE, UNSORTED)


def get(path: str, tickets: tuple[Ticket, ...] = TICKETS, host: str = "127.0.0.1:8025") -> httpx.Response:
    app = create_app(
        source=lambda: tickets,
        letters=lambda number: (LETTER, FAILED, QUEUED) if number == CASE.number else (),
        next_due=lambda ticket: (NOW + DAY, "joiner +7 person") if ticket.number == CASE.number else None,
        calendar=Calendar(),
        clock=lambda: NOW,
    )

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.get(path)

    return asyncio.run(ask())


class Outline(HTMLParser):
    """The elements of a page, their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def test_the_queue_says_who_asks_for_what_and_what_waits_for_whom() -> None:
    text = Outline(get("/").text).text
    assert (
        "IM-000123 Hannah Okafor joiner requested mark joiner for an admin due Friday 7 August 2026" in text
    )
    assert "triage for admin.one@nhs.net late due Thursday 6 August 2026, 9:30am" in text
    assert "1 queued 1 failed" in text
    assert "Friday 7 August 2026, 10:30am joiner +7 person" in text


def test_the_earliest_task_stands_first_and_closed_cases_last() -> None:
    page = get("/").text
    assert page.index("IM-000124") < page.index("IM-000123") < page.index("IM-000122")
    assert "Open cases (2)" in page
    assert "Closed cases and records (1)" in page


def test_the_queue_shows_no_subject_of_a_case() -> None:
    assert "results" not in get("/").text


def test_an_empty_queue_says_what_opens_a_case() -> None:
    page = Outline(get("/", ()).text)
    assert "A mail to one of the watched mailboxes opens one." in page.text
    assert page.count("table") == 0


def test_a_case_tells_its_history_and_why() -> None:
    text = Outline(get("/tickets/IM-000123").text).text
    assert "advised → requested , because the regional lead asked for the joiner" in text
    assert "joiner: “moved across” (4)" in text
    assert "Could you tell me what I need to do?" in text
    assert "deleted on Wednesday 2 September 2026; act by Friday 28 August 2026, 5pm." in text


def test_a_case_names_what_is_proven_and_what_is_missing() -> None:
    text = Outline(get("/tickets/IM-000123").text).text
    assert "Still missing old organisation Proven the regional lead asked from her own address" in text
    assert "check identity done by admin.one@nhs.net" in text
    assert "leaver date Monday 3 August 2026 (confirmed)" in text


def test_a_case_shows_its_letters_and_what_became_of_them() -> None:
    text = Outline(get("/tickets/IM-000123").text).text
    assert "sent to Hannah Okafor <hannah.okafor2@nhs.net>" in text
    assert "550 no such user" in text
    assert "Dear Hannah, We have your mail." in text


def test_of_a_mobile_number_only_the_last_three_digits_are_shown() -> None:
    page = get("/tickets/IM-000123").text
    assert "number ending 318" in page
    assert "07700" not in page


def test_what_a_writer_puts_into_her_mail_is_no_markup() -> None:
    evil = "<script>alert(1)</script>\"'><img src=x>"
    request = replace(CASE.requests[0], claimant_name=evil, claims={evil: evil})
    entry = replace(CASE.entries[0], text=evil, subject=evil, who=evil)
    case = replace(CASE, subject=evil, requests=(request,), entries=(entry,), flags=(evil,))
    for path in ("/", "/tickets/IM-000123"):
        page = Outline(get(path, (case,)).text)
        assert "<script>alert(1)</script>" in page.text
        assert page.count("script") == page.count("img") == 0


@pytest.mark.parametrize("path", ["/tickets/IM-000999", "/tickets/nonsense", "/elsewhere", "/docs"])
def test_what_is_not_there_is_a_page_that_says_so(path: str) -> None:
    response = get(path)
    assert response.status_code == 404
    assert "There is no case or page of that name." in response.text


@pytest.mark.parametrize("path", ["/", "/tickets/IM-000123", "/tickets/IM-000999", "/queue.css"])
def test_every_answer_forbids_scripts_frames_guessing_and_keeping(path: str) -> None:
    headers = get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.0.2.1"])
def test_another_name_than_loopbacks_is_refused(host: str) -> None:
    response = get("/", host=host)
    assert response.status_code == 400
    assert "IM-" not in response.text


@pytest.mark.parametrize("path", ["/", "/tickets/IM-000123", "/tickets/IM-000999"])
def test_every_page_can_be_walked_without_seeing_it(path: str) -> None:
    response = get(path)
    page = Outline(response.text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert ("html", {"lang": "en-GB"}) in page.elements
    assert ("a", {"class": "skip", "href": "#main"}) in page.elements
    assert [page.count(tag) for tag in ("header", "main", "footer", "h1", "title")] == [1, 1, 1, 1, 1]
    assert page.count("table") == page.count("caption")
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")


def test_a_case_that_nobody_has_sorted_shows_the_deadline_that_may_be_running() -> None:
    text = Outline(get("/tickets/IM-000124").text).text
    assert "Look first: patient details" in text
    assert "leaver: from Monday 3 August 2026 (at the latest), deleted on Tuesday 1 September 2026" in text
