// The sandbox's page: one pane for each person, side by side or one at a time.
import { h, say, setTime, now, momentWords, spanWords, dueWords } from "./dom.js";
import { connect, ask } from "./link.js";
import { Buttons } from "./buttons.js";
import { Pane, roleWord } from "./pane.js";
import { settings, confirmStartOver } from "./dialogs.js";

// The secret belongs in nobody's screenshot, and a cookie stands for it from here on.
if (location.search) history.replaceState(null, "", "/");

const WIDE_ENOUGH = 330;
const byId = (id) => document.getElementById(id);

class App {
  constructor() {
    this.state = null;
    this.panes = new Map();
    this.people = new Buttons(byId("people"), (id) => {
      return h("li", {}, h("button", { type: "button", class: "chip", "data-person": id, onclick: () => this.toggle(id) }));
    });
    this.chosen = [];
    this.active = null;
    this.gone = new Map();
    this.ask = ask;
  }

  /** How many panes fit side by side. */
  get room() {
    return Math.max(1, Math.min(this.panes.size, Math.floor(window.innerWidth / WIDE_ENOUGH)));
  }

  take(state) {
    if (this.state && this.state.world !== state.world) {
      // Started over: nothing of before is remembered here either.
      this.panes.clear();
      this.gone.clear();
      this.chosen = [];
      byId("circle").replaceChildren();
    } else if (this.state) {
      this.note(this.state, state);
    }
    this.state = state;
    setTime(state.now);
    for (const person of state.people) {
      if (!this.panes.has(person.id)) {
        const pane = new Pane(this, person.id);
        this.panes.set(person.id, pane);
        // Whoever arrives while the page is open is who one wants to play.
        if (this.chosen.length) this.choose(person.id);
      }
    }
    if (!this.chosen.length) this.chooseFirst();
    this.refresh();
  }

  /** Remember where messages went, for this session only. */
  note(before, after) {
    for (const [room, { messages }] of Object.entries(before.rooms)) {
      const still = new Set((after.rooms[room]?.messages ?? []).map((message) => message.id));
      const oldest = after.rooms[room]?.messages[0]?.n ?? Infinity;
      const removed = messages.filter((message) => !still.has(message.id));
      const full = messages.length >= 150;
      for (const message of removed) {
        // Beyond the newest 150 a message only left the page.
        if (full && message.n < oldest) continue;
        this.gone.set(room, [...(this.gone.get(room) ?? []), message.n]);
      }
    }
  }

  /** Traces of removed messages in a room; neighbours are one line. */
  traces(room) {
    const numbers = [...(this.gone.get(room) ?? [])].sort((a, b) => a - b);
    const living = (this.state.rooms[room]?.messages ?? []).map((message) => message.n);
    const traces = [];
    let last = null;
    for (const n of numbers) {
      if (last && !living.some((other) => other > last.n && other < n)) last.count += 1;
      else traces.push((last = { id: `trace-${n}`, n, trace: true, count: 1 }));
    }
    return traces;
  }

  chooseFirst() {
    const people = this.state.people;
    const pick = (test) => people.find((person) => test(person) && !this.chosen.includes(person.id));
    const order = [
      (p) => p.held || !p.here,
      (p) => p.role === "moderator",
      (p) => p.role === "member",
      (p) => p.role === "member",
      () => true,
    ];
    for (const test of order.slice(0, this.room)) {
      const found = pick(test) ?? pick(() => true);
      if (found) this.chosen.push(found.id);
    }
  }

  /** Show somebody's pane; the one chosen longest ago makes room. */
  choose(id) {
    this.chosen = [...this.chosen.filter((other) => other !== id), id].slice(-this.room);
  }

  toggle(id) {
    if (this.room === 1 || !this.chosen.includes(id)) this.choose(id);
    else if (this.chosen.length > 1) this.chosen = this.chosen.filter((other) => other !== id);
    this.refresh();
  }

  activate(pane) {
    if (this.active === pane) return;
    this.active?.listen(false);
    this.active = pane;
    pane.listen(true);
  }

  refresh() {
    const { state } = this;
    this.chosen = this.chosen.slice(-this.room);
    say(byId("away"), state.bot ? "" : "The bot is away. What you do here waits until it is back.");
    const shown = state.people.filter((person) => this.chosen.includes(person.id));
    const main = byId("circle");
    main.style.setProperty("--panes", String(shown.length));
    const elements = shown.map((person) => this.panes.get(person.id).element);
    for (const child of [...main.children]) if (!elements.includes(child)) child.remove();
    elements.forEach((element, index) => {
      if (main.children[index] !== element) main.insertBefore(element, main.children[index] ?? null);
    });
    if (shown.length === 1) this.activate(this.panes.get(shown[0].id));
    for (const person of state.people) this.panes.get(person.id).update(person, shown.includes(person));
    this.drawPeople();
    this.tick();
  }

  drawPeople() {
    this.people.draw(
      this.state.people.map((person) => {
        const shown = this.chosen.includes(person.id);
        const news = shown ? 0 : this.panes.get(person.id).news;
        return { id: person.id, words: `${roleWord(person)} ${person.name}`, news, "aria-pressed": String(shown) };
      }),
    );
  }

  /** What changes by itself: the time, and the time left. */
  tick() {
    const time = byId("now");
    say(time, momentWords(now()));
    time.dateTime = now().toISOString();
    say(byId("ahead"), this.state.shift >= 60 ? `(${spanWords(this.state.shift)} ahead)` : "");
    for (const due of document.querySelectorAll("[data-due]")) say(due, dueWords(due.dataset.due));
  }
}

const app = new App();
connect(
  (state) => app.take(state),
  (away) => {
    if (away) say(byId("away"), "The sandbox is not running. This page comes back when it does.");
  },
);
setInterval(() => app.state && app.tick(), 5000);
window.addEventListener("resize", () => app.state && app.refresh());

// On a narrow screen the controls fold away; on a wide one there is nothing to fold.
const narrow = window.matchMedia("(max-width: 60rem)");
const fold = () => (byId("controls").open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();

const trouble = (error) => say(byId("away"), error.message);
for (const button of document.querySelectorAll("[data-shift]")) {
  button.addEventListener("click", () => ask("shift", { seconds: Number(button.dataset.shift) }).catch(trouble));
}
byId("arrive").addEventListener("click", () => ask("arrive", {}).catch(trouble));
byId("settings").addEventListener("click", () => settings(app, byId("dialog")));
byId("over").addEventListener("click", () => confirmStartOver(app, byId("dialog")));
