"""What may be seen of a person: an address that shows itself only as a mask, its fingerprint, its network.

Whoever holds a `SecretEmail` can log it, format it or put it into a page: what comes out is
the mask. The plain address leaves through `reveal`, and through nothing else.
"""

import hashlib
import hmac
import ipaddress
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NoReturn, Self
from uuid import UUID

import idna
import regex
from email_validator import EmailNotValidError, validate_email

from moderation.domain.sentence import Sentence
from moderation.domain.text import EMAIL_MAX, Unfit

if TYPE_CHECKING:
    from tldextract import TLDExtract

STARS: Final = "***"
_DOMAINS: Final = 1024
"""How many domains are remembered; of the people behind them nothing is."""
_PLAIN: Final = regex.compile(
    r"(?P<local>[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*+)@(?P<domain>[A-Za-z0-9.-]+)"
)
"""An address as most people have one: nothing is to be changed before the @."""
_FIRST_GRAPHEME: Final = regex.compile(r"\X")


class DomainMask(StrEnum):
    """How much of the domain a mask leaves readable."""

    LABEL = "label"
    """The first sign of the registrable label and the public suffix: `e***.com`."""
    FULL = "full"
    """Nothing at all, for sites whose people come from domains of one or two persons."""


class SecretEmail:
    """An address whose `str`, `repr`, `format` and JSON are always its mask.

    It cannot be changed, pickled or taken apart by `dataclasses.asdict`; copies are the value
    itself. Equal addresses are equal values. Build it with `parse` from what a person typed, or
    directly from an address that was accepted before, as the vault gives it back.
    """

    __slots__ = ("_address",)
    _address: str

    def __init__(self, address: str) -> None:
        """Keep an address that is already normalised."""
        object.__setattr__(self, "_address", address)

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read what a person typed; raise `Unfit` with advice, never with the value, if it is no address.

        Nothing is looked up: whether mail would arrive is a question for a worker. The length
        is cut first, because checking costs more the longer the text is.
        """
        stripped = raw.strip()
        if len(stripped) > EMAIL_MAX:
            raise Unfit("too-long", Sentence("Use an e-mail address of at most %(limit)s characters.", limit=EMAIL_MAX))
        address = _normalised(stripped)
        if address is None:  # Raised out here, so that the validator's message, which quotes, is not chained to it.
            raise Unfit("email-invalid", "Enter an e-mail address such as name@example.com.")
        return cls(address)

    def reveal(self) -> str:
        """Give the plain address; whoever calls this answers for where it goes."""
        return self._address

    @property
    def domain(self) -> str:
        """The part after the @, in lower-case ASCII as the name system spells it."""
        return _ascii(self._address.rpartition("@")[2])

    def __str__(self) -> str:
        return mask(self)

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(mask(self), spec)

    def __eq__(self, other: object) -> bool:
        return self._address == other._address if isinstance(other, SecretEmail) else NotImplemented

    def __hash__(self) -> int:
        return hash((SecretEmail, self._address))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("An address does not change.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("An address does not change.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("An address is never pickled; seal it in the vault.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("An address is never pickled; seal it in the vault.")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, object]:
        """Let a shape at the edge carry the value and write it as its mask; pydantic itself is not needed here."""
        return {"type": "is-instance", "cls": cls, "serialization": {"type": "to-string", "when_used": "always"}}


def mask(address: SecretEmail | str, *, domain_mask: DomainMask = DomainMask.LABEL) -> str:
    """Show as much of an address as a moderator needs to tell two apart: `j***@e***.com`.

    Lengths are hidden, signs are whole graphemes, a local part of one sign shows nothing. A page
    that prints it isolates it with `<bdi>`.
    """
    plain = address.reveal() if isinstance(address, SecretEmail) else address
    local, _, domain = plain.rpartition("@")
    first = _first_grapheme(local)
    shown = "" if first == local else first
    return f"{shown}{STARS}@{_masked_domain(domain) if domain_mask is DomainMask.LABEL else STARS}"


def fingerprint(pepper: bytes, site_id: UUID, address: SecretEmail) -> bytes:
    """Give 32 bytes that are equal for equal mailboxes of one site and tell nothing without the pepper.

    Case never tells two people apart here, and the same address on two sites has two fingerprints.
    """
    local = unicodedata.normalize("NFC", address.reveal().rpartition("@")[0].casefold())
    return hmac.digest(pepper + site_id.bytes, f"{local}@{address.domain}".encode(), hashlib.sha256)


def is_registrable(domain: str) -> bool:
    """Say whether this is a name that somebody registered, or one below it, and no suffix that is everybody's."""
    parts = _suffixes().extract_str(domain)
    return bool(parts.domain and (parts.suffix or "." in domain))


def network(ip: str) -> str:
    """Give what may be stored of an IP address: its /24, or its /48."""
    return _truncated(ip, four=24, six=48)


def network_key(ip: str) -> str:
    """Give what a limit counts by: the whole IPv4 address, or the /64 that one household has."""
    return _truncated(ip, four=32, six=64)


def customer_key(ip: str) -> str:
    """Give what tries at a password are counted by: the whole IPv4 address, or the /48 that one customer may have."""
    return _truncated(ip, four=32, six=48)


def _normalised(typed: str) -> str | None:
    """Check the syntax without any look-up; None stands for every way of being wrong."""
    plain = _PLAIN.fullmatch(typed)
    if plain is None:
        return _validated(typed)
    domain = _domain(plain["domain"])
    if domain and not domain.isascii():  # Spelled in its own letters it may be too long for this address.
        return _validated(typed)
    return f"{plain['local']}@{domain}" if domain else None


@lru_cache(_DOMAINS)
def _domain(typed: str) -> str | None:
    """Spell a domain in ASCII as the validator does, None where it refuses every address under it."""
    address = _validated(f"a@{typed}")
    return address and address.removeprefix("a@")


def _validated(typed: str) -> str | None:
    try:
        return validate_email(typed, check_deliverability=False).normalized
    except (EmailNotValidError, UnicodeError):
        return None


def _ascii(domain: str) -> str:
    return domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")


def _first_grapheme(text: str) -> str:
    found = _FIRST_GRAPHEME.match(text)
    return found.group() if found else ""


@cache
def _suffixes() -> "TLDExtract":
    """Load the bundled list of public suffixes, once: nothing is fetched and no folder is written."""
    from tldextract import TLDExtract  # noqa: PLC0415 (it brings what fetches lists; few processes mask an address)

    return TLDExtract(cache_dir=None, suffix_list_urls=())


def _masked_domain(domain: str) -> str:
    """Keep the first sign of the name that was registered, and what anybody may register under."""
    parts = _suffixes().extract_str(domain)
    label, suffix = parts.domain, parts.suffix
    if not (label and suffix):  # A bare or unknown suffix: the last label stands in for it.
        rest, _, suffix = domain.rpartition(".")
        label = rest.rpartition(".")[2]
    return f"{_first_grapheme(label)}{STARS}.{suffix}"


def _truncated(ip: str, *, four: int, six: int) -> str:
    """Cut an address to its network; an IPv4 address in IPv6 clothes counts as what it is."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        address = None
    if address is None:  # As above: the library's message quotes the address.
        raise Unfit("ip-invalid", "This is no IP address.")
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, four if address.version == 4 else six), strict=False))  # noqa: PLR2004
