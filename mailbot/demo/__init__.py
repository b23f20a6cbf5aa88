"""A mail server and two mailboxes of sample mail on this machine."""
