"""Reading a mail: any bytes to a Message."""

from mailbot.mail.parse.output import as_json
from mailbot.mail.parse.reading import never, parse

__all__ = ["as_json", "never", "parse"]
