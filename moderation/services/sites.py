"""Sites: tenants, what they require, their policies, and their threads."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.person import Role
from moderation.domain.policy import digest_of, parse_policy
from moderation.domain.remote import new_secret, parse_secret, parse_url, sound_url
from moderation.domain.site import REQUIRABLE, SPOKEN, Site, parse_name, parse_origin
from moderation.domain.text import Unfit
from moderation.domain.thread import Thread
from moderation.services.noting import note
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps, Uow
from moderation.services.ways import Warn, unheard, wrong_ways

CLOSING_DAYS = range(1, 36_501)


def create(deps: Deps, *, name: str, origins: list[str], policy: str, owner: UUID | None = None) -> Site:
    """Make a site, somebody's own if told whose; raises Conflict for a name that is taken, Invalid for bad choices."""
    site = Site(
        deps.new_id(), "pk_" + secrets.token_urlsafe(16), name, tuple(origins), REQUIRABLE, None, policy, deps.now()
    )
    site = _checked(site)
    with deps.uow(None) as uow:
        uow.sites.add(site)
        if owner:
            uow.people.set_role(owner, site.id, Role.OWNER)
        note(deps, uow, Act.SITE_ADDED, [site.id], name=site.name)
        uow.commit()
    return site


def change(deps: Deps, site_id: UUID, *, warn: Warn = unheard, **choices: Any) -> Site:
    """Change what a site has chosen; what is not named stays as it is.

    Raises Invalid with every fault. What is odd and kept all the same, such as a scorer's name that nobody knows, is
    said to `warn`.
    """
    return change_and_tell(deps, site_id, warn=warn, **choices)[0]


def change_and_tell(deps: Deps, site_id: UUID, *, warn: Warn = unheard, **choices: Any) -> tuple[Site, str | None]:
    """Do what `change` does; give beside the site the secret that was made for its scorer, which is told this once.

    One is made for a scorer that is new and for whoever chooses None; without an address there is none.
    """
    faults = _wrong_scorer(deps, site_id, choices, warn)
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id)
        _refuse_nobody(found, choices)
        made = new_secret() if _wants_secret(found, choices) else None
        site = _checked(replace(found, **_sealed(deps, found, choices, made)), faults)
        if not deps.may_post and (site.confirm > found.confirm or site.tell_authors > found.tell_authors):
            raise Conflict(
                "This installation sends no mail; its operator has to name a mail server first.", code="no-mail"
            )
        uow.sites.save(site)
        if not site.learn:
            uow.learned.forget_all(site.id)
        if changed := _changed(found, site):
            policy = digest_of(site.policy) if "policy" in changed else None
            note(deps, uow, Act.SITE_CHANGED, [site.id], changed=changed, policy=policy)
        uow.commit()
    return site, made


def _wrong_scorer(deps: Deps, site_id: UUID, choices: Mapping[str, Any], warn: Warn) -> list[Fault]:
    """Say what is wrong with where a new address of a scorer leads; one that is kept is not looked up again."""
    url = choices.get("scorer_url")
    if url is None or sound_url(url) == get(deps, site_id).scorer_url:
        return []
    return wrong_ways(deps, "/scorer_url", url, warn)


def _changed(before: Site, after: Site) -> list[str]:
    """Name the choices that differ."""
    return [each.name for each in fields(Site) if getattr(before, each.name) != getattr(after, each.name)]


def _refuse_nobody(site: Site, choices: Mapping[str, Any]) -> None:
    """Refuse to shut everybody out: members only, where nobody can be one."""
    if choices.get("members_only") and site.member_secret is None:
        raise Invalid(
            [
                Fault(
                    "/members_only",
                    "member-secret-missing",
                    "Make a secret for members first, so that there can be any.",
                )
            ]
        )


def _wants_secret(site: Site, choices: Mapping[str, Any]) -> bool:
    """Say whether a secret is to be made: there is a scorer then, and nobody chose or had one."""
    has_scorer = choices.get("scorer_url", site.scorer_url) is not None
    return has_scorer and choices.get("scorer_secret", site.scorer_secret) is None


def _sealed(deps: Deps, site: Site, choices: Mapping[str, Any], made: str | None) -> dict[str, Any]:
    """Give what was chosen as it is kept: a secret sealed, and none where there is no scorer."""
    if choices.get("scorer_url", site.scorer_url) is None:
        if choices.get("scorer_secret") is not None:
            raise Invalid([Fault("/scorer_secret", "scorer-missing", "Give the address of a scorer with it.")])
        return {**choices, "scorer_secret": None}
    secret = made or choices.get("scorer_secret")
    if secret is None:
        return dict(choices)
    faults: list[Fault] = []
    written = _fit("/scorer_secret", parse_secret, secret, faults)
    if faults:
        raise Invalid(faults)
    return {**choices, "scorer_secret": deps.vault.seal(written, site_id=site.id, comment_id=site.id)}


def get(deps: Deps, site_id: UUID) -> Site:
    """Give a site."""
    with deps.reading(site_id) as uow:
        return _get(uow, site_id)


def by_key(deps: Deps, key: str) -> Site:
    """Give the site that a browser names."""
    if not (key.isascii() and key.isprintable()):  # Databases differ in what they cannot even look for.
        raise NotFound("There is no such site.")
    with deps.reading(None) as uow:
        site = uow.sites.by_key(key)
    if site is None:
        raise NotFound("There is no such site.")
    return site


def by_name(deps: Deps, name: str) -> Site:
    """Give the site that an operator names, by its name, its public key or its id."""
    with deps.reading(None) as uow:
        for site in uow.sites.all():
            if name in {site.name, site.key, str(site.id)}:
                return site
    raise NotFound(f"There is no site {name!r}; `lychgate site list` shows those there are.")


def listed(deps: Deps) -> list[Site]:
    """List every site of this installation."""
    with deps.reading(None) as uow:
        return uow.sites.all()


def threads(deps: Deps, site_id: UUID, *, words: str = "", cursor: str | None, limit: int) -> Page:
    """Give a page of a site's threads, newest first; only those in whose title, id or address these words stand."""
    purpose = f"threads:{site_id}:{words}" if words else f"threads:{site_id}"
    after = place(deps, cursor, purpose)
    with deps.views(site_id) as views:
        rows = views.threads(site_id, words=words, after=after, limit=limit + 1)
    return paged(deps, rows, purpose, limit)


def thread(deps: Deps, site_id: UUID, thread_id: UUID) -> Thread:
    """Give one thread."""
    with deps.reading(site_id) as uow:
        return _thread(uow, site_id, thread_id)


def change_thread(
    deps: Deps, site_id: UUID, thread_id: UUID, *, title: str | None = None, closed: bool | None = None
) -> Thread:
    """Title, close or open a thread; what is None stays as it is, and an empty title is none.

    One that closed by its age is open for as many days again.
    """
    with deps.uow(site_id) as uow:
        found, site = _thread(uow, site_id, thread_id), _get(uow, site_id)
        if closed:
            found = replace(found, closed_at=found.closed_at or deps.now())
        elif closed is not None and found.is_closed(site.close_after_days, deps.now()):
            found = replace(found, closed_at=None, opened_at=deps.now())
        found = replace(found, title=found.title if title is None else title or None)
        uow.threads.save(found)
        titled = None if title is None else True
        note(deps, uow, Act.THREAD_CHANGED, [site_id], subject=thread_id, closed=closed, titled=titled)
        uow.commit()
    return found


def merge_threads(deps: Deps, site_id: UUID, thread_id: UUID, into: UUID) -> Thread:
    """Move all comments of one thread into another; its address leads there from now on."""
    if thread_id == into:
        raise Invalid([Fault("/into", "thread-same", "Name another thread than this one.")])
    with deps.uow(site_id) as uow:
        uow.threads.hold(into, thread_id)
        target, source = _thread(uow, site_id, into), _thread(uow, site_id, thread_id)
        if source.merged_into or target.merged_into:
            raise Conflict("One of these threads was merged before.", code="thread-merged")
        uow.threads.absorb(target.id, source.id)
        note(deps, uow, Act.THREADS_MERGED, [site_id], subject=thread_id, into=str(into))
        uow.commit()
    return thread(deps, site_id, target.id)


def _get(uow: Uow, site_id: UUID) -> Site:
    return _found(uow.sites.get(site_id))


def _held(uow: Uow, site_id: UUID) -> Site:
    """Give a site that nobody else changes meanwhile, since all of it is written back."""
    return _found(uow.sites.hold(site_id))


def _found(site: Site | None) -> Site:
    if site is None:
        raise NotFound("There is no such site.")
    return site


def _thread(uow: Uow, site_id: UUID, thread_id: UUID) -> Thread:
    found = uow.threads.get(site_id, thread_id)
    if found is None:
        raise NotFound("There is no such thread.")
    return found


def _checked(site: Site, wrong: Sequence[Fault] = ()) -> Site:
    """Clean what a site chose and refuse what none can have, beside what is known to be wrong; the policy is read."""
    faults = [*wrong]
    origins = [_fit(f"/origins/{place}", parse_origin, typed, faults) for place, typed in enumerate(site.origins)]
    if not set(site.required) <= set(REQUIRABLE) or "text" not in site.required:
        faults.append(
            Fault("/required", "required-invalid", "Choose from name, email and text; text is always required.")
        )
    if site.close_after_days is not None and site.close_after_days not in CLOSING_DAYS:
        faults.append(Fault("/close_after_days", "out-of-range", "Choose 1 to 36500 days, or null for never."))
    if site.language not in {None, *SPOKEN}:
        faults.append(Fault("/language", "language-unknown", "Choose en, de, fr or es, or null for the comment's own."))
    name = _fit("/name", parse_name, site.name, faults)
    scorer_url = site.scorer_url and _fit("/scorer_url", parse_url, site.scorer_url, faults)
    if faults:
        raise Invalid(faults)
    parse_policy(site.policy)
    return replace(site, name=name, origins=tuple(dict.fromkeys(origins)), scorer_url=scorer_url)


def _fit(pointer: str, parse: Callable[[str], str], typed: str, faults: list[Fault]) -> str:
    """Give what was typed as it is kept, or note why it cannot be."""
    try:
        return parse(typed)
    except Unfit as error:
        faults.append(Fault(pointer, error.code, error.detail))
        return typed
