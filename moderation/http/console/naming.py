"""What things are called at the desk within a sentence: states, roles and signals, and what its script says."""

from typing import Any, Final

from moderation.domain.comment import Status
from moderation.domain.decision import Action
from moderation.domain.person import Role
from moderation.domain.signal import REMOTE, SPAM, TOXICITY
from moderation.http.console.speech import Spoken
from moderation.http.words import marked

STATE_OF: Final = Spoken(
    {
        Status.PENDING: marked("pending"),
        Status.HELD: marked("held"),
        Status.APPROVED: marked("approved"),
        Status.REJECTED: marked("rejected"),
        Status.SPAM: marked("spam"),
        Status.DELETED: marked("deleted"),
    }
)
"""What a comment is."""
LANGUAGES: Final = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""Each by its own name, for whoever reads no other."""
BECAME: Final = Spoken(
    {
        Status.APPROVED: marked("approved"),
        Status.REJECTED: marked("rejected"),
        Status.SPAM: marked("marked as spam"),
        Status.HELD: marked("held"),
        Status.DELETED: marked("deleted"),
        Status.PENDING: marked("put back to be checked"),
    }
)
"""What a decision made of it."""
ROLE_OF: Final = Spoken(
    {
        Role.MODERATOR: marked("Moderator"),
        Role.SENIOR: marked("Senior"),
        Role.OWNER: marked("Owner"),
    }
)
INPUT_OF: Final = Spoken({"text": marked("Text"), "name": marked("Name"), "website": marked("Website")})
SIGNAL_OF: Final = Spoken({SPAM: marked("Spam"), TOXICITY: marked("Toxicity"), REMOTE: marked("Remote")})
DONE_BY: Final = Spoken(
    {
        Action.APPROVE: marked("Approved"),
        Action.REJECT: marked("Rejected"),
        Action.SPAM: marked("Marked as spam"),
        Action.HOLD: marked("Held"),
    }
)
SAID: Final = Spoken(
    {
        "away": marked("We cannot be reached; nothing was changed. Please try again."),
        "undone": marked("Undone. It is as it was before."),
        "select": marked("Select with the boxes"),
        "selected": marked("%(number)s selected"),
        "reading": marked("%(name)s is reading this"),
        "fresh": marked("%(number)s new: show"),
        "alike": marked("%(number)s alike"),
        "grown": marked("More arrive while you look; the number counts along."),
        "rule": marked("If rejected: %(title)s."),
    }
)


def for_script() -> dict[str, Any]:
    """Give everything that the desk's script may have to say."""
    return {"done": dict(DONE_BY), "states": dict(STATE_OF), "said": dict(SAID)}
