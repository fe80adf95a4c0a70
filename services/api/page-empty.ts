// What the page says when there is nothing to show: how to get the first report, or where the data is.

import { html } from "hono/html";
import type { ApiOptions } from "./options.ts";
import type { Html } from "./page-chart.ts";

const ADDRESS_EXAMPLE = "tlsrpt@reports.example";
const URL_EXAMPLE = "https://reports.example/v1/tlsrpt";

/** Shown before the first report ever: the DNS record, and how to send a test report. */
export function firstSteps(options: ApiOptions, origin: string): Html {
  const address = options.reportAddress ?? ADDRESS_EXAMPLE;
  const url = options.reportUrl ?? URL_EXAMPLE;
  const record = `_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:${address}"`;
  const also = `_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=${url}"`;
  const test = `curl --fail --data-binary @report.json ${origin}/v1/tlsrpt`;
  return html`<section class="card"><h2>No report has come in yet</h2>
    <ol class="steps">
      <li><p>Publish where reports about your domain are to go, by mail or by HTTPS. One address is
        best: some senders take only the first.</p>
        <pre tabindex="0">${record}</pre><pre tabindex="0">${also}</pre></li>
      <li><p>Send a test report to see it here at once:</p>
        <pre tabindex="0">${test}</pre>
        <p>or import what you have: <code>npm run sealwatch -- import PATH</code></p></li>
      <li><p>Wait. Senders report once a day about the day before, so the first real report takes
        24 to 48 hours, and only some senders report at all.</p></li>
    </ol></section>`;
}

/** Shown when reports exist, but none in the range: says so, and links to the newest month. */
export function elsewhere(newestDay: string): Html {
  const month = newestDay.slice(0, 7);
  const [year = 0, number = 0] = month.split("-").map(Number);
  const next = number === 12 ? `${year + 1}-01-01` : printMonth(year, number + 1);
  return html`<p class="notice" role="status">Nothing matches in this range. The newest report of all
    is of ${newestDay}: <a href="/?from=${month}-01&amp;to=${next}">show that month</a>.</p>`;
}

function printMonth(year: number, month: number): string {
  return `${year}-${month.toString().padStart(2, "0")}-01`;
}
