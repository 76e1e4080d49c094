"""The walk over the outline: which items are heads, statements, references or cards, and what they state together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlopscards.concepts.comparisons import VERSUS
from mlopscards.concepts.definitions import CASE, chained, named, sentences, without_link
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
from mlopscards.concepts.facets import facet_of
from mlopscards.concepts.facts import (
    Asked,
    Concept,
    Content,
    Contrast,
    Definition,
    Difference,
    Facet,
    Fact,
    Formula,
    Members,
    Purpose,
    Scope,
    Steps,
    Unread,
)
from mlopscards.concepts.groups import (
    has_sides,
    is_nameless,
    label_of,
    listed_in,
    names_member,
    sides_of,
    step_text,
    steps_in,
)
from mlopscards.concepts.lines import facts_in, facts_of
from mlopscards.concepts.prose import facts_of_prose, facts_of_subject
from mlopscards.concepts.references import (
    are_objectives,
    is_link_line,
    own_links,
    references_in,
    states_something,
    without_references,
    without_trailing_links,
)
from mlopscards.concepts.shapes import (
    NUMBERS,
    PRODUCT_FOR,
    SUCH_AS,
    SYMBOLS,
    THERE_ARE,
    TO_DO,
    answer_end,
    bare_body,
    bare_name,
    can_complete,
    can_define,
    extra_of,
    has_answer,
    is_aside,
    is_example,
    is_only_line,
    is_running,
    is_sentence,
    number_of,
    opens_with_term,
    paragraphs_below,
    parts_told,
    question_of,
    shown_below,
    with_subject,
    without_lead,
)
from mlopscards.concepts.statements import asked_about, elaborated, said_of_part
from mlopscards.concepts.tables import facts_of_table
from mlopscards.concepts.tools import TOOL_WORD
from mlopscards.concepts.unread import why_unread
from mlopscards.layout import Item
from mlopscards.model import LineKind, Place, Span
from mlopscards.names import links_of
from mlopscards.patterns import (
    ASIDE,
    EXAMPLE,
    OBJECTIVE_HEAD,
    PART,
    QUESTION_MARKS,
    REFERENCE_HEAD,
    Split,
    chain_in,
    is_reference,
    is_statement,
    lead_of,
    section_depth,
    split_term,
)
from mlopscards.syntax import BlockKind
from mlopscards.text import Text, join, text_of
from mlopscards.words import is_common, is_generic, is_plural


class Reading:
    """Collects what one note states, and what was left unread."""

    def __init__(self) -> None:
        self.concepts: list[Concept] = []
        self.unread: list[Unread] = []

    # --- the walk ------------------------------------------------------------------------------------------------

    def siblings(self, items: Sequence[Item], scope: Scope) -> None:
        """Read items that stand side by side."""
        scope = replace(scope, references=(*references_in(items), *scope.references))
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
            self._skip(item, LineKind.QUESTION)
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
            self._skip(item, why_unread(item))

    def _explicit(self, item: Item, scope: Scope) -> bool:
        """Read what the author marked as a card; it wins over what could be derived."""
        fact: Fact | None = clozed(item) or two_sided(item) or bold_question(item) or plain_question(item)
        if not fact and item.children and (question := question_of(item.text)):
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
        elif (question := question_of(text)) and has_answer(item.children):
            self._asked_heading(item, question, scope)
        elif REFERENCE_HEAD.search(title) and not states_something(item):
            self._skip(item, LineKind.LINK, whole=True)
        elif OBJECTIVE_HEAD.search(title) or are_objectives(item.children):
            self._skip(item, LineKind.OBJECTIVE, whole=True)
        else:
            self._head(item, scope)

    def _part(self, title: str, scope: Scope) -> Scope:
        """A part of the course: a week changes the place, any other part only the breadcrumb."""
        found = PART.match(title)
        assert found
        rest = (found["rest"] or "").strip(" -–—:.,|)")
        what, number = found["what"].lower(), NUMBERS.get(found["number"].lower()) or number_of(found["number"])
        place = scope.place
        if what == "week":
            place = Place(place.course, number, rest)
        elif what == "course":
            place = Place(number, None, rest)
        else:
            return replace(scope, headings=(*scope.headings, rest or title), subject=Text())
        return Scope(place, references=scope.references, usage=scope.usage)

    def _asked_heading(self, item: Item, question: Text, scope: Scope) -> None:
        """A heading that is a question is answered by what stands below it, up to the next heading."""
        own = tuple(child for child in item.children if not child.is_heading and child.kind is not BlockKind.RULE)
        own = own[: answer_end(own)]
        content = without_trailing_links(own)
        self._say(
            Asked(bare_question(question), Content(items=bare_answer(content))), scope, item, end=own[-1].end_line
        )
        inner = replace(scope, headings=(*scope.headings, question.readable))
        told = {id(child) for child in own}
        self.siblings([child for child in item.children if id(child) not in told], inner)

    # --- heads ---------------------------------------------------------------------------------------------------

    def _head(self, item: Item, scope: Scope) -> None:
        """A head with what stands under it."""
        bare = without_lead(item.text)
        *before, last = sentences(bare) or (bare,)
        if before and not item.is_heading and not split_term(before[0]):
            # Running text whose last sentence opens the list.
            for fact in facts_of_prose(join(before), scope):
                self._say(fact, scope, item)
            bare = last
        bare = with_subject(bare, scope)
        plain = bare.plain
        if REFERENCE_HEAD.search(plain) and not states_something(item):
            self._skip(item, LineKind.LINK, whole=True)
            return
        if OBJECTIVE_HEAD.search(plain):
            self._skip(item, LineKind.OBJECTIVE, whole=True)
            return
        if not item.is_heading and (EXAMPLE.match(plain.strip(" :")) or ASIDE.match(plain.strip(" :"))):
            self._skip(item, LineKind.REMARK, whole=True)
            return
        if not item.is_heading and all(child.kind is BlockKind.MATH for child in item.children):
            self._formulas(item, bare, scope)
            return
        if all(map(is_link_line, item.children)) and not item.is_heading:
            self._linked(item, bare, scope)
            return
        if not item.is_heading and not lead_of(item.text) and (steps := [*chained(bare, scope)]):
            for fact in steps:
                self._say(fact, scope, item)
            self.siblings(item.children, scope)
            return
        head, facts = self._opening(bare, item, scope)
        if len(facts) == 1 and isinstance(facts[0], Definition) and (more := paragraphs_below(item)):
            whole = Definition(facts[0].term, Content(facts[0].body.text, more))
            self._say(whole, scope, item, end=more[-1].end_line)
            item = replace(item, children=item.children[len(more) :])
        else:
            for fact in facts:
                self._say(fact, scope, item)
        inner = self._inside(head, item, scope)
        if not facts and is_only_line(item) and inner.subject is not scope.subject:
            only = item.children[0]
            self._say(Definition(inner.subject, Content(bare_body(without_link(only.text)))), scope, only)
            return
        self._together(head, item, inner, scope)

    def _formulas(self, item: Item, lead: Text, scope: Scope) -> None:
        """A line with nothing but formulas below it; they belong to the subject where the line is a sentence."""
        if split_term(lead) or not lead_of(item.text):
            self._line(replace(item, children=()), scope)
            for child in item.children:
                self.item(child, scope)
            return
        names = lead if len(lead.plain.split()) <= 5 or not scope.subject else scope.subject
        for fact in facts_of_subject(lead, scope):
            self._say(fact, scope, item)
        for child in item.children:
            self._say(Formula(names, Content(child.text)), scope, child)

    def _opening(self, bare: Text, item: Item, scope: Scope) -> tuple[Text, tuple[Fact, ...]]:
        """What the head's own line states, and the name that it goes by for what stands below."""
        if chain_in(bare):
            return bare, ()
        if not item.is_heading and (split := split_term(bare)):
            facts = tuple(facts_of(split, scope))
            return (split.term if facet_of(split.term.plain) else named(split.term, scope)), facts
        if parts_told(bare) and lead_of(item.text) and any(child.marker for child in item.children):
            return bare, ()  # its list says which
        if not item.is_heading and is_statement(bare) and not TO_DO.match(bare.mask) and not SUCH_AS.search(bare.mask):
            facts = facts_in(bare, scope)
            for fact in facts:
                if isinstance(fact, Definition | Purpose):
                    return fact.term, facts
            return bare, facts
        found = PRODUCT_FOR.match(bare.mask) or (None if item.is_heading else TO_DO.match(bare.mask))
        if found and not is_common(found["term"].split()[0]) and not is_plural(found["term"]):
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
            return replace(scope, headings=(*scope.headings, title), subject=Text(), title=bare_name(head))
        headings = (*scope.headings, title)
        if is_generic(title):
            return replace(scope, headings=headings)
        if facet_of(title) and scope.subject:
            return replace(scope, headings=headings)
        found = THERE_ARE.match(head.mask)
        subject = head[found.end() :] if found else bare_name(head)
        if found is None and (len(head.plain.split()) > 8 or (not item.is_heading and is_sentence(head))):
            return replace(scope, headings=headings)
        return replace(
            scope, headings=headings, subject=subject.strip(" :").without("strong", "em"), wider=scope.subject
        )

    def _together(self, head: Text, item: Item, inner: Scope, outer: Scope) -> None:
        """What a head and its children state together, then each child by itself."""
        # The links of a section go with all its cards, those of its head included.
        own = references_in(item.children)
        inner = replace(inner, references=(*own, *inner.references))
        outer = replace(outer, references=(*own, *outer.references))
        children = without_references(item.children)
        if not item.is_heading and TOOL_WORD.search(head.plain):
            # Below `logging tools:` an address names one.
            children = [child for child in item.children if child.kind is not BlockKind.RULE]
        children = [child for child in children if not child.verbatim]
        facet = facet_of(head.plain)
        if not facet and (sides := sides_of(head, children)):
            self._say(Contrast(Text(), sides), outer, item, end=item.end_line)
            self._children(item.children, inner, set(), {id(child) for child in children if child.marker})
            return
        if facet and (subject := outer.subject or outer.title) and not is_generic(head.plain):
            self._facet(facet, item, children, replace(outer, subject=subject))
            self.siblings([child for child in item.children if child.verbatim], inner)
            return
        steps = steps_in(item, children)
        if steps:
            self._say_steps(head, steps, item, inner, outer)
            return
        listed = listed_in(children, item)
        inner = replace(inner, sides=has_sides(listed))
        defining = self._definition_below(head, item, children, inner)
        taken = {defining} if defining else set()
        carried = self._members(head, item, listed, inner, outer)
        first = item.children[0] if item.children else None
        if (
            first
            and is_aside(first)
            and not facts_in(first.text, inner)
            and (told := said_of_part(item.text, first.text))
        ):
            self._say(told, inner, first)
            taken |= {id(first)}
        self._children(item.children, inner, taken | (carried if len(listed) == 1 else set()), carried)

    def _members(self, head: Text, item: Item, listed: Sequence[Item], inner: Scope, outer: Scope) -> set[int]:
        """Say which members a head has; return the identities of the children that the list card carries."""
        # `for cloud: …` among tools is a case of its own, not one of them.
        labels = [label_of(child, sides=inner.sides) for child in listed]
        named_by = [(label, child) for label, child in zip(labels, listed, strict=True) if label]
        named_by = [(label, child) for label, child in named_by if not CASE.match(label.mask)]
        names = [label for label, _ in named_by]
        shown = tuple(shown_below(child) for _, child in named_by)
        if item.is_heading and not is_plural(head.plain, titles=False) and not any(child.marker for child in listed):
            return set()  # lead-ins and lines below a heading are its text, not its members
        own = bool(inner.subject) and inner.subject is not outer.subject
        if len(names) >= 2 and own:
            are_names = sum(map(is_nameless, listed)) * 2 < len(listed)
            # Where something is said of the head first, its list comes after it in the lecture too.
            first = item if listed[0] is item.children[0] else self._beginning_at(item, listed[0])
            self._say(Members(inner.subject, tuple(names), are_names, shown), outer, first, end=listed[-1].end_line)
        elif len(names) >= 2 and (is_statement(head) or len(head.plain.split()) > 2) and not facet_of(head.plain):
            self._say(Members(head, tuple(names), shown=shown), outer, item, end=listed[-1].end_line)
        elif own and len(names) == len(listed) == 1 and is_nameless(listed[0]) and not facts_in(listed[0].text, inner):
            self._say(Members(inner.subject, (listed[0].text,), are_names=False), outer, listed[0])
        elif len(names) < 2:
            return set()
        return {id(child) for child in listed}

    @staticmethod
    def _beginning_at(item: Item, first: Item) -> Item:
        return replace(item, span=replace(item.span, line=first.span.line))

    def _children(self, items: Sequence[Item], scope: Scope, taken: set[int], carried: set[int]) -> None:
        at = 0
        while at < len(items):
            child = items[at]
            if is_example(child) and not child.children and at and not facts_in(child.text, scope):
                self._skip(child, LineKind.EXAMPLE)
                at += 1
            elif id(child) in taken:
                if child.children:
                    self.siblings(child.children, scope)
                at += 1
            elif id(child) in carried and not child.children and not opens_question(child):
                self._carried(child, scope)
                at += 1
            elif (
                at and is_aside(child) and not facts_in(child.text, scope) and items[at - 1].kind is BlockKind.PARAGRAPH
            ):
                self._elaborated(items[at - 1].text, [child], scope)
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
        if (
            clozed(first)
            or two_sided(first)
            or first.text.plain.rstrip().endswith(QUESTION_MARKS)
            or section_depth(first.text)
        ):
            return None
        if any(facts_in(first.text, inner)) or lead_of(first.text) or first.text.bold_spans:
            return None
        if is_aside(first) or (
            names_member(first) and len(listed_in(children, item)) >= 2 and not listed_in(children, item)[0].marker
        ):
            return None
        if not can_define(first, item, children):
            return None
        term = inner.subject
        facts = [*facts_of_prose(first.text, inner)]
        if versus := VERSUS.search(term.mask):
            sides = term[: versus.start()].strip(), term[versus.end() :].strip()
            facts = facts or [Difference(*sides, Content(first.text))]
        if facts:
            for fact in facts:
                self._say(fact, replace(inner, subject=term), first)
        else:
            self._say(Definition(term, Content(bare_body(first.text))), inner, first)
        return id(first)

    def _facet(self, facet: str, item: Item, children: Sequence[Item], scope: Scope) -> None:
        listed = [child for child in children if child.kind is BlockKind.PARAGRAPH and not child.is_heading]
        texts = tuple(
            label if child.children else child.text for child in listed if (label := label_of(child) or child.text)
        )
        if texts:
            self._say(Facet(facet, scope.subject, texts), scope, item, end=item.end_line)
        inner = replace(scope, headings=(*scope.headings, item.text.readable.strip(" :")))
        for child in children:
            if child.children or child.kind is not BlockKind.PARAGRAPH:
                self.item(child, inner)
            elif split_term(child.text):
                self._carried(child, inner)

    def _say_steps(
        self, head: Text, steps: list[tuple[Item, list[Item]]], item: Item, inner: Scope, outer: Scope
    ) -> None:
        """Steps in order; what is said on a step beyond its line is asked by itself."""
        subject = head if inner.subject is outer.subject else inner.subject or head
        inner = replace(inner, sides=False)  # a step called `Mitigation` is a step
        shown = tuple(shown_below(step) for step, _ in steps)
        self._say(Steps(subject, tuple(step_text(step) for step, _ in steps), shown), outer, item, end=item.end_line)
        told = {id(step) for step, _ in steps} | {id(one) for _, more in steps for one in more}
        for step, more in steps:
            if more:
                self._elaborated(step_text(step), more, inner)
            elif step.children:
                self._head(step, inner)
            else:
                self._carried(step, inner)
        self.siblings(
            [child for child in item.children if id(child) not in told and not is_reference(child.text)], inner
        )

    def _elaborated(self, statement: Text, more: Sequence[Item], scope: Scope) -> None:
        """What asides add to the statement above them."""
        first, *rest = more
        told = tuple(elaborated(statement, Content(bare_body(first.text), tuple(rest)), scope))
        for fact in told:
            self._say(fact, scope, first, end=more[-1].end_line)
        for item in more if not told else ():
            self._skip(item, why_unread(item))

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
            self._say(fact, own, item, end=item.end_line)
        if not facts:
            self._skip(item, LineKind.LINK, whole=True)

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
            cells = join(item.rows[row], " ")
            self._say(fact, scope, replace(item, text=cells, span=Span(item.span.path, line)))

    # --- lines ---------------------------------------------------------------------------------------------------

    def _line(self, item: Item, scope: Scope) -> None:
        """A line with nothing under it."""
        if is_reference(item.text) or not item.text:
            self._skip(item, LineKind.LINK)
            return
        if not item.marker and is_running(item) and not opens_with_term(item.text):
            facts = [*facts_of_prose(item.text, scope)]
        else:
            about = [] if item.marker else [*facts_of_subject(item.text, scope)]
            facts = about or [*facts_in(item.text, scope)] or [*facts_of_prose(item.text, scope)]
            if not facts and scope.subject and can_complete(item, scope):
                facts = [*asked_about(item.text.strip(" ()"), scope)]
        for fact in facts:
            self._say(fact, scope, item)
        if not facts:
            self._skip(item, why_unread(item))

    # --- results -------------------------------------------------------------------------------------------------

    def _say(self, fact: Fact, scope: Scope, item: Item, end: int = 0) -> None:
        span = replace(item.span, end_line=max(item.span.end_line, end))
        own = tuple(link for link in own_links(item) if link not in scope.references)
        scope = replace(scope, references=(*own, *scope.references)) if own else scope
        extra = extra_of(item, fact)
        span = replace(span, end_line=max([span.end_line, *(one.end_line for one in extra)]))
        self.concepts.append(Concept(fact, scope, span, extra))

    def _skip(self, item: Item, kind: LineKind, *, whole: bool = False) -> None:
        span = replace(item.span, end_line=item.end_line) if whole else item.span
        self.unread.append(Unread(span, kind))
