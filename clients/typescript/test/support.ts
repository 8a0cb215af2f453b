import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PawlineClient } from "../dist/index.js";
import { Pacing } from "../dist/pacing.js";

export const TASK = "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f";
export const START = Date.parse("2026-11-23T10:15:20Z");

/** A request that came. */
export interface Received {
  method: string;
  path: string;
  query: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export type Reply = (response: ServerResponse, request: Received) => void;

/** Time that passes only in pauses, and without waiting. */
export class ManualPacing extends Pacing {
  readonly pauses: number[] = [];
  private time = START;

  override now(): number {
    return this.time;
  }

  override random(): number {
    return 0.5;
  }

  override async pause(ms: number): Promise<void> {
    this.pauses.push(ms);
    assert.ok(this.pauses.length <= 100, "the attempts have no end");
    this.time += ms;
  }
}

/** Answers each request with the next reply, or with the last one for ever, and keeps what came. */
export class ScriptedPawline {
  readonly received: Received[] = [];
  readonly pacing = new ManualPacing();
  private readonly server;

  private constructor(replies: (request: Received) => Reply) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const url = new URL(request.url ?? "", "http://localhost");
        const received = {
          method: request.method ?? "",
          path: url.pathname,
          query: decodeURIComponent(url.search),
          headers: request.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        };
        this.received.push(received);
        replies(received)(response, received);
      });
    });
  }

  static with(...script: Reply[]): Promise<ScriptedPawline> {
    let next = 0;
    return ScriptedPawline.by(() => script[Math.min(next++, script.length - 1)]!);
  }

  static async by(replies: (request: Received) => Reply): Promise<ScriptedPawline> {
    const pawline = new ScriptedPawline(replies);
    await new Promise<void>((resolve) => pawline.server.listen(0, "127.0.0.1", resolve));
    return pawline;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client of this server whose pauses take no time. */
  client(options: { requestTimeoutMs?: number; retryForMs?: number } = {}): PawlineClient {
    return new PawlineClient({ baseUrl: `${this.address}/`, apiKey: "pwk_1_x", ...options }, this.pacing);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Runs a test against a server, and closes the server. */
export async function against(
  server: Promise<ScriptedPawline>,
  test: (pawline: ScriptedPawline) => Promise<void>,
): Promise<void> {
  const pawline = await server;
  try {
    await test(pawline);
  } finally {
    await pawline.close();
  }
}

function answer(status: number, type: string, body: string, headers: Record<string, string>): Reply {
  return (response) => response.writeHead(status, { "Content-Type": type, ...headers }).end(body);
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return answer(status, "application/json", typeof body === "string" ? body : JSON.stringify(body), headers);
}

export function problem(status: number, name: string, headers: Record<string, string> = {}): Reply {
  const body = { type: `urn:pawline:problem:${name}`, title: "t", status, detail: "say it otherwise", request_id: "r-1" };
  return answer(status, "application/problem+json", JSON.stringify(body), headers);
}

export function events(text: string): Reply {
  return answer(200, "text/event-stream", text, {});
}

export function task(state: string): { task_id: string; state: string } {
  return { task_id: TASK, state };
}

export function accepted(): Reply {
  return json(202, { task_id: TASK, status_url: "http://localhost/" });
}

/** Opens an upload with an address on the same server, or takes its photo. */
export function upload(request: Received): Reply {
  const url = `http://${request.headers.host}/v1/uploads/${TASK}?signature=s3cret`;
  return request.method === "PUT"
    ? (response) => response.writeHead(204).end()
    : json(201, { upload_id: TASK, method: "PUT", url, headers: { "Content-Type": "image/png", "X-More": "1" } });
}

/** Closes the connection instead of an answer. */
export function cut(): Reply {
  return (response) => response.destroy();
}
