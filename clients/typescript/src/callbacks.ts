import type { Calls } from "./calls.js";
import type { Callback, CallbackPage, Delivery, TestDeliveryResult, WebhookSecret } from "./types.js";

const SECRET = "/v1/webhook-secret";

/** The part of the API that concerns callbacks. */
export class CallbackCalls {
  private readonly calls: Calls;

  constructor(calls: Calls) {
    this.calls = calls;
  }

  /** Returns how far the callback of a task has come, and its attempts. */
  getDelivery(taskId: string): Promise<Delivery> {
    return this.calls.send({ method: "GET", path: callback(taskId) });
  }

  /** Has the callback of a task sent again. The request is repeated only if Pawline did not process it. */
  resend(taskId: string): Promise<Callback> {
    return this.calls.send({ method: "POST", path: callback(taskId), once: true });
  }

  /** Returns a page of undelivered callbacks, newest task first. `cursor` is the `next_cursor` of the page before. */
  listUndelivered(cursor?: string): Promise<CallbackPage> {
    return this.calls.send({ method: "GET", path: "/v1/callbacks", query: { state: "undelivered", cursor } });
  }

  /** Has an example of a callback sent to a receiver; without one, to the operator's default. */
  sendTest(receiver?: string): Promise<TestDeliveryResult> {
    const json = receiver === undefined ? {} : { callback_url: receiver };
    return this.calls.send({ method: "POST", path: "/v1/callbacks/test", json, once: true });
  }

  /** Returns the secrets that sign the callbacks of the tenant. */
  getSecret(): Promise<WebhookSecret> {
    return this.calls.send({ method: "GET", path: SECRET });
  }

  /** Makes a new secret. `overlap`, such as `24h`, says how long the secret until now still signs. */
  rotateSecret(overlap?: string): Promise<WebhookSecret> {
    return this.calls.send({ method: "POST", path: `${SECRET}/rotate`, query: { overlap }, once: true });
  }

  /** Ends the secret before the current one. */
  endPreviousSecret(): Promise<WebhookSecret> {
    return this.calls.send({ method: "DELETE", path: `${SECRET}/previous` });
  }

  /** Lets the secret that all tenants share sign beside the tenant's, or no more. */
  useSharedSecret(signs: boolean): Promise<WebhookSecret> {
    return this.calls.send({ method: signs ? "PUT" : "DELETE", path: `${SECRET}/shared` });
  }
}

function callback(taskId: string): string {
  return `/v1/tasks/${encodeURIComponent(taskId)}/callback`;
}
