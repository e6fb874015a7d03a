// Reads every mail of a folder with mailparser and postal-mime, and prints one line of JSON for each: what either found.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { convert } from "html-to-text";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";

const SECONDS = 10;

const readers = {
  mailparser: async (raw) => {
    const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true, skipHtmlToText: true });
    const { address = "", name = "" } = mail.from?.value?.[0] ?? {};
    const files = mail.attachments.map((one) => [one.filename ?? "", one.contentType ?? "", one.size ?? 0]);
    return { sender: address, name, subject: mail.subject ?? "", text: textOf(mail.text, mail.html), files };
  },
  "postal-mime": async (raw) => {
    const mail = await new PostalMime().parse(raw);
    const { address = "", name = "" } = mail.from ?? {};
    const files = mail.attachments.map((one) => [one.filename ?? "", one.mimeType ?? "", Buffer.from(one.content).length]);
    return { sender: address, name, subject: mail.subject ?? "", text: textOf(mail.text, mail.html), files };
  },
};

const plain = {
  wordwrap: false,
  selectors: [
    { selector: "img", format: "skip" },
    { selector: "a", options: { ignoreHref: true } },
  ],
};

// Neither makes a text of the HTML of every mail that has no other. Cells are apart here.
function textOf(text, html) {
  return text?.trim() ? text : convert((html || "").replace(/<\/t[dh]>/gi, " $&"), plain);
}

// In a thread of its own, because a reader that never ends cannot be stopped in ours.
function begin() {
  return new Worker(new URL(import.meta.url));
}

async function told(worker, reader, path) {
  return new Promise((done) => {
    const late = setTimeout(() => done(null), SECONDS * 1000);
    worker.once("message", (found) => {
      clearTimeout(late);
      done(found);
    });
    worker.postMessage({ reader, path });
  });
}

if (isMainThread) {
  const folder = process.argv[2];
  let worker = begin();
  for (const name of readdirSync(folder, { recursive: true }).filter((one) => one.endsWith(".eml")).sort()) {
    const all = {};
    for (const reader of Object.keys(readers)) {
      all[reader] = await told(worker, reader, join(folder, name));
      if (all[reader] === null) {
        all[reader] = { error: `took more than ${SECONDS} seconds` };
        await worker.terminate();
        worker = begin();
      }
    }
    console.log(JSON.stringify({ name: name.replace(/\.eml$/, ""), ...all }));
  }
  await worker.terminate();
} else {
  parentPort.on("message", async ({ reader, path }) => {
    try {
      parentPort.postMessage(await readers[reader](readFileSync(path)));
    } catch (error) {
      parentPort.postMessage({ error: String(error.message ?? error) });
    }
  });
}
