"""An authenticator made of software: it makes keys and answers challenges as a phone would, or wrongly."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTACHED = 0x01, 0x04, 0x40
UNNAMED: Final = bytes(16)


def text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key of somebody's, and the browser around it, at one address."""

    origin: str
    count: int = 0
    verifies: bool = True
    """Whether it asks for a finger or a PIN."""
    handle: bytes = b""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def makes(self, options: Mapping[str, Any]) -> str:
        """Make a key as it is asked for."""
        self.handle = octets(options["user"]["id"])
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        made = UNNAMED + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTACHED) + made}
        client = self._client("webauthn.create", options["challenge"])
        return self._written(clientDataJSON=client, attestationObject=cbor2.dumps(attested))

    def answers(self, options: Mapping[str, Any], **others: Any) -> str:
        """Answer a challenge; another one, or for another key, where a test says so."""
        client = self._client("webauthn.get", others.get("challenge", options["challenge"]))
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = others.get("handle", self.handle)
        return self._written(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle)

    def _data(self, more: int) -> bytes:
        host = hashlib.sha256((urlsplit(self.origin).hostname or "").encode()).digest()
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _written(self, **parts: bytes) -> str:
        response = {name: text(part) for name, part in parts.items() if part}
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
