"""Settings: read once, all faults listed together."""

import base64
import binascii
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX: Final = "LYCHGATE_"
KNOWN_DEFAULTS: Final = frozenset({"changeme", "change-me", "secret", "secret-key", "lychgate", "dev", "development"})
SECRET_BYTES: Final = 32
_OTHERS: Final = re.compile(rf"{PREFIX}(DATA|TEST_\w+|(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_[A-Z]+(_[A-Z]+)?))")
"""Variables that begin as ours and are none: where commands look, what tests run against, and what Kubernetes
tells a container of a service that is called as we are."""


_MAIL_SERVER: Final = re.compile(
    r"smtp(s|\+plain)?://([^\s/?#@:]+(:[^\s/?#@:]*)?@)?(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?/?"
)
_ADDRESS: Final = re.compile(r"[!-;=?-~]+@[A-Za-z0-9.-]+")
_ORIGIN: Final = re.compile(r"https?://[^\s/?#@]+/?")


class SettingsError(Exception):
    """Something in the configuration is wrong; the message lists every fault."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a value that could not be read, so that it is told among all other faults."""

    why: str


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `LYCHGATE_X_FILE`: a path whose content is the value of X."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 (the base's shape)
        """Give the content of the file that the environment names for this field."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give every value that is kept in a file; in place of one that cannot be read, why."""
        found = {name: self._value(name, field) for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, name: str, field: Any) -> Any:
        try:
            return self.get_field_value(field, name)[0]
        except OSError as error:
            return Unreadable(f"the file that {PREFIX}{name.upper()}_FILE names cannot be read ({error.strerror})")
        except UnicodeDecodeError:
            return Unreadable(f"the file that {PREFIX}{name.upper()}_FILE names is not written in UTF-8")


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="lychgate.toml", extra="forbid", frozen=True)

    database_url: str = Field(
        "sqlite:///var/lychgate.db", description="Where comments live: `sqlite:///…` or `postgresql+psycopg://…`."
    )
    broker_url: str = Field("redis://127.0.0.1:6379/0", description="Where bells ring: `redis://…`.")
    secret_key: SecretStr = Field(description="Signs receipts, form tokens and cursors; at least 32 characters.")
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        description="Seal addresses: comma-separated, each 32 bytes in URL-safe base64; the first one writes."
    )
    public_url: str = Field("http://127.0.0.1:8080", description="Where people reach this installation.")
    trusted_proxies: int = Field(0, ge=0, le=10, description="How many proxies in front may name the client's address.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    rate_limits: Literal["on", "off"] = Field("on", description="`off` for load tests.")
    outbound_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Networks beyond the public ones that we may send to, then also by http and on any port.",
    )
    mail_server: SecretStr | None = Field(
        None,
        description="Sends mail to moderators: `smtps://USER:PASSWORD@HOST`, `smtp://…` with STARTTLS, or "
        "`smtp+plain://HOST` for one on this machine; without it there is no mail.",
    )
    mail_from: str | None = Field(
        None, validate_default=True, description="The address that mail comes from; needed with a mail server."
    )
    metrics_token: SecretStr | None = Field(None, description="Lets others than loopback read `/metrics`.")
    appeal_days: int = Field(
        14,
        ge=0,
        le=365,
        description="For so many days after a comment was turned down its author may appeal, once; `0` lets nobody.",
    )
    demo_key: str | None = Field(
        None, description="The public key of the site that `/demo/` shows; without one it is not there."
    )
    word_lists: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Files of words that count as spam, one a line, with `*` for any letters; read at start."
    )
    domain_lists: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Files of domains that links must not lead to, one a line; read at start."
    )
    throwaway_lists: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Files of domains of throw-away e-mail services beside those that come along; read at start."
    )
    encoder: Literal["on", "off"] = Field(
        "on", description="`off` scores by single words alone: coarser, at a fifth of the time and half the memory."
    )
    mailbox_days: int = Field(
        400, ge=30, le=3650, description="After so many days without use a confirmed address of an author is forgotten."
    )
    erasure_days: int = Field(
        400, ge=1, le=3650, description="How many days your oldest backup is kept; for so long is known who was erased."
    )
    threads: int = Field(
        128, ge=1, le=256, description="Threads of a web process; three of four may bring something at the same time."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if isinstance(value, Unreadable):
            raise ValueError(value.why)  # noqa: TRY004 (it is the value's file that is wrong)
        return value

    @field_validator(
        "encryption_keys", "outbound_allow", "word_lists", "domain_lists", "throwaway_lists", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Read a comma-separated list."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("use sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
        return value

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "redis+socket://")):
            raise ValueError("use redis://HOST:PORT/DB, rediss://… or redis+socket:///PATH")
        return value

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if plain.lower() in KNOWN_DEFAULTS or len(plain) < SECRET_BYTES or len(set(plain)) < 8:  # noqa: PLR2004
            raise ValueError("make one of your own with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'")
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _whole_keys(cls, values: tuple[SecretStr, ...], info: ValidationInfo) -> tuple[SecretStr, ...]:  # noqa: ARG003
        if not values or any(len(_decoded(value)) != SECRET_BYTES for value in values):
            raise ValueError("each key is 32 random bytes in URL-safe base64")
        if any(len(set(_decoded(value))) < 8 for value in values):  # noqa: PLR2004 (zeros and the like)
            raise ValueError("these bytes are not random; make a key of your own")
        return values

    @field_validator("outbound_allow")
    @classmethod
    def _networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            try:
                ip_network(value)
            except ValueError:
                raise ValueError("write networks, such as 127.0.0.0/8,fd00::/8") from None
        return values

    @field_validator("mail_server")
    @classmethod
    def _whole_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _MAIL_SERVER.fullmatch(value.get_secret_value()):
            raise ValueError("write smtps://USER:PASSWORD@HOST:PORT, smtp://… or smtp+plain://…, percent-encoded")
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("mail_server") is not None:
            raise ValueError("is needed with a mail server")
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("write one address, such as lychgate@example.com")
        return value

    @field_validator("public_url")
    @classmethod
    def _bare(cls, value: str) -> str:
        if not _ORIGIN.fullmatch(value):
            raise ValueError("begin with http:// or https://, and name a host and nothing behind it")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the base's shape)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the base's shape)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Defaults < lychgate.toml < environment < files that the environment names."""
        return (init_settings, SecretFiles(settings_cls), env_settings, TomlConfigSettingsSource(settings_cls))

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the settings, or raise SettingsError with every fault and no value in it."""
        strangers = [f"{name}: {cls._no_such(name)}" for name in cls._strangers(os.environ)]
        try:
            settings = cls(**overrides)
        except ValidationError as error:
            faults = [f"{PREFIX}{str(fault['loc'][0]).upper()}: {cls._sentence(fault)}" for fault in error.errors()]
            raise SettingsError("\n".join([*faults, *strangers])) from None
        except OSError as error:
            raise SettingsError(f"lychgate.toml cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise SettingsError("lychgate.toml is not written in UTF-8.") from None
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"lychgate.toml is not TOML: {error}.") from None
        if strangers:
            raise SettingsError("\n".join(strangers))
        return settings

    @classmethod
    def _strangers(cls, environment: Mapping[str, str]) -> Iterator[str]:
        """Name the variables that somebody set for us and that mean nothing: most are spelled wrongly."""
        known = cls._variables()
        for name, value in environment.items():
            linked = name.endswith("_PORT") and "://" in value
            if name.startswith(PREFIX) and name not in known and not (linked or _OTHERS.fullmatch(name)):
                yield name

    @classmethod
    def _variables(cls) -> list[str]:
        return [f"{PREFIX}{name.upper()}{kind}" for name in cls.model_fields for kind in ("", "_FILE")]

    @classmethod
    def _no_such(cls, name: str) -> str:
        meant = get_close_matches(name, cls._variables(), n=1, cutoff=0.8)
        return f"There is no such setting; did you mean {meant[0]}?" if meant else "There is no such setting."

    @classmethod
    def _sentence(cls, fault: Any) -> str:
        if fault["type"] == "extra_forbidden" and str(fault["loc"][0]).endswith("_file"):
            return "is a variable of the environment; in lychgate.toml, write the value itself."
        if fault["type"] == "extra_forbidden":
            return cls._no_such(f"{PREFIX}{str(fault['loc'][0]).upper()}")
        if fault["type"] == "missing":
            return f"is required. {cls.model_fields[fault['loc'][0]].description}"
        return str(fault["msg"]).removeprefix("Value error, ").replace("Input should be", "it has to be")

    @property
    def encryption(self) -> list[bytes]:
        """The keys as bytes, the writing one first."""
        return [_decoded(key) for key in self.encryption_keys]

    @property
    def sqlite_path(self) -> Path | None:
        """Where the SQLite database lies, if it is one."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None


def _decoded(key: SecretStr) -> bytes:
    plain = key.get_secret_value()
    try:
        return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""
