"""Starts a migration from what the models have and the tables have not: `make migration NAME="what it does"`."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from servers.postgres import running_postgres  # noqa: E402 (found beside the tests, see above)

from moderation.adapters.db import migrate  # noqa: E402 (the same)


def main(message: str) -> int:
    """Compare the models with what all migrations so far make of a PostgreSQL database, and write the difference."""
    if not message.strip():
        sys.stderr.write('Say what it does: make migration NAME="sites have a motto".\n')
        return 2
    with running_postgres() as server:
        url = server.fresh_database()
        try:
            migrate.upgrade(url)
            written = migrate.revise(url, message.strip())
        finally:
            server.drop(url)
    sys.stderr.write(
        "Finish it by hand: columns and indices of large tables first, by `moderation.adapters.db.indexing`; "
        "schema and data apart, data in batches, and the way back.\n"
    )
    sys.stdout.write(f"{written.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
