// Where a person writes: a new message, an answer to one, or a change to their own.
import { h, press, say } from "./dom.js";
import { capital } from "./commands.js";

export function composer(pane) {
  let mode = null; // { kind: "answer" | "edit", message }
  const id = `write-${pane.id.replace(/[^\w-]/g, "_")}`;
  const label = h("label", { for: id, class: "aside" });
  const box = h("textarea", { id, rows: 1, onkeydown: keys, oninput: grow });
  const note = h("p", { class: "quiet" });
  const cancel = h("button", { type: "button", class: "link", onclick: reset }, "Cancel");
  const banner = h("div", { class: "row banner", hidden: true }, note, cancel);
  const send = h("button", { type: "submit", class: "primary" }, "Send");
  // What was kept from the room: said aloud, with a way to send it after all.
  let kept = "";
  const why = h("p", { role: "status" });
  const after = h("div", { class: "row", hidden: true }, press("Send it to the room", sendKept), press("Put it back", putBack, { more: " into the box" }));
  const notice = h("div", { class: "notice" }, why, after);
  const element = h("form", { class: "composer", onsubmit: submit }, notice, banner, label, box, send);

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
  }

  function keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      element.requestSubmit();
    } else if (event.key === "Escape" && mode) {
      reset();
    }
  }

  function reset() {
    forget();
    if (mode?.kind === "edit") box.value = "";
    mode = null;
    banner.hidden = true;
    say(send, "Send");
    grow();
  }

  async function submit(event) {
    event.preventDefault();
    const command = pane.commands.meant(box.value);
    if (command) keep(command);
    else await deliver(box.value);
  }

  /** A command was typed: open it, and keep the words from the room. */
  function keep({ command, rest }) {
    kept = box.value;
    box.value = "";
    grow();
    const name = capital(command.name);
    say(why, command.on_message ? `Not sent. ${name} belongs to a message: open More beside it.` : `Not sent to the room, because it is a command: ${name}.`);
    after.hidden = false;
    // Once its form is sent, the words are where they belong.
    if (!command.on_message) pane.commands.run(command, {}, { words: rest, sent: forget });
  }

  function forget() {
    kept = "";
    after.hidden = true;
    say(why, "");
  }

  function sendKept() {
    pane.commands.close();
    deliver(kept);
  }

  function putBack() {
    box.value = kept;
    forget();
    grow();
    box.focus();
  }

  async function deliver(text) {
    const { open } = pane;
    try {
      if (mode?.kind === "edit") await pane.ask("change", { room: open, message: mode.message.id, text });
      else await pane.ask("write", { room: open, text, reply_to: mode?.message.id ?? null });
    } catch {
      return; // the words stay where they are
    }
    // What was begun in the box meanwhile stays there.
    const begun = text === kept ? box.value : "";
    reset();
    box.value = begun;
    grow();
    pane.log.scrollTop = pane.log.scrollHeight;
    box.focus();
  }

  function enter(kind, message, words, button) {
    mode = { kind, message };
    say(note, words);
    say(send, button);
    banner.hidden = false;
    box.focus();
  }

  return {
    element,
    reset,
    show(writable, room) {
      element.hidden = !writable;
      say(label, `Write in ${room}`);
      box.placeholder = `Write in ${room}`;
    },
    answer(message) {
      const name = pane.app.state.names[message.author];
      enter("answer", message, `In answer to ${name}`, "Send");
    },
    edit(message) {
      box.value = message.text;
      enter("edit", message, "Changing your message", "Save");
      grow();
    },
  };
}
