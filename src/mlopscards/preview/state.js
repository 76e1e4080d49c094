// What the page knows, and the small things that all of it uses. What is drawn follows from `state`.

const $ = (id) => document.getElementById(id);

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

/** The card that is looked at. */
const current = () => (state.study ? state.study.queue[0] : state.shown[state.at]);

const number = (count) => count.toLocaleString("en");
const counted = (count, what) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Tell those who see the page and those who hear it, until there is nothing to tell. */
function tell(text) {
  $("notice").hidden = !text;
  $("notice").textContent = text;
}

/** Tell those who hear the page what the others see. */
function say(text) {
  $("status").textContent = text;
}
