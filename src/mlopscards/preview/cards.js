// The cards as values, and their words; nothing here touches the page.

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
    const { values, layout } = this.note;
    const html = values[this.template.asks];
    return (this.asked ??= textOf(layout.isCloze ? clozed(html, this.number, true) : html) || "(picture)");
  }

  /** The answer's side as plain text. */
  get told() {
    return textOf(this.sides.answer);
  }

  /** All that can be searched, folded. */
  get haystack() {
    return (this.folded ??= folded([this.title, this.told, this.note.places[0][0], ...this.note.tags].join("\n")));
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
    const own = note.fields.map(told);
    note.values = Object.fromEntries(note.layout.fields.map((name, place) => [name, own[place] ?? ""]));
    Object.assign(note.values, { Tags: note.tags.join(" "), Deck: deck.name, Subdeck: deck.name.split("::").pop(), Type: note.layout.name });
    return note.cards.map((number) => new Card(note, number));
  }));
}

const reader = document.createElement("textarea"); // it reads entities, and nothing else

function textOf(html) {
  const bare = html.replace(/<br>|<\/(?:p|li|td|th|div|pre|h\d)>/gi, " ").replace(/<[^>]*>/g, "").replace(/\\[()[\]]/g, "");
  if (!bare.includes("&")) return bare.replace(/\s+/g, " ").trim();
  reader.innerHTML = bare;
  return reader.value.replace(/\s+/g, " ").trim();
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
