"""Brings the message files of the desk up to its texts: `make messages`.

What is new comes in untranslated, what is gone goes, and everything is sorted, so that two branches
seldom meet. Exits with 1 and lists what is left to translate.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from moderation.http.console.speech import MESSAGES
from moderation.http.words import LANGUAGES

ROOT: Final = Path(__file__).parents[1] / "moderation"
TEMPLATES: Final = ROOT / "http" / "templates" / "console"
CODE: Final = (ROOT / "http" / "console",)
BELOW: Final = (ROOT / "services" / "endpoint_choices.py", ROOT / "domain" / "endpoint.py")
"""Files of other floors whose sentences the desk says again."""
SAYING: Final[Mapping[str, tuple[int, ...]]] = {
    **dict.fromkeys(("marked", "gettext", "Sentence"), (0,)),
    **dict.fromkeys(("NotFound", "Conflict", "Malformed", "Stale", "Unauthenticated"), (0,)),
    "ngettext": (0, 1),
    "Unfit": (1,),
    "Fault": (2,),
    "Hint": (1,),
}
"""Functions by whose arguments something is said, and which of them are sentences."""
HEAD: Final = """\
# {name} words of the desk; each message is the English sentence. `make messages` keeps this file.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural={plural};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
Message = str | tuple[str, ...]


def said() -> set[Message]:
    """Give every sentence that the desk may say, in English; those with a plural are two."""
    of_templates = (message for path in sorted(TEMPLATES.rglob("*.html")) for message in _of_template(path))
    paths = [*(path for folder in CODE for path in sorted(folder.rglob("*.py"))), *BELOW]
    of_code = (message for path in paths for message in _of_code(path))
    return {*of_templates, *of_code}


def _of_template(path: Path) -> Iterator[Message]:
    options = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    with path.open("rb") as file:
        for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), (), options):
            if message is not None:  # A variable is said by what it holds, which is marked elsewhere.
                yield message if isinstance(message, str) else _sentences(message)


def _sentences(told: tuple[str | None, ...]) -> Message:
    """Leave out of a call what is no sentence, such as the number that chooses one of two."""
    found = tuple(each for each in told if each is not None)
    return found[0] if len(found) == 1 else found


def _of_code(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or (name := _name(node.func)) not in SAYING:
            continue
        given = [node.args[place] for place in SAYING[name] if place < len(node.args)]
        found = tuple(each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))
        if found and len(found) == len(SAYING[name]) and all(found):
            yield found[0] if len(found) == 1 else found


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def kept(language: str) -> Catalog:
    """Read the message file of a language."""
    with (MESSAGES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def brought_up(language: str) -> Catalog:
    """Give the messages of a language as they should be: each sentence once, with the translation that is known."""
    before = kept(language)
    after = Catalog(locale=language, fuzzy=False)
    for message in said():
        known = before.get(message if isinstance(message, str) else message[0])
        after.add(message, known.string if known and known.id == message and not known.fuzzy else None)
    return after


def left(catalog: Catalog) -> list[str]:
    """List what is not translated yet."""
    return [str(each.id) for each in catalog if each.id and not (each.string and all(each.string))]


def write(catalog: Catalog) -> None:
    """Write a message file: a head that never changes, then everything by its English sentence."""
    language = catalog.locale_identifier
    with (MESSAGES / f"{language}.po").open("wb") as file:
        head = HEAD.format(name=catalog.locale.english_name, language=language, plural=catalog.plural_expr)
        file.write(head.encode())
        write_po(file, catalog, width=110, sort_output=True, no_location=True, omit_header=True)


def main() -> int:
    """Write every message file anew."""
    missing = 0
    for language in LANGUAGES[1:]:
        catalog = brought_up(language)
        write(catalog)
        missing += len(left(catalog))
        sys.stdout.writelines(f"{language}: {sentence}\n" for sentence in left(catalog))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
