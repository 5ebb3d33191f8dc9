"""What ships: from an `App` to a function's configuration, validators and table definitions, and to the merged web site.

A room of its own because two siblings need it: the local platform serves what the bundle says, and deploying uploads the same.
"""
