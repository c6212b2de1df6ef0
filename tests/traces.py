"""Somebody who left every trace that there is at a site, to be shown and to be erased."""

from dataclasses import dataclass
from typing import Any, Final

import leaks
from leaks import Canaries
from makers import World, remember
from publisher import House
from servers.scorer import Handler

from moderation.adapters.db import chains, verification
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Comment
from moderation.domain.decision import Action, Actor
from moderation.domain.erasure import Erasure, Kept
from moderation.domain.mailbox import Notify
from moderation.domain.person import Person
from moderation.domain.privacy import SecretEmail
from moderation.services import appeals, authors, bans, erasing, flags, notes, review
from moderation.services.bans import BanWish
from moderation.services.identities import prints_at
from moderation.services.review import Moderator, Wish

ADDRESS: Final = "canary.particular@example.com"
NAME: Final = "Canaria Particular"
SECRETS: Final = (ADDRESS, NAME, "warbling", "canary-site.example", "198.51.100")
CANARY: Final = {"email": ADDRESS, "name": NAME, "website": "https://canary-site.example", "address": "198.51.100.77"}
SAID: Final = "A calm warbling about the harvest, long enough to be found again by what it is like, number"


def echoing(handler: Handler) -> None:
    """Answer with what was told."""
    handler.say(200, handler.body)


@dataclass
class Scene:
    """An installation in which somebody left every trace that there is, beside somebody else who did too."""

    house: House
    ada: Person

    @property
    def world(self) -> World:
        return self.house.world

    @property
    def moderator(self) -> Moderator:
        return Moderator(self.world.site.id, self.ada.id, Actor.PERSON)

    def decides(self, comment: Comment, action: Action, note: str = "") -> None:
        seen = self.world.look(comment).version
        review.decide(self.world.deps, self.moderator, Wish(comment.id, seen, action, "read-twice", note))

    def appeals(self) -> Comment:
        """Let a comment of the author be turned down, with words for them, and let them appeal."""
        world, comment = self.world, self.writes("appealed")
        told = {"reason": "read-twice", "public_note": f"Your warbling, {NAME}."}
        review.decide(world.deps, self.moderator, Wish(comment.id, comment.version, Action.REJECT, **told))
        return appeals.appeal(world.deps, comment.id, f"It is no warbling, says {NAME}.")

    def writes(self, number: object, **others: Any) -> Comment:
        return self.world.has(f"{SAID} {number}.", **{**CANARY, "thread": f"article-{number}", **others})

    def fingerprint(self, site_id: Any = None) -> bytes:
        return self.world.deps.seals.fingerprint(site_id or self.world.site.id, SecretEmail.parse(ADDRESS))

    def asks(self, **choices: Any) -> list[Erasure]:
        site_id = self.world.site.id
        prints = prints_at(self.world.deps, site_id, SecretEmail.parse(ADDRESS))
        return erasing.ask(self.world.deps, site_id, prints, **choices)

    def finishes(self, **choices: Any) -> None:
        """Erase the author to the end."""
        for erasure in self.asks(**choices):
            while erasing.erase(self.world.deps, erasure):
                pass

    def kept(self, site_id: Any = None) -> Kept:
        where = site_id or self.world.site.id
        return erasing.count(self.world.deps, where, self.fingerprint(where))

    def dump(self) -> bytes:
        return leaks.rows(self.world.settings.database_url, without=("erasure",))

    def found(self) -> set[str]:
        """Name what is left of the author in any row of any table, the fingerprint too."""
        held, whose = self.dump(), self.fingerprint()
        prints = {"fingerprint"} if whose in held or whose.hex().encode() in held else set[str]()
        return Canaries(SECRETS).in_(held) | prints

    def broken(self) -> dict[str, list[str]]:
        database = self.world.deps.uow.__self__  # type: ignore[attr-defined]
        found = verification.broken(database) | chains.broken(database)
        return {promise: ids for promise, ids in found.items() if ids}


def leave(scene: Scene) -> list[Comment]:
    """Let the author leave every trace that there is."""
    world = scene.world
    scene.house.listens(echoing)
    told = {"replies": Notify.EACH, "decision": True, "idempotency_key": "a-key"}
    comments = [scene.writes(number, **(told if number == 1 else {})) for number in range(1, 7)]
    public, held, undone, withdrawn, pending, noted = comments
    scene.decides(held, Action.HOLD, "The warbling of Canaria Particular.")
    scene.decides(undone, Action.DELETE, "More warbling.")
    authors.withdraw(world.deps, withdrawn.id)
    authors.edit(world.deps, pending.id, f"{SAID} edited.")
    review.reveal(world.deps, scene.moderator, public.id, f"Asked {ADDRESS}.")
    notes.write(world.deps, scene.ada, world.site.id, noted.id, f"{NAME} again.", about_author=True)
    notes.write(world.deps, scene.ada, world.site.id, noted.id, f"{NAME} here.", about_author=False)
    for mark, typed in ((Mark.ADDRESS, ""), (Mark.NETWORK, ""), (Mark.NAME, NAME)):
        wish = BanWish(Effect.PREMODERATE, mark, f"Of {NAME}.", typed)
        bans.ban(world.deps, scene.ada, world.site.id, public.id, wish)
    flags.flag(world.deps, world.site.id, public.id, reason="spam", address="203.0.113.77")
    world.follows(scene.writes("followed"))
    remember(world, world.look(public))
    world.words()
    scene.house.tells()
    return [world.look(comment) for comment in comments]
