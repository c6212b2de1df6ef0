"""Hashing passwords: argon2id, by the library that Flask-Security reads the hashes with."""


def hashed(password: str) -> str:
    """Give what may be kept of a password, with a salt of its own."""
    from argon2 import PasswordHasher  # noqa: PLC0415 (only who makes people needs it)

    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4).hash(password)
