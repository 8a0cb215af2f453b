import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { WebhookRefusedError, WebhookVerifier } from "../dist/index.js";

// Of standardwebhooks' own tests
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIME = 1_614_265_330;
const BODY = bytes('{"test": 2432232314}');
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

const OTHER = "whsec_QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD";
const CALLBACK = `{"params":{"code":1001,"data":{"task_id":"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f","status":"failed",
 "reason":"no_pet","message":"No pet.","timestamp":1795428930123,"generation":2,"new_field":1}}}`;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function at(epochSecond: number, ...secrets: string[]): WebhookVerifier {
  return new WebhookVerifier(secrets, () => epochSecond * 1000);
}

function headers(signature: string): Record<string, string> {
  return { "webhook-id": ID, "webhook-timestamp": String(TIME), "webhook-signature": signature };
}

function sign(secret: string, body: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", key).update(`${ID}.${TIME}.${body}`).digest("base64")}`;
}

function refused(verification: Promise<unknown>, why: RegExp): Promise<void> {
  return assert.rejects(verification, (error) => error instanceof WebhookRefusedError && why.test(error.message));
}

test("the vector of Standard Webhooks is genuine", async () => {
  assert.equal(await at(TIME, SECRET).check(headers(SIGNATURE), BODY), ID);
});

test("one of several signatures is enough", async () => {
  const signatures = `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,xyz v1,not-base64! ${SIGNATURE} v1,dGhl`;
  assert.equal(await at(TIME, SECRET).check(headers(signatures), BODY), ID);
});

test("another signature is refused", async () => {
  for (const signature of [
    "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
    "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    "v1,",
    "v1",
  ]) {
    await refused(at(TIME, SECRET).check(headers(signature), BODY), /no signature matches/);
  }
});

test("a changed body is refused", () =>
  refused(at(TIME, SECRET).check(headers(SIGNATURE), bytes('{"test": 2432232315}')), /no signature matches/));

test("five minutes are tolerated", async () => {
  for (const now of [TIME - 300, TIME + 300]) {
    assert.equal(await at(now, SECRET).check(headers(SIGNATURE), BODY), ID);
  }
  await refused(at(TIME + 301, SECRET).check(headers(SIGNATURE), BODY), /too old/);
  await refused(at(TIME - 301, SECRET).check(headers(SIGNATURE), BODY), /in the future/);
});

test("a missing header is named", async () => {
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    const some = headers(SIGNATURE);
    delete some[name];
    await refused(at(TIME, SECRET).check(some, BODY), new RegExp(`${name} is missing`));
  }
});

test("a timestamp that is no time is refused", async () => {
  for (const timestamp of ["soon", "99999999999999999999", "-1", "1e9"]) {
    const some = { ...headers(SIGNATURE), "webhook-timestamp": timestamp };
    await refused(at(TIME, SECRET).check(some, BODY), /webhook-timestamp/);
  }
});

test("a callback is read, from headers of any case and kind", async () => {
  const plain = headers(sign(SECRET, CALLBACK));
  const upper = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name.toUpperCase(), value]));
  for (const some of [plain, upper, new Headers(plain)]) {
    const callback = await at(TIME, SECRET).verify(some, CALLBACK);
    assert.equal(callback.webhookId, ID);
    assert.equal(callback.code, 1001);
    assert.equal(callback.data.reason, "no_pet");
    assert.equal(callback.data.generation, 2);
  }
});

test("a callback is genuine while the secret is changed", async () => {
  const both = `${sign(SECRET, CALLBACK)} ${sign(OTHER, CALLBACK)}`;
  for (const verifier of [at(TIME, SECRET), at(TIME, OTHER), at(TIME, SECRET, OTHER)]) {
    assert.equal((await verifier.verify(headers(both), CALLBACK)).webhookId, ID);
  }
  const rotated = await at(TIME, SECRET, OTHER).verify(headers(sign(OTHER, CALLBACK)), CALLBACK);
  assert.equal(rotated.webhookId, ID);
});

test("a genuine body that is no callback is refused", async () => {
  for (const body of ["", "[]", "null", "{}", '{"params":{"code":0}}', "not JSON"]) {
    await refused(at(TIME, SECRET).verify(headers(sign(SECRET, body)), body), /no callback/);
  }
});

test("a verifier needs secrets of the right form", () => {
  assert.throws(() => new WebhookVerifier([]), TypeError);
  assert.throws(() => new WebhookVerifier("whsec_"), TypeError);
  assert.throws(
    () => new WebhookVerifier("whsec_%%%"),
    (error) => error instanceof TypeError && !error.message.includes("%%%"),
  );
});
