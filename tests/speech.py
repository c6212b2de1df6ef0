"""Calm remarks by many people: no two are alike, so that nobody takes them for a campaign."""

from itertools import starmap
from random import Random
from typing import Final

_FRAMES: Final = (
    "My {} {} kept {} {} and {}.",
    "Every {} {} looks {}, {} or {}.",
    "Some {} {} met their {} {} {}.",
    "Show more {} {} than {} {} {}!",
    "Has anyone found {} {} or {} {} {}?",
    "Thank you: {} {}, {} {}, {}.",
    "Once {} {} grew {}, {} never {}.",
    "Grandfather said {} {} {} like {} {}.",
    "Children carried {} {}, {} {}, {}.",
    "Only {} {} with {} {} is {}.",
)
_ROOTS: Final = (
    "bridge river mill harvest orchard market station lantern garden window kitchen letter winter autumn meadow hedge "
    "chapel tower school road ferry island valley hill forest field barn wheel stone rope basket apple cherry walnut "
    "honey bread cheese barley clover heron swallow otter pony shepherd baker sailor teacher miller weaver quiet green "
    "narrow crooked golden misty wooden ancient little gentle early silver copper woollen hollow distant sunny rainy "
    "frozen painted round heavy "
    "coal salt linen velvet tulip poppy sparrow badger hare trout cellar attic stair gate fence pond glen moor"
)
_WORDS: Final = tuple(root + ending for root in _ROOTS.split() for ending in ("", "s", "like"))
_SENTENCES: Final = 4
_SLOTS: Final = 5


def remark(random: Random) -> str:
    """Give a remark of some two hundred and fifty characters; it makes little sense, and names nobody."""
    frames = random.sample(_FRAMES, _SENTENCES)
    words = [random.sample(_WORDS, _SLOTS) for _ in frames]
    return " ".join(starmap(lambda frame, chosen: frame.format(*chosen), zip(frames, words, strict=True)))
