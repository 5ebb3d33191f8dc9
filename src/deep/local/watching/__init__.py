"""Edits: what is watched, and what each edit changes."""
