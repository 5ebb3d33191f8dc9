"""The door: every AWS call a function makes passes it, and is held to the function's compiled policy as AWS would hold it."""
