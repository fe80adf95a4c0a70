// Floods a server from one address, by HTTP and SMTP, as fast as it answers, until it is ended; then prints how
// often it got which answer. A process of its own: whoever measures must not be slowed by it.

import { Agent, request } from "node:http";
import { connect } from "node:net";

const [httpPort, smtpPort, from, posts, mails] = process.argv.slice(2);
const counts = {};
const count = (answer) => {
  counts[answer] = (counts[answer] ?? 0) + 1;
};

const agent = new Agent({ keepAlive: true, maxSockets: Number(posts), localAddress: from });

function post() {
  const options = { port: Number(httpPort), host: "127.0.0.1", method: "POST", agent };
  const asked = request({ ...options, path: "/v1/tlsrpt" }, (answer) => {
    count(`http ${answer.statusCode}`);
    answer.resume().on("end", post);
  });
  asked.on("error", () => {
    count("http cut");
    setTimeout(post, 10);
  });
  asked.end("{}");
}

/** Many at once, without waiting for an answer. */
const COMMANDS = "MAIL FROM:<flood@flood.example>\r\nRSET\r\nNOOP\r\n".repeat(200);

function mail() {
  const socket = connect({ port: Number(smtpPort), host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(mail, 10));
  socket.on("data", (bytes) => {
    for (const line of bytes.toString("latin1").split("\r\n")) {
      if (line === "" || line[3] === "-") continue;
      count(`smtp ${line.slice(0, 3)}`);
      if (line.startsWith("220")) socket.write("EHLO flood.example\r\n");
      else if (socket.writableLength === 0) socket.write(COMMANDS);
    }
  });
}

for (let i = 0; i < Number(posts); i++) post();
for (let i = 0; i < Number(mails); i++) mail();
process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
});
