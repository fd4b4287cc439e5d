// One person's side of the sandbox: their rooms, what only they see, and what they can do.
import { h, press, say } from "./dom.js";
import { Buttons } from "./buttons.js";
import { Commands } from "./commands.js";
import { focusFirst } from "./forms.js";
import { messageElement, hue } from "./messages.js";
import { composer } from "./composer.js";

/** The word for somebody's part: it is the first word of their pane's name. */
export function roleWord(person) {
  if (!person.here) return "Gone:";
  if (person.held) return "Newcomer";
  return { member: "Member", moderator: "Moderator", admin: "Admin" }[person.role];
}

export class Pane {
  constructor(app, id) {
    this.app = app;
    this.id = id;
    this.person = null;
    this.open = null;
    this.seen = new Map();
    this.drawn = new Map();
    this.expected = new Set();
    this.lockLine = null;
    this.known = null;
    const title = `pane-${id.replace(/[^\w-]/g, "_")}`;
    this.title = h("h2", { id: title });
    this.status = h("p", { class: "quiet status" });
    this.face = h("span", { class: "face", "aria-hidden": "true" });
    this.door = h("button", { type: "button", class: "small", onclick: () => this.useDoor() });
    this.lock = h("div", { class: "lock", role: "status", hidden: true });
    this.tabs = h("div", { class: "tabs", role: "tablist", onkeydown: (event) => this.moveTab(event) });
    this.tabButtons = new Buttons(this.tabs, (room) => h("button", { type: "button", role: "tab", onclick: () => this.show(room) }));
    this.log = h("div", { class: "log", role: "log", tabindex: "0", "aria-relevant": "additions" });
    this.error = h("p", { class: "error", role: "alert" });
    this.commands = new Commands(this);
    this.composer = composer(this);
    this.roomPanel = h("div", { class: "room", role: "tabpanel" }, this.log, this.commands.panel, this.error, h("div", { class: "foot" }, this.composer.element, this.commands.button));
    this.element = h(
      "section",
      { class: "pane", "aria-labelledby": title, onfocusin: () => app.activate(this) },
      h("header", {}, this.face, h("div", { class: "who" }, this.title, this.status), this.door),
      this.lock,
      this.tabs,
      this.roomPanel,
    );
    this.listen(false);
  }

  get moderates() {
    return this.person.here && ["moderator", "admin"].includes(this.person.role);
  }

  get rooms() {
    return this.person.here ? [...this.person.rooms, this.person.private] : [];
  }

  /** Where somebody looks first: moderators at their cards, members where the group talks. */
  get home() {
    const kinds = this.moderates ? ["moderators", "lobby"] : ["circle", "lobby"];
    const first = (kind) => this.rooms.find((room) => this.app.state.rooms[room]?.kind === kind);
    return first(kinds[0]) ?? first(kinds[1]) ?? this.rooms[0] ?? null;
  }

  /** What this person sees in a room, oldest first. */
  messages(room) {
    if (room === this.person.private) return this.person.chat;
    const all = [...(this.app.state.rooms[room]?.messages ?? []), ...(this.person.answers[room] ?? [])];
    return all.sort((a, b) => a.n - b.n);
  }

  find(room, id) {
    return this.messages(room).find((message) => message.id === id);
  }

  name(room) {
    return room === this.person.private ? "Private" : this.app.state.rooms[room].name;
  }

  unread(room) {
    const seen = this.seen.get(room) ?? 0;
    return this.messages(room).filter((message) => message.n > seen && message.author !== this.id).length;
  }

  get news() {
    return this.rooms.reduce((sum, room) => sum + this.unread(room), 0);
  }

  /** Only the pane in use is read out; five at once would say everything five times. */
  listen(on) {
    this.log.setAttribute("aria-live", on ? "polite" : "off");
    this.lock.setAttribute("aria-live", on ? "polite" : "off");
  }

  /** Take a new state. */
  update(person, shown) {
    const first = this.person === null;
    this.person = person;
    if (!this.rooms.includes(this.open)) this.open = this.home;
    if (first) for (const room of this.rooms) this.seen.set(room, this.newest(room));
    this.watchLock(first);
    if (shown && this.open) this.seen.set(this.open, this.newest(this.open));
    if (shown) this.draw();
  }

  newest(room) {
    return this.messages(room).at(-1)?.n ?? 0;
  }

  draw() {
    const { person } = this;
    say(this.title, `${roleWord(person)} ${person.name}`);
    say(this.face, person.name.slice(0, 1));
    this.face.className = `face hue-${hue(person.name)}`;
    say(this.status, this.statusWords());
    this.door.hidden = person.here && person.role !== "member";
    say(this.door, person.here ? "Leave" : "Come back");
    this.drawTabs();
    this.drawLock();
    this.drawLog();
    const writable = this.open && this.open !== person.private;
    this.composer.show(writable, this.open && writable ? this.name(this.open) : "");
    this.commands.button.hidden = !person.here;
    if (!person.here) this.commands.close();
  }

  statusWords() {
    if (!this.person.here) return "Left the group";
    if (this.person.held) return "Held: sees the first room only";
    return this.moderates ? "Sees every room" : "In the group";
  }

  drawTabs() {
    this.tabs.setAttribute("aria-label", `Rooms of ${this.person.name}`);
    this.tabButtons.draw(
      this.rooms.map((room) => {
        const selected = room === this.open;
        const news = selected ? 0 : this.unread(room);
        return { id: room, words: this.name(room), news, "aria-selected": String(selected), tabindex: selected ? "0" : "-1" };
      }),
    );
    if (this.tabs.contains(document.activeElement)) this.tabs.querySelector('[aria-selected="true"]')?.focus();
    this.roomPanel.setAttribute("aria-label", this.open ? this.name(this.open) : "No room");
    this.log.setAttribute("aria-label", this.open ? `Messages in ${this.name(this.open)}` : "Messages");
  }

  moveTab(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const { rooms } = this;
    this.show(rooms[(rooms.indexOf(this.open) + step + rooms.length) % rooms.length]);
  }

  show(room) {
    this.open = room;
    this.drawn.clear();
    this.log.replaceChildren();
    this.error.textContent = "";
    this.composer.reset();
    this.app.refresh();
    this.log.scrollTop = this.log.scrollHeight;
  }

  drawLog() {
    const { log } = this;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    const messages = this.open ? this.messages(this.open) : [];
    const entries = [...messages, ...this.app.traces(this.open)].sort((a, b) => a.n - b.n);
    const plain = newestLabels(messages);
    const context = JSON.stringify([this.person.rooms, this.moderates, [...plain]]);
    const keep = new Set(entries.map((entry) => entry.id));
    const had = document.activeElement;
    const within = log.contains(had) ? had.closest("article") : null;
    for (const [id, { element }] of this.drawn) {
      if (!keep.has(id)) {
        element.remove();
        this.drawn.delete(id);
      }
    }
    let before = null;
    let answered = null;
    for (const entry of entries) {
      const quoted = entry.reply_to ? this.find(this.open, entry.reply_to)?.text : "";
      const signature = JSON.stringify([entry, quoted, entry.buttons?.length ? context : this.person.role]);
      let drawn = this.drawn.get(entry.id);
      if (drawn?.signature !== signature) {
        const element = entry.trace ? traceElement(entry) : messageElement(this, this.open, entry, plain);
        if (drawn) this.replace(drawn.element, element);
        drawn = { element, signature };
        this.drawn.set(entry.id, drawn);
      }
      const place = before ? before.nextSibling : log.firstChild;
      if (drawn.element !== place) log.insertBefore(drawn.element, place);
      before = drawn.element;
      if (this.expected.delete(entry.answer_to)) answered = drawn.element;
    }
    if (!entries.length) this.drawEmpty();
    else log.querySelector(".empty")?.remove();
    if (answered) this.showAnswer(answered);
    else if (atEnd) log.scrollTop = log.scrollHeight;
    // What had the keyboard went away: stay near it instead of falling to the page's top.
    if (within && !document.contains(had)) (document.contains(within) ? within : log).focus({ preventScroll: true });
  }

  replace(old, element) {
    const label = old.contains(document.activeElement) ? document.activeElement.textContent : null;
    const opened = old.querySelector(".actions:not([hidden])");
    old.replaceWith(element);
    // What somebody opened stays open when the message changes, or they would press into nothing.
    if (opened) element.querySelector("[aria-expanded]")?.click();
    if (label === null) return;
    const same = [...element.querySelectorAll("button")].find((button) => button.textContent === label);
    (same ?? element).focus({ preventScroll: true });
  }

  drawEmpty() {
    const words = this.person.here
      ? this.open === this.person.private
        ? "What the bot writes to you alone stands here."
        : "Nothing was said here yet."
      : `${this.person.name} is not in the group. Press Come back.`;
    // The same room may be empty for another reason now: somebody left.
    const shown = this.log.querySelector(".empty");
    if (shown) say(shown, words);
    else this.log.replaceChildren(h("p", { class: "empty quiet" }, words));
  }

  showAnswer(element) {
    this.busy(null);
    const filled = element.querySelector("form");
    element.scrollIntoView({ block: "nearest" });
    if (filled && this.app.active === this) focusFirst(filled);
  }

  // -- the lock screen ---------------------------------------------------------------------

  watchLock(first) {
    const rooms = this.rooms.filter((room) => room === this.person.private || this.app.state.rooms[room]?.kind === "moderators");
    const cards = rooms.flatMap((room) => this.messages(room)).filter((m) => m.author === "circlekeeper" && !m.only && m.answer_to === null);
    const newest = Math.max(0, ...cards.map((card) => card.n));
    if (!first && newest > this.known) {
      this.lockLine = cards.find((card) => card.n === newest).lock ?? "Circlekeeper: something new for you.";
    }
    this.known = Math.max(newest, this.known ?? 0);
  }

  drawLock() {
    if (this.lock.dataset.line === (this.lockLine ?? "")) return;
    this.lock.dataset.line = this.lockLine ?? "";
    this.lock.hidden = !this.lockLine;
    this.lock.replaceChildren();
    if (!this.lockLine) return;
    const hide = () => {
      this.lockLine = null;
      this.drawLock();
      this.log.focus({ preventScroll: true });
    };
    this.lock.append(
      h("p", {}, h("span", { class: "quiet" }, "On the lock screen"), h("br"), this.lockLine),
      press("Hide", hide, { more: " the lock screen" }),
    );
  }

  // -- doing -------------------------------------------------------------------------------

  /** Ask the platform as this person; a refusal is shown here. */
  async ask(what, given) {
    this.error.textContent = "";
    try {
      return await this.app.ask(what, { account: this.id, ...given });
    } catch (refused) {
      this.error.textContent = refused.message;
      throw refused;
    }
  }

  expect(asked) {
    this.expected.add(asked);
    // The answer may have come before the number did.
    this.drawLog();
  }

  async press(element, room, message, button) {
    if (element.getAttribute("aria-busy") === "true") return;
    this.busy(element);
    try {
      this.expect(await this.ask("press", { room, message: message.id, button: button.id }));
    } catch {
      this.busy(null);
    }
  }

  busy(element) {
    for (const other of this.element.querySelectorAll('[aria-busy="true"]')) other.removeAttribute("aria-busy");
    clearTimeout(this.patience);
    if (!element) return;
    element.setAttribute("aria-busy", "true");
    this.patience = setTimeout(() => this.busy(null), 10000);
  }

  useDoor() {
    this.ask(this.person.here ? "leave" : "come_back", {}).catch(() => {});
  }

  goTo(room, message) {
    if (this.open !== room) this.show(room);
    const drawn = this.drawn.get(message);
    if (!drawn) {
      this.error.textContent = "That message is not there any more.";
      return;
    }
    drawn.element.scrollIntoView({ block: "center" });
    drawn.element.focus({ preventScroll: true });
  }

  answerTo(message) {
    this.composer.answer(message);
  }

  startEdit(message) {
    this.composer.edit(message);
  }

  toggleMore(toggle, panel, actions) {
    const open = panel.hidden;
    for (const other of this.log.querySelectorAll(".actions")) {
      other.hidden = true;
    }
    for (const other of this.log.querySelectorAll("[aria-expanded]")) other.setAttribute("aria-expanded", "false");
    panel.replaceChildren(...(open ? actions() : []));
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    panel.scrollIntoView({ block: "nearest" });
  }
}

/** The buttons whose label no newer button in the room has, as "number label". */
function newestLabels(messages) {
  const newest = new Map();
  for (const message of messages) for (const button of message.buttons) newest.set(button.label, message.n);
  return new Set([...newest].map(([label, n]) => `${n} ${label}`));
}

const traceElement = (trace) =>
  h("p", { class: "trace quiet" }, trace.count === 1 ? "A message was removed from the room." : `${trace.count} messages were removed from the room.`);
