import { WebhookRefusedError } from "./errors.js";
import type { CallbackData } from "./types.js";

/** A callback whose timestamp is further away, in the past or in the future, is refused. */
const TOLERANCE_S = 5 * 60;

const SECRET_PREFIX = "whsec_";
const SIGNATURE_PREFIX = "v1,";

/** A callback whose signature is genuine. */
export interface ReceivedCallback {
  /** The same whenever this callback is sent again. Process each once. */
  webhookId: string;
  /** 0 for a success, or the number of the reason. */
  code: number;
  /** The final state of the task. */
  data: CallbackData;
}

/** The headers of a request, as `fetch` or as Node's `http` has them. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/**
 * Verifies callbacks, as Standard Webhooks describes (https://www.standardwebhooks.com). One signature that one of the
 * secrets made is enough, so a secret can be changed while callbacks come.
 */
export class WebhookVerifier {
  private readonly secrets: Uint8Array<ArrayBuffer>[];
  private readonly now: () => number;

  /**
   * @param secrets as `GET /v1/webhook-secret` shows them, `whsec_` and Base64
   * @param now the time, in milliseconds since 1970
   */
  constructor(secrets: string | readonly string[], now: () => number = Date.now) {
    const all = typeof secrets === "string" ? [secrets] : secrets;
    if (all.length === 0) {
      throw new TypeError("a secret is needed");
    }
    this.secrets = all.map(decodedSecret);
    this.now = now;
  }

  /**
   * Returns the callback in a request if it is genuine.
   *
   * @param body exactly as it arrived
   * @throws WebhookRefusedError if the request is not genuine, is too old, or holds no callback
   */
  async verify(headers: WebhookHeaders, body: string | Uint8Array): Promise<ReceivedCallback> {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const webhookId = await this.check(headers, bytes);
    const callback = parsed(new TextDecoder().decode(bytes));
    if (callback === undefined) {
      throw new WebhookRefusedError("the body is no callback");
    }
    return { webhookId, ...callback };
  }

  /**
   * Checks time and signature of a webhook with any body, and returns its id.
   *
   * @internal
   */
  async check(headers: WebhookHeaders, body: Uint8Array): Promise<string> {
    const id = header(headers, "webhook-id");
    const timestamp = header(headers, "webhook-timestamp");
    const signatures = header(headers, "webhook-signature").split(" ");
    this.checkTime(timestamp);
    const head = new TextEncoder().encode(`${id}.${timestamp}.`);
    const signed = new Uint8Array(head.length + body.length);
    signed.set(head);
    signed.set(body, head.length);
    let genuine = false;
    for (const secret of this.secrets) {
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
      for (const signature of signatures.filter((one) => one.startsWith(SIGNATURE_PREFIX))) {
        const bytes = decoded(signature.slice(SIGNATURE_PREFIX.length));
        // Compares in constant time
        genuine = (bytes !== undefined && (await crypto.subtle.verify("HMAC", key, bytes, signed))) || genuine;
      }
    }
    if (!genuine) {
      throw new WebhookRefusedError("no signature matches");
    }
    return id;
  }

  private checkTime(timestamp: string): void {
    if (!/^[0-9]{1,12}$/.test(timestamp)) {
      throw new WebhookRefusedError("webhook-timestamp is no time");
    }
    const age = this.now() / 1000 - Number(timestamp);
    if (age > TOLERANCE_S) {
      throw new WebhookRefusedError("webhook-timestamp is too old");
    }
    if (age < -TOLERANCE_S) {
      throw new WebhookRefusedError("webhook-timestamp is in the future");
    }
  }
}

function header(headers: WebhookHeaders, name: string): string {
  const entries = headers instanceof Headers ? [...headers.entries()] : Object.entries(headers);
  const value = entries.find(([key]) => key.toLowerCase() === name)?.[1];
  const first = Array.isArray(value) ? value[0] : value;
  if (first === undefined || first === "") {
    throw new WebhookRefusedError(`the header ${name} is missing`);
  }
  return first;
}

function parsed(text: string): { code: number; data: CallbackData } | undefined {
  try {
    const params = JSON.parse(text)?.params;
    return typeof params?.code === "number" && typeof params.data?.task_id === "string"
      ? { code: params.code, data: params.data }
      : undefined;
  } catch {
    return undefined;
  }
}

function decodedSecret(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = decoded(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret);
  if (bytes === undefined || bytes.length === 0) {
    throw new TypeError("a webhook secret is whsec_ and Base64");
  }
  return bytes;
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
