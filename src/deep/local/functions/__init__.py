"""Functions as processes: what they are started with, warm pools of them, and what comes of an invocation."""
