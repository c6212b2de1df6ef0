"""Words: what people read on our pages, in the languages we speak; every msgid is the English sentence."""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from werkzeug.datastructures import LanguageAccept

from moderation.domain.errors import Fault
from moderation.domain.text import EMAIL_MAX, NAME_MAX, TEXT_MAX, WEBSITE_MAX

LANGUAGES: Final = ("en", "de", "fr", "es")
MESSAGES: Final = Path(__file__).parent / "messages"
LIMITS: Final = {"/name": NAME_MAX, "/email": EMAIL_MAX, "/website": WEBSITE_MAX, "/text": TEXT_MAX}


def marked(sentence: str) -> str:
    """Mark a sentence for translators; it is translated where it is shown."""
    return sentence


REQUIRED: Final = {
    "/name": marked("Enter your name."),
    "/email": marked("Enter your e-mail address."),
    "/text": marked("Write your comment."),
    "/thread": marked("This form does not say which page it belongs to; please tell the site."),
}

FAULTS: Final = {
    "required": marked("This field is required."),
    "too-long": marked("Use at most %(limit)s characters."),
    "email-invalid": marked("Enter an e-mail address such as name@example.com."),
    "website-invalid": marked("Enter the address of a website, such as https://example.com, or leave this empty."),
    "nul-character": marked("This held a character that cannot be kept; it is removed now. Please send it again."),
    "lone-surrogate": marked("This holds half of a character; please type that place again."),
    "not-utf-8": marked("Some characters could not be read; each is now a �. Please type them again."),
    "parent-not-found": marked(
        "The comment you answer is no longer here. Send yours again, and it stands as a comment of its own."
    ),
    "thread-url-invalid": marked("The address of the page is not a web address; please tell the site."),
    "idempotency-key-invalid": marked("This request is badly numbered; please send the form again."),
    "idempotency-key-reused": marked("This form was used for another comment already; please send it again."),
}

REFUSALS: Final = {
    "invalid": marked("Your comment was not sent yet. Please look at these fields:"),
    "duplicate": marked("You have already said that here. It arrived, so there is no need to send it again."),
    "thread-closed": marked("This page takes no more comments."),
    "gone": marked("This comment was sent before, and it is gone since."),
    "not-found": marked("This form leads to a site that is not here, or stands on a page that is not the site's."),
    "members-only": marked("Only members may comment here. Please sign in."),
    "member-token-expired": marked("Your sign-in on this page is over. Load the page again, then send your comment."),
    "member-token-used": marked("Your sign-in on this page was used. Load the page again, then send your comment."),
    "member-token-invalid": marked("You could not be signed in; please tell the site."),
    "too-large": marked("This is more than can be taken in at once. Make it shorter, then send it again."),
    "malformed": marked("Only a part of this arrived. Please send it again."),
    "rate-limited": marked("That was a little fast. Wait a moment (%(seconds)s s), then send it again."),
    "temporarily-unavailable": marked("We cannot take comments in at this moment. Please send it again shortly."),
}

REFUSED: Final = marked("Your comment could not be taken in. Please send it again shortly.")

REASONS: Final = {
    "toxicity": marked("It may hurt somebody."),
    "word-list": marked("It has a word in it that a moderator looks at first."),
    "links": marked("It has several links in it."),
    "spam": marked("It looks like advertising."),
    "near-duplicate": marked("Much the same was said here before."),
    "flagged": marked("Readers asked a moderator to look at it."),
    "first-comment": marked("A moderator reads the first comment of each author."),
    "policy-holds-all": marked("A moderator reads every comment here."),
    "scoring-failed": marked("It could not be checked by machine, so a moderator reads it."),
    "no-proof": marked("Your browser brought no proof of work, so a moderator reads it first."),
    "in-review": marked("A moderator reads it first."),
    "house-rules": marked("It does not keep to the rules of this site."),
}
"""Why a comment is not public, by the code that its author is told."""

APPEALS: Final = {
    "waiting": marked("You appealed. Somebody looks at it again."),
    "upheld": marked("You appealed. Somebody looked at it again, and it is published."),
    "refused": marked("You appealed. Somebody looked at it again, and it stays unpublished."),
    "lapsed": marked("You appealed. There is nothing to decide any more, since you changed or withdrew the comment."),
}
"""What came of an appeal."""

MAILS: Final = {
    "mail-confirm-subject": marked("Is this your address? (%(site)s)"),
    "mail-confirm": marked("A comment was written at %(site)s, and this address was given with it."),
    "mail-confirm-link": marked("If you wrote it, say so on this page; the link is good once:"),
    "mail-confirm-stop": marked("If you did not, you need do nothing. To be asked no more by this site:"),
    "mail-visit-subject": marked("Your comments at %(site)s"),
    "mail-visit": marked("Somebody asked for the comments that were written at %(site)s with this address."),
    "mail-visit-link": marked("If it was you, see them here within half an hour; the link is good once:"),
    "mail-visit-else": marked("If it was not you, do nothing, and nobody sees them."),
    "mail-reply-subject": marked("Your comment at %(site)s was answered"),
    "mail-reply": marked("Somebody answered your comment at %(site)s:"),
    "mail-digest-subject": marked("Your comments at %(site)s were answered"),
    "mail-digest": marked("These answers to your comments at %(site)s are new:"),
    "mail-decision-subject": marked("What became of your comment at %(site)s"),
    "mail-approved": marked("Your comment at %(site)s is published:"),
    "mail-rejected": marked("Your comment at %(site)s was not published."),
    "mail-rule": marked("It does not keep to this rule of the site:"),
    "mail-note": marked("A moderator writes:"),
    "mail-may-appeal": marked("There you may also ask, once, that somebody looks at it again."),
    "mail-appeal-subject": marked("Your appeal at %(site)s was decided"),
    "mail-upheld": marked("Somebody looked at your comment at %(site)s again, and it is published:"),
    "mail-refused": marked("Somebody looked at your comment at %(site)s again, and it stays unpublished."),
    "mail-own": marked("You may ask here for all your comments at %(site)s, and withdraw them:"),
    "mail-stop": marked("You get this because you asked for it with your comment. To get nothing more from this site:"),
}
"""What mails to authors say: nothing that commenters wrote, since others could make people believe things by it."""

SAID: Final = {
    "pending": marked("Waiting to be read"),
    "held": marked("Waiting for a moderator"),
    "spam": marked("Not published"),
    "rejected": marked("Not published"),
    "now": marked("just now"),
}
"""Where a comment stands, and how long ago that is, where it is no time at all."""

STANDING: Final = {
    **{status: SAID[status] for status in ("pending", "held", "spam", "rejected")},
    "approved": marked("Published"),
    "deleted": marked("Withdrawn or deleted"),
}
"""Where a comment stands, as its author is told."""


@cache
def translations(language: str) -> NullTranslations:
    """Give one language's sentences, read from its `.po` file once."""
    return read(MESSAGES, language)


def read(folder: Path, language: str) -> NullTranslations:
    """Read the sentences of one language from a folder of `.po` files; English ones are their own."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    with (folder / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    packed = BytesIO()
    write_mo(packed, catalog)
    packed.seek(0)
    return GNUTranslations(packed)


def say(language: str, sentence: str, **values: object) -> str:
    """Give a marked sentence in a language, with its values filled in."""
    translated = translations(language).gettext(sentence)
    return translated % values if values else translated


def told(language: str, word: str, **values: object) -> str:
    """Say something by its name to an author: what mails say, and why a comment is not public."""
    sentence = MAILS.get(word) or REASONS.get(word, "")
    return say(language_of(language, LanguageAccept()), sentence, **values) if sentence else ""


def language_of(asked: str | None, accepted: LanguageAccept) -> str:
    """Choose the language that a form or a link asks for, else the one that the browser prefers."""
    preferred = [asked or "", *(tag for tag, quality in accepted if quality > 0)]
    plain = (tag.strip().lower().replace("_", "-").partition("-")[0] for tag in preferred)
    return next((language for language in plain if language in LANGUAGES), LANGUAGES[0])


def fault_sentence(language: str, fault: Fault) -> str:
    """Say what is wrong with a field, in the form's language; a code without a sentence keeps its own."""
    special: Mapping[str, str] = REQUIRED if fault.code == "required" else {}
    sentence = special.get(fault.pointer) or FAULTS.get(fault.code)
    if sentence is None or (fault.code == "too-long" and fault.pointer not in LIMITS):
        return fault.detail
    return say(language, sentence, limit=LIMITS.get(fault.pointer))


def refusal_sentence(language: str, code: str, seconds: str | None) -> str:
    """Say why a comment was not taken in, by the code of what refused it."""
    return say(language, REFUSALS.get(code, REFUSED), seconds=seconds)


def load() -> None:
    """Read every language, so that a broken file stops the start and not a reader."""
    for language in LANGUAGES:
        translations(language)
