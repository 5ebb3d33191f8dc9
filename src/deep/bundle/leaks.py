"""Secrets that lie in files: literals that look like keys, in what an app is made of and in what browsers are served (threat D10).

A warning locally, and what a deploy refuses. Only what is surely a key by its form is told, and texts of much randomness behind names such as
`password`: a check that cries wolf is switched off. The formats are those that their issuers publish.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log2
from pathlib import Path

from deep.bundle.site import site_files
from deep.errors import Place, Problem
from deep.frozen import dataclass
from deep.model import App

_FORMATS = {
    "an access key of AWS": r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    "a secret key of AWS": r"(?i:aws_?secret\w{0,20}|secret_?access_?key)[\"'\s:=]{1,6}(?P<it>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{60,90})\b",
    "a token of Slack": r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}|hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    "a key of Stripe": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
    "a signed token (JWT)": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}",
    "a token of npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a token of PyPI": r"\bpypi-AgE[A-Za-z0-9_-]{50,}",
    "a key of SendGrid": r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])",
    "a key of Twilio": r"\bSK[0-9a-f]{32}\b",
    "an API key of DEEP": r"\bdeep_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])",
}
_NAMED = r"(?i:pass(?:word|wd|phrase)|secret|token|api_?key|private_?key|credentials?)[\w-]{0,20}"
_GENERIC = (
    rf"{_NAMED}[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"'`](?P<it>[^\"'`\s]{{12,200}})[\"'`]",
    rf"{_NAMED}\"\s{{0,3}}:\s{{0,3}}\{{[^{{}}]{{0,1000}}?\"default\"\s{{0,3}}:\s{{0,3}}\"(?P<it>[^\"\s]{{12,200}})\"",
)
_KINDS = tuple((kind, re.compile(form)) for kind, form in _FORMATS.items())
_GENERIC_FORMS = tuple(re.compile(form) for form in _GENERIC)
_SHAPED = re.compile(r"sha(?:256|384|512)-|https?://|data:|[@#./]|\$\{|\{\{|<|%[({]", re.IGNORECASE)
"""How texts begin that are addresses, digests, references or templates rather than secrets."""
_LEAST_BITS = 3.6
"""Bits of entropy a character; words are below 3.5, random letters and digits of 16 characters about 3.8."""
_MOST_BYTES = 4 * 1024 * 1024
_METADATA = ("deepkg.json", "parameters.json", ".parameters.json", "package.json")


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    start: int
    text: str


def secrets_in(text: str, file: str) -> tuple[Problem, ...]:
    """A problem `looks-like-secret` for each literal of `text` that looks like a key, with its place in `file`; of the literal only its beginning."""
    found = {one.start: one for one in (*_generic(text), *_formatted(text)) if "EXAMPLE" not in one.text}
    return tuple(_problem(found[start], text, file) for start in sorted(found))


def secrets_of(app: App) -> tuple[Problem, ...]:
    """The same for all files of an app that people commit or browsers are served: metadata, data definitions and the site, in the order of names.

    Values of parameters that are declared secret are where they belong and are not told. Unreadable and very large files are passed over.
    """
    parameters = [parameter for microapp in app.microapps for parameter in microapp.parameters]
    kept = [parameter.value for parameter in parameters if parameter.secret and isinstance(parameter.value, str) and parameter.value]
    problems: list[Problem] = []
    for path in sorted(set(_files(app))):
        text = _text(path)
        for secret in kept:
            text = text.replace(secret, " " * len(secret))
        problems += secrets_in(text, _shown(path, app.path))
    return tuple(problems)


def _formatted(text: str) -> Iterator[_Found]:
    for kind, form in _KINDS:
        for match in form.finditer(text):
            group = "it" if "it" in match.groupdict() else 0
            yield _Found(kind, match.start(group), match[group])


def _generic(text: str) -> Iterator[_Found]:
    for form in _GENERIC_FORMS:
        for match in form.finditer(text):
            if _is_random(match["it"]):
                yield _Found("a secret", match.start("it"), match["it"])


def _is_random(text: str) -> bool:
    """Whether a text has the form and the entropy of something made by a machine: not of words, addresses, digests or templates."""
    if _SHAPED.match(text) or not (re.search(r"[0-9]", text) and re.search(r"[A-Za-z]", text)):
        return False
    counts = Counter(text)
    bits = -sum(count / len(text) * log2(count / len(text)) for count in counts.values())
    return bits >= min(_LEAST_BITS, log2(len(text)) - 0.4)


def _problem(found: _Found, text: str, file: str) -> Problem:
    before = text[: found.start]
    line, column = before.count("\n") + 1, found.start - before.rfind("\n")
    shown = f"{found.text[:4]}..." if len(found.text) > 12 else "..."
    return Problem(
        "looks-like-secret",
        f"this looks like {found.kind}: {shown}",
        place=Place(file, line, column, len(found.text.partition("\n")[0])),
        help='replace the key, for it may have been seen, and give it as a backend parameter with "secret": true',
    )


def _files(app: App) -> Iterator[Path]:
    yield app.path / "deeploy.json"
    for microapp in app.microapps:
        yield from (microapp.path / name for name in _METADATA)
        folders = microapp.folders
        if folders.backend is not None:
            yield folders.backend / "resources.json"
        for folder in (folders.models, folders.validation, folders.fixtures, folders.roles):
            yield from folder.glob("*.json") if folder is not None else ()
    for file in site_files(app).values():
        if file.content_type.startswith("text/") or file.path.suffix in (".json", ".map", ".svg", ".webmanifest"):
            yield file.path


def _text(path: Path) -> str:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _shown(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)
