"""`python -m moderation.cli` is `lychgate`."""

from moderation.cli import main

if __name__ == "__main__":
    main()
