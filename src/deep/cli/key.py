"""`deepify key add|list|remove`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen


@click.group("key", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """Make and remove API keys, for actions with "keyRequired".

    The web app keeps a digest of each key in deeploy.json; the key itself is shown once and kept nowhere.
    """


@command.command("add", cls=ExamplesCommand)
@click.argument("name")
@_options.path
@_options.everywhere
@click.pass_obj
def add(screen: Screen, name: str, path: Path) -> None:
    """Make a key called NAME for the web app in PATH, and show it this once."""
    from deep.wiring.keys import add_key

    key = add_key(path, name)
    screen.result(key, {"name": name, "key": key})
    screen.note("this is the only time it is shown; callers send it as the header x-api-key")


@command.command("list", cls=ExamplesCommand)
@_options.path
@_options.everywhere
@click.pass_obj
def list_all(screen: Screen, path: Path) -> None:
    """List the keys of the web app in PATH by name, with the digests that are kept of them."""
    from deep.wiring.keys import api_keys

    keys = api_keys(path)
    width = max(map(len, keys), default=0)
    screen.result("\n".join(f"{name:<{width}}  {digest}" for name, digest in keys.items()) or "no keys", dict(keys))


@command.command("remove", cls=ExamplesCommand)
@click.argument("name")
@_options.path
@_options.everywhere
@click.pass_obj
def remove(screen: Screen, name: str, path: Path) -> None:
    """Remove the key called NAME: it opens nothing any more."""
    from deep.wiring.keys import remove_key

    remove_key(path, name)
    screen.result(f"removed {name}", {"removed": name})
