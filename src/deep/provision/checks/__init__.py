"""What is wrong with templates that linters take for good: one file for each kind of thing that must fit together."""
