"""All codes of findings as values: what is found, why it matters, how it is mended, who says so."""

from __future__ import annotations

from dataclasses import dataclass

from mlopscards.model import Card, Problem, Severity, Span

WOZNIAK = "Piotr Wozniak, Effective learning: Twenty rules of formulating knowledge (1999)"
MATUSCHAK = "Andy Matuschak, How to write good prompts (2020)"
COMMONMARK = "CommonMark specification 0.31"
GFM = "GitHub Flavored Markdown specification"
ANKI = "Anki manual"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    code: str
    """A letter for where it belongs, and a number that keeps its meaning for ever."""
    title: str
    severity: Severity
    why: str
    mend: str
    source: str = ""
    """Whose rule it is, where it is not plain from the format."""

    @property
    def can_be_ignored(self) -> bool:
        """Say whether authors may turn it off; what keeps a file from being read can't be."""
        return self.code not in ALWAYS


FAMILIES = {
    "N": "Files and front matter",
    "S": "Settings",
    "M": "Pictures and sounds",
    "F": "Markdown",
    "L": "Links",
    "Q": "Questions and answers",
    "K": "The craft of good cards",
    "I": "Findings that are turned off",
}
"""What the letters stand for."""


def _error(code: str, title: str, why: str, mend: str, source: str = "") -> Code:
    return Code(code, title, Severity.ERROR, why, mend, source)


def _warning(code: str, title: str, why: str, mend: str, source: str = "") -> Code:
    return Code(code, title, Severity.WARNING, why, mend, source)


CODES: tuple[Code, ...] = (
    # --- files and front matter
    _error(
        "N101",
        "File that is not UTF-8",
        "Letters outside ASCII can't be told, so none of the file is read.",
        "Save the file as UTF-8.",
    ),
    _error(
        "N102",
        "Front matter that is not YAML",
        "Course, week and tags of the file are unknown.",
        "Mend the line; text with a colon, a hash or quotes in it wants quotes around it.",
    ),
    _error(
        "N103",
        "Front matter without keys",
        "It says nothing, though somebody meant it to.",
        "Write keys with values, such as `week: 3`, or delete the block.",
    ),
    _error(
        "N104",
        "Unknown key in the front matter",
        "A slip of the keys would silently put the cards into the wrong deck.",
        "Use one of `course`, `week`, `title`, `tags`, `ignore`.",
    ),
    _error(
        "N105",
        "Value of the wrong type",
        "A week that is no number has no place among the decks.",
        "Write the value as the message shows it.",
    ),
    _error(
        "N106",
        "Key twice in the front matter",
        "YAML takes the last one and says nothing.",
        "Keep one of the two.",
    ),
    _warning(
        "N107",
        "One week with two titles",
        "A week is one deck with one name; most often the number was copied with the file.",
        "Correct the number, or give both files the same title.",
    ),
    _warning(
        "N108",
        "File name and front matter disagree",
        "The front matter wins, and who looks for the week by its name finds another one.",
        "Rename the file, or correct the number.",
    ),
    _warning(
        "N109",
        "File that belongs to no week",
        "The other files say which week they belong to; the cards of this one make a deck beside them.",
        "Put `course:` and `week:` at the top, or name the file like `week-3-drift.md`.",
    ),
    _error(
        "N110",
        "Front matter that is not closed",
        "Its keys are read as text, and the file belongs to no week.",
        "Close the block with a line of three dashes.",
    ),
    _error(
        "N111",
        "Front matter that is not at the top",
        "Only a block that begins in the first line is front matter; here its keys are text.",
        "Delete what stands above it, blank lines too.",
    ),
    _warning(
        "N112",
        "Text that was decoded wrongly",
        "A file in UTF-8 was once read as something else and saved so; the letters are lost on the cards too.",
        "Type the letters anew, or restore the file.",
    ),
    _warning(
        "N113",
        "Control character",
        "It is not seen in an editor, and shows as a box on a card or splits a word.",
        "Delete the character.",
    ),
    # --- settings
    _error(
        "S101",
        "Settings that are not YAML",
        "Nothing in the file can be trusted.",
        "Mend the line that the message names.",
    ),
    _error(
        "S102",
        "Unknown key in the settings",
        "What it should set stays at its default.",
        "Use the key that the message proposes.",
    ),
    _error(
        "S103",
        "Value of the wrong type in the settings",
        "It can't be used as it stands.",
        "Write the value as the message shows it.",
    ),
    _error(
        "S104",
        "Key twice in the settings",
        "Only one of the two could count.",
        "Keep one of the two.",
    ),
    # --- media
    _warning(
        "M101",
        "Picture or sound that is missing",
        "The card would show a broken picture.",
        "Put the file there, or correct its path; it starts at the folder of the note.",
    ),
    _warning(
        "M102",
        "Picture or sound outside the notes folder",
        "Only what lies in the notes folder goes into a package.",
        "Move the file into the notes folder.",
    ),
    _warning(
        "M103",
        "Picture on another machine",
        "It does not travel with the deck: no connection, or a page that moved, and the card is empty.",
        "Save the picture beside the notes and show it from there.",
        ANKI,
    ),
    _warning(
        "M104",
        "File that is no picture, sound or film",
        "Anki would not show it, so it is left out.",
        "Save it as PNG, JPEG, WebP, SVG, MP3 or MP4.",
        ANKI,
    ),
    _warning(
        "M105",
        "Drawing that cannot be read",
        "An SVG that is not well-formed, or not UTF-8, could hold anything, so it is left out.",
        "Save it anew, or as PNG.",
    ),
    _warning(
        "M106",
        "Drawing with something that runs",
        "A picture shows and does nothing else: scripts and events are cut out of it.",
        "Save it without them, as plain SVG.",
    ),
    _warning(
        "M107",
        "Picture or sound that no note shows",
        "It was forgotten, or a reference to it was lost in an edit.",
        "Show it, or delete the file.",
    ),
    _warning(
        "M108",
        "Two files whose names differ in case alone",
        "On Windows and macOS they are one file; one of them gets lost on the way through Git.",
        "Rename one of them.",
    ),
    # --- Markdown
    _error(
        "F201",
        "Code that is not closed",
        "All text below the fence is code, up to the next fence or the end; none of it makes a card.",
        "Close it with a line of the same marks.",
        COMMONMARK,
    ),
    _error(
        "F202",
        "Comment that is not closed",
        "All text below it is hidden; none of it makes a card.",
        "Close it with `-->`.",
        COMMONMARK,
    ),
    _error(
        "F203",
        "Formula that is not closed",
        "It shows as text with dollars and backslashes.",
        "Close it: `$…$`, `$$…$$`, `\\(…\\)` or `\\[…\\]`.",
    ),
    _error(
        "F204",
        "Broken cloze",
        "Anki would show the braces, or nothing; no card is made.",
        "Write `{{c1::hidden text}}`, numbered from 1, none within another.",
        ANKI,
    ),
    _error(
        "F205",
        "Gap that is not closed",
        "The sentence makes no card, and shows its equals signs.",
        "Put `==` on both sides of the hidden text, without blanks inside; put a comparison into code.",
    ),
    _error(
        "F206",
        "Fold that is not closed",
        "All text below it belongs to its answer.",
        "Close it with `</details>` or `</summary>`.",
    ),
    _warning(
        "F207",
        "Bold that is not closed",
        "The stars show, and the term is not set apart.",
        "Put `**` on both sides, without blanks inside.",
        COMMONMARK,
    ),
    _warning(
        "F208",
        "Inline code that is not closed",
        "The backtick shows, and stars and underscores behind it are read as marks.",
        "Put a backtick on both sides.",
        COMMONMARK,
    ),
    _warning(
        "F209",
        "HTML that is not shown",
        "Of HTML only what formats text reaches a card; no script, form, style or frame does.",
        "Say it in Markdown, or put it into code where it is meant to be read.",
    ),
    _error(
        "F210",
        "Signs taken as emphasis",
        "Markdown may take the signs of a product or of `__my_name__` for emphasis; then the card does not show them.",
        "Put it into code, or a formula into `$…$`.",
        COMMONMARK,
    ),
    _error(
        "F211",
        "Table row with too many cells",
        "What has no column ends up in the last one, or nowhere, and the card pairs what does not belong together.",
        "Delete the surplus cell, give it a column, or write a bar within a cell as `\\|`.",
        GFM,
    ),
    _warning(
        "F212",
        "Table row with too few cells",
        "The cells slip to the left where a bar is missing, and cards pair what does not belong together.",
        "Write an empty cell as `| |`.",
        GFM,
    ),
    _error(
        "F213",
        "Table whose dashes do not fit its head",
        "The line of dashes makes the columns: with too few of them cells run together, with too many it is no table.",
        "Give the line of dashes as many cells as the head.",
        GFM,
    ),
    _error(
        "F214",
        "Table row outside the table",
        "A blank line ends a table; the rows below it are running text.",
        "Delete the blank line, or give the rows a head of their own.",
        GFM,
    ),
    _warning(
        "F215",
        "Heading without a blank",
        "It is running text, and what stands below it belongs to the heading above.",
        "Put a blank behind the `#` signs.",
        COMMONMARK,
    ),
    # --- links
    _warning(
        "L401",
        "Link to a file that is not there",
        "Whoever follows it finds nothing.",
        "Correct the path; it starts at the folder of the note.",
    ),
    _warning(
        "L402",
        "Link to a heading that is not there",
        "It leads to the top of the file instead.",
        "Use the heading as GitHub writes it in addresses: lower case, blanks as hyphens.",
    ),
    _warning(
        "L403",
        "Reference that is not defined",
        "It shows as text in brackets.",
        "Add a line `[name]: address`.",
        COMMONMARK,
    ),
    _warning(
        "L404",
        "Footnote that is not defined",
        "It shows as text in brackets.",
        "Add a line `[^name]: text`.",
    ),
    _warning(
        "L405",
        "Footnote that nothing refers to",
        "No reader of the text gets to see it.",
        "Refer to it with `[^name]`, or delete it.",
    ),
    _warning(
        "L406",
        "Address that is refused",
        "Addresses that run something instead of leading somewhere never reach a card.",
        "Link to a page: `https:`, `mailto:` or a path.",
    ),
    # --- questions
    _error(
        "Q501",
        "Question without an answer",
        "It makes no card.",
        "Write the answer below it, or delete the question.",
    ),
    _error(
        "Q502",
        "Answer without a question",
        "It makes no card, or becomes part of another one.",
        "Write a `Q:` above it.",
    ),
    _warning(
        "Q503",
        "Term or heading with nothing said of it",
        "It asks nothing, so it makes no card.",
        "Say what it is, or delete it.",
    ),
    _warning(
        "Q504",
        "One question with two answers",
        "Whichever answer the learner gives, the other card counts it wrong.",
        "Join the answers in one card, or say in the question which of them is meant.",
        WOZNIAK + ", rule 11: combat interference",
    ),
    _warning(
        "Q505",
        "Questions that are easily confused",
        "They differ in a letter, an ending or the order of words, and have different answers.",
        "Say in the question in what the two differ.",
        WOZNIAK + ", rule 11: combat interference",
    ),
    # --- craft
    _warning(
        "K301",
        "Long answer",
        "What takes longer to say than some twenty seconds is learned in pieces anyway, and is never quite right.",
        "Make two or three cards of it, or keep the one sentence that matters.",
        WOZNIAK + ", rule 4: stick to the minimum information principle",
    ),
    _warning(
        "K302",
        "Long list",
        "Sets of more than seven are forgotten again and again, whatever the effort.",
        "Group the members under heads of their own, or ask for single members.",
        WOZNIAK + ", rules 9 and 10: avoid sets, avoid enumerations",
    ),
    _warning(
        "K303",
        "Yes or no",
        "Half of all guesses are right, and there is hardly anything to recall.",
        "Ask for the thing itself, or let the answer say why.",
        MATUSCHAK + ", on binary prompts",
    ),
    _warning(
        "K304",
        "Answer given away",
        "The question holds its answer, so nothing is recalled.",
        "Take the words of the answer out of the question.",
        MATUSCHAK + ", on prompts that take no effort",
    ),
    _warning(
        "K305",
        "Question that does not stand by itself",
        "In a review nothing stands above the card, so nobody knows what *it*, *this* or *the above* is.",
        "Name the thing.",
        WOZNIAK
        + ", rule 16: context cues simplify wording, where the card shows them; "
        + MATUSCHAK
        + ", on precision",
    ),
    _warning(
        "K306",
        "Two questions in one",
        "Knowing one of the two answers is neither right nor wrong, so the card is scheduled badly.",
        "Make a card of each.",
        WOZNIAK + ", rule 4: stick to the minimum information principle; " + MATUSCHAK + ", on focus",
    ),
    # --- findings that are turned off
    _warning(
        "I901",
        "Unknown code in an ignore",
        "It turns nothing off.",
        "Use a code of this page; those of unreadable files and settings can't be turned off.",
    ),
    _warning(
        "I902",
        "Ignore that turns nothing off",
        "What it was for has been mended, so it would only hide the next slip.",
        "Delete it.",
    ),
)
BY_CODE = {code.code: code for code in CODES}
ALWAYS = frozenset(code.code for code in CODES if code.code < "N107" and code.code[0] == "N") | {
    code.code for code in CODES if code.code[0] in "SI"
}
"""Codes that can't be turned off: the file or the settings could not be read as they were meant."""


def found(code: str, span: Span, message: str) -> Problem:
    """A finding of *code* at *span*; the catalogue says how much it weighs."""
    return Problem(span, code, message, BY_CODE[code].severity)


def quoted(text: str, most: int = 80) -> str:
    """*text* as messages quote it: in quotes, and no longer than *most* characters."""
    return repr(text if len(text) <= most else f"{text[: most - 3]}...")


def question_of(card: Card) -> str:
    """The question of *card* as messages quote it, on one line."""
    return quoted(" ".join(card.question.text.split()))
