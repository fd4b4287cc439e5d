// Where a person writes: a new message, an answer to one, or a change to their own.
import { h, say } from "./dom.js";

export function composer(pane) {
  let mode = null; // { kind: "answer" | "edit", message }
  const id = `write-${pane.id.replace(/[^\w-]/g, "_")}`;
  const label = h("label", { for: id, class: "aside" });
  const box = h("textarea", { id, rows: 1, onkeydown: keys, oninput: grow });
  const note = h("p", { class: "quiet" });
  const cancel = h("button", { type: "button", class: "link", onclick: reset }, "Cancel");
  const banner = h("div", { class: "row banner", hidden: true }, note, cancel);
  const send = h("button", { type: "submit", class: "primary" }, "Send");
  const element = h("form", { class: "composer", onsubmit: submit }, banner, label, box, send);

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
    if (mode?.kind === "edit") box.value = "";
    mode = null;
    banner.hidden = true;
    say(send, "Send");
    grow();
  }

  async function submit(event) {
    event.preventDefault();
    const text = box.value;
    const { open } = pane;
    try {
      if (mode?.kind === "edit") await pane.ask("change", { room: open, message: mode.message.id, text });
      else await pane.ask("write", { room: open, text, reply_to: mode?.message.id ?? null });
    } catch {
      return; // the words stay in the box
    }
    reset();
    box.value = "";
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
