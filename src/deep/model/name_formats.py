"""What names look like: the texts that identify microapplications, models, actions and parameters."""

from __future__ import annotations

from deep.model.shape import Text

IDENTIFIER = Text(
    r"(?=.{1,64}\Z)[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*",
    "1 to 64 lower-case letters, digits, dashes and underscores, in parts divided by single dots: it becomes a part of URLs",
    sample="acme.shop",
)
APP_IDENTIFIER = Text(r"[a-zA-Z0-9_.-]{1,64}", "1 to 64 letters, digits, dots, dashes and underscores", sample="acme-shop")
VERSION = Text(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    "a semantic version: three numbers divided by dots, such as 1.2.3",
    sample="0.1.0",
)
NAME = Text(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}", "1 to 64 letters, digits, dashes and underscores: it becomes a part of URLs and of names in the cloud")
MODEL_NAME = Text(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", "1 to 64 letters, digits, dashes and underscores, a letter first")
MODEL_FIELD = Text(r"[^\s|]{1,255}", "1 to 255 characters without spaces and |")
PARAMETER_NAME = Text(r"[^|\s][^|]*(\|[^|]+)*", "a name, or names divided by | for values inside values")
INSIDE = Text(r"(?!/)(?!.*(^|[/\\])\.\.([/\\]|$))[^\\]+", "a path inside the microapplication, with / between its parts", sample="src/Task/Create")
