"""One cloud noun, one file: all that is known of how it is made."""
