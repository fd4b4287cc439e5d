"""Ephemeral messages: when each one goes, and that it does."""
