// The page as a whole: addresses, keys and pointers, new content, and how all begins.

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
  const side = (card) => card?.sides[isTurned ? "answer" : "question"];
  state.content = content;
  state.cards = cardsOf(content);
  $("title").textContent = content.title;
  $("total").textContent = counted(state.cards.length, "card");
  frame.dress(content.style);
  const keep = before && same(before);
  if (state.study) state.study.queue = [...new Set(state.study.queue.map(same))].filter(Boolean);
  if (!state.cards.some(({ note }) => note.deck === state.deck || note.deck.startsWith(`${state.deck}::`))) state.deck = "";
  readAhead(state.cards);
  drawFilters();
  drawTree();
  drawFindings();
  filter({ keep });
  if (!keep || current() !== keep) return;
  if (side(keep) !== side(before)) {
    show({ isTurned, write: false });
    frame.scroll = top;
  }
  drawAbout(keep); // its lines may have moved
  drawControls(keep);
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
  events.addEventListener("error", () => tell("The server has stopped: changes of the notes do not show here now."));
  events.addEventListener("message", async ({ data }) => {
    if (Number(data) !== state.content.version) take(await (await fetch("content.json")).json());
    else drawFindings(); // the server is back
  });
}

// --- what the reader does ---------------------------------------------------------------------------------------------

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
    if (["Enter", "ArrowDown"].includes(event.key) && target.id === "search") $("list").focus();
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
  if (event.target.closest("a, summary, audio, video, button, [tabindex]") || !page.getSelection().isCollapsed) return;
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
