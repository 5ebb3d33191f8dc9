"""Carries a release out, back, and away."""
