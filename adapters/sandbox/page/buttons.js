// Rows of buttons that carry news: the people, and the rooms of one person.
import { h, say } from "./dom.js";

/** A name for the ear: unread marks are said, not only shown. */
const newsWords = (name, news) => (news ? `${name}, ${news} new` : name);

export class Buttons {
  /** `make` gives somebody's or some room's button, or what it stands in, for an id. */
  constructor(row, make) {
    this.row = row;
    this.make = make;
    this.places = new Map();
    this.drawn = "";
  }

  /**
   * Show these, in this order. Each stays the same element for as long as it is wanted: a press
   * that began on another one would be lost.
   */
  draw(wanted) {
    const signature = JSON.stringify(wanted);
    if (this.drawn === signature) return;
    this.drawn = signature;
    const focused = this.row.contains(document.activeElement) ? document.activeElement : null;
    this.places = new Map(wanted.map(({ id }) => [id, this.places.get(id) ?? this.make(id)]));
    for (const { id, words, news, ...attributes } of wanted) {
      const place = this.places.get(id);
      const button = place.closest("button") ?? place.querySelector("button");
      if (!button.firstChild) button.append("");
      say(button.firstChild, words);
      for (const [name, value] of Object.entries(attributes)) button.setAttribute(name, value);
      button.setAttribute("aria-label", newsWords(words, news));
      const mark = button.querySelector(".unread");
      if (!news) mark?.remove();
      else (mark ?? button.appendChild(h("span", { class: "unread" }))).setAttribute("data-news", news);
    }
    const places = [...this.places.values()];
    const same = places.length === this.row.children.length && places.every((place, at) => place === this.row.children[at]);
    if (same) return;
    this.row.replaceChildren(...places);
    focused?.focus();
  }
}
