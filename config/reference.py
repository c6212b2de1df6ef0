"""The reference page of the settings, made from the settings class itself.

`python -m config.reference > docs/reference/settings.md` writes it anew; a test compares the two.
"""

import sys
from collections.abc import Iterator
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from config.settings import PREFIX, Settings

HEAD: Final = f"""# Settings

<!-- Made by `python -m config.reference > docs/reference/settings.md`; edit `config/settings.py` instead. -->

Each setting is a variable of the environment, `{PREFIX}` and its name in capitals, or a line of `lychgate.toml`
in the folder where the command is run, its name in small letters. The environment goes before the file. A variable
whose name ends in `_FILE` names a file that holds the value, which is how secrets are handed over; it goes before
both. A variable that begins with `{PREFIX}` and is no setting is a fault too, since it is most likely misspelled. All
faults are told together, none of them repeats a value, and a command that finds one ends with status 2.

| variable | what it is | values | default |
|---|---|---|---|
"""
KINDS: Final[dict[Any, str]] = {int: "a number", SecretStr: "a secret"}


def page() -> str:
    """Write the whole page."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    variable = f"`{PREFIX}{name.upper()}`"
    return variable, field.description or "", ", ".join(_values(field)), _default(field)


def _values(field: FieldInfo) -> Iterator[str]:
    """Say what may be given: a choice, a range, or the kind of thing it is."""
    kind = next((part for part in (get_args(field.annotation) or ()) if part is not NoneType), field.annotation)
    if get_origin(field.annotation) is Literal:
        yield " or ".join(f"`{choice}`" for choice in get_args(field.annotation))
    elif get_origin(field.annotation) is tuple:
        yield "secrets, comma-separated" if kind is SecretStr else "texts, comma-separated"
    else:
        yield KINDS.get(kind, "a text")
    yield from (_bound(item) for item in field.metadata if isinstance(item, Ge | Le))


def _bound(limit: Ge | Le) -> str:
    return f"at least {limit.ge}" if isinstance(limit, Ge) else f"at most {limit.le}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value: Any = field.default
    return "none" if value in (None, ()) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(page())
