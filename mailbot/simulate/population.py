"""The population: midwives who do not exist, and what each of them will want in a year, drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from mailbot.core.calendar import Calendar

_FIRST = (
    "Abigail", "Beatrice", "Catrin", "Dorothea", "Eleanor", "Fiona", "Grace", "Harriet", "Imogen", "Josie",
    "Katherine", "Lorna", "Miriam", "Naomi", "Olivia", "Priya", "Rosalind", "Sophie", "Tamsin", "Ursula",
    "Verity", "Winifred", "Yasmin", "Zelda", "Bronwen", "Clara", "Deborah", "Esther", "Frances", "Gwendolen",
)  # fmt: skip
_LAST = (
    "Abernathy", "Bellweather", "Carrington", "Dunmore", "Ellsworth", "Fairhurst", "Gainsford", "Hathersage",
    "Ingleby", "Jessop", "Kirkbride", "Longstaff", "Merriweather", "Netherby", "Ollerton", "Pemberton",
    "Quarmby", "Ravenscroft", "Sotherby", "Thistlewood", "Underhill", "Vanstone", "Whitcombe", "Yardley",
)  # fmt: skip
ORGANISATIONS = (
    "Ashmoor Vale Hospitals NHS Trust", "Northmere University Hospitals NHS Foundation Trust",
    "Cwmdale Community NHS Trust", "Larkrise Women's NHS Foundation Trust", "Saltmarsh Coast NHS Trust",
)  # fmt: skip

# How often a year a team of 300 midwives is asked for each; new people come on top of the 300.
YEARLY: Mapping[str, int] = {
    "joiner": 42, "leaver": 18, "transfer_out": 14, "disable": 20, "reenable": 16, "password": 180,
    "unlock": 60, "mobile": 36, "directory": 18, "new_account": 15, "duplicate": 9, "incident": 9,
    "enquiry": 150, "not_ours": 60, "spam": 60, "newsletter": 24,
}  # fmt: skip
OF_THE_ACCOUNT = ("joiner", "leaver", "transfer_out", "disable", "reenable")
FROM_OUTSIDE = ("reenable", "password", "unlock", "new_account", "duplicate")
_ON_CLOSED_DAYS = 0.25  # how many mails come on a closed day, compared with a working day


@dataclass(frozen=True, slots=True)
class Midwife:
    """One of them: her NHSmail address, and the private one that she writes from when she cannot log in."""

    name: str
    account: str
    private: str
    organisation: str

    @property
    def first(self) -> str:
        return self.name.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants and will write about; `days` are the facts of it, named in her mail or not."""

    kind: str
    midwife: Midwife
    days: Mapping[str, date] = field(default_factory=dict)

    @property
    def inside(self) -> bool:
        return self.kind not in (*FROM_OUTSIDE, "spam", "newsletter")


def midwives(chance: Random) -> Iterator[Midwife]:
    """Midwives without end, no two alike."""
    pairs = [(first, last) for first in _FIRST for last in _LAST]
    chance.shuffle(pairs)
    for n in range(10**6):
        first, last = pairs[n % len(pairs)]
        number = str(n // len(pairs) + 1) if n >= len(pairs) else ""
        local = f"{first}.{last}{number}".lower()
        yield Midwife(
            f"{first} {last}", f"{local}@nhs.net", f"{local}@post.example", chance.choice(ORGANISATIONS)
        )


def wishes(
    count: int, starts: date, days: int, calendar: Calendar, chance: Random
) -> list[tuple[datetime, Wish]]:
    """What the midwives of a team will write of themselves, and when, in the order of time."""
    everybody = midwives(chance)
    team = [next(everybody) for _ in range(count)]
    of_account = list(team)
    found: list[tuple[datetime, Wish]] = []
    for kind, yearly in YEARLY.items():
        for _ in range(_drawn(yearly * count / 300 * days / 365, chance)):
            if kind in ("joiner", "new_account"):
                midwife = next(everybody)
            elif kind in OF_THE_ACCOUNT and of_account:
                # one such story a year: whoever leaves does not also take a sabbatical
                midwife = of_account.pop(chance.randrange(len(of_account)))
            else:
                midwife = chance.choice(team)
            at = _moment(starts, days, calendar, chance)
            found.append((at, Wish(kind, midwife, _days(kind, at.date(), chance))))
    return sorted(found, key=lambda one: (one[0], one[1].kind, one[1].midwife.account))


def _drawn(mean: float, chance: Random) -> int:
    """A whole number around the mean, as independent events give (Poisson)."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count


def _moment(starts: date, days: int, calendar: Calendar, chance: Random) -> datetime:
    while True:
        day = starts + timedelta(days=chance.randrange(days))
        if calendar.is_working_day(day) or chance.random() < _ON_CLOSED_DAYS:
            break
    hour = chance.choices(range(6, 24), (1, 2, 4, 8, 8, 7, 6, 6, 6, 6, 6, 5, 4, 4, 4, 4, 2, 1))[0]
    return calendar.at(day, time(hour, chance.randrange(60), chance.randrange(60)))


def _days(kind: str, today: date, chance: Random) -> dict[str, date]:
    def ahead(least: int, most: int) -> date:
        return today + timedelta(days=chance.randint(least, most))

    if kind == "joiner":
        return {"leaver_date": today - timedelta(days=chance.choice((0, 1, 1, 2, 3, 4, 6, 9, 14)))}
    if kind in ("leaver", "transfer_out"):
        return {"last_day": ahead(4, 40)}
    if kind == "disable":
        return {"absence_from": ahead(7, 45), "return_on": ahead(120, 300)}
    return {}
