"""Triage: what a mail asks for, about whom, and when to leave it to a person."""

from mailbot.core.triage.reading import triage
from mailbot.core.triage.rules import TriageRules
from mailbot.core.triage.verdict import Person, Reason, Triage, as_json

__all__ = ["Person", "Reason", "Triage", "TriageRules", "as_json", "triage"]
