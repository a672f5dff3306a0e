"""A bundle of evidence: a ZIP of files with safe names and a list of their sums.

The list is checked on any machine by ``sha256sum -c manifest.txt``.
"""

import hashlib
import io
import mimetypes
import unicodedata
import zipfile
from datetime import datetime

MANIFEST = "manifest.txt"
MAX_BYTES = 120
"""Bytes of a file's name: with its folder it fits what all file systems take."""

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt")
                                          for n in range(1, 10))}
PLAIN, UNKNOWN = "text/plain", "application/octet-stream"
PLAIN_EXTENSIONS = {"txt", "csv", "eml", "md", "log", "json"}
FORBIDDEN = '<>:"/\\|?*'


def safe_name(name: str, fallback: str = "file") -> str:
    """A name that is one file in the folder it is put in, on every system.

    Letters of all scripts stay. Separators, control and direction marks, and what a system
    reserves go; the extension is kept when the name is cut.
    """
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(
        "_" if character in FORBIDDEN else character
        for character in text
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    text = " ".join(text.split()).strip(". ").lstrip("-~")
    stem, dot, extension = text.rpartition(".")
    if not dot or len(extension.encode()) > 10:
        stem, dot, extension = text, "", ""
    room = MAX_BYTES - len((dot + extension).encode())
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    if not stem:
        stem = fallback
    if stem.partition(".")[0].lower() in RESERVED:
        stem = f"_{stem}"
    return f"{stem}{dot}{extension}"


def typed_name(name: str, mimetype: str) -> str:
    """A safe name whose extension says what the content is, whatever the name said.

    :param mimetype: of the content itself
    """
    name = safe_name(name)
    said = mimetypes.guess_type(name)[0]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if mimetype == PLAIN:
        fits = extension in PLAIN_EXTENSIONS
    elif mimetype == UNKNOWN:
        fits = said in (None, UNKNOWN)
    else:
        fits = said == mimetype or f".{extension}" in mimetypes.guess_all_extensions(mimetype)
    return name if fits else f"{name}{mimetypes.guess_extension(mimetype) or '.bin'}"


class Bundle:
    """Files by path, each path once whatever the case of its letters."""

    def __init__(self):
        self.files = {}
        self._taken = {MANIFEST}

    def add(self, folder: str, name: str, content: bytes) -> str:
        """Put a file in; another of the same name gets a number. Return its path."""
        name = safe_name(name)
        stem, dot, extension = name.rpartition(".")
        if not dot:
            stem, extension = name, ""
        path, number = self._join(folder, name), 1
        while path.casefold() in self._taken:
            number += 1
            path = self._join(folder, f"{stem} ({number}){dot}{extension}")
        self._taken.add(path.casefold())
        self.files[path] = content or b""
        return path

    @staticmethod
    def _join(folder, name):
        parts = [safe_name(part) for part in folder.split("/") if part]
        return "/".join([*parts, name])

    def sums(self) -> list[tuple[str, int, str]]:
        """Path, size in bytes and SHA-256 of each file, by path."""
        return [
            (path, len(content), hashlib.sha256(content).hexdigest())
            for path, content in sorted(self.files.items())
        ]

    def manifest(self) -> bytes:
        """The list that ``sha256sum -c`` reads."""
        lines = (f"{digest}  {path}\n" for path, _size, digest in self.sums())
        return "".join(lines).encode()

    def to_zip(self, moment: datetime) -> bytes:
        """The bundle with its manifest as one ZIP; the same files give the same ZIP.

        :param moment: the time that the entries carry
        """
        output = io.BytesIO()
        entries = [*sorted(self.files.items()), (MANIFEST, self.manifest())]
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in entries:
                entry = zipfile.ZipInfo(path, moment.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        return output.getvalue()
