"""Bytes of a file as text, in memory only: decrypted, and in whichever encoding it is."""

from __future__ import annotations

import codecs
import re

from workbench.errors import InputError

AGE = b"age-encryption.org/"

_AGAIN = "Export it again as CSV (UTF-8 or Windows-1252) or XLSX."
_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "is an old or a password-protected Office document",
    b"PAR1": "is a Parquet file",
    b"\x1f\x8b": "is compressed with gzip",
    b"%PDF": "is a PDF document",
    b"-----BEGIN AGE": "is an armoured age file: encrypt it without --armor",
    b"\xff\xfe": "is UTF-16",
    b"\xfe\xff": "is UTF-16",
}
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]+")


def is_workbook(content: bytes) -> bool:
    """Whether bytes begin as an XLSX workbook does."""
    return content.startswith(b"PK\x03\x04")


def text_of(content: bytes, name: str) -> tuple[bytes, str]:
    """Give the content of a CSV file as UTF-8 without a byte order mark.

    UTF-8 is tried first and Windows-1252 second. A file that is UTF-8 but for a few
    bytes is damaged UTF-8: read as Windows-1252 it would spoil every name in it.

    Parameters
    ----------
    content : bytes
    name : str
        What an error calls the file.

    Returns
    -------
    text : bytes
        UTF-8.
    encoding : str
        What it was in: ``utf-8``, ``utf-8-sig`` or ``cp1252``.

    Raises
    ------
    InputError
        It is empty, of another kind, binary, damaged, or ends within a quoted cell.
    """
    _refuse_other_kinds(content, name)
    body = content.removeprefix(codecs.BOM_UTF8)
    encoding = "utf-8-sig" if len(body) < len(content) else "utf-8"
    if not body.isascii():
        body, encoding = _decoded(body, encoding, name)
    if body.count(b'"') % 2:
        raise InputError(
            f"{name}: a quoted cell does not end.",
            remedy='It may be cut short, or have a quote inside a cell that is not doubled (""). '
            + _AGAIN,
        )
    return body, encoding


def _decoded(body: bytes, encoding: str, name: str) -> tuple[bytes, str]:
    try:
        body.decode("utf-8")
        return body, encoding
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
    whole = len(_MULTIBYTE.findall(body))
    if encoding == "utf-8-sig" or whole > len(_HIGH.findall(_MULTIBYTE.sub(b"", body))):
        raise InputError(f"{name}: line {line} is damaged UTF-8.", remedy=_AGAIN)
    try:
        return body.decode("cp1252").encode("utf-8"), "cp1252"
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
    raise InputError(f"{name}: line {line} is neither UTF-8 nor Windows-1252.", remedy=_AGAIN)


def _refuse_other_kinds(content: bytes, name: str) -> None:
    if not content.strip():
        raise InputError(f"{name}: the file is empty.", remedy="Ask for it to be sent again.")
    for signature, what in _OTHER_KINDS.items():
        if content.startswith(signature):
            raise InputError(f"{name}: the file {what}.", remedy=_AGAIN)
    if content.removeprefix(codecs.BOM_UTF8)[:4096].lstrip().startswith(b"<"):
        raise InputError(
            f"{name}: the file is a page of HTML or XML, not CSV.",
            remedy="It may be a web site's sign-in or error page, saved in place of the extract.",
        )
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise InputError(f"{name}: line {line} holds a NUL byte: damaged or UTF-16.", remedy=_AGAIN)
