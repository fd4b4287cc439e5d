"""Leak alerts: what moderators watch for, the cards it raises, and what they do with one."""
