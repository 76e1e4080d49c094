// Showing a card: its sides, what stands below it, what was found about the notes, and cards on paper.

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
  const [first] = problems;
  tell(failed ? `The notes have errors; these are the cards from before. ${first.path}:${first.line}: ${first.message}` : "");
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
