"""The walk over the outline: which items are heads, statements, references or cards, and what they state together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlopscards.concepts.explicit import (
    asked,
    bare_answer,
    bare_question,
    bold_question,
    clozed,
    opens_question,
    plain_question,
    two_sided,
)
from mlopscards.concepts.facts import (
    Asked,
    Completion,
    Concept,
    Content,
    Contrast,
    Definition,
    Elaboration,
    Facet,
    Fact,
    Formula,
    Members,
    Purpose,
    Scope,
    Steps,
    Unread,
)
from mlopscards.concepts.lines import (
    CASE,
    FOR_WORD,
    FORMULA_LABEL,
    SUBJECT,
    USE_WHEN,
    VERSUS,
    completed,
    facet_of,
    facts_in,
    facts_of,
    named,
    stated,
    without_link,
)
from mlopscards.concepts.prose import facts_of_prose, facts_of_subject
from mlopscards.concepts.tables import facts_of_table
from mlopscards.model import Link, Place, Span
from mlopscards.names import links_of, names_of_links
from mlopscards.outline import Item
from mlopscards.patterns import (
    ASIDE,
    EXAMPLE,
    LEAD_IN,
    OBJECTIVE_HEAD,
    PART,
    REFERENCE_HEAD,
    Split,
    chain_in,
    glossed,
    is_reference,
    is_statement,
    members_in,
    split_term,
)
from mlopscards.syntax import BlockKind
from mlopscards.text import Text, join, text_of
from mlopscards.words import (
    OBJECTIVES,
    PRONOUNS,
    begins_with_imperative,
    begins_with_verb,
    is_common,
    is_generic,
    is_plural,
    words,
)

LONG = 30
"""Words from which an unmarked line under a heading is running text."""
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}


class Reading:
    """Collects what one note states, and what was left unread."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.concepts: list[Concept] = []
        self.unread: list[Unread] = []

    # --- the walk ------------------------------------------------------------------------------------------------

    def siblings(self, items: Sequence[Item], scope: Scope) -> None:
        """Read items that stand side by side."""
        scope = replace(scope, references=(*scope.references, *_references(items)))
        at = 0
        while at < len(items):
            at += self._next(items, at, scope)

    def _next(self, items: Sequence[Item], at: int, scope: Scope) -> int:
        """Read the item at *at*; return how many items it took."""
        item = items[at]
        if (
            item.kind is BlockKind.MATH
            and scope.subject
            and at + 1 < len(items)
            and SYMBOLS.match(items[at + 1].text.plain)
        ):
            content = Content(items=(item, items[at + 1]))
            self._say(Formula(scope.subject, content), scope, item, end=items[at + 1].span.end_line)
            return 2
        if opens_question(item):
            fact, taken = asked(items[at:])
            if fact:
                self._say(fact, scope, item, end=items[at + taken - 1].end_line)
                return taken
            self._skip(item, "question without answer")
            return 1
        self.item(item, scope)
        return 1

    def item(self, item: Item, scope: Scope) -> None:
        """Read one item and all under it."""
        match item.kind:
            case BlockKind.TABLE:
                self._table(item, scope)
            case BlockKind.QUOTE:
                self.siblings(item.children, scope)
            case BlockKind.CODE | BlockKind.MATH | BlockKind.RULE | BlockKind.DESCRIPTION:
                self._plain(item, scope)
            case BlockKind.TERM:
                self._described(item, scope)
            case _ if item.is_heading:
                self._heading(item, scope)
            case _ if not self._explicit(item, scope):
                self._head(item, scope) if item.children else self._line(item, scope)

    def _plain(self, item: Item, scope: Scope) -> None:
        if item.kind is BlockKind.MATH and scope.subject and "=" in item.text.plain:
            for fact in facts_in(item.text, scope):
                self._say(fact, scope, item)
        elif item.kind is not BlockKind.RULE:
            self._skip(item, str(item.kind))

    def _explicit(self, item: Item, scope: Scope) -> bool:
        """Read what the author marked as a card; it wins over what could be derived."""
        fact: Fact | None = clozed(item) or two_sided(item) or bold_question(item) or plain_question(item)
        if not fact and item.children and (question := _question(item.text)):
            fact = Asked(question, Content(items=bare_answer(item.children)))
        if not fact:
            return False
        self._say(fact, scope, item, end=item.end_line)
        return True

    # --- headings ------------------------------------------------------------------------------------------------

    def _heading(self, item: Item, scope: Scope) -> None:
        text = item.text.without("strong").strip()
        title = text.plain.strip(" :")
        if PART.match(title) and item.rank != 70:
            self.siblings(item.children, self._part(title, scope))
        elif (question := _question(text)) and _answers(item.children):
            self._asked_heading(item, question, scope)
        elif REFERENCE_HEAD.search(title) and not _states(item):
            self._skip(item, "references", whole=True)
        elif OBJECTIVE_HEAD.search(title) or _are_objectives(item.children):
            self._skip(item, "objectives", whole=True)
        else:
            self._head(item, scope)

    def _part(self, title: str, scope: Scope) -> Scope:
        """A part of the course: a week changes the place, any other part only the breadcrumb."""
        found = PART.match(title)
        assert found
        rest = (found["rest"] or "").strip(" -–—:.,|)")
        what, number = found["what"].lower(), NUMBERS.get(found["number"].lower()) or _number(found["number"])
        place = scope.place
        if what == "week":
            place = Place(place.course, number, rest)
        elif what == "course":
            place = Place(number, None, rest)
        else:
            return replace(scope, headings=(*scope.headings, rest or title), subject=Text())
        return Scope(place, (), Text(), scope.references)

    def _asked_heading(self, item: Item, question: Text, scope: Scope) -> None:
        """A heading that is a question is answered by what stands below it, up to the next heading."""
        own = tuple(child for child in item.children if not child.is_heading and child.kind is not BlockKind.RULE)
        own = own[: _answer_end(own)]
        content = _without_trailing_links(own)
        self._say(
            Asked(bare_question(question), Content(items=bare_answer(content))), scope, item, end=own[-1].end_line
        )
        inner = replace(scope, headings=(*scope.headings, question.readable))
        told = {id(child) for child in own}
        self.siblings([child for child in item.children if id(child) not in told], inner)

    # --- heads ---------------------------------------------------------------------------------------------------

    def _head(self, item: Item, scope: Scope) -> None:
        """A head with what stands under it."""
        bare = _with_subject(_without_lead(item.text), scope)
        plain = bare.plain
        if REFERENCE_HEAD.search(plain) and not _states(item):
            self._skip(item, "references", whole=True)
            return
        if OBJECTIVE_HEAD.search(plain):
            self._skip(item, "objectives", whole=True)
            return
        if EXAMPLE.match(plain.strip(" :")) or ASIDE.match(plain.strip(" :")):
            self._skip(item, "aside", whole=True)
            return
        if all(map(_is_link_line, item.children)) and not item.is_heading:
            self._linked(item, bare, scope)
            return
        head, facts = self._opening(bare, item, scope)
        if len(facts) == 1 and isinstance(facts[0], Definition) and (more := _paragraphs_below(item)):
            whole = Definition(facts[0].term, Content(facts[0].body.text, more))
            self._say(whole, scope, item, end=more[-1].end_line)
            item = replace(item, children=item.children[len(more) :])
        else:
            for fact in facts:
                self._say(fact, scope, item)
        inner = self._inside(head, item, scope)
        if not facts and _is_only_line(item) and inner.subject is not scope.subject:
            only = item.children[0]
            self._say(Definition(inner.subject, Content(_bare_body(without_link(only.text)))), scope, only)
            return
        self._together(head, item, inner, scope)

    def _opening(self, bare: Text, item: Item, scope: Scope) -> tuple[Text, tuple[Fact, ...]]:
        """What the head's own line states, and the name that it goes by for what stands below."""
        if chain_in(bare):
            return bare, ()
        if not item.is_heading and (split := split_term(bare)):
            facts = tuple(facts_of(split, scope))
            return (split.term if facet_of(split.term.plain) else named(split.term, scope)), facts
        if not item.is_heading and is_statement(bare) and not TO_DO.match(bare.mask) and not SUCH_AS.search(bare.mask):
            facts = tuple(fact for fact in facts_in(bare, scope) if not isinstance(fact, Completion))
            for fact in facts:
                if isinstance(fact, Definition | Purpose):
                    return fact.term, facts
            return bare, facts
        found = PRODUCT_FOR.match(bare.mask) or (None if item.is_heading else TO_DO.match(bare.mask))
        if found and not is_common(found["term"].split()[0]):
            term = bare[: found.end("term")]
            return term, (Purpose(term, bare[found.start("purpose") :]),)
        if found := SUCH_AS.search(bare.mask):
            return bare[found.start("group") : found.end("group")], ()
        return bare, ()

    def _inside(self, head: Text, item: Item, scope: Scope) -> Scope:
        """The scope of what stands under a head."""
        title = head.readable.strip(" :")
        if not title:
            return scope
        if item.rank == 10 and any(child.is_heading for child in item.children):
            # The title of a whole file is no subject of its parts.
            return replace(scope, headings=(*scope.headings, title), subject=Text(), title=_bare_name(head))
        headings = (*scope.headings, title)
        if is_generic(title):
            return replace(scope, headings=headings)
        if facet_of(title) and scope.subject:
            return replace(scope, headings=headings)
        found = THERE_ARE.match(head.mask)
        subject = head[found.end() :] if found else _bare_name(head)
        if found is None and len(head.plain.split()) > 8:
            return replace(scope, headings=headings)
        return replace(
            scope, headings=headings, subject=subject.strip(" :").without("strong", "em"), wider=scope.subject
        )

    def _together(self, head: Text, item: Item, inner: Scope, outer: Scope) -> None:
        """What a head and its children state together, then each child by itself."""
        children = _without_references(item.children)
        if (sides := _sides(head, children)) and not facet_of(head.plain):
            self._say(Contrast(Text(), sides), outer, item, end=item.end_line)
            self._children(item.children, inner, set(), {id(child) for child in children if child.marker})
            return
        facet = facet_of(head.plain)
        if facet and (subject := outer.subject or outer.title) and not is_generic(head.plain):
            self._facet(facet, item, children, replace(outer, subject=subject))
            return
        steps = _steps(item, children)
        if steps:
            self._steps(head, steps, item, inner, outer)
            return
        listed = _listed(children, item)
        inner = replace(inner, sides=_has_sides(listed))
        taken: set[int] = set()
        if first := self._definition_below(head, item, children, inner):
            taken.add(first)
        names = [label for child in listed if (label := _label(child, sides=inner.sides))]
        if len(names) >= 2 and all(CASE.match(name.mask) for name in names):
            names = []
        own = inner.subject is not outer.subject
        if item.is_heading and not is_plural(head.plain, titles=False) and not any(child.marker for child in listed):
            names = []  # lead-ins and lines below a heading are its text, not its members
        if len(names) >= 2 and own and inner.subject:
            are_names = sum(map(_is_nameless, listed)) * 2 < len(listed)
            # Where something is said of the head first, its list comes after it in the lecture too.
            at = item if listed[0] is children[0] else replace(item, span=replace(item.span, line=listed[0].span.line))
            self._say(Members(inner.subject or head, tuple(names), are_names), outer, at, end=listed[-1].end_line)
        elif (
            len(names) == 1
            and own
            and inner.subject
            and len(listed) == 1
            and _is_nameless(listed[0])
            and not facts_in(listed[0].text, inner)
        ):
            self._say(Members(inner.subject, (listed[0].text,), are_names=False), outer, listed[0])
            taken.add(id(listed[0]))
        elif len(names) >= 2 and (is_statement(head) or len(head.plain.split()) > 2) and not facet:
            self._say(Members(head, tuple(names)), outer, item, end=listed[-1].end_line)
        carried = {id(child) for child in listed} if len(names) >= 2 else set()
        scope = replace(inner, references=(*inner.references, *_references(item.children)))
        self._children(item.children, scope, taken, carried)

    def _children(self, items: Sequence[Item], scope: Scope, taken: set[int], carried: set[int]) -> None:
        at = 0
        while at < len(items):
            child = items[at]
            if id(child) in taken:
                if child.children:
                    self.siblings(child.children, scope)
                at += 1
            elif id(child) in carried and not child.children and not opens_question(child):
                self._carried(child, scope)
                at += 1
            elif (
                at
                and _is_aside(child)
                and not facts_in(child.text, scope)
                and items[at - 1].kind is BlockKind.PARAGRAPH
            ):
                self._say(Elaboration(items[at - 1].text, Content(_bare_body(child.text))), scope, child)
                at += 1
            else:
                at += self._next(items, at, scope)

    def _carried(self, child: Item, scope: Scope) -> None:
        """A member that its head's list card carries already: only what it states beyond its name."""
        if not self._explicit(child, scope):
            for fact in facts_in(child.text, scope):
                self._say(fact, scope, child)

    def _definition_below(self, head: Text, item: Item, children: Sequence[Item], inner: Scope) -> int | None:
        """The first line below a head that defines it; return its identity."""
        if not children or not inner.subject:
            return None
        first = children[0]
        if first.kind is not BlockKind.PARAGRAPH or first.marker or first.is_heading:
            return None
        if clozed(first) or two_sided(first) or first.text.plain.rstrip().endswith("?"):
            return None
        if any(facts_in(first.text, inner)) or LEAD_IN.search(first.text.mask) or first.text.bold_spans:
            return None
        if _is_aside(first) or (
            _names(first) and len(_listed(children, item)) >= 2 and not _listed(children, item)[0].marker
        ):
            return None
        if not _can_define(first, item, children):
            return None
        term = inner.subject
        facts = [*facts_of_prose(first.text, inner)]
        if facts:
            for fact in facts:
                self._say(fact, replace(inner, subject=term), first)
        else:
            self._say(Definition(term, Content(_bare_body(first.text))), inner, first)
        return id(first)

    def _facet(self, facet: str, item: Item, children: Sequence[Item], scope: Scope) -> None:
        listed = [child for child in children if child.kind is BlockKind.PARAGRAPH and not child.is_heading]
        texts = tuple(
            label if child.children else child.text for child in listed if (label := _label(child) or child.text)
        )
        if texts:
            self._say(Facet(facet, scope.subject, texts), scope, item, end=item.end_line)
        inner = replace(scope, headings=(*scope.headings, item.text.readable.strip(" :")))
        for child in children:
            if child.children or child.kind is not BlockKind.PARAGRAPH:
                self.item(child, inner)
            elif split_term(child.text):
                self._carried(child, inner)

    def _steps(self, head: Text, steps: list[tuple[Item, list[Item]]], item: Item, inner: Scope, outer: Scope) -> None:
        """Steps in order; what is said on a step beyond its line is asked by itself."""
        subject = inner.subject or head
        self._say(Steps(subject, tuple(_step_text(step) for step, _ in steps)), outer, item, end=item.end_line)
        told = {id(step) for step, _ in steps} | {id(one) for _, more in steps for one in more}
        for step, more in steps:
            own = [*step.children, *more]
            if more:
                first, *rest = more
                self._say(
                    Elaboration(_step_text(step), Content(_bare_body(first.text), tuple(rest))),
                    inner,
                    first,
                    end=own[-1].end_line,
                )
            elif step.children:
                self._head(step, inner)
            else:
                self._carried(step, inner)
        self.siblings(
            [child for child in item.children if id(child) not in told and not is_reference(child.text)], inner
        )

    def _linked(self, item: Item, bare: Text, scope: Scope) -> None:
        """A line whose children are links alone: `actual tool is X:`, `logging tools:`."""
        links = tuple(link for child in item.children for link in links_of(child.text))
        own = replace(scope, references=(*links, *scope.references))
        names = Text()
        for child in item.children:
            names = names + text_of(", ") + child.text if names else child.text
        facts = facts_in(bare, own)
        if not facts and names and split_term(bare) is None:
            facts = tuple(facts_of(Split(bare, "colon", names), own))
        for fact in facts:
            if not isinstance(fact, Completion):
                self._say(fact, own, item, end=item.end_line)
        if not facts:
            self._skip(item, "references", whole=True)

    def _described(self, item: Item, scope: Scope) -> None:
        """A definition list."""
        described = [child for child in item.children if child.text or child.children]
        if described:
            first, *rest = described
            content = Content(first.text, (*first.children, *rest))
            self._say(Definition(item.text.without("strong"), content), scope, item, end=item.end_line)

    def _table(self, item: Item, scope: Scope) -> None:
        for row, fact in facts_of_table(item.rows, scope):
            line = min(item.span.line + row + 1, item.span.end_line)
            self._say(fact, scope, replace(item, span=Span(item.span.path, line)))

    # --- lines ---------------------------------------------------------------------------------------------------

    def _line(self, item: Item, scope: Scope) -> None:
        """A line with nothing under it."""
        if is_reference(item.text) or not item.text:
            self._skip(item, "reference")
            return
        if not item.marker and _is_running(item) and not _opens_with_term(item.text):
            facts = [*facts_of_prose(item.text, scope)]
        else:
            about = [] if item.marker else [*facts_of_subject(item.text, scope)]
            facts = about or [*facts_in(item.text, scope)] or [*facts_of_prose(item.text, scope)]
            if not facts and scope.subject and _can_complete(item, scope):
                facts = [*completed(item.text.strip(" ()"))]
        for fact in facts:
            self._say(fact, scope, item)
        if not facts:
            self._skip(item, "prose" if _is_running(item) else "no definition found")

    # --- results -------------------------------------------------------------------------------------------------

    def _say(self, fact: Fact, scope: Scope, item: Item, end: int = 0) -> None:
        span = replace(item.span, end_line=max(item.span.end_line, end))
        own = tuple(link for link in _own_links(item) if link not in scope.references)
        scope = replace(scope, references=(*own, *scope.references)) if own else scope
        self.concepts.append(Concept(fact, scope, span, _extra(item, fact)))

    def _skip(self, item: Item, reason: str, *, whole: bool = False) -> None:
        span = replace(item.span, end_line=item.end_line) if whole else item.span
        self.unread.append(Unread(span, reason))


# --- what an item is ---------------------------------------------------------------------------------------------

SYMBOLS = re.compile(r"(?:where|with|here|in which)\s*,?\s*(?=\$|the\b|\w\s+(?:is|=))|(?:where|here)\b", re.IGNORECASE)
"""How the explanation of a formula's symbols opens."""
THERE_ARE = re.compile(
    r"(?:there\s+(?:are|is)|we have|consider"
    r"|these are)\s+(?:also\s+)?(?:the\s+)?(?:following\s+)?(?:(?:\d+|two|three|four|five|six"
    r"|seven|several|many|some|various|main)\s+)*",
    re.I,
)
PRODUCT_FOR = re.compile(r"(?P<term>[A-Z]\S*(?:\s+[A-Z]\S*)*)\s+[Ff]or\s+(?P<purpose>\w+ing\b.*|\S+\s+\S.*)$")
SUCH_AS = re.compile(
    r"(?P<group>[\w-]+\s+[\w-]+s)\s*,?\s*(?:like|such as|e\.g\.?|for example|including)$", re.IGNORECASE
)
"""A sentence that ends in the name of a group and opens its list: `… with logging tools, like:`."""
TO_DO = re.compile(r"^(?P<term>[A-Z]\S*(?:\s+\S+){0,4}?)\s+to\s+(?P<purpose>[a-z]+\s.+)$")


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _without_lead(text: Text) -> Text:
    """Take the mark of a lead-in off the end of a head."""
    found = LEAD_IN.search(text.mask)
    return (text[: found.start()] if found else text).strip(" :")


def _with_subject(lead: Text, scope: Scope) -> Text:
    """A lead-in that begins with a pronoun, with the subject that it means: `It includes:`."""
    found = re.match(r"(?:it|they|this)\s+(?=\w)", lead.mask, re.IGNORECASE)
    if found and scope.subject and len(lead.plain.split()) <= 6:
        lead = scope.subject + text_of(" ") + lead[found.end() :]
    ended = re.search(r"\s+(?:are|is)$", lead.mask)
    return lead[: ended.start()] if ended else lead


def _bare_name(head: Text) -> Text:
    """A head without what only qualifies it: `Options, from cheap to expensive`."""
    found = re.search(r",\s|\s[(–—-]\s?|\s\((?![^)]*[A-Z]{2})", head.mask)
    return head[: found.start()] if found and len(head.plain.split(",")) == 2 else head


def _bare_body(text: Text) -> Text:
    """Take the copula off a definition whose subject is its head: `means that …`."""
    found = re.match(
        r"(?:means?(?: that)?|is when|is where|is|are|refers to|idea is to|the idea is to)\s+", text.mask, re.IGNORECASE
    )
    body = text[found.end() :] if found else text
    if body.mask.startswith("(") and body.mask.endswith(")"):
        body = body.strip("()")
    return body


def _answers(children: Sequence[Item]) -> bool:
    return any(not child.is_heading and child.kind is not BlockKind.RULE for child in children)


def _answer_end(items: Sequence[Item]) -> int:
    """Where the answer to a heading ends: before what is a card by itself, or opens a table or list of its own."""
    for at, item in enumerate(items[1:], 1):
        opens = bool(item.children) and bool(LEAD_IN.search(item.text.mask))
        if (
            opens
            or item.kind is BlockKind.TABLE
            or bold_question(item)
            or clozed(item)
            or two_sided(item)
            or opens_question(item)
        ):
            return at
    return len(items)


def _without_trailing_links(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """An answer without the links that stand below it; a link alone is an answer."""
    end = len(items)
    while end > 1 and is_reference(items[end - 1].text):
        end -= 1
    return items[:end]


def _states(item: Item) -> bool:
    """Say whether most of what stands under *item* is more than a link with its label."""
    children = [child for child in item.children if child.kind is not BlockKind.RULE]
    return sum(map(_refers, children)) * 2 < len(children)


INTERROGATIVE = re.compile(
    r"(?:why|how|what|when|which|where|who)\s+(?:is|are|do|does|did|can|could|should|would|will|to"
    r"|many|much|\w+s?\s+(?:is|are|do|does))\b",
    re.I,
)


def _question(text: Text) -> Text:
    """A head that asks: it ends in a question mark, or it is a question without one."""
    plain = text.plain.strip(" :")
    if plain.endswith("?"):
        return text.without("strong").strip()
    asks = INTERROGATIVE.match(plain) and len(plain.split()) <= 14 and not facet_of(plain)
    return text.without("strong").strip(" :") + text_of("?") if asks else Text()


def _sides(head: Text, children: Sequence[Item]) -> tuple[tuple[Text, Text], ...]:
    """Below `A vs B` what is said of A and of B, each in a line or in a list of its own."""
    found = VERSUS.search(head.mask)
    if not found:
        return ()
    names = [head[: found.start()].strip().plain.lower(), head[found.end() :].strip().plain.lower()]
    sides: list[tuple[Text, Text]] = []
    for child in children:
        split = split_term(child.text)
        label = split.term if split else _without_lead(child.text)
        if child.is_heading or VERSUS.search(label.mask) or len(label.plain.split()) > 5:
            continue
        said = [split.body] if split else []
        said += [below.text for below in child.children if below.kind is BlockKind.PARAGRAPH]
        if said and any(label.plain.lower() in name or name in label.plain.lower() for name in names):
            sides.append((label, join(said, "; ")))
    return tuple(sides) if len(sides) >= 2 else ()


def _formula_of(item: Item, scope: Scope) -> Formula | None:
    """The formula that a line or a block of math states, if that is all that it states."""
    if item.children or item.rank or item.marker:
        return None
    if item.kind is BlockKind.MATH:
        return Formula(scope.subject, Content(items=(item,))) if scope.subject else None
    facts = facts_in(item.text, scope) if item.kind is BlockKind.PARAGRAPH else ()
    return facts[0] if len(facts) == 1 and isinstance(facts[0], Formula) else None


def _is_link_line(item: Item) -> bool:
    return item.kind is BlockKind.PARAGRAPH and not item.children and is_reference(item.text)


def _refers(item: Item) -> bool:
    if item.is_heading:
        return all(_refers(child) for child in item.children)
    return (
        bool(item.text.links)
        or item.kind is BlockKind.RULE
        or (all(map(_refers, item.children)) and len(item.text.plain.split()) < 25)
    )


def _are_objectives(children: Sequence[Item]) -> bool:
    """Learning objectives: a list in which nearly all open with what the learner shall be able to do."""
    listed = [child for child in children if child.marker and not child.children]
    opening = [
        child
        for child in listed
        if child.text.plain[:1].isupper() and words(child.text.plain)[:1] and words(child.text.plain)[0] in OBJECTIVES
    ]
    long = [child for child in opening if len(child.text.plain.split()) >= 5 and not split_term(child.text)]
    return len(listed) >= 3 and len(long) >= 0.75 * len(listed)


def _without_references(children: Sequence[Item]) -> list[Item]:
    return [
        child
        for child in children
        if child.kind is not BlockKind.RULE and not (is_reference(child.text) and not child.children)
    ]


def _references(items: Sequence[Item]) -> tuple[Link, ...]:
    """The links that stand among *items* as lines of their own, and under reference heads."""
    found: list[Link] = []
    for item in items:
        if item.verbatim:
            continue
        if is_reference(item.text):
            found += links_of(item.text)
        elif item.children and REFERENCE_HEAD.search(item.text.plain.strip(" :")) and not _states(item):
            found += [link for child in item.children for link in _all_links(child)]
    return tuple(dict.fromkeys(found))


def _all_links(item: Item) -> Iterator[Link]:
    yield from _own_links(item)
    for child in item.children:
        yield from _all_links(child)


def _own_links(item: Item) -> tuple[Link, ...]:
    """The links in a line, named by the label before them."""
    if item.verbatim or not item.text.links:
        return ()
    split = split_term(item.text)
    label = split.term.readable if split and is_reference(split.body) else ""
    return links_of(item.text, label)


def _listed(children: Sequence[Item], head: Item) -> list[Item]:
    """The children that a list card of their head names: its list items, or its lines where it has none."""
    marked = [child for child in children if child.marker and not child.is_heading]
    if marked:
        return marked
    if any(child.is_heading for child in children):
        return _headed(children)
    lines = [child for child in children if child.kind is BlockKind.PARAGRAPH and not _is_aside(child)]
    lines = [child for child in lines if child.children or not is_reference(child.text)]
    names = [child for child in lines if _names(child)]
    if head.is_heading and len(names) < len(lines):
        return []
    return names if len(names) >= 2 else []


def _headed(children: Sequence[Item]) -> list[Item]:
    """Headings that name kinds of one thing: they end in the same word."""
    headings = [child for child in children if child.is_heading and child.children]
    names = [words(child.text.plain) for child in headings]
    alike = len({name[-1] for name in names if name}) == 1
    if len(headings) < 2 or not alike or not all(1 < len(name) <= 6 and not JOINED & set(name) for name in names):
        return []
    return headings if not any(child.text.plain.strip().endswith("?") for child in headings) else []


JOINED = frozenset({"of", "vs", "versus", "and", "for", "in", "with"})


def _names(item: Item) -> bool:
    """Say whether a line names a member: a term with its text, a head, or a bare name."""
    if split := split_term(item.text):
        return not _is_side(split.term.plain)
    return (
        bool(item.children)
        or len(members_in(item.text)) > 1
        or not (is_statement(item.text) or FOR_WORD.match(item.text.plain))
    )


def _is_nameless(item: Item) -> bool:
    return not item.children and split_term(item.text) is None and is_statement(item.text)


def _has_sides(listed: Sequence[Item]) -> bool:
    """Say whether labels such as `Type` name sides here: not where most of the list names other things."""
    labels = [split.term.plain for item in listed if (split := split_term(item.text))]
    return sum(bool(facet_of(label)) for label in labels) * 2 >= len(labels)


def _label(item: Item, *, sides: bool = True) -> Text:
    """What a list card calls a child; nothing where the child names no member."""
    text = _without_lead(item.text)
    if found := SUCH_AS.search(text.mask):
        text = text[: found.end("group")]
    if is_reference(text) and not item.children and "://" in text.plain:
        return join(names_of_links(text), ", ")
    if len(members := members_in(text)) >= 2 and all(pairs := [glossed(member) for member in members]):
        return join([pair[0] for pair in pairs if pair], ", ")
    if split := split_term(text):
        return Text() if _is_side(split.term.plain, sides=sides) else split.term
    if USE_WHEN.match(text.mask) or clozed(item) or text.plain.rstrip().endswith("?"):
        return Text()
    return _opening_term(text) or text.strip(" .;,").without("strong")


def _is_side(label: str, *, sides: bool = True) -> bool:
    """Say whether *label* names a side of the subject, or an aside, rather than a member."""
    return bool((sides and facet_of(label)) or EXAMPLE.match(label) or ASIDE.match(label) or FORMULA_LABEL.match(label))


def _opening_term(text: Text) -> Text:
    """The term that a line opens with, without a mark behind it: `**F1** is …`, `Precision is …`."""
    if 0 < text.bold_end < len(text.plain) and len(text.plain[: text.bold_end].split()) <= 6:
        return text[: text.bold_end].without("strong")
    told = SUBJECT.match(text.mask)
    if told and any(stated(text, Scope(Place()))):
        return text[told.start("subject") : told.end("subject")]
    return Text()


def _is_aside(item: Item) -> bool:
    return item.text.plain.startswith("(") and item.text.plain.rstrip().endswith(")")


def _is_running(item: Item) -> bool:
    """Say whether a line reads as running text."""
    plain = item.text.plain
    return len(plain.split()) > LONG or len(re.findall(r"[a-z)][.!?]\s+[A-Z]", plain)) >= 1


def _can_define(first: Item, head: Item, children: Sequence[Item]) -> bool:
    """Say whether the first line below a head is its definition.

    Below a real heading running text is prose unless its subject is the heading or it is all that stands there;
    below a handout's head the first line is what is said of it.
    """
    have = words(first.text.plain)
    if not have or have[0] in PRONOUNS or have[0] in ("in", "for", "when", "if", "as", "while", "let's", "see"):
        return have[:1] == ["when"]
    if not head.is_heading:
        return True
    short = len(have) <= LONG and not _is_running(first)
    alone = len([child for child in children if child.kind is BlockKind.PARAGRAPH and not child.is_heading]) == 1
    fragment = (
        first.text.plain[:1].islower() or begins_with_verb(first.text.plain) or begins_with_imperative(first.text.plain)
    )
    noun = bool(re.match(r"(?:an?|the)\s", first.text.plain, re.IGNORECASE))
    return short and (fragment or (noun and alone) or alone)


def _opens_with_term(text: Text) -> bool:
    """Say whether running text is what a short term, or a bold one, opens."""
    split = split_term(text)
    return split is not None and (
        bool(text.bold_end) or (len(split.term.plain.split()) <= 4 and split.term.plain[:4] != "The ")
    )


def _can_complete(item: Item, scope: Scope) -> bool:
    have = words(item.text.plain)
    if not item.marker and item.text.plain[:1].isupper() and item.text.plain.rstrip().endswith((".", "!")):
        return False
    return 6 <= len(have) <= LONG and have[0] not in PRONOUNS and not item.text.plain.rstrip().endswith("?")


def _paragraphs_below(item: Item) -> tuple[Item, ...]:
    """The further paragraphs of a list item, which belong to what it defines."""
    if not item.marker:
        return ()
    end = 0
    for child in item.children:
        text = child.text
        if child.marker or child.kind is not BlockKind.PARAGRAPH or child.children or child.gap != 1:
            break
        if is_reference(text) or split_term(text) or _is_aside(child) or not text.plain.rstrip().endswith((".", "!")):
            break
        end += 1
    return item.children[:end]


def _is_only_line(item: Item) -> bool:
    """Say whether under a bare head stands one line, which then says what the head is."""
    if item.is_heading or len(item.children) != 1:
        return False
    only = item.children[0]
    says = only.kind is BlockKind.PARAGRAPH and not only.children and not is_reference(only.text)
    return (
        says
        and not split_term(only.text)
        and not clozed(only)
        and not two_sided(only)
        and not LEAD_IN.search(item.text.mask)
    )


STEP_HEAD = re.compile(
    r"(?:\b(?:steps?|procedures?|workflows?|process|pipeline|algorithm|stages|phases|order"
    r"|life ?cycle|recipe|sequence|loop)\s*$"
    r"|^(?:the\s+)?(?:\w+\s+)?(?:steps|stages|phases|order|workflow|procedure)\s+(?:of|for|to|in)\b|how it works)",
    re.IGNORECASE,
)


def _steps(head: Item, children: Sequence[Item]) -> list[tuple[Item, list[Item]]]:
    """Read children as steps: an ordered list of actions, or two and more lines that say what to do, in order."""
    ordered = [child for child in children if re.match(r"\d", child.marker)]
    doing = [child for child in ordered if begins_with_imperative(child.text.mask) or begins_with_verb(child.text.mask)]
    if len(ordered) >= 2 and (STEP_HEAD.search(_without_lead(head.text).plain) or len(doing) * 3 >= len(ordered) * 2):
        return [(child, []) for child in ordered]
    if any(child.marker for child in children[:1]):
        return []
    steps: list[tuple[Item, list[Item]]] = []
    for child in children:
        if child.kind is not BlockKind.PARAGRAPH or child.marker or child.children or child.is_heading:
            break
        if (
            not _is_aside(child)
            and begins_with_imperative(child.text.mask)
            and not facts_in(child.text, Scope(Place()))
        ):
            steps.append((child, []))
        elif steps and ((words(child.text.plain)[:1] and words(child.text.plain)[0] in PRONOUNS) or _is_aside(child)):
            steps[-1][1].append(child)
        elif is_reference(child.text):
            continue
        else:
            break
    return steps if len(steps) >= 2 else []


def _step_text(item: Item) -> Text:
    if item.children and (label := _label(item)):
        return label
    return _without_lead(item.text).strip(" ;")


def _extra(item: Item, fact: Fact) -> tuple[Item, ...]:
    """Examples and code that stand under a line, for the back of its card."""
    if isinstance(fact, Asked | Members | Steps | Facet):
        return ()
    return tuple(
        child for child in item.children if child.kind in (BlockKind.CODE, BlockKind.QUOTE) or _is_example(child)
    )


def _is_example(item: Item) -> bool:
    split = split_term(item.text)
    return split is not None and bool(EXAMPLE.match(split.term.plain))
