// The database goes back to a backup under an open page: the page shows the server's truth, in place.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { stage } from "./support/stage.mjs";

const BACK_WITHIN_MS = 60_000;

describe("after a restored backup", { timeout: 120_000 }, () => {
  const here = stage();

  it("the open page fetches the room again, and what was being written stays", async () => {
    const { server } = here;
    const bot = await Person.join(server, "bot");
    await bot.post("in the backup");
    const visitor = await here.visitor();
    await visitor.join("ann");
    const backup = server.path("backup.db");
    server.command("backup", backup, "--db", server.db);
    for (const n of [1, 2, 3]) await bot.post(`lost with the restore ${n}`);
    await visitor.seesText("lost with the restore 3");
    await visitor.mark();
    await visitor.composer.fill("half a sent");

    await server.kill();
    server.command("restore", backup, "--db", server.db);
    await server.start();

    const after = await bot.post("after the restore");
    await visitor.seesText(after.body, BACK_WITHIN_MS);
    await visitor.seesHistory(await bot.history());
    assert.ok(await visitor.wasNotReloaded(), "the page was not loaded again");
    assert.equal(await visitor.composer.inputValue(), "half a sent");
    await visitor.say("and on");
    await visitor.seesText("and on");
    await visitor.seesHistory(await bot.history());
  });
});
