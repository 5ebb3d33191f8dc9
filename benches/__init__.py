"""Ratios, side by side in one run: `python -m benches functions|serving|starting` (or `make bench` for all three)."""
