// One message as an element. `pane` is whose eyes it is seen with.
import { h, press, paragraphs, timeWords, dueWords } from "./dom.js";
import { form, folded, focusFirst } from "./forms.js";

const BOT = "circlekeeper";

/** The element of a message. `plain` holds the labels that no newer button has. */
export function messageElement(pane, room, message, plain) {
  const { state } = pane.app;
  const mine = message.author === pane.id;
  const bot = message.author === BOT;
  const name = state.names[message.author] ?? "Somebody who left";
  const at = new Date(message.at);
  const kinds = ["message", bot && "bot", mine && "mine", message.only && "only", message.pinned && "pinned"];
  const article = h("article", {
    class: kinds.filter(Boolean).join(" "),
    "aria-label": `${name}, ${timeWords(at)}${message.only ? ", only you can see this" : ""}`,
    tabindex: "-1",
    "data-n": message.n,
  });
  const meta = h("div", { class: "meta" }, h("span", { class: "author" }, name));
  if (bot) meta.append(h("span", { class: "tag" }, "bot"));
  meta.append(h("time", { datetime: message.at, class: "quiet" }, timeWords(at)));
  if (message.edited) meta.append(h("span", { class: "quiet" }, "changed"));
  if (message.pinned) meta.append(h("span", { class: "tag" }, "pinned"));
  if (message.due) {
    meta.append(h("span", { class: "due", "data-due": message.due, "aria-live": "off" }, dueWords(message.due)));
  }
  const body = h("div", { class: "body" });
  if (message.only) body.append(onlyYou(pane, room, message));
  body.append(meta);
  if (message.reply_to) body.append(quote(pane, room, message.reply_to));
  const text = h("div", { class: "text" }, ...paragraphs(message.text));
  ways(pane, message, text);
  body.append(text);
  for (const hanging of message.attachments) {
    body.append(h("p", { class: "quiet" }, `${hanging.kind}: ${hanging.name}`));
  }
  message.files.forEach((file, index) => {
    const where = `/file/${encodeURIComponent(room)}/${message.id}/${index}`;
    body.append(h("p", {}, h("a", { href: where, download: file }, `Download ${file}`)));
  });
  if (message.form) body.append(shownForm(pane, room, message));
  const buttons = buttonRow(pane, room, message, plain);
  if (buttons) body.append(buttons);
  if (!message.only && room !== pane.person.private) {
    const { toggle, panel } = more(pane, room, message, name, mine);
    meta.append(toggle);
    body.append(panel);
  }
  article.append(face(name, bot), body);
  return article;
}

function onlyYou(pane, room, message) {
  const hide = () => pane.ask("take_back", { room, message: message.id }).catch(() => {});
  return h(
    "div",
    { class: "onlyyou" },
    h("p", {}, "Only you can see this"),
    press("Hide", hide, { class: "more", more: `, message ${message.n}` }),
  );
}

function face(name, bot) {
  if (bot) return h("img", { class: "face", src: "/page/mark.svg", alt: "", width: 32, height: 32 });
  return h("span", { class: `face hue-${hue(name)}`, "aria-hidden": "true" }, name.slice(0, 1));
}

/** One of six hues, the same for a name everywhere. */
export const hue = (name) => [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;

function quote(pane, room, id) {
  const found = pane.find(room, id);
  const words = found ? found.text.replace(/\s+/g, " ").slice(0, 60) : "a message that is gone";
  const name = found ? pane.app.state.names[found.author] : "";
  return h("p", { class: "quote" }, h("span", { class: "quiet" }, name ? `In answer to ${name}: ` : "In answer to "), words);
}

function buttonRow(pane, room, message, plain) {
  const row = h("div", { class: "row buttons" });
  for (const button of message.buttons) {
    // The newest button with a label has the plain name; older ones say which message they are at.
    const more = plain.has(`${message.n} ${button.label}`) ? "" : `, message ${message.n}`;
    const element = press(button.label, () => pane.press(element, room, message, button), { class: null, more });
    row.append(element);
  }
  return row.childElementCount ? row : null;
}

/** Where the bot names a message ("message 14"), a way there, if its room is open to this person. */
function ways(pane, message, text) {
  for (const link of message.links) {
    const target = pane.app.state.rooms[link.room];
    if (!target || !pane.person.rooms.includes(link.room)) continue;
    const words = `message ${link.message.slice(1)}`;
    const found = named(text, words);
    const go = () => pane.goTo(link.room, link.message);
    found?.replaceWith(press(words, go, { class: "link way", more: ` in ${target.name}, from message ${message.n}` }));
  }
}

/** The piece of text that says these words first, cut out to stand alone. */
function named(text, words) {
  const pieces = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (pieces.nextNode()) {
    const at = pieces.currentNode.data.search(new RegExp(`\\b${words}\\b`));
    if (at < 0) continue;
    const found = pieces.currentNode.splitText(at);
    found.splitText(words.length);
    return found;
  }
  return null;
}

function shownForm(pane, room, message) {
  const place = h("div");
  const element = form(message.form, pane.commands.choices(), async (fields) => {
    const asked = await pane.ask("submit", { room, form: message.form.id, fields });
    pane.expect(asked);
    place.replaceChildren(folded(element, open, message.n));
  });
  const open = () => {
    place.replaceChildren(element);
    focusFirst(element);
  };
  place.append(element);
  return place;
}

function more(pane, room, message, name, mine) {
  const panel = h("div", { class: "row actions", hidden: true });
  const toggle = press("More", () => pane.toggleMore(toggle, panel, actions), {
    class: "more",
    "aria-expanded": "false",
    more: `, message ${message.n} by ${name}`,
  });
  // Buttons of the bot may be called the same; these say which message they are at.
  const here = `, message ${message.n}`;
  const button = (label, onclick) => press(label, onclick, { more: here });
  const act = (label, what, given) =>
    button(label, () => pane.ask(what, { room, message: message.id, ...given }).catch(() => {}));
  const actions = () => {
    const list = [button("Answer", () => pane.answerTo(message))];
    if (mine) list.push(button("Edit", () => pane.startEdit(message)));
    if (mine || pane.moderates) list.push(act("Remove", "take_back", {}));
    if (pane.moderates) list.push(act(message.pinned ? "Unpin" : "Pin", "pin", { pinned: !message.pinned }));
    for (const command of pane.app.state.commands.filter((known) => known.on_message)) {
      list.push(pane.commands.one(command, here, { room, message: message.id }));
    }
    return list;
  };
  return { toggle, panel };
}
