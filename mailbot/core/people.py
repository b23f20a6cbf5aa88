"""Who is who: the people and addresses of PROCEDURES.md, as the settings name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """All addresses are in lower case. `ours` is the From of our letters, `watched` every mailbox that is
    read.

    The first of `regional_lead` gets letters, all of them may ask for a joiner.
    """

    regional_lead: tuple[str, ...] = ("england.indmidwives@nhs.net",)
    csp: tuple[str, ...] = ()
    admins: tuple[str, ...] = ("admin.one@nhs.net",)
    internal_domains: tuple[str, ...] = ("nhs.net",)
    ours: str = "helpdesk@nhs.net"
    watched: tuple[str, ...] = ("helpdesk@nhs.net", "england.indmidwives@nhs.net")
    team_phone: str = ""
    national_helpdesk: str = ""
    national_helpdesk_phone: str = "0333 200 1133"

    def inside(self, address: str) -> bool:
        """Whether the address is one of NHSmail's (`internal_domains`)."""
        return address.rpartition("@")[2].lower() in self.internal_domains
