"""The kinds of actions that generated microapplications are made of: how each is declared, and the code that does just that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Kind:
    """An action's pattern. `code` are statements of `handle`, where `table` is the model's; `verbs` is what they do with it."""

    name: str
    methods: tuple[str, ...]
    verbs: tuple[str, ...]
    code: tuple[str, ...]
    declared: Mapping[str, Any] = field(default_factory=dict)
    needs_declaration: bool = False


_MAIL = {"Action": ["ses:SendEmail"], "Resource": [f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"]}

KINDS = (
    Kind("create", ("POST",), ("create",), ("return self.create_response(table.create_item(request.data))",)),
    Kind("show", ("GET",), ("get",), ('return self.create_response(table.find_one_by_id(request.data["Id"]))',)),
    Kind("browse", ("GET",), ("list",), ("return self.create_response(table.find_all())",)),
    Kind("change", ("PUT", "PATCH"), ("update",), ('return self.create_response(table.update_item(request.data["Id"], request.data["Change"]))',)),
    Kind("remove", ("DELETE",), ("delete",), ('return self.create_response(table.delete_by_id(request.data["Id"]))',)),
    Kind("lookup", ("GET", "POST"), ("find",), ('return self.create_response(table.find_all_by("Code", request.data["Code"]))',)),
    Kind("reserve", ("POST",), ("unique",), ('return self.create_response(table.create_unique_on_fields(["Code"], request.data))',)),
    Kind(
        "archive",
        ("POST",),
        ("get", "update", "delete"),
        (
            'item = table.find_one_by_id(request.data["Id"])',
            'table.update_item(item["Id"], {"Name": "archived"})',
            'return self.create_response(table.delete_by_id(item["Id"]))',
        ),
    ),
    Kind(
        "mail",
        ("POST",),
        ("get",),
        (
            'item = table.find_one_by_id(request.data["Id"])',
            'boto3.client("ses").send_email(Source="shop@example.com", Destination={}, Message={"Subject": {"Data": item["Name"]}})',
            "return self.create_response({})",
        ),
        {"aws": [_MAIL]},
        needs_declaration=True,
    ),
    Kind("ping", ("GET", "HEAD"), (), ("return self.create_response({})",)),
)
"""In this order the actions of a microapplication are taken, from a place that the seed decides."""

OWN_MODELS = {"cart", "favourites", "messages", "profiles"}
"""Microapplications whose model belongs to its owners, item by item."""

DOMAINS = ("billing", "cart", "catalog", "favourites", "inventory", "messages", "orders", "profiles", "reports", "reviews", "shipping")
GROUPS = {"admins": 1, "moderators": 10, "editors": 20, "auditors": None}
"""Groups and their precedence."""


def handler(kind: Kind, model: str, calls: tuple[str, str] | None) -> str:
    """The module of an action: what the kind does with the model's table, after it has called another action, if any."""
    lines = ["import boto3", ""] if any("boto3" in line for line in kind.code) else []
    lines += ["from deep import Runtime", "", "", "class Handler(Runtime):", "    def handle(self, request):"]
    if kind.verbs:
        lines.append(f'        table = self.kernel.get("db").get("{model}")')
    if calls:
        lines.append(f'        self.kernel.get("resource").get("@{calls[0]}").request("{calls[1]}", {{}}).send()')
    return "\n".join([*lines, *(f"        {line}" for line in kind.code), ""])
