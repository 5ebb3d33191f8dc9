"""`deepify user add|list|group|remove`"""

from __future__ import annotations

from pathlib import Path

import click

from deep.cli import _options
from deep.cli._group import ExamplesCommand, NestedGroup
from deep.cli._screen import Screen


@click.group("user", cls=NestedGroup)
@_options.everywhere
def command() -> None:
    """Keep the users of the web app on this machine: people who may sign in to what `deepify server` serves.

    They live in the property's `.deep/` folder and nowhere else; the deployed web app has users of its own.
    """


@command.command("add", cls=ExamplesCommand)
@click.argument("name")
@_options.path
@_options.email
@_options.password
@_options.group
@_options.confirmed
@_options.everywhere
@click.pass_obj
def add(screen: Screen, /, name: str, path: Path, **given: str | bool | tuple[str, ...] | None) -> None:
    """Add the user NAME to the web app in PATH. Without a password one is made and shown; unless confirmed, they choose another at first sign-in."""
    from deep.wiring.running import accounts

    with accounts(path) as book:
        account, password = book.add(name, given)
    screen.result(f"{account}\npassword: {password}", account.as_json() | {"password": password})


@command.command("list", cls=ExamplesCommand)
@_options.path
@_options.everywhere
@click.pass_obj
def list_all(screen: Screen, path: Path) -> None:
    """List the users of the web app in PATH, with the codes that were sent to them and still wait."""
    from deep.wiring.running import accounts

    with accounts(path) as book:
        found = book.all()
    screen.result("\n".join(map(str, found)) or "no users", [account.as_json() for account in found])


@command.command("group", cls=ExamplesCommand)
@click.argument("name")
@click.argument("group")
@_options.path
@_options.remove
@_options.everywhere
@click.pass_obj
def change_group(screen: Screen, /, name: str, group: str, path: Path, *, remove: bool) -> None:
    """Put the user NAME into GROUP, a role of the web app in PATH. Whoever is signed in has it with their next token."""
    from deep.wiring.running import accounts

    with accounts(path) as book:
        account = book.change_group(name, group, remove=remove)
    screen.result(str(account), account.as_json())


@command.command("remove", cls=ExamplesCommand)
@click.argument("name")
@_options.path
@_options.everywhere
@click.pass_obj
def remove_one(screen: Screen, name: str, path: Path) -> None:
    """Remove the user NAME; what they were signed in to ends."""
    from deep.wiring.running import accounts

    with accounts(path) as book:
        book.remove(name)
    screen.result(f"removed {name}", {"removed": name})
