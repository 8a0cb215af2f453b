import type { Call, Calls } from "./calls.js";
import { PawlineConnectionError, WaitTimeoutError } from "./errors.js";
import { EventParser } from "./events.js";
import type { EndedTask, Stage, Task } from "./types.js";

/** A stream has a comment every 15 seconds. */
const SILENCE_MS = 45_000;

/** After so many connections without an event, no further one is tried. */
const VAIN_CONNECTIONS = 2;

export interface WaitOptions {
  /** How long to wait, in milliseconds. */
  timeoutMs: number;
  /** Takes each stage that the task reaches, while events come through. A stage may be skipped. */
  onStage?: (stage: Stage) => void;
  signal?: AbortSignal;
}

/** Waits for the final state of one task: by its events, or by asking again where no events come through. */
export class TaskWait {
  private readonly calls: Calls;
  private readonly status: string;
  private readonly events: string;
  private readonly options: WaitOptions;
  private readonly end: number;
  private lastEvent = "";
  private vain = 0;

  /**
   * @param status the address of the task, or its path
   * @param events the address of its events, or their path
   */
  constructor(calls: Calls, status: string, events: string, options: WaitOptions) {
    this.calls = calls;
    this.status = status;
    this.events = events;
    this.options = options;
    this.end = calls.pacing.now() + options.timeoutMs;
  }

  async result(): Promise<EndedTask> {
    for (let looks = 1; ; ) {
      if (this.vain < VAIN_CONNECTIONS) {
        const ended = await this.listen();
        if (ended !== undefined) {
          return ended;
        }
        if (this.vain === 0) {
          continue;
        }
      }
      const task = await this.calls.send<Task>({
        method: "GET",
        path: this.status,
        withinMs: this.atMost(this.calls.settings.retryForMs),
        signal: this.options.signal,
      });
      if (hasEnded(task)) {
        return task;
      }
      await this.calls.pacing.pause(this.atMost(this.calls.pacing.after(looks++)), this.options.signal);
    }
  }

  /** Listens until the connection ends; undefined if the task has not ended by then. */
  private async listen(): Promise<EndedTask | undefined> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.lastEvent !== "") {
      headers["Last-Event-ID"] = this.lastEvent;
    }
    const call: Call = { method: "GET", path: this.events, headers, signal: this.options.signal };
    this.vain++;
    const timeout = this.atMost(this.calls.settings.requestTimeoutMs);
    try {
      const { answer, abort } = await this.calls.open(call, timeout);
      const stop = () => abort();
      this.options.signal?.addEventListener("abort", stop, { once: true });
      try {
        return await this.read(answer);
      } finally {
        this.options.signal?.removeEventListener("abort", stop);
        abort();
      }
    } catch (broken) {
      this.options.signal?.throwIfAborted();
      if (broken instanceof PawlineConnectionError || broken instanceof SyntaxError) {
        return undefined;
      }
      throw broken;
    }
  }

  private async read(answer: Response): Promise<EndedTask | undefined> {
    const isStream = answer.status === 200 && answer.headers.get("Content-Type")?.startsWith("text/event-stream");
    if (!isStream || answer.body === null) {
      return undefined;
    }
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await this.unlessSilent(reader.read());
      if (done) {
        return undefined;
      }
      for (const event of parser.take(decoder.decode(value, { stream: true }))) {
        this.vain = 0;
        this.lastEvent = event.id;
        if (event.name === "end") {
          return JSON.parse(event.data) as EndedTask;
        }
        if (event.name === "stage") {
          this.options.onStage?.((JSON.parse(event.data) as { stage: Stage }).stage);
        }
      }
    }
  }

  private async unlessSilent<T>(read: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new PawlineConnectionError("the stream is silent")), this.atMost(SILENCE_MS));
    });
    try {
      return await Promise.race([
        read.catch((lost: unknown) => {
          throw new PawlineConnectionError(`the stream broke: ${String(lost)}`, { cause: lost });
        }),
        silence,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Returns the time that is left, or this time if it is shorter. */
  private atMost(ms: number): number {
    const left = this.end - this.calls.pacing.now();
    if (left <= 0) {
      throw new WaitTimeoutError(`the task at ${this.status.replace(/\?.*/, "")}`, this.options.timeoutMs);
    }
    return Math.min(left, ms);
  }
}

function hasEnded(task: Task): task is EndedTask {
  return task.state !== "processing";
}
