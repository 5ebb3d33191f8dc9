"""Runs inside a fresh process: imports one handler, calls it once, then many times, and prints the three times as JSON.

    python probe.py MODULE CALLS < event.json

Standard library only, so that it adds the same to every candidate.
"""

import importlib
import json
import resource
import sys
import time


class Context:
    """What the candidates read of Lambda's context."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = "512"
    aws_request_id = "11111111-2222-3333-4444-555555555555"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    log_group_name = log_stream_name = "bench"
    identity = None

    def get_remaining_time_in_millis(self):
        return 30_000


def main():
    module, calls = sys.argv[1], int(sys.argv[2])
    event = json.load(sys.stdin)
    start = time.perf_counter()
    handler = importlib.import_module(module).handler
    imported = time.perf_counter()
    answer = handler(event, Context())
    first = time.perf_counter()
    if answer["statusCode"] != 200:
        raise SystemExit(f"{module} answered {answer}")
    for _ in range(calls):
        handler(event, Context())
    end = time.perf_counter()
    figures = {
        "import_ms": (imported - start) * 1e3,
        "first_ms": (first - imported) * 1e3,
        "warm_us": (end - first) / calls * 1e6,
        "modules": len(sys.modules),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(figures))


main()
