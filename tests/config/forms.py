"""What a browser sends of a form that nobody has touched."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """Reads the form with an id, or the one that posts somewhere."""

    def __init__(self, page: str, which: str):
        super().__init__()
        self.which, self.inside = which, False
        self.data: dict[str, list[str]] = {}
        self._select = self._text = None
        self._words = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.inside = self.which in {said.get("id"), said.get("action")}
        if not self.inside:
            return
        name = said.get("name")
        if tag == "input" and name:
            kind = said.get("type", "text")
            ticked = kind not in {"checkbox", "radio"} or "checked" in said
            if ticked and kind not in {"submit", "button", "file"}:
                self._add(name, said.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select, self._first, self._many = name, None, "multiple" in said
        elif tag == "option" and self._select:
            if "selected" in said:
                self._add(self._select, said.get("value", ""))
            self._first = self._first if self._first is not None else said.get("value", "")
        elif tag == "textarea":
            self._text, self._words = name, ""

    def handle_data(self, data):
        self._words += data if self._text else ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self._text:
            self._add(self._text, self._words.removeprefix("\n"))
            self._text = None
        elif tag == "select" and self._select:
            if self._select not in self.data and not self._many:
                self._add(self._select, self._first or "")
            self._select = None

    def _add(self, name, value):
        if name:
            self.data.setdefault(name, []).append(value)
