// Reads {secret, headers, body} from its input and says whether the body is genuine.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try {
  const told = new Webhook(secret).verify(body, headers);
  console.log(`genuine ${told.params.data.task_id}`);
} catch (refused) {
  console.log(`refused: ${refused.message}`);
}
