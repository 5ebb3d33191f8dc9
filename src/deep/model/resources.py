"""`Backend/resources.json`: resources and their actions, and whether the code that they name is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deep.errors import Place
from deep.model.action import Action, Resource, Uses
from deep.model.code import Code, read_code
from deep.model.cron import cron_mistake
from deep.model.document import Document
from deep.model.handlers import check_code, detect_language
from deep.model.nearest import nearest
from deep.model.reading import Reading
from deep.model.resource_format import RESOURCES
from deep.model.uses import aws_use

FILE = "resources.json"


def load_resources(reading: Reading, microapp: str, backend: Path | None) -> tuple[Resource, ...]:
    """The resources of one microapplication in the order of the file; none when it has no backend."""
    found = reading.optional(backend / FILE, RESOURCES) if backend else None
    if backend is None or found is None:
        return ()
    document, value = found
    loader = _Loader(reading, document, microapp, backend)
    return tuple(
        Resource(microapp, resource, tuple(loader.action((resource, name), declared) for name, declared in actions.items()))
        for resource, actions in value.items()
    )


class _Loader:
    """Turns the actions of one file into `Action`s. A `key` is (resource, action): the way to the action inside the file.

    Required fields are None where they are wrong, which is told already.
    """

    def __init__(self, reading: Reading, document: Document, microapp: str, backend: Path) -> None:
        self.reading = reading
        self.document = document
        self.microapp = microapp
        self.backend = backend

    def action(self, key: tuple[str, str], declared: dict[str, Any]) -> Action:
        place = self.document.key_place(key)
        engine, cron, is_function = declared["engine"], declared["cron"], declared["type"] == "lambda"
        if cron is not None:
            self.check_cron(key, cron)
        source, code = self.source(key, declared["source"]) if is_function and declared["source"] else (None, Code())
        return Action(
            microapp=self.microapp,
            resource=key[0],
            name=key[1],
            description=declared["description"],
            type=declared["type"],
            methods=tuple(declared["methods"] or ()),
            source=source,
            url=self.url(key, declared["source"]) if declared["type"] == "external" and declared["source"] else None,
            cache_ttl_s=int(declared["cacheTtl"]),
            force_user_identity=declared["forceUserIdentity"],
            validation_schema=declared["validationSchema"],
            memory_mb=int(engine["memory"]),
            timeout_s=int(engine["timeout"]),
            runtime=engine["runtime"] or (detect_language(self.reading, source) if source else None),
            cron=cron,
            cron_payload=declared["cronPayload"],
            scope=declared["scope"] or ("private" if cron else "public"),
            authorization=declared["api"]["authorization"],
            key_required=declared["api"]["keyRequired"],
            declared_uses=self.uses(key, declared["uses"]),
            code=code,
            place=place,
        )

    def value_place(self, key: tuple[str, str], field: str) -> Place:
        return self.document.place((*key, field))

    def uses(self, key: tuple[str, str], declared: dict[str, Any] | None) -> Uses | None:
        if declared is None:
            return None
        way = (*key, "uses")
        aws = tuple(aws_use(self.reading, self.document, (*way, "aws", number), one) for number, one in enumerate(declared["aws"] or ()))
        models = {model: frozenset(verbs) for model, verbs in declared["models"].items()}
        return Uses(models, tuple(declared["actions"]), aws, self.document.key_place(way))

    def source(self, key: tuple[str, str], source: str) -> tuple[Path, Code]:
        """The folder of the code, whatever is wrong with it, and what the code does."""
        folder = self.backend / source
        where = self.value_place(key, "source")
        if not folder.resolve().is_relative_to(self.backend.resolve()):
            self.reading.tell("source-outside", f'"{source}" leads out of {self.reading.name(self.backend)}', where, "name a folder below it")
        elif not folder.is_dir():
            self.reading.tell("missing-source", f"there is no folder {self.reading.name(folder)}", where, self.near(folder))
        else:
            return folder, read_code(check_code(self.reading, folder, where))
        return folder, Code()

    def near(self, folder: Path) -> str:
        near = nearest(folder.name, [entry.name for entry in self.reading.disk.folders(folder.parent)])
        if near:
            return f'did you mean "{(folder.parent / near).relative_to(self.backend).as_posix()}"?'
        return f"create {self.reading.name(folder)}/handler.py with a class Handler"

    def url(self, key: tuple[str, str], source: str) -> str:
        if not source.startswith(("https://", "http://")):
            message = f'an external action needs a URL as its source, found "{source}"'
            self.reading.tell("wrong-text", message, self.value_place(key, "source"), 'write https://..., or set "type": "lambda"')
        return source

    def check_cron(self, key: tuple[str, str], cron: str) -> None:
        if mistake := cron_mistake(cron):
            self.reading.tell(
                "wrong-cron", f'the cron "{cron}" is wrong: {mistake}', self.value_place(key, "cron"), 'such as "0 6 * * ? *", daily at 6:00 UTC'
            )
