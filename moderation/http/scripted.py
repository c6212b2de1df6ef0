"""A script of ours on other people's pages: what is sent, and the digest by which a page knows it again."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from gzip import compress
from hashlib import sha384

from flask import json

from moderation.domain.edition import Edition


@dataclass(frozen=True, slots=True)
class Script:
    """An edition of the widget as it is sent."""

    edition: Edition
    packed: bytes
    words: Mapping[str, bytes]
    """What it says, by language, each as it is sent."""

    @classmethod
    def of(cls, edition: Edition) -> "Script":
        """Make an edition ready to be sent."""
        spoken = {language: _line(said) for language, said in json.loads(edition.words).items()}
        return cls(edition, compress(edition.script, mtime=0), spoken)

    @property
    def name(self) -> str:
        """Its name among all that were ever made; another content has another one."""
        return self.edition.name

    @property
    def body(self) -> bytes:
        """The script itself."""
        return self.edition.script

    @property
    def integrity(self) -> str:
        """What a page writes beside the script's address, so that its readers' browsers run this and nothing else."""
        return "sha384-" + b64encode(sha384(self.body).digest()).decode()


def _line(said: object) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()
