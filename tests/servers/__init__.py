"""Real mail servers of Debian, and one that follows a script, started by the tests on free loopback ports."""
