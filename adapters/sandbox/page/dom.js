// Small helpers. Words reach the page through textContent only: nothing anybody wrote is markup.

/** Make an element: attributes, `on*` listeners, children (strings become text). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * A button. `more` follows its label for the ear, so that no two controls of a pane have one name:
 * as a label of its own, because browsers put a space before hidden words.
 */
export function press(label, onclick, { more = "", ...attributes } = {}) {
  const named = more ? { "aria-label": label + more } : {};
  return h("button", { type: "button", class: "small", ...named, ...attributes, onclick }, label);
}

/** Set text only where it differs, so that nothing is announced twice. */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const LIST = /^\s*(?:[-•*]|(\d{1,2})[.)])\s+(.*)$/;

/** Paragraphs and lists from plain text: a line is a paragraph, an empty line a wider gap. */
export function paragraphs(text) {
  const parts = [];
  let list = null;
  let gap = false;
  for (const line of text.split("\n")) {
    const item = LIST.exec(line);
    if (item) {
      const tag = item[1] ? "OL" : "UL";
      if (list?.tagName !== tag) parts.push((list = h(tag, item[1] ? { start: item[1] } : {})));
      list.append(h("li", {}, item[2]));
    } else if (line.trim()) {
      list = null;
      parts.push(h("p", { class: gap ? "gap" : null }, line));
    }
    gap = !line.trim();
  }
  return parts;
}

let ahead = 0;

/** Follow the platform's time. */
export function setTime(iso) {
  ahead = Date.parse(iso) - Date.now();
}

/** The platform's time now. */
export const now = () => new Date(Date.now() + ahead);

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

/** 14:02, with the day where it is not today. */
export function timeWords(date) {
  const today = dayFormat.format(now()) === dayFormat.format(date);
  return today ? clockFormat.format(date) : `${dayFormat.format(date)}, ${clockFormat.format(date)}`;
}

/** Sun 22 Nov, 14:02 */
export const momentWords = (date) => `${dayFormat.format(date)}, ${clockFormat.format(date)}`;

/** A span of seconds in its largest units: "2 hours", "1 day 4 hours". */
export function spanWords(seconds) {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const words = [];
  let left = seconds;
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) words.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    // Days and hours say enough; hours and minutes only below two hours.
    if (words.length === 2 || (words.length && seconds >= 7200 && unit === "hour")) break;
  }
  return words.join(" ") || "less than a minute";
}

/** "goes in 59 minutes" */
export function dueWords(due) {
  const seconds = (Date.parse(due) - now().getTime()) / 1000;
  // Rounded to the minute, so that a fresh hour reads as an hour.
  return seconds > 0 ? `goes in ${spanWords(Math.max(seconds < 60 ? 0 : 60, Math.round(seconds / 60) * 60))}` : "goes any moment";
}
