# ruff: noqa: RUF001 -- Lookalikes are what this file is about.
"""Folding: evasions come back to one spelling, clean text stays, and every span finds its way home."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.fold import fold, plain

TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from("abfuckxyz AB.-_*!@$|1345780 \n\t"),
        st.sampled_from("асеоѕһіжяοαβéßøĳŉǆıİŁẞςΣ"),
        st.sampled_from("\u200b\u200d\u202e\u0301\u0327\u0345\u3099\ufe0f\u00ad\u1160\uffa0ｆｕ𝓯🅵ⓕ№½ﬁ¡€"),
        st.sampled_from("각가がﾊﾞﾟกำहिنَשׁ👨🏽🇩\ud800"),
        st.characters(),
    ),
    max_size=60,
)

EVASIONS = [
    ("Sh1t", "shit"),
    ("a$$hole", "asshole"),
    ("@sshole", "asshole"),
    ("b!tch", "bitch"),
    ("bu||shit", "bullshit"),
    ("f u c k", "fuck"),
    ("f u c k you", "fuck you"),
    ("f.u.c.k", "fuck"),
    ("s-h-1-t", "shit"),
    ("f_u_c_k", "fuck"),
    ("s * h * i * t", "s * h * i * t"),
    ("fuuuuuck", "fuuck"),
    ("ｆｕｃｋ", "fuck"),
    ("𝓯𝓾𝓬𝓴", "fuck"),
    ("𝕗𝕦𝕔𝕜", "fuck"),
    ("ⓕⓤⓒⓚ", "fuck"),
    ("🅵🆄🅲🅺", "fuck"),
    ("ꜰᴜᴄᴋ", "fuck"),
    ("fuсk", "fuck"),
    ("ѕһіt", "shit"),
    ("ѕех is fun", "sex is fun"),
    ("f\u200bu\u200dc\u2060k", "fuck"),
    ("f\u202eu\u202cck", "fuck"),
    ("f\u0337\u0322u\u0338c\u0336k", "fuck"),
    ("fück", "fuck"),
]

CLEAN = {
    "latin": "the quick brown fox jumps over the lazy dog",
    "cyrillic": "съешь ещё этих мягких французских булок, да выпей чаю",
    "greek": "ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "arabic": "مرحبا بكم في موقعنا، نتمنى لكم يومًا سعيدًا",
    "hebrew": "שלום לכולם, תודה על המאמר היפה",
    "devanagari": "यह लेख मुझे बहुत अच्छा लगा, धन्यवाद",
    "thai": "ขอบคุณสำหรับบทความดีๆ ครับ".replace("\u0e33", "\u0e4d\u0e32"),
    "hangul": "좋은 글 감사합니다. 가 나 다 라",
    "kana": "とても いい 記事です。春、夏、秋、冬、ありがとう",
    "han": "這篇文章寫得很好，謝謝".replace("，", ","),
    "georgian": "ძალიან კარგი სტატიაა, გმადლობთ",
    "armenian": "շատ լավ հոդված է, շնորհակալություն",
    "tamil": "மிகவும் நல்ல கட்டுரை, நன்றி",
}

LEFT_ALONE = [
    "on the 1st and 22nd of march, 5kg for $5 at 10pm",
    "write to ann33@mail1.example.com or see http://exampl3.org/1aaaa",
    "www.aaa.com and h0t.example.com",
    "covid in 2019, 1,000,000 people, 3.14, 50%",
    "a b or c d",
    "wow!!! really?!",
    "phone 1 2 3 4 5 6",
]


@pytest.mark.parametrize(("typed", "folded"), EVASIONS)
def test_every_way_of_writing_a_word_folds_to_one(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@pytest.mark.parametrize("script", CLEAN)
def test_clean_text_is_left_as_it_is(script: str) -> None:
    assert fold(CLEAN[script]).text == unicodedata.normalize("NFC", CLEAN[script])


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_numbers_addresses_and_punctuation_keep_their_meaning(text: str) -> None:
    assert fold(text).text == text


def test_a_span_covers_everything_a_folded_word_was_made_of() -> None:
    text = "you F̷.ｕ.с.k here"

    folded = fold(text)
    begin = folded.text.index("fuck")
    start, end = folded.span(begin, begin + 4)

    assert text[start:end] == "F̷.ｕ.с.k"
    assert folded.joined == ((start, end),)


@given(TRICKY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text

    assert fold(once).text == once
    assert plain(plain(text).text).text == plain(text).text


@given(TRICKY)
def test_every_folded_character_comes_from_somewhere(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)


EVIL = {
    "one long word": "a" * 100_000,
    "letters apart": "a " * 50_000,
    "never quite apart": "a b" * 33_333,
    "deep marks": "a" + "\u0301\u0323" * 50_000,
    "marks without a letter": "\u0301" * 100_000,
    "addresses": "www." * 25_000,
    "mail": "@a" * 50_000,
    "mail with dashes": "@a-" * 33_333,
    "leet": "1a" * 50_000,
    "signs": "a!" * 50_000,
    "emoji": "👨‍👩‍👧" * 20_000,
    "flags": "🇩" * 100_000,
    "nothing visible": "\u200b" * 100_000,
    "mixed scripts": "aж" * 50_000,
    "accents": "é" * 100_000,
    "wide": "ｆｕ" * 50_000,
    "halves of characters": "\ud800" * 100_000,
    "jamo": "ᄀ" * 100_000,
    "dots": "a." * 50_000,
}


@pytest.mark.parametrize("kind", EVIL)
def test_a_hundred_thousand_evil_characters_fold_at_once(kind: str) -> None:
    began = time.process_time()

    fold(EVIL[kind])

    assert time.process_time() - began < 2
