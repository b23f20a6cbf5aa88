"""What stands below a writer's words: closing, name, "Sent from my …", disclaimer, a list's footer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailbot.mail.parse.lines import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOBILE = re.compile(
    r"^(?:sent|posted|written|typed) (?:from|via|with|using|by|on)\b(?! (?:the|a|his|her) (?:desk|ward))"
    r"|^(?:get|download) (?:outlook|blue ?mail|the mail app|aquamail|yahoo mail)\b"
    r"|^(?:outlook|yahoo mail|gmail) (?:for|on) (?:ios|android|mac)"
    r"|^(?:envoyé|envoye|télécharger|obtenez|provenance)\b.{0,20}\b(?:de|depuis|à partir|outlook|courrier)\b"
    r"|^(?:von meinem|gesendet (?:von|mit)|diese nachricht wurde von meinem|holen sie sich outlook)\b"
    r"|^(?:enviado|enviada) (?:desde|do|de|a partir)\b|^(?:obtener|obter) outlook\b"
    r"|^(?:inviato|inviata) (?:da|dal|con)\b|^(?:verzonden|verstuurd) (?:vanaf|van|met|via|vanuit)\b"
    r"|^(?:skickat|sendt) (?:från|fra|min|mitt)\b|^lähetetty .{0,20}$|^(?:wysłane|wysłano) z\b|^(?:odesláno"
    r"|odoslané) z\b"
    r"|^(?:отправлено|надіслано) (?:с|з|из)\b|^(?:iphone|ipad)から送信"
    r"|^sent (?:while|on the go)\b",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^sent (?:from|via|using) (?:my |the |an? )?(?:[\w'&+]{1,20},? ){0,4}"
    r"(?:iphone|ipad|samsung|galaxy|smartphone|tablet|android|huawei|nokia|pixel|blackberry|phone"
    r"|device)\b.{0,30}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r",\s\w|[.?!]\s\w|\b(?:yesterday|today|this morning|but|because|and i)\b", re.IGNORECASE
)
_RULE = re.compile(r"^[-_=*~—–]{2,}+$")
_DASHED_NAME = re.compile(r"^[-–—~]\s?[A-Z][\w'.-]{0,30}(?:\s[A-Z][\w'.-]{0,30}){0,2}$")
_CLOSING = re.compile(
    r"^(?:(?:with|many|kind|kindest|warm|warmest|best|all|my|very|sincere|take|lots of|and) ){0,3}"
    r"(?:regards|wishes|thanks|thank you|thankyou|thanks?,? (?:again|so much|very much|a lot|a million"
    r"|in advance|for your help"
    r"|for your time|for all your help|and (?:kind |best |warm )?regards|and best wishes)|many thanks|thx"
    r"|ta|cheers|sincerely|yours"
    r"|yours (?:sincerely|faithfully|truly)|sincerely yours|yours respectfully|respectfully|cordially|love"
    r"|best|all the best|br|kr|rgds"
    r"|care|thank you (?:again|so much|very much|in advance|for your help|for your time|for all your help"
    r"|and (?:kind |best )?regards)"
    r"|mit freundlichen grüßen|viele grüße|cordialement|bien à vous|saludos|un saludo|atentamente"
    r"|met vriendelijke groet"
    r"|cordiali saluti|distinti saluti|med vänliga hälsningar|med venlig hilsen|pozdrawiam|с уважением)"
    r"(?: (?:to you|all|both|again|x+))?[\s,.!:;)x-]*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^(?:\W{0,3}(?:this|the|das|ce|este|diese)\s(?:e-?mail|message|email message|communication"
    r"|transmission|information|electronic|"
    r"content|contents|nachricht|courriel|mensaje)\b)|^\W{0,3}(?:confidential(?:ity)?|disclaimer"
    r"|privileged|legal notice|important notice)\b"
    r"|^(?:if you (?:are not|have received|received|receive))\b|^please consider the environment\b"
    r"|^think before (?:you )?print"
    r"|^(?:nhsmail|nhs mail) is the secure\b|^this (?:document|footer) ",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"intended recipient|intended (?:solely|only)|confidential|legally privileged|received (?:this"
    r"|it) in error|consider the environment"
    r"|before printing|secure email, collaboration|unauthori[sz]ed",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\d{3,4}[\s-]\d{3}|@\w|https?://|www\.")
_LIST = re.compile(
    r"mailing list$|^unsubscribe\b|^to unsubscribe|lists?\.[\w.-]+/|reply to this email directly or view it",
    re.IGNORECASE,
)
# The footer of the team's own letters, in case somebody answers below it.
_OWN_FOOTER = re.compile(r"^(?:please )?keep (?:the )?(?:reference )?\[?IM-\d{6}", re.IGNORECASE)


# Words of a sentence, and labels of a form: what has them is said, wherever it stands.
_TALK = re.compile(
    r"\b(?:I|I'm|I’m|I've|I’ve|My|Please|Also|Can|Could|If|my|me|is|are|was|will|can|could|please|you|your"
    r"|have"
    r"|has|need|want|not|if|when|but|also|am)\b"
    r"|^(?:[Dd]ate|[Tt]rust|[Oo]ld|[Nn]ew|[Ff]rom|[Tt]o|[Ll]ast day|[Ss]tart)\b[^:]{0,30}:"
)
_FORM = re.compile(
    r"^(?:name|full name|e-?mail address|organisation|(?:nmc )?pin|nmc)\b[^:]{0,30}:", re.IGNORECASE
)
# Exchange and NHSmail put these above what comes from outside, or from somebody new.
_BANNER = re.compile(
    r"^\W*(?:\w+\W{1,3})?this (?:e-?mail|message) (?:originated|came|comes|was (?:sent|received)|is"
    r"|has come|has been \w++)"
    r" (?:from )?(?:outside|an external)\b"
    r"|^\W*(?:caution|warning)?\W*external (?:e-?mail|sender|message)\b"
    r"|^you don['’]t often get e-?mail from|^some people who received this message don['’]t often",
    re.IGNORECASE,
)


def strip(lines: Sequence[str], marks: Sequence[int], sender: str) -> list[str]:
    """The lines without the signature and what follows it. `sender` is the display name."""
    top = _banner(lines)
    lines, marks = lines[top:], marks[top:]
    kept = [line for line, mark in zip(lines, marks, strict=True) if not mark & SIGNATURE]
    kept = _before_delimiter(kept)
    kept = _before_mobile(kept)
    kept = _before_disclaimer(kept)
    kept = _before_rule(_ended(kept))
    kept = _before_closing(_ended(kept))
    return _before_name(_ended(kept), sender)


def _banner(lines: Sequence[str]) -> int:
    """How many lines at the top are a mail system's warning about the sender."""
    top = [at for at, line in enumerate(lines[:12]) if line.strip()][:3]
    warned = [at for at in top if len(lines[at]) < 600 and _BANNER.search(lines[at].strip())]
    if not warned:
        return 0
    end = warned[0]
    while end < len(lines) and lines[end].strip() and end - warned[0] < 4:
        end += 1
    above = [line.strip() for line in lines[: warned[0]] if line.strip()]
    said = any(line.strip() for line in lines[end:])
    return end if said and all(_RULE.match(line) for line in above) else 0


def _ended(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _before_delimiter(lines: list[str]) -> list[str]:
    """Cuts at the first "-- " (RFC 3676, 4.3) that has few enough lines below it to be a signature."""
    below, cut = 0, len(lines)
    for at in range(len(lines) - 1, -1, -1):
        text = lines[at].rstrip()
        if text in ("--", "—", "- --") and at + 1 < len(lines):
            cut = at
        below += bool(text)
        if below > 20:
            break
    return lines[:cut]


def is_mobile(line: str) -> bool:
    """Whether a program wrote this line: "Sent from my iPhone"."""
    text = line.strip().strip("*_-[]<> ")
    if not 6 < len(text) < 120 or not _MOBILE.match(text):
        return False
    if _DEVICE.match(text) and len(text) < 90:
        return True
    words = text.split("<", 1)[0].split("(", 1)[0].strip()
    return (
        len(words) < 70 and not _SENTENCE.search(words) and not words.endswith((":", "?", ".", "!"))
    ) or "outlook" in words.lower()


def _before_mobile(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if len(line) < 160 and is_mobile(line):
            above, below = lines[:at], lines[at + 1 :]
            if any(_TALK.search(row[:500]) for row in below[:200]):
                return above + below
            return above if any(row.strip() for row in above) else below
    return lines


def _before_disclaimer(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        text = line.strip().strip("*_ ")
        if _OWN_FOOTER.match(text):
            return lines[:at]
        if _DISCLAIMER.match(text) and any(_LEGAL.search(row[:2000]) for row in lines[at : at + 4]):
            start = at
            while start and (not lines[start - 1].strip() or _RULE.match(lines[start - 1].strip())):
                start -= 1
            if start:
                return lines[:start]
    return lines


def _before_rule(lines: list[str]) -> list[str]:
    """Cuts at a rule of dashes above a few short lines, or a list's footer."""
    for at in range(len(lines) - 1, max(0, len(lines) - 30), -1):
        if _RULE.match(lines[at].strip()):
            below = [row for row in lines[at + 1 :] if row.strip()]
            listed = any(_LIST.search(row[:200]) for row in below)
            few = 12 if any(_CONTACT.search(row[:200]) for row in below) else 6
            if listed or (
                len(below) <= few and all(_is_short(row) and not _FORM.match(row) for row in below)
            ):
                return lines[:at]
    return lines


def _is_short(line: str) -> bool:
    """Whether the line may stand in a signature: a name, a post, a number, an address; no sentence."""
    text = line.strip()
    if len(text) > 80 or text.endswith("?") or (text.endswith((".", "!")) and text.count(" ") > 5):
        return False
    return not _TALK.search(text)


def _before_closing(lines: list[str]) -> list[str]:
    """Cuts at the first closing ("Kind regards,") near the end below which all lines are short."""
    seen = 0
    found = None
    for at in range(len(lines) - 1, 0, -1):
        text = lines[at].strip()
        if not text:
            continue
        seen += 1
        if seen > 12:
            break
        if len(text) < 60 and (_CLOSING.match(text) or _is_closing_with_name(text)):
            found = at
        elif not _is_short(text) or text.startswith(("- ", "* ", "• ")):
            break
    if found is None or not any(row.strip() for row in lines[:found]):
        return lines
    return lines[:found]


def _is_closing_with_name(text: str) -> bool:
    """Whether closing and name share a line: "Many thanks, Jane"."""
    closing, comma, name = text.partition(",")
    words = name.strip(" .x").split()
    return (
        bool(comma)
        and 0 < len(words) <= 3
        and all(word[:1].isupper() for word in words)
        and bool(_CLOSING.match(closing))
    )


def _before_name(lines: list[str], sender: str) -> list[str]:
    """Cuts the writer's bare name, or "- Name", that ends the text."""
    if len([row for row in lines if row.strip()]) < 2:
        return lines
    if _DASHED_NAME.match(lines[-1].strip()) and not lines[-2].strip().startswith(("-", "–", "—")):
        return _ended(lines[:-1])
    names = [word for word in sender.lower().replace(",", " ").split() if len(word) > 1]
    for at in range(len(lines) - 1, max(0, len(lines) - 8), -1):
        text = lines[at].strip()
        if not text:
            continue
        words = text.lower().strip(",.x ").split()
        if (
            words
            and names
            and len(words) <= 4
            and words[0].strip(",.") in names
            and set(words) - {"x", "xx"} <= set(names)
        ):
            above = _ended(lines[:at])
            return above if above and not above[-1].rstrip().endswith(":") else lines
        if not _is_short(text) or len(text) > 60 or _FORM.match(text):
            break
    return lines
