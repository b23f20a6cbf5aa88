"""What people write: settings, rules, letters and the calendar, read into checked values."""
