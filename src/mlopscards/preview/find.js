// Finding cards: weeks, search, kind and tag; and the list of what was found.

const ROW = 4.5 * parseFloat(getComputedStyle(document.documentElement).fontSize); // as in page.css
const FOUND = "with findings"; // no kind of card has a name with a blank
const BEYOND = 8; // rows drawn above and below what is seen

function filter({ keep = current() } = {}) {
  const { deck, words } = state;
  const kind = $("kind").value;
  const tag = folded($("tag").value.trim());
  state.shown = state.cards.filter(({ note }) =>
    (!deck || note.deck === deck || note.deck.startsWith(`${deck}::`)) &&
    (!kind || note.kind === kind || (kind === FOUND && note.problems.length)) &&
    (!tag || note.tags.some((one) => folded(one).includes(tag))));
  if (words.length) state.shown = state.shown.filter((card) => words.every((word) => card.haystack.includes(word)));
  state.at = Math.max(0, state.shown.indexOf(keep));
  drawCount();
  drawRows();
  if (!keep || current() !== keep) show({ write: false });
  else highlight();
}

function drawCount() {
  const isAll = state.shown.length === state.cards.length;
  $("count").textContent = isAll ? counted(state.cards.length, "card") : `${number(state.shown.length)} of ${counted(state.cards.length, "card")}`;
  $("clear").hidden = isAll;
  say($("count").textContent);
}

function clearFilters() {
  for (const id of ["search", "kind", "tag"]) $(id).value = "";
  Object.assign(state, { deck: "", words: [] });
  drawTree();
}

function drawTree() {
  const names = new Map(); // each deck and its parents, with the number of cards below
  for (const { note } of state.cards) {
    const parts = note.deck.split("::");
    parts.forEach((_, depth) => {
      const name = parts.slice(0, depth + 1).join("::");
      names.set(name, (names.get(name) ?? 0) + 1);
    });
  }
  $("where").textContent = ["Courses and weeks", ...(state.deck ? [state.deck.split("::").pop()] : [])].join(": ");
  const roots = [...names.keys()].filter((name) => !name.includes("::"));
  $("tree").replaceChildren(branch(names, roots.length === 1 ? roots : ["", ...roots], roots.length === 1));
}

function branch(names, children, withAll = false) {
  const list = document.createElement("ul");
  for (const name of children) {
    const button = element("button", { type: "button", className: "deck", title: name });
    const target = withAll || !name ? "" : name;
    button.append(element("span", { textContent: withAll || !name ? "All cards" : name.split("::").pop() }),
      element("span", { className: "number", textContent: number(name ? names.get(name) : state.cards.length) }));
    if (state.deck === target) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => {
      state.deck = target;
      drawTree();
      filter();
      $("list").scrollTop = 0;
      document.querySelector("#tree [aria-current]")?.focus();
    });
    const item = document.createElement("li");
    item.append(button);
    const below = name ? [...names.keys()].filter((one) => one.startsWith(`${name}::`) && !one.slice(name.length + 2).includes("::")) : [];
    if (below.length) item.append(branch(names, below));
    list.append(item);
  }
  return list;
}

function drawFilters() {
  const counts = new Map();
  for (const { note } of state.cards) {
    for (const kind of note.problems.length ? [FOUND, note.kind] : [note.kind]) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const chosen = $("kind").value;
  $("kind").replaceChildren(element("option", { value: "", textContent: "All kinds" }),
    ...[...counts].sort().map(([kind, count]) => element("option", { value: kind, textContent: `${kind} (${number(count)})` })));
  $("kind").value = counts.has(chosen) ? chosen : "";
  const tags = new Set(state.cards.flatMap(({ note }) => note.tags));
  $("tags").replaceChildren(...[...tags].sort().map((value) => element("option", { value })));
}

/** Read the words of all cards while nobody waits, so that the first letter of a search finds at once. */
function readAhead(cards) {
  const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 0 }), 10));
  let place = 0;
  later(function some(time) {
    do cards[place]?.haystack; while (++place < cards.length && time.timeRemaining() > 1);
    if (place < cards.length && cards === state.cards) later(some);
  });
}

// --- the list: only the rows that are seen are in the page -----------------------------------------------------------

function drawRows() {
  const list = $("list");
  $("rows").style.height = `${state.shown.length * ROW}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - BEYOND);
  const last = Math.min(state.shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + BEYOND);
  $("rows").replaceChildren(...state.shown.slice(first, last).map((card, place) => row(card, first + place)));
  mark();
}

function row(card, place) {
  const made = element("div", { className: "row", id: `row-${place}` });
  made.setAttribute("role", "option");
  made.setAttribute("aria-setsize", state.shown.length);
  made.setAttribute("aria-posinset", place + 1);
  made.style.top = `${place * ROW}px`;
  const { note } = card;
  const found = note.problems.length;
  made.append(
    element("span", { className: "asked", dir: "auto" }, ...marked(card.title)),
    element("span", { className: "about" },
      ...(found ? [element("span", { className: "badge", textContent: counted(found, "finding") }), " "] : []),
      ...aboutRow(card)));
  return made;
}

/** What a row says below its question: where a word was found that is not in the question, or else what card it is. */
function aboutRow(card) {
  const { note, number } = card;
  const elsewhere = state.words.filter((word) => !folded(card.title).includes(word));
  const [hit] = elsewhere.length ? hitsIn(card.told, elsewhere) : [];
  if (hit) return marked(`${hit[0] > 20 ? "…" : ""}${card.told.slice(Math.max(0, hit[0] - 20), hit[1] + 200)}`);
  const side = note.layout.isCloze ? `cloze ${number}` : number > 1 && "reverse";
  return [[side, note.kind, state.deck !== note.deck && note.deck.split("::").pop()].filter(Boolean).join(" · ")];
}

/** Text with the words of the search marked. */
function marked(text) {
  let end = 0;
  const parts = [];
  for (const [start, stop] of hitsIn(text, state.words)) {
    parts.push(text.slice(end, start), element("mark", { textContent: text.slice(start, stop) }));
    end = stop;
  }
  return [...parts, text.slice(end)];
}

function mark() {
  for (const made of $("rows").children) made.setAttribute("aria-selected", made.id === `row-${state.at}`);
  if ($(`row-${state.at}`)) $("list").setAttribute("aria-activedescendant", `row-${state.at}`);
  else $("list").removeAttribute("aria-activedescendant");
}

function scrollToRow() {
  const list = $("list");
  const top = state.at * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  drawRows();
}
