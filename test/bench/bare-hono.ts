// The peer of the HTTP benchmark: a bare Hono route on the same server library that reads the body and
// answers. Prints its port; ends with its parent.

import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.post("/", async (c) => {
  const body = await c.req.arrayBuffer();
  return c.json({ bytes: body.byteLength }, 201);
});
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, (address) => {
  process.stdout.write(`${address.port}\n`);
});
process.stdin.on("close", () => process.exit(0)).resume();
