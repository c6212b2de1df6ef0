"""Every page of the desk, from the desk's own map: nothing that people write runs there, and everybody can use it.

A page that wants arguments which `named` does not have fails here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Page

from moderation.domain.ban import Effect, Mark
from moderation.domain.person import Person, Role
from moderation.domain.scope import Scope
from moderation.http.console.application import create_desk
from moderation.http.context import Web
from moderation.http.guard import mark_of
from moderation.services import (
    bans,
    canned_notes,
    feeds,
    house_rules,
    invitations,
    keys,
    listings,
    notes,
    people,
    sites,
    staff,
    webhooks,
)
from moderation.services.bans import BanWish

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_PAGES: Final = {
    *("/pulse", "/lines", "/comments/<uuid:comment_id>/record.json"),
    *("/feed/<secret>", "/numbers/<section>.csv"),
}
"""What programs and our script read; it is JSON, CSV, Atom, or a piece of a page."""
SIGNED_OUT: Final = {"/login", "/forgotten", "/password/<token>", "/passkey", "/tf-validate", "/mf-recovery"}
PAYLOADS: Final = (
    "<script>alert(1)</script>",
    "<ScRiPt/x>alert(1)</sCrIpT >",
    "<script src=data:,alert(1)></script>",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><svg/onload=alert`1`>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "![x](x' onerror='alert(1))",
    "<javascript:alert(1)>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=data:text/css,*{color:red}>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "</textarea></title></script><script>alert(1)</script>",
    "</bdi></p><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<!--<img src='--><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7 * 7 }}{% raw %}${alert(1)}#{alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "';alert(1)//\\';alert(1)//",
    '" onmouseover="alert(1)" autofocus onfocus="alert(1)',
    "` onfocus=alert(1) autofocus x=`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<template><script>alert(1)</script></template><slot onslotchange=alert(1)>",
)
UNSEEN: Final = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const looks = (item) => {
    const near = [item, item.parentElement, item.closest("label"), item.closest("li")].filter(Boolean);
    return near.flatMap((one) => [null, "::before", "::after"].map((part) => {
      const { outline, boxShadow, borderColor, backgroundColor, textDecoration } = getComputedStyle(one, part);
      return [outline, boxShadow, borderColor, backgroundColor, textDecoration].join();
    })).join();
  };
  const faults = [];
  for (const item of document.querySelectorAll(wanted)) {
    if (item.disabled || !item.checkVisibility({ visibilityProperty: true })) continue;
    if (item.tabIndex > 0) faults.push(`out of order: ${item.outerHTML}`);
    if (item.tabIndex < 0) continue;
    document.activeElement?.blur();
    const before = looks(item);
    item.focus();
    if (document.activeElement !== item) faults.push(`takes no focus: ${item.outerHTML}`);
    else if (looks(item) === before) faults.push(`shows no focus: ${item.outerHTML}`);
  }
  return faults;
}"""
STICKS_OUT: Final = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const beyond = [...document.body.querySelectorAll("*")].filter((item) => {
    const { left, right } = item.getBoundingClientRect();
    return right > width + 1 || left < -1;
  });
  const clipped = (item) => item.offsetParent?.closest(".scroll") && getComputedStyle(item).position !== "absolute";
  return beyond.filter((item) => !clipped(item)).map((item) => item.outerHTML.slice(0, 200));
}"""


def planted(paper: Paper) -> tuple[Person, dict[str, Any]]:
    """Write something hostile wherever people can write; give an owner, and what addresses name."""
    world, site_id = paper.world, paper.world.site.id
    sites.change(world.deps, site_id, name=PAYLOADS[0])
    ada = hires(world, "Ada", {site_id: Role.OWNER})
    for number, text in enumerate(PAYLOADS):
        page = {"thread": f"p{number}-{text}"[:200], "thread_title": text}
        held = world.has(f"maybe-toxicity {text}", name=f"Eve {text}", website="https://evil.example/?q=<x>", **page)
    wish = BanWish(Effect.BAN, Mark.ADDRESS, PAYLOADS[3], days=7)
    bans.ban(world.deps, ada, site_id, held.id, wish)
    notes.write(world.deps, ada, site_id, held.id, PAYLOADS[5], about_author=True)
    listings.save(world.deps, ada, site_id, ["<b>alert</b>", "script>alert"], ["spam.example"], seen=None)
    rule = house_rules.add(world.deps, site_id, title=PAYLOADS[0], text=PAYLOADS[3], guidance=PAYLOADS[5])
    canned_notes.keep(world.deps, site_id, PAYLOADS[1], PAYLOADS[6])
    world.appeals()
    eve = staff.hire(world.deps, name=PAYLOADS[3], roles={site_id: Role.SENIOR})
    link = invitations.invite(world.deps, eve)
    assert link
    keys.create(world.deps, site_id, name=PAYLOADS[1], scopes=[Scope.READ])
    endpoint, _ = webhooks.add(world.deps, site_id, url="https://hooks.example/x", description=PAYLOADS[5])
    feeds.make(world.deps, ada, site_id)
    wave = world.rolls(ada).wave_id
    named = {"comment_id": held.id, "wave_id": wave, "site_id": site_id, "person_id": eve.id}
    named |= {"rule_id": rule.id}
    named |= {"endpoint_id": endpoint.id, "thread_id": world.look(held).thread_id, "token": link.rpartition("/")[2]}
    return people.by_name(world.deps, "Ada"), named


def pages(paper: Paper, named: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give every page that a browser can ask for, by the rule that it stands under."""
    desk = create_desk(Web(paper.world.deps, public_url=paper.url, ready=dict))
    rules = [rule for rule in desk.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = [rule for rule in rules if mark_of(desk.view_functions[rule.endpoint]) and rule.rule not in NO_PAGES]
    missing = {name for rule in shown for name in rule.arguments} - set(named)
    assert not missing, f"name one of {missing} in `planted`, so that its page is looked at"
    return [(rule.rule, str(rule.build({name: named[name] for name in rule.arguments})[1])) for rule in shown]


def lets_in(page: Page, paper: Paper) -> None:
    page.goto(f"{paper.url}/console/login")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")


def faults_of(page: Page, rules: list[str]) -> list[str]:
    only = {"type": "rule", "values": rules} if rules == ["color-contrast"] else rules
    found = Axe().run(page, options={"runOnly": only}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def looks(page: Page) -> list[str]:
    """Look at a page on a desk by day and on a phone by night, with a keyboard."""
    found = []
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += [f"{width} {scheme}: {fault}" for fault in faults_of(page, RULES)]
        found += [f"{width}: sticks out: {item}" for item in page.evaluate(STICKS_OUT)]
    page.emulate_media(color_scheme="light")
    found += [f"390 light: {fault}" for fault in faults_of(page, ["color-contrast"])]
    page.keyboard.press("Tab")
    return found + page.evaluate(UNSEEN)


@pytest.mark.timeout(300)
def test_every_page_of_the_desk_runs_nothing_and_is_within_everybodys_reach(
    paper: Paper, opens: Callable[..., Reader]
) -> None:
    ada, named = planted(paper)
    faults: dict[str, list[str]] = {}
    inside, outside = opens(), opens()
    lets_in(inside.page, paper)
    paper.world.holds_key(ada)
    for rule, path in pages(paper, named):
        page = (outside if rule in SIGNED_OUT else inside).page
        page.goto(f"{paper.url}/console{path}")
        assert rule in SIGNED_OUT or "/console/login" not in page.url, rule
        faults[rule] = looks(page)

    told = [f"{rule} {fault}" for rule, found in faults.items() for fault in found]
    assert not told, "\n".join(told)
    assert [said for reader in (inside, outside) for said in reader.complaints if "404" not in said] == []


def test_nothing_hostile_runs_in_any_card(paper: Paper, reader: Reader) -> None:
    planted(paper)
    lets_in(reader.page, paper)
    page = reader.page
    assert page.locator(".lines li").count() > 0
    page.goto(f"{paper.url}/console/?tab=all&author={PAYLOADS[3]}&q={PAYLOADS[5]}")
    page.goto(f"{paper.url}/console/?tab=all")
    for link in [line.get_attribute("href") for line in page.locator(".lines li a").all()]:
        page.goto(f"{paper.url}{link}")
        assert (
            page.locator(".card script, .card img, .card iframe, .card svg[onload], main style, main base").count() == 0
        )
