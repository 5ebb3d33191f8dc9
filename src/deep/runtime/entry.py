"""The handler deployed functions name: `deep.runtime.entry.handler`. Finds the author's own by the same rule as the local worker.

AWS's runtime imports this module by name; a failure to import the author's code is raised as it happened, so that AWS reports it as its own.
"""

from __future__ import annotations

import os

from deep.runtime.loader import InitError, load_handler

try:
    handler = load_handler(os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd())
except InitError as error:
    if error.__cause__ is not None:
        raise error.__cause__ from None
    raise
