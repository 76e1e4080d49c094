// The page: find, show, turn and study cards. State stands in `state`; what is drawn follows from it.

const $ = (id) => document.getElementById(id);
const ROW = 4.5 * parseFloat(getComputedStyle(document.documentElement).fontSize); // as in page.css
const FOUND = "with findings"; // no kind of card has a name with a blank
const BEYOND = 8; // rows drawn above and below what is seen

const state = {
  content: null,
  cards: [], // all of them, in the order of the lecture
  shown: [], // those that the filters let through
  at: 0, // which of the shown
  isTurned: false,
  deck: "",
  words: [],
  night: matchMedia("(prefers-color-scheme: dark)").matches,
  phone: false,
  study: null, // {queue, total, done, repeated}
};
const frame = new Frame($("card"), $("anki").textContent);

// --- find -----------------------------------------------------------------------------------------------------------

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

const current = () => (state.study ? state.study.queue[0] : state.shown[state.at]);

function drawCount() {
  const isAll = state.shown.length === state.cards.length;
  $("count").textContent = isAll ? counted(state.cards.length, "card") : `${number(state.shown.length)} of ${counted(state.cards.length, "card")}`;
  $("clear").hidden = isAll;
  say($("count").textContent);
}

const number = (count) => count.toLocaleString("en");
const counted = (count, what) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;

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

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
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
  const isDrawn = $(`row-${state.at}`);
  if (isDrawn) $("list").setAttribute("aria-activedescendant", `row-${state.at}`);
  else $("list").removeAttribute("aria-activedescendant");
}

function scrollToRow() {
  const list = $("list");
  const top = state.at * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  drawRows();
}

// --- the card -------------------------------------------------------------------------------------------------------

function show({ isTurned = false, write = true } = {}) {
  const card = current();
  state.isTurned = isTurned;
  $("nothing").hidden = Boolean(card);
  frame.element.hidden = !card;
  if (card) {
    frame.show(nodesOf(card.sides[isTurned ? "answer" : "question"], state.content), card.note.layout.isCloze ? 1 : card.number);
    highlight();
    if (write) history.replaceState(null, "", `#card=${encodeURIComponent(card.key)}`);
  }
  look();
  drawAbout(card);
  drawControls(card);
  frame.element.title = isTurned ? "Card, with its answer" : "Card, question";
}

function turn() {
  if (!current()) return;
  if (state.study && state.isTurned) return grade(true);
  const top = frame.scroll;
  show({ isTurned: !state.isTurned });
  if (state.isTurned) {
    frame.scroll = top;
    frame.page.getElementById("answer")?.scrollIntoView({ block: "nearest" });
  }
  say(state.isTurned ? `Answer: ${frame.page.getElementById("qa").innerText}` : `Question: ${current().title}`);
}

function go(place) {
  if (!state.shown.length || state.study) return;
  state.at = Math.min(Math.max(place, 0), state.shown.length - 1);
  show();
  scrollToRow();
  say(`${state.at + 1} of ${number(state.shown.length)}: ${current().title}`);
}

function look() {
  document.documentElement.dataset.theme = state.night ? "night" : "light";
  $("desk").classList.toggle("phone", state.phone);
  frame.look(state);
  $("night").setAttribute("aria-pressed", state.night);
  $("phone").setAttribute("aria-pressed", state.phone);
}

function highlight() {
  const { CSS, Highlight } = frame.element.contentWindow;
  if (!CSS?.highlights) return;
  CSS.highlights.clear();
  if (!state.words.length) return;
  const texts = frame.page.createTreeWalker(frame.page.getElementById("qa"), NodeFilter.SHOW_TEXT);
  const hits = new Highlight();
  while (texts.nextNode()) {
    for (const [start, end] of hitsIn(texts.currentNode.data, state.words)) {
      const range = frame.page.createRange();
      range.setStart(texts.currentNode, start);
      range.setEnd(texts.currentNode, end);
      hits.add(range);
    }
  }
  CSS.highlights.set("hit", hits);
}

function drawControls(card) {
  const isGraded = Boolean(state.study && state.isTurned);
  $("turn").hidden = isGraded;
  $("again").hidden = $("good").hidden = !isGraded;
  $("previous").hidden = $("next").hidden = $("back").hidden = Boolean(state.study);
  $("turn").textContent = state.isTurned ? "Show question" : "Show answer";
  $("turn").disabled = !card;
  $("previous").disabled = state.at === 0;
  $("next").disabled = state.at >= state.shown.length - 1;
}

function drawAbout(card) {
  if (!card) return $("about").replaceChildren();
  const { note } = card;
  const tags = element("p", { className: "tags" }, ...note.tags.map((tag) => {
    const button = element("button", { type: "button", className: "tag", textContent: tag, title: "Show the cards with this tag" });
    button.addEventListener("click", () => {
      $("tag").value = tag;
      filter();
    });
    return button;
  }));
  const found = note.problems.map((number) => problemLine(state.content.problems[number]));
  $("about").hidden = Boolean(state.study) && !state.isTurned; // tags may name what is asked for
  $("about").replaceChildren(...(found.length ? [element("ul", { className: "findings" }, ...found)] : []),
    element("p", { className: "places" }, ...note.places.map((place) => placeOf(...place))), tags);
}

/** Where something stands in the notes: a link, and a button that copies `path:line`. */
function placeOf(path, line, end = line) {
  const place = `${path}:${line}`;
  const box = element("span", { className: "place" });
  const text = end > line ? `${place}–${end}` : place;
  if (state.content.notesFolder) {
    const address = `${state.content.notesFolder}/${path.split("/").map(encodeURIComponent).join("/")}#L${line}`;
    box.append(element("a", { href: address, target: "_blank", rel: "noopener", textContent: text }));
  } else {
    box.append(element("code", { textContent: text }));
  }
  const copy = element("button", { type: "button", className: "copy", textContent: "Copy", ariaLabel: `Copy ${place}` });
  copy.addEventListener("click", async () => {
    const done = await copied(place);
    say(copy.textContent = done ? "Copied" : "Not copied");
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  box.append(copy);
  return box;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = element("textarea", { value: text, className: "spoken" });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy"); // where a page from disk may not use the clipboard
    box.remove();
    return done;
  }
}

// --- findings -------------------------------------------------------------------------------------------------------

function problemLine({ severity, code, message, path, line, column }, withPlace = false) {
  const words = element("span", { textContent: message });
  const item = element("li", { className: severity }, element("strong", { textContent: `${severity} ${code}` }), " ", words);
  if (withPlace) item.append(" ", element("code", { textContent: `${path}:${line}:${column}` }));
  return item;
}

function drawFindings() {
  const { problems, failed } = state.content;
  $("findings").hidden = !problems.length;
  $("findings").textContent = counted(problems.length, "finding");
  $("notice").hidden = !failed;
  $("notice").textContent = failed ? `The notes have errors; these are the cards from before. ${problems[0]?.path ?? ""}:${problems[0]?.line ?? ""}: ${problems[0]?.message ?? ""}` : "";
  const owners = new Map();
  for (const card of state.cards) for (const found of card.note.problems) if (!owners.has(found)) owners.set(found, card);
  const paths = new Map();
  problems.forEach((problem, place) => {
    if (!paths.has(problem.path)) paths.set(problem.path, []);
    paths.get(problem.path).push([problem, owners.get(place)]);
  });
  $("found").replaceChildren(...[...paths].flatMap(([path, found]) => [
    element("h3", { textContent: path }),
    element("ul", { className: "findings" }, ...found.map(([problem, card]) => {
      const item = problemLine(problem, true);
      if (card) {
        const button = element("button", { type: "button", className: "goto", textContent: `Show card: ${card.title}` });
        button.addEventListener("click", () => {
          $("problems").close();
          reveal(card);
        });
        item.append(element("br"), button);
      }
      return item;
    })),
  ]));
}

// --- study ----------------------------------------------------------------------------------------------------------

function askToStudy() {
  if (!state.shown.length || state.study) return;
  $("scope").textContent = `${counted(state.shown.length, "card")}${state.deck ? ` of ${state.deck.split("::").pop()}` : ""}: those that the list shows.`;
  $("study").returnValue = "";
  $("study").showModal();
}

function study() {
  const queue = [...state.shown];
  if (new FormData($("study").querySelector("form")).get("order") === "shuffled") shuffle(queue);
  state.study = { queue, total: queue.length, done: 0, repeated: 0 };
  document.body.dataset.view = "study";
  step();
}

function shuffle(cards) {
  for (let place = cards.length - 1; place > 0; place--) {
    const other = Math.floor(Math.random() * (place + 1));
    [cards[place], cards[other]] = [cards[other], cards[place]];
  }
}

function step() {
  const { queue, done, total } = state.study;
  if (!queue.length) return finish();
  $("progress").hidden = false;
  Object.assign($("done"), { max: total, value: done });
  $("left").textContent = `${number(done)} of ${number(total)} done`;
  show();
  frame.element.focus();
  say(`Question: ${current().title}. ${$("left").textContent}`);
}

/** A card that went badly comes again, after a few others. */
function grade(isGood) {
  const { study } = state;
  if (!study || !state.isTurned) return;
  const card = study.queue.shift();
  if (isGood) {
    study.done++;
  } else {
    study.repeated++;
    study.queue.splice(5, 0, card);
  }
  step();
}

function finish() {
  const { done, repeated } = state.study;
  endStudy();
  $("summary").textContent = `${counted(done, "card")} done${repeated ? `, ${counted(repeated, "time")} again` : ""}.`;
  $("finished").returnValue = "";
  $("finished").showModal();
}

function endStudy() {
  const card = current();
  state.study = null;
  $("progress").hidden = true;
  document.body.dataset.view = "list";
  if (card) state.at = Math.max(0, state.shown.indexOf(card));
  show();
  scrollToRow();
  $("list").focus();
}

// --- places: a card's address, and the page as it was after the notes have changed ------------------------------------

function reveal(card) {
  if (!state.shown.includes(card)) {
    clearFilters();
    filter({ keep: card });
  }
  state.at = state.shown.indexOf(card);
  document.body.dataset.view = "card";
  show();
  scrollToRow();
}

function cardOfAddress() {
  const found = /^#card=(.+)$/.exec(location.hash);
  if (!found) return undefined;
  try {
    const key = decodeURIComponent(found[1]);
    return state.cards.find((card) => card.key === key);
  } catch {
    return undefined; // somebody's half of an address
  }
}

/** Take in what the notes give now, and stay where the reader is. */
function take(content) {
  const before = current();
  const { isTurned } = state;
  const top = before && frame.scroll;
  state.content = content;
  state.cards = cardsOf(content);
  $("title").textContent = content.title;
  $("total").textContent = counted(state.cards.length, "card");
  frame.dress(content.style);
  const keep = before && same(before);
  if (state.study) state.study.queue = state.study.queue.map(same).filter(Boolean);
  if (!state.cards.some(({ note }) => note.deck === state.deck || note.deck.startsWith(`${state.deck}::`))) state.deck = "";
  readAhead(state.cards);
  drawFilters();
  drawTree();
  drawFindings();
  filter({ keep });
  if (!keep || current() !== keep) return;
  show({ isTurned, write: false });
  frame.scroll = top;
}

/** The card of now that was `card`: by its identity, or else the one that stands where it stood. */
function same(card) {
  const found = state.cards.find(({ key }) => key === card.key);
  if (found) return found;
  const [[path, line]] = card.note.places;
  const distance = ({ note }) => Math.abs(note.places[0][1] - line);
  const near = state.cards.filter(({ note, number }) => note.places[0][0] === path && number === card.number);
  return near.sort((one, other) => distance(one) - distance(other))[0];
}

function listen() {
  const events = new EventSource("events");
  events.addEventListener("error", () => say("The server has stopped; changes of the notes do not show any more."));
  events.addEventListener("message", async ({ data }) => {
    if (Number(data) !== state.content.version) take(await (await fetch("content.json")).json());
  });
}

// --- paper ----------------------------------------------------------------------------------------------------------

const PAPER = `
  .card { break-inside: avoid; margin: 0; padding: 5mm 0; border-bottom: 1px solid #bbb; background: none; zoom: 0.8; }
  details { display: none; }
`;

/** Both sides of every shown card, below one style sheet that reaches nothing else. */
function drawPaper() {
  const root = $("paper").shadowRoot ?? $("paper").attachShadow({ mode: "open" });
  const style = element("style", { textContent: `${frame.base}\n${state.content.style}\n${PAPER}` });
  root.replaceChildren(style, ...state.shown.map((card) =>
    element("article", { className: "card card1" }, ...nodesOf(card.sides.answer, state.content).map((node) => document.adoptNode(node)))));
}

// --- what the reader does ---------------------------------------------------------------------------------------------

function say(text) {
  $("status").textContent = text;
}

const KEYS = {
  " ": turn,
  Enter: turn,
  ArrowLeft: () => go(state.at - 1),
  ArrowRight: () => go(state.at + 1),
  ArrowUp: () => go(state.at - 1),
  ArrowDown: () => go(state.at + 1),
  PageUp: () => go(state.at - Math.floor($("list").clientHeight / ROW)),
  PageDown: () => go(state.at + Math.floor($("list").clientHeight / ROW)),
  Home: () => go(0),
  End: () => go(state.shown.length - 1),
  "/": () => {
    document.body.dataset.view = "list";
    $("search").select();
  },
  1: () => grade(false),
  2: () => grade(true),
  s: askToStudy,
  f: () => state.content.problems.length && $("problems").showModal(),
  n: () => $("night").click(),
  p: () => $("phone").click(),
  "?": () => $("keys").showModal(),
  Escape: () => (state.study ? endStudy() : (document.body.dataset.view = "list")),
};
const SCROLLED = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

function press(event) {
  const target = event.target;
  const inFrame = target.ownerDocument !== document;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (target.matches?.("input, select, textarea")) {
    if (event.key === "Escape" && target.id === "search") leaveSearch();
    return;
  }
  const isActive = target.closest?.("button, a, summary, audio, video");
  if (isActive && (event.key === " " || event.key === "Enter")) return;
  if ((inFrame || state.study) && SCROLLED.has(event.key)) return; // they scroll a long card
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}

function leaveSearch() {
  $("search").value = "";
  state.words = [];
  filter();
  $("list").focus();
}

function onCard(event) {
  const page = frame.page;
  if (event.target.closest("a, summary, audio, video, button") || !page.getSelection().isCollapsed) return;
  if (!state.isTurned) turn();
}

/** Where nothing is heard from the frame, a click into it shows by the focus that it takes; give that back to the keys. */
function onLostFocus() {
  if (document.activeElement !== frame.element) return;
  if (!state.isTurned) turn();
  setTimeout(() => $(state.study ? "good" : "turn").focus());
}

function listenToReader() {
  $("search").addEventListener("input", () => {
    state.words = folded($("search").value).split(/\s+/).filter(Boolean);
    $("list").scrollTop = 0;
    filter();
    highlight();
  });
  $("kind").addEventListener("change", () => filter());
  $("tag").addEventListener("input", () => filter());
  $("clear").addEventListener("click", () => {
    clearFilters();
    filter();
    scrollToRow();
    $("list").focus();
  });
  $("list").addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
  $("rows").addEventListener("click", (event) => {
    const made = event.target.closest(".row");
    if (!made) return;
    document.body.dataset.view = "card";
    go(Number(made.id.slice("row-".length)));
    if (!$("list").checkVisibility()) $("turn").focus();
  });
  new ResizeObserver(drawRows).observe($("list"));
  $("turn").addEventListener("click", turn);
  $("previous").addEventListener("click", () => go(state.at - 1));
  $("next").addEventListener("click", () => go(state.at + 1));
  $("back").addEventListener("click", () => {
    document.body.dataset.view = "list";
    scrollToRow();
    $("list").focus();
  });
  $("again").addEventListener("click", () => grade(false));
  $("good").addEventListener("click", () => grade(true));
  $("end").addEventListener("click", endStudy);
  $("begin").addEventListener("click", askToStudy);
  $("study").addEventListener("close", () => $("study").returnValue && study());
  $("finished").addEventListener("close", () => $("finished").returnValue && study());
  $("findings").addEventListener("click", KEYS.f);
  $("help").addEventListener("click", KEYS["?"]);
  $("print").addEventListener("click", () => print());
  for (const name of ["night", "phone"]) {
    $(name).addEventListener("click", () => {
      state[name] = !state[name];
      look();
    });
  }
  addEventListener("keydown", press);
  addEventListener("beforeprint", drawPaper);
  addEventListener("afterprint", () => $("paper").shadowRoot.replaceChildren());
  addEventListener("hashchange", () => {
    const card = cardOfAddress();
    if (card && card !== current() && !state.study) reveal(card);
  });
  if (frame.hears) {
    frame.page.addEventListener("keydown", press);
    frame.page.addEventListener("click", onCard);
  } else {
    addEventListener("blur", onLostFocus);
  }
}

await frame.ready;
listenToReader();
$("weeks").open = !matchMedia("(max-width: 69rem)").matches;
take(JSON.parse($("content").textContent));
const linked = cardOfAddress();
if (linked) reveal(linked);
else if (location.hash) say("This address leads to no card here.");
if (state.content.version) listen();
document.documentElement.dataset.ready = "";
