"""Somebody may be in danger: who is told, what they are told, and who answers."""
