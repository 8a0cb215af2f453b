import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { PawlineClient, Submission } from "../dist/index.js";
import { PawlineConnectionError, PawlineProblemError } from "../dist/index.js";
import { accepted, against, cut, json, problem, type Received, ScriptedPawline, START, TASK, upload } from "./support.js";

const CAT: Submission = { image_url: "https://photos.example/cat.jpg", style: "ink" };

test("an attempt after a cut connection has the same key", () =>
  against(ScriptedPawline.with(cut(), accepted()), async (pawline) => {
    assert.equal((await pawline.client().submit(CAT)).task_id, TASK);
    const [first, second] = pawline.received;
    assert.equal(pawline.received.length, 2);
    assert.ok(first?.headers["idempotency-key"]);
    assert.equal(second?.headers["idempotency-key"], first.headers["idempotency-key"]);
    assert.equal(second?.body, first.body);
  }));

test("each submission has a key of its own unless it is given one", () =>
  against(ScriptedPawline.with(accepted()), async (pawline) => {
    await pawline.client().submit(CAT);
    await pawline.client().submit(CAT);
    await pawline.client().submit(CAT, { idempotencyKey: "order-1042" });
    const keys = pawline.received.map((request) => request.headers["idempotency-key"]);
    assert.equal(new Set(keys).size, 3);
    assert.equal(keys[2], "order-1042");
  }));

test("Retry-After is honoured in seconds and as a date", () =>
  against(
    ScriptedPawline.with(
      problem(429, "quota-exceeded", { "Retry-After": "7" }),
      problem(503, "database-unavailable", { "Retry-After": new Date(START + 60_000).toUTCString() }),
      accepted(),
    ),
    async (pawline) => {
      await pawline.client().submit(CAT);
      const [first = 0, second = 0] = pawline.pacing.pauses;
      assert.ok(first >= 7000 && first <= 9000, `${first}`);
      const left = 60_000 - first;
      assert.ok(second >= left && second <= left * 1.25, `${second}`);
    },
  ));

test("pauses grow and the time for all is bounded", () =>
  against(ScriptedPawline.with(json(502, "<html>")), async (pawline) => {
    await assert.rejects(
      pawline.client({ retryForMs: 40_000 }).submit(CAT),
      (error) => error instanceof PawlineProblemError && error.status === 502 && error.type === "about:blank",
    );
    const { pauses } = pawline.pacing;
    const all = pauses.reduce((sum, pause) => sum + pause, 0);
    assert.ok(all >= 25_000 && all <= 40_000, `${all}`);
    assert.deepEqual(pauses, [...pauses].sort((a, b) => a - b));
  }));

test("a Retry-After beyond the bound is not waited for", () =>
  against(ScriptedPawline.with(problem(429, "backlog-too-long", { "Retry-After": "600" })), async (pawline) => {
    await assert.rejects(
      pawline.client().submit(CAT),
      (error) => error instanceof PawlineProblemError && error.is("backlog-too-long") && error.retryAfter === 600,
    );
    assert.equal(pawline.received.length, 1);
  }));

for (const header of [
  "0",
  "Mon, 23 Nov 2020 10:15:20 GMT",
  "Fri, 31 Dec 9999 23:59:59 GMT",
  "999999999",
  "99999999999999999999",
  "soon",
  "-1",
  "",
]) {
  test(`the Retry-After "${header}" brings no attempts without pauses`, () =>
    against(ScriptedPawline.with(problem(429, "backlog-too-long", { "Retry-After": header })), async (pawline) => {
      await assert.rejects(
        pawline.client().submit(CAT),
        (error) => error instanceof PawlineProblemError && error.is("backlog-too-long"),
      );
      assert.ok(pawline.received.length < 25, `${pawline.received.length}`);
    }));
}

test("an answer that never ends takes no longer than all attempts", () =>
  against(
    ScriptedPawline.with((response) => response.writeHead(202).write("{")),
    async (pawline) => {
      const client = pawline.client({ requestTimeoutMs: 600_000, retryForMs: 300 });
      await assert.rejects(client.submit(CAT), PawlineConnectionError);
    },
  ));

test("an error that stays is thrown at once with its request id", () =>
  against(ScriptedPawline.with(problem(400, "invalid-request")), async (pawline) => {
    await assert.rejects(
      pawline.client().submit(CAT),
      (error) =>
        error instanceof PawlineProblemError && error.requestId === "r-1" && /say it otherwise/.test(error.message),
    );
    assert.equal(pawline.received.length, 1);
  }));

test("what is not to happen twice is repeated only if it was refused", () =>
  against(ScriptedPawline.with(problem(503, "database-unavailable"), cut()), async (pawline) => {
    await assert.rejects(pawline.client().callbacks.resend(TASK), PawlineConnectionError);
    assert.equal(pawline.received.length, 2);
  }));

test("a server that does not answer is asked again", () =>
  against(ScriptedPawline.with(() => {}, accepted()), async (pawline) => {
    const client = pawline.client({ requestTimeoutMs: 300 });
    assert.equal((await client.submit(CAT)).task_id, TASK);
  }));

test("an aborted call is not repeated", () =>
  against(ScriptedPawline.with(() => {}), async (pawline) => {
    const controller = new AbortController();
    const call = pawline.client().submit(CAT, { signal: controller.signal });
    controller.abort(new Error("no longer wanted"));
    await assert.rejects(call, /no longer wanted/);
    assert.deepEqual(pawline.pacing.pauses, []);
  }));

test("a photo is sent as a form of known length", () =>
  against(ScriptedPawline.with(cut(), accepted()), async (pawline) => {
    const image = new TextEncoder().encode("the photo");
    await pawline.client().submit({ image, style: "水彩", metadata: { shelf: "B7" }, again: true });
    const request = pawline.received[1]!;
    assert.equal(Number(request.headers["content-length"]), Buffer.byteLength(request.body));
    assert.match(request.body, /name="style"\r\n\r\n水彩\r\n/);
    assert.match(request.body, /name="metadata"\r\n\r\n{"shelf":"B7"}\r\n/);
    assert.match(request.body, /name="again"\r\n\r\ntrue\r\n/);
    assert.match(request.body, /\r\n\r\nthe photo\r\n--/);
  }));

test("an upload is sent to its address without the key", () =>
  against(ScriptedPawline.by(upload), async (pawline) => {
    assert.equal(await pawline.client().upload(new TextEncoder().encode("the photo"), "image/png"), TASK);
    const [opened, sent] = pawline.received;
    assert.deepEqual(JSON.parse(opened!.body), { media_type: "image/png", length: 9 });
    assert.equal(sent?.body, "the photo");
    assert.equal(sent?.headers["content-type"], "image/png");
    assert.equal(sent?.headers["x-more"], "1");
    assert.equal(sent?.headers.authorization, undefined);
  }));

test("what a batch refuses for the moment is sent again under the same key", () => {
  const taken = { status: 202, task_id: TASK, status_url: "http://localhost/" };
  const refused = (status: number, retry_after?: number) => ({ status, problem: { status, retry_after } });
  return against(
    ScriptedPawline.with(
      json(207, { results: [taken, refused(503, 4), refused(400)] }),
      json(207, { results: [taken, taken, refused(400)] }),
    ),
    async (pawline) => {
      const { results } = await pawline.client().submitBatch([CAT, CAT, CAT]);
      assert.deepEqual(
        results.map((result) => result.status),
        [202, 202, 400],
      );
      const [first, second] = pawline.received;
      assert.equal(pawline.received.length, 2);
      assert.equal(second?.headers["idempotency-key"], first?.headers["idempotency-key"]);
      assert.equal(second?.body, first?.body);
      assert.equal(pawline.pacing.pauses.length, 1);
      assert.ok(pawline.pacing.pauses[0]! >= 4000);
    },
  );
});

test("what a batch accepts is answered when the time is over", () => {
  const results = [{ status: 202, task_id: TASK }, { status: 429, problem: { retry_after: 80 } }];
  return against(ScriptedPawline.with(json(207, { results })), async (pawline) => {
    const answer = await pawline.client().submitBatch([CAT, CAT]);
    assert.deepEqual(
      answer.results.map((result) => result.status),
      [202, 429],
    );
    assert.equal(pawline.received.length, 2);
  });
});

test("ids are asked for by the hundred", () =>
  against(ScriptedPawline.with(json(200, { tasks: [], unknown: [TASK] })), async (pawline) => {
    const { unknown } = await pawline.client().getTasks(new Array(201).fill(TASK));
    assert.equal(unknown.length, 3);
    assert.deepEqual(
      pawline.received.map((request) => request.query.split(",").length),
      [100, 100, 1],
    );
  }));

test("a batch is waited for until it has ended", () =>
  against(
    ScriptedPawline.with(json(200, { state: "processing" }), json(200, { state: "ended" })),
    async (pawline) => {
      assert.equal((await pawline.client().waitForBatch(TASK, { timeoutMs: 60_000 })).state, "ended");
      assert.equal(pawline.pacing.pauses.length, 1);
    },
  ));

test("every operation of the document has a method", () =>
  against(
    ScriptedPawline.by((request) =>
      request.method === "DELETE" && request.path.startsWith("/v1/tasks")
        ? (response) => response.writeHead(204).end()
        : isUpload(request)
          ? upload(request)
          : json(200, { task_id: TASK, state: "success", tasks: [], results: [] }),
    ),
    async (pawline) => {
      await callAll(pawline.client());
      const called = new Set(
        pawline.received.map((request) => `${request.method} ${request.path.replace(TASK, "{id}")}`),
      );
      // The document itself, and the pictures, whose addresses are whole
      const without = ["GET /v1/openapi.json", "GET /v1/openapi.yaml", "GET /v1/images/{key}"];
      assert.deepEqual([...called].sort(), documented().filter((operation) => !without.includes(operation)));
      const withKey = pawline.received.filter((request) => request.method !== "PUT" || !isUpload(request));
      assert.ok(withKey.every((request) => request.headers.authorization === "Bearer pwk_1_x"));
    },
  ));

function isUpload(request: Received): boolean {
  return request.path.startsWith("/v1/uploads");
}

async function callAll(client: PawlineClient): Promise<void> {
  await client.submit(CAT);
  await client.upload(new Uint8Array(1), "image/png");
  await client.submitTasks([CAT]);
  await client.submitBatch([CAT]);
  await client.getBatch(TASK);
  await client.cancelBatch(TASK);
  await client.getTask(TASK);
  await client.waitFor(TASK, { timeoutMs: 60_000 });
  await client.getTasks([TASK]);
  await client.listTasks({ state: "failed" });
  await client.cancelTask(TASK);
  await client.deleteTask(TASK);
  await client.createTaskToken(TASK, "5m");
  await client.getQuota();
  await client.callbacks.getDelivery(TASK);
  await client.callbacks.resend(TASK);
  await client.callbacks.listUndelivered();
  await client.callbacks.sendTest();
  await client.callbacks.getSecret();
  await client.callbacks.rotateSecret("1h");
  await client.callbacks.endPreviousSecret();
  await client.callbacks.useSharedSecret(true);
  await client.callbacks.useSharedSecret(false);
}

/** Reads the operations from the document's lines: a path has two spaces before it, a method four. */
function documented(): string[] {
  const document = readFileSync("../../ingest-service/src/main/resources/openapi.yaml", "utf8");
  const operations: string[] = [];
  let path = "";
  for (const line of document.slice(0, document.indexOf("\nwebhooks:")).split("\n")) {
    path = /^ {2}(\/\S+):$/.exec(line)?.[1] ?? path;
    const method = /^ {4}(get|post|put|delete|patch):$/.exec(line)?.[1];
    if (method !== undefined) {
      operations.push(`${method.toUpperCase()} ${path}`);
    }
  }
  return operations.sort();
}
