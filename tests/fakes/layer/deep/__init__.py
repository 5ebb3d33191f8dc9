"""Stands in for the distribution's import layer in tests of sandboxes: a runtime that only speaks the frames."""
