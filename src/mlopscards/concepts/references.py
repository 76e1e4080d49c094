"""What is no concept: links that stand alone, reference heads, learning objectives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlopscards.layout import Item
from mlopscards.model import Link
from mlopscards.names import links_of
from mlopscards.patterns import REFERENCE_HEAD, is_reference, split_term
from mlopscards.syntax import BlockKind
from mlopscards.words import OBJECTIVES, words


def without_trailing_links(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """An answer without the links that stand below it; a link alone is an answer."""
    end = len(items)
    while end > 1 and not items[end - 1].marker and is_reference(items[end - 1].text):
        end -= 1
    return items[:end]


def states_something(item: Item) -> bool:
    """Say whether most of what stands under *item* is more than a link with its label."""
    children = [child for child in item.children if child.kind is not BlockKind.RULE]
    return sum(map(refers, children)) * 2 < len(children)


def is_link_line(item: Item) -> bool:
    """Say whether *item* is a line of links alone."""
    return item.kind is BlockKind.PARAGRAPH and not item.children and is_reference(item.text)


def refers(item: Item) -> bool:
    """Say whether *item*, with all under it, only refers to something to read."""
    if item.is_heading:
        return all(refers(child) for child in item.children)
    return (
        bool(item.text.links)
        or item.kind is BlockKind.RULE
        or (bool(item.children) and all(map(refers, item.children)) and len(item.text.plain.split()) < 25)
    )


def are_objectives(children: Sequence[Item]) -> bool:
    """Learning objectives: a list in which nearly all open with what the learner shall be able to do."""
    listed = [child for child in children if child.marker and not child.children]
    opening = [
        child
        for child in listed
        if child.text.plain[:1].isupper() and words(child.text.plain)[:1] and words(child.text.plain)[0] in OBJECTIVES
    ]
    long = [child for child in opening if len(child.text.plain.split()) >= 5 and not split_term(child.text)]
    return len(listed) >= 3 and len(long) >= 0.75 * len(listed)


def without_references(children: Sequence[Item]) -> list[Item]:
    """The children that are more than links and rules."""
    return [
        child
        for child in children
        if child.kind is not BlockKind.RULE and not (is_reference(child.text) and not child.children)
    ]


def references_in(items: Sequence[Item]) -> tuple[Link, ...]:
    """The links that stand among *items* as lines of their own, and under reference heads."""
    found: list[Link] = []
    for item in items:
        if item.verbatim:
            continue
        if is_reference(item.text):
            found += links_of(item.text)
        elif item.children and REFERENCE_HEAD.search(item.text.plain.strip(" :")) and not states_something(item):
            found += [link for child in item.children for link in _all_links(child)]
    return tuple(dict.fromkeys(found))


def _all_links(item: Item) -> Iterator[Link]:
    yield from own_links(item)
    for child in item.children:
        yield from _all_links(child)


def own_links(item: Item) -> tuple[Link, ...]:
    """The links in a line, named by the label before them."""
    if item.verbatim or not item.text.links:
        return ()
    split = split_term(item.text)
    label = split.term.readable if split and is_reference(split.body) else ""
    return links_of(item.text, label)
