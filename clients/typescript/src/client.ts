import { CallbackCalls } from "./callbacks.js";
import { Calls } from "./calls.js";
import { WaitTimeoutError } from "./errors.js";
import { Pacing } from "./pacing.js";
import type {
  Accepted,
  BatchResults,
  BatchStatus,
  EndedTask,
  NewUpload,
  OpenUpload,
  Page,
  Quotas,
  Submission,
  Task,
  TaskFilter,
  TaskToken,
  Upload,
} from "./types.js";
import { TaskWait, type WaitOptions } from "./wait.js";

const IDS_PER_REQUEST = 100;
const REQUEST_TIMEOUT_MS = 30_000;
const RETRY_FOR_MS = 120_000;

export interface ClientOptions {
  /** The address of ingest-service, such as `https://pawline.example`. */
  baseUrl: string;
  /** The API key, `pwk_…`. Only a Pawline on your own machine needs none. Never put it into a page. */
  apiKey?: string;
  /** How long an attempt may take; 30,000 ms without it. An upload on a slow line needs more. */
  requestTimeoutMs?: number;
  /** How long all attempts and the pauses between them may take; 120,000 ms without it. */
  retryForMs?: number;
}

export interface SubmitOptions {
  /** For example the number of your order. Within 48 hours, it stands for one task. A random one without it. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/**
 * Submits photos to Pawline, follows their tasks, and waits for what comes of them.
 *
 * What fails for the moment is sent again: no connection, no answer, and the statuses 408, 429, 502, 503 and 504. A
 * submission has an idempotency key, the same in each attempt, so it becomes one task. The pauses between attempts grow
 * and are random; `Retry-After` is honoured. All attempts together take no longer than `retryForMs`.
 *
 * Each method throws a `PawlineProblemError` if Pawline answers with an error, and a `PawlineConnectionError` if no
 * answer comes.
 */
export class PawlineClient {
  /** The calls that concern callbacks, and the secret that signs them. */
  readonly callbacks: CallbackCalls;
  private readonly calls: Calls;

  /** @param pacing for tests: the time and its pauses */
  constructor(options: ClientOptions, pacing: Pacing = new Pacing()) {
    this.calls = new Calls(
      {
        baseUrl: options.baseUrl,
        apiKey: options.apiKey,
        requestTimeoutMs: positive("requestTimeoutMs", options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS),
        retryForMs: positive("retryForMs", options.retryForMs ?? RETRY_FOR_MS),
      },
      pacing,
    );
    this.callbacks = new CallbackCalls(this.calls);
  }

  /** Submits the address of a photo, or a photo. */
  submit(submission: Submission | Upload, options: SubmitOptions = {}): Promise<Accepted> {
    const headers = { "Idempotency-Key": options.idempotencyKey ?? crypto.randomUUID() };
    const body = "image" in submission ? { form: form(submission) } : { json: submission };
    return this.calls.send({ method: "POST", path: "/v1/tasks", headers, ...body, signal: options.signal });
  }

  /** Submits a photo and returns the task in its final state. */
  async submitAndWait(submission: Submission | Upload, options: SubmitOptions & WaitOptions): Promise<EndedTask> {
    const { task_id } = await this.submit(submission, options);
    return this.waitFor(task_id, options);
  }

  /** Uploads a photo before its task, and returns the `upload_id` of one submission, within 15 minutes. */
  async upload(photo: Blob | Uint8Array, mediaType: string): Promise<string> {
    const length = photo instanceof Blob ? photo.size : photo.length;
    const upload = await this.openUpload({ media_type: mediaType, length });
    await sendPhoto(upload, photo);
    return upload.upload_id;
  }

  /** Opens an upload. Whoever gets it may send its photo without your key, for example a page in a browser. */
  openUpload(photo: NewUpload): Promise<OpenUpload> {
    return this.calls.send({ method: "POST", path: "/v1/uploads", json: photo });
  }

  /**
   * Returns a task in its final state: success, failed, cancelled or expired.
   *
   * @throws WaitTimeoutError if it has none in time
   */
  waitFor(taskId: string, options: WaitOptions): Promise<EndedTask> {
    return new TaskWait(this.calls, task(taskId), `${task(taskId)}/events`, options).result();
  }

  /** Returns a task as it is now. */
  getTask(taskId: string): Promise<Task> {
    return this.calls.send({ method: "GET", path: task(taskId) });
  }

  /** Returns many tasks as they are now, in this order, and the ids that are unknown. Asks for 100 at a time. */
  async getTasks(taskIds: readonly string[]): Promise<{ tasks: Task[]; unknown: string[] }> {
    const all = { tasks: [] as Task[], unknown: [] as string[] };
    for (let from = 0; from < taskIds.length; from += IDS_PER_REQUEST) {
      const ids = taskIds.slice(from, from + IDS_PER_REQUEST).join(",");
      const page = await this.calls.send<Page>({ method: "GET", path: "/v1/tasks", query: { ids } });
      all.tasks.push(...page.tasks);
      all.unknown.push(...(page.unknown ?? []));
    }
    return all;
  }

  /** Returns a page of tasks, newest first. */
  listTasks(filter: TaskFilter = {}): Promise<Page> {
    return this.calls.send({ method: "GET", path: "/v1/tasks", query: filter });
  }

  /** Cancels a task. Does nothing if it is cancelled already. */
  cancelTask(taskId: string): Promise<Task> {
    return this.calls.send({ method: "POST", path: `${task(taskId)}/cancel` });
  }

  /** Deletes a task that has a final state, with its pictures. Does nothing if it is deleted already. */
  deleteTask(taskId: string): Promise<void> {
    return this.calls.send({ method: "DELETE", path: task(taskId) });
  }

  /** Returns a token by which a page follows this task without your key. `ttl` is 1s to 60m; 15m without it. */
  createTaskToken(taskId: string, ttl?: string): Promise<TaskToken> {
    return this.calls.send({ method: "POST", path: `${task(taskId)}/token`, query: { ttl } });
  }

  /**
   * Submits 1 to 500 addresses of photos as a batch that can be followed and cancelled. Each is accepted or refused by
   * itself. While some are refused only for the moment, the batch is sent again: those that were accepted stay. There
   * is one result for each submission, in their order: the id of its task, or the problem.
   */
  submitBatch(submissions: readonly Submission[], options: SubmitOptions = {}): Promise<BatchResults> {
    return this.submitAll("/v1/batches", submissions, options);
  }

  /** Submits 1 to 500 addresses of photos as `submitBatch` does, without a batch to follow. */
  submitTasks(submissions: readonly Submission[], options: SubmitOptions = {}): Promise<BatchResults> {
    return this.submitAll("/v1/tasks/batch", submissions, options);
  }

  /** Returns a batch, with up to 100 of its tasks. `cursor` is the `next_cursor` of the page before. */
  getBatch(batchId: string, cursor?: string): Promise<BatchStatus> {
    return this.calls.send({ method: "GET", path: batch(batchId), query: { limit: 100, cursor } });
  }

  /**
   * Waits until no task of a batch is processing, and returns the batch.
   *
   * @throws WaitTimeoutError if it takes longer
   */
  async waitForBatch(batchId: string, options: Omit<WaitOptions, "onStage">): Promise<BatchStatus> {
    const { pacing, settings } = this.calls;
    const end = pacing.now() + options.timeoutMs;
    for (let looks = 1; ; looks++) {
      const status = await this.calls.send<BatchStatus>({
        method: "GET",
        path: batch(batchId),
        query: { limit: 100 },
        withinMs: Math.min(settings.retryForMs, end - pacing.now()),
        signal: options.signal,
      });
      if (status.state === "ended") {
        return status;
      }
      const pause = pacing.after(looks);
      if (pacing.now() + pause > end) {
        throw new WaitTimeoutError(`batch ${batchId}`, options.timeoutMs);
      }
      await pacing.pause(pause, options.signal);
    }
  }

  /** Cancels the tasks of a batch that have no final state. */
  cancelBatch(batchId: string): Promise<BatchStatus> {
    return this.calls.send({ method: "POST", path: `${batch(batchId)}/cancel` });
  }

  /** Returns what is left of the quotas of the key. */
  getQuota(): Promise<Quotas> {
    return this.calls.send({ method: "GET", path: "/v1/quota" });
  }

  private async submitAll(
    path: string,
    submissions: readonly Submission[],
    options: SubmitOptions,
  ): Promise<BatchResults> {
    const { pacing, settings } = this.calls;
    const end = pacing.now() + settings.retryForMs;
    const headers = { "Idempotency-Key": options.idempotencyKey ?? crypto.randomUUID() };
    for (let attempt = 1; ; attempt++) {
      const answer = await this.calls.send<BatchResults>({
        method: "POST",
        path,
        headers,
        json: { tasks: submissions },
        withinMs: end - pacing.now(),
        signal: options.signal,
      });
      const pauses = answer.results
        .filter((result) => result.status === 429 || result.status === 503)
        .map((result) => pacing.after(attempt, result.problem?.retry_after));
      const pause = Math.max(...pauses);
      if (pauses.length === 0 || pacing.now() + pause > end) {
        return answer;
      }
      await pacing.pause(pause, options.signal);
    }
  }
}

/**
 * Follows a task from a page in a browser, by the token that your server got with `createTaskToken`. Needs no key.
 *
 * @throws WaitTimeoutError if the task has no final state in time
 */
export function followTask(
  token: Pick<TaskToken, "status_url" | "events_url">,
  options: WaitOptions,
): Promise<EndedTask> {
  return new TaskWait(withoutKey(), token.status_url, token.events_url, options).result();
}

/** Sends the photo of an upload to the upload's address, from a page in a browser or elsewhere. Needs no key. */
export async function sendPhoto(
  upload: Pick<OpenUpload, "url" | "headers">,
  photo: Blob | Uint8Array,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  await withoutKey().send({
    method: "PUT",
    path: upload.url,
    headers: upload.headers,
    bytes: photo,
    signal: options.signal,
  });
}

function withoutKey(): Calls {
  return new Calls(
    { baseUrl: "", apiKey: undefined, requestTimeoutMs: REQUEST_TIMEOUT_MS, retryForMs: RETRY_FOR_MS },
    new Pacing(),
  );
}

function form(upload: Upload): FormData {
  const { image, ...fields } = upload;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) {
      form.append(name, typeof value === "string" ? value : JSON.stringify(value));
    }
  }
  form.append("image", image instanceof Blob ? image : new Blob([image as Uint8Array<ArrayBuffer>]), "photo");
  return form;
}

function task(id: string): string {
  return `/v1/tasks/${encodeURIComponent(id)}`;
}

function batch(id: string): string {
  return `/v1/batches/${encodeURIComponent(id)}`;
}

function positive(name: string, value: number): number {
  if (!(value > 0)) {
    throw new RangeError(`${name} must be > 0, was ${value}`);
  }
  return value;
}
