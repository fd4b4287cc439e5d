// The live connection to the sandbox. It comes back by itself.

let socket = null;
let number = 0;
const waiting = new Map();

/** Connect; `onState` gets every new state, `onAway` whether the sandbox cannot be reached. */
export function connect(onState, onAway) {
  let pause = 300;
  const open = () => {
    socket = new WebSocket(`ws://${location.host}/live`);
    socket.addEventListener("message", (event) => {
      const told = JSON.parse(event.data);
      if (told.type === "state") {
        pause = 300;
        onAway(false);
        onState(told.state);
        return;
      }
      const asked = waiting.get(told.number);
      waiting.delete(told.number);
      if (told.type === "did") asked?.resolve(told.done);
      else asked?.reject(new Error(told.text));
    });
    socket.addEventListener("close", () => {
      onAway(true);
      for (const asked of waiting.values()) asked.reject(new Error("The sandbox is not running."));
      waiting.clear();
      setTimeout(open, pause);
      pause = Math.min(pause * 2, 5000);
    });
  };
  open();
}

/** Ask the sandbox for one thing. Rejects with a sentence for the person. */
export function ask(what, given) {
  return new Promise((resolve, reject) => {
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      reject(new Error("The sandbox is not running. Start it again, then try once more."));
      return;
    }
    number += 1;
    waiting.set(number, { resolve, reject });
    socket.send(JSON.stringify({ number, what, with: given }));
  });
}
