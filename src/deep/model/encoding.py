"""From a file's bytes to its text: UTF-8 and nothing else, with the mistake named for everything else."""

from __future__ import annotations

from deep.errors import Problem, ProjectError
from deep.model.document import SourceText

MAX_SIZE_BYTES = 1024 * 1024
"""Of one metadata file. The largest honest one is a few kilobytes; a larger one is a mistake or an attack."""

_BYTE_ORDER_MARKS = ((b"\xff\xfe\x00\x00", "UTF-32"), (b"\x00\x00\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def decode(name: str, data: bytes) -> SourceText:
    """The text of a file; a UTF-8 byte order mark is dropped. Raises ProjectError for another encoding, and for too much."""
    if len(data) > MAX_SIZE_BYTES:
        message = f"the file is larger than {MAX_SIZE_BYTES:,} bytes, the most that is read"
        raise ProjectError.of("json-too-large", message, file=name)
    if encoding := _foreign_encoding(data):
        raise ProjectError.of("json-encoding", f"the file is {encoding}", file=name, help="save it as UTF-8")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return SourceText(name, data.decode())
    except UnicodeDecodeError as error:
        shown = SourceText(name, data.decode(errors="replace"))
        place = shown.place(len(data[: error.start].decode()))
        byte = data[error.start]
        message = f"byte 0x{byte:02x} at line {place.line} column {place.column} is not UTF-8"
        raise ProjectError(Problem("json-encoding", message, place=place, help="save the file as UTF-8")) from None


def _foreign_encoding(data: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    return "UTF-16 or UTF-32" if b"\x00" in data[:4] else None
