"""The facts that a request can hold, and what may stand in each."""

from __future__ import annotations

from datetime import date

import phonenumbers

DATES = ("leaver_date", "last_day", "absence_from", "return_on", "disabled_on")
UK = 44
STARTS = {"leaver": "leaver_date", "disabled": "disabled_on"}
"""The clocks and the facts that say on which day they started."""
FACTS = (*DATES, "account", "name", "mobile", "nmc_pin", "old_organisation", "new_organisation")


class ActError(ValueError):
    """The act cannot be done: says why and what would do."""


def uk_mobile(number: str) -> bool:
    """Whether it is a UK mobile number, as a registered one has to be (Ofcom: not 070, not 076)."""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return False
    national = str(parsed.national_number)
    mobile = national.startswith("7") and not national.startswith(("70", "76"))
    return parsed.country_code == UK and mobile and phonenumbers.is_possible_number(parsed)


def checked(name: str, value: str) -> str:
    """A fact as it is kept; ActError where there is no such fact or no such day."""
    if name not in FACTS:
        raise ActError(f"no such fact: {name}; there are {', '.join(FACTS)}")
    if name in DATES:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ActError(f"{name} must be a day such as 2026-03-02, not {value!r}") from error
    return value.strip().lower() if name == "account" else value.strip()
