/** An event with data. `id` is that of the last event that had one. */
export interface ServerSentEvent {
  id: string;
  name: string;
  data: string;
}

/**
 * Reads server-sent events from text that comes in pieces, as the standard says:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class EventParser {
  private line = "";
  private afterCarriageReturn = false;
  private data: string[] = [];
  private id = "";
  private name = "";

  /** Takes the next text, and returns the events that are complete with it. */
  take(text: string): ServerSentEvent[] {
    const complete: ServerSentEvent[] = [];
    for (const next of text) {
      if (next === "\n" && this.afterCarriageReturn) {
        this.afterCarriageReturn = false;
        continue;
      }
      this.afterCarriageReturn = next === "\r";
      if (next === "\n" || next === "\r") {
        this.takeLine(this.line, complete);
        this.line = "";
      } else {
        this.line += next;
      }
    }
    return complete;
  }

  private takeLine(text: string, complete: ServerSentEvent[]): void {
    if (text === "") {
      if (this.data.length > 0) {
        complete.push({ id: this.id, name: this.name || "message", data: this.data.join("\n") });
      }
      this.data = [];
      this.name = "";
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "id") {
      this.id = value;
    } else if (field === "event") {
      this.name = value;
    } else if (field === "data") {
      this.data.push(value);
    }
  }
}
