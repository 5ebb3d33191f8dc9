"""`python -m benches [NAME] [OPTIONS]`: one bench, or all of them in order."""

import importlib
import sys

BENCHES = ("functions", "serving", "starting", "door", "packaging")


def main() -> None:
    chosen = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in BENCHES else list(BENCHES)
    sys.argv = [sys.argv[0], *sys.argv[1 + (len(chosen) == 1) :]]
    for name in chosen:
        sys.stdout.write(f"--- {name}\n")
        importlib.import_module(f"benches.{name}").main()


main()
