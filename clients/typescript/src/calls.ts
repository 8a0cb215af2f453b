import { PawlineConnectionError, PawlineProblemError } from "./errors.js";
import type { Pacing } from "./pacing.js";
import type { Problem } from "./types.js";

/** With these, the request was not processed. */
const NOT_PROCESSED = [429, 503];

/** With these, nobody knows whether the request was processed. */
const IN_DOUBT = [408, 502, 504];

/** A request, as it is sent in each attempt. */
export interface Call {
  method: string;
  /** Or a whole address, to which the API key is not sent. */
  path: string;
  query?: object | undefined;
  headers?: Record<string, string>;
  json?: unknown;
  form?: FormData;
  bytes?: Blob | Uint8Array;
  /** Whether something is done twice if an attempt was processed and its answer was lost. */
  once?: boolean;
  /** How long all attempts and the pauses between them may take. Without it, as the client is set. */
  withinMs?: number;
  signal?: AbortSignal | undefined;
}

export interface CallSettings {
  baseUrl: string;
  apiKey: string | undefined;
  requestTimeoutMs: number;
  retryForMs: number;
}

/** Sends requests, and sends them again where that helps and does no harm. */
export class Calls {
  readonly settings: CallSettings;
  readonly pacing: Pacing;

  constructor(settings: CallSettings, pacing: Pacing) {
    this.settings = { ...settings, baseUrl: settings.baseUrl.replace(/\/+$/, "") };
    this.pacing = pacing;
  }

  /** Returns the body of the answer; undefined if it has none. */
  async send<T>(call: Call): Promise<T> {
    const end = this.pacing.now() + (call.withinMs ?? this.settings.retryForMs);
    for (let attempt = 1; ; attempt++) {
      const left = end - this.pacing.now();
      const timeout = Math.min(this.settings.requestTimeoutMs, left);
      const failure = await this.attempt<T>(call, timeout);
      if ("body" in failure) {
        return failure.body;
      }
      const pause = this.pacing.after(attempt, failure.retryAfter);
      if (!failure.again || this.pacing.now() + pause > end) {
        throw failure.error;
      }
      await this.pacing.pause(pause, call.signal);
    }
  }

  /**
   * Opens a connection. The caller has to close it, by `abort`, unless the body is read to its end.
   *
   * @throws PawlineConnectionError if no answer came
   */
  async open(call: Call, timeoutMs: number): Promise<{ answer: Response; abort: () => void }> {
    const connection = this.connect(call, timeoutMs);
    try {
      return { answer: await connection.answer, abort: connection.abort };
    } catch (lost) {
      throw this.connectionError(call, lost);
    } finally {
      connection.stopClock();
    }
  }

  private async attempt<T>(
    call: Call,
    timeoutMs: number,
  ): Promise<{ body: T } | { again: boolean; retryAfter?: number | undefined; error: Error }> {
    const connection = this.connect(call, timeoutMs);
    let answer: Response;
    let text: string;
    try {
      answer = await connection.answer;
      text = await answer.text();
    } catch (lost) {
      call.signal?.throwIfAborted();
      return { again: call.once !== true, error: this.connectionError(call, lost) };
    } finally {
      connection.stopClock();
    }
    const body = parsed(text);
    if (answer.ok) {
      return text !== "" && body === undefined
        ? { again: false, error: this.connectionError(call, "the answer is no JSON") }
        : { body: body as T };
    }
    const retryAfter = this.pacing.retryAfter(answer.headers.get("Retry-After"));
    const id = answer.headers.get("X-Request-Id") ?? undefined;
    return {
      again:
        NOT_PROCESSED.includes(answer.status) || (call.once !== true && IN_DOUBT.includes(answer.status)),
      retryAfter,
      error: new PawlineProblemError(answer.status, (body ?? {}) as Partial<Problem>, id, retryAfter),
    };
  }

  private connect(call: Call, timeoutMs: number) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const stop = () => controller.abort(call.signal?.reason);
    call.signal?.addEventListener("abort", stop, { once: true });
    if (call.signal?.aborted) {
      stop();
    }
    const headers: Record<string, string> = { Accept: "application/json", ...call.headers };
    if (this.settings.apiKey !== undefined && !isWholeAddress(call.path)) {
      headers["Authorization"] = `Bearer ${this.settings.apiKey}`;
    }
    const request: RequestInit = { method: call.method, headers, signal: controller.signal };
    if (call.json !== undefined) {
      headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(call.json);
    } else if (call.form !== undefined) {
      request.body = call.form;
    } else if (call.bytes !== undefined) {
      request.body = call.bytes as Blob | Uint8Array<ArrayBuffer>;
    }
    return {
      answer: fetch(this.address(call), request),
      abort: () => controller.abort(),
      stopClock: () => {
        clearTimeout(timer);
        call.signal?.removeEventListener("abort", stop);
      },
    };
  }

  private address(call: Call): string {
    const query = Object.entries(call.query ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
      .join("&");
    const path = isWholeAddress(call.path) ? call.path : this.settings.baseUrl + call.path;
    return query === "" ? path : `${path}?${query}`;
  }

  private connectionError(call: Call, cause: unknown): PawlineConnectionError {
    const path = call.path.replace(/\?.*/, "");
    return new PawlineConnectionError(`no answer to ${call.method} ${path}: ${String(cause)}`, { cause });
  }
}

function isWholeAddress(path: string): boolean {
  return /^https?:/.test(path);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
