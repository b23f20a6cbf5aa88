"""mailbot runs the mailboxes of a small NHS administration team."""
