// A person with the client of tomorrow: matrix-js-sdk with Rust crypto, which shares keys with and
// reads from devices alone that are signed by their owners ("exclude insecure devices").
//
// One JSON object a line. In: {"id", "do", ...}. Out: {"id", "done"} or {"id", "failed"}, and
// {"news": message} for each message as it is shown now.

import { createInterface } from "node:readline";
import * as sdk from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { OnlySignedDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api/index.js";

logger.setLevel("error", false);
for (const each of ["log", "info", "debug", "warn", "trace"]) console[each] = () => {};

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
let client;
let password;

const shown = async (event) => {
  const info = await client.getCrypto().getEncryptionInfoForEvent(event);
  tell({
    news: {
      room: event.getRoomId(),
      id: event.getId(),
      sender: event.getSender(),
      text: event.getContent().body ?? "",
      readable: !event.isDecryptionFailure() && !event.isBeingDecrypted(),
      why: event.decryptionFailureReason ?? null,
      shield: info?.shieldColour ?? null,
      shield_reason: info?.shieldReason ?? null,
    },
  });
};

const prove = (request) =>
  request({
    type: "m.login.password",
    identifier: { type: "m.id.user", user: client.getUserId() },
    password,
  });

const deeds = {
  // The first start of a client: keys, cross-signing, and everything that is there.
  async opens({ url, user, device, token, ...rest }) {
    password = rest.password;
    client = sdk.createClient({ baseUrl: url, userId: user, deviceId: device, accessToken: token });
    await client.initRustCrypto({ useIndexedDB: false });
    const crypto = client.getCrypto();
    crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
    await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: prove });
    client.on(sdk.RoomEvent.Timeline, (event) => {
      if (event.isState() || event.isRedaction()) return;
      if (!event.isEncrypted()) shown(event);
    });
    client.on(sdk.MatrixEventEvent.Decrypted, shown);
    const synced = new Promise((resolve) => {
      client.on(sdk.ClientEvent.Sync, (state) => state === "PREPARED" && resolve());
    });
    await client.startClient({ initialSyncLimit: 100 });
    await synced;
  },
  async joins({ room }) {
    await client.joinRoom(room);
  },
  async knows({ user }) {
    const crypto = client.getCrypto();
    await crypto.getUserDeviceInfo([user], true);
    await crypto.userHasCrossSigningKeys(user, true);
  },
  async writes({ room, text }) {
    return (await client.sendTextMessage(room, text)).event_id;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: what, ...given } = JSON.parse(line);
  deeds[what](given).then(
    (done) => tell({ id, done: done ?? null }),
    (error) => tell({ id, failed: String(error) }),
  );
}
process.exit(0);
