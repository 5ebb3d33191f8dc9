"""ministack, to which every request came encrypted, as to AWS: policies that let in no others are enforced. Run in ministack's environment."""

from __future__ import annotations

from typing import Any

from ministack import app as ministack

FORWARDED = b"x-forwarded-proto"
served = ministack.app


async def encrypted(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        told = [(name, value) for name, value in scope["headers"] if name.lower() != FORWARDED]
        scope = {**scope, "headers": [*told, (FORWARDED, b"https")]}
    await served(scope, receive, send)


ministack.app = encrypted
ministack.main()
