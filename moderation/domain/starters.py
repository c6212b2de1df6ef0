"""House rules that a new site may start from: offered, changed at will, and never put upon anybody."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Starter:
    """One rule as it is offered."""

    code: str
    title: str
    text: str
    guidance: str
    reasons: tuple[str, ...] = ()


STARTERS: Final = (
    Starter(
        "civil",
        "Be civil",
        "Argue with what somebody says, and not with who they are. Insults and mockery are not published.",
        "For what is aimed at a person here: another commenter, the writer of the article, somebody it is about.\n"
        "Rejected: “You are an idiot.” “Only a fool can write this.”\n"
        "Not rejected: “This argument is nonsense.” “The council has failed.” Sharp words about a thing or an office.\n"
        "Where one sentence of a good comment is at fault, say in a note which; they may send the rest again.",
        ("toxicity", "obscene-words", "flagged"),
    ),
    Starter(
        "no-advertising",
        "No advertising",
        "Comments that sell something, or are there for the sake of a link, are not published.",
        "For what promotes a shop, a service, a channel or oneself, also where a friendly sentence is put around it.\n"
        "Rejected: “Great article! I found cheap tickets at …” A name that is a product.\n"
        "Not rejected: a link to a source that the comment speaks of, a recommendation somebody asked for.\n"
        "Call spam what machines wrote or what comes in masses; this rule is for people.",
        ("spam", "links", "near-duplicate", "too-many"),
    ),
    Starter(
        "on-topic",
        "Stay on the topic",
        "Comments belong to the article above them, or to the comment that they answer.",
        "For what would be as much out of place under any other article.\n"
        "Rejected: a complaint about delivery under a concert review; one grievance everywhere.\n"
        "Not rejected: a wider thought that begins at the article. Where a thread drifts, reject what comes next "
        "rather than everything before it.",
        ("off-topic",),
    ),
    Starter(
        "no-personal-data",
        "No personal data",
        "Do not publish addresses, telephone numbers or other private facts of anybody, your own included.",
        "For whatever would let a stranger find or harass somebody: a home, a number, a work place, health.\n"
        "Rejected: “He lives at …”, a number plate with a name, the writer's own telephone number.\n"
        "Not rejected: what is public about somebody in their office.\n"
        "Reject at once and talk later; offer to publish it without the fact.",
        ("personal-data",),
    ),
    Starter(
        "no-hate",
        "No hatred",
        "Nobody is degraded here for their origin, colour, religion, sex, orientation, age or disability.",
        "For what degrades people for what they are, in slurs or in good grammar, in earnest or as a joke.\n"
        "Rejected: “They are all criminals.” “Such people do not belong here.”\n"
        "Not rejected: a slur that is quoted to object to it; criticism of a belief, a government or an organisation.\n"
        "Where it may be an offence, keep the record of the comment before you do anything else.",
        ("hate", "identity-attack"),
    ),
    Starter(
        "no-threats",
        "No threats",
        "Threats and calls for violence are not published, whoever they are meant for.",
        "For what announces, wishes or approves harm to a person, a group, an animal or a building.\n"
        "Rejected: “Somebody should burn that down.” “I know where to find you.”\n"
        "Not rejected: figures of speech about teams, markets or elections.\n"
        "Where somebody seems to be in danger, or wants to harm themselves, tell an owner of the site at once.",
        ("threat",),
    ),
    Starter(
        "one-voice",
        "One person, one voice",
        "Write under one name, and say a thing once. Who agrees with themselves under other names is not published.",
        "For one person under several names, and for the same text again and again.\n"
        "Not rejected: a changed name, a correction of what was sent before.\n"
        "The page of an author shows under which names an address wrote; a shared network alone proves nothing.",
        ("sockpuppet",),
    ),
    Starter(
        "readable",
        "Write so that others can read it",
        "Comments in capitals throughout, without sense, or in a language that is not spoken here are not published.",
        "For what nobody gains anything from reading. Mistakes in spelling are no reason, nor is plain language.\n"
        "Before you reject a language that you do not read, ask whether a colleague does.",
        ("unscored-language", "word-list"),
    ),
)
"""In the order in which they are offered; the first one is what a person cites where no reason says otherwise."""
