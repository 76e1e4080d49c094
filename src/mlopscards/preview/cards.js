// The cards as values, and their words; nothing here touches the page.

const FORMULA = /\\\((.*?)\\\)|\\\[(.*?)\\\]/gs;

/** What the formulas of the page are named by: their source, behind the sign that says whether they stand in a line. */
const keyOf = ([, inline, display]) => (inline === undefined ? `[${display}` : `(${inline}`);

/** Fields that stand beside what is asked. Many cards share their references, so that a search in them finds too much. */
const ASIDE = new Set(["Context", "Reverse Context", "Source", "References"]);

/** One card as Anki counts them: a side of a note, or one of its clozes. */
class Card {
  constructor(note, number, place) {
    Object.assign(this, { note, number, place });
    this.key = number === 1 ? note.guid : `${note.guid}~${number}`;
  }

  get template() {
    const { layout } = this.note;
    return layout.templates[layout.isCloze ? 0 : this.number - 1];
  }

  get sides() {
    return sidesOf(this.template, this.note.values, this.number);
  }

  /** The question as plain text. */
  get title() {
    const { values, layout, formulas } = this.note;
    const html = values[this.template.asks];
    return (this.asked ??= textOf(layout.isCloze ? clozed(html, this.number, true) : html, formulas) || "(picture)");
  }

  /** What the answer's side says more than the question's, as plain text. */
  get told() {
    const { values, layout, formulas } = this.note;
    const { asks, back } = this.template;
    const names = [...back.matchAll(/\{\{([^{}:#^/]+)\}\}/g)].map(([, name]) => name.trim());
    const shown = names.filter((name) => Object.hasOwn(values, name) && !ASIDE.has(name)).map((name) => values[name]);
    if (layout.isCloze) shown.unshift(clozed(values[asks], this.number, false));
    return textOf(shown.join(" "), formulas);
  }

  /** All that can be searched, folded. */
  get haystack() {
    const { values, places, tags } = this.note;
    return (this.folded ??= folded([this.title, this.told, textOf(values.Context), places[0][0], ...tags].join("\n")));
  }
}

/** All cards of `content`, in the order of the lecture. */
function cardsOf(content) {
  const told = (value) => (typeof value === "number" ? content.shared[value] : value);
  return content.decks.flatMap((deck) => deck.notes.flatMap((note) => {
    note.layout = content.layouts[note.layout];
    note.deck = deck.name;
    note.tags = note.tags.map(told);
    note.places = note.places.map(([path, ...lines]) => [told(path), ...lines]);
    note.problems ??= [];
    note.formulas = content.formulas;
    const own = note.fields.map(told);
    note.values = Object.fromEntries(note.layout.fields.map((name, place) => [name, own[place] ?? ""]));
    Object.assign(note.values, { Tags: note.tags.join(" "), Deck: deck.name, Subdeck: deck.name.split("::").pop(), Type: note.layout.name });
    return note.cards.map((number) => new Card(note, number));
  }));
}

const reader = document.createElement("textarea"); // it reads entities, and nothing else

function textOf(html, formulas = {}) {
  const words = html
    .replace(FORMULA, (...match) => ` ${textOfFormula(match, formulas)} `)
    .replace(/<br>|<\/(?:p|li|td|th|div|pre|summary|h\d)>/gi, " ")
    .replace(/<[^>]*>/g, "");
  reader.innerHTML = words.includes("&") ? words : "";
  return (words.includes("&") ? reader.value : words).replace(/\s+([?.,;:)])|\s+/g, (_, mark) => mark ?? " ").trim();
}

/** A formula in one line: its letters, where these say all, or else its source. */
function textOfFormula(match, formulas) {
  const drawing = formulas[keyOf(match)] ?? "<mfrac>";
  return /<m(?:sub|sup|frac|sqrt|root|table|under|over)/.test(drawing) ? match[1] ?? match[2] : drawing.replace(/<[^>]*>/g, "");
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Where in `text` the words stand, as [start, end], though it is compared without case and accents. */
function hitsIn(text, words) {
  let plain = "";
  const places = [];
  for (let at = 0; at < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(at));
    for (const unit of folded(char)) {
      plain += unit;
      places.push(...Array(unit.length).fill([at, at + char.length]));
    }
    at += char.length;
  }
  const hits = words.flatMap((word) => {
    const found = [];
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
      found.push([places[at][0], places[at + word.length - 1][1]]);
    }
    return found;
  });
  return hits.sort(([one], [other]) => one - other).filter(([start], place, all) => place === 0 || start >= all[place - 1][1]);
}
