"""Hashing passwords: argon2id, by the library that Flask-Security reads the hashes with."""

from typing import Final

PASSES: Final = 2
KIBIBYTES: Final = 19_456
"""What OWASP asks of argon2id; a web process has many threads, and each sign-in takes so much."""


def hashed(password: str) -> str:
    """Give what may be kept of a password, with a salt of its own."""
    from argon2 import PasswordHasher  # noqa: PLC0415 (only who makes people needs it)

    return PasswordHasher(time_cost=PASSES, memory_cost=KIBIBYTES, parallelism=1).hash(password)
