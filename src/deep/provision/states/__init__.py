"""The states of the stacks between what stands and a release. Pure."""
