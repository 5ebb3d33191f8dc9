"""`python -m deep.runtime --socket-fd N --root DIR`: a local worker process (see `worker`)."""

from __future__ import annotations

import sys

from deep.runtime.worker import main

# os._exit would lose what the author's code still holds in stdout's buffer; sys.exit waits for threads that are not daemons, which the platform ends.
sys.exit(main(sys.argv[1:]))
