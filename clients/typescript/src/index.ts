export { CallbackCalls } from "./callbacks.js";
export { followTask, PawlineClient, sendPhoto, type ClientOptions, type SubmitOptions } from "./client.js";
export {
  PawlineConnectionError,
  PawlineError,
  PawlineProblemError,
  type ProblemName,
  WaitTimeoutError,
  WebhookRefusedError,
} from "./errors.js";
export type * from "./types.js";
export type { WaitOptions } from "./wait.js";
export { type ReceivedCallback, type WebhookHeaders, WebhookVerifier } from "./webhook.js";
