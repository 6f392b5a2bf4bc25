"""Somebody at a browser who presses what the document names; what a person would press and type is counted."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.typist import KeyboardTypist

# The keystroke-level model of Card, Moran and Newell (Comm. ACM 23:396, 1980), in seconds: a key of an average typist,
# pointing with the hand's way to the mouse and the click, and a thought before each.
KEY, POINT, THOUGHT = 0.28, 1.1 + 0.4 + 0.2, 1.35


@dataclass
class Effort:
    keys: int = 0
    points: int = 0

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.points * (POINT + THOUGHT)


class Keyboard:
    """The page's keyboard, with each key counted."""

    def __init__(self, keyboard: Any, effort: Effort) -> None:
        self._keyboard, self._effort = keyboard, effort

    def press(self, key: str) -> None:
        self._effort.keys += 1
        self._keyboard.press(key)

    def type(self, text: str) -> None:
        self._effort.keys += len(text)
        self._keyboard.type(text)


class PersonsDesk:
    """A browser of one person, signed in or not; other words of the page are the page's own."""

    def __init__(self, browser: Any, address: str) -> None:
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(15_000)
        self.page.goto(address)
        self.effort = Effort()
        self.taken = Path()  # The file that was downloaded last.
        self.keyboard = Keyboard(self.page.keyboard, self.effort)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def fill(self, **fields: str) -> None:
        """Fields of the page's own form, by their names in it."""
        for name, text in fields.items():
            self.page.locator(f"main [name={name}]").first.fill(text)
            self.effort.points += 1
            self.effort.keys += len(text)

    def choose_file(self, path: Any) -> None:
        self.page.set_input_files("main [name=file]", path)
        self.effort.points += 3

    def click(self, words: str) -> None:
        """The first link or button that begins with these words; of the page itself rather than of its frame."""
        name = re.compile(rf"\s*{re.escape(words)}")
        for part in (self.page.locator("main"), self.page):
            shown = part.get_by_role("button", name=name).or_(part.get_by_role("link", name=name)).first
            if shown.count():
                break
        self.effort.points += 1
        if shown.get_attribute("download") is not None:
            with self.page.expect_download() as download:
                shown.click()
            self.taken = download.value.path()
            return
        with self.page.expect_navigation():
            shown.click()

    def typist(self) -> KeyboardTypist:
        """Who goes through the form of the page by keyboard."""
        return KeyboardTypist(self)

    def said(self) -> str:
        return str(self.page.inner_text("main"))
