"""First steps: what a site has done of what makes it one, each known by what is there."""

from dataclasses import dataclass

from moderation.domain.site import Site
from moderation.services.ports import Deps


@dataclass(frozen=True, slots=True)
class Steps:
    """Whether a comment came from a page of the site's, whether any came, and whether a person decided one."""

    page: bool
    comment: bool
    decision: bool

    @property
    def done(self) -> bool:
        """Say whether nothing is left to do."""
        return self.page and self.comment and self.decision


def of(deps: Deps, site: Site) -> Steps:
    """Say which of its first steps a site has done; its latest pages are looked at, since one is enough.

    A form may say no more than a page's id; what says an address has to be on one of the site's origins.
    """
    with deps.views(site.id) as views:
        pages = views.threads(site.id, after=None, limit=20)
        comment, decision = views.begun(site.id)
    return Steps(any(row["url"] is None or site.has_page(row["url"]) for row in pages), comment, decision)
