"""How rows of deployed tables get other keys."""
