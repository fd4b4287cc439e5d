// The commands of one person: the list, and the form that a command needs.
import { h, press } from "./dom.js";
import { form, focusFirst } from "./forms.js";

const LEVELS = ["guest", "member", "moderator", "admin"];
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

export class Commands {
  constructor(pane) {
    this.pane = pane;
    this.panel = h("section", { class: "commands", hidden: true, onkeydown: (event) => event.key === "Escape" && this.close() });
    this.button = h("button", { type: "button", class: "small", "aria-expanded": "false", onclick: () => this.toggle() }, "Commands");
  }

  /** What a form lets people pick from. */
  choices() {
    const { rooms, people } = this.pane.app.state;
    const circles = Object.entries(rooms).filter(([, room]) => room.kind === "circle");
    return {
      rooms: circles.map(([id, room]) => [id, room.name]),
      here: this.pane.open,
      people: people.filter((person) => person.here).map((person) => [person.id, person.name]),
    };
  }

  get level() {
    const { person } = this.pane;
    return person.held || !person.here ? "guest" : person.role;
  }

  allows(command) {
    return LEVELS.indexOf(this.level) >= LEVELS.indexOf(command.needs);
  }

  /** A command as a button. What needs more than this person is greyed; the core decides. */
  one(command, where, at = {}) {
    const needs = this.allows(command) ? "" : ` for ${command.needs}s`;
    const button = press(capital(command.name), () => this.run(command, at), { more: needs + where });
    if (needs) {
      button.classList.add("greyed");
      button.append(h("span", { class: "needs" }, needs));
    }
    return button;
  }

  /** The command that a text is, if it is one, and the words behind it. */
  meant(text) {
    const marked = /^[/!]/.test(text.trim());
    const words = text.trim().replace(/^[/!]\s*/, "");
    const said = words.replace(/[.!?]+$/, "").split(/\s+/).map((word) => word.toLowerCase());
    const known = this.pane.app.state.commands.map((command) => ({ command, parts: command.name.split(" ") }));
    const found = known.filter(({ command, parts }) => {
      if (parts.some((part, index) => part !== said[index])) return false;
      // Nobody types these by chance; other words may begin a sentence.
      if (marked || parts[0] === "anon") return true;
      return parts.length === said.length && !command.on_message && this.allows(command);
    });
    const longest = found.sort((a, b) => b.parts.length - a.parts.length)[0];
    if (!longest) return null;
    const behind = new RegExp(`^(?:\\S+\\s*){${longest.parts.length}}`);
    return { command: longest.command, rest: words.replace(behind, "") };
  }

  /** Run a command, or show its form; `words` are put into the form's text. */
  async run(command, { room = this.pane.open, message = null } = {}, { words = "", sent = () => {} } = {}) {
    const send = async (fields) => {
      this.pane.expect(await this.pane.ask("run", { room, command: command.name, fields, message }));
      this.close();
    };
    if (!command.fields.length) {
      await send({}).catch(() => {});
      return;
    }
    const sendForm = async (fields) => {
      await send(fields);
      sent();
    };
    const what = { command: command.name, fields: command.fields };
    const element = form(what, this.choices(), sendForm, () => this.close());
    if (words) {
      const free = command.fields.find((field) => field.kind === "paragraph") ?? command.fields.find((field) => field.kind === "text");
      const input = free && element.elements.namedItem(free.name);
      if (input) input.value = words;
    }
    this.open(capital(command.name), h("p", {}, command.help), element);
    focusFirst(element);
  }

  toggle() {
    if (!this.panel.hidden) {
      this.close();
      return;
    }
    const known = this.pane.app.state.commands.filter((command) => !command.on_message);
    const own = known.filter((command) => this.allows(command));
    const list = groups(own).flatMap(([title, commands]) => this.part(title, commands));
    // What one cannot do comes last, folded: it is there to learn who can.
    const others = known.filter((command) => !own.includes(command));
    const levels = LEVELS.filter((level) => others.some((command) => command.needs === level));
    if (levels.length) {
      const parts = levels.flatMap((level) => this.part(`For ${level}s`, others.filter((command) => command.needs === level)));
      const names = levels.map((level) => `${level}s`).join(", ").replace(/, (\w+)$/, " and $1");
      list.push(h("details", {}, h("summary", {}, `What ${names} can do`), ...parts));
    }
    this.open("Commands", ...list);
    this.panel.querySelector("li button")?.focus();
  }

  part(title, commands) {
    const row = (command) => h("li", {}, this.one(command, ", command"), h("span", { class: "quiet" }, command.help));
    return [...(title ? [h("h4", {}, title)] : []), h("ul", {}, ...commands.map(row))];
  }

  open(title, ...content) {
    const close = h("button", { type: "button", class: "small", onclick: () => this.close() }, "Close");
    this.panel.replaceChildren(h("div", { class: "row head" }, h("h3", {}, title), close), ...content);
    this.panel.setAttribute("aria-label", title);
    this.panel.hidden = false;
    this.panel.scrollTop = 0;
    this.button.setAttribute("aria-expanded", "true");
  }

  close() {
    if (this.panel.hidden) return;
    const had = this.panel.contains(document.activeElement);
    this.panel.hidden = true;
    this.panel.replaceChildren();
    this.button.setAttribute("aria-expanded", "false");
    if (had) this.button.focus();
  }
}

/** Commands under headings: those that share a first word, where there are three; the rest first. */
function groups(commands) {
  const first = (command) => command.name.split(" ")[0];
  const found = new Map([["", []]]);
  for (const command of commands) {
    const same = commands.filter((other) => first(other) === first(command));
    const title = same.length > 2 ? capital(first(command)) : "";
    found.set(title, [...(found.get(title) ?? []), command]);
  }
  return [...found].filter(([, members]) => members.length);
}
