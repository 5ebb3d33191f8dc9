"""Models as tables: `kernel.get("db").get("Todo")` gives a `Table` (`deep-2016` 2.6)."""
