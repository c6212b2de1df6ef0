"""What `up` makes for itself on its first start and keeps: secrets, and the keys of the demo site."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from config.settings import PREFIX
from moderation.embedded.process import CannotStart

FILE: Final = "credentials.json"
OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everything secret about one data folder."""

    secret_key: str
    encryption_key: str
    site_key: str | None = None
    api_key: str | None = None
    console_user: str | None = None
    console_password: str | None = None
    url: str | None = None
    """Where it was last reached."""
    broker_url: str | None = None
    """Where its broker last was."""

    @classmethod
    def of(cls, data: Path) -> Self:
        """Read a folder's credentials, or make new ones where there are none yet."""
        file = data / FILE
        if not file.exists():
            key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            return cls(secrets.token_urlsafe(48), key)
        try:
            return cls(**json.loads(file.read_bytes()))
        except (ValueError, TypeError):
            raise CannotStart(f"{file} is damaged; restore it, since without it no address can be read.") from None

    def settings(self, data: Path) -> dict[str, str]:
        """Give the settings of the installation in this folder."""
        known = {
            "database_url": f"sqlite:///{data / 'lychgate.db'}",
            "broker_url": self.broker_url,
            "secret_key": self.secret_key,
            "encryption_keys": self.encryption_key,
            "public_url": self.url,
            "demo_key": self.site_key,
        }
        return {name: value for name, value in known.items() if value is not None}

    def environment(self, data: Path) -> dict[str, str]:
        """Give those settings as processes are told them."""
        return {f"{PREFIX}{name.upper()}": value for name, value in self.settings(data).items()}

    def keep(self, data: Path) -> None:
        """Write them where only their owner can read them; a crash leaves the old ones or the new."""
        fresh = data / f"{FILE}.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
            json.dump(asdict(self), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(data / FILE)
