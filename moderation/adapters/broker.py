"""The broker: how its address is spelled, and how many bells lie there."""

from typing import Any, Final

from moderation.services.ports import Bell

SOCKET_OPTIONS: Final[dict[str, Any]] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}


def redis_url(broker_url: str) -> str:
    """Spell a broker's address as redis-py does; Celery has its own words for a socket and its database."""
    if not broker_url.startswith("redis+socket://"):
        return broker_url
    return broker_url.replace("redis+socket://", "unix://", 1).replace("?virtual_host=", "?db=", 1)


def silent(*bells: Bell) -> None:
    """Ring nothing: for commands that leave the work to the sweep."""


def queue_lengths(broker_url: str, queues: tuple[str, ...]) -> tuple[str, dict[str, int]]:
    """Say which server the broker is, and how many bells lie in each queue; raises RedisError."""
    from redis import Redis  # noqa: PLC0415 (most commands ask no broker)

    client = Redis.from_url(redis_url(broker_url), **SOCKET_OPTIONS)
    about = client.info("server")
    version = f"Valkey {about['valkey_version']}" if "valkey_version" in about else f"Redis {about['redis_version']}"
    return version, {name: int(client.llen(name)) for name in queues}
