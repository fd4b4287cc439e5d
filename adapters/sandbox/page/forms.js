// Forms, built from how a command declares its arguments.
import { h, press } from "./dom.js";

let made = 0;

/**
 * A form for a command. `what` has fields; `choices` gives rooms and people to pick from, and
 * `here`, the open room, which is picked until somebody picks another.
 * `send` gets the filled-in values and may reject with a sentence; the words stay either way.
 */
export function form(what, choices, send, cancel) {
  const inputs = new Map();
  const error = h("p", { class: "error", role: "alert" });
  const button = h("button", { type: "submit", class: "primary" }, what.command.charAt(0).toUpperCase() + what.command.slice(1));
  const element = h("form", { class: "form", "aria-label": `Form: ${what.command}`, onsubmit: submit });
  for (const field of what.fields) {
    const { row, input } = line(field, choices);
    inputs.set(field, input);
    element.append(row);
  }
  const row = h("div", { class: "row" }, button);
  if (cancel) row.append(h("button", { type: "button", onclick: cancel }, "Cancel"));
  element.append(error, row);

  async function submit(event) {
    event.preventDefault();
    const values = {};
    for (const [field, input] of inputs) {
      values[field.name] = input.type === "checkbox" ? input.checked : input.value;
    }
    button.disabled = true;
    error.textContent = "";
    try {
      await send(values);
    } catch (refused) {
      error.textContent = refused.message;
    } finally {
      button.disabled = false;
    }
  }
  return element;
}

/** Put the keyboard into the first field of a form. */
export const focusFirst = (element) => element.querySelector("input, textarea, select, button")?.focus();

function line(field, choices) {
  made += 1;
  const id = `field-${made}`;
  const shared = { id, name: field.name, required: field.required && field.kind !== "switch" };
  const hints = [];
  let input;
  switch (field.kind) {
    case "paragraph":
      input = h("textarea", { ...shared, rows: 4 });
      break;
    case "number":
      input = h("input", { ...shared, type: "text", inputmode: "numeric" });
      break;
    case "duration":
      input = h("input", { ...shared, type: "text" });
      hints.push("For example 30 min, 2 h or 7 days.");
      break;
    case "switch":
      input = h("input", { id, name: field.name, type: "checkbox" });
      break;
    case "choice":
      input = select(shared, field, field.choices.map((choice) => [choice, words(choice)]));
      break;
    case "room":
      input = select(shared, field, choices.rooms);
      if (field.required && choices.rooms.some(([room]) => room === choices.here)) input.value = choices.here;
      break;
    case "person":
      input = select(shared, field, choices.people);
      break;
    default:
      input = h("input", { ...shared, type: "text" });
  }
  if (field.value) input.value = field.value;
  if (field.max) hints.push(`At most ${field.max} characters.`);
  const label = h("label", { for: id }, field.label);
  if (!field.required && field.kind !== "switch") label.append(h("span", { class: "quiet" }, " (you can leave this out)"));
  if (hints.length) input.setAttribute("aria-describedby", `${id}-hint`);
  const hint = hints.length ? h("p", { id: `${id}-hint`, class: "quiet hint" }, hints.join(" ")) : null;
  const row = h("div", { class: field.kind === "switch" ? "field switch" : "field" });
  row.append(...(field.kind === "switch" ? [input, label] : [label, input]));
  if (hint) row.append(hint);
  return { row, input };
}

function select(shared, field, options) {
  const element = h("select", shared);
  if (!field.required || options.length !== 1) element.append(h("option", { value: "" }, "Choose"));
  for (const [value, label] of options) element.append(h("option", { value }, label));
  return element;
}

const words = (choice) => {
  const spaced = choice.replaceAll("-", " ").replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

/** A form that was sent: folded away with its words, so that nothing typed is lost. */
export function folded(element, again, number) {
  return h(
    "div",
    { class: "row sent" },
    h("span", { class: "quiet" }, "Sent. Your words are still here."),
    press("Open again", () => again(element), { more: `, form ${number}` }),
  );
}
