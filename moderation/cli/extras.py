"""Data and packages that only some commands need: what is missing is told in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def with_lab() -> Iterator[None]:
    """Read what models are made from; raises ClickException where the extra `lab` or a file is not as it should be."""
    from moderation.lab.corpora import Unreadable  # noqa: PLC0415 (only who reads data needs it)

    try:
        yield
    except ImportError as missing:
        raise click.ClickException(f"{missing.name} is missing: pip install 'lychgate[lab]'.") from None
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
