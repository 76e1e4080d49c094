// Anki's template language, as far as the templates of this project use it. `tests/test_preview.py` holds the real
// Anki against it: the same HTML for every card. Pure functions; nothing here touches the page.

const TAG = /<!-{2}[^]*?-->|\{\{([^]*?)\}\}/g;
const EMPTY = /^(?:[\t\n\v\f\r ]|<\/?(?:br|div) ?\/?>)*$/i;
const parsed = new Map();

/** Both sides of a card: of `template` {front, back} with `fields` {name: HTML}; `number` counts cards or clozes from 1. */
function sidesOf(template, fields, number) {
  const question = rendered(template.front, fields, { number, isQuestion: true });
  const answer = rendered(template.back, { ...fields, FrontSide: question }, { number, isQuestion: false });
  return { question, answer };
}

function rendered(template, fields, card) {
  if (!parsed.has(template)) parsed.set(template, parse(template));
  return filled(parsed.get(template), fields, card);
}

/** Parts of a template: text, {field, filters}, or {section, negated, parts}. */
function parse(template) {
  const root = { parts: [] };
  const open = [root];
  let end = 0;
  for (const match of template.matchAll(TAG)) {
    const parts = open.at(-1).parts;
    parts.push(template.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] === undefined) {
      parts.push(match[0]); // a comment, with whatever stands in it
      continue;
    }
    const tag = match[1].trim();
    const name = tag.slice(1).trim();
    if (tag[0] === "#" || tag[0] === "^") {
      const section = { section: name, negated: tag[0] === "^", parts: [] };
      parts.push(section);
      open.push(section);
    } else if (tag[0] === "/") {
      if (open.length === 1 || open.pop().section !== name) throw new Error(`{{/${name}}} closes nothing`);
    } else {
      const [field, ...filters] = tag.split(":").reverse();
      parts.push({ field, filters });
    }
  }
  if (open.length > 1) throw new Error(`{{#${open.at(-1).section}}} is never closed`);
  root.parts.push(template.slice(end));
  return root.parts;
}

function filled(parts, fields, card) {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    if (part.parts) return isFull(fields, part.section) !== part.negated ? filled(part.parts, fields, card) : "";
    return part.filters.reduce((html, name) => filtered(html, name, card), valueOf(fields, part.field));
  }).join("");
}

function isFull(fields, name) {
  return !EMPTY.test(valueOf(fields, name));
}

function valueOf(fields, name) {
  if (!Object.hasOwn(fields, name)) throw new Error(`the template asks for the field ${name}, which the note has not`);
  return fields[name];
}

function filtered(html, name, card) {
  if (name === "cloze") return withoutTagsInMath(clozed(html, card.number, card.isQuestion));
  throw new Error(`the template asks for the filter ${name}, which is not known here`);
}

// --- clozes ---------------------------------------------------------------------------------------------------------

const CLOZE_MARK = /\{\{c([\d,]+)::|\}\}/g;

/** `html` with cloze `number` asked for or told, and the others as text. */
function clozed(html, number, isQuestion) {
  const shown = (node) => {
    if (typeof node === "string") return node;
    const isAsked = node.numbers.includes(number);
    const inner = node.nodes.map(shown).join("");
    const ordinal = `data-ordinal="${node.numbers.join(",")}"`;
    if (isAsked && isQuestion) {
      return `<span class="cloze" data-cloze="${attribute(inner)}" ${ordinal}>[${node.hint ?? "..."}]</span>`;
    }
    return `<span class="${isAsked ? "cloze" : "cloze-inactive"}" ${ordinal}>${inner}</span>`;
  };
  return clozeNodes(html).map(shown).join("");
}

/** Text and clozes, which nest; what stands in a cloze that is never closed is lost, as it is in Anki. */
function clozeNodes(html) {
  const nodes = [];
  const open = [];
  const addText = (text) => {
    if (!text) return;
    const cloze = open.at(-1);
    if (!cloze) return void nodes.push(text);
    const at = text.indexOf("::");
    if (at >= 0) cloze.hint = text.slice(at + 2);
    cloze.nodes.push(at >= 0 ? text.slice(0, at) : text);
  };
  let end = 0;
  for (const mark of html.matchAll(CLOZE_MARK)) {
    addText(html.slice(end, mark.index));
    end = mark.index + mark[0].length;
    if (mark[1]) {
      open.push({ numbers: mark[1].split(",").filter(Boolean).map(Number), nodes: [] });
    } else if (open.length) {
      const cloze = open.pop();
      (open.at(-1)?.nodes ?? nodes).push(cloze);
    } else {
      nodes.push("}}");
    }
  }
  addText(html.slice(end));
  return nodes;
}

const NAMED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Everything up to U+00FF that is no letter or digit of ASCII, as Anki has it. */
function attribute(text) {
  return text.replace(/[\0-\xff]/g, (char) =>
    /[0-9A-Za-z]/.test(char) ? char : (NAMED[char] ?? `&#x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")};`));
}

function withoutTagsInMath(html) {
  return html.replace(/(\\[([])(.*?)(\\[\])])/gs, (_, open, inner, close) => open + inner.replace(/<[^>]*>/g, "") + close);
}
