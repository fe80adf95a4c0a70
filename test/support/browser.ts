// A browser without a window: keeps cookies by origin, sends what browsers send, follows redirects step by
// step, so that a test can look at each step or change it.

export interface Step {
  url: string;
  status: number;
  headers: Headers;
  text: string;
}

export interface Browser {
  /** Value of a cookie of an origin. */
  cookie(origin: string, name: string): string | undefined;
  setCookie(origin: string, name: string, value: string): void;
  /** One request; a redirect is not followed. */
  get(url: string): Promise<Step>;
  /** Sends a form from a page of the same origin. */
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Step>;
  /** Follows redirects to their end, or until one goes to an address that `until` is true for. */
  follow(step: Step, until?: (url: string) => boolean): Promise<Step>;
}

const REDIRECTS_MAX = 20;

/** A browser without cookies. */
export function openBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const ask = async (url: string, init: RequestInit): Promise<Step> => {
    const jar = jarOf(new URL(url).origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = new Headers(init.headers);
    headers.set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    if (cookie !== "") headers.set("Cookie", cookie);
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) keep(jar, line);
    return { url, status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const get = (url: string) => ask(url, {});
  return {
    get,
    cookie: (origin, name) => jarOf(origin).get(name),
    setCookie: (origin, name, value) => jarOf(origin).set(name, value),
    post: (url, form, headers = {}) => {
      const { origin } = new URL(url);
      const sent = { Origin: origin, "Sec-Fetch-Site": "same-origin", ...headers };
      return ask(url, { method: "POST", body: new URLSearchParams(form), headers: sent });
    },
    follow: async (first, until = () => false) => {
      let step = first;
      for (let count = 0; count < REDIRECTS_MAX; count += 1) {
        const location = step.headers.get("Location");
        if (step.status < 300 || step.status >= 400 || location === null) return step;
        const url = new URL(location, step.url).href;
        if (until(url)) return step;
        step = await get(url);
      }
      throw new Error(`more than ${REDIRECTS_MAX} redirects, the last to ${step.url}`);
    },
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split(";");
  const at = pair.indexOf("=");
  const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  const texts = attributes.map((one) => one.trim().toLowerCase());
  const expires = texts.find((one) => one.startsWith("expires="))?.slice("expires=".length);
  const gone = expires !== undefined && Date.parse(expires) <= Date.now();
  if (texts.includes("max-age=0") || gone) jar.delete(name);
  else jar.set(name, value);
}
