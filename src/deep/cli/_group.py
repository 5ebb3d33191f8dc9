"""How commands are found and how help looks: commands load when they are called, and a wrong name meets the nearest right one."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from deep.cli._catalogue import BY_NAME, ENTRIES, Entry
from deep.errors import Problem, UsageError


class ExamplesCommand(click.Command):
    """A command whose help ends with its examples from the catalogue."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_examples(_examples_of(ctx), formatter)


class NestedGroup(click.Group):
    """A command that has commands of its own, such as `deepify hooks`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise unknown_command(ctx.command_path, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_examples(_examples_of(ctx), formatter)


class DefaultGroup(NestedGroup):
    """A command that does something by itself, which is its hidden command `show`, and has commands of its own besides."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asked = args[0] if args else None
        is_own = asked in self.commands or asked in ctx.help_option_names
        return super().parse_args(ctx, args if is_own else ["show", *args])


class CatalogueGroup(NestedGroup):
    """`deepify` itself: its commands are the catalogue's, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [entry.name for entry in ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = BY_NAME.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(f"deep.cli.{entry.module}").command
        for below in entry.shortcuts.get(cmd_name, "").split():
            command = cast(click.Group, command).commands[below]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(entry.name) for entry in ENTRIES)
        for section in dict.fromkeys(entry.section for entry in ENTRIES):
            with formatter.section(section):
                formatter.write_dl([(entry.name.ljust(width), _line(entry)) for entry in ENTRIES if entry.section == section])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_examples([entry.examples[0] for entry in ENTRIES], formatter)
        formatter.write("\n`deepify COMMAND --help` tells the rest of a command.\n")


def unknown_command(path: str, name: str, known: Sequence[str]) -> UsageError:
    """The error for a command that does not exist, with the nearest that does."""
    from difflib import get_close_matches

    names = {**dict.fromkeys(known), **BY_NAME} if path == "deepify" else dict.fromkeys(known)
    near = get_close_matches(name, names, n=1, cutoff=0.65)
    entry = names[near[0]] if near else None
    help_ = f"did you mean `{path} {entry.name if entry else near[0]}`?" if near else f"`{path} --help` lists the commands"
    return UsageError(Problem("unknown-command", f"{path} has no command {name!r}", help=help_))


def _examples_of(ctx: click.Context) -> Sequence[str]:
    """The catalogue's examples of this command; of a nested one, those that call it."""
    _, *names = ctx.command_path.split()
    entry = BY_NAME.get(names[0]) if names else None
    examples = entry.examples if entry else ()
    return examples if len(names) < 2 else [example for example in examples if f" {names[1]}" in example]


def _line(entry: Entry) -> str:
    return entry.summary + (f" (also: {', '.join(entry.aliases)})" if entry.aliases else "")


def _write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    with formatter.section("Examples"):
        formatter.write("".join(f"  {example}\n" for example in examples))
