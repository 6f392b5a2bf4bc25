"""Who types a form by keyboard alone."""

from typing import Any

from assessments.catalogue import CATALOGUE
from tests.browser.desk import press

FOCUS = """() => {
    const one = document.activeElement;
    return {name: one.name || '', value: one.value ?? '', tag: one.tagName, kind: one.type || '',
            adds: one.matches('[data-add-row]')};
}"""
ANALYTES = "() => [...document.querySelectorAll('[name$=-analyte]')].map((one) => [one.value, one.name.split('-')[1]])"


class KeyboardTypist:
    """Goes through a form by Tab alone and answers what the focus is on."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def form(self, record: dict[str, Any], rows: Any = (), button: str = "complete") -> None:
        left = {name: str(value) for name, value in record.items() if value is not None}
        new = list(rows)
        analytes = dict(self.desk.evaluate(ANALYTES))
        for row in new if analytes else ():
            number = analytes[row["analyte"]]
            left |= {f"rows-{number}-{name}": value for name, value in row.items() if name != "analyte"}
        new = [] if analytes else new
        for _ in range(400):
            now = self.desk.evaluate(FOCUS)
            if now["adds"] and new:
                press(self.desk, "Enter")
                begun = self.desk.evaluate(FOCUS)["name"].rsplit("-", 1)[0]
                left |= {f"{begun}-{name}": value for name, value in new.pop(0).items()}
                continue
            if now["name"] == "action" and now["value"] == button:
                assert left == {} and new == [], left
                press(self.desk, "Enter")
                return
            if now["name"] in left:
                self.answer(now, left.pop(now["name"]))
            press(self.desk, "Tab")
        raise AssertionError(f"the button is not reached by Tab; not answered: {left}")

    def answer(self, now: dict[str, str], text: str) -> None:
        if now["kind"] == "radio":
            values = "(name) => [...document.getElementsByName(name)].map((one) => one.value)"
            offered = self.desk.evaluate(values, now["name"])
            digit = text[0] if any(value.isdigit() for value in offered) else str(offered.index(text) + 1)
            press(self.desk, digit)
        elif now["tag"] == "SELECT":
            for _ in range(60):
                if self.desk.evaluate(FOCUS)["value"] == text:
                    return
                press(self.desk, "ArrowDown")
        else:
            press(self.desk, "Control+a")
            self.desk.keyboard.type(text)
            if now["name"] == "dictionary_term":
                press(self.desk, "Escape")

    def complete(self, code: str, record: dict[str, Any], rows: Any = ()) -> None:
        self.form(record, rows)
        self.desk.get_by_text(f"{CATALOGUE[code].title}: complete.").wait_for()
