"""Texts to measure detection on, written and generated for it. SOURCES.md says how."""
