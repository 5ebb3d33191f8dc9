"""The smallest process that keeps to `deep.wire.frames`; see `__main__`."""
