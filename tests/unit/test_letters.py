"""How many wait and for how long, in every language that mails to moderators speak."""

from datetime import timedelta
from uuid import UUID

import pytest

from moderation.domain.notice import MOST_COUNTED, Backlog, How, Kind, Mail, waited, waiting_letter
from moderation.http.console.speech import voice_of

MAIL = Mail(UUID(int=1), UUID(int=2), UUID(int=3), Kind.WAITING)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SPANS = {
    "en": ("2 days.", "1 day.", "23 hours.", "1 hour.", "59 minutes.", "1 minute.", "less than a minute."),
    "de": ("2 Tagen.", "1 Tag.", "23 Stunden.", "1 Stunde.", "59 Minuten.", "1 Minute.", "weniger als einer Minute."),
    "fr": ("2 jours.", "1 jour.", "23 heures.", "1 heure.", "59 minutes.", "1 minute.", "une minute."),
    "es": ("2 días.", "1 día.", "23 horas.", "1 hora.", "59 minutos.", "1 minuto.", "menos de un minuto."),
}


@pytest.mark.parametrize("language", SPANS)
def test_a_span_is_told_in_the_largest_unit_that_is_full(language: str) -> None:
    spans = (2 * DAY + HOUR, DAY, 23 * HOUR, HOUR, 59 * MINUTE, MINUTE, timedelta(seconds=59))

    told = [waited(span, voice_of(language)) for span in spans]

    assert [said.endswith(end) for said, end in zip(told, SPANS[language], strict=True)] == [True] * len(spans), told


@pytest.mark.parametrize("language", SPANS)
def test_where_counting_ended_it_is_said_that_there_may_be_more(language: str) -> None:
    backlog = Backlog(MOST_COUNTED, DAY)
    told = {"desk": "https://desk.example", "stop": "https://stop.example", "voice": voice_of(language)}

    letter = waiting_letter(MAIL, "ada@example.com", "100%(x)s Valley", backlog, How.AT_ONCE, **told)

    assert letter.subject.startswith(f"{MOST_COUNTED}+ ")
    assert letter.subject.endswith("100%(x)s Valley")
    assert f"{MOST_COUNTED}+ " in letter.text
    assert letter.stop == "https://stop.example"


@pytest.mark.parametrize("language", ["", None, "xx", "../de", "DE-at"])
def test_what_is_no_language_of_ours_is_english_and_a_region_is_its_language(language: str | None) -> None:
    said = voice_of(language).gettext("Is this your address?")

    assert said == ("Ist das Ihre Adresse?" if language == "DE-at" else "Is this your address?")
