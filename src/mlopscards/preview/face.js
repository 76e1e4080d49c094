// The HTML of a side to what is shown: nothing in it can run or load, formulas are drawn, pictures and sounds put in.

const SOUND = /\[sound:([^\]\n]+)\]/g;
const PLAIN = "pre, code, textarea, script, style, math"; // where MathJax leaves the text alone
const DANGEROUS = "script, iframe, frame, frameset, object, embed, applet, base, meta, link, form, template, noscript";
const ADDRESSES = new Set(["src", "href", "srcset", "poster", "data", "action", "formaction", "background", "ping", "srcdoc"]);
const FOLLOWED = /^(?:https?|mailto):/i;
const FILMS = /\.(?:mp4|webm|ogv|mov|mkv|avi|m4v|mpe?g)$/i;

/** `html` as nodes to show; `content` is that of the page, with its media and formulas. */
function nodesOf(html, content) {
  const body = new DOMParser().parseFromString(withPlayers(html), "text/html").body; // this document never loads a thing
  for (const element of body.querySelectorAll(DANGEROUS)) element.remove();
  for (const element of body.querySelectorAll("*")) disarm(element, content);
  drawFormulas(body, content.formulas);
  return [...body.childNodes];
}

function withPlayers(html) {
  return html.replace(SOUND, (_, name) => {
    const tag = FILMS.test(name) ? "video" : "audio";
    return `<${tag} controls preload="metadata" src="${name}"></${tag}>`;
  });
}

/** Take from `element` whatever runs, and every address that is not one of our own media or a link to follow. */
function disarm(element, content) {
  const source = element.getAttribute("src");
  for (const { name, value } of [...element.attributes]) {
    const local = name.split(":").pop().toLowerCase();
    const isKept = local === "href" && (value.startsWith("#") || (element.localName === "a" && FOLLOWED.test(value)));
    if (local.startsWith("on") || (ADDRESSES.has(local) && !isKept)) element.removeAttribute(name);
  }
  if (element.localName === "a") leadOut(element);
  if (source !== null) addMedium(element, source, content);
}

function leadOut(link) {
  link.setAttribute("target", "_blank"); // not by properties: links in drawings have others
  link.setAttribute("rel", "noopener noreferrer");
}

function addMedium(element, name, { media, large }) {
  if (Object.hasOwn(media, name)) element.setAttribute("src", media[name]);
  else if (/^data:(?:image|audio|video)\//i.test(name)) element.setAttribute("src", name);
  else element.replaceWith(missing(element, name, Object.hasOwn(large, name) ? large[name] : ""));
}

/** What stands instead of a picture from elsewhere, or of a film that is too large to travel with the page. */
function missing({ alt, localName, ownerDocument }, name, file) {
  const address = file || (FOLLOWED.test(name) ? name : "");
  const note = ownerDocument.createElement(address ? "a" : "span");
  if (address) leadOut(Object.assign(note, { href: address }));
  note.className = "missing";
  note.textContent = `${alt || localName}: ${file ? "too large for this page" : "not in this page"} (${file || name})`;
  return note;
}

/** Put a drawing in the place of each formula; one that cannot be drawn stays as its source, and looks so. */
function drawFormulas(body, formulas) {
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.data.includes("\\") && !text.parentElement.closest(PLAIN)) found.push(text);
  }
  for (const text of found) {
    const parts = [];
    let end = 0;
    for (const match of text.data.matchAll(FORMULA)) {
      parts.push(text.data.slice(end, match.index), drawn(match, formulas, body.ownerDocument));
      end = match.index + match[0].length;
    }
    text.replaceWith(...parts, text.data.slice(end));
  }
}

function drawn(match, formulas, page) {
  const key = keyOf(match);
  const box = page.createElement(Object.hasOwn(formulas, key) ? "mjx-container" : "code"); // MathJax's box, for its styles
  if (box.localName === "code") {
    box.className = "undrawn";
    box.textContent = match[0];
    return box;
  }
  if (match[1] === undefined) box.setAttribute("display", "true");
  box.innerHTML = formulas[key];
  return box;
}

/** The frame that stands for Anki's window: it has a page of its own, and can run nothing. */
class Frame {
  constructor(element, base) {
    this.element = element;
    // Some browsers load the empty page first.
    this.ready = new Promise((done) => element.addEventListener("load", () => this.page.getElementById("qa") && done()));
    const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; media-src data: 'self'";
    element.srcdoc = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"
      content="${policy}"><meta name="viewport" content="width=device-width"><title>Card</title><style></style><style></style>
      </head><body><div id="qa" dir="auto"></div></body></html>`;
    this.base = base;
  }

  get page() {
    return this.element.contentDocument;
  }

  /** Whether what happens in the frame can be heard here; Safari keeps that from everybody where no script may run. */
  get hears() {
    let heard = false;
    this.page.addEventListener("hearing", () => (heard = true), { once: true });
    this.page.dispatchEvent(new Event("hearing"));
    return heard;
  }

  get scroll() {
    return this.page.scrollingElement.scrollTop;
  }

  set scroll(top) {
    this.page.scrollingElement.scrollTop = top;
  }

  dress(style) {
    [this.base, style].forEach((css, number) => (this.page.querySelectorAll("style")[number].textContent = css));
  }

  show(nodes, number) {
    this.number = number;
    const place = this.page.getElementById("qa");
    place.replaceChildren(...nodes.map((node) => this.page.adoptNode(node)));
    this.scroll = 0;
  }

  /** Night and phone, by the classes that Anki sets. */
  look({ night, phone }) {
    const root = this.page.documentElement;
    root.className = [night && "night-mode", phone && "mobile android"].filter(Boolean).join(" ");
    this.page.body.className = `card card${this.number ?? 1}${night ? " nightMode night_mode" : ""}`;
  }
}
