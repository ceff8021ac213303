/* Elements of the document, and the signs that stand in their words. */

/**
 * An element. An attribute of null is left out; "onclick" and its like are listened to.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} parts
 * @returns {any}
 */
export function element(tag, attributes = {}, ...parts) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...parts);
  return made;
}

/**
 * A button.
 * @param {string} text
 * @param {() => void} act
 * @param {string} [name] what it is called where its text is only a sign
 * @returns {HTMLButtonElement}
 */
export const button = (text, act, name) =>
  element("button", { class: "button", "aria-label": name ?? null, onclick: act }, text);

/**
 * Plain text with C_W, θ^lin and their like written with a subscript or a superscript; no line
 * ends inside 9.1 × 10⁻⁶, 0.6 ± 0.1, 3 % or [−3, 3].
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export const typeset = (text) =>
  text.replace(/ ([×±]) (?=\d)| (%)|(\[[^\s\]]+,) /g, (_, sign, percent, end) =>
    (sign ? `\u00a0${sign}\u00a0` : percent ? "\u00a0%" : `${end}\u00a0`))
    .split(/(?<=\p{L}\p{M}?)(_\w+|\^\w+)|(?<=_\w+|\d)(\^\w+(?:\.\d+)?)/u).filter(Boolean)
    .map((word) => (word[0] === "_" ? element("sub", {}, word.slice(1))
      : word[0] === "^" ? element("sup", {}, word.slice(1)) : word));

/**
 * Say something in the place of what stood there, unless it is that already.
 * @param {HTMLElement} place
 * @param {string} text
 * @returns {void}
 */
export function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/**
 * Whether an element has a box of its own, and not only its parts have.
 * @param {Element} place
 * @returns {boolean}
 */
export const isBox = (place) => place.getClientRects().length > 0;

/** What stands before a verdict. */
export const SIGNS = { agrees: "✓", refuted: "✗", undecided: "?" };

/**
 * A verdict, with its sign.
 * @param {keyof SIGNS} verdict
 * @returns {HTMLElement}
 */
export const marked = (verdict) => element("span", { class: `verdict ${verdict}` }, `${SIGNS[verdict]} ${verdict}`);
