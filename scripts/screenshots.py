"""Takes the pictures of the documentation from a real installation: `make screenshots`."""

import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).parents[1]
IMAGES: Final = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT / "tests"))

PANEL: Final = {"width": 620, "height": 940}
TABLE: Final = {"width": 1280, "height": 820}
PHONE: Final = {"width": 390, "height": 760}
FRAME: Final = """
    body { margin: 24px; display: flex; gap: 24px; }
    img { border-radius: 10px; box-shadow: 0 2px 14px rgb(0 0 0 / 28%); }
"""
REPLIES: Final = (
    ("Ines", "We kept the old tie beam. It is in the school hall, with the date the right way up at last."),
    ("Walter", "I proposed under that roof in 1971, in the rain. She said she only came in to keep dry."),
    ("Marguerite", "The bus ticket is mine! I was *eleven*, and I have been wondering ever since."),
)
WAITING: Final = (
    ("soup-for-forty", "Henrike", "Whoever wrote this recipe is an idiot. Forty people, one onion?"),
    (
        "bridge-correction",
        "Tobias",
        "You are a liar and a moron, it opened in 1911 and my grandfather drove over it.",
    ),
    (
        "harvest",
        "Sunny",
        "Visit https://a.example https://b.example https://c.example for baskets.",
    ),
    ("bridge-correction", "Anselm", "Shut up, the lot of you. The stupid bridge is fine where it stands."),
    ("soup-for-forty", "Lotte", "Only a fool boils a turnip for three hours. I told the committee so in 1998."),
    ("mill-at-the-bend", "Edda", "Nobody asked you, Walter, you pathetic old windbag."),
)
ALIKE: Final = (
    "You idiots at this paper, the old bridge was never safe, and every fool in this valley who can read has known "
    "it since {}; ask at {} and you will hear the same."
)
COPIES: Final = (
    ("Rolf", "1911", "the mill"),
    ("Gunda", "1968", "the inn"),
    ("Bruno", "1990", "https://bridge.example/truth"),
    ("Heike", "the flood", "the mill"),
    ("Ottokar", "2001", "the inn"),
    ("Traudl", "1974", "the school"),
)
SHOWN: Final = "Tobias"


def main() -> None:
    """Start an installation, let people reply, and photograph what readers and moderators see."""
    import browser  # noqa: PLC0415 (found beside the tests, see above)
    from servers.up import Up  # noqa: PLC0415

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Up.running(Path(folder) / "var") as up, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(browser.find()), args=["--no-sandbox"])
        for name, text in REPLIES:
            reply(up.url, up.facts["site_key"], name, text)
        sample_page(chromium, up.facts["demo_url"])
        for name, since, where in COPIES:
            reply(up.url, up.facts["site_key"], name, ALIKE.format(since, where), thread="bridge-correction")
        for thread, name, text in WAITING:
            reply(up.url, up.facts["site_key"], name, text, thread=thread)
        desk(chromium, up.facts)
        chromium.close()


def sample_page(chromium: Browser, url: str) -> None:
    """Photograph the article, and the conversation below it."""
    page = chromium.new_page(viewport=PANEL, device_scale_factor=2)
    page.goto(url)
    title = page.get_by_text("3 comments").first
    title.wait_for()
    article = page.screenshot()
    title.evaluate("title => window.scrollTo(0, title.getBoundingClientRect().top + window.scrollY - 60)")
    thread = page.screenshot()
    beside(chromium, article, thread).screenshot(path=str(IMAGES / "demo.png"), omit_background=True)


def desk(chromium: Browser, facts: dict[str, str]) -> None:
    """Photograph the moderators' desk: at a table by day, and on a phone by day and in the dark."""
    page = signed_in(chromium, facts, viewport=TABLE, device_scale_factor=1.5)
    page.get_by_role("link", name=SHOWN).click()
    page.get_by_role("heading", level=1).filter(has_text=SHOWN).wait_for()
    page.screenshot(path=str(IMAGES / "desk.png"))
    page.get_by_role("link", name="alike").click()
    page.get_by_role("heading", level=1).filter(has_text="alike").wait_for()
    page.screenshot(path=str(IMAGES / "desk-wave.png"))
    pictures = []
    for scheme in ("light", "dark"):
        page = signed_in(chromium, facts, viewport=PHONE, device_scale_factor=2, color_scheme=scheme)
        pictures.append(page.screenshot())
        page.get_by_role("link", name=SHOWN).click()
        page.locator(".card").wait_for()
        page.mouse.move(0, 0)
        pictures.append(page.screenshot())
    shown = (pictures[0], pictures[1], pictures[3])
    beside(chromium, *shown, panel=PHONE).screenshot(path=str(IMAGES / "desk-phone.png"), omit_background=True)
    numbers(signed_in(chromium, facts, viewport=TABLE, device_scale_factor=1.5), facts["console_url"])


def numbers(page: Page, desk: str) -> None:
    """Decide a few, and photograph what the numbers make of it."""
    for key in "fdsfd":
        page.goto(desk)
        page.locator(".card").wait_for()
        page.keyboard.press(key)
        page.locator(".notice").filter(has_text="Undo").wait_for()
    page.goto(f"{desk}numbers")
    page.get_by_role("heading", name="Numbers", exact=True).wait_for()
    page.screenshot(path=str(IMAGES / "numbers.png"), full_page=True)


def signed_in(chromium: Browser, facts: dict[str, str], **options: Any) -> Page:
    """Open the desk as the owner that `up` made."""
    page = chromium.new_page(**options)
    page.goto(facts["console_url"])
    page.get_by_label("Name").fill(facts["console_user"])
    page.get_by_label("Password").fill(facts["console_password"])
    page.keyboard.press("Enter")
    page.locator(".lines").wait_for()
    return page


def beside(chromium: Browser, *pictures: bytes, panel: dict[str, int] = PANEL) -> Page:
    """Lay pictures side by side on a page of their own."""
    shown = "".join(f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures)
    width = len(pictures) * (panel["width"] + 24) + 24
    page = chromium.new_page(viewport={"width": width, "height": panel["height"] + 48})
    page.set_content(f"<style>{FRAME} img {{ width: {panel['width']}px; }}</style>{shown}", wait_until="load")
    return page


def reply(url: str, key: str, name: str, text: str, **page: str) -> None:
    """Post one reply, to the sample page unless another is named, and wait until it is decided."""
    body = {"thread": "demo", **page, "name": name, "email": f"{name.lower()}@example.com", "text": text}
    sent = Request(f"{url}/v1/sites/{key}/comments", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(sent) as answer:
        taken = json.load(answer)
    asked = Request(taken["status_url"], headers={"Authorization": f"Receipt {taken['receipt']}"})
    while True:
        with urlopen(asked) as answer:
            if json.load(answer)["status"] != "pending":
                return


if __name__ == "__main__":
    main()
