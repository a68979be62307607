"""Reads a page as the HTML contract promises it: one form, named controls, named buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

PARTS = ("Day", "Month", "Year", "Weeks", "Days")


@dataclass(frozen=True)
class Option:
    """One choice of a radio group, a set of checkboxes or a select."""

    value: str
    label: str
    is_chosen: bool
    is_exclusive: bool = False  # "none of these"


@dataclass(frozen=True)
class Control:
    """One named thing to fill in."""

    name: str
    kind: str  # text, textarea, radio, checkbox, select, or the input's own type
    label: str
    ids: tuple[str, ...]
    value: str = ""
    options: tuple[Option, ...] = ()
    autocomplete: str = ""
    inputmode: str = ""
    is_conditional: bool = False  # lies inside a reveal under another choice


@dataclass(frozen=True)
class Summary:
    """One line of the error summary."""

    href: str
    text: str


@dataclass(frozen=True)
class PostForm:
    """One form of a page that has several, as staff pages do."""

    action: str
    hidden: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """What a person meets on one page. What nobody asks for is not looked for."""

    url: str
    status: int
    html: str

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def form(self) -> Tag | None:
        return the_form(self.soup)

    @cached_property
    def title(self) -> str:
        return words(self.soup.title)

    @cached_property
    def heading(self) -> str:
        return words(self.soup.h1)

    @cached_property
    def has_form(self) -> bool:
        """One without a button of its own is only for the language switch."""
        return self.form is not None and self.form.find("button") is not None

    @cached_property
    def action(self) -> str:
        return urljoin(self.url, str(self.form.get("action") or "")) if self.form else self.url

    @cached_property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        return tuple(hidden_fields(self.form)) if self.form else ()

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        return tuple(read_controls(self.form, self.soup)) if self.form else ()

    @cached_property
    def buttons(self) -> tuple[str, ...]:
        return tuple(buttons(self.form)) if self.form else ()

    @cached_property
    def errors(self) -> tuple[Summary, ...]:
        return tuple(
            Summary(str(link.get("href")), words(link))
            for summary in self.soup.find_all(class_="govuk-error-summary__list")
            for link in summary.find_all("a")
        )

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(str(tag["id"]) for tag in self.soup.find_all(id=True))

    @cached_property
    def links(self) -> tuple[tuple[str, str], ...]:
        found = self.soup.find_all("a", href=True)
        return tuple((words(a), urljoin(self.url, str(a["href"]))) for a in found)

    @cached_property
    def forms(self) -> tuple[PostForm, ...]:
        return tuple(
            PostForm(urljoin(self.url, str(each.get("action") or "")), tuple(hidden_fields(each)))
            for each in self.soup.find_all("form", method="post")
        )

    @cached_property
    def reference(self) -> str:
        panel = self.soup.find(class_="govuk-panel__body")
        return words(panel.find("strong")) if isinstance(panel, Tag) else ""

    @cached_property
    def text(self) -> str:
        return words(self.soup.body)

    def control(self, name: str) -> Control:
        """The control of that name."""
        return next(control for control in self.controls if control.name == name)


def read_page(url: str, status: int, html: str) -> Page:
    """Read one page; one with more than a form of its own breaks the contract."""
    return Page(url, status, html)


def the_form(soup: BeautifulSoup) -> Tag | None:
    """The page's one form; more than one breaks the contract."""
    forms = [form for form in soup.find_all("form") if form.get("method") == "post"]
    forms = [form for form in forms if form.find_parent("header") is None]
    return forms[0] if forms else None


def words(tag: Tag | None) -> str:
    """The text of a tag on one line."""
    return " ".join(tag.get_text(" ").split()) if tag else ""


def hidden_fields(form: Tag) -> Iterator[tuple[str, str]]:
    for field in form.find_all("input", type="hidden", attrs={"name": True}):
        yield str(field["name"]), str(field.get("value") or "")


def buttons(form: Tag) -> Iterator[str]:
    for button in form.find_all("button"):
        if button.get("name") == "action":
            yield str(button.get("value") or "")
        elif button.get("type", "submit") == "submit":
            yield ""


def read_controls(form: Tag, soup: BeautifulSoup) -> Iterator[Control]:
    """Each control once: radios and checkboxes of one name are one control."""
    seen = set()
    for tag in form.find_all(["input", "textarea", "select"], attrs={"name": True}):
        name, kind = str(tag["name"]), kind_of(tag)
        if kind == "hidden" or name in seen:
            continue
        seen.add(name)
        yield read_control(tag, name, kind, form, soup)


def read_control(tag: Tag, name: str, kind: str, form: Tag, soup: BeautifulSoup) -> Control:
    tags = [tag]
    options: tuple[Option, ...] = ()
    if kind in ("radio", "checkbox"):
        tags = form.find_all("input", attrs={"name": name})
        options = tuple(choice(t, soup) for t in tags)
    elif kind == "select":
        options = tuple(
            Option(str(o.get("value", words(o))), words(o), o.has_attr("selected"))
            for o in tag.find_all("option")
        )
    return Control(
        name=name,
        kind=kind,
        label=label_of(tag, soup),
        ids=tuple(str(t.get("id")) for t in tags),
        value=tag.get_text() if kind == "textarea" else str(tag.get("value") or ""),
        options=options,
        autocomplete=str(tag.get("autocomplete") or ""),
        inputmode=str(tag.get("inputmode") or ""),
        is_conditional=tag.find_parent(class_=["govuk-radios__conditional"]) is not None
        or tag.find_parent(class_=["govuk-checkboxes__conditional"]) is not None,
    )


def kind_of(tag: Tag) -> str:
    return tag.name if tag.name != "input" else str(tag.get("type") or "text")


def choice(tag: Tag, soup: BeautifulSoup) -> Option:
    label = soup.find("label", attrs={"for": tag.get("id")})
    return Option(
        str(tag.get("value") or "on"),
        words(label if isinstance(label, Tag) else None),
        tag.has_attr("checked"),
        tag.get("data-behaviour") == "exclusive",
    )


def label_of(tag: Tag, soup: BeautifulSoup) -> str:
    """The words of a control: of its fieldset for a choice or date part, else of its label."""
    fieldset = tag.find_parent("fieldset")
    label = soup.find("label", attrs={"for": tag.get("id")})
    own = words(label if isinstance(label, Tag) else None)
    legend = words(fieldset.legend) if fieldset and fieldset.legend else ""
    if tag.get("type") in ("radio", "checkbox"):
        return legend or own
    return f"{legend} {own}".strip() if own in PARTS else own
