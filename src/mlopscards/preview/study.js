// Studying what the list shows; nothing of it is kept.

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
