"""Which queue carries which bell, and how long its task may take, in seconds."""

from typing import Final

QUEUE_OF: Final = {
    "lychgate.spam": "spam",
    "lychgate.toxicity": "toxicity",
    "lychgate.remote": "remote",
    "lychgate.deliver": "deliver",
    "lychgate.redeliver": "deliver-retry",
    "lychgate.render": "housekeeping",
    "lychgate.housekeeping": "housekeeping",
    "lychgate.learn": "learn",
    "lychgate.mail": "mail",
    "lychgate.wording": "housekeeping",
}

QUEUES: Final = tuple(dict.fromkeys(QUEUE_OF.values()))

DRAIN: Final = 3.0
"""A bell is answered for at most this long; then the task rings again and makes room for others."""

SOFT_LIMIT, HARD_LIMIT = 8, 10
"""A task over these is stopped, then killed; the lease of what it held runs out by itself."""

LEARNING_LIMITS: Final = (40, 50)
"""The same for learning, which takes seconds for each site."""
