import type { components, operations } from "./generated/openapi.js";

type Schemas = components["schemas"];

export type Accepted = Schemas["Accepted"];
export type BatchResults = Schemas["BatchResults"];
export type BatchStatus = Schemas["BatchStatus"];
export type Callback = Schemas["Callback"];
export type CallbackData = Schemas["CallbackData"];
export type CallbackPage = Schemas["CallbackPage"];
export type Delivery = Schemas["Delivery"];
export type NewUpload = Schemas["NewUpload"];
export type OpenUpload = Schemas["OpenUpload"];
export type Page = Schemas["Page"];
export type Problem = Schemas["Problem"];
export type Quotas = Schemas["Quotas"];
export type Stage = Schemas["Stage"];
export type Submission = Schemas["Submission"];
export type Task = Schemas["Task"];
export type TaskToken = Schemas["TaskToken"];
export type TestDeliveryResult = Schemas["TestDeliveryResult"];
export type WebhookSecret = Schemas["WebhookSecret"];

/** The filters of a list of tasks. */
export type TaskFilter = Omit<NonNullable<operations["listTasks"]["parameters"]["query"]>, "ids">;

/** A photo of your own, instead of `image_url` or `upload_id`. */
export type Upload = Omit<Submission, "image_url" | "upload_id"> & { image: Blob | Uint8Array };

/** A task in its final state. */
export type EndedTask = Task & { state: Exclude<Task["state"], "processing"> };
