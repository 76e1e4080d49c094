"""How one line of notes is read: markers, separators between a term and what is said of it, lists within a line.

Patterns are tables. Each works on `Text.mask`, where code, math and addresses are hidden, and cuts the `Text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlopscards.text import HIDDEN, Text
from mlopscards.words import DANGLING, NO_TERM, begins_with_imperative

QUESTION_MARKS = ("?", "？")
"""What a question ends in, full width too."""
BRACKETS = {"(": ")", "[": "]", "{": "}", "“": "”"}


def top_level(mask: str) -> str:
    """Hide what stands in brackets or double quotes, so that patterns see only the outer level."""
    if not any(mark in mask for mark in '([{"“'):
        return mask
    out: list[str] = []
    waiting: list[str] = []
    for character in mask:
        if waiting and character == waiting[-1]:
            waiting.pop()
        elif character in BRACKETS:
            waiting.append(BRACKETS[character])
        elif character == '"':
            waiting.append('"')
        elif not waiting:
            out.append(character)
            continue
        out.append(HIDDEN)
    return mask if waiting else "".join(out)  # an unclosed bracket hides nothing


@dataclass(frozen=True, slots=True)
class Separator:
    """A way of setting a term apart from what is said of it."""

    name: str
    pattern: re.Pattern[str]
    example: str


SEPARATORS = (
    Separator("arrow", re.compile(r"\s*(?:[-–—]{1,3}>|={1,2}>|→|⇒|⟶|➔|➜|>>|(?<=\w)>(?=\s))\s*"), "term --> definition"),
    Separator("assign", re.compile(r"\s*(?:::=|:=)\s*"), "term := definition"),
    Separator("colon", re.compile(r"\s*(?<!:):(?!:)(?:\s+|(?=[A-Za-z(\"“" + HIDDEN + r"]))|\s*："), "term: definition"),
    Separator("dash", re.compile(r"(?:\s+[-–—]{1,3}\s+|\s*—\s*|(?<=\w)-\s+(?=[a-z]))"), "term - definition"),
    Separator("equals", re.compile(r"\s*(?<![<>!=])(?:=|≈|≡)(?!=)\s*"), "term = formula"),
)


@dataclass(frozen=True, slots=True)
class Split:
    """A line cut at its separator."""

    term: Text
    separator: str
    body: Text
    is_bold: bool = False
    """Whether bold sets the term apart, besides the separator."""


def split_term(text: Text) -> Split | None:
    """Cut *text* at the first separator that has a term before it."""
    if bold := _split_bold(text):
        return bold
    mask = top_level(text.mask[:2000])
    found = sorted((m.start(), -m.end(), s.name) for s in SEPARATORS for m in s.pattern.finditer(mask[:160]))
    for start, end, name in found:
        term = text[:start].strip()
        if _ends_sentence(mask[:start]):
            return None
        if is_term(term.mask, name) and not (name == "colon" and mask[start : start + 3] == "://"):
            return Split(term, name, text[-end:].strip())
    return None


BOLD_SEPARATOR = re.compile(r"\s*(?:(\([^)]*\))\s*)?(?:(--?>|→|=>|⇒|>>)|(:)|([-–—]{1,3}(?=\s))|(=))?\s*")


def _split_bold(text: Text) -> Split | None:
    """`**Term**: text`, `**Term:** text`, `**Term** - text`; bold sets the term apart more surely than any mark."""
    end = text.bold_end
    if not end or end >= len(text.plain.rstrip()):
        return None
    term = text[:end].strip()
    found = BOLD_SEPARATOR.match(text.mask, end)
    closed = term.plain.rstrip().endswith((":", "-", "–", "—"))
    if not found or not (closed or any(found.group(2, 3, 4, 5))) or not is_term(term.mask.rstrip(" :.-–—"), "bold"):
        return None
    gloss = Text() if not found[1] else text[found.start(1) : found.end(1)]
    name = next((n for n, g in (("arrow", 2), ("colon", 3), ("dash", 4), ("equals", 5)) if found[g]), "colon")
    term = term.strip(" :-–—").without("strong")
    if gloss:
        term = term + text[end : found.start(1)] + gloss
    return Split(term, name, text[found.end() :].strip(), is_bold=True)


def _ends_sentence(mask: str) -> bool:
    """Say whether a sentence ends in *mask*, so that what follows is not said of its beginning."""
    return bool(re.search(r"[a-z\d)][.!?]\s+[A-Z]", mask))


LONGEST_TERM = {
    "bold": (14, 110),
    "arrow": (10, 90),
    "colon": (9, 80),
    "dash": (8, 70),
    "assign": (8, 70),
    "equals": (8, 70),
}
"""How many words and characters a term may have, by what sets it apart."""


def is_term(mask: str, separator: str) -> bool:
    """Say whether *mask* can be a term: short, opening like a name, not ending in mid-thought."""
    mask = mask.strip()
    have = mask.split()
    most, longest = LONGEST_TERM[separator]
    if not have or len(have) > most or len(mask) > longest or not re.search(r"[^\W\d_]", mask):
        return False
    first, last = (re.sub(r"[^\w.'-]", "", word).lower().rstrip(".") for word in (have[0], have[-1]))
    if last in DANGLING or mask.endswith(("?", ",", ";", "!")) or re.match(r"https?$", last):
        return False
    if separator == "bold":
        return True
    if separator in ("colon", "dash") and FINITE.search(mask) and not re.search(r"(?:has|have|means|is|are)$", mask):
        return False
    return first not in NO_TERM and (mask.count(",") < 2 or separator == "arrow") and _is_outer(mask)


def _is_outer(mask: str) -> bool:
    return mask.count("(") == mask.count(")") and mask.count("[") == mask.count("]")


# --- labels ------------------------------------------------------------------------------------------------------

EXAMPLE = re.compile(r"(?:for\s+)?(?:examples?|ex|e\.?\s?g\.?|eg)$", re.IGNORECASE)
"""A label whose text illustrates what stands before it."""
ASIDE = re.compile(
    r"(?:todo|fixme|note(?: to self)?|nb|n\.b\.|ps|p\.s\.|remember|remark|question|source|credits?"
    r"|author|date|update|edit|created|last edited|updated|tags?|status|owner|due|priority|q|homework|hint"
    r"|links?|papers?|books?|articles?|videos?|talk|blog|references?|docs?|repo|website|site|github|code"
    r"|image|figure|fig\.?(?: \d+)?|notation|warning|caution|disclaimer|tl;?dr|by|see|see also|table)$",
    re.IGNORECASE,
)
"""A label whose text is a word to oneself, not a concept."""
FIELD = re.compile(
    r"(?:source|author|date|created|last edited|updated|tags?|status|owner|due|priority|links?|papers?|books?"
    r"|articles?|videos?|talk|blog|docs?|repo|website|site|code|image|figure|table)$",
    re.IGNORECASE,
)
"""Labels among them that may name a field of a record as well."""


def is_aside_label(split: Split, *, among_terms: bool) -> bool:
    """Say whether the label of a line makes it a word to oneself.

    A bold one in a list of terms that says what it is, such as `**source**: where a record comes from`, is a term.
    """
    label = split.term.plain.strip(" :.")
    if not ASIDE.match(label):
        return False
    explains = split.body.plain[:1].islower() and len(split.body.plain.split()) >= 3 and not split.body.links
    return not (among_terms and split.is_bold and explains and FIELD.match(label))


DEFINES = re.compile(
    r"(?:def|def\.|defn|definition|meaning|what|what it is|what is it|description|idea|what it does)$", re.IGNORECASE
)
"""A label whose text defines the head above."""


# --- markers -----------------------------------------------------------------------------------------------------

RAW_MARKER = re.compile(
    r"\s*(?:(\(?\d{1,2}\s?[.)]{1,2})(?!\d)\s*(?=\S)|(\(?[a-h]\))\s+|([•●▪‣◦·✓✔➢➤►*+])\s*(?=\S)|(-)(?=[^\W\d_]|\s))"
)
"""A list marker that CommonMark does not know: `(1.)`, `1.text`, `a)`, `•`, `-text`."""


def raw_marker(text: Text) -> tuple[str, Text]:
    """Take a marker that CommonMark left in *text* off it."""
    found = RAW_MARKER.match(text.mask)
    if not found or (found[3] in ("*", "+") and not text.mask[found.end() - 1].isspace()):
        return "", text
    marker = next(group for group in found.groups() if group)
    digits = "".join(filter(str.isdigit, marker))
    return f"{digits}." if digits else "-", text[found.end() :].strip()


CHECKBOX = re.compile(r"\[[ xX]\]\s+")


def without_checkbox(text: Text) -> Text:
    """Take the box of a task off."""
    found = CHECKBOX.match(text.mask)
    return text[found.end() :] if found else text


# --- heads and parts ---------------------------------------------------------------------------------------------

LEAD_IN = re.compile(r"(?::|>>|[-–=]+>|→|⇒|(?<=\w)>|:-)\s*$")
"""How a line ends that opens what follows."""
PART = re.compile(
    r"^\W*(?P<what>part|week|module|chapter|course|lecture|lesson|section|unit|day|session|topic)\s*[#:]?\s*"
    r"(?P<number>\d{1,2}|[ivx]{1,4}|one|two|three|four|five)\b\s*(?P<rest>(?:[-–—:.,|)]|\s).*)?$",
    re.IGNORECASE,
)
"""A line that numbers a part of the course."""
REFERENCE_HEAD = re.compile(
    r"\b(?:references?|resources?|further reading|readings?|papers?|links?|bibliography|sources?|literature|see also|"
    r"useful links|hands[- ]on labs?|labs?|exercises|videos?|books|articles|credits"
    r"|acknowledge?ments|citations?|courses|"
    r"blog ?posts?|tutorials?|what to read|assignments?|homework|table of contents|contents|toc"
    r"|changelog|license)\s*:?\s*$",
    re.IGNORECASE,
)
"""A head under which stand references, never concepts."""
OBJECTIVE_HEAD = re.compile(
    r"\b(?:objectives?|learning goals?|outcomes|prerequisites|agenda|syllabus|unanswered"
    r"|without answers?|you will learn|we will learn|"
    r"to ?do|todos?|my questions|open questions|questions for)\b",
    re.IGNORECASE,
)
"""A head under which stand aims or reminders, not facts."""

NUMBERED_HEAD = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+(?=[A-Z][\w-]*[a-z]|[A-Z]{2,}\s+\w)\S.*")
"""A line that numbers a section below others: `2.1 Choosing a metric`."""


def section_depth(text: Text) -> int:
    """How deep the number before a title reaches, 2 for `2.1`; 0 where *text* is no numbered title."""
    mask = text.mask.strip()
    found = NUMBERED_HEAD.fullmatch(mask) if mask[:1].isdigit() else None
    if not found or len(mask.split()) > 13 or mask.endswith((".", ";", ",", "!")):
        return 0
    title = mask[len(found["number"]) :].strip(" .:")
    return 0 if FINITE.search(title) and not title.endswith("?") else found["number"].count(".") + 1


ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def is_reference(text: Text) -> bool:
    """Say whether *text* is nothing but links or addresses, with at most a few joining marks."""
    links = text.links
    if not links:
        return False
    left = text.plain
    for shown, _ in links:
        left = left.replace(shown, " ", 1)
    return not re.sub(r"(?i)\b(?:link|links|source|see|url|paper|video|and|here|via)\b|[\W_]", "", left)


def is_lead_in(text: Text) -> bool:
    """Say whether *text* opens what follows."""
    return bool(lead_of(text))


def lead_of(text: Text) -> re.Match[str] | None:
    """Find the mark of a lead-in at the end of *text*."""
    return LEAD_IN.search(text.mask, max(0, len(text.mask) - 40))


def goes_on(text: Text) -> bool:
    """Say whether the thought of *text* is not at its end: open bracket, trailing comma, `which`, `+`."""
    mask = text.mask.rstrip()
    if mask.count("(") > mask.count(")") or mask.endswith((",", "+", "(", "&", "/")):
        return True
    last = re.search(r"(\w+|e\.g\.|i\.e\.|vs\.)$", mask[-40:])
    return last is not None and last[1].islower() and last[1].rstrip(".") in DANGLING


# --- lists within a line -----------------------------------------------------------------------------------------

NUMBERED = re.compile(r"(?:^|(?<=[\s:,;.]))\(?\d{1,2}[.)]\s*(?=[^\W\d])")
ETC = re.compile(r"\s*(?:,|;)?\s*(?:\betc\b\.*|\band (?:so on|more|others)\b\.?|…|\.{3,})\s*$", re.IGNORECASE)


LONGEST_LIST = 2000
"""Characters of a list or a chain within a line."""


def members_in(text: Text) -> tuple[Text, ...]:
    """Read *text* as a list within a line: numbered, by semicolons, or by commas; nothing where it is none."""
    if len(text.plain) > LONGEST_LIST:
        return ()
    mask = top_level(text.mask)
    if end := ETC.search(mask):
        text, mask = text[: end.start()], mask[: end.start()]
    text = text.strip(" .\n")
    mask = top_level(text.mask)
    numbers = list(NUMBERED.finditer(mask))
    if len(numbers) >= 2 and numbers[0].start() <= 2:
        starts = [m.end() for m in numbers]
        ends = [*(m.start() for m in numbers[1:]), len(mask)]
        return tuple(text[a:b].strip(" ,;.\n") for a, b in zip(starts, ends, strict=True))
    if mask.count(";") >= 1:
        return _by_semicolons(text, mask)
    return _by_commas(text, mask)


def short_parts(text: Text) -> tuple[Text, ...]:
    """Cut *text* at its commas, where every part is short: `robust, few parameters`."""
    parts = (
        _cut_at(text, top_level(text.mask), re.compile(r"\s*,\s*(?:and\s+)?")) if len(text.plain) < LONGEST_LIST else ()
    )
    return parts if len(parts) >= 2 and all(len(part.plain.split()) <= 4 for part in parts) else ()


def _by_semicolons(text: Text, mask: str) -> tuple[Text, ...]:
    """Semicolons part a list of three and more, or of two names; between two sentences they part clauses."""
    parts = _cut_at(text, mask, re.compile(r"\s*;\s*(?:and\s+|or\s+)?"))
    if len(parts) == 2:
        return parts if all(is_name(part.mask, 2) for part in parts) else ()
    return parts if len(mask.split()) <= 9 * len(parts) else ()


def _by_commas(text: Text, mask: str) -> tuple[Text, ...]:
    parts = _cut_at(text, mask, re.compile(r"\s*,\s*(?:and\s+|or\s+|&\s*)?|\s+(?:and|or|&)\s+(?=[^,]*$)"))
    if "," not in mask:
        parts = _cut_at(text, mask, re.compile(r"\s*,\s*"))
    if len(parts) < 2 or re.search(r"[a-z)][.!?]\s", mask):
        return ()
    return parts if all(is_name(part.mask, len(parts)) or glossed(part) for part in parts) else ()


def _cut_at(text: Text, mask: str, pattern: re.Pattern[str]) -> tuple[Text, ...]:
    cuts = list(pattern.finditer(mask))
    starts = [0, *(m.end() for m in cuts)]
    ends = [*(m.start() for m in cuts), len(mask)]
    parts = (text[a:b].strip(" .,;\n") for a, b in zip(starts, ends, strict=True))
    return tuple(part for part in parts if part)


FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|will|would|can|could|should|must|may|means|does|do|not|which|that|so)\b", re.I
)
CLAUSE = re.compile(
    r"\s(?:to|for|on|from|by|with|than|when|at|per|but|as|if|into|without)\s|^(?:never|always|only"
    r"|no|not|robust|needs|cheap)\b",
    re.IGNORECASE,
)
"""Inside a member of a list these tell that it is a clause."""
PARTICIPLE_START = re.compile(
    r"^(?:used|using|based|given|made|stored|called|known|especially|including|because|since|e\.?g|i\.?e)\b", re.I
)


def is_name(mask: str, among: int) -> bool:
    """Say whether *mask* can be one of *among* members that a line lists: a name, not a clause."""
    bare = re.sub(r"\s*\([^)]*\)", "", mask).strip()
    most = 4 if among == 2 else 6
    have = bare.split()
    if not 1 <= len(have) <= most or PARTICIPLE_START.match(bare) or FINITE.search(bare):
        return False
    if have[0].lower() in DANGLING - {"no", "not"}:
        return False
    if among > 2 and begins_with_imperative(bare) and len(have) > 2:
        return False
    return have[0].lower() not in NO_TERM and have[-1].lower() not in DANGLING and not CLAUSE.search(bare)


ARROW = re.compile(r"\s*(?:[-–—]{1,3}>|={1,2}>|→|⇒|⟶|➔|➜)\s*")


def chain_in(text: Text) -> tuple[Text, ...]:
    """Read `A --> B --> C` as its links; nothing where there are fewer than three."""
    if len(text.plain) > LONGEST_LIST:
        return ()
    mask = top_level(text.mask)
    parts = _cut_at(text, mask, ARROW)
    return parts if len(parts) >= 3 else ()


GLOSSED = re.compile(r"^(?P<name>[^()]{2,60}?)\s*\((?P<gloss>.+)\)\s*$")


def glossed(text: Text) -> tuple[Text, Text] | None:
    """Read `name(gloss)`."""
    found = GLOSSED.match(text.mask)
    if found and text[found.start("gloss") : found.end("gloss")].links:
        return None
    if not found or not top_level(text.mask).rstrip().endswith(HIDDEN):
        return None
    return text[found.start("name") : found.end("name")].strip(), text[
        found.start("gloss") : found.end("gloss")
    ].strip()


def is_statement(text: Text) -> bool:
    """Say whether *text* says something, rather than name something."""
    return len(text.plain.split()) > 7 or bool(FINITE.search(text.mask)) or begins_with_imperative(text.mask)
