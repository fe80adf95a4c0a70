// How reports get to this instance: mail, HTTPS, a test report, and what the process says of itself.

import { OPEN_DIRECTORY } from "../../../core/directory/directory.ts";
import { domainOrNone } from "../../../core/dns/name.ts";
import { setupPage } from "../../setup-domains.ts";
import { mailRecord, zoneLine } from "../../setup-records.ts";
import { hostNameOf, OUR_DOMAIN_EXAMPLE, targetsOf } from "../../setup-targets.ts";
import { toneMark } from "../cells.ts";
import { copyable } from "../copyable.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { readinessCheck, readinessMark } from "./readiness-checks.ts";
import { fields } from "./setup-record.ts";

const HOST_EXAMPLE = "host.example";

/** How mail and posts reach this machine. */
export async function setupReceive(view: View): Promise<Html> {
  return html`<section class="card full" id="receive" aria-labelledby="receive-title">
    <header><h2 id="receive-title">How reports get here</h2>
    <p class="about">Reports come by mail to port 25, or by HTTPS to port 443; one of the two is
      enough.</p></header>${byMail(view)}${byHttps(view)}</section>`;
}

function byMail({ options }: View): Html {
  const [mail] = targetsOf(options, null);
  const address = mail?.target ?? "";
  const host = hostNameOf(options.publicOrigin ?? null);
  const record = mailRecord(address, host ?? HOST_EXAMPLE);
  const listen = options.mailListen ?? null;
  return html`<h3>Mail</h3>
    ${listen === null ? html`<p class="notice">This process takes no mail: its role smtp is off or runs elsewhere.</p>` : NOTHING}
    <ol class="steps"><li><p>Bring mail for <code>${address}</code> to the machine of this server. Its
      domain needs an MX record, and best serves for nothing else:</p>
      ${record === null ? NOTHING : html`${copyable("mx-zone", "In a zone file", zoneLine(record))}${fields(record, "mx")}`}
      ${host === null ? html`<p class="quiet">Put the name of the machine in place of ${HOST_EXAMPLE}: an MX record takes no address, which is for the A or AAAA record of that name.</p>` : NOTHING}</li>
    <li><p>Senders connect to port 25.
      ${listen === null ? NOTHING : html`This server takes mail at <code>${listen}</code>: forward port 25 there, or let it listen on it (<code>smtp.listen</code>).`}
      Where a mail server has port 25 already, let it pass mail for this one address on (in Postfix a line
      of <code>transport_maps</code>).</p></li>
    <li><p>No report is refused for want of TLS: senders report even where TLS is what fails. Publish no
      report record for a domain that only receives reports, or reports about reports come
      back.</p></li></ol>`;
}

function byHttps({ options }: View): Html {
  const https = targetsOf(options, null)[1];
  return html`<h3>HTTPS</h3>
    <p>Senders post to <code>${https?.target ?? ""}</code>, so the name has to lead here, with a certificate
      that browsers accept, without a log-in before it. ${https?.note ?? ""}</p>
    <p>A proxy that ends TLS passes <code>/v1/tlsrpt</code> on; or <code>report.listen</code> with
      <code>tls.cert</code> and <code>tls.key</code> takes reports and nothing else.</p>`;
}

/** A report that one sends oneself, to see that the way in works. */
export async function setupTry(view: View): Promise<Html> {
  const typed = domainOrNone(view.url.searchParams.get("domain") ?? "");
  const directory = view.options.directory?.() ?? OPEN_DIRECTORY;
  const [first] = setupPage(directory, view.scope, "", 0).domains;
  const domain = typed === "" ? (first?.name ?? OUR_DOMAIN_EXAMPLE) : typed;
  const { origin } = view.url;
  const file = `/setup/test-report.json?domain=${encodeURIComponent(domain)}`;
  const post = `curl --fail --data-binary @test-report.json ${view.options.reportUrl ?? `${origin}/v1/tlsrpt`}`;
  return html`<section class="card full" id="try" aria-labelledby="try-title">
    <header><h2 id="try-title">Try it now</h2>
    <p class="about">A test report without sessions shows at once that the way in works.</p></header>
    <ol class="steps"><li><p><a href="${file}" download="test-report.json">Download the test report about
      ${domain}</a>. Its sender is called “Test report of Sealwatch”, and it has no sessions, so that no
      rate changes.</p></li>
    <li>${copyable("try-post", "Post it", post)}
      <p>The answer is 201 with a receipt. Without configured domains every domain is taken; with them, use
      one of yours.</p></li>
    <li><p>It stands among the <a href="${pageLink(view, "/reports")}">reports</a> within a second or
      two; what could not be used is in <a href="${pageLink(view, "/quarantine")}">quarantine</a>, with the reason.</p></li></ol></section>`;
}

/** What /readyz says, in words; details for those who see everything, as there. */
export async function setupState({ options, caller }: View): Promise<Html> {
  const { ready, checks } = await options.ready();
  const detailed = caller.tenants === "all";
  const items = Object.entries(checks).map(([name, { ok, detail }]) => {
    const { title, fails } = readinessCheck(name);
    return html`<li>${readinessMark(ok)} <strong>${title}</strong>${detailed ? html`: ${showText(detail)}` : NOTHING}
      ${ok || fails === "" ? NOTHING : html`<br>${fails}`}</li>`;
  });
  const words: MaybeHtml = ready
    ? html`<p>${toneMark("ok", "✓", "Ready")}: reports are taken and counted.</p>`
    : html`<p role="alert">${toneMark("failed", "✗", "Not ready")}: something below needs a hand.</p>`;
  return html`<section class="card full" id="state" aria-labelledby="state-title">
    <header><h2 id="state-title">Is it working?</h2>
    <p class="about">The same as <a href="/readyz">/readyz</a> tells programs.</p></header>
    ${words}<ul class="checks">${items}</ul></section>`;
}
