import assert from "node:assert/strict";
import { test } from "node:test";
import { followTask, PawlineProblemError, WaitTimeoutError } from "../dist/index.js";
import { EventParser } from "../dist/events.js";
import { against, cut, events, json, problem, ScriptedPawline, task, TASK } from "./support.js";

const LONG = { timeoutMs: 600_000 };
const FINAL_STATES = ["success", "failed", "cancelled", "expired"];

function stage(id: string, name: string): string {
  return `id:${id}\nevent:stage\ndata:{"task_id":"${TASK}","stage":"${name}"}\n\n`;
}

function end(id: string, state: string): string {
  return `id:${id}\nevent:end\ndata:${JSON.stringify(task(state))}\n\n`;
}

for (const state of FINAL_STATES) {
  test(`the events end with ${state}`, () =>
    against(
      ScriptedPawline.with(
        events(`: hello\n\n${stage("1-1", "detect")}${stage("1-2", "generate")}${end("1-9", state)}`),
      ),
      async (pawline) => {
        const stages: string[] = [];
        const ended = await pawline.client().waitFor(TASK, { ...LONG, onStage: (reached) => stages.push(reached) });
        assert.equal(ended.state, state);
        assert.deepEqual(stages, ["detect", "generate"]);
        assert.equal(pawline.received.length, 1);
      },
    ));

  test(`without events the task is asked for until it is ${state}`, () => {
    let looks = 0;
    return against(
      ScriptedPawline.by((request) =>
        request.path.endsWith("/events")
          ? problem(503, "too-many-waits", { "Retry-After": "1" })
          : json(200, task(++looks < 6 ? "processing" : state)),
      ),
      async (pawline) => {
        assert.equal((await pawline.client().waitFor(TASK, LONG)).state, state);
        assert.equal(pawline.received.filter((request) => request.path.endsWith("/events")).length, 2);
        const { pauses } = pawline.pacing;
        assert.equal(pauses.length, 5);
        assert.deepEqual(pauses, [...pauses].sort((a, b) => a - b));
      },
    );
  });
}

test("a broken stream goes on after the last event", () =>
  against(
    ScriptedPawline.with(
      events(`${stage("1-1", "detect")}id:1-2\nevent:st`),
      events(stage("1-2", "generate") + end("1-9", "success")),
    ),
    async (pawline) => {
      const stages: string[] = [];
      await pawline.client().waitFor(TASK, { ...LONG, onStage: (reached) => stages.push(reached) });
      assert.deepEqual(stages, ["detect", "generate"]);
      assert.equal(pawline.received[0]?.headers["last-event-id"], undefined);
      assert.equal(pawline.received[1]?.headers["last-event-id"], "1-1");
    },
  ));

test("a stream that is cut at once is not tried for ever", () =>
  against(
    ScriptedPawline.by((request) => (request.path.endsWith("/events") ? cut() : json(200, task("processing")))),
    async (pawline) => {
      await assert.rejects(pawline.client().waitFor(TASK, { timeoutMs: 60_000 }), WaitTimeoutError);
      assert.equal(
        pawline.pacing.pauses.reduce((sum, pause) => sum + pause, 0),
        60_000,
      );
    },
  ));

test("an unknown task is not waited for", () =>
  against(ScriptedPawline.with(problem(404, "task-not-found")), async (pawline) => {
    await assert.rejects(
      pawline.client().waitFor(TASK, LONG),
      (error) => error instanceof PawlineProblemError && error.is("task-not-found"),
    );
    assert.deepEqual(pawline.pacing.pauses, []);
  }));

test("a page follows a task by its token and without a key", () =>
  against(ScriptedPawline.with(events(end("1-9", "success"))), async (pawline) => {
    const token = {
      status_url: `${pawline.address}/v1/tasks/${TASK}?token=pwt_x`,
      events_url: `${pawline.address}/v1/tasks/${TASK}/events?token=pwt_x`,
    };
    assert.equal((await followTask(token, LONG)).state, "success");
    assert.equal(pawline.received[0]?.query, "?token=pwt_x");
    assert.equal(pawline.received[0]?.headers.authorization, undefined);
  }));

test("no error tells the token", () =>
  against(ScriptedPawline.with(cut()), async (pawline) => {
    const address = `${pawline.address}/v1/tasks/${TASK}?token=pwt_secret`;
    await assert.rejects(
      followTask({ status_url: address, events_url: address }, { timeoutMs: 300 }),
      (error) => !String(error).includes("pwt_secret"),
    );
  }));

test("events are the same, however the network divides them and whatever ends a line", () => {
  const text = ":comment\n\nid: 1-2\nevent: stage\ndata: 猫\ndata:b\n\nid:2-1\n\nretry:5\ndata\n\n";
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    for (const size of [1, 2, 3, 7, 1000]) {
      const parser = new EventParser();
      const all = text.replaceAll("\n", lineEnd);
      const found = [];
      for (let from = 0; from < all.length; from += size) {
        found.push(...parser.take(all.slice(from, from + size)));
      }
      assert.deepEqual(found, [
        { id: "1-2", name: "stage", data: "猫\nb" },
        { id: "2-1", name: "message", data: "" },
      ]);
    }
  }
});
