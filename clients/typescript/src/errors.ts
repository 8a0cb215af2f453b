import type { Problem } from "./types.js";

/** Says that a call, a wait or a verification came to nothing. Each kind has a class of its own. */
export abstract class PawlineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The stable names of problems, without `urn:pawline:problem:`. */
export type ProblemName = NameOf<Problem["type"]>;

type NameOf<Type> = Type extends `urn:pawline:problem:${infer Name}` ? Name : never;

/** Carries a problem (RFC 9457) that Pawline, or a proxy before it, answered. */
export class PawlineProblemError extends PawlineError {
  /** HTTP status. */
  readonly status: number;
  /** `urn:pawline:problem:…`; `about:blank` if the answer was no problem. */
  readonly type: string;
  /** Which field is wrong, and what to do about it. */
  readonly detail: string;
  /** The id of the request, by which the operator finds it in the log. */
  readonly requestId: string | undefined;
  /** Seconds to wait before the request is sent again. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    problem: Partial<Problem>,
    requestId: string | undefined,
    retryAfter: number | undefined,
  ) {
    const id = problem.request_id ?? requestId;
    const type = problem.type ?? "about:blank";
    const detail = problem.detail ?? `HTTP status ${status}`;
    super(`${status} ${type}: ${detail}${id === undefined ? "" : ` (request ${id})`}`);
    this.status = status;
    this.type = type;
    this.detail = detail;
    this.requestId = id;
    this.retryAfter = retryAfter;
  }

  /** Returns whether this is the problem of a name, such as `quota-exceeded`. */
  is(name: ProblemName): boolean {
    return this.type === `urn:pawline:problem:${name}`;
  }
}

/** Says that no answer came. The request may have been processed: send it again with the same idempotency key. */
export class PawlineConnectionError extends PawlineError {}

/** Says that a task, or a batch, had not ended when the time to wait was over. It goes on: wait again. */
export class WaitTimeoutError extends PawlineError {
  constructor(what: string, timeoutMs: number) {
    super(`${what} has not ended after ${timeoutMs} ms`);
  }
}

/** Says why a request is no genuine callback. Answer it with 401. */
export class WebhookRefusedError extends PawlineError {}
