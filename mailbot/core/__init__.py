"""What the bot decides: pure values and functions, no IO, no clock."""
