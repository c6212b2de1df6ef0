"""Takes the pictures of the documentation from a real installation: `make screenshots`."""

import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).parents[1]
IMAGES: Final = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT / "tests"))

PANEL: Final = {"width": 620, "height": 940}
FRAME: Final = f"""
    body {{ margin: 24px; display: flex; gap: 24px; }}
    img {{ width: {PANEL["width"]}px; border-radius: 10px; box-shadow: 0 2px 14px rgb(0 0 0 / 28%); }}
"""
REPLIES: Final = (
    ("Ines", "We kept the old tie beam. It is in the school hall, with the date the right way up at last."),
    ("Walter", "I proposed under that roof in 1971, in the rain. She said she only came in to keep dry."),
    ("Marguerite", "The bus ticket is mine! I was *eleven*, and I have been wondering ever since."),
)


def main() -> None:
    """Start an installation, let three people reply, and photograph the page."""
    import browser  # noqa: PLC0415 (found beside the tests, see above)
    from servers.up import Up  # noqa: PLC0415

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Up.running(Path(folder) / "var") as up, sync_playwright() as play:
        for name, text in REPLIES:
            reply(up.url, up.facts["site_key"], name, text)
        chromium = play.chromium.launch(executable_path=str(browser.find()), args=["--no-sandbox"])
        page = chromium.new_page(viewport=PANEL, device_scale_factor=2)
        page.goto(up.facts["demo_url"])
        title = page.get_by_text("3 comments").first
        title.wait_for()
        article = page.screenshot()
        title.evaluate("title => window.scrollTo(0, title.getBoundingClientRect().top + window.scrollY - 60)")
        thread = page.screenshot()
        beside(chromium, article, thread).screenshot(path=str(IMAGES / "demo.png"), omit_background=True)
        chromium.close()


def beside(chromium: Browser, *pictures: bytes) -> Page:
    """Lay pictures side by side on a page of their own."""
    shown = "".join(f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures)
    page = chromium.new_page(viewport={"width": 2 * PANEL["width"] + 72, "height": PANEL["height"] + 48})
    page.set_content(f"<style>{FRAME}</style>{shown}", wait_until="load")
    return page


def reply(url: str, key: str, name: str, text: str) -> None:
    """Post one reply to the sample page and wait until it is decided."""
    body = {"thread": "demo", "name": name, "email": f"{name.lower()}@example.com", "text": text}
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
