// The two dialogs: what the bot may do and who moderates, and starting over.
import { h } from "./dom.js";

const RIGHTS = [["read", "Read messages"], ["post", "Write messages"], ["remove", "Remove messages"]];

function show(dialog, ...content) {
  dialog.replaceChildren(...content);
  dialog.showModal();
}

const closer = (dialog, label) =>
  h("button", { type: "button", onclick: () => dialog.close() }, label);

/** What the bot may do in each room, and everybody's role. */
export function settings(app, dialog) {
  const { state } = app;
  const error = h("p", { class: "error", role: "alert" });
  const told = (promise) => promise.catch((refused) => (error.textContent = refused.message));
  const right = (room, name, label, given) => {
    const input = h("input", { type: "checkbox", "aria-label": `${label} in ${state.rooms[room].name}`, onchange: () => told(app.ask("allow", { room, right: name, allowed: input.checked })) });
    input.checked = given;
    return h("label", { class: "check" }, input, h("span", {}, label));
  };
  const rooms = Object.entries(state.rooms).map(([id, room]) =>
    h("fieldset", {}, h("legend", {}, room.name), ...RIGHTS.map(([name, label]) => right(id, name, label, room.rights.includes(name)))),
  );
  const role = (person) => {
    const input = h("select", { onchange: () => told(app.ask("give_role", { account: person.id, role: input.value })) },
      ...["member", "moderator", "admin"].map((name) => h("option", { value: name, selected: name === person.role }, name)));
    return h("label", { class: "check" }, h("span", { class: "who" }, person.name), input);
  };
  show(
    dialog,
    h("h2", { id: "dialog-title" }, "Rights and roles"),
    h("p", { class: "quiet" }, "Take a right away to see what the bot tells the moderators then."),
    h("div", { class: "columns" },
      h("section", { "aria-label": "What the bot may do" }, h("h3", {}, "What the bot may do"), ...rooms,
        h("fieldset", {}, h("legend", {}, "Newcomers"), right(Object.keys(state.rooms)[0], "hold", "Hold them and let them in", state.hold))),
      h("section", { "aria-label": "Roles" }, h("h3", {}, "Roles"), ...state.people.filter((person) => person.here).map(role)),
    ),
    error,
    h("div", { class: "row" }, closer(dialog, "Done")),
  );
}

/** Ask before everything goes. */
export function confirmStartOver(app, dialog) {
  const error = h("p", { class: "error", role: "alert" });
  const go = async () => {
    try {
      await app.ask("start_over", {});
      dialog.close();
    } catch (refused) {
      error.textContent = refused.message;
    }
  };
  show(
    dialog,
    h("h2", { id: "dialog-title" }, "Start over?"),
    h("p", {}, "Everything said here goes, and the bot forgets this circle. The clock stays where it is."),
    error,
    h("div", { class: "row" }, h("button", { type: "button", class: "primary", onclick: go }, "Forget everything"), closer(dialog, "Keep it")),
  );
}
