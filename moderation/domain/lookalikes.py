# ruff: noqa: RUF001 -- Lookalikes are what this file is about.
"""Letters that look like others: what `fold` reads as ASCII.

The pairs are facts about letter shapes, chosen for what is used to slip words past lists. They are
lower case, since folding lowers first. Letters that Unicode itself maps (full-width, mathematical,
circled) need no entry here.
"""

from typing import Final


def _pairs(table: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in table.split()}


LATIN: Final = _pairs(
    "ıi łl øo đd ħh ŧt ƀb ƅb ɓb ƈc ɕc ɖd ɗd ƌd ɛe ɇe ƒf ɠg ɡg ɢg ɦh ʜh ɨi ɩi ɪi ɉj ʝj ȷj ƙk ʟl ɫl ƚl ɱm ɲn ɴn ƞn "
    "ɵo ɔo ƥp ʠq ɍr ʀr ɼr ʂs ƨs ʈt ƫt ʉu ʊu ʋv ʌv ʍw ƴy ʏy ɏy ƶz ʐz ɑa ɐa ⱥa ꞓc ʙb "
    "ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ꜰf ꜱs ßss æae œoe þth"
)
"""Latin letters that do not decompose: stroked, hooked, small capitals. They are read as ASCII wherever they stand."""

ENCLOSED: Final = {first + place: chr(ord("a") + place) for first in (0x1F150, 0x1F170) for place in range(26)}
"""White letters on black circles and squares, for which Unicode gives no plain form."""

FOREIGN: Final = _pairs(
    "аa вb еe ѐe ёe єe іi їi јj кk ҡk ќk мm нh һh оo ѳo рp сc тt уy ўy үy хx ѕs ԁd ԛq ԝw ѵv ьb ӏl гr пn "
    "αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw γy ζz σo ςs μu "
    "օo սu հh ոn ցg զq ꭰd ꭱr ꮃw ꮪs ꮯc"
)
"""Cyrillic, Greek, Armenian and Cherokee letters that pass for Latin ones inside a Latin word."""

TWINS: Final = frozenset("асеорхуѕіјһԁԛԝѵοανυ")
"""Those of them that nobody can tell apart, even in a word made of nothing else."""
