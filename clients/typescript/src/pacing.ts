const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** `Retry-After` is exceeded by up to this share, so that those who were refused together come one by one. */
const SPREAD = 0.25;

/**
 * Decides how long to wait before the next attempt, and waits. The pause doubles with each attempt up to a limit, and
 * is between half of that and the whole. It is longer if `Retry-After` asks for more. All times are in milliseconds.
 */
export class Pacing {
  now(): number {
    return Date.now();
  }

  random(): number {
    return Math.random();
  }

  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      if (signal?.aborted) {
        stop();
      } else {
        signal?.addEventListener("abort", stop, { once: true });
      }
    });
  }

  /** Returns the pause after so many attempts, at least what the answer asked for, in seconds. */
  after(attempts: number, retryAfter?: number): number {
    const growing = (Math.min(FIRST_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_MS) * (1 + this.random())) / 2;
    return Math.max(growing, (retryAfter ?? 0) * 1000 * (1 + SPREAD * this.random()));
  }

  /** Reads `Retry-After`, in seconds or as a date; undefined if it is neither. */
  retryAfter(header: string | null): number | undefined {
    if (header === null) {
      return undefined;
    }
    if (/^[0-9]{1,9}$/.test(header)) {
      return Number(header);
    }
    const date = Date.parse(header);
    return Number.isNaN(date) ? undefined : Math.max(0, (date - this.now()) / 1000);
  }
}
