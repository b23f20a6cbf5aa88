"""E-mail on the wire: reading mailboxes, parsing, composing, sending."""
