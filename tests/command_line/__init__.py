"""The command line, as the real process."""
